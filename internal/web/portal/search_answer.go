package portal

import (
	"context"
	"slices"
	"strings"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/search"
	"gongkai/internal/web/ui"
)

// quoteRunes is how much of an article the answer quotes.
const quoteRunes = 500

// whyArticlePrefix begins the reason of a hit that a law and an article name.
const whyArticlePrefix = "条号相同"

// directAnswer is the document or article that the question names.
type directAnswer struct {
	hitView
	Note  string
	Quote []string // paragraphs of the article
	Cut   bool     // more of it stands on the page
	Dead  bool     // the article is repealed although the document is not
	Ways  []ui.Way
}

// directAnswer is nil where the question names nothing, and beyond the first
// page. What is gone since the index read it is no answer.
func (p *Portal) directAnswer(ctx context.Context, q question, res *search.Result) (*directAnswer, error) {
	if q.Offset > 0 {
		return nil, nil
	}
	if h := res.Exact; h != nil {
		a := &directAnswer{Note: textExactNote}
		shown := *h
		shown.Article, shown.Path, shown.Snippet, shown.Marks = "", "", "", nil
		a.hitView = viewHit(shown, q)
		if strings.HasPrefix(h.Why, "原标题") {
			a.Note = textFormerNote
		}
		a.Ways = []ui.Way{{Name: "看全文", Href: a.Href}, {Name: "历次文本", Href: workPath(h.Work) + "/history"}}
		return a, nil
	}
	if len(res.Hits) == 0 || !strings.HasPrefix(res.Hits[0].Why, whyArticlePrefix) {
		return nil, nil
	}
	return p.articleAnswer(ctx, q, res.Hits[0])
}

// articleAnswer quotes an article from the text that counts on the day.
func (p *Portal) articleAnswer(ctx context.Context, q question, h search.Hit) (*directAnswer, error) {
	v, err := p.deps.Library.View(ctx, h.Work, document.At{On: q.On})
	if k := fault.KindOf(err); err != nil && (k == fault.NotFound || k == fault.Gone) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if v.Edition == nil || v.Edition.Label != h.Edition {
		return nil, nil
	}
	at := slices.IndexFunc(v.Provisions, func(x document.Provision) bool { return x.Path == h.Path })
	if at < 0 {
		return nil, nil
	}
	a := &directAnswer{Note: textArticleNote, hitView: viewHit(h, q), Dead: slices.Contains(v.DeadPaths, h.Path)}
	a.State = ui.NewState(v.Validity, false)
	a.Quote, a.Cut = quote(v.Text, v.Provisions[at])
	whole, _, _ := strings.Cut(a.Href, "#")
	a.Ways = []ui.Way{{Name: "到原文中看这一条", Href: a.Href}, {Name: "看全文", Href: whole}, {Name: "历次文本", Href: workPath(h.Work) + "/history"}}
	return a, nil
}

// quote cuts a provision out of a text, as paragraphs.
func quote(text string, at document.Provision) (paragraphs []string, cut bool) {
	runes := []rune(text)
	if at.Start < 0 || at.End > len(runes) || at.Start >= at.End {
		return nil, false
	}
	piece := runes[at.Start:at.End]
	if len(piece) > quoteRunes {
		piece, cut = append(slices.Clone(piece[:quoteRunes]), '…'), true
	}
	for line := range strings.Lines(string(piece)) {
		if line = strings.TrimSpace(line); line != "" {
			paragraphs = append(paragraphs, line)
		}
	}
	return paragraphs, cut
}
