package access

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

var update = flag.Bool("update", false, "write golden files")

// The table of rights as people read it: a line a role and act.
func TestRules_Golden(t *testing.T) {
	var b strings.Builder
	for _, line := range rules {
		fmt.Fprintf(&b, "%-20s", line.act)
		for _, r := range Roles {
			mark := "."
			if May(r, line.act) {
				mark = "x"
			}
			b.WriteString(" " + mark)
		}
		b.WriteString("\n")
	}
	file := filepath.Join("testdata", "rules.txt")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != b.String() {
		t.Errorf("the table changed; if that is meant, run with -update:\n%s", b.String())
	}
}

func TestRules_SystemAdminNeverTouchesContent(t *testing.T) {
	for _, line := range rules {
		if line.content && May(SystemAdmin, line.act) {
			t.Errorf("%s", line.act)
		}
		if May(Visitor, line.act) {
			t.Errorf("a visitor may %s", line.act)
		}
		if May(Citizen, line.act) != (line.act == OwnAccount) {
			t.Errorf("a citizen and %s", line.act)
		}
	}
	if worksOnContent(SystemAdmin) || !worksOnContent(Clerk) {
		t.Error("worksOnContent")
	}
}

func TestCan(t *testing.T) {
	clerk := Actor{Person: 1, Login: "lin", Grants: []Grant{{Clerk, 10}}}
	head := Actor{Person: 2, Login: "wang", Grants: []Grant{{Head, 10}, {Clerk, 20}}}
	below, beside := Thing{Above: []int64{12, 10, 1}}, Thing{Above: []int64{20, 1}}
	for _, c := range []struct {
		name  string
		actor Actor
		act   Act
		thing Thing
		want  bool
	}{
		{"visitor", Actor{}, OwnAccount, Thing{}, false},
		{"citizen, own account", Actor{Person: 3}, OwnAccount, Thing{Owner: 3}, true},
		{"citizen, another's account", Actor{Person: 3}, OwnAccount, Thing{Owner: 4}, false},
		{"clerk in the subtree", clerk, WriteDraft, below, true},
		{"clerk beside it", clerk, WriteDraft, beside, false},
		{"clerk above it", clerk, WriteDraft, Thing{Above: []int64{1}}, false},
		{"clerk anywhere", clerk, WriteDraft, Thing{}, true},
		{"clerk without the right", clerk, SignOff, below, false},
		{"each role only where it is held", head, SignOff, beside, false},
		{"head signs", head, SignOff, Thing{Above: below.Above, Drafter: "lin"}, true},
		{"head signs own draft", head, SignOff, Thing{Above: below.Above, Drafter: "wang"}, false},
		{"unknown act", head, "fly", Thing{}, false},
	} {
		ok, reason := Can(c.actor, c.act, c.thing)
		if ok != c.want || ok == (reason != "") {
			t.Errorf("%s: %v %q", c.name, ok, reason)
		}
	}
}

// Taking a grant away never gives a right.
func TestCan_FewerGrantsNeverAllowMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		grant := rapid.Custom(func(t *rapid.T) Grant {
			return Grant{rapid.SampledFrom(StaffRoles).Draw(t, "role"), rapid.Int64Range(1, 5).Draw(t, "organ")}
		})
		a := Actor{Person: 1, Login: "a", Grants: rapid.SliceOfN(grant, 1, 6).Draw(t, "grants")}
		thing := Thing{Above: rapid.SliceOfN(rapid.Int64Range(1, 5), 1, 4).Draw(t, "above")}
		act := rules[rapid.IntRange(0, len(rules)-1).Draw(t, "act")].act
		all, _ := Can(a, act, thing)
		fewer := a
		fewer.Grants = a.Grants[1:]
		if some, _ := Can(fewer, act, thing); some && !all {
			t.Fatalf("%v may %s only with fewer grants", a.Grants, act)
		}
	})
}

