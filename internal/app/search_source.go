package app

import (
	"context"
	"strings"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/publication"
	"gongkai/internal/search"
)

// searchSource feeds the index from the publication log and the documents.
type searchSource struct{ app *App }

func (a *App) searchSource() search.Source { return searchSource{a} }

func (s searchSource) Head(ctx context.Context) (int64, error) {
	return publication.HeadSeq(ctx, s.app.DB.Reader())
}

func (s searchSource) Changes(ctx context.Context, after int64, limit int) ([]search.Change, error) {
	rows, err := publication.Changes(ctx, s.app.DB.Reader(), after, limit)
	if err != nil {
		return nil, err
	}
	out := make([]search.Change, len(rows))
	for i, r := range rows {
		out[i] = search.Change{Seq: r.Seq, Work: r.Work, Erased: r.Act == publication.Expunge}
	}
	return out, nil
}

var _ search.Marker = searchSource{}

// Suggest lists the names that typed characters may become, from the local
// index as it is.
func (a *App) Suggest(ctx context.Context, typed string, limit int) ([]search.Suggestion, error) {
	x, err := a.Index(ctx)
	if err != nil {
		return nil, err
	}
	return x.Suggest(ctx, typed, limit, a.Today())
}

// Position is the row of the publication log up to which the local index speaks.
func (a *App) Position(ctx context.Context) (int64, error) {
	x, err := a.Index(ctx)
	if err != nil {
		return 0, err
	}
	return x.Position(ctx)
}

// Mark names this library's history, so that an index filled from another
// library, or from this one before an older backup came back, is built anew.
func (s searchSource) Mark(ctx context.Context, seq int64) (string, error) {
	return publication.RootAt(ctx, s.app.DB.Reader(), seq)
}

func (s searchSource) Load(ctx context.Context, work int64) (*search.Item, error) {
	w, err := s.app.Documents.Whole(ctx, work)
	if err != nil || w == nil {
		if fault.KindOf(err) == fault.NotFound {
			return nil, nil
		}
		return nil, err
	}
	item := &search.Item{Work: work}
	for _, st := range w.Stretches {
		item.Spans = append(item.Spans, search.Span{From: st.From, To: st.To, Edition: st.Edition, Validity: string(st.Validity)})
	}
	for i := range w.Editions {
		item.Editions = append(item.Editions, searchEdition(&w.Editions[i]))
	}
	return item, nil
}

func searchEdition(e *document.FullEdition) search.ItemEdition {
	date := e.PublishedOn
	if date.IsZero() {
		date = e.AdoptedOn
	}
	return search.ItemEdition{
		Label: e.Label, ExternalID: e.ExternalID, Title: e.Title, ShortTitle: e.ShortTitle, DocNo: e.DocNo,
		Kind: e.Kind, Region: e.Region, Organ: e.OrganNames(), Date: date, Topics: e.Topics,
		Articles: searchArticles(e.Text, e.Provisions),
	}
}

// searchArticles cuts a text into what a hit can name: articles, and what
// stands between them. Headings above an article go with it for weight.
func searchArticles(text string, provisions []document.Provision) []search.ItemArticle {
	runes := []rune(text)
	var out []search.ItemArticle
	var headings []string
	pos := 0
	gap := func(to int) {
		if s := strings.TrimSpace(string(runes[pos:to])); s != "" {
			out = append(out, search.ItemArticle{Text: s})
		}
	}
	for _, p := range provisions {
		switch p.Kind {
		case "part", "subpart", "chapter", "section":
			headings = append(headings[:min(p.Depth, len(headings))], p.Heading)
		case "article":
			if p.Start < pos || p.End > len(runes) {
				continue
			}
			gap(p.Start)
			out = append(out, search.ItemArticle{Path: p.Path, Label: p.Label,
				Heading: strings.TrimSpace(strings.Join(headings, " ") + " " + p.Heading), Text: string(runes[p.Start:p.End])})
			pos = p.End
		}
	}
	if pos < len(runes) {
		gap(len(runes))
	}
	return out
}
