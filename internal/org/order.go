package org

import (
	"context"
	"database/sql"

	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// OrderLeader moves a leader in office one place up or down among those in
// office, and leaves all others where they are.
func OrderLeader(ctx context.Context, tx *sql.Tx, d store.Dialect, o *Organ, id int64, up bool, by By) (err error) {
	defer fault.Wrap(&err, "org.OrderLeader(%s, %d)", o.Code, id)
	list, err := leaders(ctx, tx, `l.organ_id = $1 ORDER BY l.position, l.id`, o.ID)
	if err != nil {
		return err
	}
	today, all := workday.DateOf(by.Now), make([]placed, len(list))
	for i, l := range list {
		all[i] = placed{l.ID, l.On(today), l.label()}
	}
	return order(ctx, tx, d, o, WhatLeader, "organ_leaders", all, id, up, textNoLeader, by)
}

// OrderUnit moves a unit one place up or down among those of its kind.
func OrderUnit(ctx context.Context, tx *sql.Tx, d store.Dialect, o *Organ, id int64, up bool, by By) (err error) {
	defer fault.Wrap(&err, "org.OrderUnit(%s, %d)", o.Code, id)
	list, err := units(ctx, tx, `u.organ_id = $1 ORDER BY u.position, u.id`, o.ID)
	if err != nil {
		return err
	}
	kind := UnitKind("")
	for _, u := range list {
		if u.ID == id {
			kind = u.Kind
		}
	}
	all := make([]placed, len(list))
	for i, u := range list {
		all[i] = placed{u.ID, !u.Gone && u.Kind == kind, u.Name}
	}
	return order(ctx, tx, d, o, WhatUnit, "organ_units", all, id, up, textNoUnit, by)
}

// placed is an entry in its place; only those shown change places.
type placed struct {
	id    int64
	shown bool
	label string
}

func order(ctx context.Context, tx *sql.Tx, d store.Dialect, o *Organ, what What, table string, all []placed, id int64, up bool, missing string, by By) error {
	if err := lockEntry(ctx, tx, d, "organs", o.ID, missing); err != nil {
		return err
	}
	here, other := -1, -1
	for i, p := range all {
		switch {
		case p.id == id && p.shown:
			here = i
		case p.shown && up && here < 0:
			other = i
		case p.shown && !up && here >= 0 && other < 0:
			other = i
		}
	}
	if here < 0 {
		return fault.New(fault.NotFound, "org.order", missing)
	}
	if other < 0 {
		word := "后"
		if up {
			word = "前"
		}
		return fault.Newf(fault.Invalid, "org.order", textMoveEnd, word)
	}
	before := ids(all)
	label := all[here].label
	all[here], all[other] = all[other], all[here]
	for i, p := range all {
		if _, err := tx.ExecContext(ctx, `UPDATE `+table+` SET position = $1 WHERE id = $2 AND position <> $1`, i+1, p.id); err != nil {
			return err
		}
	}
	return note(ctx, tx, o, what, id, Ordered, label, before, ids(all), by)
}

func ids(list []placed) []int64 {
	out := make([]int64, len(list))
	for i, p := range list {
		out[i] = p.id
	}
	return out
}
