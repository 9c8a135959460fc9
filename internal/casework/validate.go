package casework

import (
	"fmt"
	"slices"
	"strings"
)

// validate finds what is wrong with a table: a state nobody reaches, a state
// nobody leaves, an end with a way out, a step that nobody may do.
func (f *flow) validate() []string {
	var out []string
	bad := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if f.kind == "" || f.name == "" || f.see == "" || f.load == nil || f.tasks == nil {
		bad("kind, name, right to see, loader or tasks missing")
	}
	if strings.Count(f.number, "%d") != 2 {
		bad("number %q needs a place for the year and one for the serial", f.number)
	}
	known := map[State]StateInfo{}
	for _, s := range f.states {
		if _, double := known[s.State]; double || s.Name == "" {
			bad("state %s stands twice or has no name", s.State)
		}
		known[s.State] = s
	}
	if s, ok := known[f.start]; !ok || s.Final {
		bad("start %s is unknown or an end", f.start)
	}
	for _, s := range f.steps {
		out = append(out, s.validate(known)...)
	}
	reached := f.closure(f.start, func(s step, at State) []State {
		if slices.Contains(s.From, at) {
			return s.To
		}
		return nil
	})
	for _, s := range f.states {
		if !reached[s.State] {
			bad("state %s cannot be reached", s.State)
		}
		if !s.Final && !f.ends(s.State) {
			bad("state %s has no way to an end", s.State)
		}
	}
	return out
}

func (s step) validate(known map[State]StateInfo) []string {
	var out []string
	bad := func(format string, args ...any) {
		out = append(out, fmt.Sprintf("%s: ", s.Action)+fmt.Sprintf(format, args...))
	}
	if s.Action == "" || s.Name == "" {
		bad("action or name missing")
	}
	if _, own := ownActs[s.Action]; own {
		bad("is the kernel's own act")
	}
	if (s.Right == "") != s.System {
		bad("a step of a person needs a right, one of the product has none")
	}
	if len(s.From) == 0 {
		bad("leads from nowhere")
	}
	if len(s.To) > 1 && s.next == nil {
		bad("several ways on and nothing that chooses")
	}
	for _, x := range append(slices.Clone(s.From), s.To...) {
		if _, ok := known[x]; !ok {
			bad("unknown state %s", x)
		}
	}
	for _, x := range s.From {
		if known[x].Final && len(s.To) > 0 {
			for _, to := range s.To {
				if to == x {
					bad("an end that leads to itself")
				}
			}
		}
	}
	return out
}

func (f *flow) closure(from State, next func(step, State) []State) map[State]bool {
	seen := map[State]bool{from: true}
	for queue := []State{from}; len(queue) > 0; queue = queue[1:] {
		for _, s := range f.steps {
			for _, to := range next(s, queue[0]) {
				if !seen[to] {
					seen[to] = true
					queue = append(queue, to)
				}
			}
		}
	}
	return seen
}

// ends reports whether some way leads from a state to an end.
func (f *flow) ends(from State) bool {
	for s := range f.closure(from, func(s step, at State) []State {
		if slices.Contains(s.From, at) {
			return s.To
		}
		return nil
	}) {
		if info, _ := f.state(s); info.Final {
			return true
		}
	}
	return false
}

// Diagram draws the table of a workflow as a Mermaid state diagram with the
// Chinese names, for the documents.
func (k *Kernel) Diagram(kind Kind) string {
	f := k.flows[kind]
	if f == nil {
		return ""
	}
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	for _, s := range f.states {
		fmt.Fprintf(&b, "  %s: %s\n", s.State, s.Name)
	}
	fmt.Fprintf(&b, "  [*] --> %s\n", f.start)
	for _, s := range f.steps {
		for _, from := range s.From {
			for _, to := range s.To {
				if to != from {
					fmt.Fprintf(&b, "  %s --> %s: %s\n", from, to, s.Name)
				}
			}
		}
	}
	for _, s := range f.states {
		if s.Final {
			fmt.Fprintf(&b, "  %s --> [*]\n", s.State)
		}
	}
	return b.String()
}
