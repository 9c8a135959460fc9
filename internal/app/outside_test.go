package app_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/app"
	"gongkai/internal/casework"
	"gongkai/internal/notify"
	"gongkai/internal/notify/smtptest"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

// postOffice is a node that serves, with a mail server and a seal service
// outside of it.
type postOffice struct {
	*node
	smtp  *smtptest.Server
	organ int64
	staff map[access.Role]access.Actor
	nth   int
}

func openPostOffice(t *testing.T, c store.Config) *postOffice {
	t.Helper()
	ctx := context.Background()
	o := &postOffice{smtp: smtptest.New(t, false), staff: map[access.Role]access.Actor{}}
	mailer, err := notify.NewMailer(notify.MailConfig{URL: o.smtp.URL, From: "清河市政务公开 <noreply@qinghe.example.gov.cn>", Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	o.node = startNode(t, c, func(c *app.Config) {
		c.Mail, c.HookNetworks, c.BaseURL = mailer, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, "http://qinghe.example.gov.cn"
	})
	x, err := o.Organs.Organ(ctx, "qh-jyj")
	o.must(err)
	o.organ = x.ID
	for _, r := range []access.Role{access.Clerk, access.LegalityReviewer, access.Signer, access.DisclosureOfficer} {
		login := "post-" + strings.ReplaceAll(string(r), "_", "-")
		o.user(login, "qh-jyj", r)
		var id int64
		o.must(o.DB.Reader().QueryRowContext(ctx, `SELECT id FROM people WHERE login = $1`, login).Scan(&id))
		o.staff[r], err = access.ActorOf(ctx, o.DB.Reader(), id, o.Today())
		o.must(err)
	}
	o.must(o.Requests.SetProfile(ctx, o.staff[access.DisclosureOfficer], o.organ, request.Profile{Kind: request.Department, Name: "清河市教育局", Prefix: "清教公开",
		Own: request.Body{Name: "清河市人民政府", Address: "人民路1号"}, Court: request.Body{Name: "清河区人民法院", Address: "法院路2号"}, Online: "https://fy.qinghe.example.gov.cn"}))
	_, err = o.Hooks(ctx)
	o.must(err)
	h, err := o.Handler()
	o.must(err)
	l, err := app.Listen("127.0.0.1:0")
	o.must(err)
	running, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- o.Serve(running, l, h) }()
	t.Cleanup(func() {
		stop()
		o.must(<-done)
	})
	o.url = "http://" + l.Addr().String()
	return o
}

func (o *postOffice) do(id int64, role access.Role, a casework.Action, form any) error {
	_, err := o.Cases.Apply(context.Background(), casework.Do{Case: id, Action: a, Actor: o.staff[role], Form: form})
	return err
}

// answered is a request by somebody who chose mail, up to the signature.
func (o *postOffice) answered() int64 {
	o.t.Helper()
	o.nth++
	rc, err := o.Requests.Submit(context.Background(), request.Application{Organ: o.organ, Channel: "in_person", Content: fmt.Sprintf("第%d年学校布局规划", 2000+o.nth), Way: "electronic", Delivery: "mail", Electronic: true, Informed: true,
		Applicant: request.Applicant{Kind: request.Natural, Name: "信甲乙", Proof: "11010519491231002X", Address: "清河市某路1号", Mail: "someone@example.test"}, FilledBy: "post-clerk", Actor: o.staff[access.Clerk], Token: fmt.Sprint("post", o.nth)})
	o.must(err)
	o.must(o.do(rc.Case, access.Clerk, request.ActConfirm, &request.ConfirmForm{}))
	o.must(o.do(rc.Case, access.Clerk, request.ActDecide, &request.DecideForm{Decision: request.Decision{Items: []request.Item{{What: "布局规划", Outcome: request.Grant, Content: "规划文本一份"}}}}))
	o.must(o.do(rc.Case, access.LegalityReviewer, request.ActPass, &request.NoteForm{}))
	o.must(o.do(rc.Case, access.Signer, request.ActSign, &request.NoteForm{}))
	return rc.Case
}

func (o *postOffice) mail(id int64) {
	o.t.Helper()
	o.must(o.do(id, access.Clerk, request.ActServe, &request.ServeForm{How: request.ServeMail, On: o.Today()}))
}

// fate waits until the mail of an attempt is in a state, and settles it.
func (o *postOffice) fate(id int64, attempt int, state notify.State) request.MailFate {
	o.t.Helper()
	var f request.MailFate
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		all, err := o.Requests.MailFates(context.Background(), id)
		o.must(err)
		if f = all[attempt]; f.State == string(state) && (state != notify.Waiting || f.Reason != "") {
			_, err := o.Requests.Sweep(context.Background())
			o.must(err)
			return f
		}
	}
	o.t.Fatalf("the mail is %+v, want %s", f, state)
	return f
}

