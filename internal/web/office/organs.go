package office

import (
	"database/sql"
	"fmt"
	"net/http"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/org"
	"gongkai/internal/workday"
)

var organsCrumb = document.Crumb{Name: textOrgans, Href: "/office/organs"}

// organsView is the tree; those out of one's reach have no link.
type organsView struct {
	frame
	Tree   []organNode
	Count  int
	Manage bool
}

type organNode struct {
	Code, Name string
	Reach      bool
	Children   []organNode
}

func organsPage(o *Office, c *call) (*answer, error) {
	nodes, err := o.deps.Organs.Tree(c.ctx())
	if err != nil {
		return nil, err
	}
	tree, err := o.access.Tree(c.ctx())
	if err != nil {
		return nil, err
	}
	d := &organsView{frame: o.frame(c, textOrgans)}
	d.Manage, _ = access.Can(c.who.Actor, access.ManageOrgans, access.Thing{})
	reach := map[int64]bool{}
	for _, id := range tree.Below(access.Holds(c.who.Actor, access.ViewOrgans)...) {
		reach[id] = true
	}
	var grow func(list []org.Node) []organNode
	grow = func(list []org.Node) (out []organNode) {
		for _, n := range list {
			d.Count++
			out = append(out, organNode{n.Code, n.Name, reach[n.ID], grow(n.Children)})
		}
		return out
	}
	d.Tree = grow(nodes)
	return o.page(c, "organs", http.StatusOK, d)
}

// organView is one organ's facts and history, with the forms that change them.
type organView struct {
	frame
	Organ  *org.Organ
	Manage bool
	Merged bool
	Facts  form
	Name   form
	Parent form
	Merge  form
	Undo   form
	Past   []org.Change // of the facts, newest first
}

// reachOrgan reads an organ that the act may be done to; otherwise it does not exist.
func (o *Office) reachOrgan(c *call, act access.Act) (*org.Organ, error) {
	x, err := o.deps.Organs.Organ(c.ctx(), c.r.PathValue("code"))
	if err != nil {
		return nil, err
	}
	tree, err := o.access.Tree(c.ctx())
	if err != nil {
		return nil, err
	}
	if ok, _ := access.Can(c.who.Actor, act, access.Thing{Above: tree.Above(x.ID)}); !ok {
		return nil, fault.New(fault.NotFound, "office.reachOrgan", textNotFound)
	}
	return x, nil
}

func (o *Office) organ(c *call, status int, change func(d *organView)) (*answer, error) {
	x, err := o.reachOrgan(c, access.ViewOrgans)
	if err != nil {
		return nil, err
	}
	d := &organView{frame: o.frame(c, x.Name, organsCrumb), Organ: x, Merged: len(x.Successors) > 0}
	_, err = o.reachOrgan(c, access.ManageOrgans)
	d.Manage = err == nil && !x.External
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return nil, err
	}
	if d.Past, err = o.deps.Organs.History(c.ctx(), x.ID, org.WhatFacts, 0, historyRows); err != nil {
		return nil, err
	}
	if d.Manage {
		if err := o.organForms(c, d); err != nil {
			return nil, err
		}
	}
	if change != nil {
		change(d)
	}
	return o.page(c, "organ", status, d)
}

