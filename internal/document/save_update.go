package document

import (
	"context"
	"fmt"
	"strings"

	"gongkai/internal/publication"
	"gongkai/internal/store"
)

// fieldChange is one field whose value at the source has changed.
type fieldChange struct{ field, column, old, new string }

// update brings an edition up to what its source now states. The law did not
// change, so no new edition is made: each difference becomes a numbered record
// that keeps the value before it. What a person corrected stays corrected.
func (s *saver) update(ctx context.Context, x *existing, p *prepared, out *saved) error {
	changes, err := s.differences(ctx, x.editionID, p)
	if err != nil {
		return err
	}
	if changes, p, err = s.keepRecords(ctx, x, p, changes, out); err != nil {
		return err
	}
	var no int
	if err := s.tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(no), 0) FROM edition_records WHERE edition_id = $1`, x.editionID).Scan(&no); err != nil {
		return err
	}
	for _, c := range changes {
		no++
		if err := s.applyChange(ctx, x, p, c, no); err != nil {
			return err
		}
	}
	if _, err := s.tx.ExecContext(ctx, `
		UPDATE editions SET content_key = $2, title_key = $3, short_key = $4, doc_no_key = $5, clause_on = $6, chars = $7, articles = $8 WHERE id = $1`,
		x.editionID, p.key, p.titleKey, p.shortKey, p.docNoKey, p.clauseOn, p.chars, p.articles); err != nil {
		return err
	}
	if err := s.stateFacts(ctx, x.workID, x.label, p.content); err != nil {
		return err
	}
	if err := s.move(ctx, x, p, out); err != nil {
		return err
	}
	for _, c := range changes {
		out.notes = append(out.notes, fmt.Sprintf("%s：与来源不一致，已按来源更正并留下记录。", fieldNames[c.field]))
	}
	s.pending = append(s.pending, pendingRow{act: publication.Update, workID: x.workID, editionID: x.editionID, label: x.label, result: out, prep: p})
	s.touched = append(s.touched, x.workID)
	return nil
}

// revisionName is how a record names a revision of the text.
const revisionName = "第 %d 稿"

// fieldNames is what a record and a message call a field.
var fieldNames = map[string]string{
	"title": "标题", "short_title": "简称", "doc_no": "发文字号", "index_no": "索引号", "registration_no": "统一编号",
	"kind": "文种", "category": "类别", "region": "地区", "attribute": "公开属性",
	"adopted_on": "成文日期", "published_on": "发文日期", "effective_on": "施行日期", "expires_on": "有效期至",
	"source_name": "信息来源", "source_url": "来源网址", "source_status": "来源标注的效力",
	"recipients": "主送机关", "history": "沿革", "text": "正文", "organs": "发文机关", "topics": "主题分类", "files": "附件", "facts": "效力", "columns": "栏目",
}

// FieldName is the Chinese name of a record's field.
func FieldName(field string) string {
	if n := fieldNames[field]; n != "" {
		return n
	}
	return field
}

func (s *saver) differences(ctx context.Context, id int64, p *prepared) ([]fieldChange, error) {
	c := p.content
	recipients, history, err := jsonLists(c)
	if err != nil {
		return nil, err
	}
	now := []fieldChange{
		{field: "title", new: c.Title}, {field: "short_title", new: c.ShortTitle}, {field: "doc_no", new: c.DocNo},
		{field: "index_no", new: c.IndexNo}, {field: "registration_no", new: c.RegistrationNo}, {field: "kind", new: c.Kind},
		{field: "category", new: c.Category}, {field: "region", new: c.Region}, {field: "attribute", new: c.Attribute},
		{field: "adopted_on", new: c.AdoptedOn.String()}, {field: "published_on", new: c.PublishedOn.String()},
		{field: "effective_on", new: c.EffectiveOn.String()}, {field: "expires_on", new: c.ExpiresOn.String()},
		{field: "source_name", new: c.SourceName}, {field: "source_url", new: c.SourceURL}, {field: "source_status", new: c.SourceStatus},
		{field: "recipients", new: recipients}, {field: "history", new: history},
	}
	columns := make([]string, len(now))
	dest := make([]any, len(now))
	for i := range now {
		columns[i], now[i].column, dest[i] = now[i].field, now[i].field, &now[i].old
	}
	if err := s.tx.QueryRowContext(ctx, `SELECT `+strings.Join(columns, ", ")+` FROM editions WHERE id = $1`, id).Scan(dest...); err != nil {
		return nil, err
	}
	text := fieldChange{field: "text", new: c.Text}
	if text.old, err = currentText(ctx, s.tx, id); err != nil {
		return nil, err
	}
	organs := fieldChange{field: "organs", new: strings.Join(c.Organs, "、")}
	if organs.old, err = joined(ctx, s.tx, `SELECT name_then FROM edition_organs WHERE edition_id = $1 ORDER BY position`, id, "、"); err != nil {
		return nil, err
	}
	topics := fieldChange{field: "topics", new: strings.Join(c.Topics[:min(2, len(c.Topics))], "-")}
	if topics.old, err = joined(ctx, s.tx, `SELECT t.name FROM edition_topics e JOIN topics t ON t.id = e.topic_id WHERE e.edition_id = $1 ORDER BY e.position`, id, "-"); err != nil {
		return nil, err
	}
	files := fieldChange{field: "files", new: fileNames(c.Files)}
	if files.old, err = joined(ctx, s.tx, `SELECT name || ' ' || sha256 FROM edition_files WHERE edition_id = $1 ORDER BY position`, id, "\n"); err != nil {
		return nil, err
	}
	var out []fieldChange
	for _, f := range append(now, text, organs, topics, files) {
		if f.field == "index_no" && f.new == "" {
			continue // the library gave the number; the source never had one
		}
		if f.old != f.new {
			out = append(out, f)
		}
	}
	return out, nil
}

func fileNames(files []ContentFile) string {
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = f.Name + " " + f.SHA256
	}
	return strings.Join(names, "\n")
}

func (s *saver) applyChange(ctx context.Context, x *existing, p *prepared, c fieldChange, no int) error {
	old, val := c.old, c.new
	var err error
	switch c.field {
	case "text":
		var revision int
		if err := s.tx.QueryRowContext(ctx, `UPDATE editions SET revision = revision + 1 WHERE id = $1 RETURNING revision`, x.editionID).Scan(&revision); err != nil {
			return err
		}
		if _, err := s.tx.ExecContext(ctx, `INSERT INTO edition_texts (edition_id, revision, body) VALUES ($1, $2, $3)`, x.editionID, revision, c.new); err != nil {
			return err
		}
		// The texts themselves are kept by revision; the record points at them.
		old, val = fmt.Sprintf(revisionName, revision-1), fmt.Sprintf(revisionName, revision)
		err = s.replaceProvisions(ctx, x.editionID, p)
	case "organs":
		if _, err := s.tx.ExecContext(ctx, `DELETE FROM edition_organs WHERE edition_id = $1`, x.editionID); err != nil {
			return err
		}
		err = s.insertOrgans(ctx, x.editionID, p)
	case "topics":
		if _, err := s.tx.ExecContext(ctx, `DELETE FROM edition_topics WHERE edition_id = $1`, x.editionID); err != nil {
			return err
		}
		err = s.insertTopics(ctx, x.editionID, p.content.Topics)
	case "files":
		if _, err := s.tx.ExecContext(ctx, `DELETE FROM edition_files WHERE edition_id = $1`, x.editionID); err != nil {
			return err
		}
		err = s.insertFiles(ctx, x.editionID, p.content.Files)
	default:
		_, err = s.tx.ExecContext(ctx, `UPDATE editions SET `+c.column+` = $2 WHERE id = $1`, x.editionID, c.new)
	}
	if err != nil {
		return err
	}
	return s.insertRecord(ctx, x.editionID, no, fieldChange{field: c.field, old: old, new: val})
}

func (s *saver) replaceProvisions(ctx context.Context, id int64, p *prepared) error {
	if _, err := s.tx.ExecContext(ctx, `DELETE FROM provisions WHERE edition_id = $1`, id); err != nil {
		return err
	}
	return insertProvisions(ctx, s.tx, id, p.provisions)
}

// replaceLinks writes what an edition points at anew, and links the open
// relations of earlier texts to its work.
func (s *saver) replaceLinks(ctx context.Context, editionID, workID int64, p *prepared) error {
	// Links that people set do not follow from the text and stay.
	if _, err := s.tx.ExecContext(ctx, `DELETE FROM relations WHERE edition_id = $1 AND basis = 'text'`, editionID); err != nil {
		return err
	}
	if err := s.insertRelations(ctx, editionID, p); err != nil {
		return err
	}
	return s.resolveRelations(ctx, workID, p)
}

// currentText is the newest revision of an edition's words.
func currentText(ctx context.Context, q store.Querier, id int64) (body string, err error) {
	err = q.QueryRowContext(ctx, `SELECT body FROM edition_texts WHERE edition_id = $1 ORDER BY revision DESC LIMIT 1`, id).Scan(&body)
	return body, err
}

// joined runs a one-column query and joins the values.
func joined(ctx context.Context, q store.Querier, query string, id int64, sep string) (string, error) {
	rows, err := q.QueryContext(ctx, query, id)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var v string
		if err := rows.Scan(&v); err != nil {
			return "", err
		}
		all = append(all, v)
	}
	return strings.Join(all, sep), rows.Err()
}

// move brings a work to the columns that its source now names, and says what a
// source cannot change any more: a label and the work of an edition are for ever.
func (s *saver) move(ctx context.Context, x *existing, p *prepared, out *saved) error {
	if v := p.content.Version; v > 0 && v != x.label {
		out.notes = append(out.notes, fmt.Sprintf("version：来源现在写的是 %d，版本号一经公布不再改变，仍为 %d。", v, x.label))
	}
	var key string
	if err := s.tx.QueryRowContext(ctx, `SELECT source_work_id FROM works WHERE id = $1`, x.workID).Scan(&key); err != nil {
		return err
	}
	if key != p.content.WorkKey {
		out.notes = append(out.notes, "work_id：来源改了所属作品，已公布的文本不移动，请人工处理。")
	}
	if len(p.content.Columns) == 0 {
		return nil
	}
	args := []any{x.workID, s.today.String()}
	for _, code := range p.content.Columns {
		args = append(args, code)
	}
	if _, err := s.tx.ExecContext(ctx, `
		UPDATE placements SET to_on = $2 WHERE work_id = $1 AND to_on = '' AND from_on < $2
			AND column_id NOT IN (SELECT id FROM columns WHERE code IN (`+placeholders(3, len(p.content.Columns))+`))`, args...); err != nil {
		return err
	}
	if _, err := s.tx.ExecContext(ctx, `
		DELETE FROM placements WHERE work_id = $1 AND to_on = '' AND from_on = $2
			AND column_id NOT IN (SELECT id FROM columns WHERE code IN (`+placeholders(3, len(p.content.Columns))+`))`, args...); err != nil {
		return err
	}
	return s.place(ctx, x.workID, p)
}
