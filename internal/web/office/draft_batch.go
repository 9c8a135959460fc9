package office

import (
	"fmt"
	"net/http"
	"strconv"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/ground"
	"gongkai/internal/release"
)

// attributesView sets the attribute of several drafts at once.
type attributesView struct {
	frame
	Rows       []attributesRow
	Attributes []option
	Grounds    []option
	Reason     string
	Wrong      string
}

type attributesRow struct {
	Case      *casework.Case
	Attribute release.Attribute
	Chosen    bool
	Error     string // why this one was not set
}

// maxBatch is how many drafts one page sets.
const maxBatch = 200

func attributeBatchPage(o *Office, c *call) (*answer, error) {
	return o.attributeBatch(c, http.StatusOK, nil, nil)
}

// attributeBatch shows the drafts that the caller may write.
func (o *Office) attributeBatch(c *call, status int, wrong error, failed map[int64]string) (*answer, error) {
	d := &attributesView{frame: o.frame(c, textBatch, document.Crumb{Name: textDrafts, Href: "/office/releases"})}
	list, _, _, err := o.deps.Cases.Cases(c.ctx(), c.who.Actor, casework.CaseFilter{Kind: release.SlipKind, Class: "open", Limit: maxBatch})
	if err != nil {
		return nil, err
	}
	chosen := map[string]bool{}
	for _, id := range c.r.PostForm["case"] {
		chosen[id] = true
	}
	for _, k := range list {
		if k.State != release.Drafting {
			continue
		}
		v, err := o.deps.Cases.View(c.ctx(), c.who.Actor, k.ID)
		if err != nil {
			return nil, err
		}
		d.Rows = append(d.Rows, attributesRow{Case: k, Attribute: v.Data.(*release.Slip).Attribute, Chosen: chosen[strconv.FormatInt(k.ID, 10)], Error: failed[k.ID]})
	}
	at := release.Attribute(value(c.r, "attribute"))
	for _, a := range release.Attributes {
		d.Attributes = append(d.Attributes, option{string(a), string(a), a == at})
	}
	d.Grounds = []option{{Name: textChoose}}
	for _, g := range ground.All {
		d.Grounds = append(d.Grounds, option{g.Code, g.Name + "（" + g.Law + "）", g.Code == value(c.r, "ground")})
	}
	d.Reason = value(c.r, "reason")
	if wrong != nil {
		d.Wrong = fault.Text(wrong)
	}
	return o.page(c, "draft_batch", status, d)
}

// setAttributes sets the chosen drafts one by one: what cannot be set is named
// with its reason, the others are saved.
func setAttributes(o *Office, c *call) (*answer, error) {
	chosen := c.r.PostForm["case"]
	at := release.Attribute(value(c.r, "attribute"))
	switch {
	case len(chosen) == 0:
		return o.attributeBatch(c, http.StatusBadRequest, fault.New(fault.Invalid, "office.setAttributes", textBatchNone), nil)
	case len(chosen) > maxBatch || at == "":
		return o.attributeBatch(c, http.StatusBadRequest, fault.New(fault.Invalid, "office.setAttributes", textBadAttribute), nil)
	}
	failed, done := map[int64]string{}, 0
	for _, raw := range chosen {
		id, err := strconv.ParseInt(raw, 10, 64)
		if err != nil {
			return nil, fault.New(fault.Invalid, "office.setAttributes", textOldForm)
		}
		v, err := o.deps.Cases.View(c.ctx(), c.who.Actor, id)
		if err != nil {
			return nil, err
		}
		s, ok := v.Data.(*release.Slip)
		if !ok {
			return nil, fault.New(fault.NotFound, "office.setAttributes", textNotFound)
		}
		d := release.Decision{Attribute: at, Reason: value(c.r, "reason"), Ground: value(c.r, "ground"), For: s.For, FormedOn: s.FormedOn}
		if at == release.Proactive { // a limited audience stays limited: widening it is a decision of its own
			d.Audience = s.Audience
		}
		_, err = o.deps.Cases.Apply(c.ctx(), casework.Do{Case: id, Action: release.ActSave, Form: &release.SaveForm{Decision: &d}, Actor: c.who.Actor})
		switch {
		case err == nil:
			done++
			if _, err := o.deps.Releases.Recheck(c.ctx(), id); err != nil {
				return nil, err
			}
		case mendable(err) || fault.KindOf(err) == fault.Forbidden:
			failed[id] = fault.Text(err)
		default:
			return nil, err
		}
	}
	if len(failed) > 0 {
		return o.attributeBatch(c, http.StatusConflict, fault.Newf(fault.Conflict, "office.setAttributes", textBatchPart, done, len(failed)), failed)
	}
	return told(c, "/office/releases/batch", fmt.Sprintf(textBatchDone, done, at)), nil
}

