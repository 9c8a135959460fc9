package document

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"time"
	"unicode/utf8"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// tombstoneSecret names the secret under which tombstones are hashed.
const tombstoneSecret = "tombstones"

// expungedBefore reports whether a source brings something that was expunged.
// keys are what identifies it without an id of its own: its content key and
// the SHA-256 of its files (tombstoneKeys).
func expungedBefore(ctx context.Context, tx store.Querier, source string, keys ...string) (bool, error) {
	secret, err := secretOf(ctx, tx)
	if err != nil || secret == "" {
		return false, err
	}
	for _, k := range keys {
		if k == "" {
			continue
		}
		var one int
		err := tx.QueryRowContext(ctx, `SELECT 1 FROM tombstones WHERE source = $1 AND hash = $2`, source, tombstoneHash(secret, k)).Scan(&one)
		if err == nil {
			return true, nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return false, err
		}
	}
	return false, nil
}

// tombstoneKeys is what expungedBefore has to ask about a document.
func tombstoneKeys(p *prepared) []string {
	keys := []string{p.key}
	for _, f := range p.content.Files {
		keys = append(keys, f.SHA256)
	}
	return keys
}

// fewestRunes is the length from which words alone tell a text of our own from
// every other; shorter ones (见附件。) are said again and again.
const fewestRunes = 20

// textKey knows a text by its words alone, so that it is not released again
// under another day or title; "" for one that is too short.
func textKey(text string) string {
	if utf8.RuneCountInString(text) < fewestRunes {
		return ""
	}
	sum := sha256.Sum256([]byte(text))
	return "text:" + hex.EncodeToString(sum[:])
}

// secretOf is "" in a library that never expunged anything.
func secretOf(ctx context.Context, q store.Querier) (value string, err error) {
	err = q.QueryRowContext(ctx, `SELECT value FROM library_secrets WHERE name = $1`, tombstoneSecret).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return value, err
}

func tombstoneHash(secret, key string) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(key))
	return hex.EncodeToString(m.Sum(nil))
}

// bury writes the tombstones of an edition that is about to be blanked. A file
// that another published text holds as well is not forbidden: it is public.
// shas are the files of the edition.
func bury(ctx context.Context, tx *sql.Tx, id int64, shas []string, now time.Time) (err error) {
	defer fault.Wrap(&err, "document.bury(%d)", id)
	var source, key string
	if err := tx.QueryRowContext(ctx, `SELECT source, content_key FROM editions WHERE id = $1`, id).Scan(&source, &key); err != nil {
		return err
	}
	keys := []string{key}
	if source == IssueSource || source == DeskSource {
		text, err := currentText(ctx, tx, id)
		if err != nil {
			return err
		}
		keys = append(keys, textKey(text))
	}
	for _, sha := range shas {
		var n int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM edition_files WHERE sha256 = $1 AND edition_id <> $2`, sha, id).Scan(&n); err != nil {
			return err
		}
		if n == 0 {
			keys = append(keys, sha)
		}
	}
	return plant(ctx, tx, source, keys, now)
}

// plant writes the tombstones of the keys that are not empty.
func plant(ctx context.Context, tx *sql.Tx, source string, keys []string, now time.Time) error {
	secret, err := ensureSecret(ctx, tx)
	if err != nil {
		return err
	}
	for _, k := range keys {
		if k == "" {
			continue
		}
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO tombstones (source, hash, at) VALUES ($1, $2, $3) ON CONFLICT (source, hash) DO NOTHING`,
			source, tombstoneHash(secret, k), now.UnixMicro()); err != nil {
			return err
		}
	}
	return nil
}

// ensureSecret makes the secret when the first text is expunged. Of two
// transactions that make one, the second reads the first one's.
func ensureSecret(ctx context.Context, tx *sql.Tx) (string, error) {
	fresh := make([]byte, 0, 64)
	for range 2 {
		part, err := newSalt()
		if err != nil {
			return "", err
		}
		fresh = append(fresh, part...)
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO library_secrets (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`, tombstoneSecret, string(fresh)); err != nil {
		return "", err
	}
	return secretOf(ctx, tx)
}

// strs runs a query of one text column.
func strs(ctx context.Context, q store.Querier, query string, args ...any) ([]string, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}
