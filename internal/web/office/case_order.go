package office

import (
	"slices"

	"gongkai/internal/casework"
)

// actPlace is where an act stands on the page of a case.
type actPlace int

const (
	placeCommon actPlace = iota // one fold an act
	placeLead                   // open, above all others
	placeRest                   // under the fold of the rest
)

// arrange gives each act its place: the first of the kind's leading acts that
// can be done is the next step. While there is none, the reasons that stop the
// leading ones stand beside the common acts; other refusals lie with the rest.
func (k caseKind) arrange(list []caseButton) {
	if len(k.lead) == 0 {
		return
	}
	can := func(a casework.Action) *caseButton {
		i := slices.IndexFunc(list, func(b caseButton) bool { return b.Action == a && b.Reason == "" && b.HasForm })
		if i < 0 {
			return nil
		}
		return &list[i]
	}
	var next *caseButton
	for _, a := range k.lead {
		if next = can(a); next != nil {
			break
		}
	}
	for i := range list {
		b := &list[i]
		leading := slices.Contains(k.lead, b.Action)
		switch {
		case b == next:
			b.place = placeLead
		case b.Reason != "" && (!leading || next != nil):
			b.place = placeRest
		case !leading && !slices.Contains(k.common, b.Action):
			b.place = placeRest
		}
	}
}

func (d *caseView) at(p actPlace) (out []caseButton) {
	for _, b := range d.Buttons {
		if b.place == p {
			out = append(out, b)
		}
	}
	return out
}

// Lead is the one next step of who looks, or nothing.
func (d *caseView) Lead() []caseButton { return d.at(placeLead) }

// Common are the acts done often.
func (d *caseView) Common() []caseButton { return d.at(placeCommon) }

// Rest are all others, with the reasons why some cannot be done now.
func (d *caseView) Rest() []caseButton { return d.at(placeRest) }

// RestWrong reports that a form among the rest was refused, so that its fold
// must stand open.
func (d *caseView) RestWrong() bool {
	return slices.ContainsFunc(d.Rest(), func(b caseButton) bool { return b.Form.Wrong() })
}
