package request

import (
	"context"
	"fmt"
	"image"
	"slices"
	"strings"
	"time"

	"gongkai/internal/casework"
	"gongkai/internal/docfile"
	"gongkai/internal/filestore"
	"gongkai/internal/ground"
)

// The acts and notes of documents. Notes are written by what stands beside the
// table; the others are steps.
const (
	ActMaterial  casework.Action = "material"        // note: a document was added or taken off
	ActRedact    casework.Action = "redact"          // note: a version to be handed out was built
	ActChecked   casework.Action = "check_redaction" // another person looked at a redacted version
	ActLift      casework.Action = "lift_layer"      // a later decision lifts a layer
	ActGiveAgain casework.Action = "give_again"      // the changed versions are handed out
)

// MaterialDeps are what documents need from outside this room. Pages, Page and Text start
// programs of the machine; without Pages a PDF cannot be redacted, and Text
// says by ok whether there is a second reader of PDF.
type MaterialDeps struct {
	Store filestore.Store
	Pages docfile.PagePictures
	Page  func(ctx context.Context, pdf []byte, page int, dpi float64) (image.Image, error)
	Text  func(ctx context.Context, pdf []byte) (text string, ok bool, err error)
}

// KeepMaterials gives the room its store of documents. Call it before serving.
func (r *Room) KeepMaterials(d MaterialDeps) { r.papers = d }

// Choice is what is decided about a document or one of its pages.
type Choice string

// The choices. They stand in rows.
const (
	GiveAll  Choice = "give"
	KeepBack Choice = "withhold"
	GivePart Choice = "partly" // given with parts blackened (A-81, 条例第三十七条)
)

// Choices lists them with their names.
var Choices = []struct {
	Choice Choice
	Name   string
}{{GiveAll, "提供"}, {KeepBack, "不提供"}, {GivePart, "遮盖后提供"}}

// Name is the choice in Chinese.
func (c Choice) Name() string {
	for _, x := range Choices {
		if x.Choice == c {
			return x.Name
		}
	}
	return "未决定"
}

// PageSize is the size of a page in points; of a picture, in pixels.
type PageSize struct{ W, H float64 }

// Ruling is the decision about a page.
type Ruling struct {
	Choice Choice
	Layer  int64 // what a withheld page rests on
	Reason string
}

// Layer is what removals rest on: a legal ground by a decision. A lifted layer
// removes nothing any more.
type Layer struct {
	ID       int64
	No       int
	Ground   string // a code of ground.All
	Name     string // "" mostly; tells two layers of one ground apart
	LiftedOn string // the decision that lifted it, "" while it stands
	LiftedAt time.Time
}

// Title names a layer for people, with its article.
func (l Layer) Title() string {
	g, _ := ground.Named(l.Ground)
	s := fmt.Sprintf("第%d层 %s", l.No, GroundShort(g))
	if l.Name != "" {
		s += "（" + l.Name + "）"
	}
	return s
}

// GroundShort is a ground in a few words with its article.
func GroundShort(g ground.Ground) string {
	name, _, _ := strings.Cut(g.Name, "（")
	name, _, _ = strings.Cut(name, "，")
	return name + " · 条例" + g.Law
}

// Stands reports a layer that still removes.
func (l Layer) Stands() bool { return l.LiftedAt.IsZero() }

// The kinds of marks.
const (
	MarkBox   = "box"
	MarkWords = "words"
	MarkPass  = "pass" // a suggestion that somebody dismissed
)

// Mark is one thing to remove: a box on a page, or words wherever they stand.
// The words lie sealed, see Room.Words.
type Mark struct {
	ID         int64
	Layer      int64
	Kind       string
	Page       int
	X, Y, W, H float64 // points, of a picture pixels
	Reason     string
	Actor      string
	sealed     string
}

// Version is a file as it can be handed out.
type Version struct {
	ID        int64
	No        int
	Name      string // file name for the applicant
	MIME      string
	Size      int64
	Digest    string // SHA-256 of the plain bytes
	Redacted  bool
	Report    Report
	MadeBy    string
	MadeAt    time.Time
	CheckedBy string
	CheckedAt time.Time
	GivenAt   time.Time
	stand     string
	sealed    string
}

// Report says what building a version found; it holds no removed words.
type Report struct {
	Hidden  []string `json:"hidden,omitempty"`  // kinds of hidden data in the original
	Dropped []string `json:"dropped,omitempty"` // what was left out because it is not shown
	Unsure  []string `json:"unsure,omitempty"`  // what a person must look at
	Removed int      `json:"removed"`           // removals that were carried out
	Layers  []int64  `json:"layers,omitempty"`  // layers that stood
	Readers []string `json:"readers,omitempty"` // who looked for the removed words again
}

// Material is one collected document. Its number stands for it wherever its
// name could tell of a person.
type Material struct {
	ID       int64
	No       int
	Item     int // which matter of the request it answers, from 1; 0 for all
	Name     string
	Origin   string // where it comes from
	Work     int64  // of the public library; then there are no bytes
	Format   docfile.Format
	MIME     string
	Size     int64
	Digest   string
	Pages    []PageSize // nil where a document has no fixed pages
	Rulings  map[int]Ruling
	Marks    []Mark
	Versions []Version
	Actor    string
	At       time.Time
	sealed   string
	layers   []Layer // of the request
}

// Materials are all documents of a request with the layers of their removals.
type Materials struct {
	Files  []*Material
	Layers []Layer
}

// Find gives a document by its id, nil for none.
func (m *Materials) Find(id int64) *Material {
	for _, f := range m.Files {
		if f.ID == id {
			return f
		}
	}
	return nil
}

// Layer gives a layer by its id.
func (m *Materials) Layer(id int64) (Layer, bool) { return layerOf(m.Layers, id) }

