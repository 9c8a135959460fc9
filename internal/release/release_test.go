package release_test

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/release"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/workday"
)

// shelf is a library of published works that keeps what it was given in a
// table of its own, so that a rolled-back release leaves nothing there.
type shelf struct {
	refuse string
	serial atomic.Int64
	orders []release.Order
	labels map[int64]int      // newest edition of a work, 1 when nothing is noted
	downs  []release.TakeDown // what was taken down or put back
	made   map[int64]release.Made
	none   int64 // a work that there is not
	mended map[int64]string
}

func (l *shelf) Issue(_ context.Context, _ *sql.Tx, o release.Order) (int64, int, error) {
	if l.refuse != "" {
		return 0, 0, fault.New(fault.Conflict, "shelf.Issue", l.refuse)
	}
	l.orders = append(l.orders, o)
	if o.Work == 0 {
		return l.serial.Add(1), 1, nil
	}
	label := l.labels[o.Work] + 1
	if _, known := l.labels[o.Work]; !known {
		label = 2
	}
	if l.labels == nil {
		l.labels = map[int64]int{}
	}
	l.labels[o.Work] = label
	return o.Work, label, nil
}

func (l *shelf) Newest(_ context.Context, _ store.Querier, work int64) (int, error) {
	if n, known := l.labels[work]; known {
		return n, nil
	}
	return 1, nil
}

func (l *shelf) Mended(_ context.Context, _ store.Querier, work int64, _ int, _ time.Time) (string, error) {
	return l.mended[work], nil
}

func (l *shelf) Made(_ context.Context, _ store.Querier, work int64) (release.Made, error) {
	if m, known := l.made[work]; known {
		return m, nil
	}
	if l.none == work {
		return release.Made{}, fault.New(fault.NotFound, "shelf.Made", "没有这份文件。")
	}
	return release.Made{Title: "旧办法"}, nil
}

func (l *shelf) TakeDown(_ context.Context, _ *sql.Tx, d release.TakeDown) error {
	l.downs = append(l.downs, d)
	return nil
}

// eyes finds what a test tells it to find; meanwhile happens while they look.
type eyes struct {
	found     []release.Finding
	meanwhile func()
}

func (e *eyes) Check(_ context.Context, s *release.Slip) ([]release.Finding, error) {
	if e.meanwhile != nil {
		e.meanwhile()
	}
	var out []release.Finding
	for _, f := range e.found {
		if strings.Contains(s.Paper.Text, f.Words) {
			out = append(out, f)
		}
	}
	return out, nil
}

// office is an office with people, its time in the test's hand.
type office struct {
	t      *testing.T
	db     *store.DB
	now    time.Time
	kernel *casework.Kernel
	room   *release.Room
	shelf  *shelf
	eyes   *eyes
	organ  int64
	above  int64 // the government over it
	people map[string]access.Actor
	serial int
}

func open(t *testing.T, db *store.DB) *office {
	o := &office{t: t, db: db, now: time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC), shelf: &shelf{mended: map[int64]string{}}, eyes: &eyes{}, people: map[string]access.Actor{}}
	clock := func() time.Time { return o.now }
	o.kernel = casework.New(db, clock)
	o.room = release.New(db, o.kernel, o.shelf, o.eyes, clock)
	ctx := context.Background()
	o.organ = o.id(`INSERT INTO organs (code, kind, created_at) VALUES ('zf', '政府', 1) RETURNING id`)
	o.above = o.id(`INSERT INTO organs (code, kind, created_at) VALUES ('up', '政府', 1) RETURNING id`)
	o.id(`INSERT INTO organ_names (organ_id, name, name_key) VALUES ($1, '清河市人民政府', '清河市人民政府') RETURNING id`, o.above)
	o.id(`INSERT INTO organ_parents (organ_id, parent_id) VALUES ($1, $2) RETURNING id`, o.organ, o.above)
	for _, r := range []access.Role{access.Clerk, access.Reviewer, access.SecrecyReviewer, access.LegalityReviewer, access.Signer, access.DisclosureOfficer, access.Head} {
		o.hire(string(r), r)
	}
	if err := o.room.SetReviewBody(ctx, o.people["head"], release.ReviewBody{Organ: o.organ, Body: "办公室", Responsible: "办公室主任", Procedure: "起草、自审、保密审查、签发"}); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *office) id(query string, args ...any) (id int64) {
	o.t.Helper()
	if err := o.db.Writer().QueryRowContext(context.Background(), query, args...).Scan(&id); err != nil {
		o.t.Fatal(err)
	}
	return id
}

