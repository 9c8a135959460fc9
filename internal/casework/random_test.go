package casework_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// model is an independent reading of the toy's table, against which the kernel
// is tried.
type model struct {
	state  string
	wrote  map[string]bool // who opened or submitted
	holder string          // of the open task
	events int
	made   int // effects
}

var (
	modelNext = map[string]map[string]string{
		"draft": {"pause": "draft", "submit": "check", "drop": "dropped"},
		"check": {"pass": "sign", "return": "draft"},
		"sign":  {"return": "draft", "sign": "done", "tick": "done"},
	}
	modelRole = map[string][]string{ // who has the right, by state and action
		"draft": {"clerk", "clerk2", "officer"}, "check": {"reviewer", "head", "officer"}, "sign": {"signer", "head"},
	}
	modelSees = []string{"clerk", "clerk2", "reviewer", "signer", "head", "officer", "eye", casework.Product.Login}
)

// allowed says whether somebody may do an action now.
func (m *model) allowed(who, action string) (bool, fault.Kind) {
	if !slices.Contains(modelSees, who) {
		return false, fault.NotFound
	}
	if _, ok := modelNext[m.state][action]; !ok {
		return false, fault.Forbidden
	}
	if action == "tick" || who == casework.Product.Login {
		return action == "tick" && who == casework.Product.Login, fault.Forbidden
	}
	free := action == "pause" || action == "drop" // on no task: a holder does not matter
	ok := slices.Contains(modelRole[m.state], who) && (free || m.holder == "" || m.holder == who) && (m.state == "draft" || !m.wrote[who])
	return ok, fault.Forbidden
}

func (m *model) did(who, action string) {
	next := modelNext[m.state][action]
	if next != m.state {
		m.holder = ""
	}
	if action == "submit" {
		m.wrote[who] = true
	}
	m.state = next
	m.events++
	m.made++
}

// TestCase_RandomActsKeepTheTable sends random acts of random people at cases:
// no forbidden state, dense event numbers, nothing done twice by a repeated
// form, nothing done on what is out of date.
func TestCase_RandomActsKeepTheTable(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		runs := map[store.Dialect]int{store.SQLite: 880, store.Postgres: 120}[h.db.Dialect] // 1,000 in a normal run
		if os.Getenv("GONGKAI_SOAK") == "1" {
			runs = 10000
		}
		h.quick()
		for i := range runs {
			if h.randomCase(rand.New(rand.NewPCG(uint64(i), 7))); t.Failed() {
				t.Fatalf("sequence %d", i)
			}
		}
		if n := h.count(`SELECT COUNT(*) FROM cases`); n != runs {
			t.Errorf("%d cases", n)
		}
		if n := h.count(`SELECT COUNT(*) FROM cases c WHERE c.events <> (SELECT COUNT(*) FROM case_events e WHERE e.case_id = c.id) OR c.events <> (SELECT MAX(no) FROM case_events e WHERE e.case_id = c.id)`); n != 0 {
			t.Errorf("events of %d cases are not dense", n)
		}
		if n := h.count(`SELECT COUNT(*) FROM cases c JOIN case_tasks t ON t.case_id = c.id WHERE c.closed_at > 0 AND t.closed_at = 0`); n != 0 {
			t.Errorf("%d tasks wait in closed cases", n)
		}
		bad := 0
		err := casework.EachEvent(ctx, h.db.Reader(), `1 = 1 ORDER BY id`, nil, func(_ int64, e *casework.Event, digest string) error {
			if !e.Intact(digest) {
				bad++
			}
			return nil
		})
		if err != nil || bad > 0 {
			t.Errorf("%d events do not fit their digest, %v", bad, err)
		}
	})
}

// quick tells the file of a test that it need not outlive a crash.
func (h *house) quick() {
	if h.db.Dialect == store.SQLite {
		h.exec(`PRAGMA synchronous = OFF`)
	}
}

