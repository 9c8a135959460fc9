package main

import (
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// load is what a load generator saw in one round.
type load struct {
	rate  float64 // requests a second
	p99   float64 // ms
	count float64 // requests
}

// connections is how many readers ask at once.
const connections = 32

// wrk asks one address as fast as it answers. One thread is enough for two
// cores: the servers need the rest.
func (b *bench) wrk(url string, gzip bool, round time.Duration) (load, error) {
	args := []string{"-t1", fmt.Sprintf("-c%d", connections), fmt.Sprintf("-d%ds", int(round.Seconds())), "--latency"}
	if gzip {
		args = append(args, "-H", "Accept-Encoding: gzip")
	}
	out, err := exec.CommandContext(b.ctx, "wrk", append(args, url)...).CombinedOutput()
	if err != nil {
		return load{}, fmt.Errorf("wrk: %w\n%s", err, out)
	}
	return readWrk(string(out))
}

var wrkNinetyNine = regexp.MustCompile(`(?m)^\s+99%\s+([\d.]+)(us|ms|s)\s*$`)

var wrkCount = regexp.MustCompile(`(?m)^\s+(\d+) requests in `)

var wrkRate = regexp.MustCompile(`(?m)^Requests/sec:\s+([\d.]+)`)

// readWrk reads the report; a round with a refused or broken request is void.
func readWrk(report string) (l load, err error) {
	for _, bad := range []string{"Non-2xx", "Socket errors"} {
		if strings.Contains(report, bad) {
			return l, fmt.Errorf("wrk saw errors:\n%s", report)
		}
	}
	late := wrkNinetyNine.FindStringSubmatch(report)
	for _, f := range []struct {
		to    *float64
		found []string
	}{{&l.count, wrkCount.FindStringSubmatch(report)}, {&l.rate, wrkRate.FindStringSubmatch(report)}, {&l.p99, late}} {
		if f.found == nil {
			return load{}, fmt.Errorf("wrk's report is not understood:\n%s", report)
		}
		if *f.to, err = strconv.ParseFloat(f.found[1], 64); err != nil {
			return load{}, err
		}
	}
	l.p99 *= map[string]float64{"us": 0.001, "ms": 1, "s": 1000}[late[2]]
	return l, nil
}
