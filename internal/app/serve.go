package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/publication"
	"gongkai/internal/search"
	"gongkai/internal/web/portal"
)

// How often a node looks for work. Consumers poll, because notification
// channels do not survive a pooler in transaction mode.
const (
	pollEvery  = time.Second
	sealEvery  = time.Minute
	stopWithin = 15 * time.Second
	sweepEvery = 24 * time.Hour
	scrubAgain = time.Minute // after a failure
)

// Listen opens the address with a Chinese word when it is taken.
func Listen(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, &fault.Error{Kind: fault.Unavailable, Op: "app.Listen(" + addr + ")", Err: err,
			Text: fmt.Sprintf("打不开地址 %s：端口可能已被占用，请换一个，例如 --addr 127.0.0.1:8081。", addr)}
	}
	return l, nil
}

// Serve answers on the listener until ctx ends, then lets running requests
// finish and stops the background work.
func (a *App) Serve(ctx context.Context, l net.Listener, h http.Handler) (err error) {
	defer fault.Wrap(&err, "app.Serve")
	srv := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       60 * time.Second,
		WriteTimeout:      5 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    128 << 10, // 10,000 encoded characters get our sentence, not a bare 431
		ConnContext:       portal.GatherContext,
	}
	hooks, err := a.Hooks(ctx)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	if err := a.queue.Start(context.WithoutCancel(ctx)); err != nil {
		return errors.Join(err, l.Close())
	}
	bg, stop := context.WithCancel(context.WithoutCancel(ctx))
	var wg sync.WaitGroup
	for _, work := range []func(context.Context){a.followLog, a.sealLog, a.sweepFiles, a.sealAtStart, hooks.Follow, a.followDesk, a.followReleases, a.followCalendar, a.followRequests} {
		wg.Go(func() { work(bg) })
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(portal.GatherListener{Listener: l}) }()
	select {
	case err = <-failed:
	case <-ctx.Done():
		a.Log.Info("stopping", "within", stopWithin)
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
		err = srv.Shutdown(end)
		cancel()
	}
	stop()
	wg.Wait()
	if e := a.queue.Stop(context.WithoutCancel(ctx)); e != nil {
		a.Log.Error("queue", "err", e)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// followLog keeps the index and the list lines up to date.
func (a *App) followLog(ctx context.Context) {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	var failed time.Time
	for {
		if err := a.follow(ctx); err != nil && ctx.Err() == nil {
			a.Log.Error("index", "err", err)
		}
		if time.Since(failed) > scrubAgain {
			if err := a.forgetErased(ctx); err != nil && ctx.Err() == nil {
				failed = time.Now()
				a.Log.Error("index scrub", "err", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (a *App) follow(ctx context.Context) error {
	if err := a.Documents.RefreshCards(ctx); err != nil {
		return err
	}
	x, err := a.Index(ctx)
	if err != nil {
		return err
	}
	rows, err := a.countLag(ctx, x)
	if err != nil || rows == 0 {
		return err
	}
	_, err = x.CatchUp(ctx, a.searchSource())
	_, e := a.countLag(ctx, x)
	return errors.Join(err, e)
}

// countLag tells the monitor how far the index is behind.
func (a *App) countLag(ctx context.Context, x *search.Index) (int64, error) {
	rows, err := x.Lag(ctx, a.searchSource())
	if err == nil {
		a.metrics.lag.Set(float64(rows))
	}
	return rows, err
}

// forgetErased makes what other nodes or commands expunged unreadable in the
// files of this node's index.
func (a *App) forgetErased(ctx context.Context) error {
	x, err := a.Index(ctx)
	if err != nil {
		return nil // follow has said so
	}
	dirty, err := x.Dirty(ctx)
	if err != nil || !dirty {
		return err
	}
	return x.Scrub(ctx)
}

// sweepFiles removes bytes that nothing holds, when the node starts and once a
// day. Several nodes may do so at once.
func (a *App) sweepFiles(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if n, err := a.Documents.Sweep(ctx); err != nil && ctx.Err() == nil {
			a.Log.Error("sweep", "err", err)
		} else if n > 0 {
			a.Log.Info("sweep", "files", n)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// sealLog signs the head of the log once a minute, over new acts and new rows
// of the audit log.
func (a *App) sealLog(ctx context.Context) {
	tick := time.NewTicker(sealEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if _, err := publication.SealOnce(ctx, a.DB, a.Key, a.Now()); err != nil && ctx.Err() == nil {
			a.Log.Error("seal", "err", err)
		}
	}
}
