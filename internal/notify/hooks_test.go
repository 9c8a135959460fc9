package notify_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/notify"
	"gongkai/internal/publication"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

// W18-5.1.2a: other systems are told of every change, signed, in order, each
// once when all goes well.
func TestW185_1_2a_HooksGetTheirChangesInOrder(t *testing.T) {
	each(t, notify.Config{}, func(o *node) {
		o.publish(publication.Release) // before the hooks: not theirs
		all, some := newReceiver(o.t), newReceiver(o.t)
		a := o.add(all.srv.URL)
		b := o.add(some.srv.URL, "expunge", "seal")
		o.publish(publication.Release, publication.Seal, publication.Update, publication.Expunge)
		o.relay()
		o.publish(publication.Fact)
		o.until("every message", func() bool {
			return o.counts(a)[notify.Delivered] == 4 && o.counts(b)[notify.Delivered] == 2
		})
		if got := all.seqs(); !slices.Equal(got, []int64{2, 4, 5, 6}) {
			o.t.Errorf("all: %v", got)
		}
		if got := some.seqs(); !slices.Equal(got, []int64{3, 5}) {
			o.t.Errorf("some: %v", got)
		}
		e := all.got[0]
		if e.ID != fmt.Sprintf("%d-2", a) || e.Hook != a || e.Act != "release" || *e.Work != 2 || *e.Edition != 1 || e.At == "" {
			o.t.Errorf("event %+v", e)
		}
		if e := some.got[0]; e.Work != nil || e.Edition != nil {
			o.t.Errorf("a seal names a work: %+v", e)
		}
	})
}

// A failure holds back what comes later, and the same message comes again
// under the same id.
func TestDeliver_RetriedAfter500InOrder(t *testing.T) {
	each(t, notify.Config{}, func(o *node) {
		r := newReceiver(o.t)
		r.answer = func(w http.ResponseWriter, e notify.Event, nth int) {
			if nth == 2 || nth == 3 {
				w.WriteHeader(http.StatusInternalServerError)
			}
		}
		id := o.add(r.srv.URL)
		o.publish(publication.Release, publication.Release, publication.Release)
		o.until("every message", func() bool { return o.counts(id)[notify.Delivered] == 3 })
		if got := r.seqs(); !slices.Equal(got, []int64{1, 2, 2, 2, 3}) {
			o.t.Errorf("%v", got)
		}
		if r.got[1].ID != r.got[3].ID {
			o.t.Error("the id of a message moved")
		}
	})
}

// After the last try a message is given up, with what is known of it, and the
// next one goes.
func TestDeliver_GivenUpForAPerson(t *testing.T) {
	each(t, notify.Config{Tries: 2}, func(o *node) {
		ctx := context.Background()
		r := newReceiver(o.t)
		r.answer = func(w http.ResponseWriter, e notify.Event, _ int) {
			switch e.Seq {
			case 1:
				time.Sleep(600 * time.Millisecond) // no answer in time
			case 2:
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(http.StatusFound)
			case 3:
				w.WriteHeader(http.StatusGone)
			}
		}
		id := o.add(r.srv.URL)
		o.publish(publication.Release, publication.Release, publication.Release, publication.Release)
		o.until("the end of every message", func() bool {
			c := o.counts(id)
			return c[notify.Unclear] == 1 && c[notify.Refused] == 2 && c[notify.Delivered] == 1
		})
		if got := r.seqs(); !slices.Equal(got, []int64{1, 1, 2, 2, 3, 3, 4}) {
			o.t.Errorf("%v", got)
		}
		unclear, err := o.n.Messages(ctx, notify.Unclear, 10)
		if err != nil || len(unclear) != 1 || unclear[0].State.Chinese() != "结果不明" || unclear[0].Tries != 2 || !strings.Contains(unclear[0].Reason, "没有收到答复") {
			o.t.Fatalf("%+v %v", unclear, err)
		}
		r.mu.Lock()
		r.answer = func(w http.ResponseWriter, _ notify.Event, _ int) { w.WriteHeader(http.StatusOK) }
		r.mu.Unlock()
		if err := o.n.Resend(ctx, unclear[0].ID, "tester", notify.Everything); err != nil {
			o.t.Fatal(err)
		}
		o.until("the message sent anew", func() bool { return o.counts(id)[notify.Delivered] == 2 })
		if err := o.n.Resend(ctx, unclear[0].ID, "tester", notify.Everything); fault.KindOf(err) != fault.NotFound {
			o.t.Errorf("sent twice: %v", err)
		}
	})
}

