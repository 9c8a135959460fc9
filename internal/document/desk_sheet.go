package document

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gongkai/internal/fault"
	"gongkai/internal/workday"
	"gongkai/internal/zh"
)

// Sheet is what a document will say of itself once it is released, each value
// as a form holds it: days as 2026-11-20, lists one entry a line.
type Sheet map[string]string

// SheetField is one field of a sheet.
type SheetField struct {
	Name  string // key of the sheet
	Label string // as pages call it
	Mark  string // name of the fact in officialdoc, "" when no text states it
	List  bool   // one entry a line
	Day   bool
}

// SheetFields lists the fields in the order of the page.
var SheetFields = []SheetField{
	{Name: "title", Label: "标题", Mark: "title"},
	{Name: "doc_no", Label: "发文字号", Mark: "doc_no"},
	{Name: "organs", Label: "发文机关", Mark: "organs", List: true},
	{Name: "adopted_on", Label: "成文日期", Mark: "adopted_on", Day: true},
	{Name: "published_on", Label: "发文日期", Mark: "published_on", Day: true},
	{Name: "effective_on", Label: "施行日期", Mark: "effective_on", Day: true},
	{Name: "expires_on", Label: "有效期至", Mark: "expires_on", Day: true},
	{Name: "attribute", Label: "公开属性", Mark: "attribute"},
	{Name: "index_no", Label: "索引号", Mark: "index_no"},
	{Name: "kind", Label: "文种", Mark: "kind"},
	{Name: "topics", Label: "主题分类", Mark: "topics", List: true},
	{Name: "recipients", Label: "主送机关", Mark: "recipients", List: true},
	{Name: "short_title", Label: "简称"},
	{Name: "column", Label: "栏目"},
	{Name: "work", Label: "所属文件"},
	{Name: "label", Label: "版本号"},
	{Name: "relations", Label: "关联文件", List: true},
}

// SheetLabel is the Chinese name of a field.
func SheetLabel(name string) string {
	for _, f := range SheetFields {
		if f.Name == name {
			return f.Label
		}
	}
	return name
}

// Attributes are the ways in which a document may be open (公开属性).
var Attributes = []string{"主动公开", "依申请公开", "不予公开"}

// DeskRelation is a link that a person adds.
type DeskRelation struct {
	Kind RelationKind
	Work int64
}

// RelationKinds are the links that people can set, with their words.
var RelationKinds = []RelationKind{RelBasedOn, RelAmends, RelRepeals, RelRepealsPart, RelForwards, RelInterpreted, RelCites}

// SheetFaults are all faults of a sheet, one a field.
type SheetFaults []*fault.Error

// Error joins the sentences.
func (f SheetFaults) Error() string {
	words := make([]string, len(f))
	for i, e := range f {
		words[i] = e.Text
	}
	return strings.Join(words, " ")
}

// Unwrap lets the kind be found.
func (f SheetFaults) Unwrap() error { return f[0] }

// Of is the sentence of a field, "" when it is right.
func (f SheetFaults) Of(name string) string {
	for _, e := range f {
		if e.Field == name {
			return e.Text
		}
	}
	return ""
}

// clean trims what was typed and leaves unknown fields out, so that equal
// values are equal strings.
func (s Sheet) clean() Sheet {
	out := Sheet{}
	for _, f := range SheetFields {
		v := strings.ReplaceAll(s[f.Name], "\r\n", "\n")
		if f.List {
			v = strings.Join(sheetLines(v), "\n")
		} else {
			v = strings.Join(strings.Fields(v), " ")
		}
		if v != "" {
			out[f.Name] = v
		}
	}
	if n, _, ok := zh.ParseDocNumber(out["doc_no"]); ok {
		out["doc_no"] = n.String()
	}
	if out["work"] == "0" {
		delete(out, "work")
	}
	return out
}

func sheetLines(v string) []string {
	var out []string
	for line := range strings.SplitSeq(v, "\n") {
		if line = strings.TrimSpace(line); line != "" && !slices.Contains(out, line) {
			out = append(out, line)
		}
	}
	return out
}

// DocNoNote says what is odd about a document number; "" when it is written as
// the standard wants it.
func DocNoNote(s string) string {
	if s == "" {
		return ""
	}
	n, notes, ok := zh.ParseDocNumber(s)
	if !ok {
		return "不像规范的发文字号（机关代字〔年份〕号数），请核对。"
	}
	if n.String() != s || len(notes) > 0 {
		return strings.Join(append(notes, "规范写法是“"+n.String()+"”。"), "；")
	}
	return ""
}

var relationLine = regexp.MustCompile(`^(\S+)\s+([0-9]{1,12})$`)

