package backup

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// readRows puts back all rows in the caller's transaction.
func (u *reader) readRows(tx *sql.Tx) error {
	// The head row is locked so that nobody publishes into a library being filled.
	var id int
	if err := tx.QueryRowContext(u.ctx, `SELECT id FROM log_head WHERE id = 1`+u.db.Dialect.ForUpdate()).Scan(&id); err != nil {
		return err
	}
	if err := mustBeEmpty(u.ctx, tx); err != nil {
		return err
	}
	if _, err := tx.ExecContext(u.ctx, `DELETE FROM log_head`); err != nil {
		return err
	}
	if len(u.head.Tables) > len(tables) {
		return broken(errors.New("unknown tables"))
	}
	i := 0
	for _, t := range tables {
		if i == len(u.head.Tables) || u.head.Tables[i].Name != t.name {
			continue // a table younger than the archive stays empty
		}
		if err := u.readTable(tx, t, u.head.Tables[i].Columns); err != nil {
			return err
		}
		i++
	}
	if i != len(u.head.Tables) {
		return broken(fmt.Errorf("table %q is unknown or out of order", u.head.Tables[i].Name))
	}
	return u.readManifest()
}

func (u *reader) readTable(tx *sql.Tx, t table, cols []string) error {
	real, err := columnsOf(u.ctx, tx, t.name)
	if err != nil {
		return err
	}
	for i, c := range cols {
		if !slices.Contains(real, c) || slices.Contains(cols[:i], c) {
			return broken(fmt.Errorf("table %s has no column %q", t.name, c))
		}
	}
	into := t.name + ` (` + strings.Join(cols, ", ") + `)`
	sums := tableSums{Name: t.name}
	sum := sha256.New()
	self := selfReference{table: t, cols: cols}
	for no := 1; u.is(partName(t.name, no)); no++ {
		part, err := u.body()
		if err != nil {
			return err
		}
		sum.Write(part)
		rows, err := decodePart(part, len(cols))
		if err != nil {
			return broken(err)
		}
		sums.Rows += int64(len(rows))
		self.hold(rows)
		if t.name == "log_keys" {
			if rows, err = unknownKeys(u.ctx, tx, cols, rows); err != nil {
				return err
			}
		}
		if err := insert(u.ctx, tx, into, rows); err != nil {
			return err
		}
	}
	sums.SHA256 = hex.EncodeToString(sum.Sum(nil))
	u.sums.Tables = append(u.sums.Tables, sums)
	if err := self.release(u.ctx, tx); err != nil {
		return err
	}
	if reset := u.db.Dialect.ResetIdentity(t.name); reset != "" && t.order == "id" && t.name != "log_head" {
		if _, err := tx.ExecContext(u.ctx, reset); err != nil {
			return store.Sentence("backup.Restore("+t.name+")", err)
		}
	}
	return nil
}

// unknownKeys leaves out public keys that the empty library has already: its
// own, when the key file was put back before the rows.
func unknownKeys(ctx context.Context, tx *sql.Tx, cols []string, rows [][]any) (out [][]any, err error) {
	name, verifier := slices.Index(cols, "name"), slices.Index(cols, "verifier")
	if name < 0 || verifier < 0 {
		return rows, nil
	}
	for _, row := range rows {
		var n int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM log_keys WHERE name = $1 AND verifier = $2`, row[name], row[verifier]).Scan(&n); err != nil {
			return nil, store.Sentence("backup.unknownKeys", err)
		}
		if n == 0 {
			out = append(out, row)
		}
	}
	return out, nil
}

func insert(ctx context.Context, tx *sql.Tx, into string, rows [][]any) error {
	err := store.InsertMany(ctx, tx, into, rows)
	if err == nil || ctx.Err() != nil || fault.KindOf(err) == fault.Unavailable {
		return err
	}
	return &fault.Error{Kind: fault.Invalid, Op: "backup.Restore", Text: "备份里的记录放不回资料库，没有恢复任何内容。请换一份备份。", Err: err}
}

func decodePart(part []byte, columns int) ([][]any, error) {
	var rows [][]any
	for len(part) > 0 {
		line, rest, ok := bytes.Cut(part, []byte("\n"))
		if !ok {
			return nil, errors.New("a line without its end")
		}
		row, err := decodeRow(line, columns)
		if err != nil {
			return nil, err
		}
		rows, part = append(rows, row), rest
	}
	return rows, nil
}

// selfReference holds back references to rows of the same table that come
// later, because PostgreSQL checks them at once.
type selfReference struct {
	table table
	cols  []string
	late  [][2]int64 // id, the id it refers to
}

func (s *selfReference) hold(rows [][]any) {
	id, ref := slices.Index(s.cols, "id"), slices.Index(s.cols, s.table.self)
	if s.table.self == "" || id < 0 || ref < 0 {
		return
	}
	for _, row := range rows {
		own, ok1 := row[id].(int64)
		other, ok2 := row[ref].(int64)
		if ok1 && ok2 && other > own {
			s.late = append(s.late, [2]int64{own, other})
			row[ref] = nil
		}
	}
}

func (s *selfReference) release(ctx context.Context, tx *sql.Tx) error {
	for _, pair := range s.late {
		if _, err := tx.ExecContext(ctx, `UPDATE `+s.table.name+` SET `+s.table.self+` = $1 WHERE id = $2`, pair[1], pair[0]); err != nil {
			return broken(err)
		}
	}
	return nil
}
