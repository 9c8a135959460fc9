package access

import (
	"strings"
	"testing"

	"github.com/pquerna/otp/totp"

	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/vault"
)

func (h house) storedSecret(t *testing.T, person int64) (s string) {
	t.Helper()
	if err := h.db.Reader().QueryRowContext(ctx, `SELECT totp_secret FROM credentials WHERE person_id = $1`, person).Scan(&s); err != nil {
		t.Fatal(err)
	}
	return s
}

// A secret is sealed when it is enrolled; one from before the vault works until
// it is sealed, and after.
func TestTOTP_SecretIsSealed(t *testing.T) {
	run(t, func(t *testing.T, h house) {
		secrets := map[int64]string{}
		for _, login := range []string{"lin", "chen"} {
			a := h.add(t, login, "jyj", Clerk)
			secret, _, err := h.NewTOTP("x", login)
			if err != nil {
				t.Fatal(err)
			}
			secrets[a.Person] = secret
			if login == "lin" {
				code, err := totp.GenerateCode(secret, h.clock.now())
				if err != nil {
					t.Fatal(err)
				}
				if _, err := h.EnrolTOTP(ctx, a, secret, code); err != nil {
					t.Fatal(err)
				}
				if s := h.storedSecret(t, a.Person); !vault.Sealed(s) || strings.Contains(s, secret) {
					t.Fatalf("stored %q", s)
				}
			} else if _, err := h.db.Writer().ExecContext(ctx, `UPDATE credentials SET totp_secret = $1 WHERE person_id = $2`, secret, a.Person); err != nil {
				t.Fatal(err)
			}
		}
		verify := func(when string) {
			t.Helper()
			h.clock.pass(2 * totpPeriod * 1e9)
			for person, secret := range secrets {
				code, err := totp.GenerateCode(secret, h.clock.now())
				if err != nil {
					t.Fatal(err)
				}
				if err := h.VerifyCode(ctx, person, code, ""); err != nil {
					t.Errorf("%s: person %d: %v", when, person, err)
				}
			}
		}
		verify("before")
		for want := 1; want >= 0; want-- { // the second time there is nothing to do
			if n, err := h.vault.Rotate(ctx, SealedColumn()); n != want || err != nil {
				t.Fatalf("sealed %d, want %d: %v", n, want, err)
			}
		}
		for person, secret := range secrets {
			if s := h.storedSecret(t, person); !vault.Sealed(s) || strings.Contains(s, secret) {
				t.Errorf("stored %q", s)
			}
		}
		verify("after")
		if _, err := h.vault.AddKey(ctx); err != nil {
			t.Fatal(err)
		}
		if n, err := h.vault.Rotate(ctx, SealedColumn()); n != 2 || err != nil {
			t.Fatal(n, err)
		}
		verify("under a new key")
	})
}

// Without the key a second factor is not waved through.
func TestTOTP_FailsClosedWithoutKey(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		lin := h.add(t, "lin", "jyj", Clerk)
		secret, _, err := h.NewTOTP("x", "lin")
		if err != nil {
			t.Fatal(err)
		}
		code, err := totp.GenerateCode(secret, h.clock.now())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.EnrolTOTP(ctx, lin, secret, code); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Writer().ExecContext(ctx, `UPDATE vault_keys SET secret = ''`); err != nil {
			t.Fatal(err)
		}
		h.vault = vault.New(db, vault.Source{})
		h.clock.pass(2 * totpPeriod * 1e9)
		if code, err = totp.GenerateCode(secret, h.clock.now()); err != nil {
			t.Fatal(err)
		}
		if err := h.VerifyCode(ctx, lin.Person, code, ""); fault.KindOf(err) != fault.Unavailable || !strings.Contains(fault.Text(err), "密钥") {
			t.Errorf("%v", err)
		}
		if e, err := h.SignIn(ctx, Attempt{Login: "lin", Password: goodPassword}); err != nil || !e.NeedsCode {
			t.Errorf("the second factor is no longer asked for: %+v %v", e, err)
		}
	})
}
