package access

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"encoding/hex"
	"errors"
	"io"
	"strconv"
	"strings"

	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/org"
	"gongkai/internal/store"
)

// Attempt is one try to sign in. Device is the mark of a known browser, as
// DeviceMark gave it; Address is where the try comes from.
type Attempt struct {
	Login, Password, Address, Device string
}

// Entry is a password that was right. NeedsCode means that a second factor is
// still to come and nobody is signed in yet.
type Entry struct {
	Person    int64
	Login     string
	NeedsCode bool
}

// credential is what is stored of a person's proofs.
type credential struct {
	person    int64
	login     string
	disabled  bool
	password  string
	secret    string
	deviceKey string
}

func (s *Service) credential(ctx context.Context, q store.Querier, where string, arg any) (c credential, err error) {
	var disabled int64
	err = q.QueryRowContext(ctx, `
		SELECT p.id, p.login, p.disabled_at, c.password, c.totp_secret, c.device_key
		FROM people p JOIN credentials c ON c.person_id = p.id WHERE `+where, arg).
		Scan(&c.person, &c.login, &disabled, &c.password, &c.secret, &c.deviceKey)
	c.disabled = disabled > 0
	return c, err
}

// SignIn checks login and password. A wrong login, a wrong password and a
// disabled account are refused in the same words after the same work. Errors:
// Invalid, and Forbidden with *Throttled inside. Every try is an audit row.
func (s *Service) SignIn(ctx context.Context, t Attempt) (_ *Entry, err error) {
	defer fault.Wrap(&err, "access.SignIn")
	login, shape := org.CleanLogin(t.Login)
	c, err := s.credential(ctx, s.db.Reader(), `p.login = $1`, login)
	known := err == nil && shape
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	if !known {
		c = credential{password: s.hasher.decoy}
	}
	who := Actor{}
	target := ""
	if known {
		who, target = Actor{Person: c.person, Login: c.login}, personTarget(c.person)
	}
	guards := []guard{accountGuard(login), addressGuard(t.Address)}
	if mark, ok := c.knows(t.Device); known && ok {
		guards[0] = deviceGuard(mark)
	}
	keys := append([]guard(nil), guards...)
	wait, err := s.charge(ctx, s.event(who, audit.SignIn, target, audit.Refused, detailSoon+t.Address), guards...)
	if err != nil {
		return nil, err
	}
	if wait > 0 {
		return nil, throttled(wait)
	}
	password := t.Password
	if len(password) > maxPassword {
		password = "" // never right: an empty password cannot be set
	}
	ok, stale, err := s.hasher.check(ctx, password, c.password)
	if err != nil {
		return nil, err
	}
	if !ok || !known || c.disabled {
		return nil, errors.Join(fault.Field("access.SignIn", fieldLogin, textSignInWrong),
			s.Record(ctx, who, audit.SignIn, target, audit.Refused, detailWrong+t.Address))
	}
	fresh := ""
	if stale {
		if fresh, err = s.hasher.hash(ctx, t.Password); err != nil {
			return nil, err
		}
	}
	e := &Entry{Person: c.person, Login: c.login, NeedsCode: c.secret != ""}
	return e, s.db.Tx(ctx, func(tx *sql.Tx) error {
		if fresh != "" {
			if _, err := tx.ExecContext(ctx, `UPDATE credentials SET password = $1 WHERE person_id = $2 AND password = $3`, fresh, c.person, c.password); err != nil {
				return err
			}
		}
		if err := s.release(ctx, tx, keys...); err != nil || e.NeedsCode {
			return err
		}
		return audit.Record(ctx, tx, s.event(who, audit.SignIn, target, audit.Done, detailFrom+t.Address))
	})
}

// DeviceMark makes the mark by which a browser is known in which the person
// has signed in. It opens nothing; it only has its own counter of failures.
func (s *Service) DeviceMark(ctx context.Context, person int64) (_ string, err error) {
	defer fault.Wrap(&err, "access.DeviceMark(%d)", person)
	c, err := s.credential(ctx, s.db.Reader(), `p.id = $1`, person)
	if err != nil {
		return "", err
	}
	nonce := make([]byte, 12)
	if _, err := io.ReadFull(s.rand, nonce); err != nil {
		return "", err
	}
	return strconv.FormatInt(person, 10) + "." + hex.EncodeToString(nonce) + "." + c.sign(hex.EncodeToString(nonce)), nil
}

func (c credential) sign(nonce string) string {
	m := hmac.New(sha256.New, []byte(c.deviceKey))
	m.Write([]byte(nonce))
	return hex.EncodeToString(m.Sum(nil)[:16])
}

// knows reads a mark and returns what to count it by.
func (c credential) knows(mark string) (nonce string, ok bool) {
	parts := strings.Split(mark, ".")
	if len(parts) != 3 || c.deviceKey == "" || parts[0] != strconv.FormatInt(c.person, 10) || len(parts[1]) != 24 {
		return "", false
	}
	return parts[1], subtle.ConstantTimeCompare([]byte(c.sign(parts[1])), []byte(parts[2])) == 1
}

// ChangePassword sets a new password after checking the present one. All other
// sessions end, and known browsers are forgotten. keep is the session that goes on.
func (s *Service) ChangePassword(ctx context.Context, a Actor, address, old, new, keep string) (err error) {
	defer fault.Wrap(&err, "access.ChangePassword(%s)", a.Login)
	c, err := s.credential(ctx, s.db.Reader(), `p.id = $1`, a.Person)
	if err != nil {
		return err
	}
	g := accountGuard("change:" + c.login)
	wait, err := s.charge(ctx, s.event(a, audit.Configure, personTarget(a.Person), audit.Refused, detailSoon+address), g)
	if err != nil {
		return err
	}
	if wait > 0 {
		return throttled(wait)
	}
	ok, _, err := s.hasher.check(ctx, old, c.password)
	if err != nil {
		return err
	}
	if !ok {
		return errors.Join(fault.Field("access.ChangePassword", fieldOldPassword, textPasswordWrong),
			s.Record(ctx, a, audit.Configure, personTarget(a.Person), audit.Refused, detailOld+address))
	}
	if old == new {
		return fault.Field("access.ChangePassword", fieldNewPassword, textPasswordSame)
	}
	if err := CheckPassword(c.login, new); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, new)
	if err != nil {
		return err
	}
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		if err := s.release(ctx, tx, g); err != nil {
			return err
		}
		if err := s.setPassword(ctx, tx, a.Person, hash, false); err != nil {
			return err
		}
		if _, err := s.endSessions(ctx, tx, a.Person, keep, ""); err != nil {
			return err
		}
		return audit.Record(ctx, tx, s.event(a, audit.Configure, personTarget(a.Person), audit.Done, detailChanged))
	})
}

// setPassword stores a hash; a new device key forgets all known browsers.
func (s *Service) setPassword(ctx context.Context, tx *sql.Tx, person int64, hash string, must bool) error {
	key := make([]byte, 24)
	if _, err := io.ReadFull(s.rand, key); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO credentials (person_id, password, changed_at, must_change, device_key) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (person_id) DO UPDATE SET password = excluded.password, changed_at = excluded.changed_at,
		must_change = excluded.must_change, device_key = excluded.device_key`,
		person, hash, s.now().UnixMicro(), boolInt(must), hex.EncodeToString(key))
	return err
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