func TestGrants_CountInTheirPeriodAndSubtree(t *testing.T) {
	run(t, func(t *testing.T, h house) {
		admin := h.add(t, "boss", "zf", SystemAdmin)
		local := h.add(t, "local", "jyj", SystemAdmin)
		h.add(t, "lin", "xx")
		h.add(t, "chen", "gaj", Clerk)
		today := h.Today()
		if got := h.actor(t, "lin").Roles(); len(got) != 1 || got[0] != Citizen {
			t.Fatal(got)
		}
		for _, g := range []GrantSpec{{Role: Clerk, Organ: "xx", From: today.AddDays(2)}, {Role: Reviewer, Organ: "xx", From: today.AddDays(-9), To: today}, {Role: Head, Organ: "xx", To: today.AddDays(2)}} {
			if err := h.Grant(ctx, local, "lin", g); err != nil {
				t.Fatal(err)
			}
		}
		if got := fmt.Sprint(h.actor(t, "lin").Roles()); got != "[head]" {
			t.Error(got)
		}
		h.clock.pass(48 * 3600e9)
		if got := fmt.Sprint(h.actor(t, "lin").Roles()); got != "[clerk]" {
			t.Error(got)
		}
		for name, err := range map[string]error{
			"person out of reach":  h.Grant(ctx, local, "chen", GrantSpec{Role: Head, Organ: "gaj"}),
			"person does not live": h.Grant(ctx, local, "nobody", GrantSpec{Role: Head, Organ: "gaj"}),
			"disable out of reach": h.Disable(ctx, local, "chen"),
		} {
			if fault.KindOf(err) != fault.NotFound || fault.Text(err) != textNoPerson {
				t.Errorf("%s: %v", name, err)
			}
		}
		for name, c := range map[string]struct {
			err   error
			field string
		}{
			"organ out of reach": {h.Grant(ctx, local, "lin", GrantSpec{Role: Head, Organ: "zf"}), fieldOrgan},
			"own rights":         {h.Grant(ctx, admin, "boss", GrantSpec{Role: Supervisor, Organ: "zf"}), fieldLogin},
			"own account":        {h.Disable(ctx, admin, "boss"), fieldLogin},
			"overlap":            {h.Grant(ctx, admin, "lin", GrantSpec{Role: Clerk, Organ: "xx", From: today.AddDays(5)}), fieldRole},
			"mixture":            {h.Grant(ctx, admin, "lin", GrantSpec{Role: SystemAdmin, Organ: "xx"}), fieldRole},
			"mixture, other way": {h.Grant(ctx, admin, "local", GrantSpec{Role: LibraryManager, Organ: "jyj"}), fieldRole},
		} {
			if fault.FieldOf(c.err) != c.field {
				t.Errorf("%s: %v", name, c.err)
			}
		}
		p, held, err := h.Person(ctx, admin, "lin")
		if err != nil || len(held) != 3 || p.Organ.Code != "xx" {
			t.Fatal(held, err)
		}
		if _, _, err := h.Person(ctx, local, "chen"); fault.KindOf(err) != fault.NotFound {
			t.Error(err)
		}
		for _, g := range held {
			if g.Current {
				if err := h.Revoke(ctx, local, "lin", g.ID); err != nil {
					t.Error(err)
				}
				if err := h.Revoke(ctx, local, "lin", g.ID); fault.KindOf(err) != fault.Conflict {
					t.Error(err)
				}
				if err := h.Revoke(ctx, local, "chen", g.ID); fault.KindOf(err) != fault.NotFound {
					t.Error(err)
				}
			}
		}
		if got := fmt.Sprint(h.actor(t, "lin").Roles()); got != "[citizen]" {
			t.Error(got)
		}
	})
}

