package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// moduleRoot is the top of the source tree.
func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("go env GOMOD: %w", err)
	}
	mod := strings.TrimSpace(string(out))
	if filepath.Base(mod) != "go.mod" {
		return "", fmt.Errorf("not inside the source tree")
	}
	return filepath.Dir(mod), nil
}

// build makes the product as users get it.
func (b *bench) build() error {
	b.bin = filepath.Join(b.temp, "gongkai")
	args := []string{"build", "-trimpath", "-ldflags", "-s -w -X main.version=bench", "-o", b.bin}
	c := exec.CommandContext(b.ctx, "go", append(args, "./cmd/gongkai")...)
	c.Dir = b.root
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

// header tells what the figures were taken on.
func (b *bench) header() {
	b.note("gongkai bench %s, %s", time.Now().Format("2006-01-02 15:04 -07:00"), pick(b, "full", "quick"))
	b.note("%d × %s, %s memory, %s, %s %s/%s", runtime.NumCPU(), procValue("/proc/cpuinfo", "model name"), procValue("/proc/meminfo", "MemTotal"),
		firstLine("uname", "-sr"), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	b.note("revision %s; load average %s", firstLine("git", "-C", b.root, "describe", "--always", "--dirty"), loadAverage())
}

func procValue(file, key string) string {
	content, err := os.ReadFile(file)
	if err != nil {
		return "unknown" // not Linux: the figures stand without it
	}
	for line := range strings.Lines(string(content)) {
		if k, v, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(k) == key {
			return strings.TrimSpace(v)
		}
	}
	return "unknown"
}

func loadAverage() string {
	content, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown" // not Linux: the figures stand without it
	}
	return strings.Join(strings.Fields(string(content))[:3], " ")
}

func firstLine(name string, args ...string) string {
	var errs bytes.Buffer
	c := exec.Command(name, args...)
	c.Stderr = &errs
	out, err := c.Output()
	if err != nil {
		return "unknown"
	}
	line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	return line
}
