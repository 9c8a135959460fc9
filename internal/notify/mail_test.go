package notify_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/notify"
	"gongkai/internal/notify/smtptest"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

// A node is killed when the server has the words and before it noted so: a
// person must decide, and nothing is sent a second time in silence.
func TestMail_KilledBetweenAcceptAndNote(t *testing.T) {
	for name, where := range map[string]smtptest.Step{"after the words": "end", "before the words": "rcpt"} {
		t.Run(name, func(t *testing.T) {
			storetest.Ready(t, func(t *testing.T, c store.Config) {
				s := smtptest.New(t, false)
				o := openTown(t, c, s, notify.Config{}, 0)
				o.stop()
				reached := make(chan struct{})
				s.Script(func(at smtptest.Step, nth int) string {
					if at == where && nth == 1 {
						close(reached)
						time.Sleep(500 * time.Millisecond) // it dies while it waits for the answer
					}
					return ""
				})
				o = openTown(t, c, s, notify.Config{}, 0)
				o.tell("urged", 0)
				o.stop()
				cmd := exec.Command(os.Args[0])
				cmd.Env = append(os.Environ(), envData+"="+c.DataDir, envURL+"="+c.URL, envSMTP+"="+s.URL)
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				<-reached
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
				if err := cmd.Wait(); err == nil {
					t.Fatal("the process ended by itself")
				}
				o = openTown(t, c, s, notify.Config{}, 3*time.Minute) // the dead node's lease has run out
				if where == "rcpt" {
					o.becomes("mail", notify.Delivered, 1)
				} else {
					o.becomes("mail", notify.Unclear, 1)
					if r := o.reason(notify.Unclear); !strings.Contains(r, "不知道对方是否收到") {
						t.Errorf("reason %q", r)
					}
				}
				o.pass()
				time.Sleep(300 * time.Millisecond)
				if n := len(s.Mails()); n != 1 {
					t.Errorf("%d mails", n)
				}
			})
		})
	}
}

// STARTTLS and sign-in, and no word over a line that is not what it should be.
func TestMail_OverTLSWithPassword(t *testing.T) {
	s := smtptest.New(t, true)
	open := func(c notify.MailConfig) *town {
		c.URL, c.From, c.Timeout = s.URL, "noreply@qinghe.example.gov.cn", time.Second
		m, err := notify.NewMailer(c)
		if err != nil {
			t.Fatal(err)
		}
		o := &town{node: start(t, store.Config{DataDir: t.TempDir()}, quick(notify.Config{Tries: 1, Mail: m}), 0), smtp: s}
		o.seed()
		o.tell("urged", 0)
		return o
	}
	o := open(notify.MailConfig{Password: "geheim", RootCAs: s.Pool})
	o.becomes("mail", notify.Delivered, 1)
	if m := s.Mails()[0]; !m.Secure || !strings.Contains(m.User, "bot") {
		t.Errorf("%+v", m)
	}
	o = open(notify.MailConfig{Password: "geheim"})
	o.becomes("mail", notify.Refused, 1)
	if r := o.reason(notify.Refused); !strings.Contains(r, "加密连接") {
		t.Errorf("an unknown certificate: %q", r)
	}
	s.Script(func(at smtptest.Step, _ int) string {
		if at == "auth" {
			return "535 5.7.8 wrong password"
		}
		return ""
	})
	o = open(notify.MailConfig{Password: "falsch", RootCAs: s.Pool})
	o.becomes("mail", notify.Refused, 1)
	if r := o.reason(notify.Refused); !strings.Contains(r, "535") {
		t.Errorf("a wrong password: %q", r)
	}
	s.Script(nil)
	s.Direct = true
	s.URL = strings.Replace(s.URL, "smtp:", "smtps:", 1)
	o = open(notify.MailConfig{Password: "geheim", RootCAs: s.Pool})
	o.becomes("mail", notify.Delivered, 1)
	if m := s.Mails(); len(m) != 2 || !m[1].Secure || !strings.Contains(m[1].User, "bot") {
		t.Errorf("from the first byte: %+v", m)
	}
	s.URL, s.Direct = strings.Replace(s.URL, "smtps:", "smtp:", 1), false
	s.TLS = nil // offers no STARTTLS
	o = open(notify.MailConfig{Password: "geheim", RootCAs: s.Pool})
	o.becomes("mail", notify.Refused, 1)
	if r := o.reason(notify.Refused); !strings.Contains(r, "加密连接") || len(s.Mails()) != 2 {
		t.Errorf("in plain words: %q", r)
	}
}

