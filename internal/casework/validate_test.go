package casework_test

import (
	"strings"
	"testing"

	"gongkai/internal/access"
	"gongkai/internal/casework"
)

func contains(s, sub string) bool { return strings.Contains(s, sub) }

// The validator names every kind of mistake in a table, and finds none in one
// that is right.
func TestValidator_RefusesEveryBadTable(t *testing.T) {
	if got := casework.Faults(toyFlow()); len(got) > 0 {
		t.Fatalf("the good table has faults: %q", got)
	}
	step := func(w *casework.Workflow[int], a casework.Action) *casework.Step[int] {
		for i := range w.Steps {
			if w.Steps[i].Action == a {
				return &w.Steps[i]
			}
		}
		t.Fatalf("no step %s", a)
		return nil
	}
	for _, c := range []struct {
		name   string
		change func(w *casework.Workflow[int])
		want   string
	}{
		{"no kind", func(w *casework.Workflow[int]) { w.Kind = "" }, "missing"},
		{"no name", func(w *casework.Workflow[int]) { w.Name = "" }, "missing"},
		{"no right to see", func(w *casework.Workflow[int]) { w.See = "" }, "missing"},
		{"no loader", func(w *casework.Workflow[int]) { w.Load = nil }, "missing"},
		{"no tasks", func(w *casework.Workflow[int]) { w.Tasks = nil }, "missing"},
		{"number without serial", func(w *casework.Workflow[int]) { w.Number = "试办〔%d〕号" }, "serial"},
		{"state twice", func(w *casework.Workflow[int]) { w.States = append(w.States, w.States[0]) }, "twice"},
		{"state without name", func(w *casework.Workflow[int]) { w.States[1].Name = "" }, "no name"},
		{"unknown start", func(w *casework.Workflow[int]) { w.Start = "nowhere" }, "start"},
		{"start is an end", func(w *casework.Workflow[int]) { w.Start = "done" }, "start"},
		{"unreachable state", func(w *casework.Workflow[int]) {
			w.States = append(w.States, casework.StateInfo{State: "lost", Name: "丢失", Final: true})
		}, "lost cannot be reached"},
		{"dead end", func(w *casework.Workflow[int]) {
			w.States = append(w.States, casework.StateInfo{State: "pit", Name: "死路"})
			w.Steps = append(w.Steps, casework.Step[int]{Action: "fall", Name: "掉", From: []casework.State{"draft"}, To: []casework.State{"pit"}, Right: access.WriteDraft})
		}, "pit has no way to an end"},
		{"step without action", func(w *casework.Workflow[int]) { step(w, "sign").Action = "" }, "missing"},
		{"step without name", func(w *casework.Workflow[int]) { step(w, "sign").Name = "" }, "missing"},
		{"the kernel's own act", func(w *casework.Workflow[int]) { step(w, "sign").Action = casework.ActUrge }, "kernel's own"},
		{"step without right", func(w *casework.Workflow[int]) { step(w, "sign").Right = "" }, "needs a right"},
		{"system step with a right", func(w *casework.Workflow[int]) { step(w, "tick").Right = access.SignOff }, "needs a right"},
		{"from nowhere", func(w *casework.Workflow[int]) { step(w, "sign").From = nil }, "from nowhere"},
		{"two ways and no choice", func(w *casework.Workflow[int]) { step(w, "pass").To = []casework.State{"sign", "draft"} }, "nothing that chooses"},
		{"unknown state", func(w *casework.Workflow[int]) { step(w, "pass").To = []casework.State{"moon"} }, "unknown state moon"},
		{"unknown origin", func(w *casework.Workflow[int]) { step(w, "pass").From = []casework.State{"moon"} }, "unknown state moon"},
		{"an end that leads to itself", func(w *casework.Workflow[int]) {
			w.Steps = append(w.Steps, casework.Step[int]{Action: "again", Name: "再来", From: []casework.State{"done"}, To: []casework.State{"done"}, Right: access.SignOff})
		}, "leads to itself"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := toyFlow()
			c.change(&w)
			if got := strings.Join(casework.Faults(w), "; "); !contains(got, c.want) {
				t.Errorf("faults %q, want %q", got, c.want)
			}
			defer func() {
				if recover() == nil {
					t.Error("a bad table was registered")
				}
			}()
			casework.Register(casework.New(nil, nil), w)
		})
	}
}

// The picture for the documents shows every state and way of the table.
func TestDiagram_ShowsTheTable(t *testing.T) {
	k := casework.New(nil, nil)
	casework.Register(k, toyFlow())
	got := k.Diagram(toy)
	for _, want := range []string{"[*] --> draft", "check --> sign: 通过", "sign --> draft: 退回", "done --> [*]"} {
		if !contains(got, want) {
			t.Errorf("lacks %q:\n%s", want, got)
		}
	}
}
