package office

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"gongkai/internal/access"
	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/ground"
	"gongkai/internal/release"
	"gongkai/internal/workday"
)

// negativeView is the negative list of the organs in reach.
type negativeView struct {
	frame
	Rows   []negativeRow
	Edit   bool
	Form   form
	Import form
}

type negativeRow struct {
	release.Listed
	Organ  string
	Ground string
	Scope  string
	Over   bool // its last day has passed
	Mine   bool // may be ended
}

const (
	maxSheet = 5 << 20
	ownOnly  = "本机构"
	allBelow = "本机构及下级"
)

var negativeHead = []any{"机构代码", "事项", "法律依据", "理由", "关键词", "适用范围", "生效日期", "截止日期", "出处"}

func negativePage(o *Office, c *call) (*answer, error) { return o.negative(c, http.StatusOK, nil, nil) }

// negative shows the list; a wrong form comes back as it was sent.
func (o *Office) negative(c *call, status int, wrong, badSheet error) (*answer, error) {
	d := &negativeView{frame: o.frame(c, textNegative, document.Crumb{Name: textDrafts, Href: "/office/releases"})}
	var err error
	if d.Rows, err = o.negativeRows(c); err != nil {
		return nil, err
	}
	if d.Edit, _ = access.Can(c.who.Actor, access.ReviewAttribute, access.Thing{}); !d.Edit {
		return o.page(c, "negative", status, d)
	}
	organs, err := o.organOptions(c, access.ReviewAttribute, textChoose)
	if err != nil {
		return nil, err
	}
	grounds := []option{{Name: textChoose}}
	for _, g := range ground.All {
		grounds = append(grounds, option{Value: g.Code, Name: g.Name + "（" + g.Law + "）"})
	}
	d.Form = form{ID: "negative", Action: "/office/negative-list", Token: d.Token, Submit: "加入清单", Fields: []field{
		{Name: "organ", Label: "机构", Kind: "select", Options: organs, Required: true},
		{Name: "matter", Label: "事项", Kind: "text", Max: 200, Required: true, Hint: "例如：人事任免讨论记录。"},
		{Name: "ground", Label: "法律依据", Kind: "select", Options: grounds, Required: true},
		{Name: "reason", Label: "理由", Kind: "area", Max: 1000, Required: true, Hint: "起草人选这一条时填入审签单，可以再改。"},
		{Name: "keywords", Label: "关键词", Kind: "text", Max: 200, Hint: "用顿号隔开。文稿里出现时提示起草人，不自动判断。"},
		{Name: "scope", Label: "适用范围", Kind: "select", Options: []option{{Value: allBelow, Name: allBelow}, {Value: ownOnly, Name: ownOnly}}},
		{Name: "from", Label: "生效日期", Kind: "date", Required: true},
		{Name: "until", Label: "截止日期", Kind: "date", Hint: "不填就一直适用，直到有人结束它。"},
		{Name: "source", Label: "出处", Kind: "text", Max: 200, Required: true, Hint: "哪份文件或者哪次会议确定的。"}}}
	d.Import = form{ID: "negative-import", Action: "/office/negative-list/import", Token: d.Token, Submit: "导入", Upload: true, Second: true, Fields: []field{
		{Name: "file", Label: "文件", Kind: "file", Required: true, Hint: "和导出的表同样的列，一行一条。有一行不对就都不保存，并说明是哪一行。"}}}
	if wrong != nil {
		d.Form.fill(c.r)
		d.Form.blame(wrong)
	}
	if badSheet != nil {
		d.Import.blame(badSheet)
	}
	return o.page(c, "negative", status, d)
}

