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
	"gongkai/internal/web/ui"
)

var worksCrumb = document.Crumb{Name: textWorks, Href: "/office/works"}

// maxCorrect bounds the form that carries a whole text, percent-encoded.
const maxCorrect = 26 << 20

// worksView finds a published document to correct.
type worksView struct {
	frame
	Query string
	Cards []document.Card
	Total int
}

func worksPage(o *Office, c *call) (*answer, error) {
	q := shorten(queryValue(c.r, "q"), 200)
	if _, err := strconv.ParseInt(q, 10, 64); err == nil {
		return redirect("/office/works/" + q), nil
	}
	list, err := o.deps.Library.List(c.ctx(), document.Filter{Query: q, Limit: 50, CardsOnly: true})
	if err != nil {
		return nil, err
	}
	return o.page(c, "desk_works", http.StatusOK, &worksView{o.frame(c, textWorks), q, list.Cards, list.Total})
}

// workView is a published document with all that may be recorded about it.
type workView struct {
	frame
	View    *document.View
	Edition *document.Edition
	Values  []valueLine
	Claims  []claimLine
	Correct *form
	Clash   *document.Overtaken
	Facts   []factLine
	Fact    form
	Links   []linkLine
	Relate  form
	Merge   form
}

// valueLine is one field of an edition and where to correct it.
type valueLine struct {
	Label, Value, Href string
	Cut                bool
}

// claimLine is what the source says against a record, and where to decide.
type claimLine struct{ Label, Now, Source, At, Href string }

type factLine struct {
	document.Fact
	Name string
	Gone bool // a later one stands for it
}

// linkLine is a link that a person set, with the form that takes it away.
type linkLine struct {
	document.Relation
	Form form
}

func workPath(id int64) string { return fmt.Sprintf("/office/works/%d", id) }

func workPage(o *Office, c *call) (*answer, error) { return o.showWork(c, http.StatusOK, nil) }

// showWork renders the page; change puts back what a form sent and what is
// wrong with it.
func (o *Office) showWork(c *call, status int, change func(d *workView)) (*answer, error) {
	id, err := pathNumber(c.r, "id")
	if err != nil {
		return nil, err
	}
	v, err := o.workInReach(c, access.CorrectRecord, id)
	var moved *document.Moved
	if errors.As(err, &moved) {
		return redirect(workPath(moved.To)), nil
	}
	if err != nil {
		return nil, err
	}
	if n, err := strconv.Atoi(firstOf(queryValue(c.r, "edition"), value(c.r, "edition"))); err == nil && n > 0 {
		if v, err = o.deps.Library.View(c.ctx(), id, document.At{Edition: n}); err != nil {
			return nil, err
		}
	}
	if v.Edition == nil {
		return nil, fault.New(fault.NotFound, "office.showWork", textNotFound)
	}
	d := &workView{frame: o.frame(c, v.Edition.Title, worksCrumb), View: v, Edition: v.Edition}
	values, err := o.deps.Library.CorrectionValues(c.ctx(), id, v.Edition.Label)
	if err != nil {
		return nil, err
	}
	wanted := firstOf(queryValue(c.r, "field"), value(c.r, "field"))
	for _, f := range document.CorrectionFields {
		line := valueLine{Label: f.Label, Value: shorten(strings.ReplaceAll(values[f.Name], "\n", " "), 120), Href: fmt.Sprintf("%s?edition=%d&field=%s#form-correct", workPath(id), v.Edition.Label, f.Name)}
		d.Values = append(d.Values, line)
		if f.Name == wanted {
			d.Correct = correctForm(c, id, v.Edition.Label, f, values[f.Name])
		}
	}
	if err := o.claimsOf(c, d, id, values); err != nil {
		return nil, err
	}
	d.factsOf(c, id)
	links, err := o.deps.Library.ManualRelations(c.ctx(), id, v.Edition.Label)
	if err != nil {
		return nil, err
	}
	d.linksOf(c, id, links)
	d.Merge = form{ID: "merge", Action: workPath(id) + "/merge", Token: c.form, Submit: "并入本文件", Danger: true, Hidden: []option{{Name: "once", Value: onceToken()}}, Fields: []field{
		{Name: "drop", Label: "重复的那份文件", Kind: "text", Numeric: true, Required: true, Max: 12, Hint: "填公开编号。它的文本会作为新的版本并到这里，它的网址转到这里；文字完全相同的版本不重复保存。"},
		{Name: "reason", Label: "合并理由", Kind: "text", Required: true, Max: 500},
	}}
	if change != nil {
		change(d)
	}
	return o.page(c, "desk_work", status, d)
}

