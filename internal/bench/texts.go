package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"gongkai/internal/app"
	"gongkai/internal/officialdoc"
	"gongkai/internal/search"
	"gongkai/internal/testcity"
)

// texts measures inside this process what is computed over words: comparing,
// reading facts out of a text, and searching.
func (b *bench) texts() error {
	docs, err := lawTexts()
	if err != nil {
		return err
	}
	b.compareSpeed(docs)
	b.extractSpeed(docs)
	return b.searchSpeed(docs)
}

// compareSpeed compares every real pair of texts of one work.
func (b *bench) compareSpeed(docs []testcity.Document) {
	older := map[string]testcity.Document{}
	var times []float64
	longest := 0
	for _, d := range docs {
		o, revised := older[d.WorkID]
		if !revised {
			older[d.WorkID] = d
			continue
		}
		var runs []float64
		for range 3 {
			began := time.Now()
			officialdoc.Compare(o.Text, d.Text)
			runs = append(runs, inMillis(time.Since(began)))
		}
		times, longest = append(times, median(runs)), max(longest, len(o.Text)+len(d.Text))
	}
	b.note("compare: %d real pairs of texts, the longest %d kB together, median of 3 runs each", len(times), longest/1000)
	b.alone("compare/p50", percentile(times, 50), millis)
	b.alone("compare/max", percentile(times, 100), millis)
}

// extractSpeed reads the facts and the structure of many texts on one core.
func (b *bench) extractSpeed(docs []testcity.Document) {
	some := docs[:min(len(docs), pick(b, 1500, 300))]
	size := 0
	for _, d := range some {
		size += len(d.Text)
	}
	b.note("extract: %d texts, %.1f MB of UTF-8, one core", len(some), float64(size)/1e6)
	for _, m := range []struct {
		name string
		read func(string)
	}{
		{"extract/facts", func(s string) { officialdoc.Extract(s) }},
		{"extract/structure", func(s string) { officialdoc.Parse(s) }},
		{"extract/citations", func(s string) { officialdoc.Citations(s) }},
	} {
		began := time.Now()
		for _, d := range some {
			m.read(d.Text)
		}
		b.alone(m.name, float64(size)/1e6/time.Since(began).Seconds(), megabytes)
	}
}

// searchSpeed asks the index of the law collection, without the page around it.
func (b *bench) searchSpeed(docs []testcity.Document) error {
	if err := b.needLaws(); err != nil {
		return err
	}
	return withLibrary(b.ctx, b.laws, func(a *app.App) error {
		if _, err := a.CatchUp(b.ctx); err != nil {
			return err
		}
		queries := questions(docs, 200)
		b.note("search: %d queries made of the collection's own words: whole and part titles, two words, an article of a law, questions", len(queries))
		for _, level := range []string{search.LevelDocument, search.LevelArticle} {
			var times []float64
			for _, q := range queries {
				began := time.Now()
				if _, err := a.Search(b.ctx, search.Query{Text: q, Level: level}); err != nil {
					return err
				}
				times = append(times, inMillis(time.Since(began)))
			}
			b.alone("search/"+level+"/p50", percentile(times, 50), millis)
			b.alone("search/"+level+"/p95", percentile(times, 95), millis)
			b.alone("search/"+level+"/max", percentile(times, 100), millis)
		}
		return nil
	})
}

// withLibrary opens a library in this process.
func withLibrary(ctx context.Context, dir string, fn func(*app.App) error) error {
	a, err := app.Open(ctx, app.Config{DataDir: dir}, slog.New(slog.NewTextHandler(io.Discard, nil)), time.Now)
	if err != nil {
		return err
	}
	return errors.Join(fn(a), a.Close())
}

// questions makes n different queries out of real texts, of five kinds in turn.
func questions(docs []testcity.Document, n int) []string {
	var out []string
	step := max(1, len(docs)/n)
	for i := 0; len(out) < n && i < 50*n; i++ {
		d := docs[(i*step+i/len(docs))%len(docs)]
		title, words := []rune(d.Title), phrases(d.Text)
		if len(words) < 6 || len(title) < 8 {
			continue
		}
		q := ""
		switch i % 5 {
		case 0:
			q = d.Title
		case 1:
			q = string(title[len(title)-8:])
		case 2:
			q = words[len(words)/3] + " " + words[len(words)/2]
		case 3:
			q = d.Title + "第三条"
		case 4:
			q = words[len(words)/2] + "应当怎么办？"
		}
		if !slices.Contains(out, q) {
			out = append(out, q)
		}
	}
	return out
}

// phrases are pieces of 4 to 8 characters between marks of a text's beginning.
func phrases(text string) (out []string) {
	runes := []rune(text)
	for _, p := range strings.FieldsFunc(string(runes[:min(len(runes), 1500)]), func(r rune) bool { return r < 0x4e00 || r > 0x9fff }) {
		if n := len([]rune(p)); n >= 4 && n <= 8 {
			out = append(out, p)
		}
	}
	return out
}