func (o *Office) organForms(c *call, d *organView) error {
	x := d.Organ
	stamp := []option{{Name: "stamp", Value: x.Stamp()}}
	at := "/office/organ/" + x.Code
	others, err := o.organOptions(c, access.ManageOrgans, textChoose)
	if err != nil {
		return err
	}
	d.Facts = form{ID: "facts", Action: at + "/facts", Token: c.form, Submit: "保存资料", Hidden: stamp, Fields: append(factFields(x.Facts()), changedField())}
	if len(d.Past) > 0 {
		d.Undo = form{ID: "undo", Action: at + "/undo", Token: c.form, Submit: "撤销上一次修改", Second: true, Hidden: stampOf(d.Past[0].ID)}
	}
	d.Name = form{ID: "name", Action: at + "/name", Token: c.form, Submit: "登记更名", Hidden: stamp, Second: true, Fields: []field{
		{Name: "name", Label: "新名称", Kind: "text", Required: true, Max: 40},
		{Name: "short", Label: "简称", Kind: "text", Max: 40, Hint: "可以不填。"},
		{Name: "from", Label: "启用日期", Kind: "date", Required: true, Hint: "这一天以前的文件仍显示原名称。"},
	}}
	d.Parent = form{ID: "parent", Action: at + "/parent", Token: c.form, Submit: "登记隶属关系", Hidden: stamp, Second: true, Fields: []field{
		{Name: "parent", Label: "上级机构", Kind: "select", Required: true, Options: without(others, x.Code)},
		{Name: "from", Label: "开始日期", Kind: "date", Required: true},
	}}
	d.Merge = form{ID: "merge", Action: at + "/merge", Token: c.form, Submit: "登记并入", Hidden: stamp, Danger: true, Fields: []field{
		{Name: "into", Label: "并入机构", Kind: "select", Required: true, Options: without(others, x.Code)},
		{Name: "on", Label: "并入日期", Kind: "date", Required: true},
		{Name: "reason", Label: "依据", Kind: "text", Required: true, Max: 200, Hint: "例如批准机构改革的文件和文号。"},
	}}
	return nil
}

func without(list []option, code string) []option {
	var out []option
	for _, x := range list {
		if x.Value != code {
			out = append(out, x)
		}
	}
	return out
}

func factFields(f org.Facts) []field {
	return []field{
		{Name: "credit", Label: "统一社会信用代码", Kind: "text", Value: f.CreditCode, Max: 18, Hint: "18 位；保存时核对校验码（GB 32100）。"},
		{Name: "duties", Label: "主要职责", Kind: "area", Value: f.Duties, Max: 2000},
		{Name: "address", Label: "办公地址", Kind: "text", Value: f.Address, Max: 120},
		{Name: "hours", Label: "办公时间", Kind: "text", Value: f.Hours, Max: 120},
		{Name: "phone", Label: "联系电话", Kind: "text", Value: f.Phone, Max: 60},
		{Name: "fax", Label: "传真", Kind: "text", Value: f.Fax, Max: 60},
		{Name: "postcode", Label: "邮政编码", Kind: "text", Value: f.Postcode, Max: 10},
		{Name: "website", Label: "网址", Kind: "text", Value: f.Website, Max: 200, Hint: "以 http:// 或 https:// 开头；没有可以不填。"},
		{Name: "prefixes", Label: "发文机关代字", Kind: "text", Value: f.Prefixes, Max: 200, Hint: "例如：清政发、清政办发。起草时用了别的机关的代字会提醒；不填就不核对。"},
	}
}

func organPage(o *Office, c *call) (*answer, error) { return o.organ(c, http.StatusOK, nil) }

// changeOrgan does one change of an organ in a transaction, on the organ as the
// form knew it; org writes the audit row beside it.
func (o *Office) changeOrgan(c *call, pick func(d *organView) *form, notice string, fn func(tx *sql.Tx, x *org.Organ) error) (*answer, error) {
	x, err := o.reachOrgan(c, access.ManageOrgans)
	if err != nil {
		return nil, err
	}
	err = o.deps.DB.Tx(c.ctx(), func(tx *sql.Tx) error {
		x, err := org.Lock(c.ctx(), tx, o.deps.DB.Dialect, x.Code, value(c.r, "stamp"))
		if err != nil {
			return err
		}
		return fn(tx, x)
	})
	if err == nil {
		return told(c, "/office/organ/"+x.Code, notice), nil
	}
	if !mendable(err) {
		return nil, err
	}
	return o.organ(c, statusFor(err), func(d *organView) {
		f := pick(d)
		f.fill(c.r)
		f.blame(err)
	})
}

