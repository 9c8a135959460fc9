package notify_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/notify"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/vault"
)

const address = "lin.chen@mail.example.gov.cn"

// town is a node with a person, a case and a mail server.
type town struct {
	*node
	smtp   *smtpServer
	person int64
	caseID int64
	nth    int
}

// inTown starts a node of each engine with somebody who gets mail.
func inTown(t *testing.T, tries int, fn func(o *town)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, c store.Config) {
		s := newSMTP(t, false)
		fn(openTown(t, c, s, notify.Config{Tries: tries}, 0))
	})
}

func openTown(t *testing.T, c store.Config, s *smtpServer, config notify.Config, ahead time.Duration) *town {
	t.Helper()
	config.Mail = mailer(t, s.url)
	config.BaseURL = "https://qinghe.example.gov.cn"
	config.Sentence = func(caseKind, notice, number, title string) string {
		return caseKind + "|" + notice + "|" + number + title
	}
	o := &town{node: start(t, c, quick(config), ahead), smtp: s}
	o.seed()
	return o
}

func (o *town) exec(query string, args ...any) {
	o.t.Helper()
	if _, err := o.db.Writer().ExecContext(context.Background(), query, args...); err != nil {
		o.t.Fatal(err)
	}
}

func (o *town) one(query string, args ...any) (v int64) {
	o.t.Helper()
	if err := o.db.Reader().QueryRowContext(context.Background(), query, args...).Scan(&v); err != nil {
		o.t.Fatal(query, err)
	}
	return v
}

// seed enters the person, the case, and the person's confirmed address.
func (o *town) seed() {
	o.t.Helper()
	o.exec(`INSERT INTO organs (code, kind, created_at) VALUES ('qh-jyj', 'department', 1) ON CONFLICT DO NOTHING`)
	o.exec(`INSERT INTO people (login, name, organ_id, created_at) SELECT 'lin', '林', id, 1 FROM organs WHERE NOT EXISTS (SELECT 1 FROM people)`)
	o.exec(`INSERT INTO cases (kind, number, organ_id, title, state, version, events, opened_at, changed_at)
		SELECT 'request', '依申请〔2026〕137号', id, '一件事', 'open', 1, 1, 1, 1 FROM organs WHERE NOT EXISTS (SELECT 1 FROM cases)`)
	o.person, o.caseID = o.one(`SELECT id FROM people`), o.one(`SELECT id FROM cases`)
	sealed, err := vault.New(o.db, vault.Source{}).Seal(context.Background(), vault.Place{Table: "person_contacts", Column: "mail", Row: o.person}, address)
	if err != nil {
		o.t.Fatal(err)
	}
	o.exec(`INSERT INTO person_contacts (person_id, mail, by_mail, changed_at) VALUES ($1, $2, 1, 1) ON CONFLICT DO NOTHING`, o.person, sealed)
}

// again makes the town as it was at first, so that many cases share a node.
func (o *town) again() {
	o.t.Helper()
	o.smtp.mu.Lock()
	o.smtp.kept, o.smtp.calls, o.smtp.answer = nil, map[step]int{}, nil
	o.smtp.mu.Unlock()
	for _, q := range []string{`DELETE FROM outbox`, `DELETE FROM notices`, `DELETE FROM person_contacts`, `UPDATE people SET disabled_at = 0`} {
		o.exec(q)
	}
	o.seed()
}

