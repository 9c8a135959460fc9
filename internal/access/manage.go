package access

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/org"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// GrantSpec asks for a role on an organ and everything below it. A zero From
// means from today on; To is exclusive and zero for no end.
type GrantSpec struct {
	Role  Role
	Organ string // code
	From  workday.Date
	To    workday.Date
}

// NewPerson is an account to be made.
type NewPerson struct {
	Login, Name string
	Organ       string // code of the organ the person belongs to
	Title       string // post, "" for none
	Grants      []GrantSpec
	Password    string // "" has one made, which must be changed at the first sign-in
}

// by is who gives and what their reach is; the console reaches everything.
type by struct {
	actor Actor
	tree  *Tree
	free  bool
}

// AddUser enters an account as the operator at the machine, for the command
// line: actor is who the audit row names. Errors: Invalid, Conflict.
func (s *Service) AddUser(ctx context.Context, actor string, p NewPerson) (err error) {
	defer fault.Wrap(&err, "access.AddUser(%s)", p.Login)
	if err := CheckPassword(p.Login, p.Password); err != nil {
		return err
	}
	p.Grants = slices.DeleteFunc(slices.Clone(p.Grants), func(g GrantSpec) bool { return g.Role == Citizen }) // a citizen holds no grant
	_, err = s.addPerson(ctx, by{actor: Actor{Login: actor}, free: true}, p)
	return err
}

// AddPerson enters an account within the actor's reach and returns the
// password that was made for its first sign-in.
func (s *Service) AddPerson(ctx context.Context, a Actor, p NewPerson) (password string, err error) {
	defer fault.Wrap(&err, "access.AddPerson(%s)", p.Login)
	p.Password = ""
	tree, err := s.Tree(ctx)
	if err != nil {
		return "", err
	}
	return s.addPerson(ctx, by{actor: a, tree: tree}, p)
}

func (s *Service) addPerson(ctx context.Context, w by, p NewPerson) (password string, err error) {
	hash, password, must, err := s.firstPassword(ctx, p.Password)
	if err != nil {
		return "", err
	}
	return password, s.db.Tx(ctx, func(tx *sql.Tx) error { return s.addIn(ctx, tx, w, p, hash, must) })
}

// firstPassword hashes the given password, or makes one that must be changed.
func (s *Service) firstPassword(ctx context.Context, given string) (hash, password string, must bool, err error) {
	if password = given; given == "" {
		must = true
		if password, err = NewPassword(s.rand); err != nil {
			return "", "", false, err
		}
	}
	hash, err = s.hasher.hash(ctx, password)
	return hash, password, must, err
}

func (s *Service) addIn(ctx context.Context, tx *sql.Tx, w by, p NewPerson, hash string, must bool) error {
	var organ int64
	if p.Organ != "" || !w.free {
		var err error
		if organ, err = w.organ(ctx, tx, p.Organ); err != nil {
			return err
		}
	}
	id, err := org.PutPerson(ctx, tx, p.Login, p.Name, organ, s.now())
	if err != nil {
		return err
	}
	if err := s.setPassword(ctx, tx, id, hash, must); err != nil {
		return err
	}
	if p.Title != "" {
		if err := org.PutPost(ctx, tx, id, organ, p.Title, s.Today(), workday.Date{}); err != nil {
			return err
		}
	}
	words := []string{detailAdded + p.Login}
	for _, g := range p.Grants {
		if err := s.grantIn(ctx, tx, w, id, g); err != nil {
			return err
		}
		words = append(words, g.Role.Chinese()+"@"+g.Organ)
	}
	return audit.Record(ctx, tx, s.event(w.actor, audit.Configure, personTarget(id), audit.Done, strings.Join(words, "，")))
}

