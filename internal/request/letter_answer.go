package request

import (
	"fmt"
	"slices"
	"strings"

	"gongkai/internal/casework"
	"gongkai/internal/workday"
)

// AnswerTemplate is the template of an outcome's letter (A8.5, A8.7).
func AnswerTemplate(o Outcome) Template {
	info, _ := o.Info()
	return Template{ID: LetterAnswer + "/" + string(o), Version: templateVersion, Title: info.Letter, Rules: []string{"A-90", "A-94", "A-99"}, To: ApplicantMark, Paras: []Para{
		{ID: "opening", Label: "经过", Text: "本机关于{收到日期}收到{您}提出的政府信息公开申请（登记编号：{登记编号}）。{经过?}{事实?}经审查，答复如下："}}}
}

// itemParas are the paragraphs of one matter: what is decided by which article,
// then the reasons and what else its letter cannot do without. n parts the facts
// of several items.
func itemParas(info OutcomeInfo, n string) []Para {
	return []Para{
		{ID: "result" + n, Label: "结果和依据", Locked: lockedLaw, Text: "{序号" + n + "?}" + strings.ReplaceAll(info.Says, "%s", "{信息"+n+"}") + "依据：{依据" + n + "}。"},
		{ID: "reason" + n, Label: "理由", Text: "理由：{理由" + n + "}", Optional: true},
		{ID: "harm" + n, Label: "公开会造成的损害", Text: "公开后可能造成的损害：{损害" + n + "}", Optional: true},
		{ID: "search" + n, Label: "检索情况", Text: "检索情况：{检索" + n + "}", Optional: true},
		{ID: "owner" + n, Label: "负责公开的机关", Text: "负责公开的机关：{负责机关" + n + "}", Optional: true},
		{ID: "way" + n, Label: "获取方式", Text: "获取的方式和途径：{获取方式" + n + "}", Optional: true},
		{ID: "content" + n, Label: "提供的内容", Text: "提供的内容：{提供内容" + n + "}", Optional: true},
	}
}

// ComposeAnswer writes the answer of a request from its case: facts, law,
// result, reasons and the remedy paragraph, and lists what is still missing.
func ComposeAnswer(c *casework.Case, q *Request, today workday.Date) *Composed {
	t := AnswerTemplate(q.Outcome)
	f := q.facts(c, today)
	f["经过"], f["事实"] = q.history(), endOr(q.Decision.Facts)
	if f[factNumber] == "" {
		f[factNumber] = q.Draft.Number
	}
	if f[factNumber] == "" && q.Profile != nil && q.Profile.Prefix != "" { // the counter gives it when the letter is signed
		f[factNumber] = fmt.Sprintf("%s〔%d〕　号", q.Profile.Prefix, today.Year)
	}
	var gaps []Gap
	for i, it := range q.Decision.Items {
		info, _ := it.Outcome.Info()
		n := ""
		if len(q.Decision.Items) > 1 {
			n = fmt.Sprint(i + 1)
			f["序号"+n] = numerals[i%len(numerals)] + "、"
		}
		t.Paras = append(t.Paras, itemParas(info, n)...)
		it.facts(f, n)
		gaps = append(gaps, it.gaps(info, n)...)
	}
	f["提供形式"] = q.formWords()
	t.Paras = append(t.Paras, Para{ID: "form", Label: "提供的形式", Locked: lockedForm, Text: "{提供形式}", Optional: true})
	var rem Remedy
	if q.Profile != nil {
		rem = q.Remedy()
		f["救济途径"] = rem.Text
	}
	t.Paras = append(t.Paras, Para{ID: "remedy", Label: "救济途径", Locked: lockedRemedy, Text: "{救济途径?}"})
	f["附件"] = q.attachmentLine()
	t.Paras = append(t.Paras, Para{ID: "files", Label: "附件", Locked: lockedFiles, Text: "{附件}", Optional: true})
	for i := range t.Paras { // an organisation is not addressed as a person
		if q.Kind != Natural && q.Kind != "" {
			t.Paras[i].Text = strings.ReplaceAll(strings.ReplaceAll(t.Paras[i].Text, "{您}", "贵单位"), "您", "贵单位")
		}
	}
	out := t.write(f, q.Draft.Edits)
	out.Kind, out.Remedy = LetterAnswer, rem
	out.Missing = append(out.Missing, gaps...)
	switch {
	case q.Profile == nil:
		out.Missing = []Gap{{"本机关的答复设置（文号、落款、复议机关、管辖法院）", answerSettings}}
	case q.Profile.Prefix == "" && q.LetterNo == "" && q.Draft.Number == "":
		out.Missing = append(out.Missing, Gap{"文号", answerSettings})
	}
	for _, m := range rem.Missing {
		out.Missing = append(out.Missing, Gap{m, answerSettings})
	}
	if len(q.Decision.Items) == 0 {
		out.Missing = append(out.Missing, Gap{"答复意见", "p-opening"})
	}
	return out
}

