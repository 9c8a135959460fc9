package release_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/release"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/workday"
)

// walks is how many random histories run in one library. PostgreSQL takes
// longer for each, so it gets fewer in a short run.
func walks(d store.Dialect) int {
	switch {
	case longProof:
		return 250
	case d == store.Postgres:
		return 100
	}
	return 200
}

// longProof runs 10,000 histories, in 20 libraries of each engine: one library
// alone would grow, and each look at a case with it.
var longProof = os.Getenv("GONGKAI_SOAK") == "1"

// TestCheck4_RandomActsNeverBreakTheTable lets random people do random things
// to slips, withheld texts and takedowns, and looks after every act at all that
// must hold. A failing history prints its acts; its number is its seed.
func TestCheck4_RandomActsNeverBreakTheTable(t *testing.T) {
	libraries := 1
	if longProof {
		libraries = 20
	}
	for n := range libraries {
		randomHistories(t, n*1000)
	}
}

func randomHistories(t *testing.T, first int) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		o.crowd()
		o.shelf.none = nowhere
		o.shelf.made = map[int64]release.Made{ended: {Title: "旧办法", Ended: "废止"}, stranger: {Title: "别处的办法", Organs: []int64{o.id(`SELECT id FROM organs WHERE code = 'other'`)}}}
		reached := map[string]int{}
		done, refused := 0, 0
		for seed := first; seed < first+walks(db.Dialect); seed++ {
			w := &walk{office: o, chance: rand.New(rand.NewPCG(4, uint64(seed))), seed: seed, seen: map[casework.State]bool{}}
			w.run()
			for state := range w.seen {
				reached[string(state)]++
			}
			done, refused = done+w.done, refused+w.refused
			reached["out for a government"] += min(w.forOthers, 1)
			reached["out with a repeal"] += min(w.repeals, 1)
			o.shelf.refuse = ""
		}
		o.everything()
		t.Logf("%d acts done, %d refused; histories that came to a state: %v", done, refused, reached)
		for _, what := range []string{"out for a government", "out with a repeal"} {
			if first == 0 && reached[what] == 0 {
				t.Errorf("no history went %s", what)
			}
		}
		for _, state := range append([]casework.State{release.Checking, release.Signing, release.Releasing, release.Afterwards, release.Mending}, ends...) {
			if first == 0 && reached[string(state)] == 0 {
				t.Errorf("no history came to %q: the test does not reach what it shall prove", state)
			}
		}
	})
}

// crowd hires people beside the usual ones: some with several roles, one of
// another organ, and a drafter who stands in for a signer.
func (o *office) crowd() {
	o.t.Helper()
	o.appoint("clerk2", o.organ, access.Clerk)
	o.appoint("signer2", o.organ, access.Signer)
	o.appoint("everything", o.organ, access.Clerk, access.Reviewer, access.SecrecyReviewer, access.LegalityReviewer, access.Signer, access.DisclosureOfficer)
	o.appoint("keeper", o.organ, access.LibraryManager)
	o.appoint("mayor", o.above, access.Signer)
	o.appoint("guard", o.above, access.SecrecyReviewer)
	o.appoint("counsel", o.above, access.LegalityReviewer)
	o.appoint("chief", o.above, access.Reviewer, access.SecrecyReviewer, access.Signer)
	other := o.id(`INSERT INTO organs (code, kind, created_at) VALUES ('other', '部门', 1) RETURNING id`)
	o.appoint("outsider", other, access.Clerk, access.Reviewer, access.SecrecyReviewer, access.Signer)
	today := workday.DateOf(o.now)
	if _, err := o.kernel.SetAbsence(context.Background(), o.people["signer2"], "signer2", "clerk2", today, today.AddDays(180)); err != nil {
		o.t.Fatal(err)
	}
}

// appoint hires somebody with several roles on an organ.
func (o *office) appoint(login string, organ int64, roles ...access.Role) {
	o.t.Helper()
	id := o.id(`INSERT INTO people (login, name, organ_id, created_at) VALUES ($1, $2, $3, 1) RETURNING id`, login, "姓名"+login, organ)
	for _, r := range roles {
		o.id(`INSERT INTO grants (person_id, organ_id, role, granted_by, granted_at) VALUES ($1, $2, $3, 'console', 1) RETURNING id`, id, organ, string(r))
	}
	a, err := access.ActorOf(context.Background(), o.db.Reader(), id, workday.DateOf(o.now))
	if err != nil {
		o.t.Fatal(err)
	}
	o.people[login] = a
}

