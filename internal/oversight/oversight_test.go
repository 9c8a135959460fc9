package oversight_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/fault"
	"gongkai/internal/oversight"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/vault"
	"gongkai/internal/workday"
)

var ctx = context.Background()

// city is a government with two bureaus that answer requests.
type city struct {
	t        *testing.T
	db       *store.DB
	now      time.Time
	kernel   *casework.Kernel
	requests *request.Room
	room     *oversight.Room
	organs   map[string]int64
	people   map[string]access.Actor
}

func open(t *testing.T, db *store.DB) *city {
	c := &city{t: t, db: db, now: time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC), organs: map[string]int64{}, people: map[string]access.Actor{}}
	now := func() time.Time { return c.now }
	c.kernel = casework.New(db, now)
	c.requests = request.New(db, c.kernel, vault.New(db, vault.Source{File: filepath.Join(t.TempDir(), "vault.key")}), now)
	c.room = oversight.New(db, c.kernel, shown{c.requests}, now)
	for _, code := range []string{"zf", "jyj", "gaj"} {
		c.organs[code] = c.id(`INSERT INTO organs (code, kind, created_at) VALUES ($1, '部门', 1) RETURNING id`, code)
		if code != "zf" {
			_, err := db.Writer().ExecContext(ctx, `INSERT INTO organ_parents (organ_id, parent_id, valid_from) VALUES ($1, $2, '2001-01-01')`, c.organs[code], c.organs["zf"])
			c.fine(err)
		}
	}
	for _, p := range []struct {
		login, organ string
		roles        []access.Role
	}{{"clerk", "zf", []access.Role{access.Clerk}}, {"reviewer", "zf", []access.Role{access.LegalityReviewer}}, {"signer", "zf", []access.Role{access.Signer}},
		{"eye", "zf", []access.Role{access.Supervisor}}, {"gaj_head", "gaj", []access.Role{access.Head}}} {
		id := c.id(`INSERT INTO people (login, name, organ_id, created_at) VALUES ($1, $1, $2, 1) RETURNING id`, p.login, c.organs[p.organ])
		for _, r := range p.roles {
			c.id(`INSERT INTO grants (person_id, organ_id, role, granted_by, granted_at) VALUES ($1, $2, $3, 'console', 1) RETURNING id`, id, c.organs[p.organ], string(r))
		}
		a, err := access.ActorOf(ctx, db.Reader(), id, workday.DateOf(c.now))
		c.fine(err)
		c.people[p.login] = a
	}
	for _, code := range []string{"jyj", "gaj"} {
		c.fine(c.requests.SetProfile(ctx, c.people["clerk"], c.organs[code], request.Profile{Kind: request.Department, Name: "清河市某局", Prefix: "清" + code, Own: request.Body{Name: "清河市人民政府", Address: "清河市人民路1号"},
			Court: request.Body{Name: "清河市某区人民法院", Address: "清河市法院路1号"}, Contact: "某局办公室"}))
	}
	return c
}

func (c *city) fine(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *city) id(query string, args ...any) (id int64) {
	c.t.Helper()
	c.fine(c.db.Writer().QueryRowContext(ctx, query, args...).Scan(&id))
	return id
}

func (c *city) do(id int64, who string, a casework.Action, form any) error {
	_, err := c.kernel.Apply(ctx, casework.Do{Case: id, Action: a, Actor: c.people[who], Form: form})
	return err
}

// answered takes a request through all its acts up to service.
func (c *city) answered(organ string, n int) int64 {
	c.t.Helper()
	rc, err := c.requests.Submit(ctx, request.Application{Organ: c.organs[organ], Channel: clock.InPerson, Content: fmt.Sprintf("第%d份学校布局规划", n), Way: "paper", Delivery: "post", Informed: true,
		Token: fmt.Sprint(organ, n), Actor: c.people["clerk"], Applicant: request.Applicant{Kind: request.Natural, Name: "甲", Proof: fmt.Sprintf("证件%04d", n), Phone: "电话", Address: "地址"}})
	c.fine(err)
	for _, x := range []struct {
		who  string
		act  casework.Action
		form any
	}{{"clerk", request.ActConfirm, &request.ConfirmForm{}},
		{"clerk", request.ActDecide, &request.DecideForm{Decision: request.Decision{Items: []request.Item{{What: "规划", Outcome: request.GrantPublic, Way: "本机关网站"}}}}},
		{"reviewer", request.ActPass, &request.NoteForm{}}, {"signer", request.ActSign, &request.NoteForm{}},
		{"clerk", request.ActServe, &request.ServeForm{How: "post", On: workday.DateOf(c.now), Proof: "XA123456789CN"}}} {
		if err := c.do(rc.Case, x.who, x.act, x.form); err != nil {
			c.t.Fatalf("%s: %v", x.act, err)
		}
	}
	return rc.Case
}

