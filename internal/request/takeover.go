package request

import (
	"context"
	"strings"

	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/workday"
)

// OldEntry is one line of an old register as it is taken over. Zero days and
// empty words are what the register does not say.
type OldEntry struct {
	Row       int // in its sheet
	Number    string
	On        workday.Date // receipt
	Channel   clock.Channel
	Applicant Applicant
	Content   string
	Outcome   Outcome
	Answered  workday.Date
	LetterNo  string
	Closed    bool
}

// whereOld puts a request of the past where its register leaves it.
func whereOld(_ *casework.Case, _ *Request, form any) casework.State {
	if form.(*OldEntry).Closed {
		return Archived
	}
	return Working
}

// takeOver brings a line of an old register to where it stands: closed with its
// answer, or open with the clock running from its receipt.
func (r *Room) takeOver(ctx context.Context, t *turn) error {
	q, e := t.Data, t.Form.(*OldEntry)
	q.ReceivedOn, q.Outcome, q.LetterNo, q.ServedOn = e.On, e.Outcome, e.LetterNo, e.Answered
	if e.Outcome != "" {
		q.Decision = Decision{Outcome: e.Outcome, Items: []Item{{What: e.Content, Outcome: e.Outcome}}}
	}
	if !e.Answered.IsZero() {
		t.Fact(answerClock, clock.Fact{Event: clock.AnswerServed, At: clock.On(e.Answered)})
	}
	t.Record(map[string]string{"number": e.Number, "received_on": e.On.String()})
	return q.update(ctx, t.Tx)
}

// oldApplication is an entry as the room writes applications down.
func (e *OldEntry) application(organ int64, door Door) Application {
	a := Application{Organ: organ, Channel: e.Channel, On: e.On, Applicant: e.Applicant, Content: strings.TrimSpace(e.Content), Way: "paper", Delivery: "counter", Informed: true, Door: &door}
	return a
}