// Remedy is the remedy paragraph of the answer, by the organ's record, which
// must be there. A decision of which only the outcome is known is taken by it.
func (q *Request) Remedy() Remedy {
	if len(q.Decision.Items) == 0 {
		return Remedies(*q.Profile, q.Outcome, q.Electronic)
	}
	return DecisionRemedy(*q.Profile, q.Decision, q.Electronic)
}

// facts are what every letter of a request knows.
func (q *Request) facts(c *casework.Case, today workday.Date) Facts {
	f := Facts{factCase: c.Number, factToday: today.Chinese(), factNumber: q.LetterNo, factYou: "您"}
	if q.Kind != Natural && q.Kind != "" {
		f[factYou] = "贵单位"
	}
	if !q.ReceivedOn.IsZero() {
		f[factReceived] = q.ReceivedOn.Chinese()
	}
	if q.Profile != nil {
		f[factOrgan], f[factContact] = q.Profile.Name, q.Profile.Contact
	}
	return f
}

// history tells what was sent to the applicant before.
func (q *Request) history() string {
	var b strings.Builder
	you := "您"
	if q.Kind != Natural && q.Kind != "" {
		you = "贵单位"
	}
	for _, l := range q.Letters {
		switch l.Kind {
		case LetterCorrection:
			fmt.Fprintf(&b, "%s告知%s补正。", l.IssuedOn.Chinese(), you)
		case LetterExtension:
			fmt.Fprintf(&b, "%s告知%s延期答复。", l.IssuedOn.Chinese(), you)
		}
	}
	return b.String()
}

// facts enters what an item says under its names.
func (it Item) facts(f Facts, n string) {
	f["信息"+n] = "“" + strings.Trim(it.What, "“”") + "”"
	f["依据"+n] = it.law()
	reason := it.Reason
	if it.Sort != "" {
		reason = "该信息属于" + it.Sort + "方面的信息。" + reason
	}
	f["理由"+n], f["损害"+n], f["检索"+n] = endOr(reason), endOr(it.Harm), endOr(it.Search)
	f["负责机关"+n], f["获取方式"+n], f["提供内容"+n] = endOr(it.Owner), endOr(it.Way), endOr(it.Content)
}

// law names the articles that the letter of an item quotes: its own, and of a
// partial disclosure those of its grounds.
func (it Item) law() string {
	info, ok := it.Outcome.Info()
	if !ok {
		return ""
	}
	law := info.Law
	seen := map[string]bool{}
	for _, g := range it.Grounds {
		x, _ := g.Info()
		article := strings.TrimPrefix(x.Law, regulation)
		if x.First { // the article of the ground alone: 36(3) speaks of a whole refusal
			article, _, _ = strings.Cut(article, "、")
		}
		if !seen[article] && !strings.Contains(info.Law, article) {
			law += "、" + article
			seen[article] = true
		}
	}
	return law
}

// gaps lists what an item lacks, with the place in the letter.
func (it Item) gaps(info OutcomeInfo, n string) (out []Gap) {
	at := ""
	if n != "" {
		at = "第 " + n + " 项"
	}
	add := func(name, where string) { out = append(out, Gap{at + name, "p-" + where + n}) }
	if strings.TrimSpace(it.What) == "" {
		add("申请的信息", "result")
	}
	if info.Law == "" {
		add("依据的条文", "result")
	}
	have := map[Need]string{NeedReason: it.Reason, NeedWay: it.Way, NeedSearch: it.Search, NeedContent: it.Content}
	for _, need := range info.Needs {
		if v, asked := have[need]; asked && strings.TrimSpace(v) == "" {
			add(needNames[need], "result")
		}
	}
	if it.Outcome == Partial && len(it.Grounds) == 0 {
		add("不予公开部分的依据", "result")
	}
	if strings.TrimSpace(it.Harm) == "" && (NeedsHarm(it.Outcome) || slices.ContainsFunc(it.Grounds, NeedsHarm)) {
		add("公开会造成的损害", "result")
	}
	return out
}

func endOr(s string) string {
	if strings.TrimSpace(s) == "" {
		return ""
	}
	return end(s)
}
