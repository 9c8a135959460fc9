package request

import (
	"context"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// ActAnswerAnew takes up a request again after its answer was undone.
const ActAnswerAnew casework.Action = "answer_anew"

// Round is why a request is answered once more.
type Round struct {
	No         int    // 2 for the second answer
	Basis      string // one of RoundBases
	Number     string // of the decision
	DecidedOn  workday.Date
	ReceivedOn workday.Date
	Last       workday.Date // the day that the decision sets; zero: the limit of the Regulation runs anew
}

// RoundBases are what can order a new answer.
var RoundBases = []struct{ Code, Name string }{{"reconsideration", "行政复议决定"}, {"court", "人民法院判决"}, {"superior", "上级机关责令"}, {"self", "本机关自行撤销原答复"}}

// BasisName is the ground in Chinese.
func (r *Round) BasisName() string { return nameOf(RoundBases, r.Basis) }

// AnewForm takes up a request again (A-33 of a decision that was undone, A-70
// for the new answer).
type AnewForm struct {
	Basis      string
	Number     string
	DecidedOn  workday.Date
	ReceivedOn workday.Date
	Last       workday.Date
}

// again is the chapter of answering anew. The first answer stays as it was; the
// new one gets its own number.
func (r *Room) again() chapter {
	return chapter{
		steps: []step{{Action: ActAnswerAnew, Name: "重新答复", From: []casework.State{Served, Archived}, To: []casework.State{Working}, Right: access.ApproveExtension,
			Refuse: refuseGone, Form: func() any { return &AnewForm{} }, Check: checkAnew, Effect: r.anew}},
		notices: map[string]string{"anew": "%s的答复已被撤销或者变更，请重新答复。", "not_served": "%s的答复书没有送达，请再次送达。"},
	}
}

// refuseGone keeps acts away from a request whose file was anonymised.
func refuseGone(_ *casework.Case, q *Request, _ workday.Date) string {
	if q.Service.Anonymised() {
		return "申请人信息已经依法销毁，不能再办理。"
	}
	return ""
}

func checkAnew(_ *casework.Case, q *Request, form any, today workday.Date) error {
	f := form.(*AnewForm)
	f.Number = strings.TrimSpace(f.Number)
	if nameOf(RoundBases, f.Basis) == f.Basis {
		return fault.Field("request.checkAnew", "重新答复的依据", "“重新答复的依据”：请选择。")
	}
	if err := words("决定书文号", f.Number, f.Basis != "self"); err != nil {
		return err
	}
	if err := onServiceDay("决定日期", f.DecidedOn, workday.DateOf(q.SignedAt), "原答复签发", today); err != nil {
		return err
	}
	if err := onServiceDay("收到日期", f.ReceivedOn, f.DecidedOn, "决定", today); err != nil {
		return err
	}
	if !f.Last.IsZero() && f.Last.Before(f.ReceivedOn) {
		return fault.Field("request.checkAnew", "决定限定的最后日期", "“决定限定的最后日期”：%s在收到决定之前。", f.Last.Chinese())
	}
	return nil
}

// anew begins a round: the main clock counts from the decision's receipt, and
// what was registered of the answer before is history.
func (r *Room) anew(ctx context.Context, t *turn) error {
	q, f := t.Data, t.Form.(*AnewForm)
	no := q.Service.Round() + 1
	if _, err := t.Tx.ExecContext(ctx, `INSERT INTO request_rounds (case_id, round, basis, number, decided_on, received_on, last_day, login, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		q.Case, no, f.Basis, f.Number, f.DecidedOn.String(), f.ReceivedOn.String(), f.Last.String(), t.Actor.Login, t.Now.UnixMicro()); err != nil {
		return err
	}
	q.Service.Rounds = append(q.Service.Rounds, Round{no, f.Basis, f.Number, f.DecidedOn, f.ReceivedOn, f.Last})
	t.Fact(answerClock, clock.Fact{Event: clock.Received, At: clock.On(f.ReceivedOn)})
	t.Record(map[string]any{"round": no, "basis": f.Basis, "number": f.Number, "decided_on": f.DecidedOn.String(), "received_on": f.ReceivedOn.String(), "last_day": f.Last.String()})
	t.TellHolders("anew", access.HandleRequest, q.Organ, 0)
	q.ServedOn, q.ServedHow, q.Proof = workday.Date{}, "", ""
	return q.update(ctx, t.Tx)
}

func rounds(ctx context.Context, q store.Querier, id int64) (out []Round, err error) {
	rows, err := q.QueryContext(ctx, `SELECT round, basis, number, decided_on, received_on, last_day FROM request_rounds WHERE case_id = $1 ORDER BY round`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var x Round
		var decided, received, last string
		if err := rows.Scan(&x.No, &x.Basis, &x.Number, &decided, &received, &last); err != nil {
			return nil, err
		}
		for _, d := range []struct {
			into *workday.Date
			text string
		}{{&x.DecidedOn, decided}, {&x.ReceivedOn, received}, {&x.Last, last}} {
			if *d.into, err = day(d.text); err != nil {
				return nil, err
			}
		}
		out = append(out, x)
	}
	return out, rows.Err()
}

// lastDay is the day that a decision set for the round under way; zero mostly.
func (s *Service) lastDay() workday.Date {
	if len(s.Rounds) == 0 {
		return workday.Date{}
	}
	return s.Rounds[len(s.Rounds)-1].Last
}

// Deadline computes the latest day of an answer with its sum, from the facts as
// they stand: the one number of the office page, the letters, the tracking page
// and the calendar file.
func (q *Request) Deadline(c *casework.Case, y *casework.Years) clock.Result {
	last := q.Service.lastDay()
	if last.IsZero() {
		res, _ := y.Sum(c.Organ, "A-70", q.AnswerFacts(c))
		return res
	}
	why := q.Service.Rounds[len(q.Service.Rounds)-1]
	res := clock.Result{State: clock.Running, Due: clock.On(last), Received: clock.On(why.ReceivedOn), Counted: clock.On(why.ReceivedOn), Refused: []clock.Refusal{},
		Steps: []clock.Step{{On: why.ReceivedOn, Text: "收到" + why.BasisName() + "（" + why.Number + "），限定于" + last.Chinese() + "前重新答复。", Rule: "A-70"}}}
	if a, f := q.Service.answered(q.Service.Round()); a != nil {
		res.Ended, res.State = f.At, clock.Met
		if f.At.Day.After(last) {
			res.State = clock.Lapsed
		}
		res.Steps = append(res.Steps, clock.Step{On: f.At.Day, Text: "重新答复已经发出。", Rule: "A-84"})
	}
	return res
}
