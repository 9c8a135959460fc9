package app

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"gongkai/internal/exchange"
	"gongkai/internal/publication"
	"gongkai/internal/web/api"
	"gongkai/internal/web/portal"
	"gongkai/internal/workday"
)

// Build identifies this build in cache keys; main sets it from the binary.
var Build = "dev"

// Handler is everything a node answers.
func (a *App) Handler() (http.Handler, error) {
	p, err := portal.New(portal.Deps{
		Library: a.Documents, Organs: a.Organs, Search: a, Log: proofLog{a},
		Today: a.Today, Progress: a.portalProgress, BaseURL: a.Config.BaseURL, Build: Build,
	})
	if err != nil {
		return nil, err
	}
	p.LogTo(a.Log)
	p.MovedFrom(exchange.NewAddresses(a.DB))
	p.Observe(func(o portal.Observation) { a.metrics.observe(o.Page, o.Status, o.Took) })
	machines, err := a.api()
	if err != nil {
		return nil, err
	}
	staff, err := a.office()
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	for _, pattern := range api.Patterns() {
		mux.Handle(pattern, machines.Handler())
	}
	for _, root := range []string{"/office", "/office/", "/signin", "/signout"} {
		mux.Handle(root, staff.Handler())
	}
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok\n") })
	mux.HandleFunc("GET /readyz", a.ready)
	mux.Handle("GET /metrics", a.metrics.handler())
	mux.Handle("/", p.Handler())
	return p.Front(mux), nil
}

// ready tells the truth: the database answers and the index is at most 30 s behind.
func (a *App) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 3*time.Second)
	defer cancel()
	if err := a.DB.Ping(ctx); err != nil {
		a.Log.Error("readyz", "err", err)
		plain(w, http.StatusServiceUnavailable, "database: down\n")
		return
	}
	late, rows, err := a.lag.behind(a.Now())
	if err != nil || late > maxLag {
		plain(w, http.StatusServiceUnavailable, fmt.Sprintf("index: %d rows behind for %d s\n", rows, int(late.Seconds())))
		return
	}
	plain(w, http.StatusOK, fmt.Sprintf("ok\nindex: %d rows behind\n", rows))
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if _, err := w.Write([]byte(text)); err != nil {
		return // the asker has gone
	}
}

// proofLog shows the publication log to the portal.
type proofLog struct{ a *App }

func (p proofLog) Head(ctx context.Context) (int64, error) {
	return publication.HeadSeq(ctx, p.a.DB.Reader())
}

func (p proofLog) Proofs(ctx context.Context, work int64) ([]portal.Proof, error) {
	list, err := publication.Proofs(ctx, p.a.DB, work)
	if err != nil {
		return nil, err
	}
	out := make([]portal.Proof, len(list))
	for i, x := range list {
		out[i] = portal.Proof{Seq: x.Seq, At: x.At.In(workday.Zone).Format("2006-01-02 15:04"), Act: x.Act.Chinese(), Entry: x.Entry,
			LeafHash: x.LeafHash, Size: x.Size, RootHash: x.RootHash, Path: x.Path, Head: x.Head}
	}
	return out, nil
}
