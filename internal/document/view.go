package document

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// internalID finds a published work by its public id.
func internalID(ctx context.Context, q store.Querier, work int64) (id int64, err error) {
	err = q.QueryRowContext(ctx, `SELECT id FROM works WHERE public_id = $1`, work).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, fault.New(fault.NotFound, fmt.Sprintf("document.internalID(%d)", work), "没有这份文件，或者它还没有公开。")
	}
	return id, err
}

// View shows a work for a day or an edition, over one state of the database. A
// day before the first text gives a View without Edition.
func (l *Library) View(ctx context.Context, work int64, at At) (v *View, err error) {
	defer fault.Wrap(&err, "document.View(%d, %s, %d)", work, at.On, at.Edition)
	err = l.db.Snapshot(ctx, func(q *sql.Tx) error {
		v, err = l.view(ctx, q, work, at)
		return err
	})
	return v, err
}

func (l *Library) view(ctx context.Context, q store.Querier, work int64, at At) (*View, error) {
	id, err := internalID(ctx, q, work)
	if err != nil {
		return nil, err
	}
	eds, err := loadEditions(ctx, q, id)
	if err != nil {
		return nil, err
	}
	if at.Staff {
		unveil(eds)
	}
	if lastPublished(eds) < 0 {
		return nil, goneOrMoved(ctx, q, work)
	}
	facts, err := loadFacts(ctx, q, id)
	if err != nil {
		return nil, err
	}
	on, asked := at.On, !at.On.IsZero()
	if !asked {
		on = l.Today()
	}
	v := &View{Work: work, On: on, Editions: eds, Facts: facts}
	s := stateOn(eds, facts, on, asked)
	if at.Edition != 0 {
		if s.edition, err = editionIndex(eds, at.Edition); err != nil {
			return nil, err
		}
	} else if s.edition < 0 && !asked {
		s.edition = lastPublished(eds)
	}
	for i := range eds {
		eds[i].Standing = standing(eds, i, on)
	}
	if err := l.lists(ctx, q, v, id); err != nil {
		return nil, err
	}
	if s.edition < 0 {
		return v, nil
	}
	v.Edition, v.Validity, v.Since, v.DeadPaths = &eds[s.edition], s.validity, s.since, s.dead
	v.AskedEdition = at.Edition != 0
	if s.dateless {
		v.ValidityNote = string(s.validity) + "（日期不详）"
	}
	if v.Text, err = currentText(ctx, q, v.Edition.ID); err != nil {
		return nil, err
	}
	if err := l.details(ctx, q, v); err != nil {
		return nil, err
	}
	return v, l.endings(ctx, q, v, s)
}

func editionIndex(eds []Edition, label int) (int, error) {
	for i := range eds {
		if eds[i].Label != label {
			continue
		}
		if eds[i].State != "published" {
			return -1, fault.Newf(fault.Gone, "document.editionIndex", "第 %d 版的内容已依法清除，只保留这条记录。", label)
		}
		return i, nil
	}
	return -1, fault.Newf(fault.NotFound, "document.editionIndex", "这份文件没有第 %d 版。", label)
}

// lists loads what belongs to the work whatever its text.
func (l *Library) lists(ctx context.Context, q store.Querier, v *View, id int64) (err error) {
	if v.Backlinks, err = loadBacklinks(ctx, q, id); err != nil {
		return err
	}
	if v.Placements, err = l.loadPlacements(ctx, q, id); err != nil {
		return err
	}
	if len(v.Placements) > 0 {
		if err := neighbours(ctx, q, v); err != nil {
			return err
		}
	}
	if v.Takedowns, err = takedownsOf(ctx, q, id); err != nil {
		return err
	}
	if v.Owner, err = ownerOf(ctx, q, id); err != nil {
		return err
	}
	return q.QueryRowContext(ctx, `SELECT COALESCE(MAX(seq), 0) FROM publication_log WHERE work_id = $1`, id).Scan(&v.LogSeq)
}

// ownerOf is the organ that owns a work, nil when none is set.
func ownerOf(ctx context.Context, q store.Querier, id int64) (*OrganRef, error) {
	var owner sql.NullInt64
	if err := q.QueryRowContext(ctx, `SELECT owner_organ_id FROM works WHERE id = $1`, id).Scan(&owner); err != nil || !owner.Valid {
		return nil, err
	}
	return organNow(ctx, q, owner.Int64)
}

// organNow is an organ under the name it bears.
func organNow(ctx context.Context, q store.Querier, id int64) (*OrganRef, error) {
	o := OrganRef{ID: id}
	err := q.QueryRowContext(ctx, `
		SELECT o.code, n.name FROM organs o JOIN organ_names n ON n.organ_id = o.id WHERE o.id = $1 AND n.alias = 0 ORDER BY n.valid_from DESC LIMIT 1`, id).
		Scan(&o.Code, &o.Name)
	return &o, err
}

