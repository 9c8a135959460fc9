package org

import (
	"context"
	"database/sql"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// UnitKind tells divisions inside an organ from bodies below it.
type UnitKind string

// The two kinds of units (Q24-1c).
const (
	InnerUnit UnitKind = "inner"
	BelowUnit UnitKind = "below"
)

// UnitKinds lists the kinds in the order in which a page shows them.
var UnitKinds = []UnitKind{InnerUnit, BelowUnit}

// Chinese names the kind on a page.
func (k UnitKind) Chinese() string {
	if k == BelowUnit {
		return "下设单位"
	}
	return "内设机构"
}

// UnitKindNamed finds a kind by its Chinese name or its code.
func UnitKindNamed(s string) (UnitKind, bool) {
	for _, k := range UnitKinds {
		if s == string(k) || s == k.Chinese() {
			return k, true
		}
	}
	return "", false
}

// UnitFacts are what the page of an organ says of a unit. Head is the person in
// charge, as the organ publishes it, and may be "".
type UnitFacts struct {
	Kind    UnitKind `json:"kind"`
	Name    string   `json:"name"`
	Duties  string   `json:"duties"`
	Head    string   `json:"head"`
	Phone   string   `json:"phone"`
	Address string   `json:"address"`
	Hours   string   `json:"hours"`
}

// Unit is one division or body of an organ.
type Unit struct {
	ID    int64
	Organ int64
	UnitFacts
	Stamp int64 // number of the newest change
	Gone  bool  // closed, or entered by mistake
}

const maxUnits = 300

func (f *UnitFacts) clean() (err error) {
	if f.Kind != InnerUnit && f.Kind != BelowUnit {
		return fault.Field("org.Unit", "类别", textUnitKind)
	}
	if f.Name, err = CleanName("名称", f.Name); err != nil {
		return err
	}
	for _, x := range []struct {
		name  string
		limit int
		value *string
	}{{"职责", 2000, &f.Duties}, {"负责人", 40, &f.Head}, {"联系电话", 60, &f.Phone}, {"办公地址", 120, &f.Address}, {"办公时间", 120, &f.Hours}} {
		if *x.value, err = cleanText(x.name, *x.value, x.limit); err != nil {
			return err
		}
	}
	return nil
}

// AddUnit enters a unit behind the others.
func AddUnit(ctx context.Context, tx *sql.Tx, o *Organ, f UnitFacts, by By) (id int64, err error) {
	defer fault.Wrap(&err, "org.AddUnit(%s)", o.Code)
	if err := f.clean(); err != nil {
		return 0, err
	}
	if err := unitFree(ctx, tx, o.ID, f.Name, 0); err != nil {
		return 0, err
	}
	n, last, err := countEntries(ctx, tx, "organ_units", o.ID)
	if err != nil {
		return 0, err
	}
	if n >= maxUnits {
		return 0, fault.Newf(fault.Invalid, "org.AddUnit", textManyUnits, maxUnits)
	}
	err = tx.QueryRowContext(ctx, `INSERT INTO organ_units (organ_id, kind, position, name) VALUES ($1, $2, $3, $4) RETURNING id`, o.ID, string(f.Kind), last+1, f.Name).Scan(&id)
	if err != nil {
		return 0, store.Sentence("org.AddUnit", err)
	}
	if err := writeUnit(ctx, tx, id, &f, false); err != nil {
		return 0, err
	}
	return id, note(ctx, tx, o, WhatUnit, id, Added, f.Name, nil, f, by)
}

// unitFree refuses a name that another unit of the organ bears.
func unitFree(ctx context.Context, q store.Querier, organ int64, name string, self int64) error {
	var n int
	err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM organ_units WHERE organ_id = $1 AND name = $2 AND id <> $3 AND gone = 0`, organ, name, self).Scan(&n)
	if err != nil || n == 0 {
		return err
	}
	return fault.Field("org.unitFree", "名称", textUnitDouble, name)
}

// ChangeUnit corrects what is said of a unit. Errors: Invalid when nothing differs.
func ChangeUnit(ctx context.Context, tx *sql.Tx, o *Organ, u *Unit, f UnitFacts, by By) (err error) {
	defer fault.Wrap(&err, "org.ChangeUnit(%s, %d)", o.Code, u.ID)
	if err := f.clean(); err != nil {
		return err
	}
	if u.Gone {
		return fault.New(fault.Invalid, "org.ChangeUnit", textGoneEntry)
	}
	if f == u.UnitFacts {
		return fault.New(fault.Invalid, "org.ChangeUnit", textSameFacts)
	}
	if err := unitFree(ctx, tx, o.ID, f.Name, u.ID); err != nil {
		return err
	}
	if err := writeUnit(ctx, tx, u.ID, &f, false); err != nil {
		return err
	}
	return note(ctx, tx, o, WhatUnit, u.ID, Changed, f.Name, u.UnitFacts, f, by)
}

// RemoveUnit takes a unit off the page; its history stays and Undo restores it.
func RemoveUnit(ctx context.Context, tx *sql.Tx, o *Organ, u *Unit, by By) (err error) {
	defer fault.Wrap(&err, "org.RemoveUnit(%s, %d)", o.Code, u.ID)
	if u.Gone {
		return fault.New(fault.Invalid, "org.RemoveUnit", textGoneEntry)
	}
	if err := writeUnit(ctx, tx, u.ID, nil, true); err != nil {
		return err
	}
	return note(ctx, tx, o, WhatUnit, u.ID, Removed, u.Name, u.UnitFacts, nil, by)
}

func writeUnit(ctx context.Context, tx *sql.Tx, id int64, f *UnitFacts, gone bool) error {
	if gone {
		_, err := tx.ExecContext(ctx, `UPDATE organ_units SET gone = 1 WHERE id = $1`, id)
		return err
	}
	_, err := tx.ExecContext(ctx, `
		UPDATE organ_units SET kind = $1, name = $2, duties = $3, head = $4, phone = $5, address = $6, hours = $7, gone = 0 WHERE id = $8`,
		string(f.Kind), f.Name, f.Duties, f.Head, f.Phone, f.Address, f.Hours, id)
	return err
}

const unitColumns = `u.id, u.organ_id, u.kind, u.name, u.duties, u.head, u.phone, u.address, u.hours, u.gone,
	COALESCE((SELECT MAX(c.id) FROM organ_changes c WHERE c.organ_id = u.organ_id AND c.what = 'unit' AND c.subject = u.id AND c.act <> 'order'), 0)`

func units(ctx context.Context, q store.Querier, rest string, args ...any) (out []Unit, err error) {
	rows, err := q.QueryContext(ctx, `SELECT `+unitColumns+` FROM organ_units u WHERE `+rest, args...)
	if err != nil {
		return nil, store.Sentence("org.units", err)
	}
	defer rows.Close()
	for rows.Next() {
		var u Unit
		var gone int
		if err := rows.Scan(&u.ID, &u.Organ, &u.Kind, &u.Name, &u.Duties, &u.Head, &u.Phone, &u.Address, &u.Hours, &gone, &u.Stamp); err != nil {
			return nil, err
		}
		u.Gone = gone != 0
		out = append(out, u)
	}
	return out, rows.Err()
}

// Units lists the units of an organ in their order, those taken off the page
// included.
func (r *Registry) Units(ctx context.Context, organ int64) (_ []Unit, err error) {
	defer fault.Wrap(&err, "org.Units(%d)", organ)
	return units(ctx, r.db.Reader(), `u.organ_id = $1 ORDER BY u.position, u.id`, organ)
}

// Unit reads one unit of an organ. Errors: NotFound.
func (r *Registry) Unit(ctx context.Context, organ, id int64) (*Unit, error) {
	return unitIn(ctx, r.db.Reader(), organ, id)
}

func unitIn(ctx context.Context, q store.Querier, organ, id int64) (*Unit, error) {
	list, err := units(ctx, q, `u.organ_id = $1 AND u.id = $2`, organ, id)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fault.New(fault.NotFound, "org.Unit", textNoUnit)
	}
	return &list[0], nil
}

// LockUnit is LockLeader for a unit. Errors: NotFound, Conflict.
func LockUnit(ctx context.Context, tx *sql.Tx, d store.Dialect, o *Organ, id, stamp int64) (_ *Unit, err error) {
	defer fault.Wrap(&err, "org.LockUnit(%s, %d)", o.Code, id)
	if err := lockEntry(ctx, tx, d, "organ_units", id, textNoUnit); err != nil {
		return nil, err
	}
	u, err := unitIn(ctx, tx, o.ID, id)
	if err == nil && u.Stamp != stamp {
		return nil, fault.New(fault.Conflict, "org.LockUnit", textOrganChanged)
	}
	return u, err
}