// organ finds an organ by its code within the giver's reach. Outside it the
// answer is that of a code that does not exist.
func (w by) organ(ctx context.Context, q store.Querier, code string) (int64, error) {
	if code == "" {
		return 0, fault.Field("access.organ", fieldOrgan, textOrganNeeded)
	}
	id, err := org.ByCode(ctx, q, code)
	if fault.KindOf(err) == fault.NotFound || err == nil && !w.reaches(id) {
		return 0, fault.Field("access.organ", fieldOrgan, textOrganUnknown, code)
	}
	return id, err
}

func (w by) reaches(organ int64) bool {
	if w.free {
		return true
	}
	ok, _ := Can(w.actor, ManagePeople, Thing{Above: w.tree.Above(organ)})
	return ok
}

func (s *Service) grantIn(ctx context.Context, tx *sql.Tx, w by, person int64, g GrantSpec) error {
	if !g.Role.Staff() {
		if _, known := roleNames[g.Role]; known {
			return fault.Field("access.grant", fieldRole, textRoleGiven, g.Role.Chinese())
		}
		return fault.Field("access.grant", fieldRole, textRoleUnknown, string(g.Role))
	}
	organ, err := w.organ(ctx, tx, g.Organ)
	if err != nil {
		return err
	}
	if g.From.IsZero() {
		g.From = s.Today()
	}
	if !g.To.IsZero() && !g.To.After(g.From) {
		return fault.Field("access.grant", fieldTo, textPeriodOrder)
	}
	// One row of the person is locked, so that two givers cannot make a mixture.
	if err := tx.QueryRowContext(ctx, `SELECT id FROM people WHERE id = $1`+s.db.Dialect.ForUpdate(), person).Scan(&person); err != nil {
		return err
	}
	if err := s.fits(ctx, tx, person, organ, g); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO grants (person_id, organ_id, role, valid_from, valid_to, granted_by, granted_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		person, organ, string(g.Role), g.From.String(), g.To.String(), w.actor.Login, s.now().UnixMicro())
	return err
}

// fits refuses a grant that doubles another, or that would put the system
// administrator and work on content into one pair of hands.
func (s *Service) fits(ctx context.Context, tx *sql.Tx, person, organ int64, g GrantSpec) error {
	rows, err := tx.QueryContext(ctx, `
		SELECT role, organ_id FROM grants WHERE person_id = $1 AND ended_at = 0
		AND (valid_to = '' OR valid_to > $2) AND ($3 = '' OR valid_from < $3)`, person, g.From.String(), g.To.String())
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var role Role
		var on int64
		if err := rows.Scan(&role, &on); err != nil {
			return err
		}
		if role == g.Role && on == organ {
			return fault.Field("access.fits", fieldRole, textGrantTwice, role.Chinese())
		}
		if g.Role == SystemAdmin && worksOnContent(role) {
			return fault.Field("access.fits", fieldRole, textMixed, role.Chinese())
		}
		if role == SystemAdmin && worksOnContent(g.Role) {
			return fault.Field("access.fits", fieldRole, textMixed, g.Role.Chinese())
		}
	}
	return rows.Err()
}

// change runs an act on a person within the actor's reach; nobody may do it to
// themselves. Outside the reach the person does not exist.
func (s *Service) change(ctx context.Context, a Actor, login, words string, fn func(tx *sql.Tx, w by, p *org.Person) error) error {
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	w := by{actor: a, tree: tree}
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		p, err := org.PersonByLogin(ctx, tx, login)
		if err != nil {
			return err
		}
		if p.Organ.ID == 0 || !w.reaches(p.Organ.ID) {
			return fault.New(fault.NotFound, "access.change", textNoPerson)
		}
		if p.ID == a.Person {
			return fault.Field("access.change", fieldLogin, textSelf)
		}
		if err := fn(tx, w, p); err != nil {
			return err
		}
		return audit.Record(ctx, tx, s.event(a, audit.Configure, personTarget(p.ID), audit.Done, words+"（"+p.Login+"）"))
	})
}