// claimsOf lists where the source now says something else than a correction.
func (o *Office) claimsOf(c *call, d *workView, id int64, values map[string]string) error {
	claims, err := o.deps.Library.SourceClaims(c.ctx(), id, d.Edition.Label)
	if err != nil {
		return err
	}
	one := func(v string) string { return shorten(strings.ReplaceAll(v, "\n", " "), 120) }
	for _, x := range claims {
		d.Claims = append(d.Claims, claimLine{x.Label, one(values[x.Field]), one(x.Value), ui.Minute(x.At),
			fmt.Sprintf("%s?edition=%d&field=%s#form-correct", workPath(id), d.Edition.Label, x.Field)})
	}
	return nil
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func correctForm(c *call, id int64, label int, f document.SheetField, now string) *form {
	x := field{Name: "value", Label: f.Label, Kind: "text", Value: now, Max: 4000}
	switch {
	case f.Day:
		x.Kind, x.Max = "date", 0
	case f.Name == "text":
		x.Kind, x.Max, x.Hint = "area", 0, "只改排印、录入的错字。法律内容的修改要作为新版本公布，不能在这里改。"
	case f.List || f.Name == "title":
		x.Kind = "area"
		if f.List {
			x.Hint = "一行一个。"
		}
		if f.Name == "columns" {
			x.Hint = "栏目代码，一行一个。"
		}
	}
	return &form{ID: "correct", Action: workPath(id) + "/correct", Token: c.form, Submit: "登记更正",
		Hidden: []option{{Name: "field", Value: f.Name}, {Name: "edition", Value: strconv.Itoa(label)}, {Name: "was", Value: document.Fingerprint(now)}, {Name: "once", Value: onceToken()}},
		Fields: []field{x, {Name: "reason", Label: "理由和依据", Kind: "text", Required: true, Max: 500, Hint: "会和更正前后的内容一起公开。"}}}
}

func (d *workView) factsOf(c *call, id int64) {
	gone := map[int64]bool{}
	for _, f := range d.View.Facts {
		gone[f.Supersedes] = true
	}
	earlier := []option{{Name: "（不是更正）"}}
	for _, f := range d.View.Facts {
		line := factLine{Fact: f, Name: document.FactName(f.Kind), Gone: gone[f.ID]}
		d.Facts = append(d.Facts, line)
		if !line.Gone && line.Name != document.FactName("retracted") {
			earlier = append(earlier, option{Value: strconv.FormatInt(f.ID, 10), Name: fmt.Sprintf("%s %s %s", line.Name, f.ValidOn.Chinese(), shorten(f.Authority, 40))})
		}
	}
	kinds := []option{{Name: textChoose}}
	for _, k := range document.DeskFactKinds {
		kinds = append(kinds, option{Value: string(k.Kind), Name: k.Name})
	}
	d.Fact = form{ID: "fact", Action: workPath(id) + "/fact", Token: c.form, Submit: textRegister, Second: true, Hidden: []option{{Name: "once", Value: onceToken()}}, Fields: []field{
		{Name: "kind", Label: "效力变化", Kind: "select", Options: kinds, Required: true},
		{Name: "on", Label: "生效日期", Kind: "date", Hint: "日期不详可以不填。"},
		{Name: "by", Label: "依据文件", Kind: "text", Numeric: true, Max: 12, Hint: "在库里的，填公开编号。"},
		{Name: "authority", Label: "决定机关或文件", Kind: "text", Max: 200, Hint: "依据文件不在库里时填写。"},
		{Name: "provisions", Label: "条款", Kind: "text", Max: 400, Hint: "部分废止时填写，例如：第十二条、第十三条。"},
		{Name: "supersedes", Label: "更正哪一条登记", Kind: "select", Options: earlier},
		{Name: "reason", Label: "登记理由", Kind: "text", Required: true, Max: 500},
	}}
}

func (d *workView) linksOf(c *call, id int64, links []document.Relation) {
	label := option{Name: "edition", Value: strconv.Itoa(d.Edition.Label)}
	for _, r := range links {
		d.Links = append(d.Links, linkLine{r, form{ID: fmt.Sprintf("unrelate-%d", r.Work), Action: workPath(id) + "/relate", Token: c.form, Hidden: []option{label,
			{Name: "once", Value: onceToken()}, {Name: "kind", Value: string(r.Kind)}, {Name: "to", Value: strconv.FormatInt(r.Work, 10)}, {Name: "remove", Value: "1"}}}})
	}
	kinds := []option{{Name: textChoose}}
	for _, k := range document.RelationKinds {
		kinds = append(kinds, option{Value: string(k), Name: k.Chinese()})
	}
	d.Relate = form{ID: "relate", Action: workPath(id) + "/relate", Token: c.form, Submit: "增加关联", Second: true, Hidden: []option{label, {Name: "once", Value: onceToken()}}, Fields: []field{
		{Name: "kind", Label: "关系", Kind: "select", Options: kinds, Required: true},
		{Name: "to", Label: "对方文件", Kind: "text", Numeric: true, Required: true, Max: 12, Hint: "填公开编号，例如 12。"},
	}}
}

// number reads a public number of a form; 0 when the field is empty.
func number(r *http.Request, name, label string) (int64, error) {
	s := value(r, name)
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 {
		return 0, fault.Field("office.number", name, "“%s”要填公开编号，例如 12。", label)
	}
	return n, nil
}

// inForm runs an act on the work of the address; what can be mended comes back
// in the form.
func (o *Office) inForm(c *call, right access.Act, pick func(d *workView) *form, notice string, act func(work int64) error) (*answer, error) {
	id, err := pathNumber(c.r, "id")
	if err != nil {
		return nil, err
	}
	if _, err := o.workInReach(c, right, id); err != nil {
		return nil, err
	}
	if err = act(id); err == nil {
		return told(c, workPath(id)+"?edition="+value(c.r, "edition"), notice), nil
	}
	if !mendable(err) {
		return nil, err
	}
	return o.showWork(c, statusFor(err), func(d *workView) {
		f := pick(d)
		if f == nil {
			d.Notice = fault.Text(err)
			return
		}
		f.fill(c.r)
		i := slices.IndexFunc(f.Fields, func(x field) bool { return x.Name == fault.FieldOf(err) })
		if i < 0 {
			f.Error = fault.Text(err)
		} else {
			f.Fields[i].Error = fault.Text(err)
		}
		var late *document.Overtaken
		if errors.As(err, &late) {
			d.Clash = late
		}
	})
}

func correctWork(o *Office, c *call) (*answer, error) {
	no := 0
	a, err := o.inForm(c, access.CorrectRecord, func(d *workView) *form { return d.Correct }, "", func(work int64) (err error) {
		label, err := strconv.Atoi(value(c.r, "edition"))
		if err != nil {
			return fault.Field("office.correctWork", "edition", textBadNumber)
		}
		v := value(c.r, "value")
		if value(c.r, "field") == "text" {
			v = c.r.PostFormValue("value") // spaces and empty lines at its ends belong to a text
		}
		no, err = o.deps.Library.Correct(c.ctx(), document.Correction{Work: work, Label: label, Field: value(c.r, "field"), Value: v, Was: value(c.r, "was"),
			Reason: value(c.r, "reason"), Actor: c.who.Login, Token: value(c.r, "once")})
		return err
	})
	if no > 0 {
		c.visit.SetSecret("notice", fmt.Sprintf(textCorrected, no))
	}
	return a, err
}

func factWork(o *Office, c *call) (*answer, error) {
	return o.inForm(c, access.CorrectRecord, func(d *workView) *form { return &d.Fact }, textFactAdded, func(work int64) error {
		on, err := dayValue(c.r, "on", "生效日期")
		if err != nil {
			return fault.Field("office.factWork", "on", "%s", fault.Text(err))
		}
		by, err := number(c.r, "by", "依据文件")
		if err != nil {
			return err
		}
		earlier, err := number(c.r, "supersedes", "更正哪一条登记")
		if err != nil {
			return err
		}
		return o.deps.Library.AddFact(c.ctx(), document.FactEntry{Work: work, Kind: document.FactKind(value(c.r, "kind")), ValidOn: on, ByWork: by, Authority: value(c.r, "authority"),
			Reason: value(c.r, "reason"), Provisions: value(c.r, "provisions"), Supersedes: earlier, Actor: c.who.Login, Token: value(c.r, "once")})
	})
}

func relateWork(o *Office, c *call) (*answer, error) {
	remove := value(c.r, "remove") != ""
	notice := textRelated
	if remove {
		notice = textUnrelated
	}
	return o.inForm(c, access.MergeWorks, func(d *workView) *form { return &d.Relate }, notice, func(work int64) error {
		to, err := number(c.r, "to", "对方文件")
		if err != nil {
			return err
		}
		label, err := strconv.Atoi(value(c.r, "edition"))
		if err != nil {
			return fault.Field("office.relateWork", "edition", textBadNumber)
		}
		return o.deps.Library.Relate(c.ctx(), document.SetRelation{Work: work, Label: label, Kind: document.RelationKind(value(c.r, "kind")), To: to, Remove: remove,
			Actor: c.who.Login, Token: value(c.r, "once")})
	})
}

func mergeWork(o *Office, c *call) (*answer, error) {
	return o.inForm(c, access.MergeWorks, func(d *workView) *form { return &d.Merge }, fmt.Sprintf(textMergedWorks, atoi(value(c.r, "drop"))), func(work int64) error {
		drop, err := number(c.r, "drop", "重复的那份文件")
		if err != nil {
			return err
		}
		if drop != 0 {
			var moved *document.Moved
			if _, err := o.workInReach(c, access.MergeWorks, drop); errors.As(err, &moved) && moved.To != work {
				return fault.Field("office.mergeWork", "drop", "第 %d 号文件已经并入第 %d 号文件。", drop, moved.To)
			} else if err != nil && moved == nil {
				if fault.KindOf(err) == fault.NotFound || fault.KindOf(err) == fault.Gone {
					return fault.Field("office.mergeWork", "drop", "没有公开编号为 %d 的文件，或者它不在您的管理范围内。", drop)
				}
				return err
			}
		}
		_, err = o.deps.Library.MergeWorks(c.ctx(), document.Merge{Keep: work, Drop: drop, Reason: value(c.r, "reason"), Actor: c.who.Login, Token: value(c.r, "once")})
		return err
	})
}

func atoi(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0 // only a number of a notice that is then not shown
	}
	return n
}
