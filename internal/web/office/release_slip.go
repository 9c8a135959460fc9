package office

import (
	"fmt"
	"net/http"
	"slices"
	"sort"
	"strings"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/proofread"
	"gongkai/internal/release"
	"gongkai/internal/web/ui"
)

// slipView is a slip: on the left the document as it will be published with
// the findings marked in place, on the right whose turn it is, the gates, what
// keeps it back and what one may do.
type slipView struct {
	frame
	Case      *casework.Case
	Slip      *release.Slip
	Organ     string
	State     string
	Class     string
	Turns     []caseTask
	Next      string
	Lines     []paperLine
	Stale     bool // the checks have not seen the present text
	Groups    []findingGroup
	Count     map[string]int // open findings by level
	Answers   bool           // findings may be answered now
	Gates     []gateLine
	Missing   []missingLine
	Main      *slipButton // the one act that is most likely meant
	Acts      []slipButton
	Refused   []casework.Button
	Left      string // time to take a signature back, in words
	LeftUntil string
	Until     int64 // the same moment as a Unix time, for the script that counts down
	Script    string
	Listed    *release.Listed // entry of the negative list that it used
	Edit      bool
	Write     bool
	Once      string
	Wrong     string // of an act that was not done
	Meanwhile []happened
	Out       *outView
	Mend      *mendView // what a review afterwards found wrong, until the slip closes
	Events    []actRow
	Timeline  string // address of the acts as Excel
}

type gateLine struct {
	release.Gate
	Word  string
	Class string
}

// missingLine is a rule that keeps the slip back, with the way to mend it.
type missingLine struct {
	release.Refusal
	Href string
	Way  string
}

// Rule is the rule's id in the law, "" for those of our own.
func (m missingLine) Rule() string {
	if m.ID[0] >= 'A' && m.ID[0] <= 'Z' {
		return m.ID
	}
	return ""
}

type happened struct{ At, Who, What string }

// findingGroup is what one rule found.
type findingGroup struct {
	Rule, Name, Level, Word, Why, Source string
	Items                                []findingLine
	Open                                 int
}

type findingLine struct {
	release.Finding
	Beside string // what stands beside a citation
	Shown  bool   // it is marked in the text
}

func slipPath(id int64) string { return fmt.Sprintf("/office/releases/%d", id) }

func slipPage(o *Office, c *call) (*answer, error) { return o.showSlip(c, http.StatusOK, nil) }

// showSlip renders the page; change says what became of an act.
func (o *Office) showSlip(c *call, status int, change func(d *slipView)) (*answer, error) {
	v, s, err := o.slipCase(c)
	if err != nil {
		return nil, err
	}
	organs, err := o.organNames(c.ctx())
	if err != nil {
		return nil, err
	}
	k := v.Case
	d := &slipView{frame: o.frame(c, k.Title, releasesCrumb), Case: k, Slip: s, Organ: organs.name(k.Organ), State: o.deps.Cases.StateName(k.Kind, k.State), Class: slipStateClass(k.State),
		Next: nextSteps[k.State], Stale: s.Checked < s.Version && !s.Traits.SecretDoubt, Once: onceToken(), Timeline: fmt.Sprintf("/office/cases/%d/timeline.xlsx", k.ID)}
	for _, t := range v.Tasks {
		row, err := o.caseTask(c, k, t, organs)
		if err != nil {
			return nil, err
		}
		d.Turns = append(d.Turns, row)
	}
	if d.Events, err = o.timeline(c.ctx(), k); err != nil {
		return nil, err
	}
	editing := k.State == release.Drafting || k.State == release.Checking
	d.Answers = editing
	if d.Write, err = o.holds(c, access.WriteDraft, k.Organ); err != nil {
		return nil, err
	}
	d.Edit = d.Write && k.State == release.Drafting
	if k.State == release.Mending {
		if d.Mend, err = o.mendView(c, s); err != nil {
			return nil, err
		}
		if s.Mended != "" {
			d.Next = fmt.Sprintf(textMendedNext, s.Mended)
		}
	}
	d.findings()
	d.gates()
	d.missing(o)
	d.acts(v.Buttons)
	if left := s.ReleaseAt.Sub(o.access.Now()); k.State == release.Releasing {
		d.Left, d.LeftUntil, d.Until, d.Script = durationWords(left), ui.Minute(s.ReleaseAt), s.ReleaseAt.Unix(), o.draftURL
	}
	if s.Listed != 0 {
		if d.Listed, err = o.deps.Releases.ListedEntry(c.ctx(), s.Listed); err != nil {
			return nil, err
		}
	}
	if d.Out, err = o.outView(c, v, s); err != nil {
		return nil, err
	}
	if change != nil {
		change(d)
	}
	return o.page(c, "release_slip", status, d)
}

// holds reports whether the caller may do an act on an organ.
func (o *Office) holds(c *call, act access.Act, organ int64) (bool, error) {
	err := o.may(c, act, organ)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return false, nil
	}
	return err == nil, err
}

