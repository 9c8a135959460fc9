package document

import (
	"context"
	"database/sql"
	"fmt"

	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// IssueSource is the source of texts that the release room publishes.
const IssueSource = "release"

// Issue is a text that leaves the release room.
type Issue struct {
	Organ   int64 // who owns the work
	Content *Content
	Work    int64 // public id of the work that it is a further edition of, 0 for a new one
	Repeals []IssueRepeal
	// Audience is for whom the text is meant, in words; "" is everybody.
	Audience string
	Actor    string // login of who signed
}

// IssueRepeal ends an earlier work by the text that is issued (F-17).
type IssueRepeal struct {
	Work int64 // public id
	On   workday.Date
}

// Issue publishes a text inside the caller's transaction and returns the public
// id of its work and the label of its edition. The works it repeals get their
// fact in the same transaction. The head of the log is locked last but for the
// facts of the repealed works, which follow under the same lock. Errors:
// Conflict when the same text is public already, Gone when it was expunged,
// Invalid when a repealed work is not in force any more or the work is taken
// down. A text with an Audience becomes no work: its number is negative
// (IsLimited), and the log holds a commitment only.
func (l *Library) Issue(ctx context.Context, tx *sql.Tx, i Issue) (work int64, label int, err error) {
	defer fault.Wrap(&err, "document.Issue(%d)", i.Work)
	if err := i.Content.check(); err != nil {
		return 0, 0, err
	}
	if i.Audience != "" || IsLimited(i.Work) {
		return l.issueLimited(ctx, tx, i)
	}
	column, err := defaultColumn(ctx, tx)
	if err != nil {
		return 0, 0, err
	}
	p, err := prepare(i.Content)
	if err != nil {
		return 0, 0, err
	}
	if err := refuseBuried(ctx, tx, p); err != nil {
		return 0, 0, err
	}
	if err := refuseWithdrawn(ctx, tx, i.Work); err != nil {
		return 0, 0, err
	}
	if err := refuseTwice(ctx, tx, p); err != nil {
		return 0, 0, err
	}
	s := &saver{tx: tx, dialect: l.db.Dialect, now: l.now(), today: l.Today(), salt: newSalt,
		opts: ImportOptions{Source: IssueSource, ColumnID: column, Publish: true, Actor: i.Actor, ownerID: i.Organ}}
	out, err := s.saveDesk(ctx, p, i.Work)
	if err != nil {
		return 0, 0, err
	}
	if err := s.finish(ctx); err != nil {
		return 0, 0, err
	}
	for _, r := range i.Repeals {
		if err := l.repealBy(ctx, tx, out, i, r); err != nil {
			return 0, 0, err
		}
	}
	return out.work, out.edition, audit.Record(ctx, tx, audit.Event{At: l.now(), Actor: i.Actor, Act: audit.Publish,
		Target: fmt.Sprintf("work:%d edition:%d", out.work, out.edition), Outcome: audit.Done, Detail: "审签后公开"})
}

// refuseTwice refuses words that are public already under the same title and
// number, whatever day they bear. Two covers of different attachments may say
// the same, so a text with files is known by its content alone.
func refuseTwice(ctx context.Context, tx *sql.Tx, p *prepared) error {
	if len(p.content.Files) > 0 || p.content.Text == "" {
		return nil
	}
	at, err := equalText(ctx, tx, p)
	if err == nil && at.work != 0 {
		err = fault.Newf(fault.Conflict, "document.refuseTwice", "这个文本已经公开，是第 %d 号文件的第 %d 版。", at.work, at.label)
	}
	return err
}

// refuseWithdrawn refuses a further edition of a work that is taken down: it
// would bring the withdrawn texts back, or stand in the log without a page.
func refuseWithdrawn(ctx context.Context, q store.Querier, work int64) error {
	if work == 0 {
		return nil
	}
	w, err := withdrawnOf(ctx, q, work)
	if err != nil || w == nil {
		return err
	}
	return errIssueWithdrawn()
}

// repealBy states that a work ends by the text just issued.
func (l *Library) repealBy(ctx context.Context, tx *sql.Tx, by *saved, i Issue, r IssueRepeal) error {
	on := r.On
	if on.IsZero() {
		on = i.Content.EffectiveOn
	}
	if on.IsZero() {
		on = issuedContent(i.Content)
	}
	if r.Work == by.work {
		return fault.Field("document.repealBy", "废止清单", "“废止清单”：一份文件不能废止它自己。")
	}
	var validity, title string
	err := tx.QueryRowContext(ctx, `SELECT validity, title FROM work_cards WHERE public_id = $1`, r.Work).Scan(&validity, &title)
	if err != nil {
		return fault.Field("document.repealBy", "废止清单", "“废止清单”：没有公开编号为 %d 的文件。", r.Work)
	}
	if v := Validity(validity); v == Repealed || v == Expired {
		return fault.Field("document.repealBy", "废止清单", "“废止清单”：《%s》已经%s，不能再废止。", clip(title, 60), validity)
	}
	return l.insertDeskFact(ctx, tx, FactEntry{Work: r.Work, Kind: FactRepealed, ValidOn: on, ByWork: by.work, Authority: i.Content.Title,
		Reason: "由新文件的废止清单规定（F-17）", Actor: i.Actor})
}

// Newest is the label of the newest edition of a published work. NotFound when
// there is none.
func (l *Library) Newest(ctx context.Context, q store.Querier, work int64) (label int, err error) {
	defer fault.Wrap(&err, "document.Newest(%d)", work)
	if IsLimited(work) {
		err = q.QueryRowContext(ctx, `SELECT COALESCE(MAX(label), 0) FROM limited_acts WHERE limited_id = $1 AND act = 'issue' AND content <> ''`, -work).Scan(&label)
		if err == nil && label == 0 {
			err = errNoLimited()
		}
		return label, err
	}
	id, err := internalID(ctx, q, work)
	if err != nil {
		return 0, err
	}
	err = q.QueryRowContext(ctx, `SELECT COALESCE(MAX(label), 0) FROM editions WHERE work_id = $1 AND state = 'published'`, id).Scan(&label)
	return label, err
}
