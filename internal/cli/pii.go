package cli

import "gongkai/internal/proofread"

type piiCmd struct {
	File string `arg:"" help:"要检查的文件，- 是标准输入。"`
}

// piiHit is one line of the command.
type piiHit struct {
	Kind    string `json:"kind"`
	Text    string `json:"text"`
	Where   string `json:"where"`
	Start   int    `json:"start"` // runes of the part that Where names
	End     int    `json:"end"`
	Verdict string `json:"verdict"` // fault or unsure
}

// Run prints the personal data in a file, a line a hit. A part that could not
// be opened is a line of kind unopened, because nobody can say what it holds.
// One line with the verdict fault is exit 1, so that a script stops before it
// publishes; doubts alone are for a person and exit 0.
func (c *piiCmd) Run(r *run) error {
	parts, err := r.fileParts(c.File)
	if err != nil {
		return err
	}
	rep := proofread.Check(proofread.Input{Parts: parts}, proofread.Options{PersonalOnly: true})
	var outcome error
	for _, h := range rep.Hits {
		if h.Kind == "" {
			continue // hidden, but of no person
		}
		line := piiHit{Kind: string(h.Kind), Text: h.Text, Where: parts[h.Part].Name, Start: h.Start, End: h.End, Verdict: "unsure"}
		if h.Level == proofread.Block {
			line.Verdict, outcome = "fault", errFaults
		}
		if err := r.print(line); err != nil {
			return err
		}
	}
	for _, p := range rep.Unopened {
		if err := r.print(piiHit{Kind: "unopened", Text: p.Why, Where: p.Name, Verdict: "unsure"}); err != nil {
			return err
		}
	}
	return outcome
}