// findings marks the text and groups what was found by its rule, the gravest first.
func (d *slipView) findings() {
	s := d.Slip
	found := s.Findings
	if d.Stale {
		found = nil // their places are those of an older text
	}
	d.Lines = withPictures(paperLines(&s.Paper, found), s)
	shown := map[string]bool{}
	for _, l := range d.Lines {
		for _, p := range l.Parts {
			shown[p.Mark] = true
		}
	}
	d.Count = map[string]int{}
	at := map[string]int{}
	for _, f := range s.Findings {
		key := f.Level + f.Rule
		i, ok := at[key]
		if !ok {
			i = len(d.Groups)
			at[key] = i
			d.Groups = append(d.Groups, groupOf(f))
		}
		_, beside, _ := strings.Cut(f.Why, "\n")
		g := &d.Groups[i]
		g.Items = append(g.Items, findingLine{f, beside, shown[f.Mark]})
		if f.State == release.Open {
			g.Open++
			d.Count[f.Level]++
		}
	}
	sort.SliceStable(d.Groups, func(i, j int) bool { return gravity[d.Groups[i].Level] > gravity[d.Groups[j].Level] })
}

func groupOf(f release.Finding) findingGroup {
	why, _, _ := strings.Cut(f.Why, "\n")
	g := findingGroup{Rule: f.Rule, Name: f.Rule, Level: f.Level, Word: levelWords[f.Level], Why: why}
	if r, ok := proofread.RuleByID(f.Rule); ok {
		g.Name, g.Source = r.Name, r.Source
	} else if f.Level == "unsure" {
		g.Name = textUnopened
	}
	return g
}

// gates are those of the present round in the order of the paper slip.
func (d *slipView) gates() {
	for _, n := range append(append([]release.GateName(nil), release.FiveGates...), release.OwnSecrecy, release.Unit, release.Legality) {
		g, ok := d.Slip.Gate(n)
		if !ok {
			if !isFive(n) {
				continue
			}
			g = release.Gate{Name: n}
		}
		line := gateLine{Gate: g, Word: gateStates[g.State], Class: "state-none"}
		switch g.State {
		case release.Passed:
			line.Class = "state-good"
		case release.Returned:
			line.Class = "state-dead"
			if !d.Slip.Released.IsZero() {
				line.Word = textNotPassed
			}
		case release.Referred:
			line.Class = "state-soon"
		case "":
			line.Word = textNotSent
		}
		d.Gates = append(d.Gates, line)
	}
}

func isFive(n release.GateName) bool {
	for _, x := range release.FiveGates {
		if x == n {
			return true
		}
	}
	return false
}

// missing lists what keeps the slip from its next step, each with its way out.
func (d *slipView) missing(o *Office) {
	var list []release.Refusal
	switch d.Case.State {
	case release.Drafting:
		list = d.Slip.Missing(false, o.access.Today())
	case release.Checking, release.Signing:
		list = d.Slip.Missing(true, o.access.Today())
	}
	for _, r := range list {
		if d.Case.State == release.Checking && slices.Contains(gateRules, r.ID) {
			continue // the list of gates says it already
		}
		line := missingLine{Refusal: r}
		switch {
		case r.ID == "A-20":
			line.Href, line.Way = "/office/review-body", "去登记"
		case r.ID == "A-24":
			line.Href, line.Way = "#findings", "看检查结果"
		case r.Field != "" && d.Edit:
			line.Href, line.Way = slipPath(d.Case.ID)+"/edit#f-"+r.Field, "去填写"
		}
		d.Missing = append(d.Missing, line)
	}
}

// gateRules are the rules that speak of a gate that is still open.
var gateRules = []string{"A-12", "A-21", "F-22", "M23-5.1a"}

// durationWords says a short time in words: 4 分 30 秒.
func durationWords(left time.Duration) string {
	if left <= 0 {
		return textAnyMoment
	}
	left = left.Round(time.Second)
	switch h, m, s := int(left.Hours()), int(left.Minutes())%60, int(left.Seconds())%60; {
	case h >= 48:
		return fmt.Sprintf("%d 天", h/24)
	case h > 0:
		return fmt.Sprintf("%d 小时 %d 分", h, m)
	case m > 0:
		return fmt.Sprintf("%d 分 %d 秒", m, s)
	default:
		return fmt.Sprintf("%d 秒", s)
	}
}

// recheckSlip lets the checks look again.
func recheckSlip(o *Office, c *call) (*answer, error) {
	v, _, err := o.slipCase(c)
	if err != nil {
		return nil, err
	}
	s, err := o.deps.Releases.Recheck(c.ctx(), v.Case.ID)
	if err != nil {
		return nil, err
	}
	return told(c, slipPath(v.Case.ID)+"#findings", fmt.Sprintf(textSlipRechecked, len(s.Findings))), nil
}

// crumb leads back to a slip from its lower pages.
func slipCrumb(k *casework.Case) document.Crumb {
	return document.Crumb{Name: k.Number, Href: slipPath(k.ID)}
}