// walk is one random history of one case.
type walk struct {
	*office
	chance *rand.Rand
	seed   int
	kind   casework.Kind
	id     int64
	was    *casework.Case
	slip   *release.Slip // of a slip
	tasks  []casework.OpenTask
	rows   string // all that is stored about the case
	orders int    // what the library had got when the case began
	downs  int
	// What the walk reached that the room must treat apart.
	forOthers, repeals int
	acts               []string
	seen               map[casework.State]bool
	done               int
	refused            int
}

func (w *walk) fail(format string, args ...any) {
	w.t.Helper()
	w.t.Fatalf("history %d of %s %d:\n  %s\n%s", w.seed, w.kind, w.id, strings.Join(w.acts, "\n  "), fmt.Sprintf(format, args...))
}

func (w *walk) one(list ...string) string { return list[w.chance.IntN(len(list))] }

// often is true in so many of a hundred cases.
func (w *walk) often(percent int) bool { return w.chance.IntN(100) < percent }

func (w *walk) run() {
	w.t.Helper()
	steps := 12 + w.chance.IntN(14)
	switch n := w.chance.IntN(100); {
	case n < 76:
		w.kind, w.id = release.SlipKind, w.beginAny()
	case n < 88:
		w.kind, w.id, steps = release.WithheldKind, w.withhold(), 2+w.chance.IntN(6)
	default:
		w.kind, w.id, steps = release.TakedownKind, w.propose(), 1+w.chance.IntN(5)
	}
	w.orders, w.downs = len(w.shelf.orders), len(w.shelf.downs)
	w.look("begun", true)
	if w.kind == release.SlipKind && w.slip.For != 0 {
		steps += 12 // its way is longer
	}
	for range steps {
		if !w.was.Open() && w.often(70) {
			return
		}
		w.step()
	}
}

func (w *walk) beginAny() int64 {
	w.t.Helper()
	return w.begin(func(n *release.NewSlip) {
		n.Actor = w.people[w.one("clerk", "clerk", "clerk2", "everything", "keeper")]
		n.Token = fmt.Sprintf("walk-%d", w.seed)
		n.Paper.RegistrationNo = "QHFGS—2026—9"
		switch k := w.chance.IntN(100); {
		case k < 30:
		case k < 42: // a department drafts for its government
			n.Decision.For, n.Decision.Reason = w.above, "涉及公众利益"
			if w.often(30) {
				normative(n)
				n.Traits.Policy = false
			}
		case k < 50: // ends earlier texts, one of them perhaps not there or over
			n.Paper.Repeals = []release.Repeal{{Work: w.shelf.any(w.chance), Title: "旧办法", On: workday.DateOf(w.now).AddDays(w.chance.IntN(30))}}
			if w.often(30) {
				n.Paper.Repeals = append(n.Paper.Repeals, release.Repeal{Title: "没有对应的办法"})
			}
		case k < 65:
			normative(n)
			n.Traits.Policy = false
		case k < 75:
			n.Paper.Text = "只有正文"
			*n.Decision = release.Decision{Attribute: release.Withheld, Reason: "讨论中的意见", Ground: "DENY_PROCESS", FormedOn: workday.DateOf(w.now)}
		case k < 82:
			n.Paper.Text = "只有正文"
			*n.Decision = release.Decision{Attribute: release.OnRequest, Reason: "只涉及少数人", FormedOn: workday.DateOf(w.now)}
		case k < 88:
			n.Decision.Audience = "甲村村民"
		case k < 94:
			n.BaseWork = 500 + int64(w.chance.IntN(3))
		default:
			n.Opened, n.Traits.SecretDoubt = "doubt", true
			if w.often(50) {
				*n.Decision = release.Decision{Attribute: release.Withheld, Reason: "拿不准", Ground: "DENY_SECRET", FormedOn: workday.DateOf(w.now)}
			}
		}
	})
}

// The works that repeals name: one that holds, one that ended, one that is not
// there, one that another organ made.
const (
	holding  = 600
	ended    = 601
	nowhere  = 602
	stranger = 603
)

// any picks a work for a repeal, mostly one that can be ended.
func (l *shelf) any(chance *rand.Rand) int64 {
	return []int64{holding, holding, holding, holding, ended, nowhere, stranger}[chance.IntN(7)]
}

