package request

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// Kin is another case that this one came from or went into.
type Kin struct {
	Kind   string // one of the kin kinds
	Case   int64
	Number string
}

// The kinds of kin. They stand in rows.
const (
	KinSplitInto  = "split_into"
	KinSplitFrom  = "split_from"
	KinMergedInto = "merged_into"
	KinMergedFrom = "merged_from"
	KinSentOn     = "sent_on"
	KinCameFrom   = "came_from"
)

var kinNames = map[string]string{KinSplitInto: "拆分出", KinSplitFrom: "拆分自", KinMergedInto: "已并入", KinMergedFrom: "并入的申请", KinSentOn: "已转送为", KinCameFrom: "转送自"}

// Name is the relation in Chinese.
func (k Kin) Name() string { return kinNames[k.Kind] }

func kin(ctx context.Context, q store.Querier, id int64) (out []Kin, err error) {
	rows, err := q.QueryContext(ctx, `SELECT l.kind, c.id, c.number FROM case_links l JOIN cases c ON c.id = l.target
		WHERE l.case_id = $1 AND l.kind IN ('split_into', 'split_from', 'merged_into', 'merged_from', 'sent_on', 'came_from') ORDER BY l.kind, c.id`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var k Kin
		if err := rows.Scan(&k.Kind, &k.Case, &k.Number); err != nil {
			return nil, err
		}
		out = append(out, k)
	}
	return out, rows.Err()
}

// Onward is where a merged or handed-on request is now worked on, for the page
// of its applicant, who is the same person.
type Onward struct {
	Number, Code string
	Organ        int64
}

// Onward finds the case that goes on for a closed one; nil for none.
func (r *Room) Onward(ctx context.Context, q *Request) (out *Onward, err error) {
	defer fault.Wrap(&err, "request.Onward(%d)", q.Case)
	for _, k := range q.Intake.Kin {
		if k.Kind != KinMergedInto && k.Kind != KinSentOn {
			continue
		}
		c, err := r.kernel.Case(ctx, k.Case)
		if err != nil {
			return nil, err
		}
		code, err := r.codeOfCase(ctx, r.db.Reader(), k.Case)
		return &Onward{Number: c.Number, Code: code, Organ: c.Organ}, err
	}
	return nil, nil
}

// SplitForm parts a request into its matters: the first stays in the case, each
// other becomes a case of its own.
type SplitForm struct{ Matters []string }

// maxParts bounds how many matters one request is parted into.
const maxParts = 10

func refuseSplit(c *casework.Case, _ *Request, _ workday.Date) string {
	if c.Has(ActConsult) || c.Has(ActDecide) {
		return "已经征求意见或者提出答复意见，不能再拆分；请在答复意见里分项写。"
	}
	return ""
}

func checkSplit(_ *casework.Case, _ *Request, form any, _ workday.Date) error {
	f := form.(*SplitForm)
	f.Matters = slices.DeleteFunc(f.Matters, func(s string) bool { return strings.TrimSpace(s) == "" })
	bad := func(format string, args ...any) error {
		return fault.Field("request.checkSplit", "拆分成的事项", "“拆分成的事项”："+format, args...)
	}
	if len(f.Matters) < 2 {
		return bad("请至少写两项，每行一项。第一项留在本件，其余各立一件。")
	}
	if len(f.Matters) > maxParts {
		return bad("最多拆成 %d 件。", maxParts)
	}
	for i, m := range f.Matters {
		if err := words("拆分成的事项", m, true); err != nil {
			return err
		}
		for j := range i {
			if Alike(m, f.Matters[j]) == 100 {
				return bad("第 %d 项和第 %d 项相同。", j+1, i+1)
			}
		}
	}
	return nil
}

// ContinueForm brings a part into the state of the request it was parted from.
type ContinueForm struct{ On workday.Date }

// split opens a case for each matter beyond the first. A part has the facts of
// receipt of the whole, so that its clock is the same.
func (r *Room) split(ctx context.Context, t *turn) error {
	f := t.Form.(*SplitForm)
	a, err := r.reopen(ctx, t)
	if err != nil {
		return err
	}
	var numbers []string
	for _, matter := range f.Matters[1:] {
		a.Content = strings.TrimSpace(matter)
		c, err := r.sibling(ctx, t, a, t.Case.Organ, func(n *turn) {
			for _, x := range t.Case.Clock(answerClock) {
				n.Fact(answerClock, x)
			}
			n.Link(KinSplitFrom, t.Case.ID)
		})
		if err != nil {
			return err
		}
		if t.Case.State == Working {
			if _, err := r.kernel.ApplyIn(ctx, t.Tx, casework.Do{Case: c.ID, Action: ActContinue, Actor: casework.Product, Form: &ContinueForm{On: t.Data.ReceivedOn}}); err != nil {
				return err
			}
		}
		t.Link(KinSplitInto, c.ID)
		numbers = append(numbers, c.Number)
	}
	q := t.Data
	q.Content = strings.TrimSpace(f.Matters[0])
	t.Record(map[string][]string{"numbers": numbers})
	return q.update(ctx, t.Tx)
}