// negativeRows are the entries of every organ in the reader's reach and of
// those above, which hold for it.
func (o *Office) negativeRows(c *call) ([]negativeRow, error) {
	tree, err := o.access.Tree(c.ctx())
	if err != nil {
		return nil, err
	}
	held := access.Holds(c.who.Actor, access.ReadDraft)
	ids, editable := tree.Below(held...), tree.Below(access.Holds(c.who.Actor, access.ReviewAttribute)...)
	for _, id := range held {
		for _, above := range tree.Above(id) {
			if !slices.Contains(ids, above) {
				ids = append(ids, above)
			}
		}
	}
	list, err := o.deps.Releases.ListedOf(c.ctx(), ids)
	if err != nil {
		return nil, err
	}
	organs, err := o.organNames(c.ctx())
	if err != nil {
		return nil, err
	}
	var out []negativeRow
	for _, e := range list {
		g, _ := ground.Named(e.Ground)
		row := negativeRow{Listed: e, Organ: organs.name(e.Organ), Ground: g.Name, Scope: allBelow, Over: !e.Until.IsZero() && e.Until.Before(o.access.Today()), Mine: slices.Contains(editable, e.Organ)}
		if e.OwnOnly {
			row.Scope = ownOnly
		}
		out = append(out, row)
	}
	return out, nil
}

func addNegative(o *Office, c *call) (*answer, error) {
	e := release.Listed{Matter: value(c.r, "matter"), Ground: value(c.r, "ground"), Reason: value(c.r, "reason"), Keywords: value(c.r, "keywords"),
		OwnOnly: value(c.r, "scope") == ownOnly, Source: value(c.r, "source")}
	var err error
	e.Organ, err = o.exceptionOrgan(c)
	if err == nil {
		e.From, err = dayValue(c.r, "from", "生效日期")
	}
	if err == nil {
		e.Until, err = dayValue(c.r, "until", "截止日期")
	}
	if err == nil {
		err = o.deps.Releases.AddListed(c.ctx(), c.who.Actor, e)
	}
	if err != nil {
		if !mendable(err) {
			return nil, err
		}
		return o.negative(c, statusFor(err), err, nil)
	}
	return told(c, "/office/negative-list", fmt.Sprintf(textListed, e.Matter)), nil
}

func endNegative(o *Office, c *call) (*answer, error) {
	id, err := pathNumber(c.r, "entry")
	if err != nil {
		return nil, err
	}
	e, err := o.deps.Releases.ListedEntry(c.ctx(), id)
	if err != nil {
		return nil, err
	}
	if err := o.may(c, access.ReviewAttribute, e.Organ); err != nil {
		return nil, err
	}
	return told(c, "/office/negative-list", fmt.Sprintf(textUnlisted, e.Matter)), o.deps.Releases.EndListed(c.ctx(), c.who.Actor, id)
}

// negativeSheet is the list as Excel, in the columns that the import reads.
func negativeSheet(o *Office, c *call) (*answer, error) {
	rows, err := o.negativeRows(c)
	if err != nil {
		return nil, err
	}
	organs, err := o.organNames(c.ctx())
	if err != nil {
		return nil, err
	}
	lines := [][]any{negativeHead}
	for _, r := range rows {
		lines = append(lines, []any{organs.byID[r.Listed.Organ].Code, r.Matter, r.Ground, r.Reason, r.Keywords, r.Scope, r.From.String(), r.Until.String(), r.Source})
	}
	return excelAnswer(textNegative+".xlsx", func(b *bytes.Buffer) error { return writeLines(b, textNegative, 22, lines) })
}

// importNegative reads a table of entries: all of it or nothing.
func importNegative(o *Office, c *call) (*answer, error) {
	list, err := o.readNegative(c)
	if err == nil {
		err = o.deps.Releases.ImportListed(c.ctx(), c.who.Actor, list)
	}
	if err != nil {
		if !mendable(err) {
			return nil, err
		}
		return o.negative(c, statusFor(err), nil, err)
	}
	return told(c, "/office/negative-list", fmt.Sprintf(textListedMany, len(list))), nil
}

