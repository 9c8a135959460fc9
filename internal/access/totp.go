package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"gongkai/internal/audit"
	"gongkai/internal/fault"
)

const (
	totpPeriod    = 30 // seconds
	recoveryCodes = 10
)

var totpOptions = totp.ValidateOpts{Period: totpPeriod, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}

// NewTOTP makes a secret and the address that an authenticator app reads from
// a QR code. Nothing is stored until EnrolTOTP.
func (s *Service) NewTOTP(issuer, login string) (secret, address string, err error) {
	defer fault.Wrap(&err, "access.NewTOTP")
	k, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: login, Period: totpPeriod, SecretSize: 20, Rand: rand.Reader})
	if err != nil {
		return "", "", err
	}
	return k.Secret(), k.URL(), nil
}

// step finds the time step that a code belongs to, one before or after the
// present one allowed. Whether the step was used before, the database decides.
func (s *Service) step(secret, code string) (int64, bool, error) {
	code = strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		}
		return -1
	}, code)
	now := s.now().Unix() / totpPeriod
	found, ok := int64(0), false
	for _, n := range []int64{now - 1, now, now + 1} {
		want, err := totp.GenerateCodeCustom(secret, time.Unix(n*totpPeriod, 0), totpOptions)
		if err != nil {
			return 0, false, err
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			found, ok = n, true
		}
	}
	return found, ok, nil
}

// EnrolTOTP switches the second factor on after a first right code, and returns
// recovery codes, which are shown once and kept only as hashes.
func (s *Service) EnrolTOTP(ctx context.Context, a Actor, secret, code string) (codes []string, err error) {
	defer fault.Wrap(&err, "access.EnrolTOTP(%s)", a.Login)
	if secret == "" {
		return nil, fault.Field("access.EnrolTOTP", fieldCode, textTOTPStart)
	}
	step, ok, err := s.step(secret, code)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fault.Field("access.EnrolTOTP", fieldCode, textCodeWrong)
	}
	sealed, err := s.vault.Seal(ctx, totpPlace(a.Person), secret)
	if err != nil {
		return nil, err
	}
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, `UPDATE credentials SET totp_secret = $1, totp_step = $2 WHERE person_id = $3 AND totp_secret = ''`, sealed, step, a.Person)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, fault.Field("access.EnrolTOTP", fieldCode, textTOTPDone))
		}
		if codes, err = s.newRecoveryCodes(ctx, tx, a.Person); err != nil {
			return err
		}
		return audit.Record(ctx, tx, s.event(a, audit.Configure, personTarget(a.Person), audit.Done, detailTOTPOn))
	})
	return codes, err
}

func (s *Service) newRecoveryCodes(ctx context.Context, tx *sql.Tx, person int64) ([]string, error) {
	if _, err := tx.ExecContext(ctx, `DELETE FROM recovery_codes WHERE person_id = $1`, person); err != nil {
		return nil, err
	}
	var out []string
	for range recoveryCodes {
		b := make([]byte, 10)
		if _, err := io.ReadFull(s.rand, b); err != nil {
			return nil, err
		}
		c := strings.ToLower(base32.StdEncoding.EncodeToString(b)) // 80 bits: no slow hash is needed
		if _, err := tx.ExecContext(ctx, `INSERT INTO recovery_codes (person_id, hash) VALUES ($1, $2)`, person, recoveryHash(person, c)); err != nil {
			return nil, err
		}
		out = append(out, c[:4]+"-"+c[4:8]+"-"+c[8:12]+"-"+c[12:])
	}
	return out, nil
}

func recoveryHash(person int64, code string) string {
	code = strings.ToLower(strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' {
			return -1
		}
		return r
	}, code))
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s", person, code))
	return hex.EncodeToString(sum[:])
}

