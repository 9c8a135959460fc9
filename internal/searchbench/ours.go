package main

import (
	"context"
	"strings"
	"time"

	"gongkai/internal/search"
	"gongkai/internal/workday"
)

// ours is the product's index, as the product opens it.
type ours struct {
	dir   string
	index *search.Index
	today workday.Date
}

func openOurs(ctx context.Context, dir string) (engine, error) {
	x, err := search.Open(ctx, dir)
	return &ours{dir, x, workday.DateOf(time.Now())}, err
}

func (o *ours) build(ctx context.Context, c *corpus) error {
	_, err := o.index.CatchUp(ctx, source{c})
	return err
}

// source hands the documents to the index as works of one text, cut at lines.
type source struct{ *corpus }

func (s source) Head(context.Context) (int64, error) { return int64(s.n), nil }

func (s source) Changes(_ context.Context, after int64, limit int) ([]search.Change, error) {
	var out []search.Change
	for seq := after + 1; seq <= int64(s.n) && len(out) < limit; seq++ {
		out = append(out, search.Change{Seq: seq, Work: seq})
	}
	return out, nil
}

func (s source) Load(_ context.Context, work int64) (*search.Item, error) {
	d := s.at(int(work - 1))
	e := search.ItemEdition{Label: 1, Title: d.title, Kind: d.kind}
	for line := range strings.Lines(d.text) {
		a := search.ItemArticle{Text: strings.TrimSpace(line)}
		if label, _, ok := strings.Cut(a.Text, " "); ok && strings.HasPrefix(label, "第") && strings.HasSuffix(label, "条") {
			a.Label = label
		}
		e.Articles = append(e.Articles, a)
	}
	return &search.Item{Work: work, Editions: []search.ItemEdition{e}, Spans: []search.Span{{Edition: 1, Validity: "有效"}}}, nil
}

func (o *ours) ask(ctx context.Context, words []string) (int, error) {
	res, err := o.index.Search(ctx, search.Query{Text: strings.Join(words, " "), Limit: 10}, o.today)
	if err != nil {
		return 0, err
	}
	return res.Total, nil
}

func (o *ours) size(context.Context) (int64, error)         { return folderSize(o.dir) }
func (o *ours) used(context.Context) (time.Duration, error) { return own() }
func (o *ours) memory(context.Context) (int64, error)       { return resident("self") }
func (o *ours) close(context.Context) error                 { return o.index.Close() }
