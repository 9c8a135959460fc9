package request

import (
	"fmt"
	"strings"

	"gongkai/internal/casework"
	"gongkai/internal/workday"
)

// templateVersion numbers the words of the letters; a letter keeps the version
// it was written with.
const templateVersion = 1

// Compose writes the answer of a request from its case: facts, law, result,
// reasons and the remedy paragraph. What is missing keeps it from being signed.
// The name of the applicant is filled in when a letter is shown or printed, so
// that the stored words hold no personal data.
func Compose(c *casework.Case, q *Request, today workday.Date) (body string, missing []string) {
	if q.Profile == nil {
		return "", []string{"本机关的答复设置"}
	}
	if q.LetterNo == "" {
		missing = append(missing, "文号")
	}
	if q.Profile.Name == "" {
		missing = append(missing, "落款机关")
	}
	if err := q.Decision.check(); err != nil {
		missing = append(missing, "完整的答复意见")
	}
	rem := Remedies(*q.Profile, q.Outcome, q.Electronic)
	missing = append(missing, rem.Missing...)
	if len(missing) > 0 {
		return "", missing
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n%s：\n\n", q.LetterNo, ApplicantMark)
	fmt.Fprintf(&b, "本机关于%s收到您提出的政府信息公开申请（%s）。", q.ReceivedOn.Chinese(), c.Number)
	for _, l := range q.Letters {
		switch l.Kind {
		case LetterCorrection:
			fmt.Fprintf(&b, "%s告知您补正。", l.IssuedOn.Chinese())
		case LetterExtension:
			fmt.Fprintf(&b, "%s告知您延期答复。", l.IssuedOn.Chinese())
		}
	}
	if q.Decision.Facts != "" {
		b.WriteString(q.Decision.Facts)
	}
	b.WriteString("经审查，答复如下：\n\n")
	for i, it := range q.Decision.Items {
		info, _ := it.Outcome.Info()
		if len(q.Decision.Items) > 1 {
			fmt.Fprintf(&b, "%s、", []string{"一", "二", "三", "四", "五", "六", "七", "八", "九", "十"}[i%10])
		}
		b.WriteString(it.words(info))
		b.WriteString("\n\n")
	}
	b.WriteString(rem.Text)
	fmt.Fprintf(&b, "\n\n%s\n%s", q.Profile.Name, today.Chinese())
	if q.Profile.Contact != "" {
		fmt.Fprintf(&b, "\n\n（联系方式：%s）", q.Profile.Contact)
	}
	return b.String(), nil
}

// ApplicantMark stands for the applicant's name in a stored letter.
const ApplicantMark = "〔申请人〕"

func (it Item) words(info OutcomeInfo) string {
	what := "“" + strings.Trim(it.What, "“”") + "”"
	says := info.Says
	if strings.Contains(says, "%s") {
		says = fmt.Sprintf(says, what)
	}
	out := says
	if it.Reason != "" {
		out += "理由：" + end(it.Reason)
	}
	if it.Search != "" {
		out += "检索情况：" + end(it.Search)
	}
	if it.Owner != "" {
		out += "负责公开的机关：" + end(it.Owner)
	}
	if it.Way != "" {
		out += "获取的方式和途径：" + end(it.Way)
	}
	if it.Content != "" {
		out += "提供的内容：" + end(it.Content)
	}
	return out + "依据：" + info.Law + "。"
}

// end closes a sentence that its writer left open.
func end(s string) string {
	s = strings.TrimSpace(s)
	if strings.HasSuffix(s, "。") || strings.HasSuffix(s, "；") || strings.HasSuffix(s, "！") || strings.HasSuffix(s, "？") {
		return s
	}
	return s + "。"
}

func receiptText(c *casework.Case, q *Request) string {
	return fmt.Sprintf("%s：\n\n本机关于%s收到您的政府信息公开申请，登记编号为%s。本机关将依照《中华人民共和国政府信息公开条例》第三十三条，自收到申请之日起20个工作日内答复；需要延长的，另行告知。", ApplicantMark, q.ReceivedOn.Chinese(), c.Number)
}

func correctionText(_ *Request, points []string, days int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s：\n\n您提出的政府信息公开申请内容不明确，依照《中华人民共和国政府信息公开条例》第三十条，请对下列事项补正：\n\n", ApplicantMark)
	for i, p := range points {
		fmt.Fprintf(&b, "%d. %s\n", i+1, end(p))
	}
	fmt.Fprintf(&b, "\n请在收到本告知书之日起%d个工作日内补正。答复期限自本机关收到补正之日起计算。没有正当理由逾期不补正的，视为放弃申请，本机关不再处理。", days)
	return b.String()
}

func extensionText(_ *Request, f *ExtendForm) string {
	return fmt.Sprintf("%s：\n\n因%s\n\n依照《中华人民共和国政府信息公开条例》第三十三条，经本机关政府信息公开工作机构负责人同意，答复期限延长%d个工作日。", ApplicantMark, end(f.Reason), f.Days)
}
