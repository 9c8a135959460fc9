package request

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// KeepYears is how long a closed file is kept with who asked; an organ may set
// another number, not fewer than LeastYears: after five years nothing can be
// contested any more.
const (
	KeepYears  = 10
	LeastYears = 5
	MostYears  = 100
)

const textDestroyed = "申请人信息已经依法销毁。"

// keep is the number of years of an organ.
func (p *Profile) keep() int {
	if p == nil || p.Keep == 0 {
		return KeepYears
	}
	return max(p.Keep, LeastYears)
}

// The kinds of what is destroyed, as they stand in rows.
const (
	EraseAll     = "all"     // anonymised after its time
	EraseLeader  = "leader"  // a single field of the applicant
	EraseContact = "contact" //
	ErasePhone   = "phone"
	EraseMail    = "mail"
	EraseAddress = "address"
	EraseContent = "content" // what was asked
	EraseMessage = "message" // one message
)

// Erasures are what can be destroyed alone, on order, with its name.
var Erasures = []struct{ Code, Name string }{{ErasePhone, "申请人电话"}, {EraseMail, "申请人电子邮箱"}, {EraseAddress, "申请人地址"}, {EraseLeader, "法定代表人"}, {EraseContact, "联系人"},
	{EraseContent, "申请内容"}, {EraseMessage, "一条留言"}}

// The states of an erasure.
const (
	eraseOpen = "open"
	eraseDone = "done"
	eraseNo   = "dropped"
)

// Erasure is something that was or shall be destroyed.
type Erasure struct {
	ID       int64
	Case     int64
	What     string
	Target   int64 // of a message or file
	State    string
	Reason   string
	Proposer string
	Decider  string
	At       time.Time
	DoneAt   time.Time
}

// Name is what is destroyed, in Chinese.
func (e *Erasure) Name() string {
	switch {
	case e.What == EraseAll:
		return "申请人信息（到期销毁）"
	case e.Target > 0:
		return fmt.Sprintf("%s（第 %d 号）", nameOf(Erasures, e.What), e.Target)
	}
	return nameOf(Erasures, e.What)
}

// Open reports a proposal that waits for the second person.
func (e *Erasure) Open() bool { return e.State == eraseOpen }

// StateName is how far it is, in Chinese.
func (e *Erasure) StateName() string {
	switch {
	case e.Open():
		return "等另一个人批准"
	case e.State == eraseNo:
		return "没有批准"
	}
	return "已销毁"
}

// Anonymised reports that who asked is destroyed.
func (s *Service) Anonymised() bool {
	for _, e := range s.Erased {
		if e.What == EraseAll && e.State == eraseDone {
			return true
		}
	}
	return false
}

// notDestroyed refuses to keep anything with a request whose file was
// destroyed; the caller holds the lock of the case.
func notDestroyed(ctx context.Context, tx *sql.Tx, id int64) error {
	var n int
	err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM request_erasures WHERE case_id = $1 AND what = $2 AND state = $3`, id, EraseAll, eraseDone).Scan(&n)
	if err == nil && n > 0 {
		err = fault.New(fault.Gone, "request.notDestroyed", textDestroyed)
	}
	return err
}

// Proposed is the single thing that waits to be destroyed; nil for none.
func (s *Service) Proposed() *Erasure {
	for i := range s.Erased {
		if s.Erased[i].Open() {
			return &s.Erased[i]
		}
	}
	return nil
}

// disputed reports a dispute about the answer without a result.
func (q *Request) disputed() bool {
	return slices.ContainsFunc(q.Disputes, func(d *Dispute) bool { return d.Result == "" })
}

func erasures(ctx context.Context, q store.Querier, where string, args ...any) (out []Erasure, err error) {
	rows, err := q.QueryContext(ctx, `SELECT id, case_id, what, target, state, reason, proposer, decider, at, done_at FROM request_erasures WHERE `+where+` ORDER BY id`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var e Erasure
		var at, done int64
		if err := rows.Scan(&e.ID, &e.Case, &e.What, &e.Target, &e.State, &e.Reason, &e.Proposer, &e.Decider, &at, &done); err != nil {
			return nil, err
		}
		e.At, e.DoneAt = instant(at), instant(done)
		out = append(out, e)
	}
	return out, rows.Err()
}

// WhyKept says why who asked cannot be destroyed today; "" when it can.
func (q *Request) WhyKept(c *casework.Case, today workday.Date) string {
	s := &q.Service
	switch {
	case s.Anonymised():
		return textDestroyed
	case c.Open():
		return "还没有办结，不能销毁。"
	case q.disputed():
		return "复议、诉讼等争议还没有结束，不能销毁。"
	case slices.ContainsFunc(q.Work.Helps, Help.Waits): // its answer would outlive the rest
		return "还有没有答复的协助请求，不能销毁。请先撤回。"
	}
	if last := RemedyUntil(c, q, workday.National()).Until(); !last.IsZero() && !today.After(last) {
		return fmt.Sprintf("救济期限到%s才满，不能销毁。", last.Chinese())
	}
	if s.RetainUntil.IsZero() || !today.After(s.RetainUntil) {
		return fmt.Sprintf("保存期限到%s，还没有满。", s.RetainUntil.Chinese())
	}
	return ""
}

// checkErase looks at a proposal: the thing must exist, and be there still.
func checkErase(_ *casework.Case, q *Request, form any, _ workday.Date) error {
	f := form.(*EraseForm)
	f.Reason = strings.TrimSpace(f.Reason)
	if nameOf(Erasures, f.What) == f.What {
		return fault.Field("request.checkErase", "销毁什么", "“销毁什么”：请选择。")
	}
	there := true
	switch f.What {
	case EraseMessage:
		there = false
		for _, m := range q.Messages {
			there = there || m.ID == f.Target
		}
	default:
		f.Target = 0
	}
	if !there {
		return fault.Field("request.checkErase", "编号", "“编号”：没有第 %d 号，请照页面上的编号填写。", f.Target)
	}
	return words("依据和理由", f.Reason, true)
}
