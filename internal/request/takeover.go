package request

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/fault"
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
	Twice     bool // another line of the register has the same number
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

// inChunk is how many lines of a register one transaction writes: a break costs
// at most so much work.
const inChunk = 100

// RunTakeOver writes an old register line by line as cases of the past, from
// where an earlier run stopped. Lines that are refused stand in the report of
// losses; taken and refused together are all lines.
func (r *Room) RunTakeOver(ctx context.Context, a access.Actor, id int64) (err error) {
	defer fault.Wrap(&err, "request.RunTakeOver(%d)", id)
	i, err := r.Import(ctx, id)
	if err != nil {
		return err
	}
	lines := i.Lines()
	if !slices.Contains(i.Mapping, "on") || !slices.Contains(i.Mapping, "content") {
		return fault.New(fault.Invalid, "request.RunTakeOver", "“收到日期”和“申请内容”各要对应一列，才能收录。")
	}
	for done := i.Done; i.Finished.IsZero() && done < len(lines); {
		if done, err = r.takeChunk(ctx, a, i, lines, done); err != nil {
			return err
		}
	}
	return nil
}

// takeChunk writes the next lines and moves the mark in one transaction. Two
// runs at once cannot write a line twice: the mark moves from where it stood.
func (r *Room) takeChunk(ctx context.Context, a access.Actor, i *Import, lines []OldLine, from int) (to int, err error) {
	to = min(from+inChunk, len(lines))
	err = r.db.Tx(ctx, func(tx *sql.Tx) error {
		taken, refused := 0, 0
		for _, l := range lines[from:to] {
			if l.Entry == nil {
				refused++
				continue
			}
			taken++
		}
		finished := int64(0)
		if to == len(lines) {
			finished = r.now().UnixMicro()
		}
		res, err := tx.ExecContext(ctx, `UPDATE request_imports SET started_at = CASE WHEN started_at = 0 THEN $2 ELSE started_at END, done = $3, taken = taken + $4, refused = refused + $5, finished_at = $6
			WHERE id = $1 AND done = $7`, i.ID, r.now().UnixMicro(), to, taken, refused, finished, from)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, fault.New(fault.Conflict, "request.takeChunk", "另一个窗口正在收录这个文件，请刷新页面看进度。"))
		}
		for _, l := range lines[from:to] {
			if l.Entry == nil {
				continue
			}
			if err := r.takeLine(ctx, tx, a, i, l.Entry); err != nil {
				return fmt.Errorf("row %d: %w", l.Row, err)
			}
		}
		if finished == 0 {
			return nil
		}
		return audit.Record(ctx, tx, audit.Event{At: r.now(), Actor: a.Login, Act: audit.Import, Target: fmt.Sprintf("organ:%d", i.Organ), Outcome: audit.Done, Detail: fmt.Sprintf("原台账收录完毕，共 %d 行", len(lines))})
	})
	return to, err
}

func (r *Room) takeLine(ctx context.Context, tx *sql.Tx, actor access.Actor, i *Import, e *OldEntry) error {
	number := caseNumber(e)
	var clash int
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM cases WHERE kind = $1 AND number = $2 AND organ_id = $3`, string(Kind), number, i.Organ).Scan(&clash); err != nil {
		return err
	}
	if e.Twice || clash > 0 {
		number += fmt.Sprintf("（%d-%d）", i.ID, e.Row)
	}
	a := e.application(i.Organ, Door{Via: ViaOld, Number: e.Number, Import: i.ID})
	c, _, err := casework.Open(ctx, r.kernel, tx, casework.Start{Kind: Kind, Organ: i.Organ, Title: "政府信息公开申请", Number: number, Actor: actor}, func(ctx context.Context, t *turn) error {
		for _, f := range receiptFacts(e.Channel, e.On, e.On) {
			t.Fact(answerClock, f)
		}
		return r.insert(ctx, t, a, codeOf(rand.Text()))
	})
	if err != nil {
		return err
	}
	// Without a number nobody can tell two people of one name apart; the time to
	// keep runs from the year of the request.
	if _, err := tx.ExecContext(ctx, `UPDATE requests SET blind = CASE WHEN $2 = '' THEN '' ELSE blind END, retain_until = $3 WHERE case_id = $1`,
		c.ID, e.Applicant.Proof[:min(1, len(e.Applicant.Proof))], e.On.AddMonths(12*KeepYears).String()); err != nil {
		return err
	}
	_, err = r.kernel.ApplyIn(ctx, tx, casework.Do{Case: c.ID, Action: ActTakeOver, Actor: casework.Product, Form: e})
	return err
}

// Losses is the report of a register that was taken over: totals, and every
// cell that was not taken as it stood. Reading it is an act in the audit log,
// because cells name people.
func (r *Room) Losses(ctx context.Context, a access.Actor, i *Import) (totals, cells [][]any, err error) {
	defer fault.Wrap(&err, "request.Losses(%d)", i.ID)
	lines := i.Lines()
	taken, refused := 0, 0
	cells = [][]any{{"行", "列", "表头", "原来的内容", "处理", "原因"}}
	for _, l := range lines {
		if l.Entry == nil {
			refused++
		} else {
			taken++
		}
		for _, x := range l.Losses {
			cells = append(cells, []any{x.Row, x.Column, x.Heading, x.Value, x.What, x.Why})
		}
	}
	for _, s := range i.Grid.Others {
		cells = append(cells, []any{"", "", "“" + s + "”表", "", lossLeft, "一次只读一张表，请把这张表另存后再导入"})
	}
	for row := range i.Head {
		for c := range i.Grid.Rows[row] {
			if s := i.Grid.cell(row, c); s != "" && !i.Grid.fromMerged(row, c) {
				cells = append(cells, []any{row + 1, column(c), "", s, lossLeft, "表头以上的标题"})
			}
		}
	}
	totals = [][]any{{"项目", "行数"}, {"表头以下有内容的行", len(lines)}, {"收录", taken}, {"没有收录", refused}, {"没有照原样收录的单元格", len(cells) - 1}}
	return totals, cells, audit.Record(ctx, r.db.Writer(), audit.Event{At: r.now(), Actor: a.Login, Act: audit.ViewPersonal, Target: fmt.Sprintf("organ:%d", i.Organ), Outcome: audit.Done, Detail: "原台账收录差异表"})
}