func (o *Office) readNegative(c *call) (out []release.Listed, err error) {
	const op = "office.readNegative"
	file, _, err := c.r.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return nil, fault.Field(op, "文件", textNoFile)
	}
	if err != nil {
		return nil, &fault.Error{Kind: fault.Invalid, Op: op, Field: "文件", Text: textBadForm, Err: err}
	}
	x, err := excelize.OpenReader(file, excelize.Options{UnzipSizeLimit: maxSheet * 10, UnzipXMLSizeLimit: maxSheet * 4})
	if err = errors.Join(err, file.Close()); err != nil {
		return nil, fault.Field(op, "文件", textNotSheet)
	}
	defer func() { err = errors.Join(err, x.Close()) }()
	rows, err := x.GetRows(x.GetSheetName(0))
	if err != nil || len(rows) == 0 {
		return nil, fault.Field(op, "文件", textNotSheet)
	}
	for i, want := range negativeHead {
		if i >= len(rows[0]) || strings.TrimSpace(rows[0][i]) != want {
			return nil, fault.Field(op, "文件", textSheetHead, i+1, want)
		}
	}
	organs, err := o.organNames(c.ctx())
	if err != nil {
		return nil, err
	}
	for i, row := range rows[1:] {
		if strings.TrimSpace(strings.Join(row, "")) == "" {
			continue
		}
		e, err := o.negativeLine(c, append(row, make([]string, len(negativeHead))...), organs)
		if err != nil {
			if !mendable(err) && fault.KindOf(err) != fault.NotFound {
				return nil, err
			}
			return nil, fault.Field(op, "文件", "第 %d 行%s全部没有保存。", i+2, fault.Text(err))
		}
		out = append(out, e)
	}
	return out, nil
}

func (o *Office) negativeLine(c *call, row []string, organs *organNames) (e release.Listed, err error) {
	for i := range row {
		row[i] = strings.TrimSpace(row[i])
	}
	id, ok := organs.byCode[row[0]]
	if !ok {
		return e, fault.Field("office.negativeLine", "机构代码", "“机构代码”：没有代码为“%s”的机构。", shorten(row[0], 40))
	}
	if err := o.may(c, access.ReviewAttribute, id); err != nil {
		return e, err
	}
	e = release.Listed{Organ: id, Matter: row[1], Ground: row[2], Reason: row[3], Keywords: row[4], OwnOnly: row[5] == ownOnly, Source: row[8]}
	for _, g := range ground.All {
		if row[2] == g.Name {
			e.Ground = g.Code
		}
	}
	for _, x := range []struct {
		to   *workday.Date
		cell int
	}{{&e.From, 6}, {&e.Until, 7}} {
		if row[x.cell] == "" {
			continue
		}
		d, ok := workday.ParseDate(row[x.cell])
		if !ok {
			return e, fault.Field("office.negativeLine", fmt.Sprint(negativeHead[x.cell]), "“%s”写的是“%s”，请写成 2026-11-20。", negativeHead[x.cell], shorten(row[x.cell], 20))
		}
		*x.to = d
	}
	return e, nil
}

// negativeRoutes are the addresses of the negative list.
func negativeRoutes() []route {
	post := func(pattern, page string, h handler) route {
		return route{method: http.MethodPost, pattern: pattern, page: page, act: access.ReviewAttribute, handler: h}
	}
	sheet := post("/office/negative-list/import", "导入负面清单", importNegative)
	sheet.upload, sheet.limit = true, maxSheet
	return []route{
		{method: http.MethodGet, pattern: "/office/negative-list", page: textNegative, act: access.ReadDraft, handler: negativePage},
		{method: http.MethodGet, pattern: "/office/negative-list.xlsx", page: "导出负面清单", act: access.ReadDraft, handler: negativeSheet},
		post("/office/negative-list", "加入负面清单", addNegative),
		sheet,
		post("/office/negative-list/{entry}/end", "结束负面清单条目", endNegative),
	}
}
