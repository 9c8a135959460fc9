package request

import (
	"context"
	"regexp"
	"strings"
	"unicode/utf8"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/fault"
	"gongkai/internal/proofread"
	"gongkai/internal/workday"
)

// ActSubject gives a request a short name of the house.
const ActSubject casework.Action = "subject"

// SubjectForm is the short name; "" goes back to the neutral title.
type SubjectForm struct{ Subject string }

// maxSubject bounds a short name in runes.
const maxSubject = 30

const fieldSubject = "内部简称"

// withSubjects adds the chapter of short names, which may change while a
// request is open, whichever chapter has its state.
func (r *Room) withSubjects(list []chapter) []chapter {
	var open []casework.State
	for _, c := range list {
		for _, s := range c.states {
			if !s.Final {
				open = append(open, s.State)
			}
		}
	}
	return append(list, chapter{steps: []step{{Action: ActSubject, Name: "改内部简称", From: open, Right: access.HandleRequest, Form: func() any { return &SubjectForm{} }, Check: checkSubject, Effect: r.rename}}})
}

// checkSubject refuses every word by which a person may be known, also those
// that are only likely: the name stands in lists, notices and calendars.
func checkSubject(_ *casework.Case, _ *Request, form any, today workday.Date) error {
	f := form.(*SubjectForm)
	f.Subject = strings.TrimSpace(f.Subject)
	if utf8.RuneCountInString(f.Subject) > maxSubject || strings.ContainsAny(f.Subject, "\r\n\t") {
		return fault.Field("request.checkSubject", fieldSubject, "“%s”：写在一行里，不超过 %d 个字。", fieldSubject, maxSubject)
	}
	return nobodyIn(fieldSubject, f.Subject, "简称会出现在清单、通知和日历里，请只写申请的是什么。", today)
}

// nobodyIn refuses a text in which anything looks like a person's data; because
// says who reads it.
func nobodyIn(field, text, because string, today workday.Date) error {
	part := proofread.Part{Name: field, Kind: proofread.PartText, Text: text, Opened: true}
	for _, h := range proofread.Check(proofread.Input{Parts: []proofread.Part{part}}, proofread.Options{PersonalOnly: true, On: today}).Hits {
		if h.Kind != "" {
			return fault.Field("request.nobodyIn", field, "“%s”：“%s”像是个人信息。%s", field, h.Text, because)
		}
	}
	return nil
}

func (r *Room) rename(ctx context.Context, t *turn) error {
	f := t.Form.(*SubjectForm)
	who, err := r.applicantIn(ctx, t.Tx, t.Case.ID)
	if err != nil {
		return err
	}
	if who.in(f.Subject) {
		return fault.Field("request.rename", fieldSubject, "“%s”：写到了申请人是谁。简称会出现在清单、通知和日历里，请删去。", fieldSubject)
	}
	t.Rename(neutralTitle(t.Case.Number, t.Data.Kind, t.Data.Channel, f.Subject))
	t.Record(map[string]string{"subject": f.Subject})
	return nil
}

// in reports that a text tells who asked, however it is spaced.
func (a *Applicant) in(text string) bool {
	text = squeeze(text)
	for _, x := range []string{a.Name, a.Leader, a.Contact, a.Proof, a.Phone, a.Mail, a.Address} {
		if x = squeeze(x); utf8.RuneCountInString(x) > 1 && strings.Contains(text, x) {
			return true
		}
	}
	return false
}

var serialOf = regexp.MustCompile(`\d+号$`)

// doors are the channels in a word.
var doors = map[clock.Channel]string{clock.InPerson: "当面", clock.PostSigned: "邮寄", clock.PostOrdinary: "平信", clock.Fax: "传真", clock.Online: "网上"}

// neutralTitle tells requests apart without a personal word: the serial of the
// register, what kind of applicant, by which way; or the house's short name.
func neutralTitle(number string, kind ApplicantKind, ch clock.Channel, subject string) string {
	serial := serialOf.FindString(number)
	if subject != "" {
		if serial == "" {
			return subject
		}
		return subject + "（公开申请" + serial + "）"
	}
	who := "法人、其他组织"
	if kind == Natural || kind == "" {
		who = "公民"
	}
	return "政府信息公开申请" + serial + "（" + who + "，" + doors[ch] + "）"
}
