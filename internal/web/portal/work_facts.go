package portal

import (
	"strings"

	"gongkai/internal/document"
	"gongkai/internal/web/ui"
	"gongkai/internal/workday"
)

// factRow is one line of a block of facts.
type factRow struct {
	Name  string
	Parts []factPart
	Copy  string    // value of the copy button, "" for none
	State *ui.State // shown as the mark instead of words
	Note  string
}

type factPart struct {
	Text string
	Href string
	Now  string // today's name of an organ that was renamed
}

func words(name, value string) factRow {
	return factRow{Name: name, Parts: []factPart{{Text: ui.Dash(value)}}}
}

// workFacts are the eight facts of Z25-0.1 in their order, then what else is
// known; unknown further facts are left out.
func workFacts(v *document.View, state ui.State) (facts, more []factRow) {
	e := v.Edition
	organs := factRow{Name: "发文机关"}
	for _, o := range e.Organs {
		organs.Parts = append(organs.Parts, factPart{Text: o.Name, Href: organHref(o.Code), Now: o.Now})
	}
	if len(organs.Parts) == 0 {
		organs = words("发文机关", "")
	}
	number := words("发文字号", e.DocNo)
	number.Copy = e.DocNo
	validity := factRow{Name: "有效性", State: &state}
	if v.ValidityNote != "" && v.ValidityNote != state.Word {
		validity.Note = v.ValidityNote
	}
	if e.Standing == document.StandingAmended {
		validity.Note = textAmended
	}
	topics := ui.Dash(strings.Join(e.Topics, "-"))
	facts = []factRow{
		words("标题", e.Title), organs, number, words("索引号", e.IndexNo),
		words("成文日期", e.AdoptedOn.Chinese()), words("发文日期", e.PublishedOn.Chinese()),
		{Name: "主题分类", Parts: []factPart{{Text: topics}}}, validity,
	}
	add := func(name, value string) {
		if value != "" {
			more = append(more, words(name, value))
		}
	}
	force := e.From.Chinese()
	if e.Basis != document.BasisGiven && !e.From.IsZero() {
		force += "（" + e.Basis.Chinese() + "）"
	}
	add("施行日期", force)
	addDay(&more, "失效日期", e.ExpiresOn)
	add("文种", e.Kind)
	add("公开属性", e.Attribute)
	add("登记号", e.RegistrationNo)
	add("领域", e.Category)
	add("地区", e.Region)
	add("主送", strings.Join(e.Recipients, "、"))
	if v.Owner != nil {
		more = append(more, factRow{Name: "责任单位", Parts: []factPart{{Text: v.Owner.Name, Href: organHref(v.Owner.Code), Now: v.Owner.Now}}})
	}
	add("简称", e.ShortTitle)
	return facts, more
}

func addDay(rows *[]factRow, name string, d workday.Date) {
	if !d.IsZero() {
		*rows = append(*rows, words(name, d.Chinese()))
	}
}

// bandWords are the short sentences beside the state.
func bandWords(v *document.View, today workday.Date) []string {
	e := v.Edition
	var out []string
	switch {
	case e.From.IsZero():
		out = append(out, "施行日期不详")
	case e.From.After(v.On):
		out = append(out, "将于"+e.From.Chinese()+"起施行")
	case e.Basis == document.BasisGiven:
		out = append(out, e.From.Chinese()+"起施行")
	default:
		out = append(out, e.From.Chinese()+"起施行（"+e.Basis.Chinese()+"）")
	}
	if e.Standing == document.StandingAmended && !e.Until.IsZero() {
		verb := "起被后来的文本取代"
		if e.Until.After(today) {
			verb = "起将由新的文本取代"
		}
		out = append(out, e.Until.Chinese()+verb)
	}
	return out
}

// endedOf is nil while the work counts.
func endedOf(v *document.View) *endedBand {
	b := &endedBand{By: v.EndedBy, Since: v.Since, Instead: v.ReplacedBy}
	switch v.Validity {
	case document.Repealed:
		b.Verb = "废止"
	case document.Expired:
		b.Verb = "失效"
	default:
		return nil
	}
	b.Dateless = v.Since.IsZero()
	return b
}

// deadNotes tells, for each provision repealed in part, by what and since when.
func deadNotes(v *document.View) map[string]string {
	notes := make(map[string]string, len(v.DeadPaths))
	for _, path := range v.DeadPaths {
		notes[path] = "这一部分已失效，不再适用。"
	}
	for _, f := range v.Facts {
		if f.Kind != document.FactRepealedPart {
			continue
		}
		for _, path := range f.Provisions {
			if _, dead := notes[path]; !dead {
				continue
			}
			note := "这一部分已失效"
			if !f.ValidOn.IsZero() {
				note = "这一部分自" + f.ValidOn.Chinese() + "起失效"
			}
			if f.Authority != "" {
				note += "，依据：" + f.Authority
			}
			notes[path] = note + "。"
		}
	}
	return notes
}

// citations are the works that the text names and the library holds.
func citations(v *document.View, variant ui.Variant) map[string]citation {
	out := map[string]citation{}
	for _, rel := range v.Relations {
		if rel.Work == 0 || rel.Work == v.Work || rel.Title == "" {
			continue
		}
		c := citation{href: variant.Link(workPath(rel.Work))}
		if ended(rel.Validity) {
			c.dead = ui.NewState(rel.Validity, rel.Dateless).Word
			c.dead = strings.NewReplacer("（", "，", "）", "").Replace("已" + c.dead)
		}
		out[citeKey(rel.Title)] = c
	}
	return out
}

func ended(v document.Validity) bool { return v == document.Repealed || v == document.Expired }
