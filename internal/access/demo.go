package access

import (
	"context"
	"database/sql"
	"errors"

	"gongkai/internal/fault"
	"gongkai/internal/org"
)

// DemoAccount is a sign-in of the story city.
type DemoAccount struct {
	Login    string `json:"login"`
	Password string `json:"password"`
	Role     Role   `json:"role"`
	Organ    string `json:"organ"` // code; "" for the citizen
}

// demoPlaces say where each role is held in the story city.
var demoPlaces = map[Role]string{
	Clerk: "qh-jyj", Reviewer: "qh-jyj", SecrecyReviewer: "qh-jyj", LegalityReviewer: "qh-jyj", Signer: "qh-jyj",
	DisclosureOfficer: "qh-jyj", Head: "qh-jyj", Supervisor: "qh-zf", Inspector: "qh-zf", LibraryManager: "qh-zf", SystemAdmin: "qh-zf",
}

// DemoAccounts makes one account for a citizen and one for each staff role,
// named by their part and not after a person. All share one password: the one
// given, or a random one when it is "". Calling again sets the password again
// and changes nothing else. The organs of the story city must be there.
func (s *Service) DemoAccounts(ctx context.Context, actor, password string) (out []DemoAccount, err error) {
	defer fault.Wrap(&err, "access.DemoAccounts")
	if password == "" {
		if password, err = NewPassword(s.rand); err != nil {
			return nil, err
		}
	}
	for _, r := range append([]Role{Citizen}, StaffRoles...) {
		d := DemoAccount{Login: "demo-" + demoLogin(r), Password: password, Role: r, Organ: demoPlaces[r]}
		p := NewPerson{Login: d.Login, Name: "演示·" + r.Chinese(), Organ: d.Organ, Password: password}
		if r != Citizen {
			p.Grants = []GrantSpec{{Role: r, Organ: d.Organ}}
			p.Title = r.Chinese()
		}
		if err := s.demoAccount(ctx, actor, p); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

func demoLogin(r Role) string {
	b := []byte(r)
	for i, c := range b {
		if c == '_' {
			b[i] = '-'
		}
	}
	return string(b)
}

// demoAccount adds an account, or sets the password of the one that is there.
func (s *Service) demoAccount(ctx context.Context, actor string, p NewPerson) error {
	there, err := org.PersonByLogin(ctx, s.db.Reader(), p.Login)
	if fault.KindOf(err) == fault.NotFound {
		return s.AddUser(ctx, actor, p)
	}
	if err != nil {
		return err
	}
	c, err := s.credential(ctx, s.db.Reader(), `p.id = $1`, there.ID)
	if err != nil {
		return err
	}
	if same, _, err := s.hasher.check(ctx, p.Password, c.password); err != nil || same {
		return err
	}
	hash, err := s.hasher.hash(ctx, p.Password)
	if err != nil {
		return err
	}
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		_, err := s.endSessions(ctx, tx, there.ID, "", "")
		return errors.Join(err, s.setPassword(ctx, tx, there.ID, hash, false))
	})
}

// DemoActor is the demonstration's account of a role, for what the story does
// in its name.
func (s *Service) DemoActor(ctx context.Context, r Role) (a Actor, err error) {
	defer fault.Wrap(&err, "access.DemoActor(%s)", r)
	p, err := org.PersonByLogin(ctx, s.db.Reader(), "demo-"+demoLogin(r))
	if err != nil {
		return a, err
	}
	return ActorOf(ctx, s.db.Reader(), p.ID, s.Today())
}