func (c *city) order() oversight.Order {
	today := workday.DateOf(c.now)
	return oversight.Order{Organ: c.organs["zf"], From: today, To: today, Wanted: 3, MendBy: today.AddDays(10), Seed: 7}
}

func sheet(fails ...string) (out []oversight.Mark) {
	for _, x := range oversight.Criteria {
		m := oversight.Mark{Code: x.Code, Verdict: oversight.Meets}
		if slices.Contains(fails, x.Code) {
			m.Verdict, m.Note = oversight.Fails, "见答复书"
		}
		out = append(out, m)
	}
	return out
}

func TestA111_ASampleIsDrawnScoredAndMended(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		c := open(t, db)
		for i := range 4 {
			c.answered("jyj", i)
		}
		c.answered("gaj", 1)
		eye := c.people["eye"]
		id, err := c.room.Draw(ctx, eye, c.order())
		c.fine(err)
		again, err := c.room.Draw(ctx, eye, c.order())
		c.fine(err)
		s, err := c.room.Sampling(ctx, eye, id)
		c.fine(err)
		same, err := c.room.Sampling(ctx, eye, again)
		c.fine(err)
		if s.Pool != 5 || len(s.Answers) != 3 || !slices.EqualFunc(s.Answers, same.Answers, func(a, b oversight.Answer) bool { return a.Case == b.Case }) {
			t.Fatalf("%+v", s)
		}
		if !slices.ContainsFunc(s.Answers, func(x oversight.Answer) bool { return x.Organ == c.organs["gaj"] }) {
			t.Error("an organ with one answer is left out of the first turn")
		}
		if _, err := c.room.Close(ctx, eye, id); fault.KindOf(err) != fault.Conflict || !strings.Contains(fault.Text(err), "没评分") {
			t.Errorf("closed before it is scored: %v", err)
		}
		if _, err := c.room.Mark(ctx, eye, s.Answers[0].ID, sheet()[1:]); fault.FieldOf(err) != oversight.Criteria[0].Name {
			t.Errorf("a sheet with a line missing: %v", err)
		}
		silent := sheet("law")
		silent[7].Note = ""
		if _, err := c.room.Mark(ctx, eye, s.Answers[0].ID, silent); fault.FieldOf(err) != "依据写明到条款" {
			t.Errorf("a fault without words: %v", err)
		}
		for _, x := range s.Answers {
			fails := []string{}
			if x.Organ == c.organs["gaj"] {
				fails = []string{"seal", "law"}
			}
			if _, err := c.room.Mark(ctx, eye, x.ID, sheet(fails...)); err != nil {
				t.Fatal(err)
			}
		}
		n, err := c.room.Close(ctx, eye, id)
		if err != nil || n != 1 {
			t.Fatalf("%d %v", n, err)
		}
		if s, err = c.room.Sampling(ctx, eye, id); err != nil || s.Scored != 3 || s.Mean != 93 || s.ClosedAt.IsZero() { // 100, 100 and 80
			t.Fatalf("%+v %v", s, err)
		}
		if _, err := c.room.Mark(ctx, eye, s.Answers[0].ID, sheet()); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a closed sample is scored again: %v", err)
		}
		mend := c.id(`SELECT id FROM cases WHERE kind = $1`, string(oversight.MendKind))
		v, err := c.kernel.View(ctx, c.people["gaj_head"], mend)
		c.fine(err)
		m := v.Data.(*oversight.Mending)
		if len(m.Faults) != 2 || m.Faults[0].Name() != "加盖公章" || m.Faults[0].Number == "" || !v.Tasks[0].DueAt.Equal(s.MendBy.AddDays(1).Time()) {
			t.Fatalf("%+v %+v", m, v.Tasks)
		}
		if err := c.do(mend, "eye", oversight.ActReport, &oversight.ReportForm{Text: "x"}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("who inspects mends: %v", err)
		}
		c.fine(c.do(mend, "gaj_head", oversight.ActReport, &oversight.ReportForm{Text: "已经补盖并重发"}))
		if err := c.do(mend, "gaj_head", oversight.ActAccept, &oversight.ReportForm{}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("who mended accepts: %v", err)
		}
		c.fine(c.do(mend, "eye", casework.ActReturn, &oversight.ReportForm{Text: "还差一份"}))
		c.fine(c.do(mend, "gaj_head", oversight.ActReport, &oversight.ReportForm{Text: "已经补齐"}))
		c.fine(c.do(mend, "eye", oversight.ActAccept, &oversight.ReportForm{}))
		if done, err := c.kernel.Case(ctx, mend); err != nil || done.Open() {
			t.Errorf("%+v %v", done, err)
		}
	})
}