func (o *postOffice) request(id int64) (*casework.Case, *request.Request) {
	o.t.Helper()
	ctx := context.Background()
	c, err := o.Cases.Case(ctx, id)
	o.must(err)
	data, err := o.Cases.Data(ctx, o.DB.Reader(), c)
	o.must(err)
	return c, data.(*request.Request)
}

// An answer served by mail against a server that refuses, hangs, or drops the
// line after the words (A-86): only what the other side took is served; what
// nobody knows is shown as 结果不明, counts as nothing and is never sent again
// without a person's word.
func TestA86_ServiceMailAgainstAServerThatFails(t *testing.T) {
	at := func(where smtptest.Step, answer string) func(smtptest.Step, int) string {
		return func(s smtptest.Step, _ int) string {
			if s == where {
				return answer
			}
			return ""
		}
	}
	storetest.Ready(t, func(t *testing.T, c store.Config) {
		o := openPostOffice(t, c)
		page := func(id int64) string { o.t.Helper(); return o.office("post-clerk", id) }

		refused := o.answered()
		o.smtp.Script(at("rcpt", "550 5.1.1 no such user"))
		o.mail(refused)
		o.fate(refused, 1, notify.Refused)
		if k, q := o.request(refused); k.State != request.Answered || !q.ServedOn.IsZero() || q.Service.Attempts[0].Result != request.ServeFailed || !strings.Contains(page(refused), "邮件没有发出：对方答复：550") {
			t.Errorf("refused: %s %+v", k.State, q.Service.Attempts)
		}

		hangs := o.answered()
		o.smtp.Script(at("rcpt", "hang"))
		o.mail(hangs)
		o.fate(hangs, 1, notify.Waiting)
		if k, q := o.request(hangs); k.State != request.Answered || !q.ServedOn.IsZero() || !strings.Contains(page(hangs), "还没有发出") {
			t.Errorf("hangs: %s %+v", k.State, q.Service.Attempts)
		}
		o.smtp.Script(nil)
		o.clock.pass(5 * time.Minute) // the next try
		o.fate(hangs, 1, notify.Delivered)
		if k, q := o.request(hangs); k.State != request.Served || q.ServedHow != request.ServeMail || q.Service.Delivered() == nil {
			t.Errorf("well again: %s %+v", k.State, q.Service.Attempts)
		}

		o.smtp.Forget()
		o.smtp.Script(at("end", "drop"))
		unclear := o.answered()
		o.mail(unclear)
		o.fate(unclear, 1, notify.Unclear)
		o.clock.pass(3 * 24 * time.Hour)
		o.smtp.Script(nil)
		time.Sleep(2500 * time.Millisecond) // two looks of the node for what waits
		_, err := o.Requests.Sweep(context.Background())
		o.must(err)
		k, q := o.request(unclear)
		if n := len(o.smtp.Mails()); n != 1 || k.State != request.Answered || !q.ServedOn.IsZero() || q.Service.Attempts[0].Result != request.ServePosted {
			t.Errorf("unclear: %d mails, %s %+v", n, k.State, q.Service.Attempts)
		}
		if words := page(unclear); !strings.Contains(words, "结果不明") || !strings.Contains(words, "系统不会重发") {
			t.Errorf("the page does not say it: %s", words)
		}
		if err := o.do(unclear, access.Clerk, request.ActArchive, nil); err == nil {
			t.Error("archived on a mail of which nobody knows")
		}
		// A person's word: it did not arrive, and goes once more.
		o.must(o.do(unclear, access.Clerk, request.ActFailed, &request.FailedForm{Reason: "申请人说没有收到"}))
		o.mail(unclear)
		o.fate(unclear, 2, notify.Delivered)
		mails := o.smtp.Mails()
		if k, q := o.request(unclear); len(mails) != 2 || k.State != request.Served || q.Service.Delivered().No != 2 {
			t.Errorf("sent again: %d mails, %s", len(mails), k.State)
		}
		if m := mails[len(mails)-1]; !strings.Contains(m.To, "someone@example.test") || m.Files["政府信息公开答复书.docx"] == "" || strings.Contains(m.Subject+m.Body, "信甲乙") {
			t.Errorf("%s %q %d files", m.To, m.Subject, len(m.Files))
		}
	})
}