// VerifyCode checks the second factor: a code of the app, or a recovery code,
// which then is used up. Errors: Invalid, Forbidden with *Throttled inside.
func (s *Service) VerifyCode(ctx context.Context, person int64, code, address string) (err error) {
	defer fault.Wrap(&err, "access.VerifyCode(%d)", person)
	c, err := s.credential(ctx, s.db.Reader(), `p.id = $1`, person)
	if err != nil {
		return err
	}
	who := Actor{Person: person, Login: c.login}
	wait, err := s.charge(ctx, s.event(who, audit.SignIn, personTarget(person), audit.Refused, detailCodeSoon+address), codeGuard(person))
	if err != nil {
		return err
	}
	if wait > 0 {
		return throttled(wait)
	}
	ok := false
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		ok = false
		if c, err = s.credential(ctx, tx, `p.id = $1`, person); err != nil || c.disabled || c.secret == "" {
			return err
		}
		secret, err := s.openTOTP(ctx, person, c.secret)
		if err != nil {
			return err
		}
		step, right, err := s.step(secret, code)
		if err != nil {
			return err
		}
		query, args := `UPDATE credentials SET totp_step = $1 WHERE person_id = $2 AND totp_step < $1`, []any{step, person}
		if !right {
			query, args = `UPDATE recovery_codes SET used_at = $1 WHERE person_id = $2 AND hash = $3 AND used_at = 0`, []any{s.now().UnixMicro(), person, recoveryHash(person, code)}
		}
		r, err := tx.ExecContext(ctx, query, args...)
		if err != nil {
			return err
		}
		n, err := r.RowsAffected()
		if err != nil || n == 0 {
			return err
		}
		ok = true
		detail := detailCode
		if !right {
			detail = detailRecovery
		}
		if err := s.release(ctx, tx, codeGuard(person)); err != nil {
			return err
		}
		return audit.Record(ctx, tx, s.event(who, audit.SignIn, personTarget(person), audit.Done, detail+address))
	})
	if err != nil || ok {
		return err
	}
	return errors.Join(fault.Field("access.VerifyCode", fieldCode, textCodeWrong),
		s.Record(ctx, who, audit.SignIn, personTarget(person), audit.Refused, detailCodeWrong+address))
}

// DropTOTP switches the second factor off after checking the password.
func (s *Service) DropTOTP(ctx context.Context, a Actor, password string) (err error) {
	defer fault.Wrap(&err, "access.DropTOTP(%s)", a.Login)
	c, err := s.credential(ctx, s.db.Reader(), `p.id = $1`, a.Person)
	if err != nil {
		return err
	}
	if c.secret == "" {
		return fault.Field("access.DropTOTP", fieldPassword, textTOTPNone)
	}
	g := accountGuard("change:" + c.login)
	wait, err := s.charge(ctx, s.event(a, audit.Configure, personTarget(a.Person), audit.Refused, detailTOTPWrong), g)
	if err != nil {
		return err
	}
	if wait > 0 {
		return throttled(wait)
	}
	ok, _, err := s.hasher.check(ctx, password, c.password)
	if err != nil {
		return err
	}
	if !ok {
		return errors.Join(fault.Field("access.DropTOTP", fieldPassword, textPasswordWrong),
			s.Record(ctx, a, audit.Configure, personTarget(a.Person), audit.Refused, detailTOTPWrong))
	}
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		if err := s.release(ctx, tx, g); err != nil {
			return err
		}
		if err := s.dropTOTP(ctx, tx, a.Person); err != nil {
			return err
		}
		return audit.Record(ctx, tx, s.event(a, audit.Configure, personTarget(a.Person), audit.Done, detailTOTPOff))
	})
}

func (s *Service) dropTOTP(ctx context.Context, tx *sql.Tx, person int64) error {
	if _, err := tx.ExecContext(ctx, `UPDATE credentials SET totp_secret = '', totp_step = 0 WHERE person_id = $1`, person); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM recovery_codes WHERE person_id = $1`, person)
	return err
}
