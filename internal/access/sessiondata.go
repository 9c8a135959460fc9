package access

import (
	"context"
	"strconv"
	"strings"

	"github.com/alexedwards/scs/v2"

	"gongkai/internal/fault"
)

// Visit is what a request's session says. It wraps the manager so that pages
// never meet the keys.
type Visit struct {
	m   *scs.SessionManager
	ctx context.Context
	s   *Service
}

// Visit reads the session that the manager has loaded into ctx.
func (s *Service) Visit(ctx context.Context, m *scs.SessionManager) Visit { return Visit{m, ctx, s} }

func (v Visit) number(key string) int64 {
	n, err := strconv.ParseInt(v.m.GetString(v.ctx, key), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// Person is who is signed in, 0 for nobody.
func (v Visit) Person() int64 { return v.number(keyPerson) }

// Pending is who has given the right password and still owes a code; 0 for
// nobody and after ten minutes.
func (v Visit) Pending() int64 {
	id, since, _ := strings.Cut(v.m.GetString(v.ctx, keyPending), " ")
	n, err := strconv.ParseInt(id, 10, 64)
	at, err2 := strconv.ParseInt(since, 10, 64)
	if err != nil || err2 != nil || v.s.now().Unix()-at > int64(pendingLimit.Seconds()) {
		return 0
	}
	return n
}

// Token is the session's own token, for telling it from others.
func (v Visit) Token() string { return v.m.Token(v.ctx) }

// Form is the token that every form of this session carries.
func (v Visit) Form() string { return v.m.GetString(v.ctx, keyForm) }

// Secret keeps and returns a value of the visitor's that a page needs later,
// such as a second factor that is being set up.
func (v Visit) Secret(name string) string { return v.m.GetString(v.ctx, "page."+name) }

// SetSecret stores such a value; "" removes it.
func (v Visit) SetSecret(name, value string) {
	if value == "" {
		v.m.Remove(v.ctx, "page."+name)
		return
	}
	v.m.Put(v.ctx, "page."+name, value)
}

// Await notes that the password was right and a code is still owed.
func (v Visit) Await(person int64) (err error) {
	defer fault.Wrap(&err, "access.Visit.Await")
	if err := v.renew(); err != nil {
		return err
	}
	v.m.Put(v.ctx, keyPending, strconv.FormatInt(person, 10)+" "+strconv.FormatInt(v.s.now().Unix(), 10))
	return nil
}

// Open signs the person in: everything of the session before is forgotten and
// its token is new, so that a token planted before the sign-in opens nothing.
func (v Visit) Open(person int64, address, agent string) (err error) {
	defer fault.Wrap(&err, "access.Visit.Open")
	if err := v.renew(); err != nil {
		return err
	}
	v.m.Put(v.ctx, keyPerson, strconv.FormatInt(person, 10))
	v.m.Put(v.ctx, keyAddress, address)
	v.m.Put(v.ctx, keyAgent, shorten(agent, 160))
	return nil
}

// renew empties the session and gives it a new token, deadline and form token.
func (v Visit) renew() error {
	if err := v.m.Clear(v.ctx); err != nil {
		return err
	}
	if err := v.m.RenewToken(v.ctx); err != nil {
		return err
	}
	form, err := NewPassword(v.s.rand)
	if err != nil {
		return err
	}
	v.m.Put(v.ctx, keyForm, form)
	v.m.SetDeadline(v.ctx, v.s.now().Add(AbsoluteLimit))
	return nil
}

// Close signs out.
func (v Visit) Close() error { return v.m.Destroy(v.ctx) }

func shorten(s string, n int) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", "")
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