func (h *house) randomCase(r *rand.Rand) {
	drafter := []string{"clerk", "clerk2", "officer"}[r.IntN(3)]
	c := h.begin("jyj", drafter, "2026-11-18")
	m := &model{state: "draft", wrote: map[string]bool{drafter: true}, events: 1}
	people := []string{"clerk", "clerk2", "reviewer", "signer", "head", "officer", "eye", "far", "admin", casework.Product.Login}
	actions := []string{"pause", "submit", "submit", "pass", "pass", "return", "sign", "sign", "drop", "tick"}
	for i := range 4 + r.IntN(6) {
		who, action := people[r.IntN(len(people))], actions[r.IntN(len(actions))]
		if r.IntN(2) == 0 { // else most tries are refused
			if list := modelRole[m.state]; len(list) > 0 {
				who = list[r.IntN(len(list))]
			}
			for a := range modelNext[m.state] {
				action = min(action, a)
			}
			if _, ok := modelNext[m.state][action]; !ok {
				action = "submit"
			}
		}
		if r.IntN(6) == 0 {
			h.randomHand(m, c.ID, people[r.IntN(6)], people[r.IntN(6)])
			continue
		}
		d := casework.Do{Case: c.ID, Action: casework.Action(action), Actor: h.actor(who), Token: fmt.Sprintf("t-%d-%d", c.ID, i), Form: &words{"x"}, Version: m.events}
		if r.IntN(8) == 0 && m.events > 1 {
			d.Version = m.events - 1
			if ok, _ := m.allowed(who, action); ok {
				if _, err := h.kernel.Apply(ctx, d); fault.KindOf(err) != fault.Conflict || err == nil {
					h.t.Errorf("%s by %s on an old state: %v", action, who, err)
				}
			}
			continue
		}
		want, kind := m.allowed(who, action)
		res, err := h.kernel.Apply(ctx, d)
		if (err == nil) != want || err != nil && fault.KindOf(err) != kind {
			h.t.Errorf("%s by %s in %s: %v, the model says %v (%s)", action, who, m.state, err, want, kind)
			return
		}
		if err != nil {
			continue
		}
		m.did(who, action)
		h.agrees(m, c.ID, res)
		h.again(d, res, r.IntN(3))
	}
	h.agrees(m, c.ID, nil)
}

// again repeats a form, as a double click does, or uses its token for other words.
func (h *house) again(d casework.Do, first *casework.Result, how int) {
	switch how {
	case 0:
		if res, err := h.kernel.Apply(ctx, d); err != nil || !res.Replayed || res.Event != first.Event {
			h.t.Errorf("a repeated form: %+v, %v", res, err)
		}
	case 1:
		d.Form = &words{"other"}
		if _, err := h.kernel.Apply(ctx, d); fault.KindOf(err) != fault.Conflict || err == nil {
			h.t.Errorf("a token with other words: %v", err)
		}
	}
}

func (h *house) randomHand(m *model, id int64, from, to string) {
	task := map[string]string{"draft": "write", "check": "review", "sign": "sign"}[m.state]
	if task == "" {
		return
	}
	can := func(who string) bool { return slices.Contains(modelRole[m.state], who) }
	supervises := from == "head" || from == "officer"
	holds := m.holder == from || m.holder == "" && can(from)
	want := (holds || supervises) && can(to) && (m.state == "draft" || !m.wrote[to]) && to != m.holder
	_, err := h.kernel.HandOver(ctx, casework.HandOver{Case: id, Task: task, To: to, Reason: "出差", Actor: h.people[from]})
	if (err == nil) != want {
		h.t.Errorf("%s hands %s to %s (holder %q): %v, the model says %v", from, task, to, m.holder, err, want)
	}
	if err == nil {
		m.holder = to
		m.events++
	}
}

// agrees compares a case with its model.
func (h *house) agrees(m *model, id int64, res *casework.Result) {
	h.t.Helper()
	c := h.get(id)
	if string(c.State) != m.state || c.Events != m.events || c.Version != m.events || res != nil && res.Event != m.events {
		h.t.Errorf("case %d is %s with %d events, version %d; the model has %s with %d", id, c.State, c.Events, c.Version, m.state, m.events)
	}
	if n := h.count(`SELECT effects FROM toys WHERE case_id = $1`, id); n != m.made {
		h.t.Errorf("case %d: %d effects, the model has %d", id, n, m.made)
	}
	for i, d := range c.Done {
		if d.No != i+1 {
			h.t.Errorf("case %d: event %d has number %d", id, i+1, d.No)
		}
	}
	if c.Open() != (modelNext[m.state] != nil) {
		h.t.Errorf("case %d in %s: open %v", id, c.State, c.Open())
	}
}

// What an effect refuses leaves nothing behind, not even its token.
func TestCase_AFailedActLeavesNothing(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		c := h.begin("jyj", "clerk", "2026-11-18")
		d := casework.Do{Case: c.ID, Action: "submit", Actor: h.people["clerk"], Token: "once", Form: &words{"break"}}
		_, err := h.kernel.Apply(ctx, d)
		h.refused(err, fault.Invalid, "坏了")
		if x := h.get(c.ID); x.State != "draft" || x.Events != 1 || h.count(`SELECT COUNT(*) FROM case_tokens WHERE token = 'once'`) != 0 {
			t.Errorf("%+v", x)
		}
		d.Form = &words{"fine"}
		if res, err := h.kernel.Apply(ctx, d); err != nil || res.Replayed {
			t.Errorf("%+v, %v", res, err)
		}
		_, err = h.do(c.ID, "eye", "nonsense")
		h.refused(err, fault.Invalid, "没有这种办理操作")
		_, err = h.do(c.ID, "far", "pass")
		h.refused(err, fault.NotFound, "没有找到")
		if n := h.count(`SELECT COUNT(*) FROM audit_log WHERE actor = 'far' AND outcome = 'refused'`); n != 1 {
			t.Errorf("%d audit rows of the refusal", n)
		}
	})
}
