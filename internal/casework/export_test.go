package casework

import "context"

// RecountSome runs one transaction of a recount, so that a test can stop there.
func (k *Kernel) RecountSome(ctx context.Context) (more bool, moved int, err error) {
	return k.recountSome(ctx)
}

// Faults are what the validator finds in a table.
func Faults[D any](w Workflow[D]) (out []string) {
	f := &flow{kind: w.Kind, name: w.Name, number: w.Number, see: w.See, start: w.Start, states: w.States, tasks: func(*Case, any) []Task { return nil }}
	if w.Tasks == nil {
		f.tasks = nil
	}
	if w.Load != nil {
		f.load = loadOf(w)
	}
	for _, s := range w.Steps {
		f.steps = append(f.steps, erase(s))
	}
	return f.validate()
}
