package access

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"gongkai/internal/audit"
)

// A request that was under way when its session ended must not bring it back.
func TestSessionStore_EndedStaysEnded(t *testing.T) {
	run(t, func(t *testing.T, h house) {
		lin := h.add(t, "lin", "jyj", Clerk)
		st := sessionStore{h.Service}
		data := func(n string) []byte {
			b, err := codec{}.Encode(h.clock.now(), map[string]any{keyPerson: fmt.Sprint(lin.Person), "n": n})
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		until := h.clock.now().Add(AbsoluteLimit)
		for _, end := range []func() error{
			func() error { return st.Delete("tok") },
			func() error { return h.EndSessions(ctx, lin, "") },
		} {
			if _, err := h.db.Writer().ExecContext(ctx, `DELETE FROM sessions`); err != nil {
				t.Fatal(err)
			}
			if err := st.Commit("tok", data("1"), until); err != nil {
				t.Fatal(err)
			}
			if b, ok, err := st.Find("tok"); err != nil || !ok || !strings.Contains(string(b), `"n":"1"`) {
				t.Fatal(string(b), ok, err)
			}
			if err := end(); err != nil {
				t.Fatal(err)
			}
			if err := st.Commit("tok", data("2"), until); err != nil {
				t.Fatal(err)
			}
			if _, ok, err := st.Find("tok"); err != nil || ok {
				t.Fatal("an ended session is alive again", err)
			}
			var kept []byte
			if err := h.db.Reader().QueryRowContext(ctx, `SELECT data FROM sessions WHERE token = 'tok'`).Scan(&kept); err != nil || string(kept) != "{}" {
				t.Fatalf("an ended session holds data again: %s %v", kept, err)
			}
		}
		if _, ok, err := st.Find("never"); ok || err != nil {
			t.Error(ok, err)
		}
	})
}

func TestSessionStore_LimitsAndSeldomWrites(t *testing.T) {
	run(t, func(t *testing.T, h house) {
		st := sessionStore{h.Service}
		b, err := json.Marshal(coded{})
		if err != nil {
			t.Fatal(err)
		}
		if err := st.Commit("tok", b, h.clock.now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		seen := func() (n int64) {
			if err := h.db.Reader().QueryRowContext(ctx, `SELECT seen_at FROM sessions WHERE token = 'tok'`).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		first := seen()
		h.clock.pass(touchEvery - time.Second)
		if _, ok, _ := st.Find("tok"); !ok || seen() != first {
			t.Error("a look within a minute wrote")
		}
		h.clock.pass(IdleLimit - touchEvery)
		if _, ok, _ := st.Find("tok"); !ok || seen() == first {
			t.Error("a look after a minute did not write")
		}
		h.clock.pass(IdleLimit - time.Second)
		if _, ok, _ := st.Find("tok"); !ok {
			t.Error("ended before it was idle")
		}
		h.clock.pass(2 * time.Minute)
		if _, ok, _ := st.Find("tok"); ok {
			t.Error("alive after its absolute limit")
		}
	})
}

func TestOpenSessions_NamesOwnOnesWithoutTheirTokens(t *testing.T) {
	run(t, func(t *testing.T, h house) {
		lin, wang := h.add(t, "lin", "jyj", Clerk), h.add(t, "wang", "jyj", Clerk)
		st := sessionStore{h.Service}
		for _, x := range []struct {
			token string
			who   Actor
		}{{"a", lin}, {"b", lin}, {"c", wang}} {
			b, err := codec{}.Encode(h.clock.now(), map[string]any{keyPerson: fmt.Sprint(x.who.Person), keyAddress: "192.0.2.1", keyAgent: "test"})
			if err != nil {
				t.Fatal(err)
			}
			if err := st.Commit(storedToken(x.token), b, h.clock.now().Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
		list, err := h.OpenSessions(ctx, lin.Person, "a")
		if err != nil || len(list) != 2 || list[0].Current == list[1].Current || list[0].Address != "192.0.2.1" || strings.Contains(list[0].ID, storedToken("a")) {
			t.Fatalf("%+v %v", list, err)
		}
		other, err := h.OpenSessions(ctx, wang.Person, "")
		if err != nil || len(other) != 1 {
			t.Fatal(other, err)
		}
		if err := h.EndSession(ctx, lin, other[0].ID); err == nil {
			t.Error("somebody else's session was ended")
		}
		if err := h.EndSessions(ctx, lin, "a"); err != nil {
			t.Fatal(err)
		}
		if list, err = h.OpenSessions(ctx, lin.Person, "a"); err != nil || len(list) != 1 || !list[0].Current {
			t.Errorf("%+v %v", list, err)
		}
	})
}

func TestSearchLog_ReachAndPages(t *testing.T) {
	run(t, func(t *testing.T, h house) {
		all := h.add(t, "seer", "zf", Inspector)
		local := h.add(t, "local", "jyj", Inspector)
		for i := range 6 {
			who := Actor{Login: []string{"seer", "local"}[i%2]}
			if err := h.Record(ctx, who, audit.Reach, fmt.Sprintf("t:%d", i), audit.Refused, ""); err != nil {
				t.Fatal(err)
			}
			h.clock.pass(time.Hour)
		}
		get := func(a Actor, f audit.Filter) (targets string, total int) {
			for {
				rows, n, next, err := h.SearchLog(ctx, a, f)
				if err != nil {
					t.Fatal(err)
				}
				if total == 0 {
					total = n
				}
				for _, r := range rows {
					targets += strings.TrimPrefix(r.Target, "t:")
				}
				if f.Before = next; next == 0 {
					return targets, total
				}
			}
		}
		start := time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC)
		for _, c := range []struct {
			name  string
			actor Actor
			f     audit.Filter
			want  string
		}{
			{"everything", all, audit.Filter{Act: audit.Reach}, "543210"},
			{"pages of two", all, audit.Filter{Act: audit.Reach, Limit: 2}, "543210"},
			{"own organs only", local, audit.Filter{Act: audit.Reach}, "531"},
			{"asking for others", local, audit.Filter{Act: audit.Reach, Actor: "seer"}, ""},
			{"target", all, audit.Filter{Target: "t:3"}, "3"},
			{"hours", all, audit.Filter{Act: audit.Reach, From: start.Add(time.Hour), To: start.Add(3 * time.Hour)}, "21"},
			{"outcome", all, audit.Filter{Act: audit.Reach, Outcome: audit.Done}, ""},
			{"no right", Actor{Person: 9, Login: "x", Grants: []Grant{{Clerk, 1}}}, audit.Filter{}, ""},
		} {
			got, total := get(c.actor, c.f)
			if got != c.want || total != len(c.want) {
				t.Errorf("%s: %q of %d, want %q", c.name, got, total, c.want)
			}
		}
		if n := len(h.audits(t, audit.Filter{Act: audit.ViewPersonal, Target: "audit_log"})); n < 8 {
			t.Errorf("%d searches were recorded", n)
		}
	})
}
