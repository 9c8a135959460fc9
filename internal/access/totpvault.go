package access

import (
	"context"
	"database/sql"

	"gongkai/internal/store"
	"gongkai/internal/vault"
)

// totpPlace is where the secret of a person's second factor stands.
func totpPlace(person int64) vault.Place {
	return vault.Place{Table: "credentials", Column: "totp_secret", Row: person}
}

// openTOTP reads a stored secret. One from before the vault is still plain
// until the next start of a node seals it (SealedColumn).
func (s *Service) openTOTP(ctx context.Context, person int64, stored string) (string, error) {
	if !vault.Sealed(stored) {
		return stored, nil
	}
	return s.vault.Open(ctx, totpPlace(person), stored)
}

// SealedColumn describes the secrets of second factors to the vault.
func SealedColumn() vault.Column {
	return vault.Column{Table: "credentials", Column: "totp_secret", Name: textTOTPColumn, Rows: sealedTOTP, Store: storeTOTP}
}

func sealedTOTP(ctx context.Context, q store.Querier, without string, after int64, limit int) (out []vault.Row, err error) {
	rows, err := q.QueryContext(ctx, `
		SELECT person_id, totp_secret FROM credentials
		WHERE totp_secret <> '' AND substr(totp_secret, 1, $1) <> $2 AND person_id > $3 ORDER BY person_id LIMIT $4`, len(without), without, after, limit)
	if err != nil {
		return nil, store.Sentence("access.sealedTOTP", err)
	}
	defer rows.Close()
	for rows.Next() {
		var r vault.Row
		if err := rows.Scan(&r.ID, &r.Value); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// storeTOTP leaves a secret alone that its owner changed meanwhile.
func storeTOTP(ctx context.Context, tx *sql.Tx, id int64, old, sealed string) error {
	_, err := tx.ExecContext(ctx, `UPDATE credentials SET totp_secret = $1 WHERE person_id = $2 AND totp_secret = $3`, sealed, id, old)
	return store.Sentence("access.storeTOTP", err)
}
