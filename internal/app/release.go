package app

import (
	"context"
	"database/sql"
	"time"

	"gongkai/internal/document"
	"gongkai/internal/release"
	"gongkai/internal/store"
	"gongkai/internal/web/portal"
)

// shelf gives the release room the library of published works.
type shelf struct{ lib *document.Library }

// Issue publishes a signed text.
func (s shelf) Issue(ctx context.Context, tx *sql.Tx, o release.Order) (work int64, label int, err error) {
	i := document.Issue{Organ: o.Organ, Content: contentOf(o), Work: o.Work, Audience: o.Audience, Actor: o.Actor}
	for _, r := range o.Paper.Repeals {
		i.Repeals = append(i.Repeals, document.IssueRepeal{Work: r.Work, On: r.On})
	}
	return s.lib.Issue(ctx, tx, i)
}

// contentOf is an order as the library keeps it.
func contentOf(o release.Order) *document.Content {
	c := &document.Content{Title: o.Paper.Title, DocNo: o.Paper.DocNo, IndexNo: o.Paper.IndexNo, RegistrationNo: o.Paper.RegistrationNo, Kind: o.Paper.Kind,
		Organs: o.Paper.Organs, Attribute: string(release.Proactive), AdoptedOn: o.Paper.AdoptedOn, PublishedOn: o.On, EffectiveOn: o.Paper.EffectiveOn,
		ExpiresOn: o.Paper.ExpiresOn, Recipients: o.Paper.Recipients, Topics: o.Paper.Topics, Columns: o.Paper.Columns,
		SourceName: o.Paper.SourceName, SourceURL: o.Paper.SourceURL, Text: o.Paper.Text}
	for _, f := range o.Files {
		c.Files = append(c.Files, document.ContentFile{Name: f.Name, SHA256: f.SHA256, Size: f.Size, MIME: f.MIME, Role: f.Role})
	}
	return c
}

// preview renders a slip as its public page would look today.
func (a *App) preview(public *portal.Portal) func(context.Context, *release.Slip, func(release.File) string) ([]byte, error) {
	return func(ctx context.Context, s *release.Slip, at func(release.File) string) ([]byte, error) {
		o := s.Order(a.Today())
		v, err := document.Preview(contentOf(o), o.On, a.Now())
		if err != nil {
			return nil, err
		}
		return public.Preview(ctx, v, func(f document.File) string { return at(o.Files[f.Position-1]) })
	}
}

// Newest is the newest edition of a published work.
func (s shelf) Newest(ctx context.Context, q store.Querier, work int64) (int, error) {
	return s.lib.Newest(ctx, q, work)
}

// Mended tells what was done about an edition since a moment.
func (s shelf) Mended(ctx context.Context, q store.Querier, work int64, label int, since time.Time) (string, error) {
	return s.lib.Mended(ctx, q, work, label, since)
}

// Made tells who made a work, and whether it has ended.
func (s shelf) Made(ctx context.Context, q store.Querier, work int64) (release.Made, error) {
	m, err := s.lib.Made(ctx, q, work)
	out := release.Made{Title: m.Title, Organs: m.Organs}
	if m.Validity == document.Repealed || m.Validity == document.Expired {
		out.Ended = string(m.Validity)
	}
	return out, err
}

// TakeDown takes a work off the pages or puts it back.
func (s shelf) TakeDown(ctx context.Context, tx *sql.Tx, t release.TakeDown) error {
	return s.lib.TakeDown(ctx, tx, document.TakeDown{Work: t.Work, Restore: t.Restore, Reason: t.Reason, Ground: t.Ground, Actor: t.Actor, On: t.On})
}

// How often a node looks for texts whose time has come, and for due times that
// a new calendar moves.
const (
	releaseEvery = 2 * time.Second
	recountEvery = time.Minute
)

// followReleases publishes what is signed when its time has come.
func (a *App) followReleases(ctx context.Context) {
	a.every(ctx, releaseEvery, "release", func(ctx context.Context) error {
		_, err := a.Releases.Sweep(ctx, a.Log)
		return err
	})
}

// followCalendar recomputes due times after a year's notice was loaded.
func (a *App) followCalendar(ctx context.Context) {
	a.every(ctx, recountEvery, "calendar", func(ctx context.Context) error {
		_, err := a.Cases.Recount(ctx)
		return err
	})
}

// followRequests confirms online requests that nobody confirmed in time.
func (a *App) followRequests(ctx context.Context) {
	a.every(ctx, recountEvery, "requests", func(ctx context.Context) error {
		_, err := a.Requests.Sweep(ctx)
		return err
	})
}

// every runs a look again and again until ctx ends; a failed one is logged and
// the next one tries anew.
func (a *App) every(ctx context.Context, gap time.Duration, name string, look func(context.Context) error) {
	tick := time.NewTicker(gap)
	defer tick.Stop()
	for {
		if err := look(ctx); err != nil && ctx.Err() == nil {
			a.Log.Error(name, "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
