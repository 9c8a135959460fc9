package office

import (
	"net/http"
	"slices"
	"strings"

	"gongkai/internal/casework"
	"gongkai/internal/release"
)

// slipButton is one act on a slip as a small form on its page. Kind chooses the
// fields: plain, opinion, secrecy, legality, after, reason, sign, urgent, paper.
type slipButton struct {
	Action  casework.Action
	Name    string
	Kind    string
	Address string
	For     string // login of the absent person for whom it would be done
	Phrases []string
	Chosen  string
	Words   string // opinion or reason as typed
	Answer  string
	Outcome string
	Asks    bool // the number of the reply is needed
	At      string
	Why     string
	Paper   paperWords
	Scan    string // name of the scan that is already there
	Normal  bool   // a normative text: the number of the legality opinion is needed
	Doubt   bool   // a slip without text: the reviewer's own opinion is needed
	Version int
	Seen    int
	Once    string
	Token   string
	Danger  bool
	Primary bool // the one main button of the page
	Open    bool
	Error   string
}

// Outcomes are those of a legality review (F-24), or of a review afterwards.
func (f slipButton) Outcomes() []string {
	if f.Kind == "after" {
		return []string{release.AfterPassed, release.AfterFailed}
	}
	return []string{release.Lawful, release.MustMend, release.Unlawful}
}

// paperWords is the registration of a paper slip as typed.
type paperWords struct{ Signer, Reviewer, On, How, Number, Legality string }

// mainActs are the acts that the page puts first, in this order.
var mainActs = []casework.Action{release.ActSubmit, release.ActPassSecrecy, release.ActPassOwn, release.ActPassReview, release.ActPassUnit, release.ActPassLegality, release.ActSign, release.ActAfterReview, release.ActAfterLegality, release.ActMended}

// formKinds say which fields an act needs.
var formKinds = map[casework.Action]string{
	release.ActSubmit: "plain", release.ActPassReview: "opinion", release.ActPassSecrecy: "secrecy", release.ActPassOwn: "secrecy", release.ActPassUnit: "opinion", release.ActAfterReview: "after",
	release.ActPassLegality: "legality", release.ActReturn: "reason", release.ActRefer: "reason", release.ActRecall: "reason", release.ActDrop: "reason", release.ActUnsign: "reason",
	release.ActSign: "sign", release.ActSignUrgent: "urgent", release.ActPaper: "paper",
	release.ActAfterLegality: "legality", release.ActMended: "opinion",
}

// acts makes the forms of the buttons that the table allows, and lists those it
// refuses with the reason.
func (d *slipView) acts(buttons []casework.Button) {
	for _, b := range buttons {
		kind := formKinds[b.Action]
		if kind == "" {
			continue
		}
		if b.Reason != "" {
			d.Refused = append(d.Refused, b)
			continue
		}
		f := slipButton{Action: b.Action, Name: b.Name, Kind: kind, Address: slipPath(d.Case.ID) + "/act?do=" + string(b.Action), For: b.For, Phrases: phrases[b.Action],
			Version: d.Case.Version, Seen: d.Case.Events, Once: onceToken(), Token: d.Token, Danger: b.Action == release.ActDrop || b.Action == release.ActUnsign,
			Doubt: d.Slip.Traits.SecretDoubt && kind == "secrecy"}
		if kind == "reason" {
			f.Phrases = reasons[b.Action]
		}
		if len(f.Phrases) > 0 && kind != "reason" && !f.Doubt {
			f.Chosen = f.Phrases[0]
		}
		switch b.Action {
		case release.ActPassSecrecy:
			g, _ := d.Slip.Gate(release.Secrecy)
			f.Asks = g.State == release.Referred
		case release.ActPassOwn:
			g, _ := d.Slip.Gate(release.OwnSecrecy)
			f.Asks = g.State == release.Referred
		case release.ActPassLegality, release.ActAfterLegality:
			f.Outcome = release.Lawful
		case release.ActAfterReview:
			f.Outcome = release.AfterPassed
		case release.ActPaper:
			f.Normal = d.Slip.Traits.Normative
			f.Paper.How = release.SignedPaper
			for _, x := range d.Slip.Files {
				if x.Role == release.Scan {
					f.Scan = x.Name
				}
			}
		}
		d.Acts = append(d.Acts, f)
	}
	for _, a := range mainActs {
		i := slices.IndexFunc(d.Acts, func(f slipButton) bool { return f.Action == a })
		if i >= 0 {
			f := d.Acts[i]
			f.Primary = true
			d.Main = &f
			d.Acts = slices.Delete(d.Acts, i, i+1)
			return
		}
	}
}

// form finds the form of an act on the page, nil when it is not there.
func (d *slipView) form(a casework.Action) *slipButton {
	if d.Main != nil && d.Main.Action == a {
		return d.Main
	}
	for i := range d.Acts {
		if d.Acts[i].Action == a {
			return &d.Acts[i]
		}
	}
	return nil
}

// fill puts what was typed back into the form, and opens it.
func (f *slipButton) fill(r *http.Request) {
	f.Open = true
	f.Words, f.Answer, f.At, f.Why = value(r, "opinion"), value(r, "answer"), value(r, "at"), value(r, "why")
	if f.Kind == "reason" {
		f.Words = value(r, "reason")
	}
	if p := value(r, "phrase"); p != "" {
		f.Chosen = p
	}
	if v := value(r, "outcome"); v != "" {
		f.Outcome = v
	}
	f.Paper = paperWords{value(r, "signer"), value(r, "reviewer"), value(r, "on"), value(r, "how"), value(r, "number"), value(r, "legality")}
}

// opinionOf reads an opinion: own words win over the chosen phrase.
func opinionOf(r *http.Request) string {
	if s := strings.TrimSpace(value(r, "opinion")); s != "" {
		return s
	}
	return value(r, "phrase")
}
