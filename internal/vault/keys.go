package vault

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"gongkai/internal/fault"
	"gongkai/internal/filestore"
	"gongkai/internal/store"
)

// keys is the ring, read once; made when the library has never had one.
func (v *Vault) keys(ctx context.Context, first bool) (*ring, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.ring != nil {
		return v.ring, nil
	}
	r, err := v.load(ctx)
	if err == nil && r == nil {
		if !first {
			return nil, v.missing("")
		}
		r, err = v.create(ctx)
	}
	if err != nil {
		return nil, err
	}
	v.ring = r
	return r, nil
}

// reload reads the ring again.
func (v *Vault) reload(ctx context.Context) (*ring, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	r, err := v.load(ctx)
	if err == nil && r == nil {
		err = v.missing("")
	}
	if err == nil {
		v.ring = r
	}
	return r, err
}

// listed is a row of vault_keys.
type listed struct{ id, kind, secret string }

func list(ctx context.Context, q store.Querier) ([]listed, error) {
	rows, err := q.QueryContext(ctx, `SELECT key_id, kind, secret FROM vault_keys WHERE kind <> 'lock' ORDER BY made_at, key_id`)
	if err != nil {
		return nil, store.Sentence("vault.list", err)
	}
	defer rows.Close()
	var out []listed
	for rows.Next() {
		var l listed
		if err := rows.Scan(&l.id, &l.kind, &l.secret); err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, rows.Err()
}

// load reads the keys where they lie; nil when the library never had any. A
// key that the library lists and the source lacks is an error.
func (v *Vault) load(ctx context.Context) (*ring, error) {
	known, err := list(ctx, v.db.Reader())
	if err != nil || len(known) == 0 {
		return nil, err
	}
	r, err := v.read(known)
	if err != nil {
		return nil, err
	}
	if r == nil {
		return nil, v.missing(known[0].id)
	}
	for _, l := range known {
		if r.data[l.id] == nil && r.blindID != l.id {
			return nil, v.missing(l.id)
		}
	}
	return r, nil
}

// read takes the ring from the file, or from the rows when no file has it.
func (v *Vault) read(known []listed) (*ring, error) {
	if v.src.File != "" {
		b, err := os.ReadFile(v.src.File)
		switch {
		case err == nil:
			r, err := parseRing(string(b))
			if err != nil {
				return nil, &fault.Error{Kind: fault.Unavailable, Op: "vault.read", Text: fmt.Sprintf(textBadFile, v.src.File), Err: err}
			}
			return r, nil
		case !errors.Is(err, fs.ErrNotExist):
			return nil, &fault.Error{Kind: fault.Unavailable, Op: "vault.read", Text: fmt.Sprintf(textNoRead, v.src.File), Err: err}
		}
	}
	r := emptyRing()
	for _, l := range known {
		if l.secret == "" {
			return nil, nil
		}
		if err := r.addLine(l.secret); err != nil {
			return nil, &fault.Error{Kind: fault.Unavailable, Op: "vault.read", Text: fmt.Sprintf(textBadFile, textInside), Err: err}
		}
	}
	if !r.whole() {
		return nil, nil
	}
	return r, nil
}

// create makes the first keys. Of several processes one makes them: the row
// "lock" is one nobody else can insert meanwhile.
func (v *Vault) create(ctx context.Context) (r *ring, err error) {
	err = v.db.Tx(ctx, func(tx *sql.Tx) error {
		if err := v.lock(ctx, tx); err != nil {
			return err
		}
		known, err := list(ctx, tx)
		if err != nil {
			return err
		}
		if len(known) > 0 {
			r = nil // another was faster
			return nil
		}
		if r, err = v.read(nil); err != nil { // a file that an earlier, cut-off start wrote
			return err
		}
		if r == nil {
			if r, err = newRing(v.src.Rand); err != nil {
				return err
			}
			if v.src.File != "" {
				if err := write(v.src.File, r); err != nil {
					return err
				}
			}
		}
		for _, id := range r.order {
			if err := v.enter(ctx, tx, kindData, r.data[id]); err != nil {
				return err
			}
		}
		return v.enter(ctx, tx, kindBlind, r.blind)
	})
	if err == nil && r == nil {
		if r, err = v.load(ctx); err == nil && r == nil {
			err = v.missing("")
		}
	}
	return r, err
}

func (v *Vault) lock(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO vault_keys (key_id, kind, secret, made_at) VALUES ('lock', 'lock', '', 0)
		ON CONFLICT (key_id) DO UPDATE SET made_at = 0`)
	return store.Sentence("vault.lock", err)
}

// enter lists a key; the key itself only where no file keeps it.
func (v *Vault) enter(ctx context.Context, tx *sql.Tx, kind string, key []byte) error {
	secret := ""
	if v.src.File == "" {
		secret = line(kind, key)
	}
	// The youngest key is the current one, also where two are made in one
	// microsecond or the clock was set back.
	var last int64
	if err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(made_at), 0) FROM vault_keys`).Scan(&last); err != nil {
		return store.Sentence("vault.enter", err)
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO vault_keys (key_id, kind, secret, made_at) VALUES ($1, $2, $3, $4) ON CONFLICT (key_id) DO NOTHING`,
		keyID(kind, key), kind, secret, max(v.src.Now().UTC().UnixMicro(), last+1))
	return store.Sentence("vault.enter", err)
}

// missing is the error of a key that is not there.
func (v *Vault) missing(id string) error {
	where := v.src.File
	if where == "" {
		where = textInside
	}
	return &fault.Error{Kind: fault.Unavailable, Op: "vault.missing", Text: fmt.Sprintf(textMissing, id, where)}
}

// write puts a ring into a file that only its owner reads, whole or not at all.
func write(path string, r *ring) (err error) {
	defer func() {
		if err != nil {
			err = &fault.Error{Kind: fault.Unavailable, Op: "vault.write", Text: fmt.Sprintf(textNoWrite, path), Err: err}
		}
	}()
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return filestore.WriteWhole(path, 0o600, func(w io.Writer) error {
		_, err := io.WriteString(w, r.text())
		return err
	})
}

// Export writes all keys to a new file, for keeping apart from the library and
// for moving from keys in the database to --vault-key.
func (v *Vault) Export(ctx context.Context, file string) (err error) {
	defer fault.Wrap(&err, "vault.Export")
	r, err := v.reload(ctx)
	if err != nil {
		if known, e := list(ctx, v.db.Reader()); e == nil && len(known) == 0 {
			return fault.New(fault.NotFound, "vault.Export", textNoneMade)
		}
		return err
	}
	if _, err := os.Lstat(file); err == nil {
		return fault.Newf(fault.Conflict, "vault.Export", textExists, file)
	}
	return write(file, r)
}

// keyFileName is the file in the folder of keys beside the data.
const keyFileName = "vault.key"

// FileIn is the key file of a library in a data folder.
func FileIn(dataDir string) string { return filepath.Join(dataDir, "keys", keyFileName) }

func names(ids []string) string { return strings.Join(ids, "、") }