// A redirect is not followed: the address that was checked is the address
// that is asked.
func TestDeliver_RedirectIsNotFollowed(t *testing.T) {
	each(t, notify.Config{Tries: 1}, func(o *node) {
		followed := false
		target := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed = true }))
		defer target.Close()
		r := newReceiver(o.t)
		r.answer = func(w http.ResponseWriter, _ notify.Event, _ int) {
			w.Header().Set("Location", target.URL)
			w.WriteHeader(http.StatusTemporaryRedirect)
		}
		id := o.add(r.srv.URL)
		o.publish(publication.Release)
		o.until("the refusal", func() bool { return o.counts(id)[notify.Refused] == 1 })
		if followed {
			o.t.Error("followed")
		}
	})
}

// Addresses inside are refused, when they are entered and when a name leads
// there.
func TestDeliver_PrivateAddressesAreRefused(t *testing.T) {
	storetest.Ready(t, func(t *testing.T, c store.Config) {
		config := quick(notify.Config{Tries: 1})
		config.Allow = nil
		o := start(t, c, config, 0)
		reached := false
		inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
		defer inside.Close()
		named := strings.Replace(inside.URL, "127.0.0.1", "localhost", 1)
		id := o.add(named)
		o.publish(publication.Release)
		o.until("the refusal", func() bool { return o.counts(id)[notify.Refused] == 1 })
		list, err := o.n.Messages(context.Background(), notify.Refused, 1)
		if err != nil || reached || !strings.Contains(list[0].Reason, "内部网络") {
			t.Errorf("reached %v, %+v %v", reached, list, err)
		}
	})
}

func TestAddHook_SaysWhatIsWrong(t *testing.T) {
	o := start(t, store.Config{DataDir: t.TempDir()}, notify.Config{}, 0)
	for name, c := range map[string]struct {
		hook  notify.NewHook
		field string
	}{
		"no address":     {notify.NewHook{}, "url"},
		"a file":         {notify.NewHook{URL: "file:///etc/passwd"}, "url"},
		"no host":        {notify.NewHook{URL: "https:///x"}, "url"},
		"a password":     {notify.NewHook{URL: "https://a:b@example.com/"}, "url"},
		"loopback":       {notify.NewHook{URL: "http://127.0.0.1/"}, "url"},
		"mapped":         {notify.NewHook{URL: "http://[::ffff:127.0.0.1]/"}, "url"},
		"private":        {notify.NewHook{URL: "http://10.1.2.3/"}, "url"},
		"metadata":       {notify.NewHook{URL: "http://169.254.169.254/latest"}, "url"},
		"carrier":        {notify.NewHook{URL: "http://100.64.0.1/"}, "url"},
		"local v6":       {notify.NewHook{URL: "http://[fd00::1]/"}, "url"},
		"v4 in v6":       {notify.NewHook{URL: "http://[64:ff9b::7f00:1]/"}, "url"},
		"port":           {notify.NewHook{URL: "https://example.com:99999/"}, "url"},
		"unknown event":  {notify.NewHook{URL: "https://example.com/", Events: []string{"delete"}}, "events"},
		"short secret":   {notify.NewHook{URL: "https://example.com/", Secret: "short"}, "secret"},
		"future of log":  {notify.NewHook{URL: "https://example.com/", After: 9}, "after"},
		"broken address": {notify.NewHook{URL: "https://exa mple.com/"}, "url"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := o.n.AddHook(context.Background(), c.hook, "tester")
			if fault.KindOf(err) != fault.Invalid || fault.FieldOf(err) != c.field || !strings.HasPrefix(fault.Text(err), c.field+"：") {
				t.Errorf("%v", err)
			}
		})
	}
	if list, err := o.n.Hooks(context.Background()); err != nil || len(list) != 0 {
		t.Errorf("half saved: %v %v", list, err)
	}
}