// tell writes a notice that becomes due after a time.
func (o *town) tell(kind string, after time.Duration) int64 {
	o.t.Helper()
	o.nth++
	now := time.Now().Add(-5 * time.Second)
	o.exec(`INSERT INTO notices (person_id, case_id, event_no, kind, at, after_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		o.person, o.caseID, o.nth, kind, now.UnixMicro(), now.Add(after).UnixMicro())
	return o.one(`SELECT MAX(id) FROM notices`)
}

func (o *town) pass() {
	o.t.Helper()
	if err := o.n.RelayNotices(context.Background()); err != nil {
		o.t.Fatal(err)
	}
}

// becomes waits until a number of messages of a channel are in a state.
func (o *town) becomes(channel string, state notify.State, count int64) {
	o.t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		o.pass()
		if o.one(`SELECT COUNT(*) FROM outbox WHERE channel = $1 AND state = $2`, channel, string(state)) == count {
			return
		}
	}
	list, _, _ := o.n.Outbox(context.Background(), notify.Everything, channel, notify.Waiting, 0, 9)
	o.t.Fatalf("%d %s messages never became %s; waiting: %+v", count, channel, state, list)
}

func (o *town) reason(state notify.State) string {
	o.t.Helper()
	list, _, err := o.n.Outbox(context.Background(), notify.Everything, notify.ChannelMail, state, 0, 9)
	if err != nil || len(list) != 1 {
		o.t.Fatalf("%+v %v", list, err)
	}
	return list[0].Reason
}

func TestMail_ANoticeArrivesOnceAndWhole(t *testing.T) {
	inTown(t, 3, func(o *town) {
		id := o.tell("urged", 0)
		o.becomes("mail", notify.Delivered, 1)
		o.pass()
		got := o.smtp.mails()
		if len(got) != 1 {
			o.t.Fatalf("%d mails", len(got))
		}
		m := got[0]
		if m.subject != "办件提醒：依申请〔2026〕137号" || !strings.Contains(m.body, "request|urged|依申请〔2026〕137号\n") || strings.Contains(m.body, "一件事") ||
			!strings.Contains(m.body, fmt.Sprintf("https://qinghe.example.gov.cn/office/cases/%d\n", o.caseID)) {
			o.t.Errorf("%q\n%s", m.subject, m.body)
		}
		if !strings.Contains(m.to, address) || !strings.Contains(m.from, "noreply@qinghe.example.gov.cn") {
			o.t.Errorf("envelope %q %q", m.from, m.to)
		}
		from, err := mail.ParseAddress(m.head.Get("From"))
		if err != nil || from.Name != "清河市政务公开" {
			o.t.Errorf("From %v %v", from, err)
		}
		for name, want := range map[string]string{
			"Message-Id":       fmt.Sprintf("<n%d-mail@qinghe.example.gov.cn>", id),
			"List-Unsubscribe": "<https://qinghe.example.gov.cn/office/account#mail>",
			"Auto-Submitted":   "auto-generated",
		} {
			if got := m.head.Get(name); got != want {
				o.t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		if d, err := m.head.Date(); err != nil || time.Since(d) > time.Hour || !strings.HasPrefix(m.head.Get("Content-Type"), "text/plain") {
			o.t.Errorf("Date %v %v, %s", d, err, m.head.Get("Content-Type"))
		}
	})
}

// What is taken back, seen, old, unwanted or for somebody who left is never sent.
func TestMail_WhatIsNotSent(t *testing.T) {
	o := openTown(t, store.Config{DataDir: t.TempDir()}, newSMTP(t, false), notify.Config{}, 0)
	for name, set := range map[string]func(o *town){
		"cancelled":   func(o *town) { o.exec(`UPDATE notices SET cancelled = 1`) },
		"seen":        func(o *town) { o.exec(`UPDATE notices SET read_at = 1`) },
		"old":         func(o *town) { o.exec(`UPDATE notices SET after_at = 1`) },
		"not yet due": func(o *town) { o.exec(`UPDATE notices SET after_at = after_at + 60000000`) },
		"no mail":     func(o *town) { o.exec(`UPDATE person_contacts SET by_mail = 0`) },
		"kind off":    func(o *town) { o.exec(`UPDATE person_contacts SET kinds_off = 'handed|urged'`) },
		"nobody":      func(o *town) { o.exec(`DELETE FROM person_contacts`) },
	} {
		t.Run(name, func(t *testing.T) {
			o.again()
			o.tell("urged", 0)
			set(o)
			o.pass()
			if n := o.one(`SELECT COUNT(*) FROM outbox`); n != 0 {
				t.Errorf("%d messages", n)
			}
		})
	}
}

// The same after the message was written and before it went.
func TestMail_WhatIsNotSentAnyMore(t *testing.T) {
	inTown(t, 3, func(o *town) {
		for name, query := range map[string]string{
			"cancelled later": `UPDATE notices SET cancelled = 1`,
			"off later":       `UPDATE person_contacts SET by_mail = 0`,
			"address gone":    `UPDATE person_contacts SET mail = ''`,
			"left":            `UPDATE people SET disabled_at = 1`,
		} {
			o.again()
			o.smtp.script(func(at step, nth int) string {
				if at == "connect" && nth == 1 {
					o.exec(query)
					return "421 later"
				}
				return ""
			})
			o.tell("urged", 0)
			o.becomes("mail", notify.Cancelled, 1)
			if n := len(o.smtp.mails()); n != 0 {
				o.t.Errorf("%s: %d mails", name, n)
			}
		}
	})
}

func TestMail_WhatTheServerSays(t *testing.T) {
	once := func(where step, answer string) func(step, int) string {
		return func(at step, nth int) string {
			if at == where && nth == 1 {
				return answer
			}
			return ""
		}
	}
	always := func(where step, answer string) func(step, int) string {
		return func(at step, _ int) string {
			if at == where {
				return answer
			}
			return ""
		}
	}
	inTown(t, 3, func(o *town) {
		for name, c := range map[string]struct {
			script func(step, int) string
			state  notify.State
			mails  int    // that the server has taken in whole
			reason string // part of it
		}{
			"greylisted, then taken":      {once("rcpt", "451 4.7.1 try again"), notify.Delivered, 1, ""},
			"busy after the words":        {once("end", "452 4.3.1 later"), notify.Delivered, 2, ""},
			"hangs at first":              {once("connect", "hang"), notify.Delivered, 1, ""},
			"drops before the words":      {once("data", "drop"), notify.Delivered, 1, ""},
			"hangs before the words":      {once("rcpt", "hang"), notify.Delivered, 1, ""},
			"closing after it took":       {once("quit", "drop"), notify.Delivered, 1, ""},
			"greylisted for ever":         {always("rcpt", "450 4.2.0 greylisted"), notify.Refused, 0, "对方答复：450"},
			"never there":                 {always("connect", "drop"), notify.Refused, 0, "连不上发信服务器"},
			"unknown recipient":           {always("rcpt", "550 5.1.1 <"+address+"> no such user "+address), notify.Refused, 0, "对方答复：550 5.1.1 ［地址］ no such user ［地址］"},
			"sender refused":              {always("mail", "553 5.7.1 not you"), notify.Refused, 0, "对方答复：553"},
			"words refused":               {always("end", "554 5.7.1 spam"), notify.Refused, 1, "对方答复：554 5.7.1 spam"},
			"drops after the words":       {always("end", "drop"), notify.Unclear, 1, "不知道是否送达"},
			"hangs after the words":       {always("end", "hang"), notify.Unclear, 1, "不知道是否送达"},
			"a greeting that refuses all": {always("connect", "554 go away"), notify.Refused, 0, "发信服务器答复：554 go away"},
		} {
			o.again()
			o.smtp.script(c.script)
			o.tell("urged", 0)
			o.becomes("mail", c.state, 1)
			if n := len(o.smtp.mails()); n != c.mails {
				o.t.Errorf("%s: the server took %d, want %d", name, n, c.mails)
			}
			if r := o.reason(c.state); !strings.Contains(r, c.reason) || strings.Contains(r, "lin.chen") {
				o.t.Errorf("%s: reason %q", name, r)
			}
			if c.state == notify.Delivered {
				continue
			}
			// A person sends it again, when the server is well; it bears the same id.
			o.smtp.script(nil)
			list, _, err := o.n.Outbox(context.Background(), notify.Everything, "", c.state, 0, 9)
			if err != nil || len(list) != 1 || list[0].Login != "lin" || list[0].Number != "依申请〔2026〕137号" {
				o.t.Fatalf("%s: %+v %v", name, list, err)
			}
			if err := o.n.Resend(context.Background(), list[0].ID, "tester", notify.Reach{Organs: []int64{o.caseID + 999}}); fault.KindOf(err) != fault.NotFound {
				o.t.Errorf("out of reach: %v", err)
			}
			if err := o.n.Resend(context.Background(), list[0].ID, "tester", notify.Everything); err != nil {
				o.t.Fatal(err)
			}
			o.becomes("mail", notify.Delivered, 1)
			all := o.smtp.mails()
			if len(all) != c.mails+1 || all[0].head.Get("Message-Id") != all[len(all)-1].head.Get("Message-Id") {
				o.t.Errorf("%d mails", len(all))
			}
		}
	})
}

// Two nodes and many notices: each goes out once.
func TestMail_TwoNodesSendOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		s := newSMTP(t, false)
		a := openTown(t, c, s, notify.Config{}, 0)
		b := openTown(t, c, s, notify.Config{}, 0)
		const many = 40
		for range many {
			a.tell("urged", 0)
		}
		var wg sync.WaitGroup
		for _, o := range []*town{a, b, a, b} {
			wg.Go(func() {
				for range 5 {
					if err := o.n.RelayNotices(context.Background()); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		a.becomes("mail", notify.Delivered, many)
		ids := map[string]int{}
		for _, m := range s.mails() {
			ids[m.head.Get("Message-Id")]++
		}
		if len(ids) != many || len(s.mails()) != many {
			t.Errorf("%d mails of %d ids", len(s.mails()), len(ids))
		}
	})
}

// A node is killed when the server has the words and before it noted so: a
// person must decide, and nothing is sent a second time in silence.
func TestMail_KilledBetweenAcceptAndNote(t *testing.T) {
	for name, where := range map[string]step{"after the words": "end", "before the words": "rcpt"} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, c store.Config) {
				s := newSMTP(t, false)
				o := openTown(t, c, s, notify.Config{}, 0)
				o.stop()
				reached := make(chan struct{})
				s.script(func(at step, nth int) string {
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
				cmd.Env = append(os.Environ(), envData+"="+c.DataDir, envURL+"="+c.URL, envSMTP+"="+s.url)
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
				if n := len(s.mails()); n != 1 {
					t.Errorf("%d mails", n)
				}
			})
		})
	}
}

// STARTTLS and sign-in, and no word over a line that is not what it should be.
func TestMail_OverTLSWithPassword(t *testing.T) {
	s := newSMTP(t, true)
	open := func(c notify.MailConfig) *town {
		c.URL, c.From, c.Timeout = s.url, "noreply@qinghe.example.gov.cn", time.Second
		m, err := notify.NewMailer(c)
		if err != nil {
			t.Fatal(err)
		}
		o := &town{node: start(t, store.Config{DataDir: t.TempDir()}, quick(notify.Config{Tries: 1, Mail: m}), 0), smtp: s}
		o.seed()
		o.tell("urged", 0)
		return o
	}
	o := open(notify.MailConfig{Password: "geheim", RootCAs: s.pool})
	o.becomes("mail", notify.Delivered, 1)
	if m := s.mails()[0]; !m.secure || !strings.Contains(m.user, "bot") {
		t.Errorf("%+v", m)
	}
	o = open(notify.MailConfig{Password: "geheim"})
	o.becomes("mail", notify.Refused, 1)
	if r := o.reason(notify.Refused); !strings.Contains(r, "加密连接") {
		t.Errorf("an unknown certificate: %q", r)
	}
	s.script(func(at step, _ int) string {
		if at == "auth" {
			return "535 5.7.8 wrong password"
		}
		return ""
	})
	o = open(notify.MailConfig{Password: "falsch", RootCAs: s.pool})
	o.becomes("mail", notify.Refused, 1)
	if r := o.reason(notify.Refused); !strings.Contains(r, "535") {
		t.Errorf("a wrong password: %q", r)
	}
	s.script(nil)
	s.direct = true
	s.url = strings.Replace(s.url, "smtp:", "smtps:", 1)
	o = open(notify.MailConfig{Password: "geheim", RootCAs: s.pool})
	o.becomes("mail", notify.Delivered, 1)
	if m := s.mails(); len(m) != 2 || !m[1].secure || !strings.Contains(m[1].user, "bot") {
		t.Errorf("from the first byte: %+v", m)
	}
	s.url, s.direct = strings.Replace(s.url, "smtps:", "smtp:", 1), false
	s.tls = nil // offers no STARTTLS
	o = open(notify.MailConfig{Password: "geheim", RootCAs: s.pool})
	o.becomes("mail", notify.Refused, 1)
	if r := o.reason(notify.Refused); !strings.Contains(r, "加密连接") || len(s.mails()) != 2 {
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
			before := len(o.smtp.mails())
			if err := o.n.AskMail(ctx, o.person, "lin", to); err != nil {
				o.t.Fatal(err)
			}
			for end := time.Now().Add(20 * time.Second); len(o.smtp.mails()) == before && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
				o.pass()
			}
			m := o.smtp.mails()
			if len(m) != before+1 || !strings.Contains(m[before].to, to) {
				o.t.Fatalf("%d mails, %+v", len(m), m)
			}
			return regexp.MustCompile(`\d{6}`).FindString(m[before].body)
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
	storetest.Each(t, func(t *testing.T, c store.Config) {
		s := newSMTP(t, false)
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
