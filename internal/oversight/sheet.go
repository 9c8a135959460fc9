// Package oversight is the look of a supervising organ at how those below it
// answer requests (handbook ): a sample of served answers drawn
// by a seed, one score sheet an answer, and the faults that an organ has to
// mend as a case with a day.
package oversight

import (
	"slices"
	"strings"

	"gongkai/internal/clock"
	"gongkai/internal/fault"
	"gongkai/internal/proofread"
)

// Criterion is one line of the score sheet (ZC21-T17).
type Criterion struct {
	Code   string
	Name   string
	Rule   string // what it stands on, for the reader
	Points int    // the sheet has 100
}

// Criteria is the sheet, in the order of a letter. The codes stand in rows.
var Criteria = []Criterion{
	{"intake", "受理渠道畅通，信函有机构名称、地址、邮编", "条例第十二条、第二十九条", 10},
	{"time", "在法定期限内答复", "A-70", 15},
	{"form", "按申请的形式提供", "A-100", 10},
	{"letter", "有书面告知书或者答复书", "A-106", 5},
	{"number", "有正式文号", "ZC21-T17", 5},
	{"seal", "加盖公章", "ZC21-T17", 5},
	{"words", "没有文字错误", "ZC21-T17", 5},
	{"law", "依据写明到条款", "条例第三十六条", 15},
	{"reason", "理由充分", "条例第三十六条", 10},
	{"remedy_organ", "写明救济机关名称", "A-99", 10},
	{"remedy_address", "写明救济机关地址", "A-99", 5},
	{"remedy_time", "写明救济时限", "A-99", 5},
}

// Verdict is what somebody found about a line.
type Verdict string

// The verdicts. NotApplicable leaves the line out of the sum.
const (
	Meets         Verdict = "meets"
	Fails         Verdict = "fails"
	NotApplicable Verdict = "none"
)

// Verdicts lists them with their names.
var Verdicts = []struct {
	Verdict Verdict
	Name    string
}{{Meets, "符合"}, {Fails, "不符合"}, {NotApplicable, "不适用"}}

// Mark is one line of a filled sheet.
type Mark struct {
	Code    string  `json:"code"`
	Verdict Verdict `json:"verdict"`
	Note    string  `json:"note,omitempty"`
}

const maxNote = 500

// Score checks a filled sheet and gives its points out of 100, rounded down.
// Errors name the line.
func Score(marks []Mark) (int, error) {
	got, of := 0, 0
	for _, c := range Criteria {
		i := slices.IndexFunc(marks, func(m Mark) bool { return m.Code == c.Code })
		if i < 0 {
			return 0, fault.Field("oversight.Score", c.Name, "“%s”：还没有评。", c.Name)
		}
		m := marks[i]
		if len([]rune(m.Note)) > maxNote {
			return 0, fault.Field("oversight.Score", c.Name, "“%s”：说明不能超过 %d 个字。", c.Name, maxNote)
		}
		switch m.Verdict {
		case Meets:
			got, of = got+c.Points, of+c.Points
		case Fails:
			if strings.TrimSpace(m.Note) == "" {
				return 0, fault.Field("oversight.Score", c.Name, "“%s”：不符合的，请写明问题在哪里，被查单位照它整改。", c.Name)
			}
			of += c.Points
		case NotApplicable:
		default:
			return 0, fault.Field("oversight.Score", c.Name, "“%s”：请选符合、不符合或者不适用。", c.Name)
		}
	}
	if of == 0 {
		return 0, fault.Field("oversight.Score", Criteria[0].Name, "没有一项适用，不能评分。")
	}
	return got * 100 / of, nil
}

// Hint is what the records themselves say about a line; the person decides.
type Hint struct {
	Verdict Verdict // "" when the records cannot tell
	Why     string
}

// Answered is what the records say of an answered request; nothing in it is
// personal.
type Answered struct {
	Due         clock.Result
	Number      string // of the answer
	Letter      string // its words, "" when there is none
	FormKept    bool   // it was given in the form asked for
	FormTold    bool   // it was given in another form, and the letter tells why
	Laws        []string
	NeedsReason bool     // the outcome wants one
	NoReason    bool     // and one is missing
	Organs      []string // who reconsiders, as the letter must name them
	Addresses   []string
}

// Hints says of each line what the records can tell; the person decides.
func Hints(q Answered) map[string]Hint {
	out := map[string]Hint{}
	say := func(code string, ok bool, yes, no string) {
		if ok {
			out[code] = Hint{Meets, yes}
			return
		}
		out[code] = Hint{Fails, no}
	}
	all := func(words []string) bool {
		return len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(q.Letter, w) })
	}
	switch q.Due.State {
	case clock.Met:
		say("time", true, "最迟"+q.Due.Due.Chinese()+"，在期限内答复", "")
	case clock.Lapsed:
		say("time", false, "", "最迟"+q.Due.Due.Chinese()+"，逾期答复")
	}
	say("letter", q.Letter != "", "有答复书", "没有答复书")
	say("number", q.Number != "", q.Number, "没有文号")
	if q.Letter == "" {
		return out
	}
	switch {
	case q.FormTold:
		out["form"] = Hint{Meets, "换了一种形式，答复书写明了依据和理由"}
	case q.FormKept:
		out["form"] = Hint{Meets, "申请的形式和送达的方式相符"}
	}
	say("words", typing(q.Letter) == 0, "校对没有发现", "校对发现可疑之处，请看答复书")
	law := strings.Join(q.Laws, "、")
	say("law", all(q.Laws), "引用了"+law, "没有引用"+law)
	switch {
	case !q.NeedsReason:
		out["reason"] = Hint{NotApplicable, "这种结果不要求写理由"}
	case q.NoReason:
		out["reason"] = Hint{Fails, "有一项没有写理由"}
	}
	say("remedy_organ", all(q.Organs), "有复议机关的名称", "没有复议机关的名称")
	say("remedy_address", all(q.Addresses), "有复议机关的地址", "没有复议机关的地址")
	say("remedy_time", strings.Contains(q.Letter, "60日"), "写了60日内申请行政复议", "没有写申请行政复议的期限")
	return out
}

// typing counts what the proof-reader finds in the words of a letter.
func typing(body string) (n int) {
	rep := proofread.Check(proofread.Input{Parts: []proofread.Part{{Name: "答复书", Kind: proofread.PartText, Text: body, Opened: true}}}, proofread.Options{})
	for _, h := range rep.Hits {
		if strings.HasPrefix(h.Rule, "WORD.") {
			n++
		}
	}
	return n
}
