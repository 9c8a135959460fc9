package search

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// marked is a source with a history of a name.
type marked struct {
	*memory
	name string
}

func (m marked) Mark(_ context.Context, seq int64) (string, error) {
	if seq > int64(len(m.changes)) {
		return "", errors.New("no such row")
	}
	return fmt.Sprint(m.name, seq), nil
}

func TestAnotherHistoryIsBuiltAnew(t *testing.T) {
	one := func(name string, texts ...string) marked {
		m := marked{newMemory(nil), name}
		for i, text := range texts {
			m.publish(small(int64(i+1), 1, text))
		}
		return m
	}
	full := one("甲", "河道", "湖泊", "水库")
	for _, c := range []struct {
		name  string
		other Source
		works int64
	}{
		{"another library of the same length", one("乙", "森林", "草原", "湿地"), 3},
		{"another longer library", one("乙", "森林", "草原", "湿地", "荒漠"), 4},
		{"an older state of the same library", one("甲", "河道"), 1},
		{"an older state without marks", one("甲", "河道").memory, 1},
		{"an empty library", one("甲"), 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := openIndex(t, t.TempDir())
			catchUp(t, x, full)
			if lag, err := x.Lag(t.Context(), c.other); err != nil || lag == 0 {
				t.Errorf("lag %d, %v: the index looks up to date", lag, err)
			}
			catchUp(t, x, c.other)
			fresh := openIndex(t, t.TempDir())
			catchUp(t, fresh, c.other)
			if n, err := x.Works(t.Context()); err != nil || n != c.works || dump(t, x) != dump(t, fresh) {
				t.Errorf("%d works, %v; the index is not that of the library", n, err)
			}
			if lag, err := x.Lag(t.Context(), c.other); err != nil || lag != 0 {
				t.Errorf("lag %d, %v", lag, err)
			}
		})
	}
}

func TestErasedWordsAreScrubbedOnce(t *testing.T) {
	const word = "㐀㐁㐂"
	dir := t.TempDir()
	src := newMemory(nil)
	src.publish(small(1, 1, word))
	src.publish(small(2, 1, "河道"))
	x := openIndex(t, dir)
	catchUp(t, x, src)
	if dirty, err := x.Dirty(t.Context()); err != nil || dirty {
		t.Fatal(dirty, err)
	}
	src.withdraw(1)
	src.changes[len(src.changes)-1].Erased = true
	catchUp(t, x, src)
	if dirty, err := x.Dirty(t.Context()); err != nil || !dirty {
		t.Fatal(dirty, err)
	}
	if holds := filesWith(t, dir, "㐀㐁"); len(holds) == 0 {
		t.Fatal("the word is in no file before: this test proves nothing")
	}
	want := find(t, x, Query{Text: "河道"})
	if err := x.Scrub(t.Context()); err != nil {
		t.Fatal(err)
	}
	if dirty, err := x.Dirty(t.Context()); err != nil || dirty {
		t.Fatal(dirty, err)
	}
	for _, part := range []string{word, "㐀㐁", "㐁㐂", "㐂·"} {
		for _, name := range filesWith(t, dir, part) {
			t.Errorf("%s still holds %s", name, part)
		}
	}
	if d := cmp.Diff(want, find(t, x, Query{Text: "河道"})); d != "" {
		t.Error("scrubbing changes an answer", d)
	}
}

// filesWith names the files of a folder that hold a text.
func filesWith(t *testing.T, dir, text string) (out []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte(text)) {
			out = append(out, e.Name())
		}
	}
	return out
}

func TestScrubBesideAReaderStaysDirty(t *testing.T) {
	src := newMemory(nil)
	src.publish(small(1, 1, "河道"))
	src.changes[0].Erased = true
	x := openIndex(t, t.TempDir())
	catchUp(t, x, src)
	tx, err := x.read.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := tx.QueryRow(`SELECT count(*) FROM works`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	src.publish(small(2, 1, "湖泊"))
	catchUp(t, x, src)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := x.Scrub(ctx); err == nil {
		t.Error("a reader of an older state does not hinder it")
	}
	if dirty, err := x.Dirty(t.Context()); err != nil || !dirty {
		t.Error("the index forgot that it is dirty", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := x.Scrub(t.Context()); err != nil {
		t.Error(err)
	}
}
