package document

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/zh"
)

// insertTopics links an edition to its two-level topic, entering a topic that
// the scheme does not know yet under the level above it.
func (s *saver) insertTopics(ctx context.Context, id int64, names []string) error {
	var parent any
	for i, name := range names {
		if i > 1 || strings.TrimSpace(name) == "" {
			break
		}
		topic, err := PutTopic(ctx, s.tx, name, parent)
		if err != nil {
			return err
		}
		if _, err := s.tx.ExecContext(ctx, `INSERT INTO edition_topics (edition_id, position, topic_id) VALUES ($1, $2, $3)`, id, i, topic); err != nil {
			return err
		}
		parent = topic
	}
	return nil
}

// PutTopic finds or enters a topic; parent is nil for the first level. The
// same word under two parents is two topics.
func PutTopic(ctx context.Context, tx *sql.Tx, name string, parent any) (id int64, err error) {
	key := zh.TitleKey(name)
	if parent != nil {
		var above string
		if err := tx.QueryRowContext(ctx, `SELECT name_key FROM topics WHERE id = $1`, parent).Scan(&above); err != nil {
			return 0, err
		}
		key = above + "/" + key
	}
	err = tx.QueryRowContext(ctx, `SELECT id FROM topics WHERE name_key = $1`, key).Scan(&id)
	if !errors.Is(err, sql.ErrNoRows) {
		return id, err
	}
	err = tx.QueryRowContext(ctx, `
		INSERT INTO topics (parent_id, name, name_key, position)
		VALUES ($1, $2, $3, (SELECT COUNT(*) FROM topics)) RETURNING id`, parent, name, key).Scan(&id)
	return id, err
}

// insertRelations writes what a text points at; a target that is in the
// library under exactly one work is linked.
func (s *saver) insertRelations(ctx context.Context, id int64, p *prepared) error {
	targets, err := resolve(ctx, s.tx, p.citations)
	if err != nil {
		return err
	}
	rows := make([][]any, 0, len(p.citations))
	for i, c := range p.citations {
		var to any
		if w := targets[c.key]; w != 0 {
			to = w
		}
		rows = append(rows, []any{id, i, string(c.kind), c.fromPath, c.title, c.key, c.docNo, to, c.toPath, "text"})
	}
	return store.InsertMany(ctx, s.tx, `relations (edition_id, position, kind, from_path, to_title, to_key, to_doc_no, to_work_id, to_path, basis)`, rows)
}

// resolve finds the one work behind each title key. A title that two works
// bear stays open: a link must never be a guess.
func resolve(ctx context.Context, q store.Querier, cs []citation) (map[string]int64, error) {
	var keys []any
	seen := map[string]bool{}
	for _, c := range cs {
		if !seen[c.key] {
			seen[c.key] = true
			keys = append(keys, c.key)
		}
	}
	found := map[string]int64{}
	for len(keys) > 0 {
		n := min(len(keys), 500)
		in := placeholders(1, n)
		for _, column := range []string{"title_key", "short_key"} {
			if err := resolveBy(ctx, q, column, in, keys[:n], found); err != nil {
				return nil, err
			}
		}
		keys = keys[n:]
	}
	for k, v := range found {
		if v < 0 {
			delete(found, k)
		}
	}
	return found, nil
}

// resolveBy adds what one column knows; -1 marks a title of several works.
func resolveBy(ctx context.Context, q store.Querier, column, in string, keys []any, found map[string]int64) error {
	rows, err := q.QueryContext(ctx, `
		SELECT `+column+`, MIN(work_id), COUNT(DISTINCT work_id) FROM editions
		WHERE `+column+` IN (`+in+`) AND state = 'published' GROUP BY `+column, keys...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		var work int64
		var n int
		if err := rows.Scan(&key, &work, &n); err != nil {
			return err
		}
		switch old, ok := found[key]; {
		case n > 1 || (ok && old != work):
			found[key] = -1
		default:
			found[key] = work
		}
	}
	return rows.Err()
}

// resolveRelations links the open relations of earlier texts to a work that
// has just come in.
func (s *saver) resolveRelations(ctx context.Context, workID int64, p *prepared) error {
	for _, key := range []string{p.titleKey, p.shortKey} {
		if key == "" {
			continue
		}
		var n int
		if err := s.tx.QueryRowContext(ctx, `
			SELECT COUNT(DISTINCT work_id) FROM editions WHERE (title_key = $1 OR short_key = $1) AND state = 'published'`, key).Scan(&n); err != nil {
			return err
		}
		if n > 1 {
			// Two works bear the title now: a link by title alone would be a guess.
			if _, err := s.tx.ExecContext(ctx, `UPDATE relations SET to_work_id = NULL WHERE to_key = $1 AND basis = 'text'`, key); err != nil {
				return err
			}
			continue
		}
		if _, err := s.tx.ExecContext(ctx, `UPDATE relations SET to_work_id = $1 WHERE to_key = $2 AND to_work_id IS NULL`, workID, key); err != nil {
			return err
		}
		if _, err := s.tx.ExecContext(ctx, `UPDATE work_facts SET by_work_id = $1 WHERE authority = $2 AND by_work_id IS NULL AND work_id <> $1`, workID, p.content.Title); err != nil {
			return err
		}
	}
	return nil
}

// place puts a work into its columns; what names none goes to the column that
// the import was told, else to 政策文件.
func (s *saver) place(ctx context.Context, workID int64, p *prepared) error {
	var ids []int64
	for _, code := range p.content.Columns {
		var id int64
		err := s.tx.QueryRowContext(ctx, `SELECT id FROM columns WHERE code = $1`, code).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return fault.Field("document.place", "columns", "columns：没有代码为“%s”的栏目。", clip(code, 40))
		}
		if err != nil {
			return err
		}
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		ids = append(ids, s.opts.ColumnID)
	}
	for _, id := range ids {
		if _, err := s.tx.ExecContext(ctx, `
			INSERT INTO placements (work_id, column_id, from_on) SELECT $1, $2, $3
			WHERE NOT EXISTS (SELECT 1 FROM placements WHERE work_id = $1 AND column_id = $2 AND to_on = '')`,
			workID, id, s.today.String()); err != nil {
			return err
		}
	}
	return nil
}
