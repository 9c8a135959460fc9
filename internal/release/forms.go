package release

import (
	"strings"
	"time"
	"unicode/utf8"

	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// The actions on a slip.
const (
	ActSave         casework.Action = "save"
	ActSubmit       casework.Action = "submit"
	ActPassReview   casework.Action = "pass_review"
	ActPassSecrecy  casework.Action = "pass_secrecy"
	ActRefer        casework.Action = "refer_secrecy"
	ActPassOwn      casework.Action = "pass_own_secrecy"
	ActPassUnit     casework.Action = "pass_unit"
	ActPassLegality casework.Action = "pass_legality"
	ActReturn       casework.Action = casework.ActReturn
	ActSign         casework.Action = "sign"
	ActSignUrgent   casework.Action = "sign_urgent"
	ActUnsign       casework.Action = "unsign"
	ActPaper        casework.Action = "register_paper"
	ActRecall       casework.Action = "recall"
	ActPublish      casework.Action = "publish"
	ActFail         casework.Action = "fail"
	ActAfterReview  casework.Action = "after_review"
	ActMended       casework.Action = "mended"
	ActDrop         casework.Action = "drop"
	ActAnswer       casework.Action = "answer_finding"
	// The review afterwards of the gate of normative documents.
	ActAfterLegality casework.Action = "after_legality"
	// Notes beside the table: what goes out with a text counts as drafting,
	// paper that only proves something does not.
	ActAddFile  casework.Action = "add_file"
	ActAddPaper casework.Action = "add_paper"
	ActDropFile casework.Action = "drop_file"
)

// The states of a slip.
const (
	Drafting   casework.State = "drafting"
	Checking   casework.State = "checking"
	Signing    casework.State = "signing"
	Releasing  casework.State = "releasing"
	Afterwards casework.State = "afterwards"
	Mending    casework.State = "mending" // a review afterwards found it wrong
	Published  casework.State = "published"
	Kept       casework.State = "kept"
	Dropped    casework.State = "dropped"
)

// SaveForm changes a draft. A nil part stays as it is. Version is the text the
// writer started from; when somebody else saved meanwhile nothing is lost: the
// save is refused with a *Stale that carries the other text.
type SaveForm struct {
	Version  int
	Paper    *Paper
	Decision *Decision
	Traits   *Traits
	Keep     bool // keep this state in the list of versions, not just as an automatic save
}

// Decision is what a slip decides about disclosure.
type Decision struct {
	Attribute Attribute
	Reason    string
	Ground    string
	Audience  string
	For       int64
	FormedOn  workday.Date
	Listed    int64 // entry of the negative list that it used, 0 for none
}

// Stale is the refusal of a save that started from an older text.
type Stale struct{ Now Paper }

// Error is for the log.
func (s *Stale) Error() string { return "somebody else saved a newer text" }

// OpinionForm passes a gate, or several at once.
type OpinionForm struct {
	Opinion string
	Outcome string // of the legality review (F-24), and of a review afterwards
	Answer  string // number of the reply, after 报请确定
}

// ReasonForm sends something back, recalls or drops it.
type ReasonForm struct{ Reason string }

// SignForm signs a text, now or for a set time.
type SignForm struct {
	Opinion string
	At      time.Time // zero: as soon as the time for undoing is over
	Reason  string    // of the emergency lane
}

// PaperForm registers a sign-off that happened on paper or in the office system.
type PaperForm struct {
	Signer   string // who signed
	Reviewer string // who did the secrecy review
	On       workday.Date
	How      string // paper, office
	Number   string // of the slip in the office system
	Legality string // number of the legality opinion, for a normative text
	At       time.Time
}

// FindingForm answers a finding of the checks.
type FindingForm struct {
	Mark   string
	State  string // dismissed, signed, open to take an answer back
	Reason string
}

// maxOpinion bounds an opinion in runes.
const maxOpinion = 1000

func checkWords(field, s string, required bool) error {
	s = strings.TrimSpace(s)
	switch {
	case required && s == "":
		return fault.Field("release.checkWords", field, "“%s”：请填写。", field)
	case utf8.RuneCountInString(s) > maxOpinion:
		return fault.Field("release.checkWords", field, "“%s”：不能超过 %d 个字。", field, maxOpinion)
	}
	return nil
}

// checkPlan refuses a time that has passed or lies too far ahead.
func checkPlan(at time.Time, today workday.Date, now time.Time) error {
	switch {
	case at.IsZero():
		return nil
	case at.Before(now):
		return fault.Field("release.checkPlan", "发布时间", "“发布时间”：%s 已经过去了，请选以后的时间，或者留空立即发布。", at.In(workday.Zone).Format("2006-01-02 15:04"))
	case workday.DateOf(at).After(today.AddDays(366)):
		return fault.Field("release.checkPlan", "发布时间", "“发布时间”：最多定在一年以内。")
	}
	return nil
}
