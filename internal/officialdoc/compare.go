package officialdoc

import "encoding/json"

// Change says what became of the words of a segment, its number aside.
type Change string

// The four changes of the compare contract (design 5, `compare`).
const (
	ChangeSame    Change = "same"
	ChangeChanged Change = "changed"
	ChangeAdded   Change = "added"
	ChangeRemoved Change = "removed"
)

// Segment is one preamble, heading, article or tail in either text or in
// both. All segments cover both texts whole: the = and - texts of Diff in
// FromPos order are the old text to the rune, = and + in ToPos order the new.
type Segment struct {
	From, To       string // label as in the text: 第十二条, 第三章; empty where it bears none
	FromPos, ToPos int    // place among the segments of each text, from 0; -1 where absent
	Change         Change // of the words without the number
	Moved          bool   // another number, or out of the common order
	Diff           []Op   // of everything
	// SplitFrom names the old article that holds most of an added one's words
	// in one piece; MergedInto the new article that holds a removed one's.
	SplitFrom, MergedInto string
}

// Op is one run of a difference: Kind is "=" for both, "-" for the old text
// only, "+" for the new only.
type Op struct {
	Kind string
	Text string
}

// MarshalJSON writes an op as ["=", "…"].
func (o Op) MarshalJSON() ([]byte, error) {
	return json.Marshal([2]string{o.Kind, o.Text})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (o *Op) UnmarshalJSON(data []byte) error {
	var pair [2]string
	if err := json.Unmarshal(data, &pair); err != nil {
		return err
	}
	o.Kind, o.Text = pair[0], pair[1]
	return nil
}

// compareJSON is the contract's form of a segment.
type compareJSON struct {
	From       string `json:"from"`
	To         string `json:"to"`
	FromPos    *int   `json:"from_pos"`
	ToPos      *int   `json:"to_pos"`
	Change     Change `json:"change"`
	Moved      bool   `json:"moved"`
	Diff       []Op   `json:"diff"`
	SplitFrom  string `json:"split_from,omitempty"`
	MergedInto string `json:"merged_into,omitempty"`
}

// MarshalJSON writes the keys of the compare contract; an absent position is
// null.
func (s Segment) MarshalJSON() ([]byte, error) {
	out := compareJSON{
		From: s.From, To: s.To, Change: s.Change, Moved: s.Moved, Diff: s.Diff,
		SplitFrom: s.SplitFrom, MergedInto: s.MergedInto,
	}
	if s.FromPos >= 0 {
		out.FromPos = &s.FromPos
	}
	if s.ToPos >= 0 {
		out.ToPos = &s.ToPos
	}
	if out.Diff == nil {
		out.Diff = []Op{}
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *Segment) UnmarshalJSON(data []byte) error {
	var in compareJSON
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	*s = Segment{
		From: in.From, To: in.To, FromPos: -1, ToPos: -1, Change: in.Change, Moved: in.Moved, Diff: in.Diff,
		SplitFrom: in.SplitFrom, MergedInto: in.MergedInto,
	}
	if in.FromPos != nil {
		s.FromPos = *in.FromPos
	}
	if in.ToPos != nil {
		s.ToPos = *in.ToPos
	}
	return nil
}

// Counts says how many segments changed in which way. Moved ones are counted
// besides: a moved segment is also same or changed.
type Counts struct {
	Same, Changed, Added, Removed, Moved int
}

// Summary counts the segments of a comparison.
func Summary(segs []Segment) Counts {
	var c Counts
	for _, s := range segs {
		switch s.Change {
		case ChangeSame:
			c.Same++
		case ChangeChanged:
			c.Changed++
		case ChangeAdded:
			c.Added++
		case ChangeRemoved:
			c.Removed++
		}
		if s.Moved {
			c.Moved++
		}
	}
	return c
}

// Compare cuts both texts into segments, finds which belong together and says
// what changed. The order is that of the new text; a removed segment stands
// after the one that preceded it in the old. Texts must be valid UTF-8. The
// same texts always give the same answer.
func Compare(from, to string) []Segment {
	olds, news := compareCut(from), compareCut(to)
	a := alignPieces(olds, news)
	kept := a.keptOrder()
	segs := make([]Segment, 0, max(len(olds), len(news)))
	next := 0 // first old piece whose removal is not yet told
	removed := func() {
		for ; next < len(olds) && !kept[next]; next++ {
			if a.toNew[next] < 0 {
				o := olds[next]
				segs = append(segs, Segment{
					From: o.label, FromPos: next, ToPos: -1, Change: ChangeRemoved,
					Diff: compareOne("-", o.text), MergedInto: a.holder(o, news),
				})
			}
		}
	}
	removed()
	for j, n := range news {
		i := a.toOld[j]
		if i < 0 {
			segs = append(segs, Segment{
				To: n.label, FromPos: -1, ToPos: j, Change: ChangeAdded,
				Diff: compareOne("+", n.text), SplitFrom: a.holder(n, olds),
			})
			continue
		}
		o := olds[i]
		change := ChangeChanged
		if o.words == n.words {
			change = ChangeSame
		}
		segs = append(segs, Segment{
			From: o.label, To: n.label, FromPos: i, ToPos: j, Change: change,
			Moved: !kept[i] || !alignSameNumber(o, n), Diff: comparePair(o, n),
		})
		if kept[i] {
			next = i + 1
			removed()
		}
	}
	return segs
}

// compareOne is the difference of a segment that stands in one text only.
func compareOne(kind, text string) []Op {
	return []Op{{kind, text}}
}
