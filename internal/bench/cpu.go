package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// ticksPerSecond is the unit of /proc/PID/stat on every Linux that Go runs on.
const ticksPerSecond = 100

// cpuTime is what a process and its children that live have used, in seconds.
// It tells the cost of a request even when other work shares the cores.
func cpuTime(pid int) (seconds float64, err error) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0, err
	}
	found := false
	for _, file := range stats {
		content, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) || err != nil && strings.Contains(err.Error(), "no such process") {
			continue // ended since
		}
		if err != nil {
			return 0, err
		}
		p, err := readStat(string(content))
		if err != nil {
			return 0, fmt.Errorf("%s: %w", file, err)
		}
		if p.pid == pid || p.parent == pid {
			seconds += p.seconds
			found = true
		}
	}
	if !found {
		return 0, fmt.Errorf("process %d is not in /proc", pid)
	}
	return seconds, nil
}

// process is one line of /proc/PID/stat.
type process struct {
	pid, parent int
	seconds     float64 // user and system
}

// readStat reads fields 1, 4, 14 and 15; the name in brackets may hold
// spaces and brackets.
func readStat(line string) (p process, err error) {
	open, shut := strings.IndexByte(line, '('), strings.LastIndexByte(line, ')')
	if open < 0 || shut < open {
		return p, fmt.Errorf("no name in %q", line)
	}
	rest := strings.Fields(line[shut+1:])
	if len(rest) < 13 {
		return p, fmt.Errorf("only %d fields in %q", len(rest), line)
	}
	var user, system int
	for _, f := range []struct {
		to   *int
		text string
	}{{&p.pid, strings.TrimSpace(line[:open])}, {&p.parent, rest[1]}, {&user, rest[11]}, {&system, rest[12]}} {
		if *f.to, err = strconv.Atoi(f.text); err != nil {
			return p, err
		}
	}
	p.seconds = float64(user+system) / ticksPerSecond
	return p, nil
}
