package office

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/officialdoc"
)

// shownRunes bounds the source beside the form; the rest is in the file.
const shownRunes = 30000

// piece is a stretch of the source; Field names the fact that was read there.
type piece struct {
	Text  string
	Field string
	Label string
	ID    string // of the first place of a fact
}

// deskField is one field of the form beside the source.
type deskField struct {
	document.SheetField
	Value   string
	Error   string
	Hint    string
	Place   string // id of the piece it was read from
	Options []option
}

// Rows is the height of a list's control.
func (f deskField) Rows() int { return max(2, strings.Count(f.Value, "\n")+1) }

// itemView is one file: what was read beside where it was read.
type itemView struct {
	frame
	Batch   *document.DeskBatch
	Item    *document.DeskItem
	Pieces  []piece
	Cut     int // runes of the source that are not shown
	Fields  []deskField
	Likes   []document.Likeness
	Saves   []document.DeskSave
	Claims  []document.SourceClaim // where the source of what it became says otherwise
	Wrong   string
	Version int
	Next    string
}

func itemPage(o *Office, c *call) (*answer, error) {
	b, it, err := o.deskItem(c, access.ImportDocuments)
	if err != nil {
		return nil, err
	}
	return o.showItem(c, b, it, it.Sheet, nil, http.StatusOK, "")
}

// markNames are the facts of the text under the field that holds them.
var markNames = map[string]string{"organ": "organs", "source": "", "body": ""}

func (o *Office) showItem(c *call, b *document.DeskBatch, it *document.DeskItem, sheet document.Sheet, faults document.SheetFaults, status int, wrong string) (*answer, error) {
	d := &itemView{frame: o.frame(c, it.Name, deskCrumb, document.Crumb{Name: batchTitle(b), Href: batchPath(b.ID)}), Batch: b, Item: it, Wrong: wrong, Version: it.Version}
	d.Pieces, d.Cut = pieces(it)
	var err error
	if d.Likes, err = o.deps.Library.DeskLikenesses(c.ctx(), it); err != nil {
		return nil, err
	}
	if d.Saves, err = o.deps.Library.DeskSaves(c.ctx(), it.ID); err != nil {
		return nil, err
	}
	if it.State == document.ItemReleased {
		if d.Claims, err = o.deps.Library.SourceClaims(c.ctx(), it.Work, it.Label); err != nil {
			return nil, err
		}
	}
	columns, err := o.deps.Library.Columns(c.ctx())
	if err != nil {
		return nil, err
	}
	for _, f := range document.SheetFields {
		x := deskField{SheetField: f, Value: sheet[f.Name], Error: faults.Of(f.Name)}
		for _, p := range d.Pieces {
			if p.Field == f.Name && p.ID != "" {
				x.Place = p.ID
			}
		}
		switch f.Name {
		case "doc_no":
			x.Hint = document.DocNoNote(x.Value)
		case "attribute":
			x.Options = chosen(append([]option{{Name: textNoAttribute}}, plainOptions(document.Attributes)...), x.Value)
		case "column":
			x.Options = chosen(append([]option{{Name: textDefaultPlace}}, columnOptions(columns, "")...), x.Value)
		case "work":
			x.Hint = "这是库里某份文件的新版本时，填那份文件的公开编号；是另一份文件就留空。"
		case "label":
			x.Hint = "可以留空，由系统排下一个。"
		case "organs", "recipients":
			x.Hint = "一行一个。"
		case "topics":
			x.Hint = "最多两级，一行一级，先大类。"
		case "relations":
			x.Hint = "每行一种关系和对方的公开编号，例如：依据 12。可用的关系：依据、修改、废止、部分废止、印发（转发）、解读、引用。"
		}
		d.Fields = append(d.Fields, x)
	}
	d.Next, err = o.nextOpen(c, b, it)
	if err != nil {
		return nil, err
	}
	return o.page(c, "desk_item", status, d)
}

func plainOptions(words []string) (out []option) {
	for _, w := range words {
		out = append(out, option{Value: w, Name: w})
	}
	return out
}

func columnOptions(list []document.Column, indent string) (out []option) {
	for _, c := range list {
		out = append(append(out, option{Value: c.Code, Name: indent + c.Name}), columnOptions(c.Children, indent+"　")...)
	}
	return out
}

func chosen(list []option, v string) []option {
	for i := range list {
		list[i].Chosen = list[i].Value == v
	}
	return list
}

