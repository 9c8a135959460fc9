package office

import (
	"fmt"
	"slices"

	"gongkai/internal/access"
	"gongkai/internal/document"
	"gongkai/internal/release"
)

// mendView is what a review afterwards found wrong in a text that is public,
// with the ways to put it right that the caller may go.
type mendView struct {
	Found    []foundWrong
	Mended   string // what was done: 更正, 撤下; "" for nothing yet
	Edition  string // address of a new slip that amends the text
	Record   string // address of the work, for a slip of typing
	Takedown bool
}

// foundWrong is what one reviewer said about one or several gates.
type foundWrong struct{ Gates, Opinion, Reviewer string }

// mendView finds the ways of a slip that waits for its mending.
func (o *Office) mendView(c *call, s *release.Slip) (*mendView, error) {
	d := &mendView{Mended: s.Mended}
	for _, n := range append(slices.Clone(release.FiveGates), release.Legality) {
		g, _ := s.Gate(n)
		if g.State != release.Returned {
			continue
		}
		if i := len(d.Found) - 1; i >= 0 && d.Found[i].Opinion == g.Opinion && d.Found[i].Reviewer == g.Reviewer {
			d.Found[i].Gates += "、" + n.Chinese()
			continue
		}
		d.Found = append(d.Found, foundWrong{n.Chinese(), g.Opinion, g.Reviewer})
	}
	write, err := o.holds(c, access.WriteDraft, s.Organ)
	if err != nil {
		return nil, err
	}
	if d.Takedown = write; write && !document.IsLimited(s.Work) {
		d.Edition = fmt.Sprintf("/office/releases/new?base=%d", s.Work)
	}
	correct, err := o.holds(c, access.CorrectRecord, s.Owner())
	if correct && !document.IsLimited(s.Work) {
		d.Record = workPath(s.Work)
	}
	return d, err
}

// MustMend reports that it is the caller's office that must correct the text
// or take it down.
func (d *slipView) MustMend() bool { return d.Mend != nil && d.Mend.Takedown && d.Mend.Mended == "" }
