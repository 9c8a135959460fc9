package document

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"gongkai/internal/publication"
	"gongkai/internal/store"
)

// Digest names in a log entry. Each covers one part of a published edition or
// of its work under a salt, so that the log shows that nothing changed and
// tells nothing of what was said. What can be computed from these parts
// (keys, counts, provisions, links, list lines) is not digested: Verify
// computes it again.
const (
	digestMeta  = "meta"  // what we say about the edition
	digestText  = "text"  // its words, newest revision
	digestFiles = "files" // its attachments
	digestFacts = "facts" // the facts about the work's validity
	digestWork  = "work"  // where the work came from and where it stands
	// digestTakedowns covers withdrawals and restorations; only a work that had
	// one has it.
	digestTakedowns = "takedowns"
)

// digestsOf computes the digests that a log row about an edition carries; an
// editionID of 0 gives those of the work alone.
func digestsOf(ctx context.Context, q store.Querier, workID, editionID int64) (map[string]string, error) {
	out := map[string]string{}
	if err := workDigests(ctx, q, workID, out); err != nil || editionID == 0 {
		return out, err
	}
	return out, editionDigests(ctx, q, editionID, out)
}

// part is what one digest covers: queries whose rows are put one after another.
type part struct {
	name    string
	queries []string
}

var editionParts = []part{
	{digestMeta, []string{
		`SELECT label, state, source, external_id, content_key, title, short_title, doc_no, index_no, registration_no,
			kind, category, region, attribute, adopted_on, published_on, effective_on, clause_on, expires_on,
			source_name, source_url, source_status, recipients, history, revision, released_at
			FROM editions WHERE id = $1`,
		`SELECT position, organ_id, role, name_then FROM edition_organs WHERE edition_id = $1 ORDER BY position`,
		`SELECT e.position, t.name FROM edition_topics e JOIN topics t ON t.id = e.topic_id WHERE e.edition_id = $1 ORDER BY e.position`,
		`SELECT no, field, old_value, new_value, actor, reason, at FROM edition_records WHERE edition_id = $1 ORDER BY no`,
		// Earlier revisions, so that history cannot be rewritten either.
		`SELECT revision, body FROM edition_texts WHERE edition_id = $1 AND revision < (SELECT MAX(revision) FROM edition_texts WHERE edition_id = $1) ORDER BY revision`,
	}},
	{digestFiles, []string{
		`SELECT ef.position, ef.sha256, ef.name, ef.role, ef.text_state, ef.body, f.size, f.mime
			FROM edition_files ef LEFT JOIN files f ON f.sha256 = ef.sha256 WHERE ef.edition_id = $1 ORDER BY ef.position`,
	}},
}

var workParts = []part{
	// by_work_id is a link that later texts may close: Verify looks at it apart.
	{digestFacts, []string{
		`SELECT id, edition_label, kind, valid_on, recorded_at, authority, reason, provisions, supersedes FROM work_facts WHERE work_id = $1 ORDER BY id`,
	}},
	{digestWork, []string{
		`SELECT kind, owner_organ_id, source, source_work_id, created_at FROM works WHERE id = $1`,
		`SELECT column_id, from_on, to_on FROM placements WHERE work_id = $1 ORDER BY column_id, from_on`,
	}},
}

var takedownParts = []part{{digestTakedowns, []string{
	`SELECT withdrawn FROM works WHERE id = $1`,
	`SELECT id, act, ground, reason, actor, on_day, at FROM work_takedowns WHERE work_id = $1 ORDER BY id`,
}}}

func editionDigests(ctx context.Context, q store.Querier, id int64, out map[string]string) error {
	var salt string
	if err := q.QueryRowContext(ctx, `SELECT salt FROM edition_salts WHERE edition_id = $1 AND name = 'edition'`, id).Scan(&salt); err != nil {
		return err
	}
	text, err := currentText(ctx, q, id)
	if err != nil {
		return err
	}
	out[digestText] = publication.Digest(salt+"/"+digestText, text)
	return digestParts(ctx, q, editionParts, id, salt, out)
}

func workDigests(ctx context.Context, q store.Querier, id int64, out map[string]string) error {
	var salt string
	if err := q.QueryRowContext(ctx, `SELECT facts_salt FROM works WHERE id = $1`, id).Scan(&salt); err != nil {
		return err
	}
	parts := workParts
	var takedowns int
	if err := q.QueryRowContext(ctx, `SELECT withdrawn + (SELECT COUNT(*) FROM work_takedowns WHERE work_id = $1) FROM works WHERE id = $1`, id).Scan(&takedowns); err != nil {
		return err
	}
	if takedowns != 0 {
		parts = append(parts[:len(parts):len(parts)], takedownParts...)
	}
	return digestParts(ctx, q, parts, id, salt, out)
}

func digestParts(ctx context.Context, q store.Querier, parts []part, id int64, salt string, out map[string]string) error {
	for _, p := range parts {
		all := make([][][]any, len(p.queries))
		for i, query := range p.queries {
			rows, err := valuesOf(ctx, q, query, id)
			if err != nil {
				return fmt.Errorf("digest %s: %w", p.name, err)
			}
			all[i] = rows
		}
		b, err := json.Marshal(all)
		if err != nil {
			return err
		}
		out[p.name] = publication.Digest(salt+"/"+p.name, b)
	}
	return nil
}

// valuesOf gives rows as JSON can hold them, so that every value keeps its
// place: bytes cannot move from one column to its neighbour unseen.
func valuesOf(ctx context.Context, q store.Querier, query string, id int64) ([][]any, error) {
	rows, err := q.QueryContext(ctx, query, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	cols, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	out := [][]any{}
	for rows.Next() {
		row, dest := make([]any, len(cols)), make([]any, len(cols))
		for i := range row {
			dest[i] = &row[i]
		}
		if err := rows.Scan(dest...); err != nil {
			return nil, err
		}
		for i, v := range row {
			if row[i], err = plain(v); err != nil {
				return nil, fmt.Errorf("column %s: %w", cols[i], err)
			}
		}
		out = append(out, row)
	}
	return out, rows.Err()
}

// plain keeps text that is not UTF-8 apart from every text that is: only a
// damaged row holds such, and the encoder would make different bytes alike.
func plain(v any) (any, error) {
	switch v := v.(type) {
	case nil, int64:
		return v, nil
	case string:
		if utf8.ValidString(v) {
			return v, nil
		}
		return map[string]string{"bytes": base64.StdEncoding.EncodeToString([]byte(v))}, nil
	case []byte:
		return map[string]string{"bytes": base64.StdEncoding.EncodeToString(v)}, nil
	case float64:
		return map[string]float64{"real": v}, nil // SQLite keeps what was put there by force
	}
	return nil, errors.New("a value of an unknown kind")
}
