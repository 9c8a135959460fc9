package portal

import (
	"net/http"
	"strconv"
	"strings"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/officialdoc"
	"gongkai/internal/web/ui"
)

// comparePage sets two texts of a work side by side.
type comparePage struct {
	ui.Page
	Work      int64
	Single    bool // there is only one text
	From, To  comparedEdition
	Choices   []compareChoice
	Swap      string
	Counts    officialdoc.Counts
	Groups    []jumpGroup
	Segments  []segment
	Same      bool // nothing differs in the text
	Header    []document.FieldChange
	Files     []document.FileChange
	FileWords map[string]string
	Only      bool
}

// comparedEdition heads a column.
type comparedEdition struct {
	Label int
	Words string
	Href  string
}

type compareChoice struct {
	Label    int
	Words    string
	From, To bool
}

// jumpGroup is one item of the summary and the places it counts.
type jumpGroup struct {
	Name  string
	Class string
	Count int
	Jumps []jump
	Open  bool // few enough to be shown at once
}

// fewJumps is how many places a summary shows without being asked.
const fewJumps = 24

type jump struct{ Label, ID string }

// segment is one row of the comparison.
type segment struct {
	ID       string
	From, To string
	Change   string
	Moved    bool
	Note     string
	Same     string           // the words when nothing changed
	Old, New []officialdoc.Op // for two columns
	Merged   []officialdoc.Op // for one column
}

func (p *Portal) compare(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.compare %s", r.PathValue("id"))
	id, err := workID(r)
	if err != nil {
		return err
	}
	from, err := queryNumber(r, "from", "旧文本")
	if err != nil {
		return err
	}
	to, err := queryNumber(r, "to", "新文本")
	if err != nil {
		return err
	}
	v, err := p.deps.Library.View(r.Context(), id, document.At{})
	if err != nil {
		return err
	}
	d := &comparePage{Page: p.base(r, viewTitle(v)), Work: id, FileWords: fileChangeWords, Only: r.URL.Query().Get("only") == "1"}
	d.Wide = true
	if err := p.placeWork(r.Context(), &d.Page, v); err != nil {
		return err
	}
	d.Crumbs = under(d.Crumbs, id, textCompare)
	d.Title = textCompare + "：" + viewTitle(v)
	if len(v.Editions) < 2 && (from == 0 || to == 0 || from == to) {
		d.Single = true
		return p.render(w, r, "compare", d)
	}
	from, to = choosePair(v, from, to)
	c, err := p.deps.Library.Compare(r.Context(), id, from, to)
	if err != nil {
		return err
	}
	d.fill(c)
	return p.render(w, r, "compare", d)
}

// choosePair fills in what the address leaves open: the text in force today
// against the one before it.
func choosePair(v *document.View, from, to int) (int, int) {
	place := func(label int) int {
		for i := range v.Editions {
			if v.Editions[i].Label == label {
				return i
			}
		}
		return -1
	}
	last := len(v.Editions) - 1
	current := last
	if v.Edition != nil {
		current = max(place(v.Edition.Label), 0)
	}
	switch {
	case from == 0 && to == 0:
		if current == 0 {
			current = 1
		}
		return v.Editions[current-1].Label, v.Editions[current].Label
	case from == 0 || from == to:
		i := place(to)
		switch {
		case i > 0:
			return v.Editions[i-1].Label, to
		case i == 0:
			return to, v.Editions[1].Label
		}
		return to, to // not of this work: the library says so
	case to == 0:
		i := place(from)
		if i >= 0 && i < current {
			return from, v.Editions[current].Label
		}
		if i > 0 {
			return v.Editions[i-1].Label, from
		}
		return from, v.Editions[last].Label
	}
	return from, to
}