// exceptionsView lists the exceptions of the checks and makes new ones.
type exceptionsView struct {
	frame
	Rows []exceptionRow
	Form form
}

type exceptionRow struct {
	release.Exception
	Name  string // of the rule
	Organ string
}

func exceptionsPage(o *Office, c *call) (*answer, error) { return o.exceptions(c, http.StatusOK, nil) }

func (o *Office) exceptions(c *call, status int, wrong error) (*answer, error) {
	d := &exceptionsView{frame: o.frame(c, textExceptions, document.Crumb{Name: textDrafts, Href: "/office/releases"}, document.Crumb{Name: "检查规则", Href: "/office/releases/rules"})}
	organs, err := o.organOptions(c, access.ReviewAttribute, textChoose)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	rules := []option{{Name: textChoose}}
	for _, r := range exceptableRules() {
		names[r.Value] = r.Name
		rules = append(rules, r)
	}
	seen := map[int64]bool{}
	for _, organ := range access.Holds(c.who.Actor, access.ReviewAttribute) {
		list, err := o.deps.Releases.Exceptions(c.ctx(), organ)
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			if seen[e.ID] {
				continue
			}
			seen[e.ID] = true
			name, err := o.organName(c, e.Organ)
			if err != nil {
				return nil, err
			}
			d.Rows = append(d.Rows, exceptionRow{e, names[e.Rule], name})
		}
	}
	d.Form = form{ID: "exception", Action: "/office/exceptions", Token: d.Token, Submit: "设置例外", Fields: []field{
		{Name: "organ", Label: "机构", Kind: "select", Options: organs, Required: true},
		{Name: "rule", Label: "规则", Kind: "select", Options: rules, Required: true},
		{Name: "words", Label: "文字", Kind: "text", Max: 100, Hint: "只对这几个字例外；不填就是这条规则的全部。"},
		{Name: "until", Label: "截止日期", Kind: "date", Required: true, Hint: "最长一年，到期后重新看一次。"},
		{Name: "reason", Label: "理由", Kind: "area", Max: 500, Required: true}}}
	if wrong != nil {
		d.Form.fill(c.r)
		d.Form.blame(wrong)
	}
	return o.page(c, "exceptions", status, d)
}

func addException(o *Office, c *call) (*answer, error) {
	id, err := o.exceptionOrgan(c)
	until, dayErr := dayValue(c.r, "until", "截止日期")
	if err == nil {
		err = dayErr
	}
	if err == nil {
		_, err = o.deps.Releases.AddException(c.ctx(), c.who.Actor, release.Exception{Organ: id, Rule: value(c.r, "rule"), Words: value(c.r, "words"), Until: until, Reason: value(c.r, "reason")})
	}
	if err != nil {
		if !mendable(err) {
			return nil, err
		}
		return o.exceptions(c, statusFor(err), err)
	}
	return told(c, "/office/exceptions", textExceptionSet), nil
}

func (o *Office) exceptionOrgan(c *call) (int64, error) {
	code := value(c.r, "organ")
	if code == "" {
		return 0, fault.Field("office.exceptionOrgan", "机构", textNoDraftOrgan)
	}
	organ, err := o.deps.Organs.Organ(c.ctx(), code)
	if err != nil {
		return 0, err
	}
	return organ.ID, o.may(c, access.ReviewAttribute, organ.ID)
}

// endException ends an exception of an organ in reach.
func endException(o *Office, c *call) (*answer, error) {
	id, err := pathNumber(c.r, "exception")
	if err != nil {
		return nil, err
	}
	for _, organ := range access.Holds(c.who.Actor, access.ReviewAttribute) {
		list, err := o.deps.Releases.Exceptions(c.ctx(), organ)
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			if e.ID != id {
				continue
			}
			if err := o.may(c, access.ReviewAttribute, e.Organ); err != nil {
				return nil, err
			}
			return told(c, "/office/exceptions", textExceptionEnded), o.deps.Releases.EndException(c.ctx(), c.who.Actor, id)
		}
	}
	return nil, fault.New(fault.NotFound, "office.endException", textNotFound)
}
