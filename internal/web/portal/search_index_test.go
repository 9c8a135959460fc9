package portal

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"testing"

	"gongkai/internal/document"
	"gongkai/internal/search"
	"gongkai/internal/workday"
)

// indexSource is a publication log in memory: every row is one work.
type indexSource struct {
	mu    sync.Mutex
	log   []int64
	items map[int64]*search.Item
}

func (s *indexSource) Head(context.Context) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return int64(len(s.log)), nil
}

func (s *indexSource) Changes(_ context.Context, after int64, limit int) ([]search.Change, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []search.Change
	for seq := after + 1; seq <= int64(len(s.log)) && len(out) < limit; seq++ {
		out = append(out, search.Change{Seq: seq, Work: s.log[seq-1]})
	}
	return out, nil
}

func (s *indexSource) Load(_ context.Context, work int64) (*search.Item, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.items[work], nil
}

func (s *indexSource) put(item *search.Item) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items[item.Work] = item
	s.log = append(s.log, item.Work)
}

// realSearch is the true index behind the fake library.
type realSearch struct {
	*search.Index
	before func(search.Query) // called before each answer
	asked  []search.Query
}

func (s *realSearch) Search(ctx context.Context, q search.Query) (*search.Result, error) {
	s.asked = append(s.asked, q)
	if s.before != nil {
		s.before(q)
	}
	return s.Index.Search(ctx, q, testToday)
}

func (s *realSearch) Suggest(ctx context.Context, typed string, limit int) ([]search.Suggestion, error) {
	return s.Index.Suggest(ctx, typed, limit, testToday)
}

// indexSite is a portal over the fake library with the true index.
type indexSite struct {
	*testSite
	source *indexSource
	search *realSearch
}

func newIndexSite(t testing.TB) *indexSite {
	t.Helper()
	s := &indexSite{testSite: &testSite{t: t, lib: newFakeLibrary(t), log: &fakeLog{seq: 1}}, source: &indexSource{items: map[int64]*search.Item{}}}
	index, err := search.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := index.Close(); err != nil {
			t.Error(err)
		}
	})
	s.search = &realSearch{Index: index}
	for _, w := range s.lib.works {
		if !w.gone {
			s.source.put(itemOf(s.lib, w))
		}
	}
	s.fill()
	deps := fakeDeps(s.lib, s.log)
	deps.Search = s.search
	if s.p, err = New(deps); err != nil {
		t.Fatal(err)
	}
	s.p.LogTo(slog.New(slog.DiscardHandler))
	s.h = s.p.Handler()
	return s
}

// fill brings the index up to the log.
func (s *indexSite) fill() {
	s.t.Helper()
	if _, err := s.search.CatchUp(context.Background(), s.source); err != nil {
		s.t.Fatal(err)
	}
}

// publish puts a work of one text into the index alone.
func (s *indexSite) publish(work int64, e search.ItemEdition, validity string) {
	e.Label = 1
	s.source.put(&search.Item{Work: work, Editions: []search.ItemEdition{e}, Spans: []search.Span{{Edition: 1, Validity: validity}}})
}

// notices publishes so many works of one kind and year each.
func (s *indexSite) notices(n int) {
	s.t.Helper()
	for i := range n {
		s.publish(int64(1000+i), search.ItemEdition{Title: fmt.Sprintf("关于秋季灌溉用水安排的通知（%d）", i), DocNo: fmt.Sprintf("清水字〔%d〕%d号", 2015+i%5, i+1), Kind: "通知",
			Organ: "清河市水利局", Region: "清河市", Date: workday.Date{Year: 2015 + i%5, Month: 9, Day: 1 + i%28},
			Articles: []search.ItemArticle{{Text: "各灌区按照计划安排灌溉用水，第" + strconv.Itoa(i) + "号。"}}}, []string{"有效", "废止"}[i%2])
	}
	s.fill()
}

// itemOf shows a work of the fake library to the index, as app does.
func itemOf(lib *fakeLibrary, w *fakeWork) *search.Item {
	item := &search.Item{Work: w.Work}
	for i, e := range w.Editions {
		one := search.ItemEdition{Label: e.Label, Title: e.Title, ShortTitle: e.ShortTitle, DocNo: e.DocNo, Kind: e.Kind, Region: e.Region, Organ: e.OrganNames(), Date: e.PublishedOn}
		v, err := lib.View(context.Background(), w.Work, document.At{Edition: e.Label})
		if err != nil {
			panic(err)
		}
		for _, p := range v.Provisions {
			if p.Kind == "article" {
				one.Articles = append(one.Articles, search.ItemArticle{Path: p.Path, Label: p.Label, Text: string([]rune(v.Text)[p.Start:p.End])})
			}
		}
		if len(one.Articles) == 0 {
			one.Articles = []search.ItemArticle{{Text: v.Text}}
		}
		item.Editions = append(item.Editions, one)
		span := search.Span{From: e.From, Edition: e.Label, Validity: string(w.Validity)}
		if i+1 < len(w.Editions) {
			span.To = w.Editions[i+1].From
		}
		if i == 0 && !e.From.IsZero() {
			item.Spans = append(item.Spans, search.Span{To: e.From})
		}
		item.Spans = append(item.Spans, span)
	}
	return item
}
