package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/publication"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/workday"
)

// The month begins before the Spring Festival of 2026, so that most requests
// run over a week of rest and two Saturdays of work.
const monthBegins = "2026-01-28"

// monthSize is how many requests come in, over how many days.
func monthSize() (requests, days int) {
	if os.Getenv("GONGKAI_SOAK") == "1" {
		return 300, 31
	}
	return 40, 10
}

// month is an office with twelve organs and a clock that goes from day to day.
type month struct {
	*node
	wall    wall
	day     string
	rand    *rand.Rand
	organs  []string
	people  map[string]*browser // by login; clerks have the code of their organ
	citizen *browser
	list    []*errand
	acts    int
	checked int // due dates that were compared
}

// errand is one request with what is still to happen to it.
type errand struct {
	*month
	*diary
	no       int
	organ    string
	channel  string
	delivery string
	outcome  request.Outcome
	id       int64
	code     string
	steps    []errandStep
	at       string // day of the next step
	out      bool   // the answer went out once
	clockFor string // what the task that waits is dated by: "" the answer
}

// errandStep happens so many working days, or civil days, after the one before.
type errandStep struct {
	wait  int
	civil bool
	do    func()
}

func (e *errand) in(wait int, do func()) { e.steps = append(e.steps, errandStep{wait: wait, do: do}) }

func (e *errand) proof() string { return fmt.Sprintf("G%08d", e.no) }

func newMonth(n *node) *month {
	ctx, t := context.Background(), n.t
	m := &month{node: n, wall: newWall(), rand: rand.New(rand.NewSource(20260128)), people: map[string]*browser{}}
	m.to(monthBegins)
	m.citizen = n.browser()
	tree, err := n.Organs.Tree(ctx)
	n.must(err)
	for _, o := range tree[0].Children {
		if len(m.organs) < 12 {
			m.organs = append(m.organs, o.Code)
		}
	}
	if len(m.organs) < 12 || tree[0].Code != "qh-zf" {
		t.Fatalf("the story city has %v below %s", m.organs, tree[0].Code)
	}
	sign := func(login, organ string, role access.Role) {
		n.user(login, organ, role)
		m.people[login] = n.signIn(login, password)
	}
	sign("officer", "qh-zf", access.DisclosureOfficer)
	sign("lawyer", "qh-zf", access.LegalityReviewer)
	sign("signer", "qh-zf", access.Signer)
	for i, code := range m.organs {
		sign("c"+code, code, access.Clerk)
		o, err := n.Organs.Organ(ctx, code)
		n.must(err)
		kinds := []request.OrganKind{request.Department, request.Department, request.Justice, request.Vertical, request.Authorised}
		n.must(n.Requests.SetProfile(ctx, access.Actor{Login: "officer"}, o.ID, request.Profile{Kind: kinds[i%len(kinds)], Name: o.Name, Prefix: "清" + strconv.Itoa(i) + "公开",
			Own: request.Body{Name: "清河市人民政府", Address: "清河市人民路1号"}, Superior: request.Body{Name: "省级主管部门", Address: "省城路2号"},
			Court: request.Body{Name: "清河市河东区人民法院", Address: "清河市法院路1号"}, Online: "https://fuyi.example.gov.cn", Contact: o.Name + "政府信息公开办公室"}))
	}
	return m
}

// to moves the clock to the morning of a day; nobody is signed out over night.
func (m *month) to(day string) {
	m.day = day
	at := workday.MustDate(day).Time().Add(9*time.Hour + 30*time.Minute)
	m.clock.mu.Lock()
	m.clock.t = at
	m.clock.mu.Unlock()
	m.awake(at.Add(access.AbsoluteLimit))
}

// awake lets the sessions run on, as if everybody had signed in this morning.
func (m *month) awake(until time.Time) {
	ctx := context.Background()
	rows, err := m.DB.Reader().QueryContext(ctx, `SELECT token, data FROM sessions`)
	m.must(err)
	kept := map[string][]byte{}
	for rows.Next() {
		var token string
		var data []byte
		m.must(rows.Scan(&token, &data))
		s := map[string]any{}
		m.must(json.Unmarshal(data, &s))
		s["deadline"] = until.UTC()
		kept[token], err = json.Marshal(s)
		m.must(err)
	}
	m.must(rows.Close())
	for token, data := range kept {
		_, err := m.DB.Writer().ExecContext(ctx, `UPDATE sessions SET data = $1, seen_at = $2, expires_at = $3 WHERE token = $4`, data, m.Now().UnixMicro(), until.UnixMicro(), token)
		m.must(err)
	}
}

