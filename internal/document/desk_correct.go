package document

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/publication"
	"gongkai/internal/store"
	"gongkai/internal/workday"
	"gongkai/internal/zh"
)

// CorrectionFields are what a record may correct or add, in the order of the
// page. A change of what the law says is never a record: it is a new edition.
var CorrectionFields = []SheetField{
	{Name: "title", Label: "标题"}, {Name: "short_title", Label: "简称"}, {Name: "doc_no", Label: "发文字号"},
	{Name: "organs", Label: "发文机关", List: true}, {Name: "adopted_on", Label: "成文日期", Day: true}, {Name: "published_on", Label: "发文日期", Day: true},
	{Name: "effective_on", Label: "施行日期", Day: true}, {Name: "expires_on", Label: "有效期至", Day: true},
	{Name: "index_no", Label: "索引号"}, {Name: "registration_no", Label: "统一编号"}, {Name: "kind", Label: "文种"},
	{Name: "topics", Label: "主题分类", List: true}, {Name: "recipients", Label: "主送机关", List: true},
	{Name: "columns", Label: "栏目", List: true}, {Name: "text", Label: "正文"},
}

// Correction is one record to be added to an edition.
type Correction struct {
	Work   int64 // public id
	Label  int
	Field  string
	Value  string
	Was    string // Fingerprint of the value it was read at
	Reason string
	Actor  string
	Token  string
}

// Fingerprint stands for a value in a form, so that a correction made in the
// meantime is noticed.
func Fingerprint(value string) string {
	sum := sha256.Sum256([]byte(value))
	return hex.EncodeToString(sum[:8])
}

// Overtaken is a correction that another one came before: both values are told.
type Overtaken struct{ Label, Now, Mine string }

// Error is the line for the log.
func (o *Overtaken) Error() string { return "overtaken: " + o.Label }

// Correct adds a numbered record to a published edition: who, when, why, the
// value before and after; the act is logged in the same transaction. Errors:
// Invalid naming the field, Conflict with *Overtaken.
func (l *Library) Correct(ctx context.Context, c Correction) (no int, err error) {
	defer fault.Wrap(&err, "document.Correct(%d, %d, %s)", c.Work, c.Label, c.Field)
	i := slices.IndexFunc(CorrectionFields, func(f SheetField) bool { return f.Name == c.Field })
	if i < 0 {
		return 0, fault.Field("document.Correct", "field", "请选择要更正的项目。")
	}
	f := CorrectionFields[i]
	if c.Value, err = cleanCorrection(f, c.Value); err != nil {
		return 0, err
	}
	if c.Reason = strings.TrimSpace(c.Reason); c.Reason == "" {
		return 0, fault.Field("document.Correct", "reason", "请写明更正的理由和依据。")
	}
	if len([]rune(c.Reason)) > 500 {
		return 0, fault.Field("document.Correct", "reason", "理由最多 500 字。")
	}
	if c.Reason == sourceReason {
		return 0, fault.Field("document.Correct", "reason", "“%s”由系统登记，请写明您更正的理由和依据。", sourceReason)
	}
	def, err := l.EnsureSite(ctx)
	if err != nil {
		return 0, err
	}
	err = l.db.Tx(ctx, func(tx *sql.Tx) error {
		s := &saver{tx: tx, dialect: l.db.Dialect, now: l.now(), today: l.Today(), salt: newSalt,
			opts: ImportOptions{Source: DeskSource, ColumnID: def, Publish: true, Actor: c.Actor, reason: c.Reason}}
		result, _, err := once(ctx, tx, l.now(), c.Actor, c.Token, c, func() (string, error) {
			n, err := s.correct(ctx, f, c)
			return fmt.Sprint(n), err
		})
		if err == nil {
			_, err = fmt.Sscan(result, &no)
		}
		return err
	})
	return no, err
}

func cleanCorrection(f SheetField, v string) (string, error) {
	bad := func(format string, args ...any) (string, error) {
		return "", fault.Field("document.cleanCorrection", "value", format, args...)
	}
	v = strings.ReplaceAll(strings.ReplaceAll(strings.ToValidUTF8(v, "�"), "\x00", ""), "\r\n", "\n")
	if f.Name != "text" {
		if f.List {
			v = strings.Join(sheetLines(v), "\n")
		} else {
			v = strings.Join(strings.Fields(v), " ")
		}
		if len([]rune(v)) > 4000 {
			return bad("“%s”太长，最多 4000 字。", f.Label)
		}
	}
	switch {
	case f.Day && v != "":
		if d, ok := workday.ParseDate(v); !ok || d.Year < 1900 || d.Year > 2200 {
			return bad("“%s”写的是“%s”，没有这一天。请写成 2026-11-20。", f.Label, clip(v, 20))
		}
	case f.Name == "title" && (v == "" || len([]rune(v)) > 500):
		return bad("标题不能空，也不能超过 500 字。")
	case f.Name == "text" && strings.TrimSpace(v) == "":
		return bad("正文不能改成空的。")
	case f.Name == "text" && len(v) > maxText:
		return bad("正文超过 8 MB。")
	case f.Name == "topics" && len(sheetLines(v)) > 2:
		return bad("主题分类最多两级，一行一级。")
	case f.Name == "columns" && v == "":
		return bad("文件至少要在一个栏目里。")
	}
	return v, nil
}

