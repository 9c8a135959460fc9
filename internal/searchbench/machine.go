package main

import (
	"bufio"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// own is the processor time of this process.
func own() (time.Duration, error) {
	var u syscall.Rusage
	err := syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), err
}

// tick is the unit of times in /proc/*/stat on Linux.
const tick = 10 * time.Millisecond

// status gives the fields of a process's stat line behind its name.
func status(pid string) ([]string, error) {
	b, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return nil, err
	}
	_, rest, ok := strings.Cut(string(b), ") ")
	f := strings.Fields(rest)
	if !ok || len(f) < 13 {
		return nil, fmt.Errorf("stat of process %s: %q", pid, b)
	}
	return f, nil
}

// parent of a process.
func parent(pid string) (string, error) {
	f, err := status(pid)
	if err != nil {
		return "", err
	}
	return f[1], nil
}

// ticks is the processor time of another process.
func ticks(pid string) (time.Duration, error) {
	f, err := status(pid)
	if err != nil {
		return 0, err
	}
	total := time.Duration(0)
	for _, field := range f[11:13] { // in user mode, in system mode
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, err
		}
		total += time.Duration(n) * tick
	}
	return total, nil
}

// resident is the memory of a process, shared pages in proportion.
func resident(pid string) (int64, error) {
	file, err := os.Open("/proc/" + pid + "/smaps_rollup")
	if err != nil {
		return 0, err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if rest, ok := strings.CutPrefix(lines.Text(), "Pss:"); ok {
			kb, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kb * 1024, err
		}
	}
	return 0, fmt.Errorf("no Pss in %s: %w", file.Name(), lines.Err())
}

// folderSize sums up the files of a folder.
func folderSize(dir string) (total int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			total += info.Size()
		}
		return err
	})
	return total, err
}
