package app

import (
	"bytes"
	"context"
	"database/sql"

	"gongkai/internal/fault"
	"gongkai/internal/org"
	"gongkai/internal/testcity"
)

// seedFaces enters the leaders and units of the story city through the doors
// that a clerk uses. What is there already stays.
func (a *App) seedFaces(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "app.seedFaces")
	leaders, err := testcity.Leaders()
	if err != nil {
		return err
	}
	units, err := testcity.Units()
	if err != nil {
		return err
	}
	var n int
	if err := a.DB.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM organ_changes`).Scan(&n); err != nil || n > 0 {
		return err
	}
	photos := map[int]org.Photo{} // before the transaction: bytes come first
	for _, l := range leaders {
		if l.Face == 0 {
			continue
		}
		drawn, err := testcity.Avatar(l.Face)
		if err != nil {
			return err
		}
		if photos[l.Face], err = a.Organs.PutPhoto(ctx, bytes.NewReader(drawn)); err != nil {
			return err
		}
	}
	by := org.By{Author: a.Config.Actor, Now: a.Now()}
	return a.DB.Tx(ctx, func(tx *sql.Tx) error {
		for _, l := range leaders {
			o, err := org.InTx(ctx, tx, l.Organ)
			if err != nil {
				return err
			}
			f := org.LeaderFacts{Name: l.Name, Post: l.Post, Duties: l.Duties, CV: l.CV, From: l.From, To: l.To}
			if p, ok := photos[l.Face]; ok {
				if err := p.Hold(ctx, tx, &f, by.Now); err != nil {
					return err
				}
			}
			if _, err := org.AddLeader(ctx, tx, o, f, by); err != nil {
				return err
			}
		}
		for _, u := range units {
			o, err := org.InTx(ctx, tx, u.Organ)
			if err != nil {
				return err
			}
			f := org.UnitFacts{Kind: org.UnitKind(u.Kind), Name: u.Name, Duties: u.Duties, Head: u.Head, Phone: u.Phone, Address: u.Address, Hours: u.Hours}
			if _, err := org.AddUnit(ctx, tx, o, f, by); err != nil {
				return err
			}
		}
		return nil
	})
}
