package document

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/publication"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// TakeDown takes a published work off the pages, or puts it back.
type TakeDown struct {
	Work    int64 // public id, or the number of a limited work
	Restore bool
	Reason  string // stands on the trace page
	Ground  string // code of the release room; secret and personal hide the title
	Actor   string // login of who carried it out
	On      workday.Date
}

// Grounds of a withdrawal after which not even the title is shown: it may tell
// what must not be told.
const (
	groundSecret   = "secret"
	groundPersonal = "personal"
)

// stateWithdrawn is the state of the texts of a work that is taken down, beside
// published and expunged. It is computed: the stored row stays as it was signed.
const stateWithdrawn = "withdrawn"

// maxReason bounds a reason in runes.
const maxReason = 500

// TakedownAct is one withdrawal or restoration of a work.
type TakedownAct struct {
	Act    publication.Act // Withdraw or Restore
	Ground string
	Reason string
	Actor  string
	On     workday.Date
	At     time.Time
}

// Withdrawn says that a work was taken down, with all that its trace page may
// show. It is the cause of an error of kind Gone.
type Withdrawn struct {
	Work        int64
	Title       string // "" when the ground forbids it
	DocNo       string // the same
	Organ       *OrganRef
	PublishedAt time.Time // when it first stood on the pages
	On          workday.Date
	Reason      string
	Acts        []TakedownAct // oldest first
}

// Error is the line for the log.
func (w *Withdrawn) Error() string { return fmt.Sprintf("work %d is withdrawn", w.Work) }

// TakeDown withdraws or restores a work inside the caller's transaction; the
// head of the log is locked last. Errors: Invalid when the work is unknown,
// expunged, merged into another or not in that state, with nothing changed.
func (l *Library) TakeDown(ctx context.Context, tx *sql.Tx, t TakeDown) (err error) {
	defer fault.Wrap(&err, "document.TakeDown(%d)", t.Work)
	if err := l.checkTakeDown(&t); err != nil {
		return err
	}
	if IsLimited(t.Work) {
		return l.takeDownLimited(ctx, tx, t)
	}
	id, err := l.takeDownTarget(ctx, tx, t)
	if err != nil {
		return err
	}
	act, flag := takedownName(t.Restore), 1
	if t.Restore {
		flag = 0
	}
	if _, err := tx.ExecContext(ctx, `UPDATE works SET withdrawn = $2 WHERE id = $1`, id, flag); err != nil {
		return err
	}
	var row int64
	if err := tx.QueryRowContext(ctx, `
		INSERT INTO work_takedowns (work_id, act, ground, reason, actor, on_day, at) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
		id, string(act), t.Ground, t.Reason, t.Actor, t.On.String(), l.now().UnixMicro()).Scan(&row); err != nil {
		return err
	}
	if err := audit.Record(ctx, tx, audit.Event{At: l.now(), Actor: t.Actor, Act: audit.Publish, Target: fmt.Sprintf("work:%d", t.Work), Outcome: audit.Done,
		Detail: act.Chinese()}); err != nil {
		return err
	}
	// The reason may have to go one day (expunge), so the log holds the day and
	// a salted digest only; /changes gives the words beside it.
	seq, err := l.logWork(ctx, tx, act, id, t.Work, map[string]string{"on": t.On.String()})
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE work_takedowns SET seq = $2 WHERE id = $1`, row, seq)
	return err
}

func takedownName(restore bool) publication.Act {
	if restore {
		return publication.Restore
	}
	return publication.Withdraw
}

func (l *Library) checkTakeDown(t *TakeDown) error {
	const op = "document.TakeDown"
	t.Reason, t.Ground = strings.TrimSpace(t.Reason), strings.TrimSpace(t.Ground)
	if t.On.IsZero() {
		t.On = l.Today()
	}
	switch {
	case t.Reason == "":
		return fault.Field(op, "理由", "“理由”：请写明理由，它会显示在公开页面上。")
	case utf8.RuneCountInString(t.Reason) > maxReason:
		return fault.Field(op, "理由", "“理由”：不能超过 %d 个字。", maxReason)
	case !utf8.ValidString(t.Reason) || strings.ContainsRune(t.Reason, 0):
		return fault.Field(op, "理由", "“理由”：里面有不能保存的字符，请重新填写。")
	case t.Ground == "":
		return fault.Field(op, "情形", "“情形”：请选择为什么要办理。")
	case t.On.After(l.Today()):
		return fault.Field(op, "办理日期", "“办理日期”：%s 还没有到。", t.On.Chinese())
	}
	return nil
}

