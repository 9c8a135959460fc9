package portal

import (
	"net/http"

	"gongkai/internal/document"
	"gongkai/internal/officialdoc"
	"gongkai/internal/web/ui"
	"gongkai/internal/workday"
)

// styleGuidePage shows every component with invented words.
type styleGuidePage struct {
	ui.Page
	Colours []string
	States  []ui.State
	Cards   []ui.Card
	Empty   ui.Empty
	Pager   ui.Pager
	Facts   []factRow
	Old     []officialdoc.Op
}

func (p *Portal) styleGuide(w http.ResponseWriter, r *http.Request) error {
	d := &styleGuidePage{Page: p.base(r, textStyleGuide)}
	d.NoIndex = true
	d.Crumbs = crumbs(document.Crumb{Name: textStyleGuide})
	d.Colours = []string{"ink", "ink-soft", "paper", "panel", "line", "accent", "accent-soft", "red", "green", "amber"}
	for _, v := range []document.Validity{document.InForce, document.NotYetInForce, document.PartlyRepealed, document.Repealed, document.Expired} {
		d.States = append(d.States, ui.NewState(v, false))
	}
	d.States = append(d.States, ui.NewState(document.Repealed, true))
	d.Cards = []ui.Card{{Href: "/styleguide", Card: document.Card{
		Title: "关于样例的通知", DocNo: "样办字〔2025〕1号", OrganName: "样例机关", Validity: document.InForce,
		Date: workday.Date{Year: 2025, Month: 5, Day: 28}, Editions: 2, Summary: "一行话说明这是什么。",
	}}}
	d.Empty = ui.Empty{Title: "这里还没有内容", Lines: []string{"说明这里该有什么，怎样才会有。"}, Ways: []ui.Way{{Name: "去别处看看", Href: "/"}}}
	d.Pager = ui.Pager{First: "/styleguide", Next: "/styleguide"}
	state := d.States[0]
	d.Facts = []factRow{words("标题", "关于样例的通知"), words("索引号", ""), {Name: "有效性", State: &state}}
	d.Old = []officialdoc.Op{{Kind: "=", Text: "应当在"}, {Kind: "-", Text: "三十日"}, {Kind: "+", Text: "二十个工作日"}, {Kind: "=", Text: "内答复。"}}
	return p.render(w, r, "styleguide", d)
}
