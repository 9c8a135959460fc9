package cli

import "gongkai/internal/proofread"

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

// Run prints what the rules find in a file. Finding something is no failure:
// the report is what was asked for.
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
	return r.print(out)
}