// takeDownTarget locks the work and makes sure that the act fits its state.
func (l *Library) takeDownTarget(ctx context.Context, tx *sql.Tx, t TakeDown) (id int64, err error) {
	bad := func(format string, args ...any) (int64, error) {
		return 0, fault.Newf(fault.Invalid, "document.TakeDown", format, args...)
	}
	var withdrawn, texts int
	err = tx.QueryRowContext(ctx, `SELECT id, withdrawn FROM works WHERE public_id = $1`+l.db.Dialect.ForUpdate(), t.Work).Scan(&id, &withdrawn)
	if errors.Is(err, sql.ErrNoRows) {
		return bad("没有公开编号为 %d 的文件。", t.Work)
	}
	if err != nil {
		return 0, err
	}
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM editions WHERE work_id = $1 AND state = 'published'`, id).Scan(&texts); err != nil {
		return 0, err
	}
	if texts == 0 {
		to, err := movedTo(ctx, tx, t.Work)
		if err != nil {
			return 0, err
		}
		if to != 0 {
			return bad("第 %d 号文件已经并入第 %d 号文件，请对第 %d 号文件办理。", t.Work, to, to)
		}
		return bad("第 %d 号文件的内容已依法清除，不能撤下，也不能恢复。", t.Work)
	}
	switch {
	case !t.Restore && withdrawn != 0:
		return bad("第 %d 号文件已经撤下，不用再撤。", t.Work)
	case t.Restore && withdrawn == 0:
		return bad("第 %d 号文件没有撤下，不用恢复。", t.Work)
	}
	return id, nil
}

// takedownsOf reads the acts of a work, oldest first.
func takedownsOf(ctx context.Context, q store.Querier, id int64) ([]TakedownAct, error) {
	rows, err := q.QueryContext(ctx, `SELECT act, ground, reason, actor, on_day, at FROM work_takedowns WHERE work_id = $1 ORDER BY id`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []TakedownAct
	for rows.Next() {
		var a TakedownAct
		var on string
		var at int64
		if err := rows.Scan(&a.Act, &a.Ground, &a.Reason, &a.Actor, &on, &at); err != nil {
			return nil, err
		}
		a.On, a.At = day(on), instant(at)
		out = append(out, a)
	}
	return out, rows.Err()
}

// withdrawnOf is what the trace page of a work shows; nil when the work is not
// withdrawn, or nothing of it is left. Of a work whose title may tell what must
// not be told it holds neither title nor number.
func withdrawnOf(ctx context.Context, q store.Querier, work int64) (*Withdrawn, error) {
	id, err := internalID(ctx, q, work)
	if err != nil {
		return nil, err
	}
	eds, err := loadEditions(ctx, q, id)
	if err != nil {
		return nil, err
	}
	unveiled := unveil(eds)
	last := lastPublished(eds)
	if unveiled == 0 || last < 0 {
		return nil, nil
	}
	w := &Withdrawn{Work: work}
	if w.Acts, err = takedownsOf(ctx, q, id); err != nil {
		return nil, err
	}
	if len(w.Acts) == 0 {
		return nil, fmt.Errorf("work %d is withdrawn by no act", work) // damage, which Verify names
	}
	act := w.Acts[len(w.Acts)-1]
	w.On, w.Reason = act.On, act.Reason
	if act.Ground != groundSecret && act.Ground != groundPersonal {
		w.Title, w.DocNo = eds[last].Title, eds[last].DocNo
	}
	w.PublishedAt = eds[last].ReleasedAt
	for i := range eds {
		if eds[i].State == "published" && eds[i].ReleasedAt.Before(w.PublishedAt) {
			w.PublishedAt = eds[i].ReleasedAt
		}
	}
	if w.Organ, err = ownerOf(ctx, q, id); err == nil && w.Organ == nil && len(eds[last].Organs) > 0 {
		w.Organ = &eds[last].Organs[0]
	}
	return w, err
}

// unveil makes the texts of a withdrawn work count as published again, for the
// staff and for what is said of it; it reports how many.
func unveil(eds []Edition) (n int) {
	for i := range eds {
		if eds[i].State == stateWithdrawn {
			eds[i].State = "published"
			n++
		}
	}
	return n
}

// sentence is what a reader is told in one line.
func (w *Withdrawn) sentence() string {
	return fmt.Sprintf("第 %d 号文件已于%s撤下，不再公开。理由：%s", w.Work, w.On.Chinese(), w.Reason)
}

// TakedownReasons gives the reason of each withdrawal and restoration whose
// log row lies after one number and up to another, by that row.
func (l *Library) TakedownReasons(ctx context.Context, after, upTo int64) (out map[int64]string, err error) {
	defer fault.Wrap(&err, "document.TakedownReasons(%d, %d)", after, upTo)
	rows, err := l.db.Reader().QueryContext(ctx, `SELECT seq, reason FROM work_takedowns WHERE seq > $1 AND seq <= $2`, after, upTo)
	if err != nil {
		return nil, store.Sentence("document.TakedownReasons", err)
	}
	defer rows.Close()
	out = map[int64]string{}
	for rows.Next() {
		var seq int64
		var reason string
		if err := rows.Scan(&seq, &reason); err != nil {
			return nil, err
		}
		out[seq] = reason
	}
	return out, store.Sentence("document.TakedownReasons", rows.Err())
}