// CorrectionValues is what an edition says today, by field, as a form holds it.
func (l *Library) CorrectionValues(ctx context.Context, work int64, label int) (out map[string]string, err error) {
	defer fault.Wrap(&err, "document.CorrectionValues(%d, %d)", work, label)
	err = l.db.Snapshot(ctx, func(q *sql.Tx) error {
		x, err := publishedEdition(ctx, q, work, label, "")
		if err != nil {
			return err
		}
		c, err := storedContent(ctx, q, x)
		if err != nil {
			return err
		}
		out = map[string]string{}
		for _, f := range CorrectionFields {
			out[f.Name] = correctionValue(c, f.Name)
		}
		return nil
	})
	return out, err
}

func correctionValue(c *Content, field string) string {
	switch field {
	case "title":
		return c.Title
	case "short_title":
		return c.ShortTitle
	case "doc_no":
		return c.DocNo
	case "index_no":
		return c.IndexNo
	case "registration_no":
		return c.RegistrationNo
	case "kind":
		return c.Kind
	case "organs":
		return strings.Join(c.Organs, "\n")
	case "topics":
		return strings.Join(c.Topics, "\n")
	case "recipients":
		return strings.Join(c.Recipients, "\n")
	case "columns":
		return strings.Join(c.Columns, "\n")
	case "adopted_on":
		return c.AdoptedOn.String()
	case "published_on":
		return c.PublishedOn.String()
	case "effective_on":
		return c.EffectiveOn.String()
	case "expires_on":
		return c.ExpiresOn.String()
	}
	return c.Text
}

func setCorrection(c *Content, field, v string) {
	switch field {
	case "title":
		c.Title = v
	case "short_title":
		c.ShortTitle = v
	case "doc_no":
		c.DocNo = v
	case "index_no":
		c.IndexNo = v
	case "registration_no":
		c.RegistrationNo = v
	case "kind":
		c.Kind = v
	case "organs":
		c.Organs = sheetLines(v)
	case "topics":
		c.Topics = sheetLines(v)
	case "recipients":
		c.Recipients = sheetLines(v)
	case "columns":
		c.Columns = sheetLines(v)
	case "adopted_on":
		c.AdoptedOn = day(v)
	case "published_on":
		c.PublishedOn = day(v)
	case "effective_on":
		c.EffectiveOn = day(v)
	case "expires_on":
		c.ExpiresOn = day(v)
	case "text":
		c.Text = v
	}
}

// publishedEdition finds a published edition by work and label.
func publishedEdition(ctx context.Context, q store.Querier, work int64, label int, lock string) (*existing, error) {
	id, err := internalID(ctx, q, work)
	if err != nil {
		return nil, err
	}
	x := existing{workID: id, public: work, label: label}
	err = q.QueryRowContext(ctx, `SELECT id, state FROM editions WHERE work_id = $1 AND label = $2`+lock, id, label).Scan(&x.editionID, &x.state)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.Newf(fault.NotFound, "document.publishedEdition", "这份文件没有第 %d 版。", label)
	}
	if err == nil && x.state != "published" {
		err = fault.Newf(fault.Gone, "document.publishedEdition", "第 %d 版的内容已依法清除。", label)
	}
	return &x, err
}

// storedContent is a published edition as its fields stand today; files,
// facts and history are not part of it.
func storedContent(ctx context.Context, q store.Querier, x *existing) (*Content, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+editionColumns+` FROM editions e JOIN works w ON w.id = e.work_id WHERE e.id = $1`, x.editionID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	if !rows.Next() {
		return nil, errors.Join(rows.Err(), sql.ErrNoRows)
	}
	e, err := scanEdition(rows)
	if err != nil {
		return nil, err
	}
	rows.Close()
	c := &Content{Title: e.Title, ShortTitle: e.ShortTitle, DocNo: e.DocNo, IndexNo: e.IndexNo, RegistrationNo: e.RegistrationNo, Kind: e.Kind,
		AdoptedOn: e.AdoptedOn, PublishedOn: e.PublishedOn, EffectiveOn: e.EffectiveOn, ExpiresOn: e.ExpiresOn, Recipients: e.Recipients}
	if c.Organs, err = strs(ctx, q, `SELECT name_then FROM edition_organs WHERE edition_id = $1 ORDER BY position`, e.ID); err != nil {
		return nil, err
	}
	if c.Topics, err = strs(ctx, q, `SELECT t.name FROM edition_topics e JOIN topics t ON t.id = e.topic_id WHERE e.edition_id = $1 ORDER BY e.position`, e.ID); err != nil {
		return nil, err
	}
	if c.Columns, err = strs(ctx, q, `SELECT c.code FROM placements p JOIN columns c ON c.id = p.column_id WHERE p.work_id = $1 AND p.to_on = '' ORDER BY c.position, c.id`, x.workID); err != nil {
		return nil, err
	}
	c.Text, err = currentText(ctx, q, e.ID)
	return c, err
}

