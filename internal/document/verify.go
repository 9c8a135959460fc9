package document

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"gongkai/internal/fault"
	"gongkai/internal/publication"
)

// loggedEntry is what a log row says about an edition.
type loggedEntry struct {
	Act     publication.Act   `json:"act"`
	Digests map[string]string `json:"digests"`
}

// Verify compares every edition with the newest row that the log holds about
// it: words, header facts, attachments, and the facts of its work. It also
// checks that the list lines count what is published. Returns the number of
// editions looked at.
func (l *Library) Verify(ctx context.Context, yield func(publication.Fault)) (checked int, err error) {
	defer fault.Wrap(&err, "document.Verify")
	err = l.db.Snapshot(ctx, func(q *sql.Tx) error {
		for after := int64(0); ; {
			batch, err := ids(ctx, q, `SELECT id FROM editions WHERE id > $1 ORDER BY id LIMIT 500`, after)
			if err != nil {
				return err
			}
			if len(batch) == 0 {
				break
			}
			for _, id := range batch {
				if err := verifyEdition(ctx, q, id, yield); err != nil {
					return err
				}
			}
			checked += len(batch)
			after = batch[len(batch)-1]
		}
		return verifyCounts(ctx, q, yield)
	})
	return checked, err
}

func verifyEdition(ctx context.Context, q *sql.Tx, id int64, yield func(publication.Fault)) error {
	report := func(table, code, text string) {
		yield(publication.Fault{Code: code, Fault: text, Table: table, ID: fmt.Sprint(id)})
	}
	var workID int64
	var state string
	if err := q.QueryRowContext(ctx, `SELECT work_id, state FROM editions WHERE id = $1`, id).Scan(&workID, &state); err != nil {
		return err
	}
	last, err := lastEntry(ctx, q, id)
	if err != nil {
		return err
	}
	switch {
	case last == nil:
		report("editions", "not_logged", "已公开的版本没有存证记录")
		return nil
	case last.Act == publication.Expunge:
		return verifyTombstone(ctx, q, id, state, report)
	case state != "published":
		report("editions", "state", "版本的状态与存证不符")
		return nil
	}
	now, err := digestsOf(ctx, q, workID, id)
	if err != nil {
		if fault.KindOf(err) == fault.Internal {
			report("edition_texts", "missing", "版本的正文或盐值缺失")
			return nil
		}
		return err
	}
	for _, part := range []struct{ name, table, text string }{
		{digestText, "edition_texts", "正文与存证不符"}, {digestMeta, "editions", "题头信息与存证不符"}, {digestFiles, "edition_files", "附件清单与存证不符"},
	} {
		if now[part.name] != last.Digests[part.name] {
			report(part.table, part.name, part.text)
		}
	}
	return verifyFacts(ctx, q, workID, now[digestFacts], yield)
}

// lastEntry is the newest log row about an edition, nil when there is none.
func lastEntry(ctx context.Context, q *sql.Tx, id int64) (*loggedEntry, error) {
	return oneEntry(q.QueryRowContext(ctx, `SELECT entry FROM publication_log WHERE edition_id = $1 ORDER BY seq DESC LIMIT 1`, id))
}

func oneEntry(row *sql.Row) (*loggedEntry, error) {
	var raw string
	switch err := row.Scan(&raw); {
	case err == sql.ErrNoRows:
		return nil, nil
	case err != nil:
		return nil, err
	}
	e := &loggedEntry{}
	if err := json.Unmarshal([]byte(raw), e); err != nil {
		return &loggedEntry{}, nil // the log check names the broken row
	}
	return e, nil
}

func verifyFacts(ctx context.Context, q *sql.Tx, workID int64, now string, yield func(publication.Fault)) error {
	last, err := oneEntry(q.QueryRowContext(ctx, `SELECT entry FROM publication_log WHERE work_id = $1 ORDER BY seq DESC LIMIT 1`, workID))
	if err != nil || last == nil {
		return err
	}
	if last.Digests[digestFacts] != now {
		yield(publication.Fault{Code: digestFacts, Fault: "效力记录与存证不符", Table: "work_facts", ID: fmt.Sprint(workID)})
	}
	return nil
}

// verifyTombstone makes sure that nothing of an expunged text came back.
func verifyTombstone(ctx context.Context, q *sql.Tx, id int64, state string, report func(table, code, text string)) error {
	var n int
	if err := q.QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM edition_texts WHERE edition_id = $1) + (SELECT COUNT(*) FROM edition_files WHERE edition_id = $1)`, id).Scan(&n); err != nil {
		return err
	}
	if n > 0 || state != "expunged" {
		report("editions", "tombstone", "已清除的版本仍有内容")
	}
	return nil
}

func verifyCounts(ctx context.Context, q *sql.Tx, yield func(publication.Fault)) error {
	var cards, works int
	if err := q.QueryRowContext(ctx, `
		SELECT (SELECT COUNT(*) FROM work_cards), (SELECT COUNT(DISTINCT work_id) FROM editions WHERE state = 'published')`).Scan(&cards, &works); err != nil {
		return err
	}
	if cards != works {
		yield(publication.Fault{Code: "count", Fault: fmt.Sprintf("列表有 %d 件，已公开的作品有 %d 件", cards, works), Table: "work_cards", ID: "*"})
	}
	return nil
}