// act does an act on the page of a case with the form that the page offers.
func (e *errand) act(login string, a casework.Action, values ...string) {
	e.t.Helper()
	b := e.people[login]
	at := fmt.Sprintf("/office/cases/%d", e.id)
	p := b.get(at)
	d, err := goquery.NewDocumentFromReader(strings.NewReader(p.body))
	e.must(err)
	f := d.Find(`main form:has(input[name="action"][value="` + string(a) + `"])`).First()
	if f.Length() == 0 {
		e.t.Fatalf("%s, request %d (%s): %s has no form for %s (%d): %s", e.day, e.no, e.outcome, login, a, p.status, p.words())
	}
	v := filled(f)
	for i := 0; i < len(values); i += 2 {
		if f.Find(`[name="`+values[i]+`"]`).Length() == 0 {
			e.t.Fatalf("the form of %s has no field %s", a, values[i])
		}
		v.Set(values[i], values[i+1])
	}
	to, _ := f.Attr("action")
	if p := b.send(http.MethodPost, to, v); p.status != http.StatusSeeOther {
		e.t.Fatalf("%s, request %d (%s): %s by %s: %d %s", e.day, e.no, e.outcome, a, login, p.status, p.words())
	}
	e.acts++
}

// filled is what a form sends when nobody changes it.
func filled(f *goquery.Selection) url.Values {
	v := url.Values{}
	f.Find("input, select, textarea").Each(func(_ int, in *goquery.Selection) {
		value := in.AttrOr("value", "")
		switch goquery.NodeName(in) {
		case "textarea":
			value = in.Text()
		case "select":
			value = in.Find("option[selected]").AttrOr("value", "")
		}
		v.Set(in.AttrOr("name", ""), value)
	})
	return v
}

// submit hands the request in by its channel.
func (e *errand) submit() {
	content := fmt.Sprintf("第%d号事项的办理情况", e.no)
	var code, number string
	if e.channel == "online" {
		b := e.node.browser() // somebody at home
		form, err := goquery.NewDocumentFromReader(strings.NewReader(b.get("/requests/new").body))
		e.must(err)
		token, _ := form.Find(`input[name="token"]`).Attr("value")
		p := b.send(http.MethodPost, "/requests/new", url.Values{"token": {token}, "shown": {"3"}, "content": {content}, "organ": {e.organ}, "kind": {"natural"}, "name": {fmt.Sprintf("演示%d", e.no)}, "proof": {e.proof()},
			"phone": {"000-0000"}, "address": {"清河市某路1号"}, "how": {e.delivery}, "informed": {"1"}})
		receipt, err := goquery.NewDocumentFromReader(strings.NewReader(p.body))
		e.must(err)
		code, number = receipt.Find(".receipt-code").Text(), receipt.Find(".receipt-facts dd").First().Text()
		if p.status != http.StatusOK || code == "" {
			e.t.Fatalf("%d %s", p.status, p.words())
		}
	} else {
		b := e.people["c"+e.organ]
		form, err := goquery.NewDocumentFromReader(strings.NewReader(b.get("/office/requests/new").body))
		e.must(err)
		v := filled(form.Find(`main form[action="/office/requests/new"]`))
		kind, leader := "natural", ""
		if e.no%6 == 0 {
			kind, leader = "business", "演示负责人"
		}
		for name, x := range map[string]string{"organ": e.organ, "channel": e.channel, "on": e.day, "content": content, "kind": kind, "name": fmt.Sprintf("演示%d", e.no), "proof": e.proof(), "leader": leader, "contact": leader,
			"phone": "000-0000", "address": "清河市某路1号", "way": "paper", "delivery": e.delivery, "informed": "1"} {
			v.Set(name, x)
		}
		if e.channel == "system" {
			v.Set("system", "市民热线系统")
			v.Set("outer", strconv.Itoa(e.no))
		}
		p := b.send(http.MethodPost, "/office/requests/new", v)
		at := p.header.Get("Location")
		if p.status != http.StatusSeeOther || !strings.HasPrefix(at, "/office/cases/") {
			e.t.Fatalf("%d %s", p.status, p.words())
		}
		_, err = fmt.Sscanf(at, "/office/cases/%d", &e.id)
		e.must(err)
	}
	e.acts++
	if e.code = code; code == "" {
		return
	}
	e.must(e.DB.Reader().QueryRowContext(context.Background(), `SELECT c.id FROM cases c JOIN organs o ON o.id = c.organ_id WHERE o.code = $1 AND c.number = $2 AND c.kind = 'request'`, e.organ, number).Scan(&e.id))
}

