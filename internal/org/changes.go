package org

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// What names the part of an organ that changed. The names are kept in the
// database for ever.
type What string

// The parts of an organ that its page shows.
const (
	WhatFacts  What = "facts"
	WhatName   What = "name"
	WhatParent What = "parent"
	WhatMerge  What = "merge"
	WhatOrgan  What = "organ"
	WhatLeader What = "leader"
	WhatUnit   What = "unit"
)

var whatNames = map[What]string{WhatFacts: "资料和联系方式", WhatName: "名称", WhatParent: "隶属关系", WhatMerge: "机构合并",
	WhatOrgan: "机构", WhatLeader: "领导信息", WhatUnit: "内设机构和下设单位"}

// Chinese names the part on a page.
func (w What) Chinese() string { return whatNames[w] }

// Deed is what was done to the part.
type Deed string

// What can be done to a part of an organ.
const (
	Added   Deed = "add"
	Changed Deed = "change"
	Ended   Deed = "end"
	Removed Deed = "remove"
	Ordered Deed = "order"
	Undone  Deed = "undo"
)

var deedNames = map[Deed]string{Added: "新增", Changed: "修改", Ended: "结束任期", Removed: "删去", Ordered: "调整顺序", Undone: "撤销上一次修改"}

// Chinese names the deed on a page.
func (d Deed) Chinese() string { return deedNames[d] }

// By says who changes something, when, and on which day the thing itself
// happened; a zero day is today.
type By struct {
	Author string
	Now    time.Time
	On     workday.Date
}

// Change is one dated row of an organ's history. Old and New are the content
// as JSON, null where there was none.
type Change struct {
	ID          int64
	Organ       Ref
	What        What
	Subject     int64 // the leader's or unit's number, 0 for the organ itself
	Deed        Deed
	Label       string // whom or what it is about, for people
	ChangedOn   workday.Date
	PublishedOn workday.Date
	Author      string
	At          time.Time
	Old, New    string
	Digest      string
}

