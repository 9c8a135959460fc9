// Package clock turns facts about a duty into its due time and the lines of
// the sum. Callers store facts only (received, notice sent, reply of a party);
// what they do to the clock (spans excluded, restarts, extensions) is derived
// here, by the rules of the handbook, and never stored. The package is pure:
// no clock of its own, no I/O; the order of the facts does not matter.
package clock

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"gongkai/internal/workday"
)

// Event is the kind of a fact. The words are promised: commands read them.
type Event string

// The events. The second half is understood beside the promised ones, for
// clocks whose facts the promise does not name.
const (
	Submitted              Event = "submitted"
	Arrived                Event = "arrived"
	Posted                 Event = "posted"     // up to receipt: by the applicant; after it: the answer
	SignedFor              Event = "signed_for" // up to receipt: by the organ; after it: by the applicant
	FaxReceived            Event = "fax_received"
	BothConfirmed          Event = "both_confirmed"
	StaffConfirmed         Event = "staff_confirmed"
	ConfirmedWithApplicant Event = "confirmed_with_applicant"
	CorrectionNoticeSent   Event = "correction_notice_sent"
	CorrectionNoticeServed Event = "correction_notice_served"
	CorrectionReceived     Event = "correction_received"
	ConsultSent            Event = "consult_sent"
	ConsultReceived        Event = "consult_received"
	ReplyReceived          Event = "reply_received"
	ExtensionApproved      Event = "extension_approved"
	FeeNoticeSent          Event = "fee_notice_sent"
	FeeNoticeReceived      Event = "fee_notice_received"
	FeePaid                Event = "fee_paid"
	AnswerServed           Event = "answer_served"
	ReconsiderationServed  Event = "reconsideration_decision_served"
	InformationFormed      Event = "information_formed"
	DecisionMade           Event = "licence_or_punishment_decided"
	BudgetApproved         Event = "budget_approved"
	DocumentPublished      Event = "document_published"

	Received       Event = "received" // begins any clock; what --received states
	Done           Event = "done"     // ends any clock
	DelayStated    Event = "delay_stated"
	RemedyLearned  Event = "remedy_learned"
	DecisionVoided Event = "decision_voided"
	Discovered     Event = "discovered"
	PeriodEnded    Event = "period_ended"
	Closed         Event = "closed"
)

// eventNames are the events in Chinese, for lines and reasons; the list is closed.
var eventNames = map[Event]string{
	Submitted: "提交", Arrived: "到达", Posted: "交邮", SignedFor: "签收", FaxReceived: "收到传真", BothConfirmed: "双方确认",
	StaffConfirmed: "工作人员确认", ConfirmedWithApplicant: "与申请人确认", CorrectionNoticeSent: "发出补正告知", CorrectionNoticeServed: "补正告知送达",
	CorrectionReceived: "收到补正", ConsultSent: "发出征求意见函", ConsultReceived: "对方收到征求意见函", ReplyReceived: "收到意见答复",
	ExtensionApproved: "批准延期", FeeNoticeSent: "发出收费通知", FeeNoticeReceived: "收到收费通知", FeePaid: "缴清费用", AnswerServed: "答复送达",
	ReconsiderationServed: "复议决定送达", InformationFormed: "信息形成或者变更", DecisionMade: "作出许可或者处罚决定", BudgetApproved: "预决算批准或者批复",
	DocumentPublished: "公开发布", Received: "收到", Done: "办结", DelayStated: "告知合理延迟", RemedyLearned: "得知救济权利和期限",
	DecisionVoided: "决定被变更、撤销或者确认违法、无效", Discovered: "发现或者接到通知", PeriodEnded: "期间届满", Closed: "结束",
}

// Name is the event in Chinese, "" for an unknown word.
func (e Event) Name() string { return eventNames[e] }

// Known reports whether the word is one of the events.
func (e Event) Known() bool { return eventNames[e] != "" }

// Channel is how a request came in; it may be empty.
type Channel string

// The channels.
const (
	InPerson     Channel = "in_person"
	PostSigned   Channel = "post_signed"
	PostOrdinary Channel = "post_ordinary"
	Fax          Channel = "fax"
	Online       Channel = "online"
)

// Known reports whether the word is a channel; the empty one is.
func (c Channel) Known() bool {
	switch c {
	case "", InPerson, PostSigned, PostOrdinary, Fax, Online:
		return true
	}
	return false
}

// Party is who was consulted: third_party, third_party_2 …, joint_organ,
// other_organ.
type Party string

