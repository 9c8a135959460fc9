package access

import (
	"context"

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
	return vault.ColumnOf("credentials", "person_id", "totp_secret", textTOTPColumn)
}
