package portal

import (
	"context"
	"strings"

	"gongkai/internal/org"
	"gongkai/internal/web/ui"
	"gongkai/internal/workday"
)

// OrganFinder finds organs by what people type; nobody is no error.
type OrganFinder interface {
	Find(ctx context.Context, text string, on workday.Date, limit int) (*org.Found, error)
	Suggest(ctx context.Context, typed string, limit int) ([]org.FoundOrgan, error)
}

// How many organs stand above the hits and below a search box, and how long
// the line of their duties is.
const (
	organsAbove     = 3
	organsSuggested = 3
	dutiesRunes     = 70
)

// foundBlock is who the question names, above the hits (ZC21-1.3a).
type foundBlock struct {
	Organs  []foundOrgan
	More    int
	Leaders []foundEntry
	Units   []foundEntry
}

type foundOrgan struct {
	Name, Href, Former, Duties, Phone string
	Next                              []ui.Way // who took over
}

// foundEntry is a leader or a unit with its organ.
type foundEntry struct {
	Name, Note, Phone, Organ, Href string
}

// organBlock is nil beyond the first page and where nobody is named.
func (p *Portal) organBlock(ctx context.Context, q question) (*foundBlock, error) {
	if q.Offset > 0 {
		return nil, nil
	}
	f, err := p.deps.Organs.Find(ctx, q.Text, p.today(), organsAbove)
	if err != nil || len(f.Organs)+len(f.Leaders)+len(f.Units) == 0 {
		return nil, err
	}
	b := &foundBlock{More: f.More}
	for _, o := range f.Organs {
		v := foundOrgan{Name: o.Name, Href: organHref(o.Code), Former: o.Former}
		for _, n := range o.Successors {
			v.Next = append(v.Next, ui.Way{Name: n.Name, Href: organHref(n.Code)})
		}
		if v.Next == nil { // what was taken over answers no calls
			v.Duties, v.Phone = oneLine(o.Duties), o.Phone
		}
		b.Organs = append(b.Organs, v)
	}
	for _, l := range f.Leaders {
		b.Leaders = append(b.Leaders, foundEntry{Name: l.Name, Note: l.Post, Organ: l.Organ.Name, Href: organHref(l.Organ.Code)})
	}
	for _, u := range f.Units {
		b.Units = append(b.Units, foundEntry{Name: u.Name, Note: oneLine(u.Duties), Phone: u.Phone, Organ: u.Organ.Name, Href: organHref(u.Organ.Code)})
	}
	return b, nil
}

func oneLine(s string) string { return shorten(strings.Join(strings.Fields(s), " "), dutiesRunes) }

// suggestOrgans offers organs in the place of the last names; a former name
// that was meant is told.
func (p *Portal) suggestOrgans(ctx context.Context, text string) ([]suggestionView, error) {
	list, err := p.deps.Organs.Suggest(ctx, text, organsSuggested)
	var out []suggestionView
	for _, o := range list {
		v := suggestionView{Text: o.Name, What: textOrgan, Href: organHref(o.Code)}
		if o.Former != "" {
			v.What += "，原" + o.Former
		}
		out = append(out, v)
	}
	return out, err
}