func TestNewMailer_SaysWhatIsWrong(t *testing.T) {
	const from = "a@example.gov.cn"
	for name, c := range map[string]struct {
		url, from, field string
	}{
		"http":          {"http://h", from, "smtp-url"},
		"no host":       {"smtp://", from, "smtp-url"},
		"a password":    {"smtp://u:p@h", from, "smtp-url"},
		"a path":        {"smtp://h/x", from, "smtp-url"},
		"a port":        {"smtp://h:70000", from, "smtp-url"},
		"a question":    {"smtp://h?x=1", from, "smtp-url"},
		"plain sign-in": {"smtp://u@h?starttls=never", from, "smtp-url"},
		"no sender":     {"smtp://h", "", "mail-from"},
		"a bad sender":  {"smtp://h", "x y", "mail-from"},
	} {
		if _, err := notify.NewMailer(notify.MailConfig{URL: c.url, From: c.from}); fault.FieldOf(err) != c.field || !strings.HasPrefix(fault.Text(err), "--"+c.field+"：") || strings.Contains(fault.Text(err), ":p@") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, ok := range []string{"smtp://u%40d@h:587", "smtps://h", "smtp://h:25?starttls=never", "smtp://[::1]:587"} {
		if _, err := notify.NewMailer(notify.MailConfig{URL: ok, From: "名 <" + from + ">"}); err != nil {
			t.Errorf("%s: %v", ok, err)
		}
	}
}

// Gateways get ids and a login; what they refuse stays with a person, and what
// waits holds nothing else back.
func TestGateway_GetsNoticesSigned(t *testing.T) {
	inTown(t, 3, func(o *town) {
		ctx := context.Background()
		var mu sync.Mutex
		var bodies []string
		status := http.StatusNoContent
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			b, err := io.ReadAll(r.Body)
			if err != nil {
				return
			}
			if err := notify.Verify(secret, r.Header.Get(notify.SignatureHeader), b, time.Now(), time.Hour); err != nil || r.Header.Get(notify.EventHeader) != "notice" {
				o.t.Errorf("%v %v", err, r.Header)
			}
			mu.Lock()
			defer mu.Unlock()
			bodies = append(bodies, string(b))
			w.WriteHeader(status)
		}))
		o.t.Cleanup(srv.Close)
		if _, _, err := o.n.AddHook(ctx, notify.NewHook{URL: srv.URL, Gateway: true, Events: []string{"release"}}, "tester"); fault.FieldOf(err) != "events" {
			o.t.Errorf("%v", err)
		}
		g, _, err := o.n.AddHook(ctx, notify.NewHook{URL: srv.URL, Secret: secret, Gateway: true, After: -1}, "tester")
		if err != nil {
			o.t.Fatal(err)
		}
		id := o.tell("urged", 0)
		o.becomes("gateway", notify.Delivered, 1)
		want := regexp.MustCompile(fmt.Sprintf(`^\{"id":"n%d-g%d","hook":%d,"notice":%d,"at":"[^"]+","kind":"urged","login":"lin","case":%d,"case_kind":"request","number":"依申请〔2026〕137号"\}$`, id, g, g, id, o.caseID))
		mu.Lock()
		if len(bodies) != 1 || !want.MatchString(bodies[0]) {
			o.t.Errorf("%q", bodies)
		}
		status = http.StatusUnprocessableEntity
		mu.Unlock()
		o.tell("handed", 0)
		o.becomes("gateway", notify.Refused, 1)
		mu.Lock()
		if len(bodies) != 2 {
			o.t.Errorf("%d requests: a clear refusal was repeated", len(bodies))
		}
		mu.Unlock()
		o.relay() // the log is none of a gateway's business
		if n := o.one(`SELECT COUNT(*) FROM outbox WHERE channel = 'hook'`); n != 0 {
			o.t.Errorf("%d rows of the log", n)
		}
		o.exec(`UPDATE person_contacts SET by_gateway = 0`)
		o.tell("moved", 0)
		o.becomes("mail", notify.Delivered, 3)
		if n := o.one(`SELECT COUNT(*) FROM outbox WHERE channel = 'gateway'`); n != 2 {
			o.t.Errorf("%d gateway messages", n)
		}
	})
}

