package request

import (
	"context"
	"slices"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/workday"
)

// Stage is one of the five stages that a file must show, with what is
// missing of it.
type Stage struct {
	Name    string
	Missing string // Chinese, "" when the stage is whole
}

// Completeness looks whether the file of a request is whole: registered,
// reviewed, handled, answered, served with proof. The fifth stage is the act of
// archiving itself.
func Completeness(c *casework.Case, q *Request) []Stage {
	out := []Stage{{Name: "登记"}, {Name: "办理"}, {Name: "审核"}, {Name: "答复"}, {Name: "送达"}}
	if q.ReceivedOn.IsZero() || !slices.ContainsFunc(q.Letters, func(l Letter) bool { return l.Kind == LetterReceipt }) {
		out[0].Missing = "没有收到日期或者登记回执"
	}
	if err := q.Decision.check(); err != nil {
		out[1].Missing = "没有完整的答复意见"
	}
	if q.SignedBy == "" && !since(c, ActPass) {
		out[2].Missing = "没有审核或者签发记录"
	}
	if q.LetterNo == "" || !slices.ContainsFunc(q.Letters, func(l Letter) bool { return l.Number == q.LetterNo }) {
		out[3].Missing = "没有编了文号的答复书"
	}
	out[4].Missing = q.Service.unproved()
	return out
}

// since reports whether an action was done in the round under way.
func since(c *casework.Case, a casework.Action) bool {
	for i := len(c.Done) - 1; i >= 0; i-- {
		switch c.Done[i].Action {
		case a:
			return true
		case ActAnswerAnew:
			return false
		}
	}
	return false
}

// unproved says what the service of this round lacks. A letter that came back
// twice by post may rest: the posting answered the clock.
func (s *Service) unproved() string {
	if s.Delivered() != nil {
		return ""
	}
	back := 0
	for _, a := range s.of(s.Round()) {
		if a.Channel == ServePost && a.Result == ServeFailed {
			back++
		}
	}
	switch {
	case back >= 2:
		return ""
	case s.Pending() != nil:
		return "送达还没有结果，请先登记签收或者没有送达"
	}
	return "没有送达凭证"
}

// archiving is the chapter that closes a request.
func (r *Room) archiving() chapter {
	return chapter{
		steps: []step{{Action: ActArchive, Name: "归档", From: []casework.State{Answered, Served}, To: []casework.State{Archived}, Right: access.HandleRequest, Refuse: refuseArchive, Effect: archive}},
		tasks: func(c *casework.Case, q *Request) []casework.Task {
			if c.State == Served && q.Service.unproved() == "" {
				return []casework.Task{{Name: "archive", Right: access.HandleRequest}}
			}
			return nil
		},
		names: map[string]string{"archive": "归档"},
	}
}

func refuseArchive(c *casework.Case, q *Request, _ workday.Date) string {
	var missing []string
	for _, s := range Completeness(c, q) {
		if s.Missing != "" {
			missing = append(missing, s.Name+"："+s.Missing)
		}
	}
	if len(missing) > 0 {
		return "档案还不齐（A-106）。" + join(missing) + "。"
	}
	return ""
}

// archive sets anew for how long the file is kept: from the day it is closed.
func archive(ctx context.Context, t *turn) error {
	until := t.Today.AddMonths(12 * t.Data.Profile.keep())
	t.Record(map[string]string{"retain_until": until.String()})
	_, err := t.Tx.ExecContext(ctx, `UPDATE requests SET retain_until = $2 WHERE case_id = $1`, t.Case.ID, until.String())
	return err
}
