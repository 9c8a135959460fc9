package office

import (
	"encoding/json"
	"net/http"
	"strings"

	"gongkai/internal/casework"
	"gongkai/internal/ground"
	"gongkai/internal/release"
	"gongkai/internal/web/ui"
)

// sheetView is a slip on paper: the form that offices know.
type sheetView struct {
	frame
	Case     *casework.Case
	Slip     *release.Slip
	Organ    string
	For      string // the government for which it was drafted
	Drafter  string
	Ground   string
	Note     string // 附注 as it stands in the text
	Kind     string
	Gates    []gateLine
	Rounds   []gateLine // gates of earlier rounds that returned the text
	Signed   string     // how it was signed, in words
	Said     string     // opinion of who signed
	Open     int        // findings that are not answered
	Personal string
	Channels []string
	Files    []release.File
	Secrecy  []secrecyLine
	Body     *release.ReviewBody
	Back     string
	Now      string
}

// secrecyLine is one secrecy review as the form has it: that of who drafted the
// text and, when it goes out in another organ's name, that organ's own.
type secrecyLine struct {
	release.Gate
	Title string
}

func printSlip(o *Office, c *call) (*answer, error) { return o.sheet(c, "release_print", textSlip) }
func printSecrecy(o *Office, c *call) (*answer, error) {
	return o.sheet(c, "release_secrecy", textSecrecySheet)
}

// sheet renders a slip for paper: no rail, one A4 form.
func (o *Office) sheet(c *call, template, title string) (*answer, error) {
	v, s, err := o.slipCase(c)
	if err != nil {
		return nil, err
	}
	organs, err := o.organNames(c.ctx())
	if err != nil {
		return nil, err
	}
	all, err := o.deps.Releases.AllGates(c.ctx(), s.Case)
	if err != nil {
		return nil, err
	}
	d := &sheetView{frame: o.frame(c, title), Case: v.Case, Slip: s, Organ: organs.name(s.Organ), Drafter: s.Drafter, Signed: signedWords[s.SignedHow], Body: s.Body,
		Back: slipPath(s.Case), Now: ui.Minute(o.access.Now())}
	d.Rail = nil
	logins, _, err := o.deps.Cases.Names(c.ctx(), []string{s.Drafter}, nil)
	if err != nil {
		return nil, err
	}
	d.Drafter = firstOf(logins[s.Drafter], s.Drafter)
	events, err := o.deps.Cases.Timeline(c.ctx(), s.Case)
	if err != nil {
		return nil, err
	}
	for _, e := range events {
		if e.Action == release.ActSign || e.Action == release.ActSignUrgent {
			var f release.SignForm
			if err := json.Unmarshal(e.Data, &f); err != nil {
				return nil, err
			}
			d.Said = f.Opinion
		}
	}
	if s.For != 0 {
		d.For = organs.name(s.For)
	}
	if g, ok := ground.Named(s.Ground); ok {
		d.Ground = g.Name + "（条例" + g.Law + "）"
	}
	for _, line := range strings.Split(s.Paper.Text, "\n") {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "（此件") || strings.HasPrefix(line, "(此件") {
			d.Note = line
		}
	}
	for _, g := range release.PersonalGrounds {
		if g.Code == s.Traits.Personal {
			d.Personal = g.Name
		}
	}
	page := &slipView{Slip: s}
	page.gates()
	d.Gates = page.Gates
	first, _ := s.Gate(release.Secrecy)
	d.Secrecy = []secrecyLine{{first, "保密审查意见"}}
	if own, ok := s.Gate(release.OwnSecrecy); ok {
		d.Secrecy = append(d.Secrecy, secrecyLine{own, "公开机关保密审查意见"})
	}
	for _, g := range all {
		if g.Round < s.Round && g.State != release.Waiting {
			d.Rounds = append(d.Rounds, gateLine{Gate: g, Word: gateStates[g.State]})
		}
	}
	for _, f := range s.Findings {
		if f.State == release.Open {
			d.Open++
		}
	}
	for _, x := range s.Traits.Channels {
		d.Channels = append(d.Channels, channelName(x))
	}
	for _, f := range s.Files {
		if f.Role == release.Attachment {
			d.Files = append(d.Files, f)
		}
	}
	return o.page(c, template, http.StatusOK, d)
}
