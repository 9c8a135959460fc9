package document

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// sourceReason stands in records of what a source changed by itself. Records
// with any other reason were made by a person, and no source undoes them.
const sourceReason = "来源更正"

// SourceClaim is what a source now says of a field that a person corrected.
type SourceClaim struct {
	Field string // as in CorrectionFields
	Label string
	Value string // lists a line each
	At    time.Time
}

// SourceClaims lists, in the order of CorrectionFields, where the source of an
// edition differs from the corrections of people.
func (l *Library) SourceClaims(ctx context.Context, work int64, label int) (out []SourceClaim, err error) {
	defer fault.Wrap(&err, "document.SourceClaims(%d, %d)", work, label)
	rows, err := l.db.Reader().QueryContext(ctx, `
		SELECT c.field, c.value, c.at FROM source_claims c JOIN editions e ON e.id = c.edition_id JOIN works w ON w.id = e.work_id
		WHERE w.public_id = $1 AND e.label = $2`, work, label)
	if err != nil {
		return nil, store.Sentence("document.SourceClaims", err)
	}
	defer rows.Close()
	for rows.Next() {
		var c SourceClaim
		var at int64
		if err := rows.Scan(&c.Field, &c.Value, &at); err != nil {
			return nil, err
		}
		c.Label, c.At = FieldName(c.Field), instant(at)
		out = append(out, c)
	}
	place := func(c SourceClaim) int {
		return slices.IndexFunc(CorrectionFields, func(f SheetField) bool { return f.Name == c.Field })
	}
	slices.SortFunc(out, func(a, b SourceClaim) int { return place(a) - place(b) })
	return out, rows.Err()
}

// standingRecord is what the records of an edition say of one field: whether a
// person had the last word, and what the source said before.
type standingRecord struct {
	byPerson bool
	said     string // in the form of a record
}

// standingRecords reads the records of an edition, field by field.
func (s *saver) standingRecords(ctx context.Context, edition int64) (map[string]standingRecord, error) {
	rows, err := s.tx.QueryContext(ctx, `SELECT field, old_value, reason FROM edition_records WHERE edition_id = $1 ORDER BY no`, edition)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]standingRecord{}
	for rows.Next() {
		var field, old, reason string
		if err := rows.Scan(&field, &old, &reason); err != nil {
			return nil, err
		}
		switch now := out[field]; {
		case reason == sourceReason:
			out[field] = standingRecord{}
		case !now.byPerson:
			out[field] = standingRecord{true, old}
		}
	}
	return out, rows.Err()
}

// keepRecords takes out of what a source changes all that a person corrected:
// the record of a person stands. What the source now says instead is kept
// beside it and told. It gives what is left to apply, and the document as it
// will stand.
func (s *saver) keepRecords(ctx context.Context, x *existing, p *prepared, changes []fieldChange, out *saved) ([]fieldChange, *prepared, error) {
	records, err := s.standingRecords(ctx, x.editionID)
	if err != nil {
		return nil, nil, err
	}
	var held *Content // as it stands, loaded when a person had the last word somewhere
	content := *p.content
	kept := map[string]bool{}
	for _, f := range CorrectionFields {
		if !records[f.Name].byPerson {
			continue
		}
		if held == nil {
			if held, err = storedContent(ctx, s.tx, x); err != nil {
				return nil, nil, err
			}
		}
		theirs, ours := sourceValue(p.content, f.Name), correctionValue(held, f.Name)
		if f.Name == "columns" && theirs == "" || alike(f.Name, theirs, ours) {
			if err := s.dropClaim(ctx, x.editionID, f.Name); err != nil {
				return nil, nil, err
			}
			continue
		}
		kept[f.Name] = true
		if setCorrection(&content, f.Name, ours); f.Name == "columns" {
			content.Columns = nil // where it stands is not moved
		}
		if err := s.claim(ctx, x.editionID, f, records[f.Name].said, theirs, out); err != nil {
			return nil, nil, err
		}
	}
	if len(kept) == 0 {
		return changes, p, nil
	}
	changes = slices.DeleteFunc(changes, func(c fieldChange) bool { return kept[c.field] })
	again, err := prepare(&content)
	if err != nil {
		return nil, nil, err
	}
	again.key = p.key // by which the source's own words are known again
	return changes, again, nil
}

// claim keeps what a source says against a person, and tells it once.
func (s *saver) claim(ctx context.Context, edition int64, f SheetField, said, now string, out *saved) error {
	claims, err := strs(ctx, s.tx, `SELECT value FROM source_claims WHERE edition_id = $1 AND field = $2`, edition, f.Name)
	if err != nil {
		return err
	}
	if len(claims) > 0 {
		said = claims[0]
	} else if f.Name == "text" {
		if said, err = s.draftText(ctx, edition, said); err != nil {
			return err
		}
	}
	if alike(f.Name, said, now) {
		return nil // the source goes on saying what the person corrected
	}
	if _, err := s.tx.ExecContext(ctx, `
		INSERT INTO source_claims (edition_id, field, value, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (edition_id, field) DO UPDATE SET value = excluded.value, at = excluded.at`, edition, f.Name, now, s.now.UnixMicro()); err != nil {
		return err
	}
	shown := "已改动"
	if f.Name != "text" {
		shown = "现在写的是“" + clip(recordForm(f.Name, now), 60) + "”"
		if now == "" {
			shown = "现在没有写"
		}
	}
	out.notes = append(out.notes, fmt.Sprintf("%s：来源%s，与工作人员登记的更正不同；保留更正，请核对。", f.Label, shown))
	return nil
}

func (s *saver) dropClaim(ctx context.Context, edition int64, field string) error {
	_, err := s.tx.ExecContext(ctx, `DELETE FROM source_claims WHERE edition_id = $1 AND field = $2`, edition, field)
	return err
}

// draftText is the revision that a record names, as 第 0 稿.
func (s *saver) draftText(ctx context.Context, edition int64, name string) (body string, err error) {
	var revision int
	if _, err := fmt.Sscanf(name, revisionName, &revision); err != nil {
		return "", nil // unknown, so that the source is heard
	}
	err = s.tx.QueryRowContext(ctx, `SELECT body FROM edition_texts WHERE edition_id = $1 AND revision = $2`, edition, revision).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return body, err
}

// sourceValue is a field as a source states it, in the form of a correction.
func sourceValue(c *Content, field string) string {
	if field == "topics" {
		return strings.Join(c.Topics[:min(2, len(c.Topics))], "\n")
	}
	return correctionValue(c, field)
}

// recordForm is a value as a record writes it: lists in one line.
func recordForm(field, value string) string {
	switch field {
	case "organs", "recipients", "columns":
		return strings.ReplaceAll(value, "\n", "、")
	case "topics":
		return strings.ReplaceAll(value, "\n", "-")
	}
	return value
}

// alike compares two values of a field in either form. Columns have no order.
func alike(field, a, b string) bool {
	a, b = recordForm(field, a), recordForm(field, b)
	if field != "columns" {
		return a == b
	}
	x, y := strings.Split(a, "、"), strings.Split(b, "、")
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}
