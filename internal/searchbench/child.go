package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// engine is one of the three, opened over an empty folder.
type engine interface {
	// build indexes all documents.
	build(ctx context.Context, c *corpus) error
	// ask gives the total; it must also read the first ten titles.
	ask(ctx context.Context, words []string) (int, error)
	// size and memory are in bytes.
	size(ctx context.Context) (int64, error)
	memory(ctx context.Context) (int64, error)
	// used is the processor time of its processes so far.
	used(ctx context.Context) (time.Duration, error)
	close(ctx context.Context) error
}

// phase is how long each of the two rounds of queries lasts at most.
const phase = 8 * time.Second

func child(ctx context.Context, name string, n int, profile string) (err error) {
	dir, err := os.MkdirTemp("", "searchbench-"+name)
	if err != nil {
		return err
	}
	defer func() {
		if e := os.RemoveAll(dir); err == nil {
			err = e
		}
	}()
	c, err := readCorpus(n)
	if err != nil {
		return err
	}
	open := map[string]func(context.Context, string) (engine, error){"ours": openOurs, "postgres": openPostgres, "bleve": openBleve}[name]
	if open == nil {
		return fmt.Errorf("no engine %s", name)
	}
	e, err := open(ctx, dir)
	if err != nil {
		return err
	}
	queries := c.queries()
	began := time.Now()
	if err := e.build(ctx, c); err != nil {
		return err
	}
	f := figures{Build: float64(n) / time.Since(began).Seconds()}
	c = nil
	debug.FreeOSMemory()
	for _, q := range queries { // once for warmth
		total, err := e.ask(ctx, q)
		if err != nil {
			return err
		}
		f.Found += float64(total) / float64(len(queries))
	}
	end, err := profiled(profile)
	if err != nil {
		return err
	}
	if err := f.latency(ctx, e, queries); err != nil {
		return err
	}
	if err := f.throughput(ctx, e, queries); err != nil {
		return err
	}
	if err := end(); err != nil {
		return err
	}
	memory, err := e.memory(ctx)
	if err != nil {
		return err
	}
	size, err := e.size(ctx)
	if err != nil {
		return err
	}
	f.Memory, f.Size = float64(memory)/1e6, float64(size)/1e6
	if err := e.close(ctx); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(f)
}

// profiled begins a profile of the processor, "" for none, and gives its end.
func profiled(name string) (end func() error, err error) {
	if name == "" {
		return func() error { return nil }, nil
	}
	file, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return func() error {
		pprof.StopCPUProfile()
		return file.Close()
	}, nil
}

func (f *figures) latency(ctx context.Context, e engine, queries [][]string) error {
	var times []float64
	for end := time.Now().Add(phase); time.Now().Before(end); {
		for _, q := range queries {
			began := time.Now()
			if _, err := e.ask(ctx, q); err != nil {
				return err
			}
			times = append(times, float64(time.Since(began).Microseconds())/1000)
		}
	}
	slices.Sort(times)
	f.Queries, f.P50, f.P95 = len(times), times[len(times)/2], times[len(times)*95/100]
	return nil
}

func (f *figures) throughput(ctx context.Context, e engine, queries [][]string) error {
	used, err := e.used(ctx)
	if err != nil {
		return err
	}
	var done atomic.Int64
	began := time.Now()
	end := began.Add(phase)
	var g errgroup.Group
	for client := range runtime.NumCPU() {
		g.Go(func() error {
			for i := client * 31; time.Now().Before(end); i++ {
				if _, err := e.ask(ctx, queries[i%len(queries)]); err != nil {
					return err
				}
				done.Add(1)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	f.Rate = float64(done.Load()) / time.Since(began).Seconds()
	now, err := e.used(ctx)
	f.Used = float64((now - used).Microseconds()) / 1000 / float64(done.Load())
	return err
}
