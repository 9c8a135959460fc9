package office

import (
	"fmt"
	"net/http"

	"gongkai/internal/access"
	"gongkai/internal/fault"
	"gongkai/internal/release"
)

// reviewBodyView shows each organ's mechanism of review before publication
// and the organ whose people do its legality review (F-25).
type reviewBodyView struct {
	frame
	Rows []bodyLine
	Form *form
	Name string // organ of the form
	None int    // organs without any mechanism
}

type bodyLine struct {
	Code, Organ string
	Body        *release.ReviewBody
	From        string // organ whose record holds, "" when it is its own
	Legality    string
	Edit        bool
}

func reviewBodyPage(o *Office, c *call) (*answer, error) {
	return o.reviewBodies(c, http.StatusOK, queryValue(c.r, "organ"), nil)
}

func (o *Office) reviewBodies(c *call, status int, chosen string, change func(f *form)) (*answer, error) {
	organs, err := o.organNames(c.ctx())
	if err != nil {
		return nil, err
	}
	tree, err := o.access.Tree(c.ctx())
	if err != nil {
		return nil, err
	}
	all, err := o.deps.Releases.ReviewBodies(c.ctx())
	if err != nil {
		return nil, err
	}
	reach, edit := map[int64]bool{}, map[int64]bool{}
	for _, id := range tree.Below(access.Holds(c.who.Actor, access.ReadDraft)...) {
		reach[id] = true
	}
	for _, id := range tree.Below(access.Holds(c.who.Actor, access.Supervise)...) {
		edit[id] = true
	}
	d := &reviewBodyView{frame: o.frame(c, textReviewBody, releasesCrumb)}
	for _, id := range organs.order {
		if !reach[id] && !edit[id] {
			continue
		}
		line := bodyLine{Code: organs.byID[id].Code, Organ: organs.name(id), Edit: edit[id]}
		for _, above := range tree.Above(id) {
			if b, ok := all[above]; ok {
				line.Body = &b
				if above != id {
					line.From = organs.name(above)
				}
				if b.Legality != 0 {
					line.Legality = organs.name(b.Legality)
				}
				break
			}
		}
		if line.Body == nil {
			d.None++
		}
		d.Rows = append(d.Rows, line)
	}
	if chosen != "" {
		id, ok := organs.byCode[chosen]
		if !ok || !edit[id] {
			return nil, fault.New(fault.NotFound, "office.reviewBodies", textNotFound)
		}
		d.Name = organs.name(id)
		f := bodyForm(c.form, chosen, d.Name, all[id], organs)
		if change != nil {
			change(&f)
		}
		d.Form = &f
	}
	return o.page(c, "release_body", status, d)
}

func bodyForm(token, code, name string, b release.ReviewBody, organs *organNames) form {
	f := form{ID: "body", Action: "/office/review-body", Token: token, Submit: "登记", Hidden: []option{{Name: "organ", Value: code}}, Fields: []field{
		{Name: "body", Label: "审查机构", Kind: "text", Value: b.Body, Required: true, Max: 200, Hint: "例如：办公室。"},
		{Name: "responsible", Label: "责任人", Kind: "text", Value: b.Responsible, Required: true, Max: 200, Hint: "写职务，必要时写姓名。"},
		{Name: "procedure", Label: "审查程序", Kind: "area", Value: b.Procedure, Required: true, Max: 1000, Hint: "例如：起草人自查，科室负责人审核，保密审查人逐件审查，分管负责人签发。先审查、后公开。"},
		{Name: "legality", Label: "合法性审核机构", Kind: "text", Max: 40, Hint: "填机构代码，例如 " + code + "。不填就由“" + name + "”自己的人审核。没有审核能力的县级部门、乡镇，填县级政府确定的机构。"},
	}}
	if r, ok := organs.byID[b.Legality]; ok {
		f.Fields[3].Value = r.Code
	}
	return f
}

// setReviewBody registers the mechanism of an organ.
func setReviewBody(o *Office, c *call) (*answer, error) {
	organs, err := o.organNames(c.ctx())
	if err != nil {
		return nil, err
	}
	code := value(c.r, "organ")
	id, ok := organs.byCode[code]
	if !ok {
		if code == "" {
			return nil, fault.Field("office.setReviewBody", "机构", textBodyOrgan)
		}
		return nil, fault.New(fault.NotFound, "office.setReviewBody", textNotFound)
	}
	if err := o.may(c, access.Supervise, id); err != nil {
		return nil, err
	}
	b := release.ReviewBody{Organ: id, Body: value(c.r, "body"), Responsible: value(c.r, "responsible"), Procedure: value(c.r, "procedure")}
	if s := value(c.r, "legality"); s != "" {
		if b.Legality, ok = organs.byCode[s]; !ok {
			err = fault.Field("office.setReviewBody", "合法性审核机构", textOwnBodyOnly, shorten(s, 20))
		}
		if b.Legality == id {
			b.Legality = 0
		}
	}
	if err == nil {
		err = o.deps.Releases.SetReviewBody(c.ctx(), c.who.Actor, b)
	}
	if err == nil {
		return told(c, "/office/review-body", fmt.Sprintf(textBodySaved, organs.name(id))), nil
	}
	if !mendable(err) {
		return nil, err
	}
	return o.reviewBodies(c, statusFor(err), code, func(f *form) { f.fill(c.r); f.blame(err) })
}
