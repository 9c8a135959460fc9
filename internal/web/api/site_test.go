package api_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"gongkai/internal/app"
	"gongkai/internal/document"
	"gongkai/internal/org"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/web/api"
	"gongkai/internal/workday"
)

// site is the interface over a real library with a clock of its own.
type site struct {
	t   *testing.T
	app *app.App
	api *api.API
	now time.Time
}

// each opens a site on an empty library of each engine.
func each(t *testing.T, fn func(s *site)) {
	t.Helper()
	storetest.Ready(t, func(t *testing.T, c store.Config) { fn(open(t, c, nil)) })
}

// one opens a site on SQLite, for what does not touch the database.
func one(t *testing.T, change func(*api.Deps)) *site {
	t.Helper()
	return open(t, store.Config{DataDir: t.TempDir()}, change)
}

func open(t *testing.T, c store.Config, change func(*api.Deps)) *site {
	t.Helper()
	s := &site{t: t, now: time.Date(2026, 11, 20, 9, 30, 0, 0, workday.Zone)}
	clock := func() time.Time { return s.now }
	a, err := app.Open(context.Background(), app.Config{DataDir: c.DataDir, Database: c.URL, IndexDir: t.TempDir()}, slog.New(slog.DiscardHandler), clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	s.app = a
	deps := api.Deps{Library: a.Documents, Organs: a.Organs, Search: a, Log: api.LogOf(a.DB), Now: clock, BaseURL: "https://www.qinghe.example"}
	if change != nil {
		change(&deps)
	}
	if s.api, err = api.New(deps); err != nil {
		t.Fatal(err)
	}
	return s
}

// load imports lines of JSONL as published and brings the index up.
func (s *site) load(jsonl string) document.ImportSummary {
	s.t.Helper()
	sum, err := s.app.Documents.Import(context.Background(), document.Lines("t", strings.NewReader(jsonl)), document.ImportOptions{Source: "t", Publish: true, Actor: "tester"}, func(l document.ImportLine) error {
		if l.State == document.Failed {
			s.t.Error(l.Error)
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.catchUp()
	return sum
}

// importAny imports lines whose refusal is part of the test.
func (s *site) importAny(jsonl string) {
	s.t.Helper()
	_, err := s.app.Documents.Import(context.Background(), document.Lines("t", strings.NewReader(jsonl)), document.ImportOptions{Source: "t", Publish: true, Actor: "tester"}, func(document.ImportLine) error { return nil })
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) catchUp() {
	s.t.Helper()
	if _, err := s.app.CatchUp(context.Background()); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) expunge(work int64, edition int) {
	s.t.Helper()
	if err := s.app.Documents.Expunge(context.Background(), work, edition, "tester", "测试"); err != nil {
		s.t.Fatal(err)
	}
	s.catchUp()
}

func (s *site) organ(seed org.Seed) {
	s.t.Helper()
	if err := s.app.DB.Tx(context.Background(), func(tx *sql.Tx) error {
		_, err := org.Put(context.Background(), tx, seed, s.now)
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
}

// ask sends a request from a client; headers are pairs.
func (s *site) ask(method, path string, headers ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "RemoteAddr" {
			r.RemoteAddr = headers[i+1]
			continue
		}
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.api.Handler().ServeHTTP(w, r)
	return w
}

// get reads an answer of the JSON interface and its status.
func (s *site) get(path string, into any) int {
	s.t.Helper()
	w := s.ask(http.MethodGet, path)
	if into != nil && w.Code == http.StatusOK {
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
			s.t.Fatalf("%s: %v\n%s", path, err, w.Body)
		}
	}
	return w.Code
}

// law is one line of a source.
func law(fields map[string]any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(fields); err != nil {
		panic(err)
	}
	return b.String()
}
