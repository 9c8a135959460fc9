// Command bench measures the product from outside, beside a peer where there
// is one, and prints one line a measurement:
//
//	name ours=… peer=… ratio=…
//
// The ratio is ours over peer for rates (more is better) and for times (less
// is better); the unit stands behind each figure. What a peer is, is told in
// the comment line above each group. Servers listen on loopback only and are
// stopped at the end.
//
//	go run ./internal/bench [-quick] [-only cached,uncached,import,growth,text,register]
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// bench is one run with its settings.
type bench struct {
	ctx   context.Context
	out   io.Writer
	quick bool
	root  string // top of the source tree
	keep  string // build/bench: what later runs use again
	temp  string // gone at the end
	bin   string // the product
	laws  string // library with the law collection, once imported
}

// wholeLimit ends a run that hangs.
const wholeLimit = 40 * time.Minute

func main() {
	quick := flag.Bool("quick", false, "shorter rounds and smaller libraries, under four minutes")
	only := flag.String("only", "", "groups to run, separated by commas: "+strings.Join(groupNames(), ","))
	profile := flag.String("profile", "", "instead of measuring: serve cached pages inside this process under load and write a CPU profile to this file")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ctx, cancel := context.WithTimeout(ctx, wholeLimit)
	err := run(ctx, *quick, *only, *profile)
	cancel()
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// groups are the measurements, in the order of a run. The first makes the
// library that the next three read.
var groups = []struct {
	name string
	run  func(*bench) error
}{
	{"import", (*bench).importing},
	{"cached", (*bench).cachedPage},
	{"uncached", (*bench).uncachedPage},
	{"text", (*bench).texts},
	{"growth", (*bench).growth},
	{"register", (*bench).register},
}

func groupNames() []string {
	names := make([]string, len(groups))
	for i, g := range groups {
		names[i] = g.name
	}
	return names
}

func run(ctx context.Context, quick bool, only, profile string) (err error) {
	b := &bench{ctx: ctx, out: os.Stdout, quick: quick}
	if b.root, err = moduleRoot(ctx); err != nil {
		return err
	}
	b.keep = filepath.Join(b.root, "build", "bench")
	if err := os.MkdirAll(b.keep, 0o755); err != nil {
		return err
	}
	if b.temp, err = os.MkdirTemp("", "gongkai-bench."); err != nil {
		return err
	}
	defer func() {
		if e := os.RemoveAll(b.temp); err == nil {
			err = e
		}
	}()
	if err := b.build(); err != nil {
		return err
	}
	if profile != "" {
		return b.profile(profile)
	}
	b.header()
	var asked []string
	if only != "" {
		asked = strings.Split(only, ",")
		for _, name := range asked {
			if !slices.Contains(groupNames(), name) {
				return fmt.Errorf("no group %q; there are %s", name, strings.Join(groupNames(), ", "))
			}
		}
	}
	for _, g := range groups {
		if asked != nil && !slices.Contains(asked, g.name) {
			continue
		}
		began := time.Now()
		if err := g.run(b); err != nil {
			return fmt.Errorf("%s: %w", g.name, err)
		}
		b.note("%s took %s", g.name, time.Since(began).Round(time.Second))
	}
	return nil
}

// note prints a line that is no measurement.
func (b *bench) note(format string, args ...any) { fmt.Fprintf(b.out, "# "+format+"\n", args...) }

// pick is full, or quick in a quick run.
func pick[T any](b *bench, full, quick T) T {
	if b.quick {
		return quick
	}
	return full
}
