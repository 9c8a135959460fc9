package document

import (
	"context"
	"encoding/json"
	"strings"

	"gongkai/internal/publication"
	"gongkai/internal/store"
)

// Digest names in a log entry. Each covers one part of a published edition
// under the edition's salt, so that the log shows that nothing changed and
// tells nothing of what was said.
const (
	digestMeta  = "meta"  // what we say about the edition
	digestText  = "text"  // its words, newest revision
	digestFiles = "files" // its attachments
	digestFacts = "facts" // the facts about the work's validity
)

// digestsOf computes the digests that a log row about an edition carries.
func digestsOf(ctx context.Context, q store.Querier, workID, editionID int64) (map[string]string, error) {
	out := map[string]string{}
	facts, err := factsDigest(ctx, q, workID)
	if err != nil {
		return nil, err
	}
	out[digestFacts] = facts
	if editionID == 0 {
		return out, nil
	}
	var salt string
	if err := q.QueryRowContext(ctx, `SELECT salt FROM edition_salts WHERE edition_id = $1 AND name = 'edition'`, editionID).Scan(&salt); err != nil {
		return nil, err
	}
	meta, err := metaJSON(ctx, q, editionID)
	if err != nil {
		return nil, err
	}
	out[digestMeta] = publication.Digest(salt+"/"+digestMeta, meta)
	text, err := currentText(ctx, q, editionID)
	if err != nil {
		return nil, err
	}
	out[digestText] = publication.Digest(salt+"/"+digestText, text)
	files, err := joined(ctx, q, `SELECT name || '|' || role || '|' || text_state || '|' || sha256 || '|' || body FROM edition_files WHERE edition_id = $1 ORDER BY position`, editionID, "\n")
	if err != nil {
		return nil, err
	}
	out[digestFiles] = publication.Digest(salt+"/"+digestFiles, files)
	return out, nil
}

// metaJSON is the canonical form of what we say about an edition, with its
// records and earlier revisions, so that history cannot be rewritten either.
func metaJSON(ctx context.Context, q store.Querier, id int64) (string, error) {
	fields := make([]string, 24)
	dest := make([]any, len(fields))
	for i := range fields {
		dest[i] = &fields[i]
	}
	err := q.QueryRowContext(ctx, `
		SELECT CAST(label AS TEXT), state, source, COALESCE(external_id, ''), title, short_title, doc_no, index_no, registration_no,
			kind, category, region, attribute, adopted_on, published_on, effective_on, clause_on, expires_on,
			source_name, source_url, source_status, recipients, history, CAST(revision AS TEXT)
		FROM editions WHERE id = $1`, id).Scan(dest...)
	if err != nil {
		return "", err
	}
	for _, query := range []string{
		`SELECT name_then || '|' || role FROM edition_organs WHERE edition_id = $1 ORDER BY position`,
		`SELECT t.name FROM edition_topics e JOIN topics t ON t.id = e.topic_id WHERE e.edition_id = $1 ORDER BY e.position`,
		`SELECT CAST(no AS TEXT) || '|' || field || '|' || old_value || '|' || new_value || '|' || actor || '|' || reason || '|' || CAST(at AS TEXT) FROM edition_records WHERE edition_id = $1 ORDER BY no`,
		`SELECT body FROM edition_texts WHERE edition_id = $1 AND revision < (SELECT MAX(revision) FROM edition_texts WHERE edition_id = $1) ORDER BY revision`,
	} {
		part, err := joined(ctx, q, query, id, "\x1f")
		if err != nil {
			return "", err
		}
		fields = append(fields, part)
	}
	b, err := json.Marshal(fields)
	return string(b), err
}

func factsDigest(ctx context.Context, q store.Querier, workID int64) (string, error) {
	var salt string
	if err := q.QueryRowContext(ctx, `SELECT facts_salt FROM works WHERE id = $1`, workID).Scan(&salt); err != nil {
		return "", err
	}
	rows, err := joined(ctx, q, `
		SELECT CAST(edition_label AS TEXT) || '|' || kind || '|' || valid_on || '|' || authority || '|' || reason || '|' || provisions
		FROM work_facts WHERE work_id = $1 ORDER BY id`, workID, "\n")
	if err != nil {
		return "", err
	}
	return publication.Digest(salt+"/"+digestFacts, strings.TrimSpace(rows)), nil
}
