package request

import (
	"context"
	"slices"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// PrintForms are the forms of A8.7 that are printed and filled in by hand.
var PrintForms = []string{LetterApplication, LetterOpinion, LetterDelivery}

// PrintForm fills a form with what is known of a request. The applicant stands
// in it, so each making is a reading in the audit log; the form for a third
// party names nobody. Errors: NotFound for a form that there is not.
func (r *Room) PrintForm(ctx context.Context, a access.Actor, c *casework.Case, q *Request, id string) (out *Composed, name map[string]string, err error) {
	defer fault.Wrap(&err, "request.PrintForm(%s)", id)
	if !slices.Contains(PrintForms, id) {
		return nil, nil, fault.New(fault.NotFound, "request.PrintForm", "没有这种表格。")
	}
	tpl, _ := FindTemplate(id)
	f := q.facts(c, workday.DateOf(r.now()))
	delete(f, factNumber)
	if f[factOrgan] == "" {
		if f[factOrgan], err = organName(ctx, r.db.Reader(), c.Organ, workday.DateOf(r.now()).String()); err != nil {
			return nil, nil, err
		}
	}
	if id == LetterOpinion {
		var matters []string
		for _, p := range q.Work.Parties {
			if p.Who.Rule() == "A-76" {
				matters = append(matters, p.Matter)
			}
		}
		f["涉及内容"] = cell(strings.Join(matters, "；"))
		return tpl.write(f, nil), nil, nil
	}
	p, err := r.Reveal(ctx, a, q.Case)
	if err != nil {
		return nil, nil, err
	}
	for _, k := range ApplicantKinds {
		if k.Kind == q.Kind {
			f["申请人类别"] = k.Name
		}
	}
	f["姓名"], f["证件"], f["电话"], f["邮箱"], f["地址"], f["送达地址"] = cell(p.Name), cell(p.Proof), cell(p.Phone), cell(p.Mail), cell(p.Address), cell(p.Address)
	f["代表"] = cell(strings.Trim(p.Leader+"　"+p.Contact, "　"))
	f["内容"] = cell(strings.TrimSpace(q.Content + "\n" + q.Features))
	f["获取方式"], f["送达途径"], f["申请日期"] = codeName(Ways, q.Way), codeName(Deliveries, q.Delivery), workday.DateOf(q.Submitted).Chinese()
	f["送达方式"] = f["送达途径"]
	for _, l := range q.Letters {
		if l.Kind == LetterAnswer {
			f["文书"] = cell(l.Title + "（" + l.Number + "）")
		}
	}
	return tpl.write(f, nil), map[string]string{ApplicantMark: p.Name}, nil
}

// cell keeps the marks of a table out of what somebody typed.
func cell(s string) string {
	return strings.NewReplacer("｜", "|", "／", "/", "\r", "", "\n", "／").Replace(strings.TrimSpace(s))
}

func codeName(list []struct{ Code, Name string }, code string) string {
	for _, x := range list {
		if x.Code == code {
			return x.Name
		}
	}
	return code
}
