package publication

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// maxSealed is how many rows one seal covers, so that sealing and
// checking need bounded memory; a longer queue gets several seals.
const maxSealed = 10000

// ledger is a table whose rows are bound to the log by seals: each row carries
// a salted digest of itself and the number of its seal. Digest is the name
// under which a leaf holds the sum over the rows; a leaf seals one ledger.
type ledger struct {
	table  string
	digest string
	name   string // Chinese
}

var ledgers = []ledger{{"audit_log", "audit", "审计记录"}, {"case_events", "events", "办理记录"}}

// SealOnce binds new audit rows and case events to the log and signs the head:
// when rows wait, one leaf a ledger (more above 10,000 rows) holds the digest
// over theirs, in id order, and they carry the leaf's number; when the log has grown since the
// newest signed head, a new one is stored. It reports whether it did anything.
// Several nodes may call it at once; call it once a minute.
func SealOnce(ctx context.Context, db *store.DB, key *Key, now time.Time) (sealed bool, err error) {
	defer fault.Wrap(&err, "publication.SealOnce")
	now = now.UTC().Truncate(time.Microsecond)
	err = db.Tx(ctx, func(tx *sql.Tx) error {
		sealed = false
		head, err := LockHead(ctx, tx, db.Dialect)
		if err != nil {
			return err
		}
		for _, l := range ledgers {
			for more := true; more; {
				if more, err = l.seal(ctx, tx, head, now); err != nil {
					return err
				}
			}
		}
		last, err := newestHead(ctx, tx)
		if err != nil {
			return err
		}
		if head.Size() == last.tree.N {
			return nil
		}
		if err := head.Close(ctx); err != nil {
			return err
		}
		if err := extends(ctx, tx, last, head.edge.size); err != nil {
			return err
		}
		signed, err := key.sign(headText(tlog.Tree{N: head.edge.size, Hash: head.edge.root()}, now))
		if err != nil {
			return err
		}
		sealed = true
		_, err = tx.ExecContext(ctx, `INSERT INTO log_seals (at, size, note) VALUES ($1, $2, $3)`, now.UnixMicro(), head.edge.size, signed)
		return err
	})
	return sealed, err
}

// seal appends one seal leaf when rows wait, and reports whether more may be
// left. One statement marks and reads the rows, because a row with
// a smaller id may be committed between two.
func (g ledger) seal(ctx context.Context, tx *sql.Tx, head *Head, now time.Time) (more bool, err error) {
	rows, err := tx.QueryContext(ctx, `
		UPDATE `+g.table+` SET seal = $1 WHERE id IN (SELECT id FROM `+g.table+` WHERE seal IS NULL ORDER BY id LIMIT $2) AND seal IS NULL
		RETURNING id, digest`, head.Size()+1, maxSealed)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	var sealed []sealedLine
	for rows.Next() {
		var l sealedLine
		if err := rows.Scan(&l.id, &l.digest); err != nil {
			return false, err
		}
		sealed = append(sealed, l)
	}
	if err := rows.Err(); err != nil || len(sealed) == 0 {
		return false, err
	}
	slices.SortFunc(sealed, func(a, b sealedLine) int { return int(a.id - b.id) })
	sum := newSealSum()
	for _, l := range sealed {
		sum.add(l)
	}
	_, err = head.Append(ctx, Entry{At: now, Act: Seal, Digests: map[string]string{g.digest: sum.hex()}, Detail: map[string]string{
		"rows": strconv.Itoa(len(sealed)), "from": strconv.FormatInt(sealed[0].id, 10), "to": strconv.FormatInt(sealed[len(sealed)-1].id, 10)}})
	return len(sealed) == maxSealed, err
}

// sealedLine is what a seal covers of a row: its id and its own digest.
type sealedLine struct {
	id     int64
	digest string
}

// sealSum is SHA-256 over "id digest" lines.
type sealSum struct{ lines []byte }

func newSealSum() *sealSum { return &sealSum{} }

func (s *sealSum) add(l sealedLine) { s.lines = fmt.Appendf(s.lines, "%d %s\n", l.id, l.digest) }

func (s *sealSum) hex() string {
	sum := sha256.Sum256(s.lines)
	return hex.EncodeToString(sum[:])
}

// signedHead is a row of log_seals, read back.
type signedHead struct {
	tree tlog.Tree
	note string
}

// newestHead gives the newest signed head; a log that was never signed has size 0.
func newestHead(ctx context.Context, q store.Querier) (signedHead, error) {
	var h signedHead
	err := q.QueryRowContext(ctx, `SELECT note FROM log_seals ORDER BY id DESC LIMIT 1`).Scan(&h.note)
	if errors.Is(err, sql.ErrNoRows) {
		return signedHead{}, nil
	}
	if err != nil {
		return h, store.Sentence("publication.newestHead", err)
	}
	if h.tree, err = tlog.ParseTree([]byte(h.note)); err != nil {
		return h, damaged(err)
	}
	return h, nil
}

// extends makes sure that the log still begins with what was signed before: a
// signature on a second history would undo all that the first one proves.
func extends(ctx context.Context, q store.Querier, last signedHead, size int64) error {
	if last.tree.N == 0 {
		return nil
	}
	if last.tree.N > size {
		return damaged(fmt.Errorf("signed head of size %d, log of size %d", last.tree.N, size))
	}
	root, err := tlog.TreeHash(last.tree.N, hashReader(ctx, q))
	if err != nil {
		return err
	}
	if root != last.tree.Hash {
		return damaged(fmt.Errorf("log differs from the head signed at size %d", last.tree.N))
	}
	return nil
}

// headText is the signed text: the tree as tlog writes it, and the time.
func headText(t tlog.Tree, at time.Time) string {
	return string(tlog.FormatTree(t)) + at.UTC().Format(timeLayout) + "\n"
}

// openHead checks a signed note to the last byte: one signature, by a known
// key, in canonical spelling. A broken note gives an error.
func openHead(signed string, known note.Verifiers) (tree tlog.Tree, at string, err error) {
	n, err := note.Open([]byte(signed), known)
	if err != nil {
		return tree, "", err
	}
	if len(n.Sigs) != 1 || len(n.UnverifiedSigs) != 0 {
		return tree, "", errors.New("not exactly one signature")
	}
	sig, err := base64.StdEncoding.DecodeString(n.Sigs[0].Base64)
	if err != nil {
		return tree, "", err
	}
	if signed != n.Text+"\n— "+n.Sigs[0].Name+" "+base64.StdEncoding.EncodeToString(sig)+"\n" {
		return tree, "", errors.New("not in canonical form")
	}
	if tree, err = tlog.ParseTree([]byte(n.Text)); err != nil {
		return tree, "", err
	}
	at = n.Text[len(tlog.FormatTree(tree)):]
	t, err := time.Parse(timeLayout+"\n", at)
	if err != nil || headText(tree, t) != n.Text {
		return tree, "", errors.New("not in canonical form")
	}
	return tree, at[:len(at)-1], nil
}
