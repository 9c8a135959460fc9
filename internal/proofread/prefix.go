package proofread

import (
	"fmt"
	"slices"
	"strings"

	"gongkai/internal/zh"
)

// WhereDocNo is the place of a hit on the number in a document's head, which
// may stand in no part.
const WhereDocNo = "发文字号"

// foreignNumber doubts a number that begins with a code which the issuing organ
// is not known to use. Orders and announcements have no code.
func (in *Input) foreignNumber(docNo string, levels map[string]Level) []Hit {
	n, _, ok := zh.ParseDocNumber(docNo)
	if !ok || n.Kind != zh.Numbered || len(in.Prefixes) == 0 ||
		slices.ContainsFunc(in.Prefixes, func(p string) bool { return zh.TitleKey(p) == zh.TitleKey(n.Organ) }) {
		return nil
	}
	r, _ := RuleByID("F-07.prefix")
	h := Hit{Text: docNo, Rule: r.ID, Level: r.Level, Why: r.Why, Where: WhereDocNo}
	h.Beside = fmt.Sprintf("%s登记的代字是%s，这里用的是“%s”", in.Issuer, "“"+strings.Join(in.Prefixes, "”“")+"”", n.Organ)
	if in.Foreign != "" {
		h.Beside += "，那是" + in.Foreign + "的代字"
	}
	h.Beside += "。"
	if l, ok := levels[r.ID]; ok && l.rank() > h.Level.rank() {
		h.Level = l
	}
	return []Hit{h}
}
