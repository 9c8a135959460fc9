package portal

import (
	"fmt"
	"net/http"
	"sort"
	"strconv"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/web/ui"
	"gongkai/internal/workday"
)

// historyPage is the time line of a work.
type historyPage struct {
	ui.Page
	View    *document.View
	State   ui.State
	Days    []historyDay
	Undated []historyPoint
}

// historyDay is what happened on one day.
type historyDay struct {
	On     workday.Date
	Href   string // the text of that day, "" before the first text
	Points []historyPoint
}

// historyPoint is one act or event.
type historyPoint struct {
	Words   string
	By      string // who or what decided it
	ByHref  string
	Reason  string
	Text    string // address of the text it brought
	Compare string // address of the comparison with the text before
	Strong  bool
}

func (p *Portal) history(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.history %s", r.PathValue("id"))
	id, err := workID(r)
	if err != nil {
		return err
	}
	v, err := p.deps.Library.View(r.Context(), id, document.At{})
	if err != nil {
		return err
	}
	d := &historyPage{Page: p.base(r, textHistory+"："+viewTitle(v)), View: v}
	d.State = stateOf(v)
	title := d.Title
	d.Title = viewTitle(v)
	if err := p.placeWork(r.Context(), &d.Page, v); err != nil {
		return err
	}
	d.Title = title
	d.Crumbs = under(d.Crumbs, id, textHistory)
	d.Days, d.Undated = timeline(v)
	return p.render(w, r, "history", d)
}

// under puts a page below its work in the path.
func under(steps []document.Crumb, id int64, name string) []document.Crumb {
	out := append([]document.Crumb(nil), steps...)
	out[len(out)-1].Href = workPath(id)
	return append(out, document.Crumb{Name: name})
}

// timeline gathers what the source names, the texts and the dated facts by day.
func timeline(v *document.View) (days []historyDay, undated []historyPoint) {
	byDay := map[workday.Date][]historyPoint{}
	add := func(d workday.Date, pt historyPoint) {
		if d.IsZero() {
			undated = append(undated, pt)
			return
		}
		for _, old := range byDay[d] {
			if old.Words == pt.Words && old.Text == pt.Text {
				return
			}
		}
		byDay[d] = append(byDay[d], pt)
	}
	for i := range v.Editions {
		editionPoints(v, i, add)
	}
	// Each text's head repeats the events before it, often in other words: of a
	// day only the newest text's account is told.
	told := map[workday.Date]int{}
	for i := range v.Editions {
		for _, h := range v.Editions[i].History {
			told[h.Date] = i
		}
	}
	for i := range v.Editions {
		for _, h := range v.Editions[i].History {
			if told[h.Date] == i {
				add(h.Date, historyPoint{Words: h.Event})
			}
		}
	}
	for _, f := range v.Facts {
		// The texts above already say when they came into force and were amended.
		if f.Kind == document.FactInForce || f.Kind == document.FactAmended && len(v.Editions) > 1 {
			continue
		}
		pt := historyPoint{Words: factWords[string(f.Kind)], By: f.Authority, Reason: f.Reason, Strong: true}
		if f.ByWork != 0 {
			pt.ByHref = workPath(f.ByWork)
		}
		if f.Kind == document.FactRepealedPart {
			pt.Words += placesOf(v, f.Provisions)
		}
		add(f.ValidOn, pt)
	}
	for _, a := range v.Takedowns {
		add(a.On, historyPoint{Words: a.Act.Chinese(), Reason: a.Reason, Strong: true})
	}
	first := firstDay(v)
	for on, points := range byDay {
		day := historyDay{On: on, Points: points}
		if !first.IsZero() && !on.Before(first) {
			day.Href = workPath(v.Work) + "?on=" + on.String()
		}
		days = append(days, day)
	}
	sort.Slice(days, func(i, k int) bool { return days[i].On.Before(days[k].On) })
	return days, undated
}

// editionPoints are the publication of one text and its coming into force.
func editionPoints(v *document.View, i int, add func(workday.Date, historyPoint)) {
	e := &v.Editions[i]
	text := workPath(v.Work) + "?edition=" + strconv.Itoa(e.Label)
	compare := ""
	if i > 0 {
		compare = fmt.Sprintf("%s/compare?from=%d&to=%d", workPath(v.Work), v.Editions[i-1].Label, e.Label)
	}
	words := fmt.Sprintf(textEventFirst, e.Label)
	if i > 0 {
		words = fmt.Sprintf(textEventNext, e.Label)
	}
	published := e.PublishedOn
	if published.IsZero() {
		published = e.AdoptedOn
	}
	pt := historyPoint{Words: words, Text: text, Compare: compare, Strong: true, By: e.DocNo}
	if e.From.IsZero() || e.From != published {
		add(published, pt)
		if e.From.IsZero() {
			return
		}
		pt = historyPoint{Strong: true}
	} else {
		pt.Words += "，当日施行"
		add(published, pt)
		return
	}
	pt.Words = fmt.Sprintf(textEventForce, e.Label)
	if e.Basis == document.BasisPresumed {
		pt.Words = fmt.Sprintf(textEventForcePre, e.Label)
	}
	add(e.From, pt)
}

// placesOf names provisions by their labels: ：第三条、第五条第二款.
func placesOf(v *document.View, paths []string) string {
	labels := map[string]string{}
	for _, p := range v.Provisions {
		labels[p.Path] = p.Label
	}
	s := ""
	for _, path := range paths {
		l := labels[path]
		if l == "" {
			continue
		}
		if s == "" {
			s = "："
		} else {
			s += "、"
		}
		s += l
	}
	return s
}
