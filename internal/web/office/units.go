package office

import (
	"database/sql"
	"fmt"
	"net/http"

	"gongkai/internal/access"
	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/org"
)

// unitsView is the units of an organ by kind, and those taken off the page.
type unitsView struct {
	frame
	Organ  *org.Organ
	Manage bool
	At     string
	Groups []unitGroup
	Gone   []org.Unit
	Error  string
}

type unitGroup struct {
	Kind  org.UnitKind
	Units []org.Unit
}

// unitView is one unit with the forms that change it.
type unitView struct {
	frame
	Organ  *org.Organ
	Unit   *org.Unit
	Manage bool
	Facts  form
	Remove form
	Undo   form
	Past   []org.Change
}

func unitsAt(x *org.Organ) string { return "/office/organ/" + x.Code + "/units" }

func unitsPage(o *Office, c *call) (*answer, error) { return o.units(c, http.StatusOK, "") }

func (o *Office) units(c *call, status int, problem string) (*answer, error) {
	x, manage, err := o.seeOrgan(c)
	if err != nil {
		return nil, err
	}
	list, err := o.deps.Organs.Units(c.ctx(), x.ID)
	if err != nil {
		return nil, err
	}
	d := &unitsView{frame: o.frame(c, textUnits, organSteps(x)...), Organ: x, Manage: manage, At: unitsAt(x), Error: problem}
	for _, k := range org.UnitKinds {
		g := unitGroup{Kind: k}
		for _, u := range list {
			switch {
			case u.Kind != k:
			case u.Gone:
				d.Gone = append(d.Gone, u)
			default:
				g.Units = append(g.Units, u)
			}
		}
		if g.Units != nil {
			d.Groups = append(d.Groups, g)
		}
	}
	return o.page(c, "units", status, d)
}

func unitFields(f org.UnitFacts) []field {
	var kinds []option
	for _, k := range org.UnitKinds {
		kinds = append(kinds, option{Value: string(k), Name: k.Chinese(), Chosen: k == f.Kind})
	}
	return []field{
		{Name: "kind", Label: "类别", Kind: "select", Options: kinds},
		{Name: "name", Label: "名称", Kind: "text", Value: f.Name, Required: true, Max: 40},
		{Name: "duties", Label: "职责", Kind: "area", Value: f.Duties, Max: 2000},
		{Name: "head", Label: "负责人", Kind: "text", Value: f.Head, Max: 40, Hint: "可以不填。"},
		{Name: "phone", Label: "联系电话", Kind: "text", Value: f.Phone, Max: 60},
		{Name: "address", Label: "办公地址", Kind: "text", Value: f.Address, Max: 120, Hint: "和机构的相同可以不填。"},
		{Name: "hours", Label: "办公时间", Kind: "text", Value: f.Hours, Max: 120, Hint: "和机构的相同可以不填。"},
		changedField(),
	}
}

func unitOf(r *http.Request) org.UnitFacts {
	return org.UnitFacts{Kind: org.UnitKind(value(r, "kind")), Name: value(r, "name"), Duties: value(r, "duties"), Head: value(r, "head"),
		Phone: value(r, "phone"), Address: value(r, "address"), Hours: value(r, "hours")}
}

func newUnitPage(o *Office, c *call) (*answer, error) { return o.newUnit(c, http.StatusOK, nil) }

func (o *Office) newUnit(c *call, status int, change func(f *form)) (*answer, error) {
	x, err := o.reachOrgan(c, access.ManageOrgans)
	if err != nil {
		return nil, err
	}
	f := form{ID: "unit", Action: unitsAt(x) + "/new", Token: c.form, Submit: "保存并公开", Fields: unitFields(org.UnitFacts{Kind: org.InnerUnit})}
	if change != nil {
		change(&f)
	}
	steps := organSteps(x, document.Crumb{Name: textUnits, Href: unitsAt(x)})
	return o.page(c, "newunit", status, &newLeaderView{o.frame(c, textNewUnit, steps...), f})
}

func addUnit(o *Office, c *call) (*answer, error) {
	x, err := o.reachOrgan(c, access.ManageOrgans)
	if err != nil {
		return nil, err
	}
	return o.change(c, unitsAt(x), textLeaderAdded, func(tx *sql.Tx) error {
		by, err := o.by(c)
		if err != nil {
			return err
		}
		_, err = org.AddUnit(c.ctx(), tx, x, unitOf(c.r), by)
		return err
	}, func(status int, err error) (*answer, error) {
		return o.newUnit(c, status, func(f *form) { f.fill(c.r); f.blame(err) })
	})
}

