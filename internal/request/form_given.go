package request

import (
	"slices"
	"strings"

	"gongkai/internal/fault"
)

// OtherForm is why information is given in another form than the applicant
// asked for (A-100, art 40). Its zero value is the form asked for.
type OtherForm struct {
	Way    string `json:"way,omitempty"`    // one of Ways
	Ground string `json:"ground,omitempty"` // one of FormGrounds
	Reason string `json:"reason,omitempty"` // the facts behind the ground, as the letter tells them
}

// FormGrounds are the only grounds of article 40 for another form.
var FormGrounds = []struct{ Code, Name string }{{"carrier", "可能危及政府信息载体安全"}, {"cost", "公开成本过高"}}

// gives reports a decision that hands information over, so that it has a form.
func (d Decision) gives() bool {
	return slices.ContainsFunc(d.Items, func(it Item) bool { return it.Outcome == Grant || it.Outcome == Partial })
}

// checkForm refuses another form than asked without ground and reason.
// The form asked for, chosen once more, is no other form.
func (d *Decision) checkForm(asked string) error {
	bad := func(field, format string, args ...any) error {
		return fault.Field("request.checkForm", field, "“"+field+"”："+format, args...)
	}
	f := &d.Form
	f.Reason = strings.TrimSpace(f.Reason)
	if f.Way == asked {
		f.Way = ""
	}
	const form, ground, reason = "提供信息的形式", "换一种形式的依据", "换一种形式的理由"
	switch {
	case f.Way == "" && (f.Ground != "" || f.Reason != ""):
		return bad(form, "写了换一种形式的依据或者理由，请选择实际提供的形式；按申请人要求的形式提供的，不用写（A-100）。")
	case f.Way == "":
		return nil
	case !known(Ways, f.Way):
		return bad(form, "请从列出的形式里选。")
	case !d.gives():
		return bad(form, "这次答复没有提供信息，不用选。")
	case !known(FormGrounds, f.Ground):
		return bad(ground, "申请人要求的是%s。只有可能危及载体安全或者成本过高，才能换一种形式，请选一个（A-100）。", codeName(Ways, asked))
	}
	return words(reason, f.Reason, true)
}

// formWords are what the letter tells of another form; "" when it is the one
// that was asked for.
func (q *Request) formWords() string {
	f := q.Decision.Form
	if f.Way == "" {
		return ""
	}
	you := "您"
	if q.Kind != Natural && q.Kind != "" {
		you = "贵单位"
	}
	how := "改为提供" + codeName(Ways, f.Way)
	if f.Way == "inspect" {
		how = "安排" + you + "查阅、抄录"
	}
	return you + "要求的形式为" + codeName(Ways, q.Way) + "。按该形式提供" + codeName(FormGrounds, f.Ground) + "，本机关" + how + "。依据：" + regulation + "第四十条。理由：" + end(f.Reason)
}
