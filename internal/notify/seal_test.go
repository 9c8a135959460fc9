package notify_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/notify"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

// sealer is the seal service of an organ: it checks what it gets as the
// operator's document says, and answers as a test wants.
type sealer struct {
	t   *testing.T
	srv *httptest.Server

	mu      sync.Mutex
	letters map[string]*sealCase // by id
}

// sealCase is what becomes of one letter.
type sealCase struct {
	answer func(w http.ResponseWriter, nth int)
	refuse error // what our side says to what came back
	gone   bool
	calls  int
	kept   []string // what our side kept
}

// letter is one by its number, made when it is first asked for.
func (s *sealer) letter(id string) *sealCase {
	if s.letters[id] == nil {
		s.letters[id] = &sealCase{}
	}
	return s.letters[id]
}

func (s *sealer) set(number int64, c sealCase) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.letters[fmt.Sprintf("seal-%d", number)] = &c
}

func (s *sealer) get(number int64) sealCase {
	s.mu.Lock()
	defer s.mu.Unlock()
	return *s.letter(fmt.Sprintf("seal-%d", number))
}

const (
	letterPDF = "%PDF-1.7 letter %%EOF"
	sealedPDF = "%PDF-1.7 letter, sealed %%EOF"
)

func newSealer(t *testing.T) *sealer {
	s := &sealer{t: t, letters: map[string]*sealCase{}}
	s.srv = httptest.NewServer(s)
	t.Cleanup(s.srv.Close)
	return s
}

func (s *sealer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // a try that was broken off
	}
	if err := notify.Verify(secret, r.Header.Get(notify.SignatureHeader), body, time.Now(), time.Hour); err != nil {
		s.t.Errorf("signature: %v", err)
	}
	sum := sha256.Sum256([]byte(letterPDF))
	if string(body) != letterPDF || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/pdf" || r.Header.Get(notify.EventHeader) != "seal" ||
		r.Header.Get(notify.DigestHeader) != "sha-256=:"+base64.StdEncoding.EncodeToString(sum[:])+":" {
		s.t.Errorf("request %s %v %q", r.Method, r.Header, body)
	}
	s.mu.Lock()
	c := s.letter(r.Header.Get(notify.IDHeader))
	c.calls++
	nth, answer := c.calls, c.answer
	s.mu.Unlock()
	if answer == nil {
		s.t.Errorf("asked for %s", r.Header.Get(notify.IDHeader))
		return
	}
	answer(w, nth)
}

func (s *sealer) sealing() notify.Sealing {
	return notify.Sealing{
		Paper: func(_ context.Context, number int64) (notify.Paper, error) {
			if s.get(number).gone {
				return notify.Paper{}, fault.New(fault.Gone, "test", "文书已经销毁。")
			}
			return notify.Paper{Organ: 1, PDF: []byte(letterPDF)}, nil
		},
		Take: func(_ context.Context, number int64, pdf []byte) error {
			s.mu.Lock()
			defer s.mu.Unlock()
			c := s.letter(fmt.Sprintf("seal-%d", number))
			if c.refuse == nil {
				c.kept = append(c.kept, string(pdf))
			}
			return c.refuse
		},
	}
}

func seal(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/pdf")
	_, _ = io.WriteString(w, sealedPDF)
}

func no(w http.ResponseWriter, status int, words string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, words)
}

// Loopback services that answer at once, late, only the second time, never, or
// nonsense: what becomes of the letter, and what a person reads.
func TestA107_WhatASealServiceAnswers(t *testing.T) {
	hang := func(http.ResponseWriter) { time.Sleep(400 * time.Millisecond) }
	cases := map[string]struct {
		answer func(w http.ResponseWriter, nth int)
		refuse error
		state  notify.State
		reason string
		kept   int
	}{
		"at once": {answer: func(w http.ResponseWriter, _ int) { seal(w) }, state: notify.Delivered, kept: 1},
		"late": {answer: func(w http.ResponseWriter, nth int) {
			if nth < 6 { // more often than there are tries: none of them is lost
				w.WriteHeader(http.StatusAccepted)
				return
			}
			seal(w)
		}, state: notify.Delivered, kept: 1},
		"its answer lost, then the same again": {answer: func(w http.ResponseWriter, nth int) {
			if nth == 1 {
				hang(w)
				return
			}
			seal(w)
		}, state: notify.Delivered, kept: 1},
		"broken, then well": {answer: func(w http.ResponseWriter, nth int) {
			if nth == 1 {
				no(w, http.StatusBadGateway, "")
				return
			}
			seal(w)
		}, state: notify.Delivered, kept: 1},
		"never": {answer: func(w http.ResponseWriter, _ int) { hang(w) }, state: notify.Refused, reason: "没有收到电子印章服务的答复"},
		"refused in words": {answer: func(w http.ResponseWriter, _ int) {
			no(w, http.StatusUnprocessableEntity, "印章使用未经批准。找 lin@example.gov.cn")
		}, state: notify.Refused, reason: "电子印章服务没有盖章：印章使用未经批准。找 ［地址］"},
		"refused in a page": {answer: func(w http.ResponseWriter, _ int) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, "<p>no</p>")
		}, state: notify.Refused, reason: "返回了 403"},
		"garbage": {answer: func(w http.ResponseWriter, _ int) { seal(w) }, refuse: fault.New(fault.Invalid, "test", "送回的不是 PDF，没有保存。"), state: notify.Refused, reason: "送回的不是 PDF"},
		"endless": {answer: func(w http.ResponseWriter, _ int) { _, _ = w.Write(bytes.Repeat([]byte("x"), notify.MaxSealed+1)) }, state: notify.Refused, reason: "超过 20 MB"},
	}
	storetest.Ready(t, func(t *testing.T, conf store.Config) {
		s := newSealer(t)
		o := startSealing(t, conf, s)
		names := slices.Sorted(maps.Keys(cases))
		for i, name := range names {
			s.set(int64(i), sealCase{answer: cases[name].answer, refuse: cases[name].refuse})
			o.ask(int64(i))
		}
		for i, name := range names {
			c, got := cases[name], o.settled(int64(i))
			if got.State != c.state || !strings.Contains(got.Reason, c.reason) {
				t.Errorf("%s: %+v, want %s %q", name, got, c.state, c.reason)
			}
			if kept := s.get(int64(i)).kept; len(kept) != c.kept || c.kept > 0 && kept[0] != sealedPDF {
				t.Errorf("%s: kept %q", name, kept)
			}
		}
	})
}

