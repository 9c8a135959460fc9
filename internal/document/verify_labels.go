package document

import (
	"context"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// Labels calls fn for every published text of the works with public ids after
// one and up to another, in order of work and label: what a copy of the
// library is compared with.
func (l *Library) Labels(ctx context.Context, after, upTo int64, fn func(work int64, label int, title string)) (err error) {
	defer fault.Wrap(&err, "document.Labels(%d, %d)", after, upTo)
	rows, err := l.db.Reader().QueryContext(ctx, `
		SELECT w.public_id, e.label, e.title FROM works w JOIN editions e ON e.work_id = w.id
		WHERE w.public_id > $1 AND w.public_id <= $2 AND e.state = 'published' AND w.withdrawn = 0 ORDER BY w.public_id, e.label`, after, upTo)
	if err != nil {
		return store.Sentence("document.Labels", err)
	}
	defer rows.Close()
	for rows.Next() {
		var work int64
		var label int
		var title string
		if err := rows.Scan(&work, &label, &title); err != nil {
			return err
		}
		fn(work, label, title)
	}
	return store.Sentence("document.Labels", rows.Err())
}

// LastWork is the largest public id given, 0 for none.
func (l *Library) LastWork(ctx context.Context) (id int64, err error) {
	defer fault.Wrap(&err, "document.LastWork")
	err = l.db.Reader().QueryRowContext(ctx, `SELECT COALESCE(MAX(public_id), 0) FROM works`).Scan(&id)
	return id, store.Sentence("document.LastWork", err)
}

// AdoptDraftFiles registers the files of drafts that an earlier build wrote; a
// backup calls it, so that it takes them along.
func (l *Library) AdoptDraftFiles(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "document.AdoptDraftFiles")
	return l.adoptDraftFiles(ctx)
}
