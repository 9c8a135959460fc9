package vault

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// Row is a stored value of a column with its row's number.
type Row struct {
	ID    int64
	Value string
}

// Column is a personal column, as the package that owns its table describes it.
type Column struct {
	Table, Column string
	Name          string // Chinese, for people
	Batch         int    // values in one transaction, for large ones; 0 is inBatch
	// Rows lists values that are not empty and do not begin with a text, of rows
	// after an id, in the order of ids.
	Rows func(ctx context.Context, q store.Querier, without string, after int64, limit int) ([]Row, error)
	// Store replaces a value, if it is still the old one.
	Store func(ctx context.Context, tx *sql.Tx, id int64, old, sealed string) error
}

// inBatch is how many values one transaction seals anew.
const inBatch = 200

// AddKey makes a key with which everything is sealed from now on, and returns
// its id. Rotate then brings older values over.
func (v *Vault) AddKey(ctx context.Context) (id string, err error) {
	defer fault.Wrap(&err, "vault.AddKey")
	if err := v.Ready(ctx); err != nil {
		return "", err
	}
	err = v.db.Tx(ctx, func(tx *sql.Tx) error {
		if err := v.lock(ctx, tx); err != nil {
			return err
		}
		known, err := list(ctx, tx)
		if err != nil {
			return err
		}
		r, err := v.read(known)
		if err != nil || r == nil {
			if err == nil {
				err = v.missing("")
			}
			return err
		}
		key, err := newKey(v.src.Rand)
		if err != nil {
			return err
		}
		if err := r.add(kindData, key); err != nil {
			return err
		}
		id = r.current()
		if v.src.File != "" { // the file first: a key that is listed must never be missing
			if err := write(v.src.File, r); err != nil {
				return err
			}
		}
		return v.enter(ctx, tx, kindData, key)
	})
	if err != nil {
		return "", err
	}
	_, err = v.reload(ctx)
	return id, err
}

// Rotate seals every value of a column with the current key: what was sealed
// with an older one, and what was stored in plain words. It goes in batches
// and may be stopped anywhere; the next call does the rest. n counts values.
func (v *Vault) Rotate(ctx context.Context, c Column) (n int, err error) {
	defer fault.Wrap(&err, "vault.Rotate(%s.%s)", c.Table, c.Column)
	var r *ring
	batch := cmp.Or(c.Batch, inBatch)
	for after := int64(0); ; {
		if r == nil { // a library without such values gets no key
			first, err := c.Rows(ctx, v.db.Reader(), "-", 0, 1)
			if err != nil || len(first) == 0 {
				return 0, err
			}
			if r, err = v.keys(ctx, true); err != nil {
				return 0, err
			}
		}
		rows, err := c.Rows(ctx, v.db.Reader(), mark+r.current()+":", after, batch)
		if err != nil || len(rows) == 0 {
			return n, err
		}
		sealed := make([]string, len(rows))
		for i, row := range rows {
			p := Place{c.Table, c.Column, row.ID}
			plain := row.Value
			if Sealed(plain) {
				if plain, err = v.Open(ctx, p, row.Value); err != nil {
					return n, err
				}
			}
			if sealed[i], err = v.seal(r, p, plain); err != nil {
				return n, err
			}
		}
		err = v.db.Tx(ctx, func(tx *sql.Tx) error {
			for i, row := range rows {
				if err := c.Store(ctx, tx, row.ID, row.Value, sealed[i]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return n, err
		}
		n += len(rows)
		after = rows[len(rows)-1].ID
	}
}

// Unreadable counts the values of a column whose key is not here.
type Unreadable struct {
	Name  string   `json:"name"`
	Count int      `json:"count"`
	Keys  []string `json:"keys"` // ids of the missing keys
}

// Sentence says it to a person.
func (u Unreadable) Sentence() string {
	return fmt.Sprintf("%s有 %d 项读不出来，缺少密钥 %s。", u.Name, u.Count, names(u.Keys))
}

// Check lists what cannot be read for want of a key, as after a restore.
func (v *Vault) Check(ctx context.Context, columns ...Column) (out []Unreadable, err error) {
	defer fault.Wrap(&err, "vault.Check")
	have := map[string][]byte{}
	known, err := list(ctx, v.db.Reader())
	if err != nil {
		return nil, err
	}
	if r, err := v.read(known); err == nil && r != nil { // an unreadable file is no key at all
		have = r.data
	}
	for _, c := range columns {
		u := Unreadable{Name: c.Name}
		for after := int64(0); ; {
			rows, err := c.Rows(ctx, v.db.Reader(), "-", after, cmp.Or(c.Batch, inBatch))
			if err != nil {
				return nil, err
			}
			if len(rows) == 0 {
				break
			}
			for _, row := range rows {
				if id := KeyOf(row.Value); id != "" && have[id] == nil {
					u.Count++
					if !slices.Contains(u.Keys, id) {
						u.Keys = append(u.Keys, id)
					}
				}
			}
			after = rows[len(rows)-1].ID
		}
		if u.Count > 0 {
			out = append(out, u)
		}
	}
	return out, nil
}