func TestTree_AMergedOrganFallsToItsSuccessor(t *testing.T) {
	run(t, func(t *testing.T, h house) {
		id := func(code string) (n int64) {
			if err := h.db.Reader().QueryRowContext(ctx, `SELECT id FROM organs WHERE code = $1`, code).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		h.add(t, "lin", "rd", Clerk)
		jyj := h.add(t, "local", "jyj", SystemAdmin)
		if _, _, err := h.Person(ctx, jyj, "lin"); fault.KindOf(err) != fault.NotFound {
			t.Fatal(err)
		}
		if _, err := h.db.Writer().ExecContext(ctx, `INSERT INTO organ_successions (from_organ, to_organ, on_date) VALUES ($1, $2, '2026-01-01')`, id("rd"), id("xx")); err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.Person(ctx, jyj, "lin"); err != nil {
			t.Fatal(err)
		}
		tree, err := h.Tree(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := fmt.Sprint(tree.Above(id("rd"))), fmt.Sprint([]int64{id("rd"), id("xx"), id("jyj"), id("zf")}); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		circle := &Tree{above: map[int64][]int64{1: {2}, 2: {1}}}
		if got := circle.Above(1); len(got) != 2 {
			t.Error(got)
		}
	})
}

func TestPeople_ListsWithinReachAndPages(t *testing.T) {
	run(t, func(t *testing.T, h house) {
		admin := h.add(t, "boss", "zf", SystemAdmin)
		local := h.add(t, "local", "jyj", SystemAdmin)
		for i := range 7 {
			h.add(t, fmt.Sprintf("p%d", i), []string{"xx", "gaj"}[i%2], Clerk)
		}
		h.add(t, "far", "rd", Clerk)
		all := func(a Actor, f PeopleFilter) (string, int) {
			got, total := "", 0
			for {
				page, n, next, err := h.People(ctx, a, f)
				if err != nil {
					t.Fatal(err)
				}
				total = n
				for _, m := range page {
					got += m.Login + " "
				}
				if f.After = next; next == 0 {
					return got, total
				}
			}
		}
		for _, c := range []struct {
			name  string
			actor Actor
			f     PeopleFilter
			want  string
		}{
			{"all", admin, PeopleFilter{}, "boss local p0 p1 p2 p3 p4 p5 p6 "},
			{"subtree", local, PeopleFilter{}, "local p0 p2 p4 p6 "},
			{"pages of two", local, PeopleFilter{Limit: 2}, "local p0 p2 p4 p6 "},
			{"by organ", admin, PeopleFilter{Organ: "gaj"}, "p1 p3 p5 "},
			{"organ out of reach", local, PeopleFilter{Organ: "gaj"}, ""},
			{"unknown organ", admin, PeopleFilter{Organ: "x'; --"}, ""},
			{"by name", admin, PeopleFilter{Query: "人员p3"}, "p3 "},
			{"a percent sign is a sign", admin, PeopleFilter{Query: "%"}, ""},
			{"by role", admin, PeopleFilter{Role: SystemAdmin}, "boss local "},
			{"without the right", h.actor(t, "p0"), PeopleFilter{}, ""},
		} {
			got, total := all(c.actor, c.f)
			if got != c.want || total != len(strings.Fields(c.want)) {
				t.Errorf("%s: %q of %d, want %q", c.name, got, total, c.want)
			}
		}
	})
}

func TestDemoAccounts_OneARoleAndAgain(t *testing.T) {
	if len(demoPlaces) != len(StaffRoles) {
		t.Fatal("a role has no place in the story city")
	}
	run(t, func(t *testing.T, h house) {
		for r := range demoPlaces {
			demoPlacesFor(t, h, demoPlaces[r])
		}
		first, err := h.DemoAccounts(ctx, "console", "")
		if err != nil || len(first) != len(Roles)-1 {
			t.Fatal(len(first), err)
		}
		again, err := h.DemoAccounts(ctx, "console", "another-good-password")
		if err != nil {
			t.Fatal(err)
		}
		for i, d := range again {
			if _, err := h.SignIn(ctx, Attempt{Login: d.Login, Password: d.Password}); err != nil {
				t.Errorf("%s: %v", d.Login, err)
			}
			if got := h.actor(t, d.Login).Roles(); len(got) != 1 || got[0] != d.Role || first[i].Login != d.Login || first[i].Password == d.Password {
				t.Errorf("%+v holds %v", d, got)
			}
		}
	})
}

func demoPlacesFor(t *testing.T, h house, code string) {
	t.Helper()
	if _, err := h.db.Writer().ExecContext(ctx, `INSERT INTO organs (code, kind, created_at) VALUES ($1, 'x', 1) ON CONFLICT (code) DO NOTHING`, code); err != nil {
		t.Fatal(err)
	}
}

func TestStored_UnknownDay(t *testing.T) {
	if !stored("").IsZero() || stored("2026-11-20") != workday.MustDate("2026-11-20") {
		t.Error("stored")
	}
}