func TestHooks_FromTheStartListedAndRemoved(t *testing.T) {
	each(t, notify.Config{Tries: 100}, func(o *node) {
		ctx := context.Background()
		o.publish(publication.Release, publication.Update)
		r := newReceiver(o.t)
		id, made, err := o.n.AddHook(ctx, notify.NewHook{URL: r.srv.URL, Secret: secret, After: 0}, "tester")
		if err != nil || made != secret {
			o.t.Fatal(made, err)
		}
		o.until("what came before", func() bool { return o.counts(id)[notify.Delivered] == 2 })
		r.mu.Lock()
		r.answer = func(w http.ResponseWriter, _ notify.Event, _ int) { w.WriteHeader(http.StatusInternalServerError) }
		r.mu.Unlock()
		o.publish(publication.Expunge)
		o.until("a failure", func() bool { return len(r.seqs()) > 2 })
		if err := o.n.RemoveHook(ctx, id, "tester"); err != nil {
			o.t.Fatal(err)
		}
		if list, err := o.n.Hooks(ctx); err != nil || len(list) != 0 {
			o.t.Errorf("%+v %v", list, err)
		}
		if list, err := o.n.Messages(ctx, notify.Cancelled, 10); err != nil || len(list) != 1 {
			o.t.Errorf("%+v %v", list, err)
		}
		if err := o.n.RemoveHook(ctx, id, "tester"); fault.KindOf(err) != fault.NotFound {
			o.t.Errorf("removed twice: %v", err)
		}
		var kept string
		var acts int
		if err := o.db.Reader().QueryRowContext(ctx, `SELECT secret, (SELECT COUNT(*) FROM audit_log WHERE target = $1) FROM hooks`, fmt.Sprintf("hook:%d", id)).Scan(&kept, &acts); err != nil || kept != "" || acts != 2 {
			o.t.Errorf("secret %q, %d acts in the audit log, %v", kept, acts, err)
		}
		if _, made, err := o.n.AddHook(ctx, notify.NewHook{URL: r.srv.URL}, "tester"); err != nil || len(made) != 64 {
			o.t.Errorf("a made secret: %q %v", made, err)
		}
	})
}

func TestVerify_RefusesWhatWasNotSigned(t *testing.T) {
	at := time.Unix(1_800_000_000, 0)
	body := []byte(`{"seq":1}`)
	good := notify.Sign(secret, at, body)
	// Made apart from the product: printf '1800000000.{"seq":1}' | openssl dgst -sha256 -hmac 'a secret of the receiver'
	if want := "t=1800000000,v1=" + opensslMAC; good != want {
		t.Fatalf("%s, want %s", good, want)
	}
	for name, c := range map[string]struct {
		secret, header string
		body           []byte
		now            time.Time
		ok             bool
	}{
		"as sent":        {secret, good, body, at.Add(time.Minute), true},
		"another secret": {"another secret of a receiver", good, body, at, false},
		"another body":   {secret, good, []byte(`{"seq":2}`), at, false},
		"another time":   {secret, strings.Replace(good, "t=18", "t=19", 1), body, at, false},
		"too old":        {secret, good, body, at.Add(6 * time.Minute), false},
		"from later":     {secret, good, body, at.Add(-6 * time.Minute), false},
		"empty":          {secret, "", body, at, false},
		"no signature":   {secret, "t=1800000000", body, at, false},
		"nonsense":       {secret, "t=x,v1=zz,,=", body, at, false},
	} {
		t.Run(name, func(t *testing.T) {
			if err := notify.Verify(c.secret, c.header, c.body, c.now, 5*time.Minute); (err == nil) != c.ok {
				t.Errorf("%v", err)
			}
		})
	}
}

const opensslMAC = "c8f368166c8edcfa47ba5ef87bbafb05509603ee849cc249b80475a9e38f80c3"
