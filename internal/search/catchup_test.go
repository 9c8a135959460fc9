package search

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"gongkai/internal/workday"
)

func small(work int64, label int, text string) *Item {
	return &Item{Work: work,
		Editions: []ItemEdition{{Label: label, ExternalID: fmt.Sprintf("x%d-%d", work, label), Title: fmt.Sprintf("第%d号规定", work), Kind: "通知",
			Articles: []ItemArticle{{Path: "a1", Label: "第一条", Text: "第一条 " + text}, {Path: "a2", Label: "第二条", Text: "第二条 自发布之日起施行。"}}}},
		Spans: []Span{{Edition: label, Validity: "有效"}}}
}

func TestCatchUpLoadsEachWorkOnce(t *testing.T) {
	src := newMemory(corpus())
	for range 3 {
		for _, item := range corpus()[:5] {
			src.publish(item)
		}
	}
	src.log(0) // a row about no work
	x := openIndex(t, t.TempDir())
	if lag, err := x.Lag(t.Context(), src); err != nil || lag != int64(len(src.changes)) {
		t.Fatal(lag, err)
	}
	applied, err := x.CatchUp(t.Context(), src)
	if err != nil || applied != int64(len(src.changes)) {
		t.Fatal(applied, err)
	}
	if src.loads != len(corpus()) {
		t.Errorf("%d loads of %d works", src.loads, len(corpus()))
	}
	if lag, err := x.Lag(t.Context(), src); err != nil || lag != 0 {
		t.Error(lag, err)
	}
	if applied, err := x.CatchUp(t.Context(), src); err != nil || applied != 0 {
		t.Error(applied, err)
	}
}

// TestCatchUpEqualsFreshBuild drives an index through random publications,
// changes, withdrawals, failures and reopenings, and compares it with one that
// is built at once.
func TestCatchUpEqualsFreshBuild(t *testing.T) {
	checks := flag.Lookup("rapid.checks").Value.String()
	if err := flag.Set("rapid.checks", "25"); err != nil { // each opens several files
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = flag.Set("rapid.checks", checks) }) // a value it had
	root := t.TempDir()
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		dir := filepath.Join(root, fmt.Sprint(run))
		src := &memory{works: map[int64]*Item{}}
		x, err := Open(context.Background(), dir)
		if err != nil {
			rt.Fatal(err)
		}
		defer func() { _ = x.Close() }() // already closed when a step failed
		words := []string{"行政许可", "信息公开", "公开招标", "税", "2018年修订"}
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			work := rapid.Int64Range(1, 4).Draw(rt, "work")
			switch rapid.IntRange(0, 5).Draw(rt, "act") {
			case 0:
				src.withdraw(work)
			case 1: // only validity changes
				if old := src.works[work]; old != nil {
					next := *old
					next.Spans = []Span{{Edition: old.Editions[0].Label, Validity: "废止"}}
					src.publish(&next)
				}
			case 2: // another text
				if old := src.works[work]; old != nil && len(old.Editions) < 3 {
					add := small(work, len(old.Editions)+1, rapid.SampledFrom(words).Draw(rt, "text"))
					next := Item{Work: work, Editions: append(slices.Clone(old.Editions), add.Editions...), Spans: add.Spans}
					src.publish(&next)
				}
			case 3:
				src.failAt = src.loads + rapid.IntRange(1, 2).Draw(rt, "fail")
				_, err := x.CatchUp(context.Background(), src)
				src.failAt = 0
				if err != nil && errors.Is(err, sql.ErrNoRows) {
					rt.Fatal(err)
				}
				if err := x.Close(); err != nil {
					rt.Fatal(err)
				}
				if x, err = Open(context.Background(), dir); err != nil {
					rt.Fatal(err)
				}
			default:
				src.publish(small(work, 1, rapid.SampledFrom(words).Draw(rt, "text")))
			}
			if rapid.Bool().Draw(rt, "now") {
				if _, err := x.CatchUp(context.Background(), src); err != nil {
					rt.Fatal(err)
				}
			}
		}
		if _, err := x.CatchUp(context.Background(), src); err != nil {
			rt.Fatal(err)
		}
		fresh := openIndex(t, filepath.Join(dir, "fresh"))
		catchUp(t, fresh, src)
		if d := cmp.Diff(dump(t, fresh), dump(t, x)); d != "" {
			rt.Fatalf("-fresh +grown:\n%s", d)
		}
		for _, w := range append(words, "规定怎么公开招标？", "第1号规定") {
			for _, level := range []string{LevelDocument, LevelArticle} {
				q := Query{Text: w, Level: level}
				if d := cmp.Diff(find(t, fresh, q), find(t, x, q)); d != "" {
					rt.Fatalf("%s -fresh +grown:\n%s", w, d)
				}
			}
		}
	})
}

