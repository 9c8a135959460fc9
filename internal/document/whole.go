package document

import (
	"context"
	"database/sql"

	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// Stretch is a run of days on which a work had one text and one validity. A
// zero From is "from the beginning", a zero To (exclusive) is "still so".
type Stretch struct {
	From, To workday.Date
	Edition  int // label, 0 before the first text
	Validity Validity
}

// FullEdition is an edition with its words and places.
type FullEdition struct {
	Edition
	Text       string
	Provisions []Provision
}

// Whole is a work with every published text and its life as stretches of days:
// what a consumer needs to index or copy it.
type Whole struct {
	Work      int64
	Editions  []FullEdition
	Stretches []Stretch
}

// Whole loads a work; nil when nothing of it is published any more.
func (l *Library) Whole(ctx context.Context, work int64) (w *Whole, err error) {
	defer fault.Wrap(&err, "document.Whole(%d)", work)
	err = l.db.Snapshot(ctx, func(q *sql.Tx) error {
		id, err := internalID(ctx, q, work)
		if err != nil {
			return err
		}
		eds, err := loadEditions(ctx, q, id)
		if err != nil || lastPublished(eds) < 0 {
			return err
		}
		facts, err := loadFacts(ctx, q, id)
		if err != nil {
			return err
		}
		w = &Whole{Work: work, Stretches: stretches(eds, facts)}
		for _, e := range eds {
			if e.State != "published" {
				continue
			}
			full, err := loadFull(ctx, q, e)
			if err != nil {
				return err
			}
			w.Editions = append(w.Editions, full)
		}
		return nil
	})
	return w, err
}

func loadFull(ctx context.Context, q store.Querier, e Edition) (f FullEdition, err error) {
	f.Edition = e
	if f.Text, err = currentText(ctx, q, e.ID); err != nil {
		return f, err
	}
	f.Provisions, err = loadProvisions(ctx, q, e.ID)
	return f, err
}

// stretches evaluates the state at every day on which it can change. A work
// without any dated text is one stretch over all days: it is found, and its
// page says 日期不详.
func stretches(eds []Edition, facts []Fact) []Stretch {
	dated := false
	for i := range eds {
		dated = dated || eds[i].State == "published" && !eds[i].From.IsZero()
	}
	if !dated {
		s := stateOn(eds, facts, workday.Date{Year: 9999, Month: 12, Day: 31}, false)
		if s.edition < 0 {
			return nil
		}
		return []Stretch{{Edition: eds[s.edition].Label, Validity: s.validity}}
	}
	at := func(d workday.Date) Stretch {
		s := stateOn(eds, facts, d, true)
		if s.edition < 0 {
			return Stretch{}
		}
		return Stretch{Edition: eds[s.edition].Label, Validity: s.validity}
	}
	var out []Stretch
	days := boundaries(eds, facts)
	for i, d := range append([]workday.Date{{}}, days...) {
		probe := d
		if i == 0 {
			probe = days[0].AddDays(-1)
		}
		s := at(probe)
		s.From = d
		if n := len(out); n > 0 && out[n-1].Edition == s.Edition && out[n-1].Validity == s.Validity {
			continue
		}
		if n := len(out); n > 0 {
			out[n-1].To = d
		}
		out = append(out, s)
	}
	return out
}
