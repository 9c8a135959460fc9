package access

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/org"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/workday"
)

var (
	ctx   = context.Background()
	cheap = HashParams{Memory: 64, Time: 1, Threads: 1}
)

// clock is a clock that a test moves.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

type house struct {
	*Service
	db    *store.DB
	clock *clock
}

// newHouse is a library with a small tree: zf over jyj over xx, and gaj under
// zf; rd stands alone.
func newHouse(t testing.TB, db *store.DB) house {
	t.Helper()
	c := &clock{t: time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC)}
	s, err := New(db, Options{Now: c.now, Hash: cheap})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Tx(ctx, func(tx *sql.Tx) error {
		for _, o := range [][2]string{{"zf", ""}, {"jyj", "zf"}, {"xx", "jyj"}, {"gaj", "zf"}, {"rd", ""}} {
			seed := org.Seed{Code: o[0], Kind: "department", Names: []org.NamePeriod{{Name: "机构" + o[0]}}}
			if o[1] != "" {
				seed.Parents = []org.ParentPeriod{{Code: o[1]}}
			}
			if _, err := org.Put(ctx, tx, seed, c.t); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return house{s, db, c}
}

const goodPassword = "xiaohe-liushui-9"

// add enters somebody with a role and returns them as an actor.
func (h house) add(t testing.TB, login, organ string, roles ...Role) Actor {
	t.Helper()
	p := NewPerson{Login: login, Name: "人员" + login, Organ: organ, Password: goodPassword}
	for _, r := range roles {
		p.Grants = append(p.Grants, GrantSpec{Role: r, Organ: organ})
	}
	if err := h.AddUser(ctx, "console", p); err != nil {
		t.Fatal(err)
	}
	return h.actor(t, login)
}

func (h house) actor(t testing.TB, login string) Actor {
	t.Helper()
	p, err := org.PersonByLogin(ctx, h.db.Reader(), login)
	if err != nil {
		t.Fatal(err)
	}
	a, err := h.Account(ctx, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	return a.Actor
}

func (h house) audits(t testing.TB, f audit.Filter) []audit.Row {
	t.Helper()
	f.Limit = 500
	rows, _, err := audit.List(ctx, h.db.Reader(), f)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func run(t *testing.T, fn func(t *testing.T, h house)) {
	storetest.Run(t, func(t *testing.T, db *store.DB) { fn(t, newHouse(t, db)) })
}

func isThrottled(err error) bool {
	var e *Throttled
	return errors.As(err, &e)
}

func TestSignIn_SaysTheSameToEveryWrongTry(t *testing.T) {
	run(t, func(t *testing.T, h house) {
		admin := h.add(t, "boss", "zf", SystemAdmin)
		h.add(t, "lin", "jyj", Clerk)
		h.add(t, "gone", "jyj", Clerk)
		if err := h.Disable(ctx, admin, "gone"); err != nil {
			t.Fatal(err)
		}
		texts := map[string]bool{}
		for _, a := range []Attempt{{Login: "lin", Password: "wrong"}, {Login: "nobody", Password: goodPassword}, {Login: "gone", Password: goodPassword},
			{Login: "", Password: ""}, {Login: "lin", Password: ""}, {Login: "lin", Password: strings.Repeat("x", 5000)}, {Login: "' OR 1=1 --", Password: "\x00"}} {
			a.Address = "192.0.2.1"
			_, err := h.SignIn(ctx, a)
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("%+v: %v", a.Login, err)
			}
			texts[fault.Text(err)] = true
		}
		if len(texts) != 1 {
			t.Errorf("different words: %v", texts)
		}
		if n := len(h.audits(t, audit.Filter{Act: audit.SignIn, Outcome: audit.Refused})); n != 7 {
			t.Errorf("%d audit rows of refusals", n)
		}
		e, err := h.SignIn(ctx, Attempt{Login: " LIN ", Password: goodPassword, Address: "192.0.2.1"})
		if err != nil || e.NeedsCode || e.Login != "lin" {
			t.Fatal(e, err)
		}
		if rows := h.audits(t, audit.Filter{Actor: "lin", Act: audit.SignIn, Outcome: audit.Done}); len(rows) != 1 {
			t.Error(rows)
		}
	})
}

// A thousand wrong passwords from a thousand addresses: almost none is looked
// at, the wait stays short, a known browser is not touched, and after the wait
// the person is in.
func TestSignIn_ThousandGuessesNeitherEnterNorLockOut(t *testing.T) {
	run(t, func(t *testing.T, h house) {
		lin := h.add(t, "lin", "jyj", Clerk)
		mark, err := h.DeviceMark(ctx, lin.Person)
		if err != nil {
			t.Fatal(err)
		}
		looked := 0
		for i := range 1000 {
			_, err := h.SignIn(ctx, Attempt{Login: "lin", Password: "wrong", Address: fmt.Sprintf("192.0.%d.%d", i/250, i%250)})
			if err == nil {
				t.Fatal("got in")
			}
			if !isThrottled(err) {
				looked++
			}
			h.clock.pass(50 * time.Millisecond)
		}
		if looked > 12 {
			t.Errorf("%d passwords were looked at in 50 s", looked)
		}
		_, err = h.SignIn(ctx, Attempt{Login: "lin", Password: goodPassword, Address: "198.51.100.7"})
		var early *Throttled
		if !errors.As(err, &early) || early.Wait > maxDelay {
			t.Fatalf("a right password during the wait: %v", err)
		}
		if _, err := h.SignIn(ctx, Attempt{Login: "lin", Password: goodPassword, Address: "198.51.100.7", Device: mark}); err != nil {
			t.Errorf("the known browser: %v", err)
		}
		if _, err := h.SignIn(ctx, Attempt{Login: "lin", Password: "wrong", Address: "198.51.100.8", Device: strings.Replace(mark, ".", ".00", 1)}); !isThrottled(err) {
			t.Errorf("a forged mark: %v", err)
		}
		h.clock.pass(early.Wait)
		if _, err := h.SignIn(ctx, Attempt{Login: "lin", Password: goodPassword, Address: "198.51.100.7"}); err != nil {
			t.Errorf("after the wait: %v", err)
		}
		if n := len(h.audits(t, audit.Filter{Actor: "lin", Act: audit.SignIn, Outcome: audit.Refused})); n != 500 {
			t.Errorf("%d audit rows on a page of 500", n)
		}
	})
}

func TestSignIn_ManyAtOnceAreChargedFirst(t *testing.T) {
	run(t, func(t *testing.T, h house) {
		h.add(t, "lin", "jyj", Clerk)
		var mu sync.Mutex
		var wg sync.WaitGroup
		looked := 0
		for i := range 40 {
			wg.Go(func() {
				_, err := h.SignIn(ctx, Attempt{Login: "lin", Password: "wrong", Address: fmt.Sprintf("192.0.2.%d", i)})
				mu.Lock()
				defer mu.Unlock()
				if !isThrottled(err) {
					looked++
				}
			})
		}
		wg.Wait()
		if looked > freeAccount+1 {
			t.Errorf("%d of 40 simultaneous guesses were looked at", looked)
		}
	})
}

func TestGuard_DelaysGrowToALimit(t *testing.T) {
	g := guard{free: 5}
	last := time.Duration(-1)
	for n := 1; n < 100; n++ {
		d := g.delay(n)
		if d < last || d > maxDelay || n <= 5 && d != 0 || n == 6 && d != time.Second {
			t.Fatalf("the %d-th: %v after %v", n, d, last)
		}
		last = d
	}
	if last != maxDelay {
		t.Error(last)
	}
	if a, b := addressGuard("2001:db8:1:2::1"), addressGuard("2001:db8:1:2:ffff::9"); a.key != b.key {
		t.Error("one IPv6 network counts twice")
	}
}

func TestSignIn_OneAddressIsSlowedOverManyAccounts(t *testing.T) {
	run(t, func(t *testing.T, h house) {
		looked := 0
		for i := range 60 {
			if _, err := h.SignIn(ctx, Attempt{Login: fmt.Sprintf("user%d", i), Password: "wrong", Address: "192.0.2.9"}); !isThrottled(err) {
				looked++
			}
		}
		if looked > freeAddress+1 {
			t.Errorf("%d accounts were tried from one address at once", looked)
		}
	})
}

// One's own account does not wash away the wait that guessing has made.
func TestSignIn_OnesOwnSuccessDoesNotFreeTheAddress(t *testing.T) {
	run(t, func(t *testing.T, h house) {
		h.add(t, "lin", "jyj", Clerk)
		for range 3 * freeAddress { // every wait sat out, so that each attempt is looked at
			_, err := h.SignIn(ctx, Attempt{Login: "nobody" + fmt.Sprint(h.clock.now().UnixNano()), Password: "wrong", Address: "192.0.2.9"})
			if isThrottled(err) {
				h.clock.pass(maxDelay)
			}
		}
		h.clock.pass(maxDelay)
		if _, err := h.SignIn(ctx, Attempt{Login: "lin", Password: goodPassword, Address: "192.0.2.9"}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.SignIn(ctx, Attempt{Login: "user1", Password: "wrong", Address: "192.0.2.9"}); !isThrottled(err) {
			t.Errorf("the next guess was looked at at once: %v", err)
		}
	})
}

func TestPassword_HashIsMadeAnewWithTodaysCosts(t *testing.T) {
	run(t, func(t *testing.T, h house) {
		lin := h.add(t, "lin", "jyj", Clerk)
		stored := func() (s string) {
			if err := h.db.Reader().QueryRowContext(ctx, `SELECT password FROM credentials WHERE person_id = $1`, lin.Person).Scan(&s); err != nil {
				t.Fatal(err)
			}
			return s
		}
		if s := stored(); !strings.HasPrefix(s, "$argon2id$v=19$m=64,t=1,p=1$") || strings.Contains(s, goodPassword) {
			t.Fatal(s)
		}
		h.hasher.params.Memory = 128
		if _, err := h.SignIn(ctx, Attempt{Login: "lin", Password: goodPassword}); err != nil {
			t.Fatal(err)
		}
		if s := stored(); !strings.HasPrefix(s, "$argon2id$v=19$m=128,") {
			t.Fatal(s)
		}
		if _, err := h.SignIn(ctx, Attempt{Login: "lin", Password: goodPassword}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestCheckPassword(t *testing.T) {
	for _, c := range []struct {
		password string
		ok       bool
	}{
		{"", false}, {"short1!", false}, {"12345678901234", false}, {"aaaaaaaaaaaa", false}, {"abababababab", false}, {"Password", false}, {"PASSWORD2026", false},
		{"admin123!", false}, {"qwertyuiop", false}, {"woaini1314", false}, {"lin-2026", false}, {"tab\tinside-1", false}, {strings.Repeat("长", 100), false},
		{"ｐａｓｓｗｏｒｄ１", false}, {"清河的水往东流", false}, {"清河的水向东慢慢流", true}, {goodPassword, true}, {"correct horse battery", true}, {"Kq7#vbn2", true}, {"lin-goes-to-the-river", true},
	} {
		if err := CheckPassword("lin", c.password); (err == nil) != c.ok {
			t.Errorf("%q: %v", c.password, err)
		}
	}
}

func TestTOTP_CodesCountOnceAndRecoveryCodesToo(t *testing.T) {
	run(t, func(t *testing.T, h house) {
		lin := h.add(t, "lin", "jyj", Clerk)
		secret, address, err := h.NewTOTP("政府信息公开", "lin")
		if err != nil || !strings.HasPrefix(address, "otpauth://totp/") {
			t.Fatal(address, err)
		}
		code := func() string {
			c, err := totp.GenerateCode(secret, h.clock.now())
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		if _, err := h.EnrolTOTP(ctx, lin, secret, "000000"); fault.KindOf(err) != fault.Invalid {
			t.Fatal(err)
		}
		first := code()
		codes, err := h.EnrolTOTP(ctx, lin, secret, first)
		if err != nil || len(codes) != recoveryCodes {
			t.Fatal(codes, err)
		}
		if _, err := h.EnrolTOTP(ctx, lin, secret, code()); err == nil {
			t.Error("enrolled twice")
		}
		if e, err := h.SignIn(ctx, Attempt{Login: "lin", Password: goodPassword}); err != nil || !e.NeedsCode {
			t.Fatal(e, err)
		}
		if n := len(h.audits(t, audit.Filter{Act: audit.SignIn, Outcome: audit.Done})); n != 0 {
			t.Error("signed in with half of the proof")
		}
		if err := h.VerifyCode(ctx, lin.Person, first, ""); err == nil {
			t.Error("the enrolment code counted again")
		}
		h.clock.pass(30 * time.Second)
		next := code()
		if err := h.VerifyCode(ctx, lin.Person, next[:3]+" "+next[3:], ""); err != nil {
			t.Error(err)
		}
		if err := h.VerifyCode(ctx, lin.Person, next, ""); err == nil {
			t.Error("a code counted twice")
		}
		if err := h.VerifyCode(ctx, lin.Person, strings.ToUpper(codes[3]), ""); err != nil {
			t.Error(err)
		}
		if err := h.VerifyCode(ctx, lin.Person, codes[3], ""); err == nil {
			t.Error("a recovery code counted twice")
		}
		var kept int
		if err := h.db.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM recovery_codes WHERE hash = $1`, codes[0]).Scan(&kept); err != nil || kept != 0 {
			t.Error("recovery codes are stored as they are", err)
		}
		looked := 0
		for i := range 50 {
			if err := h.VerifyCode(ctx, lin.Person, fmt.Sprintf("%06d", i), ""); !isThrottled(err) {
				looked++
			}
		}
		if looked > freeAccount+1 {
			t.Errorf("%d codes were tried at once", looked)
		}
		if err := h.DropTOTP(ctx, lin, "wrong"); err == nil {
			t.Error("switched off without the password")
		}
		if err := h.DropTOTP(ctx, lin, goodPassword); err != nil {
			t.Error(err)
		}
	})
}

func TestChangePassword(t *testing.T) {
	run(t, func(t *testing.T, h house) {
		lin := h.add(t, "lin", "jyj", Clerk)
		mark, err := h.DeviceMark(ctx, lin.Person)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct{ old, fresh, field string }{
			{"wrong", "liushui-changliu-8", fieldOldPassword}, {goodPassword, goodPassword, fieldNewPassword}, {goodPassword, "12345678", fieldNewPassword},
		} {
			if err := h.ChangePassword(ctx, lin, "", c.old, c.fresh, ""); fault.FieldOf(err) != c.field {
				t.Errorf("%+v: %v", c, err)
			}
		}
		if err := h.ChangePassword(ctx, lin, "", goodPassword, "liushui-changliu-8", ""); err != nil {
			t.Fatal(err)
		}
		if _, err := h.SignIn(ctx, Attempt{Login: "lin", Password: goodPassword}); err == nil {
			t.Error("the old password still opens")
		}
		if _, err := h.SignIn(ctx, Attempt{Login: "lin", Password: "liushui-changliu-8"}); err != nil {
			t.Error(err)
		}
		c, err := h.credential(ctx, h.db.Reader(), `p.id = $1`, lin.Person)
		if _, ok := c.knows(mark); err != nil || ok {
			t.Error("known browsers were not forgotten")
		}
	})
}

func TestAddUser_BadInput(t *testing.T) {
	run(t, func(t *testing.T, h house) {
		h.add(t, "lin", "jyj", Clerk)
		day := workday.MustDate("2026-11-20")
		for name, c := range map[string]struct {
			p     NewPerson
			field string
		}{
			"login of one letter":   {NewPerson{Login: "a", Name: "甲", Organ: "jyj", Password: goodPassword}, "登录名"},
			"login with a space":    {NewPerson{Login: "a b", Name: "甲", Organ: "jyj", Password: goodPassword}, "登录名"},
			"login in Chinese":      {NewPerson{Login: "小林", Name: "甲", Organ: "jyj", Password: goodPassword}, "登录名"},
			"reserved login":        {NewPerson{Login: "console", Name: "甲", Organ: "jyj", Password: goodPassword}, "登录名"},
			"doubled login":         {NewPerson{Login: "LIN", Name: "甲", Organ: "jyj", Password: goodPassword}, "登录名"},
			"no name":               {NewPerson{Login: "bb", Name: " ", Organ: "jyj", Password: goodPassword}, "姓名"},
			"name of 41":            {NewPerson{Login: "bb", Name: strings.Repeat("长", 41), Organ: "jyj", Password: goodPassword}, "姓名"},
			"unknown organ":         {NewPerson{Login: "bb", Name: "甲", Organ: "nowhere", Password: goodPassword}, "机构"},
			"weak password":         {NewPerson{Login: "bb", Name: "甲", Organ: "jyj", Password: "123"}, fieldNewPassword},
			"unknown role":          {NewPerson{Login: "bb", Name: "甲", Organ: "jyj", Password: goodPassword, Grants: []GrantSpec{{Role: "king", Organ: "jyj"}}}, "角色"},
			"visitor is no grant":   {NewPerson{Login: "bb", Name: "甲", Organ: "jyj", Password: goodPassword, Grants: []GrantSpec{{Role: Visitor, Organ: "jyj"}}}, "角色"},
			"end before beginning":  {NewPerson{Login: "bb", Name: "甲", Organ: "jyj", Password: goodPassword, Grants: []GrantSpec{{Role: Clerk, Organ: "jyj", From: day, To: day}}}, "结束日期"},
			"administrator + clerk": {NewPerson{Login: "bb", Name: "甲", Organ: "jyj", Password: goodPassword, Grants: []GrantSpec{{Role: SystemAdmin, Organ: "jyj"}, {Role: Clerk, Organ: "jyj"}}}, "角色"},
			"one role twice":        {NewPerson{Login: "bb", Name: "甲", Organ: "jyj", Password: goodPassword, Grants: []GrantSpec{{Role: Clerk, Organ: "jyj"}, {Role: Clerk, Organ: "jyj"}}}, "角色"},
		} {
			err := h.AddUser(ctx, "console", c.p)
			if fault.FieldOf(err) != c.field || fault.Text(err) == "" {
				t.Errorf("%s: %v", name, err)
			}
		}
		var n int
		if err := h.db.Reader().QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM people) * 100 + (SELECT COUNT(*) FROM credentials) * 10 + (SELECT COUNT(*) FROM grants)`).Scan(&n); err != nil || n != 111 {
			t.Errorf("something was half saved: %d %v", n, err)
		}
	})
}
