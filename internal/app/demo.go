package app

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/org"
	"gongkai/internal/testcity"
)

// demoSource names the documents that the demo ships.
const demoSource = "gongkai-demo"

// SeedDemo enters the story city: its organs, sites, columns and topics, and
// one account for each part that a person can have. The password is the same
// for all, and stays the same when it is given.
func (a *App) SeedDemo(ctx context.Context, password string) (_ []access.DemoAccount, err error) {
	defer fault.Wrap(&err, "app.SeedDemo")
	if err := a.seedCity(ctx); err != nil {
		return nil, err
	}
	if err := a.seedFaces(ctx); err != nil {
		return nil, err
	}
	list, err := a.Access.DemoAccounts(ctx, a.Config.Actor, password)
	if err != nil {
		return nil, err
	}
	if err := a.seedSlips(ctx); err != nil {
		return nil, err
	}
	return list, a.seedRequests(ctx)
}

// FillDemo enters the real documents and those of the story city after
// SeedDemo, showing progress on the pages. It can be stopped anywhere: the next call goes on, and a full
// library is left alone.
func (a *App) FillDemo(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "app.FillDemo")
	full, err := a.demoIsFull(ctx)
	if err != nil || full {
		return err
	}
	a.progress.Start("正在装入示例资料", testcity.Total.Editions)
	defer func() {
		failed := ""
		if err != nil && ctx.Err() == nil {
			failed = fault.Text(err)
		}
		a.progress.Stop(failed)
	}()
	r, err := testcity.Documents()
	if err != nil {
		return err
	}
	var refused []error
	read := 0
	_, err = a.Documents.Import(ctx, document.Lines("示例资料", r), document.ImportOptions{Source: demoSource, Publish: true, Actor: a.Config.Actor},
		func(line document.ImportLine) error {
			a.progress.Step()
			if read++; read%demoRun == 0 {
				time.Sleep(demoGap)
			}
			if line.State == document.Failed {
				refused = append(refused, errors.New(line.Error))
			}
			return nil
		})
	return errors.Join(err, errors.Join(refused...), r.Close())
}

// While the library fills, the queue and the first visitors write to it too.
// SQLite's lock goes to who asks next, not to who waits longest: a gap after
// every so many documents lets them in.
const (
	demoRun = 24
	demoGap = 20 * time.Millisecond
)

// demoIsFull compares what came in with what is shipped.
func (a *App) demoIsFull(ctx context.Context) (bool, error) {
	var n int
	err := a.DB.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM editions WHERE source = $1`, demoSource).Scan(&n)
	return n >= testcity.Total.Editions, err
}

// seedCity enters organs, site, columns and topics; what is there stays.
func (a *App) seedCity(ctx context.Context) error {
	organs, err := testcity.Organs()
	if err != nil {
		return err
	}
	successions, err := testcity.Successions()
	if err != nil {
		return err
	}
	topics, err := testcity.Topics()
	if err != nil {
		return err
	}
	return a.DB.Tx(ctx, func(tx *sql.Tx) error {
		for _, o := range organs {
			if _, err := org.Put(ctx, tx, organSeed(o), a.Now()); err != nil {
				return err
			}
		}
		for _, s := range successions {
			if err := org.PutSuccession(ctx, tx, s.Code, s.Successor, s.On, s.Reason); err != nil {
				return err
			}
		}
		if err := a.seedSites(ctx, tx); err != nil {
			return err
		}
		classes := map[string]int64{}
		for _, t := range topics {
			var parent any
			if t.Parent != "" {
				parent = classes[t.Parent]
			}
			id, err := document.PutTopic(ctx, tx, t.Name, parent)
			if err != nil {
				return err
			}
			if t.Parent == "" {
				classes[t.Name] = id
			}
		}
		return nil
	})
}

func organSeed(o testcity.OrganSeed) org.Seed {
	s := org.Seed{Code: o.Code, CreditCode: o.CreditCode, Kind: o.Kind, Level: o.Level, Region: o.Region, External: o.External,
		Duties: o.Duties, Address: o.Address, Hours: o.Hours, Phone: o.Phone, Postcode: o.Postcode, Website: o.Website, Position: o.Position, Aliases: o.Aliases}
	for _, n := range o.Names {
		s.Names = append(s.Names, org.NamePeriod{Name: n.Name, Short: n.Short, From: n.From, To: n.To})
	}
	for _, p := range o.Parents {
		s.Parents = append(s.Parents, org.ParentPeriod{Code: p.Code, From: p.From, To: p.To})
	}
	return s
}

func (a *App) seedSites(ctx context.Context, tx *sql.Tx) error {
	var n int
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM sites`).Scan(&n); err != nil || n > 0 {
		return err
	}
	sites := map[string]int64{}
	for _, s := range testcity.Sites() {
		organ, err := org.ByCode(ctx, tx, s.Organ)
		if err != nil {
			return err
		}
		if sites[s.Code], err = document.PutSite(ctx, tx, document.Site{Name: s.Name, Organiser: s.Organiser, Undertaker: s.Undertaker, Contact: s.Contact, IndexTemplate: s.IndexTemplate}, organ); err != nil {
			return err
		}
	}
	ids := map[string]int64{}
	for _, c := range testcity.Columns() {
		var parent any
		if c.Parent != "" {
			parent = ids[c.Parent]
		}
		id, err := document.PutColumn(ctx, tx, sites[c.Site], parent, document.Column{Code: c.Code, Name: c.Name, Description: c.Description, Keywords: c.Keywords, Type: c.Type, Part: c.Part})
		if err != nil {
			return err
		}
		ids[c.Code] = id
	}
	return nil
}