// withhold brings a text that is not public to its place of waiting.
func (o *office) withhold() int64 {
	o.t.Helper()
	ctx := context.Background()
	id := o.begin(func(n *release.NewSlip) {
		n.Paper.Text = "只有正文"
		*n.Decision = release.Decision{Attribute: release.Withheld, Reason: "讨论中的意见", Ground: "DENY_PROCESS"}
	})
	o.must(id, "clerk", release.ActPaper, &release.PaperForm{How: release.SignedOffice, Number: "7", Signer: "李副市长", Reviewer: "王科长", On: workday.DateOf(o.now)})
	o.now = o.now.Add(6 * time.Minute)
	o.sweep()
	list, err := o.kernel.Linked(ctx, o.db.Reader(), release.WithheldKind, "release", id)
	if err != nil || len(list) != 1 {
		o.t.Fatalf("%d withheld cases: %v", len(list), err)
	}
	return list[0].ID
}

func (w *walk) propose() int64 {
	w.t.Helper()
	g := release.TakedownGrounds[w.chance.IntN(len(release.TakedownGrounds))]
	c, err := w.room.ProposeTakedown(context.Background(), release.NewTakedown{Organ: w.organ, Title: "旧决定", Work: int64(100000 + w.seed), Restore: g.Code == "restore",
		Ground: g.Code, Reason: "原决定已撤销", EventOn: workday.DateOf(w.now), Actor: w.people[w.one("clerk", "disclosure_officer", "head")]})
	if err != nil {
		w.t.Fatal(err)
	}
	return c.ID
}

// step is one thing that happens: an act, a file, a look of the checks, a
// hand-over, or time that passes.
func (w *walk) step() {
	w.t.Helper()
	ctx := context.Background()
	n := w.chance.IntN(100)
	if w.was.State == release.Releasing && w.often(50) {
		n = 99 // let its time come
	}
	switch {
	case n < 76:
		w.act()
	case n < 82 && w.kind == release.SlipKind:
		_, err := w.room.Recheck(ctx, w.id)
		if err != nil {
			w.fail("recheck: %v", err)
		}
		w.acts = append(w.acts, "recheck")
		w.take() // findings are no act: they are written without an event
	case n < 86 && w.kind == release.SlipKind:
		f := release.File{Role: w.one(release.Attachment, release.Scan, release.Material, release.Original), Name: "附件.docx", SHA256: fmt.Sprintf("%064d", w.chance.IntN(5)), Size: 9, MIME: "text/plain"}
		who := w.one("clerk", "clerk2", "everything")
		_, err := w.room.AddFile(ctx, w.people[who], w.id, f)
		w.look(fmt.Sprintf("%s adds %s: %v", who, f.Role, err), err == nil)
	case n < 90 && w.was.State == release.Mending:
		w.shelf.mended[w.slip.Work] = w.one("更正", "撤下")
		w.take() // the library knows it; the slip is not told
	case n < 90:
		w.handOver()
	case n < 94 && w.kind == release.SlipKind:
		w.shelf.refuse = w.one("", "", "", "这个文件已经公开，是第 7 号文件的第 1 版。")
		fallthrough
	default:
		w.now = w.now.Add(time.Duration(w.chance.IntN(500)) * time.Second)
		before := w.was.Events
		w.sweep()
		c, err := w.kernel.Case(ctx, w.id)
		if err != nil {
			w.fail("%v", err)
		}
		w.look("time passes to "+w.now.Format("15:04:05"), c.Events != before)
	}
}

func (w *walk) handOver() {
	w.t.Helper()
	ctx := context.Background()
	task := "review"
	if len(w.tasks) > 0 {
		task = w.tasks[w.chance.IntN(len(w.tasks))].Name
	}
	var err error
	who, to := w.anybody(), w.anybody()
	h := casework.HandOver{Case: w.id, Task: task, To: to, Reason: "出差", Actor: w.people[who]}
	what := w.one("take", "hand over", "urge")
	switch what {
	case "take":
		_, err = w.kernel.Take(ctx, h)
	case "urge":
		_, err = w.kernel.Urge(ctx, h)
	default:
		_, err = w.kernel.HandOver(ctx, h)
	}
	w.look(fmt.Sprintf("%s: %s %s to %s: %v", who, what, task, to, err), err == nil)
}

func (w *walk) anybody() string {
	var all []string
	for login := range w.people {
		all = append(all, login)
	}
	slices.Sort(all)
	return w.one(all...)
}