// TestKilledWhileWriting copies the files of an index in the middle of a batch,
// as a kill leaves them, and goes on from the copy.
func TestKilledWhileWriting(t *testing.T) {
	src := newMemory(corpus())
	want := openIndex(t, t.TempDir())
	catchUp(t, want, src)
	for cut := 1; cut < len(corpus()); cut += 13 {
		dir, after := t.TempDir(), t.TempDir()
		x := openIndex(t, dir)
		if _, err := x.applyChanges(t.Context(), src, 0, src.changes[:cut]); err != nil {
			t.Fatal(err)
		}
		tx, err := x.write.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		w, err := newWriter(t.Context(), tx, 99)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.put(t.Context(), prepareItem(corpus()[cut].Work, corpus()[cut])); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"search.db", "search.db-wal"} {
			b, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(after, name), b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
		y := openIndex(t, after)
		if seq, err := y.Position(t.Context()); err != nil || seq != int64(cut) {
			t.Fatal(seq, err)
		}
		catchUp(t, y, src)
		if dump(t, want) != dump(t, y) {
			t.Fatalf("killed at %d: not the same", cut)
		}
	}
}

func TestFailingSourceKeepsPosition(t *testing.T) {
	src := newMemory(corpus())
	x := openIndex(t, t.TempDir())
	src.failAt = 30
	if _, err := x.CatchUp(t.Context(), src); err == nil {
		t.Fatal("a failing source must be told")
	}
	if seq, err := x.Position(t.Context()); err != nil || seq != 0 {
		t.Fatal(seq, err)
	}
	src.failAt = 0
	catchUp(t, x, src)
	if seq, err := x.Position(t.Context()); err != nil || seq != int64(len(src.changes)) {
		t.Fatal(seq, err)
	}
}

