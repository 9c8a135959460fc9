package document

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"

	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// LimitedView is a text for a limited audience, as its page shows it.
type LimitedView struct {
	Work       int64  // the number of Issue
	Audience   string // for whom it is meant, in words
	Organ      *OrganRef
	Edition    Edition // newest text; only what its source states is filled in
	Text       string
	Provisions []Provision
	Files      []File
	Texts      int        // how many texts it has had
	Withdrawn  *Withdrawn // not nil: only the trace may be shown, all else is empty
}

// errNoLimited is the same for a wrong key, a former key and an expunged text.
func errNoLimited() error {
	return fault.New(fault.NotFound, "document.Limited", "没有找到您要的内容。")
}

// LimitedKey is the unguessable part of the address of a limited text. Who may
// see it is the caller's to check. Errors: NotFound, also when it was expunged.
func (l *Library) LimitedKey(ctx context.Context, work int64) (key string, err error) {
	defer fault.Wrap(&err, "document.LimitedKey(%d)", work)
	err = l.db.Reader().QueryRowContext(ctx, `
		SELECT w.key FROM limited_works w WHERE w.id = $1
			AND NOT EXISTS (SELECT 1 FROM limited_acts a WHERE a.limited_id = w.id AND a.act = 'expunge')`, -work).Scan(&key)
	if errors.Is(err, sql.ErrNoRows) {
		return "", errNoLimited()
	}
	return key, store.Sentence("document.LimitedKey", err)
}

// RenewLimitedKey gives a limited text a new address and closes the former one
// at once: for an address that went to the wrong people.
func (l *Library) RenewLimitedKey(ctx context.Context, work int64, actor string) (key string, err error) {
	defer fault.Wrap(&err, "document.RenewLimitedKey(%d)", work)
	if key, err = newLimitedKey(); err != nil {
		return "", err
	}
	return key, l.db.Tx(ctx, func(tx *sql.Tx) error {
		if _, err := l.lockLimited(ctx, tx, -work); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE limited_works SET key = $2 WHERE id = $1`, -work, key); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Event{At: l.now(), Actor: actor, Act: audit.Amend, Target: limitedTarget(-work), Outcome: audit.Done, Detail: "更换限定范围的网址，旧网址作废"})
	})
}

// Limited reads the text behind a key. A key that is not the present one gives
// NotFound in words that tell nothing. The key never enters an error.
func (l *Library) Limited(ctx context.Context, key string) (v *LimitedView, err error) {
	defer fault.Wrap(&err, "document.Limited")
	err = l.db.Snapshot(ctx, func(q *sql.Tx) error {
		var id, organ int64
		err := q.QueryRowContext(ctx, `SELECT id, organ_id FROM limited_works WHERE key = $1`, key).Scan(&id, &organ)
		if errors.Is(err, sql.ErrNoRows) {
			return errNoLimited()
		}
		if err != nil {
			return err
		}
		acts, err := limitedActs(ctx, q, id)
		if err != nil {
			return err
		}
		v, err = limitedView(id, acts)
		if err != nil {
			return err
		}
		v.Organ, err = organNow(ctx, q, organ)
		if v.Withdrawn != nil {
			v.Withdrawn.Organ = v.Organ
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return v, nil
}

// limitedView builds the view of what the acts left.
func limitedView(id int64, acts []limitedAct) (*LimitedView, error) {
	v := &LimitedView{Work: -id}
	var last *limitedAct
	for i := range acts {
		switch acts[i].Act {
		case limitedExpunge:
			return nil, errNoLimited()
		case limitedIssue:
			last = &acts[i]
			v.Texts++
		}
	}
	if last == nil {
		return nil, errNoLimited()
	}
	if a := acts[len(acts)-1]; a.Act == limitedWithdraw {
		v.Withdrawn = &Withdrawn{PublishedAt: instant(acts[0].At), On: day(a.On), Reason: a.Reason}
		return v, nil
	}
	var c Content
	if err := json.Unmarshal([]byte(last.Content), &c); err != nil {
		return nil, err // damage, which Verify names
	}
	p, err := prepare(&c)
	if err != nil {
		return nil, err
	}
	v.Audience, v.Text, v.Provisions = last.Audience, c.Text, p.provisions
	v.Edition = editionOf(&c, p)
	v.Edition.Label, v.Edition.State, v.Edition.ReleasedAt = last.Label, "published", instant(last.At)
	v.Edition.From, v.Edition.Basis = CountsFrom(&v.Edition)
	v.Files = filesOf(&c)
	return v, nil
}

// OpenLimitedFile streams an attachment of the newest limited text, by its
// position from 1; the caller closes it. A withdrawn text has none.
func (l *Library) OpenLimitedFile(ctx context.Context, key string, position int) (r io.ReadSeekCloser, f File, err error) {
	defer fault.Wrap(&err, "document.OpenLimitedFile(%d)", position)
	v, err := l.Limited(ctx, key)
	if err != nil {
		return nil, f, err
	}
	if position < 1 || position > len(v.Files) {
		return nil, f, errNoLimited()
	}
	f = v.Files[position-1]
	r, err = l.files.Open(ctx, f.SHA256)
	return r, f, err
}