// track sends the citizen's form of the tracking page.
func (e *errand) track(act string, values ...string) {
	e.t.Helper()
	b := e.node.browser()
	v := url.Values{"code": {e.code}, "second": {e.proof()[5:]}, "act": {act}, "token": {fmt.Sprintf("%026d", e.acts)}}
	for i := 0; i < len(values); i += 2 {
		v.Set(values[i], values[i+1])
	}
	if p := b.send(http.MethodPost, "/requests/track", v); p.status != http.StatusOK {
		e.t.Fatalf("%s, request %d: %s: %d %s", e.day, e.no, act, p.status, p.words())
	}
	e.acts++
}

// compare wants the due dates that the office shows to be those of the walk.
func (e *errand) compare() {
	e.t.Helper()
	if e.received == "" {
		return
	}
	ctx := context.Background()
	want := e.due(e.wall)
	res, err := e.Requests.Due(ctx, e.id)
	e.must(err)
	got := ""
	if !res.Due.Day.IsZero() {
		got = res.Due.Day.String()
	}
	c, err := e.Cases.Case(ctx, e.id)
	e.must(err)
	if got != want || res.Provisional {
		e.t.Fatalf("%s, request %d (%s, %s, %s): the answer is due on %q, the walk says %q: %+v %v", e.day, e.no, e.channel, e.outcome, c.State, got, want, *e.diary, c.Clock("answer"))
	}
	e.checked++
	var at int64
	e.must(e.DB.Reader().QueryRowContext(ctx, `SELECT due_at FROM cases WHERE id = $1`, e.id).Scan(&at))
	switch c.State {
	case request.Correcting, request.FeeDue:
		want = e.clockFor
	case request.Served, request.Archived, request.Withdrawn, request.Submitted:
		want = ""
	case request.Answered: // a letter that came back had answered on the day of its posting
		if e.out {
			want = ""
		}
	}
	task := ""
	if at > 0 {
		task = workday.DateOf(time.UnixMicro(at).Add(-time.Microsecond)).String()
	}
	if task != want && c.State != request.Submitted {
		e.t.Fatalf("%s, request %d (%s): in %s the task is due on %q, the walk says %q", e.day, e.no, e.outcome, c.State, task, want)
	}
	e.checked++
}

// run lets the days pass until nothing is left to do.
func (m *month) run() {
	for left := len(m.list); left > 0; m.to(plus(m.day, 1)) {
		_, err := m.Requests.Sweep(context.Background())
		m.must(err)
		for _, e := range m.list {
			for len(e.steps) > 0 && e.at <= m.day {
				s := e.steps[0]
				e.steps = e.steps[1:]
				s.do()
				e.compare()
				if len(e.steps) == 0 {
					left--
					break
				}
				if next := e.steps[0]; next.civil {
					e.at = plus(m.day, next.wait)
				} else if next.wait > 0 || !m.wall.works(m.day) {
					e.at = m.wall.after(m.day, max(1, next.wait))
				}
			}
		}
		if m.day > "2026-07-15" {
			m.t.Fatalf("%d requests are still open on %s", left, m.day)
		}
	}
}

// TestCheck7_AMonthOfAnOffice replays a month of twelve organs through the web
// layer, day by day: every outcome of A8.5, every channel, corrections,
// consultations, extensions, fees, third parties, withdrawals.
func TestCheck7_AMonthOfAnOffice(t *testing.T) {
	storetest.Ready(t, func(t *testing.T, c store.Config) {
		began := time.Now()
		m := newMonth(startNode(t, c))
		n, days := monthSize()
		m.fill(n, days)
		m.run()
		m.lawful()
		letters := m.complete()
		if _, err := m.Verify(context.Background(), func(f publication.Fault) { t.Errorf("%+v", f) }); err != nil {
			t.Error(err)
		}
		t.Logf("%d requests of %d organs, %d acts from %s to %s, %d due dates compared, %d letters read; %s", len(m.list), len(m.organs), m.acts, monthBegins, m.day, m.checked, letters, time.Since(began).Round(100*time.Millisecond))
	})
}
