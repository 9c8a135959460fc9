// Package backup writes the whole library to one archive and fills an empty
// library from it, on either engine from either engine. The archive holds
// every row as JSON lines and every file; it does not hold the private key
// that signs the log, which has to be kept apart: whoever has both could
// rewrite history. The public keys are in it, and a restored library signs
// with its own key from then on.
package backup

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/filestore"
	"gongkai/internal/store"
)

// format is the version of the archive's layout.
const format = 1

// keyNote stands in header and manifest.
const keyNote = "The private key that signs the log is not in this archive; its verifiers are. 签名私钥不在备份里，请另行保管。"

// header is the first entry: what a reader must know before the rows.
type header struct {
	Format    int           `json:"format"`
	Schema    int64         `json:"schema"`
	Engine    string        `json:"engine"`
	CreatedAt time.Time     `json:"created_at"`
	Note      string        `json:"note"`
	Tables    []tableHeader `json:"tables"`
}

type tableHeader struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
}

// manifest is the last entry: what must have been read by then.
type manifest struct {
	Format int         `json:"format"`
	Schema int64       `json:"schema"`
	Note   string      `json:"note"`
	Tables []tableSums `json:"tables"`
	Files  fileSums    `json:"files"`
}

type tableSums struct {
	Name   string `json:"name"`
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256"` // over the lines
}

type fileSums struct {
	Count  int64    `json:"count"`
	Bytes  int64    `json:"bytes"`
	SHA256 string   `json:"sha256"` // over "hash size" lines
	Gone   []string `json:"gone"`   // expunged while the backup was written
}

const (
	headerName   = "header.json"
	manifestName = "manifest.json"
	filesPrefix  = "files/"
	tablesPrefix = "tables/"
	partBytes    = 1 << 20 // rows are cut into entries of about this size
)

func partName(table string, no int) string {
	return fmt.Sprintf("%s%s/%06d.jsonl", tablesPrefix, table, no)
}

// Write archives the library as it is at one moment, while others go on
// writing. Memory stays bounded. A file that is expunged meanwhile is left out
// and named in the manifest; one that is damaged or missing fails the backup,
// because the archive could not be restored. On error w holds a part that
// Restore refuses; ToFile leaves no such part.
func Write(ctx context.Context, db *store.DB, files filestore.Store, w io.Writer, now time.Time) (err error) {
	defer fault.Wrap(&err, "backup.Write")
	p, err := newPacker(w, now)
	if err != nil {
		return err
	}
	return db.Snapshot(ctx, func(q *sql.Tx) error {
		b := &writer{ctx: ctx, q: q, live: db.Reader(), files: files, p: p}
		return errors.Join(b.all(db.Dialect, now), p.close())
	})
}

type writer struct {
	ctx   context.Context
	q     *sql.Tx       // the moment of the backup
	live  store.Querier // what is now
	files filestore.Store
	p     *packer
	man   manifest
	sum   hash.Hash // of the files' names and sizes
}

func (b *writer) all(engine store.Dialect, now time.Time) error {
	version, err := schemaVersion(b.ctx, b.q)
	if err != nil {
		return err
	}
	h := header{Format: format, Schema: version, Engine: string(engine), CreatedAt: now.UTC().Truncate(time.Second), Note: keyNote}
	for _, t := range tables {
		cols, err := columnsOf(b.ctx, b.q, t.name)
		if err != nil {
			return err
		}
		h.Tables = append(h.Tables, tableHeader{Name: t.name, Columns: cols})
	}
	if err := b.p.json(headerName, h); err != nil {
		return err
	}
	b.man = manifest{Format: format, Schema: version, Note: keyNote, Files: fileSums{Gone: []string{}}}
	// Files first: putting them back takes transactions of its own, which
	// cannot run within the one that puts back the rows.
	if err := b.allFiles(); err != nil {
		return err
	}
	for i, t := range tables {
		if err := b.table(t, h.Tables[i].Columns); err != nil {
			return fmt.Errorf("table %s: %w", t.name, err)
		}
	}
	return b.p.json(manifestName, b.man)
}

func (b *writer) table(t table, cols []string) error {
	rows, err := b.q.QueryContext(b.ctx, `SELECT `+strings.Join(cols, ", ")+` FROM `+t.name+` ORDER BY `+t.order)
	if err != nil {
		return store.Sentence("backup.Write("+t.name+")", err)
	}
	defer rows.Close()
	sums := tableSums{Name: t.name}
	sum := sha256.New()
	var part []byte
	no := 0
	flush := func() error {
		no++
		sum.Write(part)
		err := b.p.entry(partName(t.name, no), part)
		part = part[:0]
		return err
	}
	row, dest := make([]any, len(cols)), make([]any, len(cols))
	for i := range row {
		dest[i] = &row[i]
	}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		for i, c := range cols {
			if c == t.blank {
				row[i] = ""
			}
		}
		if part, err = encodeRow(part, row); err != nil {
			return err
		}
		sums.Rows++
		if len(part) >= partBytes {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if err := rows.Err(); err != nil {
		return store.Sentence("backup.Write("+t.name+")", err)
	}
	if len(part) > 0 {
		if err := flush(); err != nil {
			return err
		}
	}
	sums.SHA256 = hex.EncodeToString(sum.Sum(nil))
	b.man.Tables = append(b.man.Tables, sums)
	return nil
}
