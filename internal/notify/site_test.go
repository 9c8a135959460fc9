package notify_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync"
	"testing"
	"time"

	"gongkai/internal/jobs"
	"gongkai/internal/notify"
	"gongkai/internal/publication"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

const secret = "a secret of the receiver"

// node is one process of a library.
type node struct {
	t  *testing.T
	db *store.DB
	q  *jobs.Queue
	n  *notify.Notifier
	// ahead puts the clock forward, for leases that must end.
	ahead time.Duration
	open  bool
}

func quick(c notify.Config) notify.Config {
	c.Timeout = 300 * time.Millisecond
	c.Allow = loopback
	c.Backoff = func(int) time.Duration { return 50 * time.Millisecond }
	return c
}

func start(t *testing.T, c store.Config, config notify.Config, ahead time.Duration) *node {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	q, err := jobs.Open(ctx, db, c, jobs.Config{StopWithin: 2 * time.Second}, log)
	if err != nil {
		t.Fatal(err)
	}
	o := &node{t: t, db: db, q: q, ahead: ahead, open: true}
	o.n = notify.New(db, q, config, func() time.Time { return time.Now().Add(o.ahead) }, log)
	if err := q.Start(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.stop)
	return o
}

func (o *node) stop() {
	if !o.open {
		return
	}
	o.open = false
	if err := errors.Join(o.q.Stop(context.Background()), o.q.Close(), o.db.Close()); err != nil {
		o.t.Error(err)
	}
}

func each(t *testing.T, config notify.Config, fn func(o *node)) {
	t.Helper()
	storetest.Ready(t, func(t *testing.T, c store.Config) { fn(start(t, c, quick(config), 0)) })
}

// publish appends acts about new works to the log.
func (o *node) publish(acts ...publication.Act) {
	o.t.Helper()
	ctx := context.Background()
	err := o.db.Tx(ctx, func(tx *sql.Tx) error {
		head, err := publication.LockHead(ctx, tx, o.db.Dialect)
		if err != nil {
			return err
		}
		for _, act := range acts {
			e := publication.Entry{At: time.Now(), Act: act}
			if act != publication.Seal {
				e.Work = head.NextPublicID()
				if err := tx.QueryRowContext(ctx, `INSERT INTO works (public_id, created_at) VALUES ($1, 1) RETURNING id`, e.Work).Scan(&e.WorkID); err != nil {
					return err
				}
				e.Edition = 1
			}
			if _, err := head.Append(ctx, e); err != nil {
				return err
			}
		}
		return head.Close(ctx)
	})
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *node) add(url string, events ...string) int64 {
	o.t.Helper()
	id, _, err := o.n.AddHook(context.Background(), notify.NewHook{URL: url, Secret: secret, Events: events, After: -1}, "tester")
	if err != nil {
		o.t.Fatal(err)
	}
	return id
}

func (o *node) relay() {
	o.t.Helper()
	if err := o.n.Relay(context.Background()); err != nil {
		o.t.Fatal(err)
	}
}

// counts are the messages of a hook by state.
func (o *node) counts(hook int64) map[notify.State]int {
	o.t.Helper()
	list, err := o.n.Hooks(context.Background())
	if err != nil {
		o.t.Fatal(err)
	}
	for _, h := range list {
		if h.ID == hook {
			return h.Counts
		}
	}
	return nil
}

func (o *node) until(what string, ok func() bool) {
	o.t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		o.relay()
		if ok() {
			return
		}
	}
	o.t.Fatalf("%s did not happen", what)
}

// receiver is somebody else's server.
type receiver struct {
	t   *testing.T
	srv *httptest.Server

	mu     sync.Mutex
	got    []notify.Event
	answer func(w http.ResponseWriter, e notify.Event, nth int) // nth call, from 1
	calls  int
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{t: t, answer: func(w http.ResponseWriter, _ notify.Event, _ int) { w.WriteHeader(http.StatusNoContent) }}
	r.srv = httptest.NewServer(r)
	t.Cleanup(r.srv.Close)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return // a try that was broken off
	}
	if err := notify.Verify(secret, req.Header.Get(notify.SignatureHeader), body, time.Now(), time.Hour); err != nil {
		r.t.Errorf("signature: %v", err)
	}
	var e notify.Event
	if err := json.Unmarshal(body, &e); err != nil {
		r.t.Error(err)
	}
	if req.Method != http.MethodPost || req.Header.Get(notify.IDHeader) != e.ID || req.Header.Get(notify.EventHeader) != e.Act || req.Header.Get("Content-Type") != "application/json" {
		r.t.Errorf("request %s %v", req.Method, req.Header)
	}
	r.mu.Lock()
	r.calls++
	nth := r.calls
	r.got = append(r.got, e)
	answer := r.answer
	r.mu.Unlock()
	answer(w, e, nth)
}

func (r *receiver) seqs() []int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]int64, len(r.got))
	for i, e := range r.got {
		out[i] = e.Seq
	}
	return out
}
