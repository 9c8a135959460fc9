package request

import (
	"context"

	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/store"
)

// Period is until when an organ or a court must decide a dispute. It is
// their duty, so no task of the organ is due with it.
type Period struct {
	Name string
	Sum  clock.Result
}

// periodRules are the periods of A-96. An ordinary reconsideration may be
// extended once, which its own organ decides, so both days are told. The
// ordinary period of a court is not one of them.
func (d *Dispute) periodRules() []string {
	switch {
	case d.Kind == Reconsidered && d.Simple:
		return []string{"A-96.simple"}
	case d.Kind == Reconsidered:
		return []string{"A-96", "A-96.extended"}
	case d.Kind != Complained && d.Simple:
		return []string{"A-96.court"}
	}
	return nil
}

// disputeOf reads a dispute with its periods, which run from the day of
// acceptance in calendar days; without that day there are none.
func (r *Room) disputeOf(ctx context.Context, q store.Querier, c *casework.Case) (*Dispute, error) {
	d, err := readDispute(ctx, q, c.ID)
	if err != nil || d.AcceptedOn.IsZero() || d.Result != Pending {
		return d, err
	}
	years, err := r.kernel.YearsIn(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, rule := range d.periodRules() {
		sum, _ := years.Sum(c.Organ, rule, []clock.Fact{{Event: clock.Received, At: clock.On(d.AcceptedOn)}})
		d.Periods = append(d.Periods, Period{Name: clock.MustFind(rule).Name, Sum: sum})
	}
	return d, nil
}
