package request

import (
	"context"
	"slices"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/docfile"
	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// ActOnSpot answers a request while its applicant stands at the counter.
const ActOnSpot casework.Action = "answer_on_spot"

// LetterOnSpot is the template id of a slip that the applicant signs at the
// counter; it is an answer like any other.
const LetterOnSpot = "answer/on_spot"

// OnSpotOutcomes are those that an organ may allow to be answered at once:
// nothing is withheld by them, so nobody else has to look first. Givings are
// the ones that it may if it set nothing.
var (
	OnSpotOutcomes = []Outcome{GrantPublic, Grant, NotOurs, DenyQuery, Publication, Petition}
	givings        = []Outcome{GrantPublic, Grant}
)

// The papers of an answer on the spot: a slip to be signed, or the letter.
const (
	PaperSlip   = "slip"
	PaperLetter = "letter"
)

// OnSpotPapers lists them with their names.
var OnSpotPapers = []struct{ Code, Name string }{{PaperSlip, "当场答复单（申请人签名）"}, {PaperLetter, "答复书、告知书"}}

// OnSpotForm is what was said or handed out at the counter.
type OnSpotForm struct {
	Item    Item
	Paper   string
	NoThird bool   // the clerk looked: it touches no third party
	Proof   string // of service: who signed what
}

// OnSpotAllowed are the outcomes that may be answered at once here.
func (p *Profile) OnSpotAllowed() []Outcome {
	if p.OnSpot == nil {
		return givings
	}
	return p.OnSpot
}

// onSpot is the chapter of answers on the spot: decision, letter and service in
// one act, with the same facts and rows as an answer that went the long way.
func (r *Room) onSpot() chapter {
	return chapter{steps: []step{{Action: ActOnSpot, Name: "当场答复", From: []casework.State{Submitted, Working}, To: []casework.State{Served}, Right: access.HandleRequest,
		Refuse: refuseOnSpot, Form: func() any { return &OnSpotForm{} }, Check: checkOnSpot, Effect: r.answerOnSpot}}}
}

func refuseOnSpot(c *casework.Case, q *Request, today workday.Date) string {
	switch came := workday.DateOf(q.Submitted); {
	case q.Channel != clock.InPerson:
		return "申请人当面提出的申请，才能当场答复。"
	case came != today:
		return "只有收到申请的当天才能当场答复，这件是" + came.Chinese() + "收到的。"
	case q.Service.Round() != 1:
		return "重新答复要经过审核和签发，不能当场答复。"
	case len(q.Work.Parties) > 0:
		return "已经征求第三方或者其他机关的意见，不能当场答复。"
	}
	if reason := refuseSign(c, q, today); reason != "" {
		return reason
	}
	switch {
	case q.Profile.Counsel:
		return "本机关规定审核前要有法律顾问或者公职律师的意见，不能当场答复。"
	case len(q.Profile.OnSpotAllowed()) == 0:
		return "本机关的答复设置规定不当场答复。"
	}
	if reason := q.Material.refuse(false); reason != "" {
		return reason
	}
	return q.Material.refuse(true)
}

func checkOnSpot(c *casework.Case, q *Request, form any, today workday.Date) error {
	f := form.(*OnSpotForm)
	f.Proof = strings.TrimSpace(f.Proof)
	if !slices.Contains(q.Profile.OnSpotAllowed(), f.Item.Outcome) {
		return fault.Field("request.checkOnSpot", "答复结果", "“答复结果”：请选择本机关的答复设置允许当场答复的结果；其他结果要经过审核和签发。")
	}
	if err := choose("出具文书", f.Paper, OnSpotPapers); err != nil {
		return err
	}
	if f.Paper == PaperSlip && !slices.Contains(givings, f.Item.Outcome) {
		return fault.Field("request.checkOnSpot", "出具文书", "“出具文书”：没有提供信息的，要出具%s，不能只用当场答复单。", mustLetter(f.Item.Outcome))
	}
	if f.Item.Outcome == Grant && !f.NoThird {
		return fault.Field("request.checkOnSpot", "不涉及第三方", "“不涉及第三方”：请核对提供的内容。涉及商业秘密、个人隐私的，要先征求第三方意见，不能当场答复。")
	}
	if err := words("凭证", f.Proof, true); err != nil {
		return err
	}
	if err := (Decision{Items: []Item{f.Item}}).check(); err != nil {
		return err
	}
	as := *q
	as.decideAtOnce(f, today)
	if names := as.composeOnSpot(c, f.Paper, "", today).Names(); len(names) > 0 {
		return fault.Newf(fault.Invalid, "request.checkOnSpot", "答复还缺：%s。", join(names))
	}
	return nil
}

func mustLetter(o Outcome) string {
	info, _ := o.Info()
	return info.Letter
}

// decideAtOnce enters the decision of the form.
func (q *Request) decideAtOnce(f *OnSpotForm, today workday.Date) {
	q.Decision = Decision{Items: []Item{f.Item}, Outcome: f.Item.Outcome}
	q.Outcome = f.Item.Outcome
	if q.ReceivedOn.IsZero() {
		q.ReceivedOn = today
	}
}

// composeOnSpot is the answer as a letter, or as a slip with a place for the
// applicant's signature.
func (q *Request) composeOnSpot(c *casework.Case, paper, clerk string, today workday.Date) *Composed {
	out := ComposeAnswer(c, q, today)
	if paper == PaperSlip {
		out.Template, out.Title = LetterOnSpot, "政府信息公开当场答复单"
		out.Sections = append(out.Sections, Section{ID: "signed", Label: "签收", Rows: true, Locked: "由申请人当场签名。", Align: docfile.AlignLeft,
			Text: "承办人｜" + clerk + "\n申请人收到答复和材料，签名（盖章）｜／　　　　　　　　　　　　年　　月　　日　　时"})
	}
	return out
}

// answerOnSpot registers the receipt where nobody did, decides, issues and
// serves in person.
func (r *Room) answerOnSpot(ctx context.Context, t *turn) error {
	q, f := t.Data, t.Form.(*OnSpotForm)
	if t.Case.State == Submitted {
		if err := r.received(ctx, t, t.Today); err != nil {
			return err
		}
	}
	q.decideAtOnce(f, t.Today)
	no, err := r.letterNumber(ctx, t)
	if err != nil {
		return err
	}
	q.LetterNo, q.SignedBy, q.SignedAt = no, t.Actor.Name, t.Now
	if err := r.issue(ctx, t, q.composeOnSpot(t.Case, f.Paper, t.Actor.Name, t.Today)); err != nil {
		return err
	}
	if err := r.noted(ctx, t, serviceNote{round: 1, attempt: 1, kind: noteSent, channel: ServeCounter, on: t.Today, signed: t.Today, proof: f.Proof}); err != nil {
		return err
	}
	if err := freeze(ctx, t); err != nil {
		return err
	}
	if err := lapseExtension(ctx, t); err != nil {
		return err
	}
	t.Record(map[string]any{"outcome": string(q.Outcome), "number": no, "how": ServeCounter, "on": t.Today.String(), "attempt": 1})
	return nil
}
