package access

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync/atomic"
	"time"

	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/org"
	"gongkai/internal/store"
	"gongkai/internal/vault"
	"gongkai/internal/workday"
)

// Options set what a Service takes from outside. Zero values mean the machine's
// clock, its randomness, DefaultHash, and keys that the database keeps.
type Options struct {
	Now   func() time.Time
	Rand  io.Reader
	Hash  HashParams
	Vault *vault.Vault // seals the secrets of second factors
}

// Service signs people in and keeps their accounts. It is safe for concurrent use.
type Service struct {
	db     *store.DB
	now    func() time.Time
	rand   io.Reader
	hasher *hasher
	vault  *vault.Vault
	forgot atomic.Int64 // when guards were last forgotten, in microseconds
}

// New makes the service of a library.
func New(db *store.DB, o Options) (_ *Service, err error) {
	defer fault.Wrap(&err, "access.New")
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Hash == (HashParams{}) {
		o.Hash = DefaultHash
	}
	if o.Vault == nil {
		o.Vault = vault.New(db, vault.Source{Now: o.Now})
	}
	s := &Service{db: db, now: o.Now, rand: o.Rand, vault: o.Vault}
	s.hasher, err = newHasher(o.Hash, o.Rand, 2*runtime.NumCPU())
	return s, err
}

// Today is the present day in legal time; grants count by it.
func (s *Service) Today() workday.Date { return workday.DateOf(s.now()) }

// Now is the service's clock.
func (s *Service) Now() time.Time { return s.now() }

// Tree reads the tree of organs as it stands.
func (s *Service) Tree(ctx context.Context) (*Tree, error) { return LoadTree(ctx, s.db.Reader()) }

// Record writes an audit row outside a transaction: refusals and reads.
func (s *Service) Record(ctx context.Context, a Actor, act audit.Act, target string, outcome audit.Outcome, detail string) error {
	return audit.Record(ctx, s.db.Writer(), s.event(a, act, target, outcome, detail))
}

func (s *Service) event(a Actor, act audit.Act, target string, outcome audit.Outcome, detail string) audit.Event {
	actor := a.Login
	if actor == "" {
		actor = string(Visitor)
	}
	return audit.Event{At: s.now(), Actor: actor, Act: act, Target: target, Outcome: outcome, Detail: detail}
}

// Account is a signed-in person with what the frame of a page needs.
type Account struct {
	Actor
	MustChange bool // the password was set by somebody else
	TOTP       bool // a second factor is on
	Organ      org.Ref
}

// Account reads who a person is today. NotFound when there is no such person
// or the account is disabled.
func (s *Service) Account(ctx context.Context, person int64) (a *Account, err error) {
	defer fault.Wrap(&err, "access.Account(%d)", person)
	a = &Account{}
	var disabled int64
	var must int
	var secret string
	q := s.db.Reader()
	err = q.QueryRowContext(ctx, `
		SELECT p.id, p.login, p.name, p.disabled_at, c.must_change, c.totp_secret, COALESCE(p.organ_id, 0)
		FROM people p JOIN credentials c ON c.person_id = p.id WHERE p.id = $1`, person).
		Scan(&a.Person, &a.Login, &a.Name, &disabled, &must, &secret, &a.Organ.ID)
	if errors.Is(err, sql.ErrNoRows) || err == nil && disabled > 0 {
		return nil, fault.New(fault.NotFound, "access.Account", textNoPerson)
	}
	if err != nil {
		return nil, err
	}
	a.MustChange, a.TOTP = must != 0, secret != ""
	a.Grants, err = grantsToday(ctx, q, person, s.Today())
	return a, err
}

func grantsToday(ctx context.Context, q store.Querier, person int64, today workday.Date) ([]Grant, error) {
	rows, err := q.QueryContext(ctx, `
		SELECT role, organ_id FROM grants WHERE person_id = $1 AND ended_at = 0
		AND valid_from <= $2 AND (valid_to = '' OR valid_to > $2) ORDER BY id`, person, today.String())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Grant
	for rows.Next() {
		var g Grant
		if err := rows.Scan(&g.Role, &g.Organ); err != nil {
			return nil, err
		}
		out = append(out, g)
	}
	return out, rows.Err()
}

// personTarget names a person in the audit log.
func personTarget(id int64) string { return fmt.Sprintf("person:%d", id) }