func (o *office) hire(login string, r access.Role) {
	o.t.Helper()
	id := o.id(`INSERT INTO people (login, name, organ_id, created_at) VALUES ($1, $2, $3, 1) RETURNING id`, login, r.Chinese(), o.organ)
	o.id(`INSERT INTO grants (person_id, organ_id, role, granted_by, granted_at) VALUES ($1, $2, $3, 'console', 1) RETURNING id`, id, o.organ, string(r))
	a, err := access.ActorOf(context.Background(), o.db.Reader(), id, workday.DateOf(o.now))
	if err != nil {
		o.t.Fatal(err)
	}
	o.people[login] = a
}

func paper() release.Paper {
	return release.Paper{Title: "关于做好冬季供暖工作的通知", DocNo: "清政办发〔2026〕15号", Kind: "通知", Organs: []string{"清河市人民政府"},
		AdoptedOn: workday.MustDate("2026-11-18"), Text: "关于做好冬季供暖工作的通知\n\n各单位：\n\n一、按时供暖。\n\n（此件公开发布）"}
}

func (o *office) begin(change func(*release.NewSlip)) int64 {
	o.t.Helper()
	o.serial++
	n := release.NewSlip{Organ: o.organ, Opened: "paste", Paper: paper(), Actor: o.people["clerk"], Token: fmt.Sprintf("begin-%d", o.serial),
		Decision: &release.Decision{Attribute: release.Proactive, FormedOn: workday.MustDate("2026-11-18")}}
	if change != nil {
		change(&n)
	}
	c, err := o.room.Begin(context.Background(), n)
	if err != nil {
		o.t.Fatal(err)
	}
	if _, err := o.room.Recheck(context.Background(), c.ID); err != nil {
		o.t.Fatal(err)
	}
	return c.ID
}

// do does an act; who is a login.
func (o *office) do(id int64, who string, a casework.Action, form any) error {
	_, err := o.kernel.Apply(context.Background(), casework.Do{Case: id, Action: a, Actor: o.people[who], Form: form})
	return err
}

func (o *office) must(id int64, who string, a casework.Action, form any) {
	o.t.Helper()
	if err := o.do(id, who, a, form); err != nil {
		o.t.Fatalf("%s %s: %v", who, a, err)
	}
}

func (o *office) state(id int64) casework.State {
	o.t.Helper()
	c, err := o.kernel.Case(context.Background(), id)
	if err != nil {
		o.t.Fatal(err)
	}
	return c.State
}

func (o *office) sweep() int {
	o.t.Helper()
	n, err := o.room.Sweep(context.Background(), slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		o.t.Fatal(err)
	}
	return n
}

// gates passes the gates of a plain text.
func (o *office) gates(id int64) {
	o.must(id, "clerk", release.ActSubmit, nil)
	o.must(id, "reviewer", release.ActPassReview, &release.OpinionForm{Opinion: "同意"})
	o.must(id, "secrecy_reviewer", release.ActPassSecrecy, &release.OpinionForm{Opinion: "不涉密"})
}

func TestSlip_FromDraftToThePublic(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		id := o.begin(nil)
		o.gates(id)
		if s := o.state(id); s != release.Signing {
			t.Fatalf("after the gates the slip is %s", s)
		}
		o.must(id, "signer", release.ActSign, &release.SignForm{})
		if n := o.sweep(); n != 0 {
			t.Fatalf("%d texts went out before the time for undoing was over", n)
		}
		o.now = o.now.Add(5*time.Minute + time.Second)
		if n := o.sweep(); n != 1 {
			t.Fatalf("%d texts went out", n)
		}
		if n := o.sweep(); n != 0 {
			t.Fatal("a text went out twice")
		}
		if s := o.state(id); s != release.Published {
			t.Fatalf("the slip is %s", s)
		}
		if len(o.shelf.orders) != 1 || o.shelf.orders[0].Paper.Title != paper().Title || o.shelf.orders[0].Actor != "signer" {
			t.Fatalf("the library got %+v", o.shelf.orders)
		}
	})
}

func TestA21_NobodySignsWhatTheyDrafted(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		o.hireBoth()
		id := o.begin(func(n *release.NewSlip) { n.Actor = o.people["both"] })
		o.must(id, "both", release.ActSubmit, nil)
		err := o.do(id, "both", release.ActPassReview, &release.OpinionForm{})
		if fault.KindOf(err) != fault.Forbidden || !strings.Contains(fault.Text(err), "另一个人") {
			t.Fatalf("%v", err)
		}
	})
}

func (o *office) hireBoth() {
	o.hire("both", access.Clerk)
	for _, r := range []access.Role{access.Reviewer, access.Signer} {
		o.id(`INSERT INTO grants (person_id, organ_id, role, granted_by, granted_at) VALUES ($1, $2, $3, 'console', 1) RETURNING id`, o.people["both"].Person, o.organ, string(r))
	}
	a, err := access.ActorOf(context.Background(), o.db.Reader(), o.people["both"].Person, workday.DateOf(o.now))
	if err != nil {
		o.t.Fatal(err)
	}
	o.people["both"] = a
}
