package request

import (
	"strings"

	"gongkai/internal/docfile"
)

// ApplicationForm is the printed application (政府信息公开申请表): filled in from a
// request, for an applicant to read and sign whom a clerk helped to write
// or blank when both are nil. It asks for no purpose.
func ApplicationForm(number string, p *Applicant, q *Request) docfile.DocxContent {
	if p == nil {
		p = &Applicant{}
	}
	if q == nil {
		q = &Request{}
	}
	row := func(cells ...string) []docfile.Cell {
		var out []docfile.Cell
		for _, c := range cells {
			out = append(out, docfile.Cell{Text: c, ColSpan: 1, RowSpan: 1})
		}
		return out
	}
	kind := ""
	for _, k := range ApplicantKinds {
		if k.Kind == p.Kind {
			kind = k.Name
		}
	}
	if kind == "" {
		var all []string
		for _, k := range ApplicantKinds {
			all = append(all, "□"+k.Name)
		}
		kind = strings.Join(all, " ")
	}
	choice := func(list []struct{ Code, Name string }, code string) string {
		var all []string
		for _, x := range list {
			mark := "□"
			if x.Code == code {
				mark = "☑"
			}
			all = append(all, mark+x.Name)
		}
		return strings.Join(all, " ")
	}
	doc := docfile.DocxContent{Title: "政府信息公开申请表"}
	if number != "" {
		doc.Blocks = append(doc.Blocks, docfile.Paragraph{Text: "登记编号：" + number})
	}
	doc.Blocks = append(doc.Blocks, docfile.Table{Name: "申请表", Rows: [][]docfile.Cell{
		row("申请人类别", kind), row("姓名或者名称", p.Name), row("身份证明（证件号码或者统一社会信用代码）", p.Proof), row("法定代表人（单位填写）", p.Leader), row("联系人（单位填写）", p.Contact),
		row("联系电话", p.Phone), row("电子邮箱", p.Mail), row("通信地址", p.Address), row("申请公开的信息的名称、文号或者其他特征", strings.TrimSpace(q.Content+"\n"+q.Features)),
		row("获取方式", choice(Ways, q.Way)), row("送达途径", choice(Deliveries, q.Delivery)), row("是否同意电子送达", choice([]struct{ Code, Name string }{{"1", "同意"}, {"0", "不同意"}}, consent(q)))}})
	if q.Intake.Oral {
		doc.Blocks = append(doc.Blocks, docfile.Paragraph{Text: "申请人采用书面形式确有困难，由工作人员依照《中华人民共和国政府信息公开条例》第二十九条代为填写，已向申请人宣读，申请人确认无误。"})
	}
	doc.Blocks = append(doc.Blocks, docfile.Paragraph{Text: "申请人签名（按印）：　　　　　　　　　　　　年　　月　　日"})
	if q.Intake.Oral {
		doc.Blocks = append(doc.Blocks, docfile.Paragraph{Text: "代填工作人员签名：　　　　　　　　　　　　年　　月　　日"})
	}
	return doc
}

func consent(q *Request) string {
	switch {
	case q.Case == 0:
		return ""
	case q.Electronic:
		return "1"
	}
	return "0"
}