// nextOpen leads to the next file that somebody must look at.
func (o *Office) nextOpen(c *call, b *document.DeskBatch, it *document.DeskItem) (string, error) {
	list, err := o.deps.Library.DeskItems(c.ctx(), b.ID, it.Position, document.DeskMaxFiles)
	if err != nil {
		return "", err
	}
	for _, x := range list {
		if x.Open() && !x.Checked {
			return itemPath(b.ID, x.ID), nil
		}
	}
	return "", nil
}

// pieces cuts the source at the places where facts were read.
func pieces(it *document.DeskItem) (out []piece, cut int) {
	runes := []rune(it.Source)
	if len(runes) > shownRunes {
		cut = len(runes) - shownRunes
		runes = runes[:shownRunes]
	}
	marks := slices.Clone(it.Facts.Marks)
	slices.SortFunc(marks, func(a, b officialdoc.Mark) int { return a.Start - b.Start })
	at, seen := 0, map[string]bool{}
	for _, m := range marks {
		name := m.Field
		if other, ok := markNames[name]; ok {
			name = other
		}
		if name == "" || m.Start < at || m.End > len(runes) || m.End <= m.Start {
			continue
		}
		if m.Start > at {
			out = append(out, piece{Text: string(runes[at:m.Start])})
		}
		p := piece{Text: string(runes[m.Start:m.End]), Field: name, Label: document.SheetLabel(name)}
		if p.Label == name {
			p.Label = "其他"
		}
		if !seen[name] {
			seen[name] = true
			p.ID = "place-" + name
		}
		out, at = append(out, p), m.End
	}
	return append(out, piece{Text: string(runes[at:])}), cut
}

// sheetSent reads the form beside the source.
func sheetSent(r *http.Request) document.Sheet {
	s := document.Sheet{}
	for _, f := range document.SheetFields {
		s[f.Name] = value(r, f.Name)
	}
	return s
}

// saveItem writes the corrected sheet; of two people who save one document the
// second sees both values of every field.
func saveItem(o *Office, c *call) (*answer, error) {
	b, it, err := o.deskItem(c, access.ImportDocuments)
	if err != nil {
		return nil, err
	}
	version, err := strconv.Atoi(value(c.r, "version"))
	if err != nil {
		return nil, fault.Field("office.saveItem", "version", textBadNumber)
	}
	sheet := sheetSent(c.r)
	saved, err := o.deps.Library.SaveDeskItem(c.ctx(), b.ID, it.ID, version, sheet, c.who.Login)
	var late *document.StaleSheet
	var faults document.SheetFaults
	switch {
	case errors.As(err, &late):
		return o.page(c, "desk_merge", http.StatusConflict, &mergeView{frame: o.frame(c, it.Name, deskCrumb, document.Crumb{Name: batchTitle(b), Href: batchPath(b.ID)}),
			Item: it, Action: itemPath(b.ID, it.ID), Stale: late, Kept: agreed(late)})
	case errors.As(err, &faults):
		it.Version = version
		return o.showItem(c, b, it, sheet, faults, http.StatusBadRequest, "")
	case err != nil && mendable(err):
		return o.showItem(c, b, it, sheet, nil, statusFor(err), fault.Text(err))
	case err != nil:
		return nil, err
	}
	return told(c, itemPath(b.ID, it.ID), fmt.Sprintf(textSaved, shorten(it.Name, 60), saved.Word())), nil
}

// mergeView shows two saves of one document side by side.
type mergeView struct {
	frame
	Item   *document.DeskItem
	Action string
	Stale  *document.StaleSheet
	Kept   []option // fields that both agree on
}

func agreed(s *document.StaleSheet) (out []option) {
	for _, f := range document.SheetFields {
		if !slices.ContainsFunc(s.Fields, func(m document.MergeField) bool { return m.Field.Name == f.Name }) {
			out = append(out, option{Value: s.Merged[f.Name], Name: f.Name})
		}
	}
	return out
}

func dropItem(o *Office, c *call) (*answer, error) {
	b, it, err := o.deskItem(c, access.ImportDocuments)
	if err != nil {
		return nil, err
	}
	if err := o.deps.Library.DropDeskItem(c.ctx(), b.ID, it.ID, c.who.Login); err != nil {
		if mendable(err) {
			return o.showItem(c, b, it, it.Sheet, nil, statusFor(err), fault.Text(err))
		}
		return nil, err
	}
	return told(c, batchPath(b.ID), textDropped), nil
}
