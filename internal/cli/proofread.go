package cli

import (
	"slices"

	"gongkai/internal/proofread"
)

type proofreadCmd struct {
	File string `arg:"" help:"要检查的文件，- 是标准输入。"`
}

// proofreadReport is the one line that the command prints.
type proofreadReport struct {
	Verdict   proofread.Verdict `json:"verdict"`
	Hits      []proofread.Hit   `json:"hits"`
	Unopened  []proofread.Part  `json:"unopened"`
	Unchecked []string          `json:"unchecked,omitempty"`
}

// Run prints what the rules find in a file. A hit that blocks at the gate is
// exit 1, so that a script stops before it publishes; what a person may still
// confirm or dismiss, and parts that nobody could open, are exit 0.
func (c *proofreadCmd) Run(r *run) error {
	parts, err := r.fileParts(c.File)
	if err != nil {
		return err
	}
	rep := proofread.Check(proofread.Input{Parts: parts}, proofread.Options{})
	out := proofreadReport{Verdict: rep.Verdict, Hits: rep.Hits, Unopened: rep.Unopened, Unchecked: rep.Unchecked}
	if out.Hits == nil {
		out.Hits = []proofread.Hit{}
	}
	if out.Unopened == nil {
		out.Unopened = []proofread.Part{}
	}
	if err := r.print(out); err != nil {
		return err
	}
	if slices.ContainsFunc(rep.Hits, func(h proofread.Hit) bool { return h.Level == proofread.Block }) {
		return errFaults
	}
	return nil
}