// relations reads the lines 依据 12.
func (s Sheet) relations() (out []DeskRelation, bad string) {
	for _, line := range sheetLines(s["relations"]) {
		m := relationLine.FindStringSubmatch(line)
		i := -1
		if m != nil {
			i = slices.IndexFunc(RelationKinds, func(k RelationKind) bool { return k.Chinese() == m[1] })
		}
		if i < 0 {
			return nil, line
		}
		n, err := strconv.ParseInt(m[2], 10, 64)
		if err != nil || n == 0 {
			return nil, line
		}
		out = append(out, DeskRelation{RelationKinds[i], n})
	}
	return out, ""
}

// check looks at every field and names all that are wrong.
func (s Sheet) check() SheetFaults {
	const op = "document.Sheet"
	var out SheetFaults
	bad := func(field, format string, args ...any) { out = append(out, fault.Field(op, field, format, args...)) }
	for _, f := range SheetFields {
		v := s[f.Name]
		switch {
		case !utf8.ValidString(v) || strings.ContainsRune(v, 0):
			bad(f.Name, "“%s”里有不能保存的字符，请重新填写。", f.Label)
		case utf8.RuneCountInString(v) > 4000:
			bad(f.Name, "“%s”太长，最多 4000 字。", f.Label)
		case f.Day && v != "":
			if d, ok := workday.ParseDate(v); !ok || d.Year < 1900 || d.Year > 2200 {
				bad(f.Name, "“%s”写的是“%s”，没有这一天。请写成 2026-11-20。", f.Label, clip(v, 20))
			}
		}
	}
	if n := utf8.RuneCountInString(s["title"]); n == 0 {
		bad("title", "请填写标题。")
	} else if n > 500 {
		bad("title", "标题超过 500 字，请核对。")
	}
	if a := s["attribute"]; a != "" && !slices.Contains(Attributes, a) {
		bad("attribute", "公开属性只有主动公开、依申请公开、不予公开三种。")
	} else if a != "" && a != "主动公开" {
		bad("attribute", "公开属性是“%s”的文件不能从这里公开，请移出本批。", a)
	}
	if len(sheetLines(s["topics"])) > 2 {
		bad("topics", "主题分类最多两级，一行一级。")
	}
	for _, f := range []struct{ name, words string }{{"work", "所属文件要写公开编号，例如 12。"}, {"label", "版本号要写 1 到 9999 的数字。"}} {
		if v := s[f.name]; v != "" {
			if n, err := strconv.ParseInt(v, 10, 64); err != nil || n < 1 || f.name == "label" && n > maxVersion {
				bad(f.name, "%s", f.words)
			}
		}
	}
	adopted, expires, effective := day(s["adopted_on"]), day(s["expires_on"]), day(s["effective_on"])
	if !expires.IsZero() && (!effective.IsZero() && expires.Before(effective) || !adopted.IsZero() && expires.Before(adopted)) {
		bad("expires_on", "“有效期至”早于成文或施行日期，请核对。")
	}
	if _, line := s.relations(); line != "" {
		bad("relations", "关联文件“%s”读不懂。每行写一种关系和对方的公开编号，例如：依据 12。", clip(line, 40))
	}
	return out
}

// number reads a numeric field; check has passed it.
func (s Sheet) number(name string) int64 {
	n, err := strconv.ParseInt(s[name], 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// content is the document that the item will become.
func (it *DeskItem) content() *Content {
	s := it.Sheet
	c := &Content{
		Title: s["title"], ShortTitle: s["short_title"], DocNo: s["doc_no"], IndexNo: s["index_no"], Kind: s["kind"],
		Organs: sheetLines(s["organs"]), Attribute: s["attribute"], Version: int(s.number("label")),
		AdoptedOn: day(s["adopted_on"]), PublishedOn: day(s["published_on"]), EffectiveOn: day(s["effective_on"]), ExpiresOn: day(s["expires_on"]),
		Recipients: sheetLines(s["recipients"]), Topics: sheetLines(s["topics"]), Text: it.Body(),
		Files: []ContentFile{{SHA256: it.SHA256, Name: it.Name, Size: it.Size, MIME: it.MIME, Role: "source", TextState: it.Facts.State}},
	}
	if s["column"] != "" {
		c.Columns = []string{s["column"]}
	}
	return c
}

// sheetOf fills a sheet from what was read.
func sheetOf(c *Content) Sheet {
	s := Sheet{"title": c.Title, "short_title": c.ShortTitle, "doc_no": c.DocNo, "index_no": c.IndexNo, "kind": c.Kind,
		"organs": strings.Join(c.Organs, "\n"), "attribute": c.Attribute, "adopted_on": c.AdoptedOn.String(), "published_on": c.PublishedOn.String(),
		"effective_on": c.EffectiveOn.String(), "expires_on": c.ExpiresOn.String(), "recipients": strings.Join(c.Recipients, "\n"),
		"topics": strings.Join(c.Topics[:min(2, len(c.Topics))], "\n")}
	return s.clean()
}

func (s Sheet) text() (string, error) {
	b, err := json.Marshal(s)
	if err != nil {
		return "", fmt.Errorf("sheet: %w", err)
	}
	return string(b), nil
}
