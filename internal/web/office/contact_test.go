package office

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"gongkai/internal/access"
	"gongkai/internal/jobs"
	"gongkai/internal/notify"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/vault"
)

// outward gives the office of a test a way out; nothing works its queue.
func outward(t *testing.T, s *site, c store.Config) *notify.Notifier {
	t.Helper()
	q, err := jobs.Open(ctx, s.db, c, jobs.Config{}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := q.Close(); err != nil {
			t.Error(err)
		}
	})
	m, err := notify.NewMailer(notify.MailConfig{URL: "smtp://127.0.0.1:1?starttls=never", From: "noreply@qinghe.example.gov.cn"})
	if err != nil {
		t.Fatal(err)
	}
	n := notify.New(s.db, q, notify.Config{Mail: m}, s.clock.now, slog.New(slog.DiscardHandler))
	s.deps.Notices = func(context.Context) (*notify.Notifier, error) { return n, nil }
	return n
}

func withOutbox(t *testing.T, fn func(t *testing.T, s *site)) {
	storetest.Ready(t, func(t *testing.T, c store.Config) {
		db, err := store.Open(ctx, c)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
		s := newSite(t, db)
		outward(t, s, c)
		fn(t, s)
	})
}

func (s *site) personID(login string) (id int64) {
	s.t.Helper()
	if err := s.db.Reader().QueryRowContext(ctx, `SELECT id FROM people WHERE login = $1`, login).Scan(&id); err != nil {
		s.t.Fatal(err)
	}
	return id
}

func (s *site) exec(query string, args ...any) {
	s.t.Helper()
	if _, err := s.db.Writer().ExecContext(ctx, query, args...); err != nil {
		s.t.Fatal(err)
	}
}

func TestAccount_ReminderByMail(t *testing.T) {
	withOutbox(t, func(t *testing.T, s *site) {
		s.user("lin", "qh-jyj", access.Clerk)
		b := s.signIn("lin")
		if p := b.submit("/office/account", "/office/account/mail", map[string]string{"mail": "lin@nowhere"}); p.status != http.StatusBadRequest || !strings.Contains(p.body, "邮箱写得不对") || !strings.Contains(p.body, `value="lin@nowhere"`) {
			t.Errorf("%d", p.status)
		}
		if p := b.submit("/office/account", "/office/account/mail", map[string]string{"mail": "lin@mail.example.cn"}); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.body)
		}
		p := b.get("/office/account")
		if !strings.Contains(p.body, "验证码已发到 <strong>lin@mail.example.cn</strong>") {
			t.Error("the waiting address is not shown")
		}
		if p := b.send(p, "/office/account/mail/confirm", map[string]string{"mail-code": "12"}); p.status != http.StatusBadRequest || !strings.Contains(p.body, "验证码不对") {
			t.Errorf("%d", p.status)
		}
		id := s.personID("lin")
		sealed, err := vault.New(s.db, vault.Source{}).Seal(ctx, vault.Place{Table: "person_contacts", Column: "mail", Row: id}, "lin@mail.example.cn")
		if err != nil {
			t.Fatal(err)
		}
		s.exec(`UPDATE person_contacts SET mail = $1, mail_new = '', by_mail = 1 WHERE person_id = $2`, sealed, id)
		if p := b.submit("/office/account", "/office/account/wishes", map[string]string{"by-mail": "0", "kind-urged": "0", "quiet-from": "22", "quiet-to": "22"}); p.status != http.StatusBadRequest || !strings.Contains(p.body, "免打扰时间请选") {
			t.Errorf("%d", p.status)
		}
		if p := b.submit("/office/account", "/office/account/wishes", map[string]string{"by-mail": "0", "kind-urged": "0", "quiet-from": "22", "quiet-to": "7"}); p.status != http.StatusSeeOther {
			t.Errorf("%d %s", p.status, p.body)
		}
		n, err := s.deps.Notices(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if c, err := n.Contact(ctx, id); err != nil || c.ByMail || len(c.Off) != 1 || c.QuietFrom != 22 || c.QuietTo != 7 {
			t.Errorf("%+v %v", c, err)
		}
		if p := b.submit("/office/account", "/office/account/mail/test", nil); p.status != http.StatusSeeOther {
			t.Errorf("%d", p.status)
		}
		if p := b.submit("/office/account", "/office/account/mail/drop", nil); p.status != http.StatusSeeOther {
			t.Errorf("%d", p.status)
		}
		if p := b.get("/office/account"); strings.Contains(p.body, "lin@mail.example.cn") {
			t.Error("the address is still there")
		}
	})
}

func TestOutbox_ShownAndSentAgainWithinReach(t *testing.T) {
	withOutbox(t, func(t *testing.T, s *site) {
		for _, u := range [][2]string{{"lin", "qh-jyj"}, {"wang", "qh-gaj"}} {
			s.user(u[0], u[1], access.Clerk)
			s.exec(`INSERT INTO outbox (message, channel, topic, person_id, state, tries, reason, next_at, created_at) VALUES ($1, 'mail', 'test', $2, 'unclear', 1, '不知道是否送达', 1, 1)`, "m-"+u[0], s.personID(u[0]))
		}
		s.user("boss", "qh-zf", access.SystemAdmin)
		s.user("watch", "qh-jyj", access.Supervisor)
		if p := s.signIn("lin").get("/office/outbox"); p.status != http.StatusForbidden {
			t.Errorf("a clerk: %d", p.status)
		}
		if p := s.signIn("boss").get("/office/outbox"); p.status != http.StatusOK || !strings.Contains(p.body, "m-lin") || !strings.Contains(p.body, "m-wang") || strings.Contains(p.body, "@") {
			t.Errorf("the administrator: %d", p.status)
		}
		b := s.signIn("watch")
		p := b.get("/office/outbox?state=unclear")
		if p.status != http.StatusOK || !strings.Contains(p.body, "m-lin") || strings.Contains(p.body, "m-wang") {
			t.Errorf("the supervisor: %d", p.status)
		}
		if p := b.send(p, "/office/outbox/resend", map[string]string{"message": "m-wang"}); p.status != http.StatusNotFound {
			t.Errorf("out of reach: %d", p.status)
		}
		if p := b.send(p, "/office/outbox/resend", map[string]string{"message": "m-lin"}); p.status != http.StatusSeeOther {
			t.Errorf("%d %s", p.status, p.body)
		}
		states := ""
		for _, login := range []string{"lin", "wang"} {
			var state string
			if err := s.db.Reader().QueryRowContext(ctx, `SELECT state FROM outbox WHERE message = $1`, "m-"+login).Scan(&state); err != nil {
				t.Fatal(err)
			}
			states += fmt.Sprint(state, " ")
		}
		if states != "waiting unclear " {
			t.Error(states)
		}
	})
}