func (d *comparePage) fill(c *document.Comparison) {
	column := func(e *document.Edition) comparedEdition {
		return comparedEdition{e.Label, editionDate(e), workPath(d.Work) + "?edition=" + strconv.Itoa(e.Label)}
	}
	d.From, d.To = column(&c.From), column(&c.To)
	for i := range c.All {
		e := &c.All[i]
		d.Choices = append(d.Choices, compareChoice{e.Label, editionDate(e), e.Label == c.From.Label, e.Label == c.To.Label})
	}
	d.Swap = workPath(d.Work) + "/compare?from=" + strconv.Itoa(c.To.Label) + "&to=" + strconv.Itoa(c.From.Label)
	d.Counts, d.Header, d.Files = c.Counts, c.Header, c.Files
	d.Same = c.Counts.Changed+c.Counts.Added+c.Counts.Removed+c.Counts.Moved == 0
	groups := []jumpGroup{
		{Name: "修改", Class: "jump-changed", Count: c.Counts.Changed}, {Name: "新增", Class: "jump-added", Count: c.Counts.Added},
		{Name: "删除", Class: "jump-removed", Count: c.Counts.Removed}, {Name: "移动", Class: "jump-moved", Count: c.Counts.Moved},
	}
	for i, s := range c.Segments {
		row := rowOf(s, i)
		d.Segments = append(d.Segments, row)
		j := jump{Label: jumpLabel(s), ID: row.ID}
		switch s.Change {
		case officialdoc.ChangeChanged:
			groups[0].Jumps = append(groups[0].Jumps, j)
		case officialdoc.ChangeAdded:
			groups[1].Jumps = append(groups[1].Jumps, j)
		case officialdoc.ChangeRemoved:
			groups[2].Jumps = append(groups[2].Jumps, j)
		}
		if s.Moved {
			groups[3].Jumps = append(groups[3].Jumps, j)
		}
	}
	for _, g := range groups {
		if g.Count > 0 {
			g.Open = len(g.Jumps) <= fewJumps
			d.Groups = append(d.Groups, g)
		}
	}
}

func editionDate(e *document.Edition) string {
	switch {
	case !e.From.IsZero():
		return e.From.Chinese() + "起"
	case !e.PublishedOn.IsZero():
		return e.PublishedOn.Chinese() + "公布"
	}
	return "日期不详"
}

// rowOf makes the row of a segment: one cell for the same words, else old and
// new for wide screens and both merged for narrow ones.
func rowOf(s officialdoc.Segment, i int) segment {
	row := segment{ID: "s" + strconv.Itoa(i), From: s.From, To: s.To, Change: string(s.Change), Moved: s.Moved}
	if s.Moved && s.From != s.To && s.From != "" && s.To != "" {
		row.Note = s.From + " 改为 " + s.To
	} else if s.Moved {
		row.Note = "位置有移动"
	}
	if s.SplitFrom != "" {
		row.Note = "由原" + s.SplitFrom + "分出"
	}
	if s.MergedInto != "" {
		row.Note = "并入" + s.MergedInto
	}
	if s.Change == officialdoc.ChangeSame {
		var b strings.Builder
		for _, op := range s.Diff {
			if op.Kind != "-" {
				b.WriteString(op.Text)
			}
		}
		row.Same = strings.TrimSpace(strings.TrimLeft(b.String(), "# \n"))
		return row
	}
	for _, op := range shown(s.Diff) {
		if op.Kind != "+" {
			row.Old = append(row.Old, op)
		}
		if op.Kind != "-" {
			row.New = append(row.New, op)
		}
	}
	row.Merged = shown(s.Diff)
	return row
}

// shown is a difference without the heading marks of the source and without
// blank lines at its end.
func shown(ops []officialdoc.Op) []officialdoc.Op {
	out := make([]officialdoc.Op, 0, len(ops))
	for i, op := range ops {
		if i == 0 || strings.HasPrefix(op.Text, "#") {
			op.Text = strings.TrimLeft(op.Text, "# ")
		}
		if i == len(ops)-1 {
			op.Text = strings.TrimRight(op.Text, "\n")
		}
		if op.Text != "" {
			out = append(out, op)
		}
	}
	return out
}

func jumpLabel(s officialdoc.Segment) string {
	switch {
	case s.To != "" && s.From != "" && s.From != s.To:
		return s.From + "→" + s.To
	case s.To != "":
		return s.To
	case s.From != "":
		return s.From
	case s.FromPos == 0 || s.ToPos == 0:
		return "开头部分"
	}
	return "没有编号的部分"
}