// At night a message waits for the morning, and nothing waits behind it.
func TestQuietHours_WaitForTheMorning(t *testing.T) {
	inTown(t, 3, func(o *town) {
		hour := time.Now().In(time.FixedZone("", 8*3600)).Hour()
		o.exec(`UPDATE person_contacts SET quiet_from = $1, quiet_to = $2`, (hour+23)%24, (hour+3)%24)
		o.tell("urged", 0)
		o.pass()
		next := o.one(`SELECT next_at FROM outbox`)
		wait := time.Until(time.UnixMicro(next))
		if wait < time.Hour || wait > 4*time.Hour || time.UnixMicro(next).Minute() != 0 {
			o.t.Errorf("waits %v", wait)
		}
		o.exec(`UPDATE person_contacts SET quiet_from = -1`)
		o.tell("urged", 0)
		o.becomes("mail", notify.Delivered, 1)
	})
}

// An address is confirmed by the code sent to it; only then is it used.
func TestContact_ConfirmedByCode(t *testing.T) {
	inTown(t, 3, func(o *town) {
		ctx := context.Background()
		o.exec(`DELETE FROM person_contacts`)
		for _, bad := range []string{"", "lin", "lin@", "lin@localhost", "林 <a@b.cn>", "a@b.cn, c@d.cn", "a b@c.cn", "a@b.cn\r\nBcc: x@y.cn", "<a@b.cn>", strings.Repeat("a", 65) + "@b.cn", "林@b.cn"} {
			if err := o.n.AskMail(ctx, o.person, "lin", bad); fault.FieldOf(err) != "邮箱" {
				o.t.Errorf("%q: %v", bad, err)
			}
		}
		if err := o.n.ConfirmMail(ctx, o.person, "lin", "000000"); fault.FieldOf(err) != "验证码" {
			o.t.Errorf("%v", err)
		}
		ask := func(to string) string {
			o.t.Helper()
			before := len(o.smtp.Mails())
			if err := o.n.AskMail(ctx, o.person, "lin", to); err != nil {
				o.t.Fatal(err)
			}
			for end := time.Now().Add(20 * time.Second); len(o.smtp.Mails()) == before && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
				o.pass()
			}
			m := o.smtp.Mails()
			if len(m) != before+1 || !strings.Contains(m[before].To, to) {
				o.t.Fatalf("%d mails, %+v", len(m), m)
			}
			return regexp.MustCompile(`\d{6}`).FindString(m[before].Body)
		}
		code := ask(address)
		c, err := o.n.Contact(ctx, o.person)
		if err != nil || c.HasMail || !c.Pending || c.ByMail {
			o.t.Fatalf("%+v %v", c, err)
		}
		if err := o.n.SetWishes(ctx, o.person, "lin", notify.Wishes{ByMail: true, QuietFrom: -1, QuietTo: -1}); fault.FieldOf(err) != "邮箱" {
			o.t.Errorf("used before it was confirmed: %v", err)
		}
		wrong := "000000"
		if code == wrong {
			wrong = "000001"
		}
		if err := o.n.ConfirmMail(ctx, o.person, "lin", wrong); !strings.Contains(fault.Text(err), "验证码不对") {
			o.t.Errorf("%v", err)
		}
		if err := o.n.ConfirmMail(ctx, o.person, "lin", " "+code); err != nil {
			o.t.Fatal(err)
		}
		if c, err = o.n.Contact(ctx, o.person); err != nil || !c.HasMail || c.Pending || !c.ByMail {
			o.t.Fatalf("%+v %v", c, err)
		}
		if got, _, err := o.n.Address(ctx, c); err != nil || got != address {
			o.t.Errorf("%q %v", got, err)
		}
		if err := o.n.AskMail(ctx, o.person, "lin", address); !strings.Contains(fault.Text(err), "已经确认") {
			o.t.Errorf("%v", err)
		}
		if err := o.n.TestMail(ctx, o.person, "lin"); err != nil {
			o.t.Fatal(err)
		}
		o.becomes("mail", notify.Delivered, 2)
		// Guessing: the fifth wrong code spoils the right one.
		code = ask("other@example.gov.cn")
		for range 5 {
			if err := o.n.ConfirmMail(ctx, o.person, "lin", wrong+"x"); err == nil {
				o.t.Fatal("taken")
			}
		}
		if err := o.n.ConfirmMail(ctx, o.person, "lin", code); !strings.Contains(fault.Text(err), "次数太多") {
			o.t.Errorf("%v", err)
		}
		if c, err = o.n.Contact(ctx, o.person); err != nil || !c.HasMail {
			o.t.Errorf("the confirmed address is gone: %+v %v", c, err)
		}
		var err2 error
		for range 10 {
			err2 = o.n.TestMail(ctx, o.person, "lin")
		}
		if fault.FieldOf(err2) != "邮箱" || !strings.Contains(fault.Text(err2), "明天再试") {
			o.t.Errorf("no end of test mails: %v", err2)
		}
		if err := o.n.DropMail(ctx, o.person, "lin"); err != nil {
			o.t.Fatal(err)
		}
		if c, err = o.n.Contact(ctx, o.person); err != nil || c.HasMail || c.ByMail {
			o.t.Errorf("%+v %v", c, err)
		}
		var stored, audits string
		if err := o.db.Reader().QueryRowContext(ctx, `SELECT mail || mail_new FROM person_contacts`).Scan(&stored); err != nil || stored != "" {
			o.t.Errorf("%q %v", stored, err)
		}
		for _, table := range []string{`SELECT COALESCE(MAX(detail), '') FROM audit_log WHERE detail LIKE '%@%'`, `SELECT COALESCE(MAX(reason), '') FROM outbox WHERE reason LIKE '%@%'`} {
			if err := o.db.Reader().QueryRowContext(ctx, table).Scan(&audits); err != nil || audits != "" {
				o.t.Errorf("an address was left: %q %v", audits, err)
			}
		}
		for name, w := range map[string]notify.Wishes{
			"half an hour":  {QuietFrom: 22, QuietTo: -1},
			"no such hour":  {QuietFrom: 22, QuietTo: 24},
			"the same hour": {QuietFrom: 7, QuietTo: 7},
			"no such kind":  {QuietFrom: -1, QuietTo: -1, Off: []string{"x"}},
		} {
			if err := o.n.SetWishes(ctx, o.person, "lin", w); fault.KindOf(err) != fault.Invalid {
				o.t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// A node without a server leaves the mail for one that has it.
func TestMail_WaitsForANodeWithAServer(t *testing.T) {
	storetest.Ready(t, func(t *testing.T, c store.Config) {
		s := smtptest.New(t, false)
		o := openTown(t, c, s, notify.Config{}, 0)
		o.stop()
		bare := &town{node: start(t, c, quick(notify.Config{}), 0)}
		bare.seed()
		bare.tell("urged", 0)
		bare.pass()
		bare.until("the note", func() bool { return bare.one(`SELECT COUNT(*) FROM outbox WHERE reason <> ''`) == 1 })
		bare.stop()
		o = openTown(t, c, s, notify.Config{}, 3*time.Minute)
		o.becomes("mail", notify.Delivered, 1)
	})
}
