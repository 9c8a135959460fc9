// Command gongkai runs an open-government library: it serves the pages, and
// imports, shows, compares and verifies what is published.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"gongkai/internal/app"
	"gongkai/internal/cli"
)

// version is set by the release build; empty otherwise.
var version string

func main() {
	app.Build = build()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Main(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, time.Now)
	stop()
	os.Exit(code)
}

// build names this binary: its version, else its revision and, when the tree
// was dirty, the time of the start, so that caches are not mixed up.
func build() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "dev"
	}
	rev, dirty := "dev", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision" && len(s.Value) >= 12:
			rev = s.Value[:12]
		case s.Key == "vcs.modified" && s.Value == "true":
			dirty = "+" + time.Now().Format("0102150405")
		}
	}
	return rev + dirty
}
