package app

import (
	"context"
	"net/http"

	"gongkai/internal/publication"
	"gongkai/internal/web/api"
	"gongkai/internal/web/portal"
	"gongkai/internal/workday"
)

// Build identifies this build in cache keys; main sets it from the binary.
var Build = "dev"

// Handler is everything a node answers.
func (a *App) Handler() (http.Handler, error) {
	r, err := a.rooms()
	if err != nil {
		return nil, err
	}
	return r.portal.Front(a.mux(r)), nil
}

// mux sends each address to its room.
func (a *App) mux(r *rooms) *http.ServeMux {
	mux := http.NewServeMux()
	for _, pattern := range api.Patterns() {
		mux.Handle(pattern, r.machines.Handler())
	}
	for _, root := range []string{"/office", "/office/", "/signin", "/signout"} {
		mux.Handle(root, r.staff.Handler())
	}
	for _, p := range a.probes() {
		mux.HandleFunc(p.Method+" "+p.Pattern, p.handler)
	}
	mux.Handle("/", r.portal.Handler())
	return mux
}

// probe is an address for machines that watch the node.
type probe struct {
	Method, Pattern, Page string
	handler               http.HandlerFunc
}

func (a *App) probes() []probe {
	return []probe{
		{http.MethodGet, "/healthz", "存活检查", func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok\n") }},
		{http.MethodGet, "/readyz", "就绪检查", a.ready},
		{http.MethodGet, "/metrics", "运行指标", a.metrics.handler().ServeHTTP},
	}
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