func factsOf(r *http.Request) org.Facts {
	return org.Facts{CreditCode: strings.ToUpper(value(r, "credit")), Duties: value(r, "duties"), Address: value(r, "address"),
		Hours: value(r, "hours"), Phone: value(r, "phone"), Fax: value(r, "fax"), Postcode: value(r, "postcode"), Website: value(r, "website"), Prefixes: value(r, "prefixes")}
}

func setFacts(o *Office, c *call) (*answer, error) {
	by, err := o.by(c)
	return o.changeOrgan(c, func(d *organView) *form { return &d.Facts }, textFactsSaved,
		func(tx *sql.Tx, x *org.Organ) error {
			if err != nil {
				return err
			}
			return org.SetFacts(c.ctx(), tx, x, factsOf(c.r), by)
		})
}

func renameOrgan(o *Office, c *call) (*answer, error) {
	from, err := dayValue(c.r, "from", "启用日期")
	return o.changeOrgan(c, func(d *organView) *form { return &d.Name }, fmt.Sprintf(textRenamed, from.Chinese()),
		func(tx *sql.Tx, x *org.Organ) error {
			if err != nil {
				return err
			}
			return org.Rename(c.ctx(), tx, x, value(c.r, "name"), value(c.r, "short"), from, o.now(c))
		})
}

// undoFacts takes the newest change of an organ's facts back.
func undoFacts(o *Office, c *call) (*answer, error) {
	x, err := o.reachOrgan(c, access.ManageOrgans)
	if err != nil {
		return nil, err
	}
	return o.change(c, "/office/organ/"+x.Code, textUndone, func(tx *sql.Tx) error {
		stamp, err := stampValue(c.r)
		if err != nil {
			return err
		}
		return org.Undo(c.ctx(), tx, x, org.WhatFacts, 0, stamp, o.now(c))
	}, func(status int, err error) (*answer, error) {
		return o.organ(c, status, func(d *organView) { d.Undo.blame(err) })
	})
}

// target finds the other organ of a change within one's reach.
func (o *Office) target(c *call, name, label string) (string, error) {
	code := value(c.r, name)
	if code == "" {
		return "", fault.Field("office.target", label, "请选择%s。", label)
	}
	options, err := o.organOptions(c, access.ManageOrgans, "")
	if err != nil {
		return "", err
	}
	for _, x := range options {
		if x.Value == code {
			return code, nil
		}
	}
	return "", fault.Field("office.target", label, "没有代码为“%s”的机构，或者它不在您的管理范围内。", shorten(code, 20))
}

func moveOrgan(o *Office, c *call) (*answer, error) {
	return o.changeTo(c, func(d *organView) *form { return &d.Parent }, "parent", "上级机构", "from", "开始日期", textMoved,
		func(tx *sql.Tx, x *org.Organ, to string, on workday.Date) error {
			return org.Move(c.ctx(), tx, x, to, on, o.now(c))
		})
}

func mergeOrgan(o *Office, c *call) (*answer, error) {
	return o.changeTo(c, func(d *organView) *form { return &d.Merge }, "into", "并入机构", "on", "并入日期", textMerged,
		func(tx *sql.Tx, x *org.Organ, to string, on workday.Date) error {
			return org.Merge(c.ctx(), tx, x, to, on, value(c.r, "reason"), o.now(c))
		})
}

// changeTo is a change that names another organ and a day.
func (o *Office) changeTo(c *call, pick func(d *organView) *form, name, label, dayName, dayLabel, notice string, fn func(tx *sql.Tx, x *org.Organ, to string, on workday.Date) error) (*answer, error) {
	to, err := o.target(c, name, label)
	on := workday.Date{}
	if err == nil {
		on, err = dayValue(c.r, dayName, dayLabel)
	}
	shown := on.Chinese()
	if name == "into" {
		shown = to
	}
	return o.changeOrgan(c, pick, fmt.Sprintf(notice, shown), func(tx *sql.Tx, x *org.Organ) error {
		if err != nil {
			return err
		}
		return fn(tx, x, to, on)
	})
}
