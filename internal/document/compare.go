package document

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"strings"

	"gongkai/internal/fault"
	"gongkai/internal/officialdoc"
	"gongkai/internal/store"
)

// Compare sets two editions of one work side by side: words, header facts and
// attachments.
func (l *Library) Compare(ctx context.Context, work int64, from, to int) (out *Comparison, err error) {
	defer fault.Wrap(&err, "document.Compare(%d, %d, %d)", work, from, to)
	var texts [2]string
	var files [2][]File
	err = l.db.Snapshot(ctx, func(q *sql.Tx) error {
		id, err := internalID(ctx, q, work)
		if err != nil {
			return err
		}
		eds, err := loadEditions(ctx, q, id)
		if err != nil {
			return err
		}
		if lastPublished(eds) < 0 {
			return goneOrMoved(ctx, q, work)
		}
		out = &Comparison{Work: work, All: eds}
		for i, label := range []int{from, to} {
			at, err := editionIndex(eds, label)
			if err != nil {
				return err
			}
			if texts[i], err = currentText(ctx, q, eds[at].ID); err != nil {
				return err
			}
			if files[i], err = loadFiles(ctx, q, eds[at].ID); err != nil {
				return err
			}
			if i == 0 {
				out.From = eds[at]
			} else {
				out.To = eds[at]
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out.Segments = officialdoc.Compare(texts[0], texts[1])
	out.Counts = officialdoc.Summary(out.Segments)
	out.Header = headerChanges(&out.From, &out.To)
	out.Files = fileChanges(files[0], files[1])
	return out, nil
}

func headerChanges(a, b *Edition) []FieldChange {
	var out []FieldChange
	add := func(field, from, to string) {
		if from != to {
			out = append(out, FieldChange{Field: field, From: from, To: to})
		}
	}
	add("标题", a.Title, b.Title)
	add("发文机关", a.OrganNames(), b.OrganNames())
	add("发文字号", a.DocNo, b.DocNo)
	add("索引号", a.IndexNo, b.IndexNo)
	add("成文日期", a.AdoptedOn.String(), b.AdoptedOn.String())
	add("发文日期", a.PublishedOn.String(), b.PublishedOn.String())
	add("施行日期", a.From.String(), b.From.String())
	add("有效期至", a.ExpiresOn.String(), b.ExpiresOn.String())
	add("主题分类", strings.Join(a.Topics, "-"), strings.Join(b.Topics, "-"))
	add("公开属性", a.Attribute, b.Attribute)
	return out
}

// fileChanges pairs attachments and pictures by name; the source file of an
// edition is neither.
func fileChanges(a, b []File) []FileChange {
	old := map[string]string{}
	for _, f := range a {
		if f.Role != "source" {
			old[f.Name] = f.SHA256
		}
	}
	var out []FileChange
	for _, f := range b {
		if f.Role == "source" {
			continue
		}
		sum, ok := old[f.Name]
		delete(old, f.Name)
		switch {
		case !ok:
			out = append(out, FileChange{Name: f.Name, Change: "added"})
		case sum != f.SHA256:
			out = append(out, FileChange{Name: f.Name, Change: "changed"})
		default:
			out = append(out, FileChange{Name: f.Name, Change: "same"})
		}
	}
	for _, f := range a {
		if _, left := old[f.Name]; left && f.Role != "source" {
			out = append(out, FileChange{Name: f.Name, Change: "removed"})
		}
	}
	return out
}

// FileText is an attachment with its extracted text.
func (l *Library) FileText(ctx context.Context, work int64, edition, position int) (f File, err error) {
	defer fault.Wrap(&err, "document.FileText(%d, %d, %d)", work, edition, position)
	id, err := internalID(ctx, l.db.Reader(), work)
	if err != nil {
		return f, err
	}
	err = l.db.Reader().QueryRowContext(ctx, `
		SELECT ef.position, ef.sha256, ef.name, f.size, f.mime, ef.role, ef.text_state, ef.body
		FROM editions e JOIN edition_files ef ON ef.edition_id = e.id JOIN files f ON f.sha256 = ef.sha256
		WHERE e.work_id = $1 AND e.label = $2 AND ef.position = $3 AND e.state = 'published'
			AND NOT EXISTS (SELECT 1 FROM works w WHERE w.id = e.work_id AND w.withdrawn <> 0)`, id, edition, position).
		Scan(&f.Position, &f.SHA256, &f.Name, &f.Size, &f.MIME, &f.Role, &f.TextState, &f.Body)
	if errors.Is(err, sql.ErrNoRows) {
		// The files of a double stand in the work that it became part of; those
		// of a withdrawn work are closed with it.
		to, e := movedTo(ctx, l.db.Reader(), work)
		if e != nil {
			return f, e
		}
		var withdrawn int
		if e := l.db.Reader().QueryRowContext(ctx, `SELECT withdrawn FROM works WHERE id = $1`, id).Scan(&withdrawn); e != nil {
			return f, e
		}
		if to != 0 || withdrawn != 0 {
			return f, goneOrMoved(ctx, l.db.Reader(), work)
		}
	}
	return f, store.Sentence("document.FileText", err)
}

// OpenFile streams an attachment; the caller closes it.
func (l *Library) OpenFile(ctx context.Context, work int64, edition, position int) (io.ReadSeekCloser, File, error) {
	f, err := l.FileText(ctx, work, edition, position)
	if err != nil {
		return nil, f, err
	}
	r, err := l.files.Open(ctx, f.SHA256)
	return r, f, err
}