func TestA111_OnlyOrgansOfTheirOwn(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		c := open(t, db)
		c.answered("jyj", 1)
		id, err := c.room.Draw(ctx, c.people["eye"], c.order())
		c.fine(err)
		s, err := c.room.Sampling(ctx, c.people["eye"], id)
		c.fine(err)
		for _, who := range []string{"gaj_head", "clerk"} { // the one supervises another organ, the other none
			if _, err := c.room.Sampling(ctx, c.people[who], id); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s reads it: %v", who, err)
			}
			if _, err := c.room.Mark(ctx, c.people[who], s.Answers[0].ID, sheet()); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s scores it: %v", who, err)
			}
			if _, err := c.room.Draw(ctx, c.people[who], c.order()); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s draws: %v", who, err)
			}
			if list, err := c.room.Samplings(ctx, c.people[who]); err != nil || len(list) != 0 {
				t.Errorf("%s lists %d, %v", who, len(list), err)
			}
		}
		for name, change := range map[string]func(*oversight.Order){
			"抽取件数": func(o *oversight.Order) { o.Wanted = 0 }, "送达时间": func(o *oversight.Order) { o.To = o.To.AddDays(1) },
			"整改期限": func(o *oversight.Order) { o.MendBy = o.From }, "抽查范围": func(o *oversight.Order) { o.Organ = 0 },
		} {
			o := c.order()
			change(&o)
			if _, err := c.room.Draw(ctx, c.people["eye"], o); fault.FieldOf(err) != name {
				t.Errorf("%s: %v", name, err)
			}
		}
		o := c.order()
		o.From, o.To = o.From.AddDays(-9), o.To.AddDays(-5)
		if _, err := c.room.Draw(ctx, c.people["eye"], o); !strings.Contains(fault.Text(err), "没有送达过答复") {
			t.Errorf("nothing to draw from: %v", err)
		}
	})
}

// shown is the room of requests as oversight sees it, without its records.
type shown struct{ *request.Room }

func (s shown) ServedBetween(ctx context.Context, from, to workday.Date) (out []oversight.Served, err error) {
	list, err := s.Room.ServedBetween(ctx, from, to)
	for _, x := range list {
		out = append(out, oversight.Served(x))
	}
	return out, err
}

func (shown) Answered(context.Context, int64) (oversight.Answered, error) {
	return oversight.Answered{}, nil
}

// TestZC21_T17_TheRecordsSayWhatTheyCan: what stands in the records is said,
// what does not stand there is left to the person.
func TestZC21_T17_TheRecordsSayWhatTheyCan(t *testing.T) {
	letter := "依据：《中华人民共和国政府信息公开条例》第三十六条第（二）项。可以自收到本答复之日起60日内向清河市人民政府（地址：清河市人民路1号）申请行政复议。"
	good := oversight.Answered{Due: clock.Result{State: clock.Met, Due: clock.On(workday.MustDate("2026-03-30"))}, Number: "清教公开〔2026〕1号", Letter: letter, FormKept: true,
		Laws: []string{"《中华人民共和国政府信息公开条例》第三十六条第（二）项"}, Organs: []string{"清河市人民政府"}, Addresses: []string{"清河市人民路1号"}}
	bad := good
	bad.Due.State, bad.Letter, bad.Number, bad.NeedsReason, bad.NoReason = clock.Lapsed, "您的申请不予公开。", "", true, true
	silent := oversight.Answered{}
	other, moved := good, good
	other.FormKept, other.FormTold, moved.FormKept = false, true, false
	for _, c := range []struct {
		name string
		q    oversight.Answered
		want map[string]oversight.Verdict
	}{
		{"good", good, map[string]oversight.Verdict{"time": "meets", "form": "meets", "letter": "meets", "number": "meets", "words": "meets", "law": "meets", "reason": "none",
			"remedy_organ": "meets", "remedy_address": "meets", "remedy_time": "meets", "seal": "", "intake": ""}},
		{"bad", bad, map[string]oversight.Verdict{"time": "fails", "number": "fails", "law": "fails", "reason": "fails", "remedy_organ": "fails", "remedy_address": "fails", "remedy_time": "fails"}},
		{"another form, told", other, map[string]oversight.Verdict{"form": "meets"}},
		{"another form, not told", moved, map[string]oversight.Verdict{"form": ""}},
		{"silent", silent, map[string]oversight.Verdict{"time": "", "letter": "fails", "law": "", "remedy_organ": ""}},
	} {
		h := oversight.Hints(c.q)
		for code, want := range c.want {
			if h[code].Verdict != want {
				t.Errorf("%s, %s: %+v, want %q", c.name, code, h[code], want)
			}
		}
	}
}

func TestZC21_T17_TheSheetHasAHundredPoints(t *testing.T) {
	sum := 0
	for _, c := range oversight.Criteria {
		sum += c.Points
	}
	if sum != 100 {
		t.Fatal(sum)
	}
	marks := sheet("law")
	marks[0].Verdict = oversight.NotApplicable // 90 points are left, 75 of them got
	if got, err := oversight.Score(marks); err != nil || got != 83 {
		t.Errorf("%d %v", got, err)
	}
}