// digest is over everything that a reader of the row relies on.
func (c *Change) digest() string {
	// A []string always encodes.
	b, _ := json.Marshal([]string{fmt.Sprint(c.Organ.ID), string(c.What), fmt.Sprint(c.Subject), string(c.Deed), c.Label, c.Old, c.New,
		c.ChangedOn.String(), c.PublishedOn.String(), c.Author, fmt.Sprint(c.At.UnixMicro())})
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// note writes a change and its audit event in the transaction of the change
// itself. Errors: Invalid when the day lies in the future.
func note(ctx context.Context, tx *sql.Tx, o *Organ, what What, subject int64, deed Deed, label string, before, after any, by By) error {
	today := workday.DateOf(by.Now)
	c := Change{Organ: o.Ref, What: what, Subject: subject, Deed: deed, Label: label, ChangedOn: by.On, PublishedOn: today, Author: by.Author, At: by.Now.UTC().Truncate(time.Microsecond)}
	if c.ChangedOn.IsZero() {
		c.ChangedOn = today
	}
	if c.ChangedOn.After(today) {
		return fault.Field("org.note", FieldChangedOn, textFutureDay, c.ChangedOn.Chinese())
	}
	b, err := json.Marshal(before)
	if err != nil {
		return err
	}
	a, err := json.Marshal(after)
	if err != nil {
		return err
	}
	c.Old, c.New = string(b), string(a)
	c.Digest = c.digest()
	err = tx.QueryRowContext(ctx, `
		INSERT INTO organ_changes (organ_id, what, subject, act, label, old_content, new_content, changed_on, published_on, author, at, digest)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id`,
		o.ID, string(what), subject, string(deed), label, c.Old, c.New, c.ChangedOn.String(), c.PublishedOn.String(), c.Author, c.At.UnixMicro(), c.Digest).Scan(&c.ID)
	if err != nil {
		return store.Sentence("org.note", err)
	}
	return audit.Record(ctx, tx, audit.Event{At: by.Now, Actor: by.Author, Act: audit.Configure, Target: "organ:" + o.Code, Outcome: audit.Done,
		Detail: fmt.Sprintf(textChangeAudit, deed.Chinese(), what.Chinese(), c.ID, c.Digest)})
}

const changeColumns = `c.id, c.organ_id, o.code, ` + nameNow + `, c.what, c.subject, c.act, c.label, c.changed_on, c.published_on, c.author, c.at, c.old_content, c.new_content, c.digest`

func changes(ctx context.Context, q store.Querier, rest string, args ...any) (out []Change, err error) {
	rows, err := q.QueryContext(ctx, `SELECT `+changeColumns+` FROM organ_changes c JOIN organs o ON o.id = c.organ_id WHERE `+rest, args...)
	if err != nil {
		return nil, store.Sentence("org.changes", err)
	}
	defer rows.Close()
	for rows.Next() {
		var c Change
		var changed, published string
		var at int64
		if err := rows.Scan(&c.ID, &c.Organ.ID, &c.Organ.Code, &c.Organ.Name, &c.What, &c.Subject, &c.Deed, &c.Label, &changed, &published, &c.Author, &at, &c.Old, &c.New, &c.Digest); err != nil {
			return nil, err
		}
		c.ChangedOn, c.PublishedOn, c.At = day(changed), day(published), time.UnixMicro(at).UTC()
		out = append(out, c)
	}
	return out, rows.Err()
}

// maxChanges bounds one page of changes.
const maxChanges = 500

// ChangesSince lists the changes that pages have shown since a day, oldest
// first, at most limit after the change with the number after. The duty to
// update within 20 working days (Q24-1b) compares their two days.
func (r *Registry) ChangesSince(ctx context.Context, since workday.Date, after int64, limit int) (_ []Change, err error) {
	defer fault.Wrap(&err, "org.ChangesSince(%s, %d)", since, after)
	if limit < 1 || limit > maxChanges {
		limit = maxChanges
	}
	return changes(ctx, r.db.Reader(), `c.published_on >= $1 AND c.id > $2 ORDER BY c.id LIMIT $3`, since.String(), after, limit)
}

// History lists the newest changes of one part of an organ, newest first.
// subject 0 means every leader or unit.
func (r *Registry) History(ctx context.Context, organ int64, what What, subject int64, limit int) (_ []Change, err error) {
	defer fault.Wrap(&err, "org.History(%d, %s, %d)", organ, what, subject)
	if limit < 1 || limit > maxChanges {
		limit = maxChanges
	}
	return changes(ctx, r.db.Reader(), `c.organ_id = $1 AND c.what = $2 AND ($3 = 0 OR c.subject = $3) ORDER BY c.id DESC LIMIT $4`, organ, string(what), subject, limit)
}

// lastChange is the newest change of one subject; zero when there is none.
func lastChange(ctx context.Context, q store.Querier, organ int64, what What, subject int64) (Change, error) {
	list, err := changes(ctx, q, `c.organ_id = $1 AND c.what = $2 AND c.subject = $3 AND c.act <> 'order' ORDER BY c.id DESC LIMIT 1`, organ, string(what), subject)
	if err != nil || len(list) == 0 {
		return Change{}, err
	}
	return list[0], nil
}

// errNothing says that there is nothing to take back.
var errNothing = errors.New("no change")

// Undo takes the newest change of the facts, of a leader or of a unit back, as
// a change of its own: nothing is lost, and undoing twice does it again. stamp
// is the number of the change that the form knew as the newest. Errors:
// Invalid when there is none, Conflict when it is another one by now.
func Undo(ctx context.Context, tx *sql.Tx, o *Organ, what What, subject, stamp int64, by By) (err error) {
	defer fault.Wrap(&err, "org.Undo(%s, %s, %d)", o.Code, what, subject)
	c, err := lastChange(ctx, tx, o.ID, what, subject)
	if err != nil {
		return err
	}
	if c.ID == 0 {
		return &fault.Error{Kind: fault.Invalid, Op: "org.Undo", Text: textNoUndo, Err: errNothing}
	}
	if c.ID != stamp {
		return fault.New(fault.Conflict, "org.Undo", textOrganChanged)
	}
	by.On = c.ChangedOn
	switch what {
	case WhatFacts:
		var f Facts
		if err := json.Unmarshal([]byte(c.Old), &f); err != nil {
			return err
		}
		if err := creditFree(ctx, tx, f.CreditCode, o.ID); err != nil {
			return err
		}
		if err := writeFacts(ctx, tx, o.ID, f); err != nil {
			return err
		}
	case WhatLeader:
		err = restore(c.Old, func(f *LeaderFacts, gone bool) error { return writeLeader(ctx, tx, subject, f, gone) })
	case WhatUnit:
		err = restore(c.Old, func(f *UnitFacts, gone bool) error {
			if !gone {
				if err := unitFree(ctx, tx, o.ID, f.Name, subject); err != nil {
					return err
				}
			}
			return writeUnit(ctx, tx, subject, f, gone)
		})
	default:
		return &fault.Error{Kind: fault.Invalid, Op: "org.Undo", Text: textNoUndo, Err: errNothing}
	}
	if err != nil {
		return err
	}
	return note(ctx, tx, o, what, subject, Undone, c.Label, json.RawMessage(c.New), json.RawMessage(c.Old), by)
}

// restore hands former content to write; null means that there was none.
func restore[F any](content string, write func(f *F, gone bool) error) error {
	var f *F
	if err := json.Unmarshal([]byte(content), &f); err != nil {
		return err
	}
	return write(f, f == nil)
}
