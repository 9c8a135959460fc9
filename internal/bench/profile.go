package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/pprof"
	"time"

	"gongkai/internal/app"
)

// profile serves cached pages inside this process, under the load of the
// cached-page measurement, and writes where the time goes:
//
//	go tool pprof -top FILE
func (b *bench) profile(file string) (err error) {
	b.quick = true
	if err := b.needLaws(); err != nil {
		return err
	}
	logFile, err := os.Create(filepath.Join(b.temp, "profiled.log"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, logFile.Close()) }()
	a, err := app.Open(b.ctx, app.Config{DataDir: b.laws}, slog.New(slog.NewTextHandler(io.Writer(logFile), nil)), time.Now)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	h, err := a.Handler()
	if err != nil {
		return err
	}
	l, err := app.Listen("127.0.0.1:0")
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(b.ctx)
	served := make(chan error, 1)
	go func() { served <- a.Serve(ctx, l, h) }()
	defer func() { stop(); err = errors.Join(err, <-served) }()
	base := "http://" + l.Addr().String()
	page, err := findPage(base)
	if err != nil {
		return err
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := pprof.StartCPUProfile(f); err != nil {
		return err
	}
	seen, err := b.wrk(base+page.path, true, 10*time.Second)
	pprof.StopCPUProfile()
	fmt.Fprintf(b.out, "cached page under profile: %s, p99 %s\n", figure(seen.rate, perSecond), figure(seen.p99, millis))
	return err
}