// Who chose mail is told of a message of the office, without its words; who has
// read it meanwhile, or chose another way, is not.
func TestA86_AMessageIsToldByMailToWhoChoseMail(t *testing.T) {
	storetest.Ready(t, func(t *testing.T, c store.Config) {
		o := openPostOffice(t, c)
		chose, other := o.answered(), o.answered()
		_, err := o.DB.Writer().ExecContext(context.Background(), `UPDATE requests SET delivery = 'online' WHERE case_id = $1`, other)
		o.must(err)
		for _, id := range []int64{other, chose} {
			o.must(o.do(id, access.Clerk, request.ActTalk, &request.MessageForm{Text: "请补充手机号码"}))
		}
		for end := time.Now().Add(20 * time.Second); len(o.smtp.Mails()) == 0 && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		}
		k, _ := o.request(chose)
		mails := o.smtp.Mails()
		if len(mails) != 1 || o.count(`SELECT COUNT(*) FROM outbox`) != 1 {
			t.Fatalf("%d mails", len(mails))
		}
		if m := mails[0]; !strings.Contains(m.Subject, k.Number) || !strings.Contains(m.Body, "http://qinghe.example.gov.cn/requests/track") || strings.Contains(m.Body, "手机号码") || strings.Contains(m.Body, "信甲乙") {
			t.Errorf("%q %q", m.Subject, m.Body)
		}
		if k.State != request.Answered {
			t.Errorf("a message served the answer: %s", k.State)
		}
		var message int64
		o.must(o.DB.Reader().QueryRowContext(context.Background(), `SELECT id FROM request_messages WHERE case_id = $1`, chose).Scan(&message))
		_, err = o.Requests.Conversation(context.Background(), casework.Applicant, chose)
		o.must(err)
		if _, err := o.Requests.MailOf(context.Background(), "message-1", message, ""); err == nil || !strings.Contains(err.Error(), "message") {
			t.Errorf("a message that was read is told of: %v", err)
		}
	})
}

// An officer asks for the seal, reads the refusal beside the button, asks again,
// and the applicant gets the sealed letter.
func TestA107_FromTheButtonToTheSealedLetter(t *testing.T) {
	storetest.Ready(t, func(t *testing.T, c store.Config) {
		o := openPostOffice(t, c)
		ctx := context.Background()
		var mu sync.Mutex
		var ids []string
		service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			pdf, err := io.ReadAll(r.Body)
			if err != nil {
				return
			}
			mu.Lock()
			ids = append(ids, r.Header.Get(notify.IDHeader))
			first := len(ids) == 1
			mu.Unlock()
			if first {
				w.Header().Set("Content-Type", "text/plain; charset=utf-8")
				w.WriteHeader(http.StatusForbidden)
				_, _ = io.WriteString(w, "印章保管人还没有批准")
				return
			}
			_, _ = w.Write(append(pdf, "% seal\n"...))
		}))
		t.Cleanup(service.Close)
		id := o.answered()
		letters := fmt.Sprintf("/office/requests/%d/letter", id)
		b := o.signIn("post-clerk", password)
		if p := b.get(letters); strings.Contains(p.body, "请求电子印章") {
			t.Error("a button without a service")
		}
		hooks, err := o.Hooks(ctx)
		o.must(err)
		_, err = hooks.SetSealService(ctx, notify.NewSealService{Organ: o.organ, URL: service.URL}, "tester")
		o.must(err)
		_, q := o.request(id)
		l := q.Letters[len(q.Letters)-1]
		at := fmt.Sprintf("/office/requests/%d/letters/%d/seal", id, l.ID)
		ask := func() {
			t.Helper()
			if p := b.post(at, url.Values{}); p.status != http.StatusSeeOther {
				t.Fatalf("%d %s", p.status, p.words())
			}
		}
		shows := func(want ...string) {
			t.Helper()
			words := ""
			for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
				words = b.get(letters).words()
				missing := false
				for _, w := range want {
					missing = missing || !strings.Contains(words, w)
				}
				if !missing {
					return
				}
			}
			t.Fatalf("the page lacks one of %q:\n%s", want, words)
		}
		ask()
		shows("电子印章服务没有盖章：印章保管人还没有批准", "再次请求", "上传扫描件")
		ask()
		shows("电子印章件：政府信息公开答复书清教公开〔2026〕1号.pdf")
		mu.Lock()
		if want := fmt.Sprintf("seal-%d", l.ID); len(ids) != 2 || ids[0] != want || ids[1] != want {
			t.Errorf("%q", ids)
		}
		mu.Unlock()
		o.mail(id)
		o.fate(id, 1, notify.Delivered)
		if m := o.smtp.Mails()[0]; !strings.HasPrefix(m.Files["政府信息公开答复书.pdf"], "%PDF-") || !strings.HasSuffix(m.Files["政府信息公开答复书.pdf"], "% seal\n") {
			t.Errorf("the mail has no sealed letter: %.200q", m.Files)
		}
	})
}