// Grant gives a person a role for a period.
func (s *Service) Grant(ctx context.Context, a Actor, login string, g GrantSpec) (err error) {
	defer fault.Wrap(&err, "access.Grant(%s)", login)
	return s.change(ctx, a, login, detailGrant+g.Role.Chinese()+"@"+g.Organ, func(tx *sql.Tx, w by, p *org.Person) error {
		return s.grantIn(ctx, tx, w, p.ID, g)
	})
}

// Revoke ends a grant at once.
func (s *Service) Revoke(ctx context.Context, a Actor, login string, grant int64) (err error) {
	defer fault.Wrap(&err, "access.Revoke(%s, %d)", login, grant)
	return s.change(ctx, a, login, fmt.Sprintf(detailRevoke, grant), func(tx *sql.Tx, w by, p *org.Person) error {
		var organ, ended int64
		err := tx.QueryRowContext(ctx, `SELECT organ_id, ended_at FROM grants WHERE id = $1 AND person_id = $2`, grant, p.ID).Scan(&organ, &ended)
		if errors.Is(err, sql.ErrNoRows) || err == nil && !w.reaches(organ) {
			return fault.New(fault.NotFound, "access.Revoke", textNoGrant)
		}
		if err != nil {
			return err
		}
		if ended > 0 {
			return fault.New(fault.Conflict, "access.Revoke", textGrantEnded)
		}
		_, err = tx.ExecContext(ctx, `UPDATE grants SET ended_at = $1, ended_by = $2 WHERE id = $3`, s.now().UnixMicro(), a.Login, grant)
		return err
	})
}

// Disable closes an account and ends its sessions at once.
func (s *Service) Disable(ctx context.Context, a Actor, login string) (err error) {
	defer fault.Wrap(&err, "access.Disable(%s)", login)
	return s.change(ctx, a, login, detailDisable, func(tx *sql.Tx, _ by, p *org.Person) error {
		if !p.Disabled.IsZero() {
			return fault.New(fault.Conflict, "access.Disable", textDisabled)
		}
		if _, err := tx.ExecContext(ctx, `UPDATE people SET disabled_at = $1 WHERE id = $2`, s.now().UnixMicro(), p.ID); err != nil {
			return err
		}
		_, err := s.endSessions(ctx, tx, p.ID, "", "")
		return err
	})
}

// Enable opens a disabled account again.
func (s *Service) Enable(ctx context.Context, a Actor, login string) (err error) {
	defer fault.Wrap(&err, "access.Enable(%s)", login)
	return s.change(ctx, a, login, detailEnable, func(tx *sql.Tx, _ by, p *org.Person) error {
		if p.Disabled.IsZero() {
			return fault.New(fault.Conflict, "access.Enable", textEnabled)
		}
		_, err := tx.ExecContext(ctx, `UPDATE people SET disabled_at = 0 WHERE id = $1`, p.ID)
		return err
	})
}

// ResetPassword makes a new first password, switches the second factor off,
// ends all sessions and forgets failures. The password is returned once.
func (s *Service) ResetPassword(ctx context.Context, a Actor, login string) (password string, err error) {
	defer fault.Wrap(&err, "access.ResetPassword(%s)", login)
	hash, password, _, err := s.firstPassword(ctx, "")
	if err != nil {
		return "", err
	}
	err = s.change(ctx, a, login, detailReset, func(tx *sql.Tx, _ by, p *org.Person) error {
		if err := s.setPassword(ctx, tx, p.ID, hash, true); err != nil {
			return err
		}
		if err := s.dropTOTP(ctx, tx, p.ID); err != nil {
			return err
		}
		if err := s.release(ctx, tx, accountGuard(p.Login), codeGuard(p.ID)); err != nil {
			return err
		}
		_, err := s.endSessions(ctx, tx, p.ID, "", "")
		return err
	})
	if err != nil {
		return "", err
	}
	return password, nil
}