// correct writes one record within a transaction.
func (s *saver) correct(ctx context.Context, f SheetField, c Correction) (no int, err error) {
	x, err := publishedEdition(ctx, s.tx, c.Work, c.Label, s.dialect.ForUpdate())
	if err != nil {
		return 0, err
	}
	content, err := storedContent(ctx, s.tx, x)
	if err != nil {
		return 0, err
	}
	old := correctionValue(content, f.Name)
	if Fingerprint(old) != c.Was {
		return 0, &fault.Error{Kind: fault.Conflict, Op: "document.correct", Field: "value", Err: &Overtaken{f.Label, old, c.Value},
			Text: fmt.Sprintf("“%s”刚被别人改过，请核对下面的两个值后再保存。", f.Label)}
	}
	if old == c.Value {
		return 0, fault.Field("document.correct", "value", "“%s”没有变化，不用更正。", f.Label)
	}
	setCorrection(content, f.Name, c.Value)
	p, err := prepare(content)
	if err != nil {
		return 0, err
	}
	if err := s.tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(no), 0) + 1 FROM edition_records WHERE edition_id = $1`, x.editionID).Scan(&no); err != nil {
		return 0, err
	}
	out := &saved{workID: x.workID, work: x.public, edition: x.label}
	if err := s.applyCorrection(ctx, x, p, f, old, no, out); err != nil {
		return 0, err
	}
	if _, err := s.tx.ExecContext(ctx, `
		UPDATE editions SET title_key = $2, short_key = $3, doc_no_key = $4, clause_on = $5, chars = $6, articles = $7 WHERE id = $1`,
		x.editionID, p.titleKey, p.shortKey, p.docNoKey, p.clauseOn, p.chars, p.articles); err != nil {
		return 0, err
	}
	// Whoever corrects a field has seen what its source says of it.
	if err := s.dropClaim(ctx, x.editionID, f.Name); err != nil {
		return 0, err
	}
	if err := audit.Record(ctx, s.tx, audit.Event{At: s.now, Actor: c.Actor, Act: audit.Amend, Target: fmt.Sprintf("work:%d edition:%d", c.Work, c.Label), Outcome: audit.Done,
		Detail: fmt.Sprintf("第 %d 号更正：%s", no, f.Label)}); err != nil {
		return 0, err
	}
	s.pending = append(s.pending, pendingRow{act: publication.Update, workID: x.workID, editionID: x.editionID, label: x.label, result: out, prep: p})
	s.touched = append(s.touched, x.workID)
	return no, s.finish(ctx)
}

// applyCorrection writes the new value and its record.
func (s *saver) applyCorrection(ctx context.Context, x *existing, p *prepared, f SheetField, old string, no int, out *saved) error {
	change := fieldChange{field: f.Name, column: f.Name, old: recordForm(f.Name, old), new: recordForm(f.Name, correctionValue(p.content, f.Name))}
	switch f.Name {
	case "doc_no":
		if n, _, ok := zh.ParseDocNumber(change.new); ok {
			change.new = n.String()
			p.content.DocNo, p.docNoKey = change.new, zh.DocNumberKey(change.new)
		}
	case "recipients":
		return s.correctRecipients(ctx, x, p, no, change)
	case "columns":
		var key string
		if err := s.tx.QueryRowContext(ctx, `SELECT source_work_id FROM works WHERE id = $1`, x.workID).Scan(&key); err != nil {
			return err
		}
		p.content.WorkKey = key // the source did not speak; only the columns move
		if err := s.move(ctx, x, p, out); err != nil {
			return err
		}
		return s.insertRecord(ctx, x.editionID, no, change)
	}
	return s.applyChange(ctx, x, p, change, no)
}

func (s *saver) correctRecipients(ctx context.Context, x *existing, p *prepared, no int, change fieldChange) error {
	list := listText(p.content.Recipients)
	if _, err := s.tx.ExecContext(ctx, `UPDATE editions SET recipients = $2 WHERE id = $1`, x.editionID, list); err != nil {
		return err
	}
	return s.insertRecord(ctx, x.editionID, no, change)
}

func (s *saver) insertRecord(ctx context.Context, edition int64, no int, c fieldChange) error {
	_, err := s.tx.ExecContext(ctx, `
		INSERT INTO edition_records (edition_id, no, field, old_value, new_value, actor, reason, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		edition, no, c.field, c.old, c.new, s.opts.Actor, s.opts.recordReason(), s.now.UnixMicro())
	return err
}
