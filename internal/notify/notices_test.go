package notify_test

import (
	"context"
	"fmt"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/notify"
	"gongkai/internal/notify/smtptest"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/vault"
)

const address = "lin.chen@mail.example.gov.cn"

// town is a node with a person, a case and a mail server.
type town struct {
	*node
	smtp   *smtptest.Server
	person int64
	caseID int64
	nth    int
}

// inTown starts a node of each engine with somebody who gets mail.
func inTown(t *testing.T, tries int, fn func(o *town)) {
	t.Helper()
	storetest.Ready(t, func(t *testing.T, c store.Config) {
		s := smtptest.New(t, false)
		fn(openTown(t, c, s, notify.Config{Tries: tries}, 0))
	})
}

func openTown(t *testing.T, c store.Config, s *smtptest.Server, config notify.Config, ahead time.Duration) *town {
	t.Helper()
	config.Mail = mailer(t, s.URL)
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
	o.smtp.Forget()
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
		got := o.smtp.Mails()
		if len(got) != 1 {
			o.t.Fatalf("%d mails", len(got))
		}
		m := got[0]
		if m.Subject != "办件提醒：依申请〔2026〕137号" || !strings.Contains(m.Body, "request|urged|依申请〔2026〕137号\n") || strings.Contains(m.Body, "一件事") ||
			!strings.Contains(m.Body, fmt.Sprintf("https://qinghe.example.gov.cn/office/cases/%d\n", o.caseID)) {
			o.t.Errorf("%q\n%s", m.Subject, m.Body)
		}
		if !strings.Contains(m.To, address) || !strings.Contains(m.From, "noreply@qinghe.example.gov.cn") {
			o.t.Errorf("envelope %q %q", m.From, m.To)
		}
		from, err := mail.ParseAddress(m.Head.Get("From"))
		if err != nil || from.Name != "清河市政务公开" {
			o.t.Errorf("From %v %v", from, err)
		}
		for name, want := range map[string]string{
			"Message-Id":       fmt.Sprintf("<n%d-mail@qinghe.example.gov.cn>", id),
			"List-Unsubscribe": "<https://qinghe.example.gov.cn/office/account#mail>",
			"Auto-Submitted":   "auto-generated",
		} {
			if got := m.Head.Get(name); got != want {
				o.t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		if d, err := m.Head.Date(); err != nil || time.Since(d) > time.Hour || !strings.HasPrefix(m.Head.Get("Content-Type"), "text/plain") {
			o.t.Errorf("Date %v %v, %s", d, err, m.Head.Get("Content-Type"))
		}
	})
}

// What is taken back, seen, old, unwanted or for somebody who left is never sent.
func TestMail_WhatIsNotSent(t *testing.T) {
	o := openTown(t, store.Config{DataDir: t.TempDir()}, smtptest.New(t, false), notify.Config{}, 0)
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
			o.smtp.Script(func(at smtptest.Step, nth int) string {
				if at == "connect" && nth == 1 {
					o.exec(query)
					return "421 later"
				}
				return ""
			})
			o.tell("urged", 0)
			o.becomes("mail", notify.Cancelled, 1)
			if n := len(o.smtp.Mails()); n != 0 {
				o.t.Errorf("%s: %d mails", name, n)
			}
		}
	})
}

func TestMail_WhatTheServerSays(t *testing.T) {
	once := func(where smtptest.Step, answer string) func(smtptest.Step, int) string {
		return func(at smtptest.Step, nth int) string {
			if at == where && nth == 1 {
				return answer
			}
			return ""
		}
	}
	always := func(where smtptest.Step, answer string) func(smtptest.Step, int) string {
		return func(at smtptest.Step, _ int) string {
			if at == where {
				return answer
			}
			return ""
		}
	}
	inTown(t, 3, func(o *town) {
		for name, c := range map[string]struct {
			script func(smtptest.Step, int) string
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
			o.smtp.Script(c.script)
			o.tell("urged", 0)
			o.becomes("mail", c.state, 1)
			if n := len(o.smtp.Mails()); n != c.mails {
				o.t.Errorf("%s: the server took %d, want %d", name, n, c.mails)
			}
			if r := o.reason(c.state); !strings.Contains(r, c.reason) || strings.Contains(r, "lin.chen") {
				o.t.Errorf("%s: reason %q", name, r)
			}
			if c.state == notify.Delivered {
				continue
			}
			// A person sends it again, when the server is well; it bears the same id.
			o.smtp.Script(nil)
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
			all := o.smtp.Mails()
			if len(all) != c.mails+1 || all[0].Head.Get("Message-Id") != all[len(all)-1].Head.Get("Message-Id") {
				o.t.Errorf("%d mails", len(all))
			}
		}
	})
}

// Two nodes and many notices: each goes out once.
func TestMail_TwoNodesSendOnce(t *testing.T) {
	storetest.Ready(t, func(t *testing.T, c store.Config) {
		s := smtptest.New(t, false)
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
		for _, m := range s.Mails() {
			ids[m.Head.Get("Message-Id")]++
		}
		if len(ids) != many || len(s.Mails()) != many {
			t.Errorf("%d mails of %d ids", len(s.Mails()), len(ids))
		}
	})
}

func mailer(t *testing.T, url string) *notify.Mailer {
	t.Helper()
	m, err := notify.NewMailer(notify.MailConfig{URL: url, From: "清河市政务公开 <noreply@qinghe.example.gov.cn>", Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return m
}