// A refused letter is asked for again by a person, under the same id; one that
// is under way or sealed is not, and nothing happens without a service.
func TestA107_AskedAgainUnderTheSameID(t *testing.T) {
	storetest.Ready(t, func(t *testing.T, conf store.Config) {
		s := newSealer(t)
		s.set(7, sealCase{answer: func(w http.ResponseWriter, _ int) { no(w, http.StatusConflict, "印章被占用") }})
		o := startSealing(t, conf, s)
		o.ask(7)
		if got := o.settled(7); got.State != notify.Refused {
			t.Fatalf("%+v", got)
		}
		s.set(7, sealCase{answer: func(w http.ResponseWriter, _ int) { seal(w) }})
		o.ask(7)
		if got := o.settled(7); got.State != notify.Delivered || got.Reason != "" {
			t.Fatalf("%+v", got)
		}
		if err := o.post(7); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a sealed letter: %v", err)
		}
		s.set(8, sealCase{gone: true})
		o.ask(8)
		if got := o.settled(8); got.State != notify.Cancelled || got.Reason != "文书已经销毁。" {
			t.Errorf("%+v", got)
		}
		ctx := context.Background()
		if list, err := o.n.SealServices(ctx); err != nil || len(list) != 1 || list[0].Code != "qh-jyj" || list[0].URL != s.srv.URL {
			t.Errorf("%+v %v", list, err)
		}
		if err := o.n.RemoveSealService(ctx, 1, "tester"); err != nil {
			t.Fatal(err)
		}
		if err := o.n.RemoveSealService(ctx, 1, "tester"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("removed twice: %v", err)
		}
		if err := o.post(9); fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Text(err), "上传扫描件") {
			t.Errorf("without a service: %v", err)
		}
		if _, err := o.n.SetSealService(ctx, notify.NewSealService{Organ: 1, URL: "http://10.0.0.1/"}, "tester"); fault.FieldOf(err) != "url" {
			t.Errorf("an inner address: %v", err)
		}
	})
}

// sealing is a node whose organ has a seal service.
type sealing struct{ *node }

func startSealing(t *testing.T, c store.Config, s *sealer) sealing {
	t.Helper()
	o := sealing{start(t, c, quick(notify.Config{Tries: 3, Seal: s.sealing()}), 0)}
	ctx := context.Background()
	if _, err := o.db.Writer().ExecContext(ctx, `INSERT INTO organs (code, kind, created_at) VALUES ('qh-jyj', 'department', 1)`); err != nil {
		t.Fatal(err)
	}
	if _, err := o.n.SetSealService(ctx, notify.NewSealService{Organ: 1, URL: s.srv.URL, Secret: secret}, "tester"); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o sealing) post(letter int64) error {
	return o.db.Tx(context.Background(), func(tx *sql.Tx) error { return o.n.PostSeal(context.Background(), tx, 1, letter) })
}

func (o sealing) ask(letter int64) {
	o.t.Helper()
	if err := o.post(letter); err != nil {
		o.t.Fatal(err)
	}
}

// settled waits until nothing is tried any more.
func (o sealing) settled(letter int64) (s notify.SealState) {
	o.t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		on, all, err := o.n.SealStates(context.Background(), 1, []int64{letter})
		if err != nil || !on {
			o.t.Fatal(on, err)
		}
		if s = all[letter]; s.State != notify.Waiting {
			return s
		}
	}
	o.t.Fatalf("still %+v", s)
	return s
}
