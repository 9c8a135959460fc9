package document

import (
	"slices"

	"gongkai/internal/workday"
)

// issued is the day a text became public: its publication, else its adoption.
func issued(e *Edition) workday.Date {
	if !e.PublishedOn.IsZero() {
		return e.PublishedOn
	}
	return e.AdoptedOn
}

// CountsFrom is the first day an edition's text counts, and where that day was
// read (design section 8): the given effective date unless it lies before the
// publication (revised laws often repeat their first date); else a 施行 clause
// of its own text later than the publication; else the publication.
func CountsFrom(e *Edition) (workday.Date, Basis) {
	pub := issued(e)
	switch {
	case !e.EffectiveOn.IsZero() && !e.EffectiveOn.Before(pub):
		return e.EffectiveOn, BasisGiven
	case !e.ClauseOn.IsZero() && !pub.IsZero() && e.ClauseOn.After(pub):
		return e.ClauseOn, BasisText
	case !pub.IsZero():
		return pub, BasisPresumed
	}
	return workday.Date{}, BasisUnknown
}

// arrange fills From, Basis, Until and orders editions: dated ones by day (then
// label), an undated one before the first dated one with a larger label.
func arrange(eds []Edition) []Edition {
	var dated, undated []Edition
	for _, e := range eds {
		e.From, e.Basis = CountsFrom(&e)
		if e.From.IsZero() {
			undated = append(undated, e)
		} else {
			dated = append(dated, e)
		}
	}
	slices.SortFunc(dated, func(a, b Edition) int {
		if c := a.From.Compare(b.From); c != 0 {
			return c
		}
		return a.Label - b.Label
	})
	for i := range dated {
		if i+1 < len(dated) {
			dated[i].Until = dated[i+1].From
		}
	}
	slices.SortFunc(undated, func(a, b Edition) int { return a.Label - b.Label })
	for _, u := range undated {
		i := slices.IndexFunc(dated, func(d Edition) bool { return d.Label > u.Label })
		if i < 0 {
			i = len(dated)
		}
		dated = slices.Insert(dated, i, u)
	}
	return dated
}

// state is what a work is on a day.
type state struct {
	edition  int // index into the arranged editions, -1 before the first text
	validity Validity
	dateless bool // ended on an unknown day
	since    workday.Date
	end      *Fact    // what ended it
	dead     []string // provisions repealed in part
}

// stateOn computes the state on a day. asked tells a day somebody asked about
// from the default view of today: an undated text is never the answer for a
// day that was asked about.
func stateOn(eds []Edition, facts []Fact, on workday.Date, asked bool) state {
	s := state{edition: -1}
	for i, e := range eds {
		if e.State != "published" {
			continue
		}
		if e.From.IsZero() {
			if !asked {
				s.edition = i
			}
			continue
		}
		if !e.From.After(on) {
			s.edition = i
		}
	}
	if s.edition < 0 {
		for i, e := range eds {
			if e.State == "published" && !e.From.IsZero() && !issued(&e).After(on) {
				return state{edition: i, validity: NotYetInForce, since: issued(&e)}
			}
		}
		return s
	}
	e := &eds[s.edition]
	s.validity, s.since = InForce, e.From
	for i := range eds[:s.edition] {
		// In force since its first text, not since its newest one.
		if f := eds[i].From; !f.IsZero() && (s.since.IsZero() || f.Before(s.since)) {
			s.since = f
		}
	}
	for _, f := range effective(facts) {
		if f.ValidOn.After(on) || onlyOfFormerText(eds, f) {
			continue
		}
		apply(&s, f)
	}
	if s.validity != Repealed && s.validity != Expired && !e.ExpiresOn.IsZero() && on.After(e.ExpiresOn) {
		s.validity, s.since, s.end = Expired, e.ExpiresOn.AddDays(1), nil
	}
	return s
}

// onlyOfFormerText tells an undated repeal that a source flags on a text which
// a later one has replaced: it says 已修改 of that text, nothing of the work.
func onlyOfFormerText(eds []Edition, f Fact) bool {
	if f.Edition == 0 || !f.ValidOn.IsZero() {
		return false
	}
	last := lastPublished(eds)
	return last >= 0 && eds[last].Label != f.Edition
}

func apply(s *state, f Fact) {
	switch f.Kind {
	case FactRepealed, FactExpired:
		s.validity = Repealed
		if f.Kind == FactExpired {
			s.validity = Expired
		}
		s.dateless, s.since, s.end = f.ValidOn.IsZero(), f.ValidOn, &f
	case FactRepealedPart:
		s.dead = append(s.dead, f.Provisions...)
		if s.validity == InForce {
			s.validity, s.since, s.end = PartlyRepealed, f.ValidOn, &f
		}
	case FactRestored:
		s.validity, s.since, s.end, s.dateless, s.dead = InForce, f.ValidOn, nil, false, nil
	}
}

// effective drops superseded facts and orders the rest by day, then by record;
// an undated fact counts on every day, so it comes first.
func effective(facts []Fact) []Fact {
	gone := map[int64]bool{}
	for _, f := range facts {
		if f.Supersedes != 0 {
			gone[f.Supersedes] = true
		}
	}
	var out []Fact
	for _, f := range facts {
		if !gone[f.ID] {
			out = append(out, f)
		}
	}
	slices.SortStableFunc(out, func(a, b Fact) int {
		if c := a.ValidOn.Compare(b.ValidOn); c != 0 {
			return c
		}
		return int(a.ID - b.ID)
	})
	return out
}

// boundaries lists the days on which the state of a work can change, in order.
func boundaries(eds []Edition, facts []Fact) []workday.Date {
	var days []workday.Date
	add := func(d workday.Date) {
		if !d.IsZero() {
			days = append(days, d)
		}
	}
	for i := range eds {
		if eds[i].State != "published" {
			continue
		}
		add(issued(&eds[i]))
		add(eds[i].From)
		if !eds[i].ExpiresOn.IsZero() {
			add(eds[i].ExpiresOn.AddDays(1))
		}
	}
	for _, f := range facts {
		add(f.ValidOn)
	}
	slices.SortFunc(days, workday.Date.Compare)
	return slices.Compact(days)
}

// standing is 现行 unless a later text counts by that day or the source says
// that it was amended (F-11, F-12).
func standing(eds []Edition, i int, on workday.Date) string {
	for _, later := range eds[i+1:] {
		if later.State == "published" && (later.From.IsZero() || !later.From.After(on)) {
			return StandingAmended
		}
	}
	if eds[i].SourceStatus == StandingAmended {
		return StandingAmended
	}
	return StandingCurrent
}
