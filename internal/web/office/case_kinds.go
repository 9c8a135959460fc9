package office

import (
	"fmt"
	"net/http"

	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/ground"
	"gongkai/internal/oversight"
	"gongkai/internal/release"
	"gongkai/internal/request"
	"gongkai/internal/workday"
)

// caseKind is what a domain adds to the generic page of a case: a part with its
// facts, and the forms of its acts.
type caseKind struct {
	part  string // template with the block "part"
	facts func(v *casework.View) (any, error)
	forms map[casework.Action]actForm
	more  []casePart // further parts, in their order
	// lead are the acts that bring a case on, the most pressing first: the first
	// that can be done stands open above all others. common are those done often;
	// what is in neither list lies under a fold. A kind with no list shows all.
	lead, common []casework.Action
}

// casePart is one more part of the page of a case: a template with the block
// "part" and what it shows; nil facts leave it away.
type casePart struct {
	part  string
	facts func(v *casework.View) (any, error)
	read  func(o *Office, c *call, v *casework.View) (any, error) // instead of facts, for what other rooms must be asked
}

// actForm is the small form of one act: its controls, and how it is read.
type actForm struct {
	fields func(v *casework.View, today workday.Date) []field
	read   func(r *http.Request) (any, error)
}

// caseKinds is the registry. A kind that is missing here shows its tasks and
// timeline; its acts live on a page of their own.
var caseKinds = map[casework.Kind]caseKind{
	release.WithheldKind: {part: "case_withheld", facts: withheldFacts, forms: map[casework.Action]actForm{
		release.ActKeep:   {keepFields, readKeep},
		release.ActReopen: {reasonFields("将按原文新开一张审签单，走完审核和签发后公开。"), readReason},
		release.ActHandIn: {reasonFields("移交后由档案馆依照档案法的规定开放。"), readReason},
	}},
	release.TakedownKind: {part: "case_takedown", facts: takedownFacts, forms: map[casework.Action]actForm{
		release.ActCarry: {func(*casework.View, workday.Date) []field {
			return []field{{Name: "opinion", Label: textOpinion, Kind: "area", Max: 1000, Hint: "批准后立即生效：撤下的文件原地址只留说明，恢复的文件重新可读。"}}
		}, func(r *http.Request) (any, error) { return &release.OpinionForm{Opinion: value(r, "opinion")}, nil }},
		release.ActDecline: {reasonFields("提出的人会收到通知，看到这个原因。"), readReason},
	}},
	request.Kind:         requestCases(),
	oversight.MendKind:   sampleMendKind,
	request.DisputeCases: disputeCases,
	request.MendCases:    mendCases,
	request.HelpCases:    helpCases,
}

func reasonFields(hint string) func(*casework.View, workday.Date) []field {
	return func(*casework.View, workday.Date) []field {
		return []field{{Name: "why", Label: textReason, Kind: "area", Required: true, Max: 1000, Hint: hint}}
	}
}

func readReason(r *http.Request) (any, error) {
	return &release.ReasonForm{Reason: value(r, "why")}, nil
}

func keepFields(v *casework.View, today workday.Date) []field {
	grounds := []option{{Name: textChoose}}
	w, _ := v.Data.(*release.WithheldText)
	for _, g := range ground.All {
		grounds = append(grounds, option{g.Code, g.Name + "（条例" + g.Law + "）", w != nil && w.Ground == g.Code})
	}
	return []field{
		{Name: "ground", Label: "法律依据", Kind: "select", Required: true, Options: grounds},
		{Name: "why", Label: "理由", Kind: "area", Required: true, Max: 1000, Hint: "写明现在仍然不能公开的理由。"},
		{Name: "review_on", Label: "下次复审日期", Kind: "date", Required: true, Value: today.AddMonths(12).String(), Hint: "最晚在一年以后。"},
	}
}

func readKeep(r *http.Request) (any, error) {
	on, err := dayValue(r, "review_on", "下次复审日期")
	return &release.KeepForm{Ground: value(r, "ground"), Reason: value(r, "why"), ReviewOn: on}, err
}

// groundWords names a ground of not disclosing, or of a withdrawal.
func groundWords(code string) string {
	if g, ok := ground.Named(code); ok {
		return g.Name + "（条例" + g.Law + "）"
	}
	for _, g := range release.TakedownGrounds {
		if g.Code == code {
			return g.Name
		}
	}
	return code
}

func withheldFacts(v *casework.View) (any, error) {
	w, ok := v.Data.(*release.WithheldText)
	if !ok {
		return nil, fault.Newf(fault.Internal, "office.withheldFacts", "case %d holds %T", v.Case.ID, v.Data)
	}
	return struct {
		*release.WithheldText
		GroundName string
	}{w, groundWords(w.Ground)}, nil
}

func takedownFacts(v *casework.View) (any, error) {
	t, ok := v.Data.(*release.Takedown)
	if !ok {
		return nil, fault.Newf(fault.Internal, "office.takedownFacts", "case %d holds %T", v.Case.ID, v.Data)
	}
	return struct {
		*release.Takedown
		GroundName, Href string
	}{t, groundWords(t.Ground), fmt.Sprintf("/works/%d", t.Work)}, nil
}
