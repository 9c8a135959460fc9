package main

import (
	"context"
	"slices"
	"strings"

	"gongkai/internal/officialdoc"
	"gongkai/internal/search"
	"gongkai/internal/testcity"
	"gongkai/internal/workday"
)

// library is the shipped documents as a source of the index, one row of the
// log a work, without a database.
type library struct {
	items []*search.Item
}

func readLibrary() (*library, error) {
	l := &library{}
	works := map[string]*search.Item{}
	err := testcity.Each(func(d testcity.Document) error {
		item := works[d.WorkID]
		if item == nil {
			item = &search.Item{Work: int64(len(l.items) + 1)}
			works[d.WorkID] = item
			l.items = append(l.items, item)
		}
		e := search.ItemEdition{Label: d.Version, ExternalID: d.ID, Title: d.Title, ShortTitle: d.ShortName, DocNo: d.DocNo,
			Kind: d.Type, Region: d.Region, Organ: d.IssuingBody, Topics: d.Topics, Articles: cut(d.Text)}
		e.Date, _ = workday.ParseDate(d.PublishDate) // an unknown day is the zero day
		item.Editions = append(item.Editions, e)
		validity := "有效"
		if d.Status == "已废止" {
			validity = "废止"
		}
		slices.SortFunc(item.Editions, func(a, b search.ItemEdition) int { return a.Label - b.Label })
		if item.Editions[len(item.Editions)-1].Label == d.Version {
			item.Spans = []search.Span{{Edition: d.Version, Validity: validity}} // the newest text is the one asked about
		}
		return nil
	})
	return l, err
}

// cut gives the articles of a text with the headings above them, and what
// stands between, as the product does.
func cut(text string) []search.ItemArticle {
	runes := []rune(text)
	var out []search.ItemArticle
	var headings []string
	pos := 0
	gap := func(to int) {
		if s := strings.TrimSpace(string(runes[pos:to])); s != "" {
			out = append(out, search.ItemArticle{Text: s})
		}
	}
	for _, p := range officialdoc.Parse(text).Provisions {
		switch p.Kind {
		case officialdoc.KindPart, officialdoc.KindSubpart, officialdoc.KindChapter, officialdoc.KindSection:
			headings = append(headings[:min(p.Depth, len(headings))], p.Heading)
		case officialdoc.KindArticle:
			if p.Start < pos {
				continue
			}
			gap(p.Start)
			out = append(out, search.ItemArticle{Path: p.Path, Label: p.Label,
				Heading: strings.TrimSpace(strings.Join(headings, " ") + " " + p.Heading), Text: string(runes[p.Start:p.End])})
			pos = p.End
		}
	}
	gap(len(runes))
	return out
}

// Head, Changes and Load make it a search.Source.
func (l *library) Head(context.Context) (int64, error) { return int64(len(l.items)), nil }

func (l *library) Changes(_ context.Context, after int64, limit int) ([]search.Change, error) {
	var out []search.Change
	for seq := after + 1; seq <= int64(len(l.items)) && len(out) < limit; seq++ {
		out = append(out, search.Change{Seq: seq, Work: seq})
	}
	return out, nil
}

func (l *library) Load(_ context.Context, work int64) (*search.Item, error) {
	return l.items[work-1], nil
}

// newestNational lists the newest text of each work without a region that has
// an identity in the law collection.
func (l *library) newestNational() []search.ItemEdition {
	var out []search.ItemEdition
	for _, item := range l.items {
		if e := item.Editions[len(item.Editions)-1]; e.Region == "" && strings.HasPrefix(e.ExternalID, "w") {
			out = append(out, e)
		}
	}
	return out
}