// details loads what belongs to the chosen edition.
func (l *Library) details(ctx context.Context, q store.Querier, v *View) (err error) {
	id := v.Edition.ID
	if v.Provisions, err = loadProvisions(ctx, q, id); err != nil {
		return err
	}
	if v.Relations, err = loadRelations(ctx, q, id); err != nil {
		return err
	}
	if v.Files, err = loadFiles(ctx, q, id); err != nil {
		return err
	}
	v.Records, err = loadRecords(ctx, q, id)
	return err
}

// endings names what ended the work and what took its place.
func (l *Library) endings(ctx context.Context, q store.Querier, v *View, s state) error {
	if s.end == nil || s.end.ByWork == 0 {
		return nil
	}
	b := Backlink{Kind: RelRepeals, Work: s.end.ByWork}
	err := q.QueryRowContext(ctx, `SELECT title, doc_no, validity, label FROM work_cards WHERE public_id = $1`, s.end.ByWork).
		Scan(&b.Title, &b.DocNo, &b.Validity, &b.Edition)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	v.EndedBy = &b
	if s.validity == Repealed {
		v.ReplacedBy = &b
	}
	return nil
}

func loadProvisions(ctx context.Context, q store.Querier, id int64) ([]Provision, error) {
	rows, err := q.QueryContext(ctx, `
		SELECT kind, path, label, heading, start_rune, end_rune, depth FROM provisions WHERE edition_id = $1 ORDER BY position`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Provision
	for rows.Next() {
		var p Provision
		if err := rows.Scan(&p.Kind, &p.Path, &p.Label, &p.Heading, &p.Start, &p.End, &p.Depth); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

func loadRelations(ctx context.Context, q store.Querier, id int64) ([]Relation, error) {
	rows, err := q.QueryContext(ctx, `
		SELECT r.kind, r.from_path, r.to_title, r.to_doc_no, COALESCE(c.public_id, 0), r.to_path, COALESCE(c.validity, ''), COALESCE(c.dateless, 0), COALESCE(c.title, '')
		FROM relations r LEFT JOIN work_cards c ON c.work_id = r.to_work_id WHERE r.edition_id = $1 ORDER BY r.position`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Relation
	for rows.Next() {
		var r Relation
		var dateless int
		if err := rows.Scan(&r.Kind, &r.FromPath, &r.Title, &r.DocNo, &r.Work, &r.ToPath, &r.Validity, &dateless, &r.Current); err != nil {
			return nil, err
		}
		r.Dateless = dateless != 0
		out = append(out, r)
	}
	return out, rows.Err()
}

func loadFiles(ctx context.Context, q store.Querier, id int64) ([]File, error) {
	rows, err := q.QueryContext(ctx, `
		SELECT ef.position, ef.sha256, ef.name, f.size, f.mime, ef.role, ef.text_state
		FROM edition_files ef JOIN files f ON f.sha256 = ef.sha256 WHERE ef.edition_id = $1 ORDER BY ef.position`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []File
	for rows.Next() {
		var f File
		if err := rows.Scan(&f.Position, &f.SHA256, &f.Name, &f.Size, &f.MIME, &f.Role, &f.TextState); err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, rows.Err()
}

func loadRecords(ctx context.Context, q store.Querier, id int64) ([]Record, error) {
	rows, err := q.QueryContext(ctx, `
		SELECT no, field, old_value, new_value, actor, reason, at FROM edition_records WHERE edition_id = $1 ORDER BY no`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Record
	for rows.Next() {
		var r Record
		var at int64
		if err := rows.Scan(&r.No, &r.Field, &r.Old, &r.New, &r.Actor, &r.Reason, &at); err != nil {
			return nil, err
		}
		r.Field, r.At = FieldName(r.Field), instant(at)
		out = append(out, r)
	}
	return out, rows.Err()
}

func (l *Library) loadPlacements(ctx context.Context, q store.Querier, id int64) ([]Placement, error) {
	columns, err := ids(ctx, q, `
		SELECT p.column_id FROM placements p JOIN columns c ON c.id = p.column_id WHERE p.work_id = $1 AND p.to_on = '' ORDER BY c.position, c.id`, id)
	if err != nil {
		return nil, err
	}
	var out []Placement
	for _, c := range columns {
		p := Placement{ColumnID: c}
		for at, depth := c, 0; at != 0 && depth < 8; depth++ {
			var col Column
			var parent sql.NullInt64
			if err := q.QueryRowContext(ctx, `SELECT code, name, type, description, keywords, parent_id FROM columns WHERE id = $1`, at).
				Scan(&col.Code, &col.Name, &col.Type, &col.Description, &col.Keywords, &parent); err != nil {
				return nil, err
			}
			if at == c {
				p.Code, p.Name, p.Type, p.Description, p.Keywords = col.Code, col.Name, col.Type, col.Description, col.Keywords
			}
			p.Trail = append([]Crumb{{Name: col.Name, Href: fmt.Sprintf("/columns/%d", at)}}, p.Trail...)
			at = parent.Int64
		}
		out = append(out, p)
	}
	return out, nil
}

// OrganNames joins the issuing organs as a page prints them.
func (e *Edition) OrganNames() string {
	names := make([]string, len(e.Organs))
	for i, o := range e.Organs {
		names[i] = o.Name
	}
	return strings.Join(names, "、")
}