func TestTwoProcessesCatchUp(t *testing.T) {
	dir := t.TempDir()
	src := newMemory(corpus())
	a, b := openIndex(t, dir), openIndex(t, dir)
	var both sync.WaitGroup
	for _, x := range []*Index{a, b} {
		both.Go(func() {
			if _, err := x.CatchUp(context.Background(), src); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	want := openIndex(t, t.TempDir())
	catchUp(t, want, src)
	if dump(t, want) != dump(t, a) || dump(t, want) != dump(t, b) {
		t.Error("two writers made another index")
	}
}

// TestStaleBatchIsRefused is the loser of a race: what it loaded may be older
// than what the other process wrote.
func TestStaleBatchIsRefused(t *testing.T) {
	x := openIndex(t, t.TempDir())
	src := newMemory([]*Item{small(1, 1, "新的文字"), small(2, 1, "别的文字")})
	catchUp(t, x, src)
	want := dump(t, x)
	ok, err := x.writeBatch(t.Context(), 1, state{seq: 2}, []*prepared{prepareItem(1, small(1, 1, "旧的文字"))})
	if ok || err != nil {
		t.Error(ok, err)
	}
	if want != dump(t, x) {
		t.Error("a stale batch was written")
	}
}

func TestSearchWhileCatchingUp(t *testing.T) {
	x := openIndex(t, t.TempDir())
	src := &memory{works: map[int64]*Item{}}
	var readers sync.WaitGroup
	stop := make(chan struct{})
	for range 3 {
		readers.Go(func() {
			last := 0
			for {
				select {
				case <-stop:
					return
				default:
				}
				res, err := x.Search(context.Background(), Query{Text: "施行", Limit: 100}, today)
				if err != nil {
					t.Error(err)
					return
				}
				if res.Total < last || min(res.Total, 100) != len(res.Hits) {
					t.Errorf("%d works, then %d with %d hits", last, res.Total, len(res.Hits))
					return
				}
				last = res.Total
			}
		})
	}
	for i := range 60 {
		src.publish(small(int64(i+1), 1, "公开"))
		catchUp(t, x, src)
	}
	close(stop)
	readers.Wait()
	if res := find(t, x, Query{Text: "施行"}); res.Total != 60 {
		t.Error(res.Total)
	}
}

func TestOtherVersionIsBuiltAnew(t *testing.T) {
	dir := t.TempDir()
	src := newMemory(corpus()[:10])
	x := openIndex(t, dir)
	catchUp(t, x, src)
	want := dump(t, x)
	if _, err := x.write.Exec(`UPDATE state SET analyser = analyser - 1`); err != nil {
		t.Fatal(err)
	}
	y := openIndex(t, dir)
	if seq, err := y.Position(t.Context()); err != nil || seq != 0 {
		t.Fatal(seq, err)
	}
	if res := find(t, x, Query{Text: "规定"}); res.Total != 0 { // the other process notices
		t.Error(res.Total)
	}
	catchUp(t, y, src)
	if want != dump(t, y) {
		t.Error("another index")
	}
}

func TestDamagedFileIsBuiltAnew(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "search.db"), []byte("this is no database, it is a letter of some length"), 0o644); err != nil {
		t.Fatal(err)
	}
	x := openIndex(t, dir)
	catchUp(t, x, newMemory(corpus()[:3]))
}

func TestRebuild(t *testing.T) {
	x := openIndex(t, t.TempDir())
	src := newMemory(corpus()[:20])
	catchUp(t, x, src)
	want := dump(t, x)
	if n, err := x.Rebuild(t.Context(), src); err != nil || n != 20 {
		t.Fatal(n, err)
	}
	if want != dump(t, x) {
		t.Error("another index")
	}
	if res := find(t, x, Query{Text: "规定"}); res.Total == 0 {
		t.Error("nothing found after a rebuild")
	}
}

func TestWithdrawnWorkLeavesNothing(t *testing.T) {
	x := openIndex(t, t.TempDir())
	src := newMemory([]*Item{small(1, 1, "绝无仅有")})
	catchUp(t, x, src)
	if res := find(t, x, Query{Text: "绝无仅有"}); res.Total != 1 {
		t.Fatal(res.Total)
	}
	src.withdraw(1)
	catchUp(t, x, src)
	for _, text := range []string{"绝无仅有", "第1号规定", "绝"} {
		if res := find(t, x, Query{Text: text}); res.Total != 0 || res.Exact != nil {
			t.Errorf("%s: %+v", text, res)
		}
	}
}

func TestSpans(t *testing.T) {
	day := workday.MustDate
	w := &workEntry{spans: []Span{
		{To: day("2010-01-01")},
		{From: day("2010-01-01"), To: day("2015-01-01"), Edition: 1, Validity: "有效"},
		{From: day("2015-01-01"), Edition: 2, Validity: "部分失效"},
	}}
	for _, c := range []struct {
		on      string
		edition int
	}{{"2009-12-31", 0}, {"2010-01-01", 1}, {"2014-12-31", 1}, {"2015-01-01", 2}, {"2099-01-01", 2}} {
		if s, ok := w.at(day(c.on)); s.Edition != c.edition || ok != (c.edition != 0) {
			t.Errorf("%s: %+v %v", c.on, s, ok)
		}
	}
	if _, ok := (&workEntry{}).at(today); ok {
		t.Error("a work without spans counts")
	}
}
