package proofread

import (
	"cmp"
	"slices"

	"gongkai/internal/officialdoc"
	"gongkai/internal/workday"
)

// Level says what a hit asks of the person who releases.
type Level string

// The levels, strictest first.
const (
	Block   Level = "block"   // must be mended
	Confirm Level = "confirm" // a person mends it or says that it is right
	Hint    Level = "hint"    // worth a look
)

func (l Level) rank() int {
	switch l {
	case Block:
		return 0
	case Confirm:
		return 1
	}
	return 2
}

// Verdict is what can be said about a whole document.
type Verdict string

// The three verdicts. CannotTell means that nothing was found in what could be
// read, but some part could not be opened.
const (
	Fault      Verdict = "fault" // a hit at level block or confirm
	Clean      Verdict = "clean"
	CannotTell Verdict = "cannot_tell"
)

// Input is one document with everything that travels in its files.
type Input struct {
	Parts []Part
	// Date is the document's date, on which its citations must be in force; the
	// zero Date means: as the text itself says.
	Date workday.Date
	// Title and DocNo are the document's own; a citation of itself is not
	// looked up. Empty means: as the text itself says.
	Title, DocNo string
	// Attribute is the disclosure attribute proposed for it: 主动公开,
	// 依申请公开 or 不予公开; empty when none is proposed yet.
	Attribute string
	// Prefixes are the 机关代字 that the issuing organ is known to use, none when
	// nobody entered any; Issuer is its name, and Foreign the organ that is
	// known to use the code of DocNo, "" for none.
	Prefixes        []string
	Issuer, Foreign string
	// Attachments are the names of the files that go out with it; nil when the
	// caller does not know.
	Attachments []string
}

// Options say how to check. The zero value checks everything that needs no
// library.
type Options struct {
	Citations    Citations // nil: citations are not looked up
	PersonalOnly bool      // only personal and hidden data
	// Levels lowers the level of rules by id; a level is never raised here.
	Levels     map[string]Level
	Exceptions []Exception
	// On is the day of the check; exceptions that ended before it do not count.
	On workday.Date
}

// Exception is a decision that a hit is right as it stands.
type Exception struct {
	Rule  string       // rule id
	Text  string       // the exact words; empty for every hit of the rule
	Until workday.Date // last day; the zero Date means without end
}

func (e Exception) covers(h *Hit, on workday.Date) bool {
	if e.Rule != h.Rule || e.Text != "" && e.Text != h.Text {
		return false
	}
	return e.Until.IsZero() || !on.After(e.Until)
}

// Hit is one place that a rule points at.
type Hit struct {
	Part    int    `json:"-"` // index in Input.Parts
	Start   int    `json:"start"`
	End     int    `json:"end"`
	Text    string `json:"text"` // the runes from Start to End
	Rule    string `json:"rule"`
	Level   Level  `json:"level"`
	Suggest string `json:"suggest"` // what could stand there; empty when only a person can know
	Why     string `json:"why"`
	Kind    Kind   `json:"kind,omitempty"`   // of personal data, else empty
	Where   string `json:"where,omitempty"`  // name of the part, empty for the text itself
	Beside  string `json:"beside,omitempty"` // words to read beside the claim: the cited article
}

// CitedText is a citation that the library answered.
type CitedText struct {
	Part       int
	Start, End int
	Cited      Cited
	Found      Found
}

// Report is the outcome of a check.
type Report struct {
	Verdict  Verdict
	Hits     []Hit       // by part, then place
	Unopened []Part      // parts nobody could look into, without their text
	Cited    []CitedText // what the library said about each citation
	// Unchecked says in Chinese what could not be checked though it was asked.
	Unchecked []string
}

// Check reads all parts of a document. Its cost is linear in their length.
func Check(in Input, opt Options) Report {
	var rep Report
	facts := in.facts()
	if !opt.PersonalOnly {
		rep.Hits = append(rep.Hits, in.foreignNumber(facts.DocNo, opt.Levels)...)
	}
	for i, p := range in.Parts {
		if !p.Opened {
			p.Text = ""
			rep.Unopened = append(rep.Unopened, p)
			continue
		}
		s := newSheet(&in, &opt, &facts, i)
		s.personal()
		s.hidden()
		if !opt.PersonalOnly && p.Kind.body() {
			s.wording()
			s.format()
			s.citations(&rep)
		}
		rep.Hits = append(rep.Hits, s.settled()...)
	}
	rep.Verdict = rep.verdict()
	return rep
}

func (r *Report) verdict() Verdict {
	for i := range r.Hits {
		if r.Hits[i].Level != Hint {
			return Fault
		}
	}
	if len(r.Unopened)+len(r.Unchecked) > 0 {
		return CannotTell
	}
	return Clean
}

// facts reads what the first body part says about the document, and puts what
// the caller knows in its place.
func (in *Input) facts() officialdoc.Facts {
	var f officialdoc.Facts
	if i := slices.IndexFunc(in.Parts, func(p Part) bool { return p.Opened && p.Kind == PartText }); i >= 0 {
		f = officialdoc.Extract(in.Parts[i].Text)
	}
	if !in.Date.IsZero() {
		f.AdoptedOn = in.Date
	}
	if f.AdoptedOn.IsZero() {
		f.AdoptedOn = f.PublishedOn
	}
	if in.Title != "" {
		f.Title = in.Title
	}
	if in.DocNo != "" {
		f.DocNo = in.DocNo
	}
	return f
}

// settled orders the hits of a sheet, drops doubles and excepted ones, and
// lowers levels as asked.
func (s *sheet) settled() []Hit {
	slices.SortStableFunc(s.hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.Level.rank(), b.Level.rank()), cmp.Compare(a.End, b.End), cmp.Compare(a.Rule, b.Rule))
	})
	var out []Hit
	for _, h := range s.hits {
		if slices.ContainsFunc(s.opt.Exceptions, func(e Exception) bool { return e.covers(&h, s.opt.On) }) {
			continue
		}
		if l, ok := s.opt.Levels[h.Rule]; ok && l.rank() > h.Level.rank() {
			h.Level = l
		}
		if n := len(out); n > 0 && out[n-1].Start == h.Start && out[n-1].End == h.End && (out[n-1].Rule == h.Rule || h.Kind != "" && out[n-1].Kind == h.Kind) {
			continue
		}
		out = append(out, h)
	}
	return out
}