func unitPage(o *Office, c *call) (*answer, error) { return o.unit(c, http.StatusOK, nil) }

func (o *Office) unit(c *call, status int, change func(d *unitView)) (*answer, error) {
	x, manage, err := o.seeOrgan(c)
	if err != nil {
		return nil, err
	}
	id, err := pathNumber(c.r, "unit")
	if err != nil {
		return nil, err
	}
	u, err := o.deps.Organs.Unit(c.ctx(), x.ID, id)
	if err != nil {
		return nil, err
	}
	at := fmt.Sprintf("%s/%d", unitsAt(x), u.ID)
	d := &unitView{frame: o.frame(c, u.Name, organSteps(x, document.Crumb{Name: textUnits, Href: unitsAt(x)})...), Organ: x, Unit: u, Manage: manage}
	if d.Past, err = o.deps.Organs.History(c.ctx(), x.ID, org.WhatUnit, u.ID, historyRows); err != nil {
		return nil, err
	}
	if manage {
		stamp := stampOf(u.Stamp)
		d.Facts = form{ID: "unit", Action: at, Token: c.form, Submit: "保存修改", Hidden: stamp, Fields: unitFields(u.UnitFacts)}
		d.Remove = form{ID: "remove", Action: at + "/remove", Token: c.form, Submit: "删去这一项", Danger: true, Hidden: stamp}
		d.Undo = form{ID: "undo", Action: at + "/undo", Token: c.form, Submit: "撤销上一次修改", Second: true, Hidden: stamp}
	}
	if change != nil {
		change(d)
	}
	return o.page(c, "unit", status, d)
}

// onUnit does one change of a unit, on the unit as the form knew it.
func (o *Office) onUnit(c *call, notice string, pick func(d *unitView) *form, fn func(tx *sql.Tx, x *org.Organ, u *org.Unit) error) (*answer, error) {
	x, err := o.reachOrgan(c, access.ManageOrgans)
	if err != nil {
		return nil, err
	}
	id, err := pathNumber(c.r, "unit")
	if err != nil {
		return nil, err
	}
	return o.change(c, fmt.Sprintf("%s/%d", unitsAt(x), id), notice, func(tx *sql.Tx) error {
		stamp, err := stampValue(c.r)
		if err != nil {
			return err
		}
		u, err := org.LockUnit(c.ctx(), tx, o.deps.DB.Dialect, x, id, stamp)
		if err != nil {
			return err
		}
		return fn(tx, x, u)
	}, func(status int, err error) (*answer, error) {
		return o.unit(c, status, func(d *unitView) {
			f := pick(d)
			f.fill(c.r)
			f.blame(err)
		})
	})
}

func changeUnit(o *Office, c *call) (*answer, error) {
	return o.onUnit(c, textLeaderAdded, func(d *unitView) *form { return &d.Facts }, func(tx *sql.Tx, x *org.Organ, u *org.Unit) error {
		by, err := o.by(c)
		if err != nil {
			return err
		}
		return org.ChangeUnit(c.ctx(), tx, x, u, unitOf(c.r), by)
	})
}

func removeUnit(o *Office, c *call) (*answer, error) {
	return o.onUnit(c, textRemoved, func(d *unitView) *form { return &d.Remove }, func(tx *sql.Tx, x *org.Organ, u *org.Unit) error {
		return org.RemoveUnit(c.ctx(), tx, x, u, o.now(c))
	})
}

func undoUnit(o *Office, c *call) (*answer, error) {
	return o.onUnit(c, textUndone, func(d *unitView) *form { return &d.Undo }, func(tx *sql.Tx, x *org.Organ, u *org.Unit) error {
		return org.Undo(c.ctx(), tx, x, org.WhatUnit, u.ID, u.Stamp, o.now(c))
	})
}

func orderUnit(o *Office, c *call) (*answer, error) {
	x, err := o.reachOrgan(c, access.ManageOrgans)
	if err != nil {
		return nil, err
	}
	id, err := pathNumber(c.r, "unit")
	if err != nil {
		return nil, err
	}
	return o.change(c, unitsAt(x), textOrderSaved, func(tx *sql.Tx) error {
		return org.OrderUnit(c.ctx(), tx, o.deps.DB.Dialect, x, id, value(c.r, "to") == "up", o.now(c))
	}, func(status int, err error) (*answer, error) { return o.units(c, status, fault.Text(err)) })
}
