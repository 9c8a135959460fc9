package request

import (
	"context"
	"crypto/rand"
	"database/sql"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// Submit takes an application: number, code and latest date at once, in one
// transaction. The same token gives the same receipt again.
func (r *Room) Submit(ctx context.Context, a Application) (out *Receipt, err error) {
	list, err := r.SubmitAll(ctx, []Application{a})
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// SubmitAll takes the parts of one form, all or none: when the scanner or the
// library fails between two parts, nothing stands that a second sending could
// double. Receipts come in the order of the parts.
func (r *Room) SubmitAll(ctx context.Context, list []Application) (out []*Receipt, err error) {
	defer fault.Wrap(&err, "request.SubmitAll(%d)", len(list))
	parts := make([]part, len(list))
	for i, a := range list {
		if parts[i], err = r.prepare(ctx, a); err != nil {
			return nil, err
		}
	}
	err = r.db.Tx(ctx, func(tx *sql.Tx) error {
		out = nil
		for _, p := range parts {
			rc, err := r.take(ctx, tx, p)
			if err != nil {
				return err
			}
			out = append(out, rc)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, rc := range out {
		if rc.Due, err = r.Due(ctx, rc.Case); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// part is an application that was looked at and whose files were scanned.
type part struct {
	Application
	asked any // what its token stands for
	held  []heldFile
	code  string
}

// prepare does all that may fail or wait before the transaction.
func (r *Room) prepare(ctx context.Context, a Application) (p part, err error) {
	today := workday.DateOf(r.now())
	p.asked = a.digestible() // as it was sent: the same form sent again after midnight is the same
	if a.On.IsZero() {
		a.On = today
	}
	if err := a.check(today); err != nil {
		return p, err
	}
	if a.Actor.Login == "" {
		a.Actor = casework.Applicant
	}
	if err := r.vault.Ready(ctx); err != nil { // it may have to make its keys
		return p, err
	}
	if p.held, err = r.hold(ctx, &a); err != nil {
		return p, err
	}
	p.Application, p.code = a, codeOf(rand.Text())
	return p, nil
}

// take opens the case of a part inside the caller's transaction.
func (r *Room) take(ctx context.Context, tx *sql.Tx, p part) (*Receipt, error) {
	// The token is hashed with its own words, never stored with them.
	c, replayed, err := casework.Open(ctx, r.kernel, tx, casework.Start{Kind: Kind, Organ: p.Organ, Title: "政府信息公开申请", Form: p.asked, Token: p.Token, Actor: p.Actor},
		func(ctx context.Context, t *turn) error {
			for _, f := range receiptFacts(p.Channel, p.On, workday.Date{}) {
				t.Fact(answerClock, f)
			}
			t.TellHolders("new", access.HandleRequest, p.Organ, 0)
			if err := r.insert(ctx, t, p.Application, p.code); err != nil {
				return err
			}
			for _, h := range p.held {
				if err := r.keepScan(ctx, t.Tx, t.Case.ID, p.Actor.Login, h); err != nil {
					return err
				}
			}
			return nil
		})
	if err != nil {
		return nil, err
	}
	code := p.code
	if replayed {
		if code, err = r.codeOfCase(ctx, tx, c.ID); err != nil {
			return nil, err
		}
	}
	return &Receipt{Case: c.ID, Number: c.Number, Code: code}, nil
}
