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
	rate float64 // requests a second
	p99  float64 // ms
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

var wrkRate = regexp.MustCompile(`(?m)^Requests/sec:\s+([\d.]+)`)

// readWrk reads the report; a round with a refused or broken request is void.
func readWrk(report string) (l load, err error) {
	for _, bad := range []string{"Non-2xx", "Socket errors"} {
		if strings.Contains(report, bad) {
			return l, fmt.Errorf("wrk saw errors:\n%s", report)
		}
	}
	rate, late := wrkRate.FindStringSubmatch(report), wrkNinetyNine.FindStringSubmatch(report)
	if rate == nil || late == nil {
		return l, fmt.Errorf("wrk's report is not understood:\n%s", report)
	}
	if l.rate, err = strconv.ParseFloat(rate[1], 64); err != nil {
		return l, err
	}
	if l.p99, err = strconv.ParseFloat(late[1], 64); err != nil {
		return l, err
	}
	l.p99 *= map[string]float64{"us": 0.001, "ms": 1, "s": 1000}[late[2]]
	return l, nil
}
