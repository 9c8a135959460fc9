package main

import (
	"strings"
	"testing"
)

const wrkReport = `Running 4s test @ http://127.0.0.1:1/
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.20ms  400.00us   9.99ms   90.00%
    Req/Sec    26.12k     1.00k   28.00k    75.00%
  Latency Distribution
     50%    1.10ms
     75%    1.30ms
     90%    1.70ms
     99%  850.00us
  104000 requests in 4.00s, 3.00GB read
Requests/sec:  26001.50
Transfer/sec:      0.75GB
`

func TestWrkReportIsRead(t *testing.T) {
	for name, c := range map[string]struct {
		report string
		want   load
		fails  bool
	}{
		"microseconds":  {wrkReport, load{26001.5, 0.85, 104000}, false},
		"milliseconds":  {strings.Replace(wrkReport, "850.00us", "2.50ms", 1), load{26001.5, 2.5, 104000}, false},
		"seconds":       {strings.Replace(wrkReport, "850.00us", "1.25s", 1), load{26001.5, 1250, 104000}, false},
		"refused":       {wrkReport + "  Non-2xx or 3xx responses: 3\n", load{}, true},
		"broken":        {wrkReport + "  Socket errors: connect 0, read 1, write 0, timeout 0\n", load{}, true},
		"not a report":  {"wrk: unknown option", load{}, true},
		"without a p99": {strings.Replace(wrkReport, "99%", "98%", 1), load{}, true},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := readWrk(c.report)
			if got != c.want || (err != nil) != c.fails {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}