var partyWord = regexp.MustCompile(`^(third_party|joint_organ|other_organ)(_[1-9][0-9]{0,3})?$`)

// Known reports whether the word is a party; the empty one is.
func (p Party) Known() bool { return p == "" || partyWord.MatchString(string(p)) }

// Rule is the rule under which consulting that party excludes time
// or A-78; "" when the party is not named.
func (p Party) Rule() string {
	switch {
	case strings.HasPrefix(string(p), "third_party"):
		return "A-76"
	case strings.HasPrefix(string(p), "joint_organ"):
		return "A-77"
	case strings.HasPrefix(string(p), "other_organ"):
		return "A-78"
	}
	return ""
}

// Name is the party in Chinese: 第三方2.
func (p Party) Name() string {
	name := map[string]string{"A-76": "第三方", "A-77": "共同制作机关", "A-78": "其他机关"}[p.Rule()]
	if i := strings.LastIndexByte(string(p), '_'); i >= 0 && partyWord.MatchString(string(p)) && p[i+1] >= '1' && p[i+1] <= '9' {
		name += string(p[i+1:])
	}
	return name
}

// Moment is a civil day in legal time, with a time of day where one is known.
type Moment struct {
	Day   workday.Date
	Clock time.Duration // since midnight
	Timed bool
}

// On is a day without a time of day.
func On(d workday.Date) Moment { return Moment{Day: d} }

// At is an instant in legal time, to the second.
func At(t time.Time) Moment {
	t = t.In(workday.Zone)
	h, m, s := t.Clock()
	return Moment{Day: workday.DateOf(t), Clock: time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second, Timed: true}
}

// ParseMoment reads 2026-01-30, 2026-01-30T11:30 and 2026-01-30T11:30:05, the
// last two also with an offset; without one the time is +08.
func ParseMoment(s string) (Moment, bool) {
	if d, ok := workday.ParseDate(s); ok {
		return On(d), true
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", time.RFC3339} {
		if t, err := time.ParseInLocation(layout, s, workday.Zone); err == nil && t.Year() >= 1 {
			return At(t), true
		}
	}
	return Moment{}, false
}

// IsZero reports an unknown moment.
func (m Moment) IsZero() bool { return m == Moment{} }

// Instant is the moment itself; of a day without time its beginning.
func (m Moment) Instant() time.Time { return m.Day.Time().Add(m.Clock) }

// String is the ISO form, with the time where there is one.
func (m Moment) String() string {
	if !m.Timed {
		return m.Day.String()
	}
	h, min, s := int(m.Clock/time.Hour), int(m.Clock/time.Minute)%60, int(m.Clock/time.Second)%60
	if s != 0 {
		return fmt.Sprintf("%sT%02d:%02d:%02d", m.Day, h, min, s)
	}
	return fmt.Sprintf("%sT%02d:%02d", m.Day, h, min)
}

// Chinese is 2026年1月30日, with 11:30 where the time is known.
func (m Moment) Chinese() string {
	if !m.Timed {
		return m.Day.Chinese()
	}
	return fmt.Sprintf("%s%02d:%02d", m.Day.Chinese(), int(m.Clock/time.Hour), int(m.Clock/time.Minute)%60)
}

// MarshalText gives the ISO form.
func (m Moment) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads what ParseMoment reads; empty text is the unknown moment.
func (m *Moment) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*m = Moment{}
		return nil
	}
	v, ok := ParseMoment(string(b))
	if !ok {
		return fmt.Errorf("clock: no such moment: %q", b)
	}
	*m = v
	return nil
}

// Fact is something that happened. Its JSON form is the event of a batch line.
type Fact struct {
	Event   Event   `json:"event"`
	At      Moment  `json:"date"`
	Who     Party   `json:"who,omitempty"`
	Channel Channel `json:"channel,omitempty"` // of a request, on the facts of its receipt
	// WorkingDays is the length of an extension or of a stated delay, in working days; 0 is the legal most.
	WorkingDays int `json:"working_days,omitempty"`
	// PeriodWorkingDays is the period for correction that a notice sets, in working days; 0 is the default.
	PeriodWorkingDays int `json:"period_working_days,omitempty"`
	// Excused says that a correction came late with a good reason.
	Excused bool `json:"excused,omitempty"`
	// RemedyTold says whether the letter told the remedy and its limit; nil counts as told.
	RemedyTold *bool `json:"remedy_told,omitempty"`
}

func (f Fact) untold() bool { return f.RemedyTold != nil && !*f.RemedyTold }