func layerOf(list []Layer, id int64) (Layer, bool) {
	i := slices.IndexFunc(list, func(l Layer) bool { return l.ID == id })
	if i < 0 {
		return Layer{}, false
	}
	return list[i], true
}

func (f *Material) stands(layer int64) bool {
	l, ok := layerOf(f.layers, layer)
	return ok && l.Stands()
}

// Public reports a document that the library shows to everybody already.
func (f *Material) Public() bool { return f.Work != 0 }

// Ruled gives the decision on a page as it was made, its own before that of the
// whole document; false while there is none.
func (f *Material) Ruled(page int) (Ruling, bool) {
	if d, ok := f.Rulings[page]; ok {
		return d, true
	}
	d, ok := f.Rulings[0]
	return d, ok
}

// On is the decision on a page as it works now: what rests on a lifted layer is
// withheld no longer.
func (f *Material) On(page int) Choice {
	d, ok := f.Ruled(page)
	switch {
	case !ok:
		return ""
	case d.Choice == KeepBack && !f.stands(d.Layer):
		return GiveAll
	}
	return d.Choice
}

// numbers are the pages that a decision is needed on; 0 is the whole document.
func (f *Material) numbers() []int {
	if len(f.Pages) == 0 {
		return []int{0}
	}
	out := make([]int, len(f.Pages))
	for i := range out {
		out[i] = i + 1
	}
	return out
}

// Undecided lists the pages without a decision; 0 is the whole document.
func (f *Material) Undecided() (out []int) {
	if f.Public() {
		return nil
	}
	for _, n := range f.numbers() {
		if _, ok := f.Ruled(n); !ok {
			out = append(out, n)
		}
	}
	return out
}

// Goes reports a document of which something is handed out.
func (f *Material) Goes() bool {
	return !f.Public() && slices.ContainsFunc(f.numbers(), func(n int) bool { c := f.On(n); return c == GiveAll || c == GivePart })
}

// Current is the version built by the decisions as they stand; nil when there
// is none yet.
func (f *Material) Current() *Version {
	for i := len(f.Versions) - 1; i >= 0; i-- {
		if f.Versions[i].stand == f.stand() {
			return &f.Versions[i]
		}
	}
	return nil
}

// Given is the newest version that was handed out; nil for none.
func (f *Material) Given() *Version {
	for i := len(f.Versions) - 1; i >= 0; i-- {
		if !f.Versions[i].GivenAt.IsZero() {
			return &f.Versions[i]
		}
	}
	return nil
}

// Missing says in Chinese what a document still lacks before the decision is
// proposed, or, with sign, before it is signed; "" for nothing.
func (f *Material) Missing(sign bool) string {
	if pages := f.Undecided(); len(pages) > 0 {
		if pages[0] == 0 {
			return fmt.Sprintf("材料%d还没有决定是否提供", f.No)
		}
		return fmt.Sprintf("材料%d第%s页还没有决定是否提供", f.No, pageList(pages))
	}
	if !f.Goes() {
		return ""
	}
	v := f.Current()
	switch {
	case v == nil:
		return fmt.Sprintf("材料%d还没有按现在的决定生成提供件", f.No)
	case sign && v.Redacted && v.CheckedAt.IsZero():
		return fmt.Sprintf("材料%d的遮盖还没有由另一个人复核", f.No)
	}
	return ""
}

// Missing lists what the documents lack, see Material.Missing.
func (m *Materials) Missing(sign bool) (out []string) {
	for _, f := range m.Files {
		if s := f.Missing(sign); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// refuse is Missing as the reason why an act is not possible.
func (m *Materials) refuse(sign bool) string {
	if list := m.Missing(sign); len(list) > 0 {
		return strings.Join(list, "；") + "。请先在“材料”里办完。"
	}
	return ""
}

// Unchecked lists the documents whose current version waits for a second person.
func (m *Materials) Unchecked() (out []*Material) {
	for _, f := range m.Files {
		if v := f.Current(); f.Goes() && v != nil && v.Redacted && v.CheckedAt.IsZero() {
			out = append(out, f)
		}
	}
	return out
}

// Changed lists the documents whose version in the applicant's hands is no
// longer what the standing layers ask for, as after a layer was lifted.
func (m *Materials) Changed() (out []*Material) {
	for _, f := range m.Files {
		if g := f.Given(); f.Goes() && (g == nil || g.stand != f.stand()) {
			out = append(out, f)
		}
	}
	return out
}

// Attachments names the documents that go out with the answer, in their order,
// as its letter lists them (附件).
func (q *Request) Attachments() (out []string) {
	for _, f := range q.Material.Files {
		if f.Goes() {
			name := f.Name
			if f.redacted() {
				name += "（部分内容已遮盖）"
			}
			out = append(out, name)
		}
	}
	return out
}

// redacted reports a document of which something is kept back.
func (f *Material) redacted() bool {
	return len(f.standing()) > 0 || slices.ContainsFunc(f.numbers(), func(n int) bool { return f.On(n) == KeepBack })
}

// Served lists what was handed out, the newest version of each document.
func (q *Request) Served() (out []Version) {
	for _, f := range q.Material.Files {
		if v := f.Given(); v != nil {
			out = append(out, *v)
		}
	}
	return out
}

func pageList(pages []int) string {
	var parts []string
	for i, n := range pages {
		if i == 12 {
			return strings.Join(parts, "、") + "等" + fmt.Sprint(len(pages))
		}
		parts = append(parts, fmt.Sprint(n))
	}
	return strings.Join(parts, "、")
}

// Layer gives a layer of the request by its id.
func (f *Material) Layer(id int64) (Layer, bool) { return layerOf(f.layers, id) }
