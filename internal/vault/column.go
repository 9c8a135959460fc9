package vault

import (
	"context"
	"database/sql"

	"gongkai/internal/store"
)

// ColumnOf describes a column of text whose values are bound to table, column
// and the row's number in key. name is what people call it, in Chinese.
func ColumnOf(table, key, column, name string) Column {
	return Column{Table: table, Column: column, Name: name,
		Rows: func(ctx context.Context, q store.Querier, without string, after int64, limit int) (out []Row, err error) {
			rows, err := q.QueryContext(ctx, `SELECT `+key+`, `+column+` FROM `+table+`
				WHERE `+column+` <> '' AND substr(`+column+`, 1, $1) <> $2 AND `+key+` > $3 ORDER BY `+key+` LIMIT $4`, len(without), without, after, limit)
			if err != nil {
				return nil, store.Sentence("vault.ColumnOf("+table+"."+column+")", err)
			}
			defer rows.Close()
			for rows.Next() {
				var r Row
				if err := rows.Scan(&r.ID, &r.Value); err != nil {
					return nil, err
				}
				out = append(out, r)
			}
			return out, rows.Err()
		},
		// A value that its owner changed meanwhile is left alone.
		Store: func(ctx context.Context, tx *sql.Tx, id int64, old, sealed string) error {
			_, err := tx.ExecContext(ctx, `UPDATE `+table+` SET `+column+` = $1 WHERE `+key+` = $2 AND `+column+` = $3`, sealed, id, old)
			return store.Sentence("vault.ColumnOf("+table+"."+column+")", err)
		}}
}

// KeysOf describes bytes that lie sealed outside the database by the column
// that names the key of each. It is for Check only: bytes are sealed anew by
// the room that keeps them.
func KeysOf(table, keys, name string) Column {
	return Column{Table: table, Column: keys, Name: name,
		Rows: func(ctx context.Context, q store.Querier, _ string, after int64, limit int) (out []Row, err error) {
			rows, err := q.QueryContext(ctx, `SELECT id, `+keys+` FROM `+table+` WHERE `+keys+` <> '' AND id > $1 ORDER BY id LIMIT $2`, after, limit)
			if err != nil {
				return nil, store.Sentence("vault.KeysOf("+table+")", err)
			}
			defer rows.Close()
			for rows.Next() {
				var r Row
				if err := rows.Scan(&r.ID, &r.Value); err != nil {
					return nil, err
				}
				r.Value = mark + r.Value + ":"
				out = append(out, r)
			}
			return out, rows.Err()
		}}
}

// Current is the id of the key that seals from now on; the first call makes the
// keys. Errors: Unavailable when the keys are missing.
func (v *Vault) Current(ctx context.Context) (string, error) {
	r, err := v.keys(ctx, true)
	if err != nil {
		return "", err
	}
	return r.current(), nil
}
