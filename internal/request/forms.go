package request

import (
	"slices"
	"strings"
	"unicode/utf8"

	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// The states of a request (A8.8).
const (
	Submitted  casework.State = "submitted"
	Working    casework.State = "working"
	Correcting casework.State = "correcting"
	Reviewing  casework.State = "reviewing"
	Signing    casework.State = "signing"
	Answered   casework.State = "answered"
	Served     casework.State = "served"
	Archived   casework.State = "archived"
	Withdrawn  casework.State = "withdrawn"
)

// The actions.
const (
	ActConfirm     casework.Action = "confirm"
	ActAutoConfirm casework.Action = "auto_confirm"
	ActCorrect     casework.Action = "ask_correction"
	ActCorrected   casework.Action = "corrected"
	ActConsult     casework.Action = "consult"
	ActConsultGot  casework.Action = "consult_received"
	ActReply       casework.Action = "reply"
	ActExtend      casework.Action = "extend"
	ActDecide      casework.Action = "decide"
	ActPass        casework.Action = "pass"
	ActSign        casework.Action = "sign"
	ActServe       casework.Action = "serve"
	ActArchive     casework.Action = "archive"
	ActWithdraw    casework.Action = "withdraw"
	ActApplicant   casework.Action = "applicant_corrected"
	ActTakeBack    casework.Action = "applicant_withdrew"
)

// ConfirmForm confirms the receipt of a request.
type ConfirmForm struct {
	On workday.Date // zero is today
}

// CorrectForm asks the applicant, once, to mend everything that is unclear.
type CorrectForm struct {
	Points []string // what to mend, every point
	Days   int      // working days, 0 is the default
}

// CorrectedForm brings what the applicant mended.
type CorrectedForm struct {
	Content string
	On      workday.Date
	Excuse  string // the good reason of a correction after its time
}

// ExtendForm extends the time for the answer, once.
type ExtendForm struct {
	Days   int // working days, at most 20
	Reason string
}

// DecideForm proposes the decision.
type DecideForm struct{ Decision Decision }

// NoteForm is an opinion or a reason.
type NoteForm struct{ Text string }

// ServeForm notes the service of the answer.
type ServeForm struct {
	How   string // online, mail, post, counter
	On    workday.Date
	Proof string
}

// maxWords bounds a text field in runes.
const maxWords = 4000

func words(field, s string, required bool) error {
	switch n := utf8.RuneCountInString(strings.TrimSpace(s)); {
	case required && n == 0:
		return fault.Field("request.words", field, "“%s”：请填写。", field)
	case n > maxWords:
		return fault.Field("request.words", field, "“%s”：不能超过 %d 个字。", field, maxWords)
	}
	return nil
}

// onDay refuses a day that has not come, or that lies before the request came in.
func onDay(field string, on, from, today workday.Date) error {
	switch {
	case on.IsZero():
		return fault.Field("request.onDay", field, "“%s”：请填写日期。", field)
	case on.After(today):
		return fault.Field("request.onDay", field, "“%s”：%s还没有到。", field, on.Chinese())
	case on.Before(from):
		return fault.Field("request.onDay", field, "“%s”：%s在收到申请之前。", field, on.Chinese())
	}
	return nil
}

// check looks whether a decision is whole: outcome, and for each item what its
// letter cannot do without (A8.5).
func (d Decision) check() error {
	if len(d.Items) == 0 {
		return fault.Field("request.Decision", "答复结果", "“答复结果”：请至少写一项。")
	}
	for i, it := range d.Items {
		info, ok := it.Outcome.Info()
		if !ok {
			return fault.Field("request.Decision", "答复结果", "“答复结果”：第 %d 项还没有选结果，没有依据的不能保存（A-16）。", i+1)
		}
		for _, g := range it.Grounds {
			if !slices.Contains(PartialGrounds, g) {
				return fault.Field("request.Decision", "不予公开部分的依据", "“不予公开部分的依据”：第 %d 项请从列出的依据里选。", i+1)
			}
		}
		if it.Sort != "" && !slices.Contains(Sorts[it.Outcome], it.Sort) {
			return fault.Field("request.Decision", "属于哪一类", "“属于哪一类”：第 %d 项选的类别和答复结果对不上。", i+1)
		}
		for _, n := range info.Needs {
			have := map[Need]string{NeedReason: it.Reason, NeedWay: it.Way, NeedSearch: it.Search, NeedContent: it.Content, NeedOwner: it.Owner}[n]
			if n == NeedOwner { // only where the right organ can be determined
				continue
			}
			if err := words(needNames[n], have, true); err != nil {
				return fault.Field("request.Decision", needNames[n], "“%s”：第 %d 项“%s”的答复不能没有它。", needNames[n], i+1, info.Name)
			}
		}
	}
	return nil
}

var needNames = map[Need]string{NeedReason: "理由", NeedWay: "获取方式", NeedSearch: "检索记录", NeedContent: "提供的内容", NeedOwner: "负责公开的机关"}