func (r *Room) continuePart(ctx context.Context, t *turn) error {
	q := t.Data
	q.ReceivedOn = t.Form.(*ContinueForm).On
	t.Record(map[string]string{"received_on": q.ReceivedOn.String()})
	if err := r.issueFrom(ctx, t, LetterReceipt, nil); err != nil {
		return err
	}
	return q.update(ctx, t.Tx)
}

// reopen reads the application of a case as it was handed in, for the cases
// that come out of it; nobody is shown it.
func (r *Room) reopen(ctx context.Context, t *turn) (a Application, err error) {
	q := t.Data
	who, err := r.applicantIn(ctx, t.Tx, q.Case)
	if err != nil {
		return a, err
	}
	a = Application{Applicant: who, Channel: q.Channel, On: workday.DateOf(q.Submitted), Content: q.Content, Features: q.Features, Way: q.Way, Delivery: q.Delivery, Electronic: q.Electronic,
		Informed: true, FilledBy: q.FilledBy}
	if q.Intake.Via != "" {
		door := q.Intake.Door
		a.Door = &door
	}
	return a, nil
}

// sibling opens another case out of one, in the same transaction.
func (r *Room) sibling(ctx context.Context, t *turn, a Application, organ int64, begin func(n *turn)) (*casework.Case, error) {
	c, _, err := casework.Open(ctx, r.kernel, t.Tx, casework.Start{Kind: Kind, Organ: organ, Title: "政府信息公开申请", Actor: t.Actor}, func(ctx context.Context, n *turn) error {
		begin(n)
		return r.insert(ctx, n, a, codeOf(rand.Text()))
	})
	return c, err
}

// MergeForm names the other case of a merger.
type MergeForm struct{ Case int64 }

// Doubles are the open requests into which one may go: earlier ones of the same
// applicant to the same organ.
func (q *Request) Doubles() (out []Prior) {
	for _, e := range q.Intake.Prior {
		if e.Open && slices.Contains([]casework.State{Submitted, Working, Correcting, Reviewing, Signing, Answered}, e.State) {
			out = append(out, e)
		}
	}
	return out
}

func refuseMerge(c *casework.Case, q *Request, _ workday.Date) string {
	switch {
	case len(q.Doubles()) == 0:
		return "同一申请人没有更早的、还在办理的申请可以并入。"
	case c.Has(ActConsult):
		return "已经征求过意见，不能并入另一件。"
	}
	return ""
}

func checkMerge(_ *casework.Case, q *Request, form any, _ workday.Date) error {
	f := form.(*MergeForm)
	if !slices.ContainsFunc(q.Doubles(), func(e Prior) bool { return e.Case == f.Case }) {
		return fault.Field("request.checkMerge", "并入哪一件", "“并入哪一件”：请选择同一申请人还在办理的一件。")
	}
	return nil
}

// merge closes the later of two; the earlier keeps its clock.
func (r *Room) merge(ctx context.Context, t *turn) error {
	into := t.Form.(*MergeForm).Case
	res, err := r.kernel.ApplyIn(ctx, t.Tx, casework.Do{Case: into, Action: ActTakeIn, Actor: casework.Product, Form: &MergeForm{Case: t.Case.ID}})
	if err != nil {
		return err
	}
	t.Link(KinMergedInto, into)
	t.Record(map[string]string{"number": res.Case.Number})
	return nil
}

func (r *Room) takeIn(ctx context.Context, t *turn) error {
	from := t.Form.(*MergeForm).Case
	var number string
	if err := t.Tx.QueryRowContext(ctx, `SELECT number FROM cases WHERE id = $1`, from).Scan(&number); err != nil {
		return err
	}
	t.Link(KinMergedFrom, from)
	t.TellHolders("merged", access.HandleRequest, t.Case.Organ, 0)
	t.Record(map[string]string{"number": number})
	return nil
}

// kinNumbers names a case in a sentence.
func kinNumbers(list []Kin, kind string) string {
	var out []string
	for _, k := range list {
		if k.Kind == kind {
			out = append(out, k.Number)
		}
	}
	return join(out)
}

// CountedOnce is the condition on cases c under which a request counts in any
// statistics (A-106, table three of the annual report): one that went into
// another case, or to another organ, counts there, with the outcome it gets
// there; each part of one that was split counts for itself.
const CountedOnce = `c.state NOT IN ('merged', 'transferred')`

// Trail tells in one sentence a relation what became of a request.
func (q *Request) Trail() (out []string) {
	for _, x := range []struct{ kind, words string }{
		{KinSplitFrom, "由%s拆分而来，收到日期和期限与它相同。"}, {KinSplitInto, "拆分出%s，各自办理、各自答复。"},
		{KinMergedFrom, "%s的内容并入本件一起答复。"}, {KinMergedInto, "已并入%s，由那一件答复，年度统计只计那一件。"},
		{KinCameFrom, "由%s转送而来，期限从本机关收到之日起算。"}, {KinSentOn, "已转送，对方的编号是%s，年度统计由对方计。"}} {
		if n := kinNumbers(q.Intake.Kin, x.kind); n != "" {
			out = append(out, fmt.Sprintf(x.words, n))
		}
	}
	return out
}
