package exchange

import (
	"bytes"
	"context"
	"net/url"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"

	"gongkai/internal/fault"
	"gongkai/internal/zh"
)

// page is what one web page is and names.
type page struct {
	kind   string
	title  string
	text   string
	date   string // PubDate, ISO
	source string
	column string
	links  []found
	files  []found
	record *record
}

// view is a page while it is read.
type view struct {
	scope scope
	base  *url.URL
	self  *url.URL
	row   *pageRow
	doc   *goquery.Document
	tags  map[string]string // page tags (E2a), names in small letters
	raw   string
}

// readPage reads a fetched page. No script runs. Errors: Invalid for bytes
// that are no readable page.
func readPage(ctx context.Context, in scope, u *url.URL, body []byte, contentType string, row *pageRow) (*page, error) {
	text := decode(body, contentType)
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		// The parser stops at 512 open elements.
		return nil, &fault.Error{Kind: fault.Invalid, Op: "exchange.readPage", Err: err, Text: "网页结构嵌套太深，读不出来"}
	}
	v := &view{scope: in, base: u, self: u, row: row, doc: goquery.NewDocumentFromNode(root), raw: text}
	if href, ok := v.doc.Find("base[href]").First().Attr("href"); ok {
		if b, err := u.Parse(strings.TrimSpace(href)); err == nil {
			v.base = b
		}
	}
	v.readTags()
	out := &page{column: v.columnName(), date: isoDate(v.tags["pubdate"]), source: clip(v.tags["contentsource"], 100)}
	links := v.allLinks() // before anything is taken out of the page
	if err := v.readContent(ctx, out); err != nil {
		return nil, err
	}
	if out.kind == kindContent {
		return out, nil
	}
	out.kind = kindOther
	if dated(links) >= 2 {
		out.kind = kindList
	}
	out.title, out.text, out.files = v.heading(), "", nil
	listColumn := out.column
	if listColumn == "" && out.kind == kindList {
		listColumn = clip(out.title, 60)
	}
	if listColumn == "" {
		listColumn = row.column
	}
	out.column = listColumn
	for i := range links {
		links[i].column = listColumn
	}
	out.links = append(links, v.pagingLinks(listColumn)...)
	if len(out.links) > maxLinks {
		out.links = out.links[:maxLinks]
	}
	return out, nil
}

func dated(links []found) (n int) {
	for _, l := range links {
		if l.date != "" {
			n++
		}
	}
	return n
}

func (v *view) readTags() {
	v.tags = map[string]string{}
	v.doc.Find("meta[name]").Each(func(_ int, m *goquery.Selection) {
		name := strings.ToLower(strings.TrimSpace(m.AttrOr("name", "")))
		if value := squeeze(m.AttrOr("content", "")); value != "" && v.tags[name] == "" {
			v.tags[name] = value
		}
	})
}

var here = regexp.MustCompile(`(?:您|你)?(?:的|所在)?(?:当前|现在)?(?:所在)?位置\s*[:：]`)

// columnName is the page tag, else the last link of 当前位置, else nothing.
func (v *view) columnName() string {
	if c := v.tags["columnname"]; c != "" {
		return c
	}
	name := ""
	v.doc.Find("div,p,td,span,ul,nav").EachWithBreak(func(_ int, n *goquery.Selection) bool {
		text := n.Text()
		if len(text) > 600 || !here.MatchString(text) {
			return true
		}
		n.Find("a").Each(func(_ int, a *goquery.Selection) {
			if t := squeeze(a.Text()); t != "" && t != "正文" && t != "首页" {
				name = t
			}
		})
		return true // the innermost one is the last
	})
	return name
}

// heading is the title of a page that is no document.
func (v *view) heading() string {
	if t := squeeze(v.doc.Find("h1").First().Text()); t != "" {
		return t
	}
	return beforeSite(squeeze(v.doc.Find("title").First().Text()), v.tags["sitename"])
}

// beforeSite cuts the name of the site from a title of the browser's window.
func beforeSite(title, site string) string {
	for _, cut := range []string{"_", " - ", "-", "|", "——", "－"} {
		if site != "" {
			if t, ok := strings.CutSuffix(title, cut+site); ok {
				return squeeze(t)
			}
		}
		if head, tail, ok := strings.Cut(title, cut); ok && strings.TrimSpace(head) != "" &&
			(strings.Contains(tail, "政府") || strings.HasSuffix(tail, "网") || strings.HasSuffix(tail, "局") || strings.HasSuffix(tail, "门户网站")) {
			return squeeze(head)
		}
	}
	return title
}

var (
	scriptAddress = regexp.MustCompile(`(?:location(?:\.href)?\s*=|window\.open\(|location\.(?:replace|assign)\()\s*['"]([^'"]{1,500})['"]`)
	refresh       = regexp.MustCompile(`(?i)^\s*\d*\s*[;,]?\s*url\s*=\s*['"]?([^'"]+)`)
	dateIn        = regexp.MustCompile(`(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}`)
	nextPage      = regexp.MustCompile(`^(?:下一?页|下页|后一?页|上一?页|末页|尾页|首页|第?\d{1,4}页?|[<>»«›‹]+|next|>)$`)
)

// fileEnds are the attachments that are kept.
var fileEnds = map[string]bool{"pdf": true, "doc": true, "docx": true, "xls": true, "xlsx": true, "ofd": true, "zip": true, "rar": true,
	"wps": true, "et": true, "rtf": true, "odt": true, "ods": true, "ppt": true, "pptx": true}

// otherEnds are no documents at all.
var otherEnds = map[string]bool{"jpg": true, "jpeg": true, "png": true, "gif": true, "bmp": true, "svg": true, "ico": true, "webp": true, "css": true, "js": true,
	"mp3": true, "mp4": true, "avi": true, "flv": true, "wmv": true, "swf": true, "exe": true, "apk": true, "json": true, "xml": true, "rss": true, "woff": true, "woff2": true, "ttf": true}

func extension(u *url.URL) string {
	return strings.ToLower(strings.TrimPrefix(path.Ext(u.Path), "."))
}

// allLinks lists the pages that this one names: links, frames, refreshes, and
// addresses that a script would go to, read as text.
func (v *view) allLinks() (out []found) {
	seen := map[string]bool{v.self.String(): true}
	add := func(href, title, date string, near bool) {
		if m := scriptAddress.FindStringSubmatch(href); m != nil {
			href = m[1]
		} else if strings.HasPrefix(strings.ToLower(strings.TrimSpace(href)), "javascript:") {
			return
		}
		u, onHost := v.scope.resolve(v.base, href)
		if u == nil || !onHost || !v.scope.inside(u) || otherEnds[extension(u)] || seen[u.String()] || len(out) >= maxLinks {
			return
		}
		seen[u.String()] = true
		f := found{url: u.String(), depth: v.row.depth + 1, shape: shape(u), title: clip(title, 300), date: date}
		if near {
			f.depth = v.row.depth // paging and frames are the same page, in pieces
		}
		out = append(out, f)
	}
	v.doc.Find("frame[src],iframe[src]").Each(func(_ int, f *goquery.Selection) { add(f.AttrOr("src", ""), v.row.hintTitle, v.row.hintDate, true) })
	v.doc.Find("meta[http-equiv]").Each(func(_ int, m *goquery.Selection) {
		if strings.EqualFold(m.AttrOr("http-equiv", ""), "refresh") {
			if t := refresh.FindStringSubmatch(m.AttrOr("content", "")); t != nil {
				add(t[1], v.row.hintTitle, v.row.hintDate, true)
			}
		}
	})
	v.doc.Find("a[href],area[href],[onclick]").Each(func(_ int, a *goquery.Selection) {
		text := squeeze(a.Text())
		title := squeeze(a.AttrOr("title", ""))
		if title == "" || strings.HasSuffix(text, "…") == false && len(title) < len(text) {
			title = text
		}
		near := nextPage.MatchString(strings.ToLower(text))
		date := ""
		if !near {
			date = dateBeside(a, title)
		}
		add(a.AttrOr("href", ""), title, date, near)
		if click := a.AttrOr("onclick", ""); scriptAddress.MatchString(click) {
			add(click, title, date, near)
		}
	})
	return out
}

// dateBeside is the date in the row of a list that a link stands in.
func dateBeside(a *goquery.Selection, title string) string {
	if utf8.RuneCountInString(title) < 4 {
		return ""
	}
	row := a.Closest("li,tr,dd,p,dt")
	if row.Length() == 0 {
		row = a.Parent()
	}
	text := row.Text()
	if len(text) > 1500 {
		return ""
	}
	// The title may hold a date of its own: 关于2019年3月1日…的公告.
	text = strings.Replace(squeeze(text), title, "", 1)
	return isoDate(dateIn.FindString(text))
}

// isoDate reads the civil date at the head of 2020-01-02 10:30.
func isoDate(s string) string {
	s = strings.NewReplacer(".", "-", "/", "-").Replace(squeeze(s))
	m := dateIn.FindString(s)
	if m == "" {
		return ""
	}
	d, ok := zh.ParseDate(strings.TrimSuffix(strings.ReplaceAll(m, " ", ""), "日"))
	if !ok && strings.Contains(m, "年") {
		d, ok = zh.ParseDate(strings.ReplaceAll(m, " ", "") + "日")
	}
	if !ok {
		return ""
	}
	return d.String()
}

// squeeze makes one line of a text, with single spaces.
func squeeze(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s, "\u00a0", " ")), " ")
}

var declared = regexp.MustCompile(`(?i)<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*["']?\s*([a-z0-9_:-]{2,30})`)

// decode makes UTF-8 of a page. Valid UTF-8 with hanzi is no accident, whatever
// is declared; every GB label means GB18030, which holds the others.
func decode(body []byte, contentType string) string {
	body = bytes.ReplaceAll(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), []byte{0}, nil)
	if utf8.Valid(body) {
		return string(body)
	}
	label := ""
	if _, after, ok := strings.Cut(strings.ToLower(contentType), "charset="); ok {
		label = strings.Trim(after, `"' ;`)
	}
	if m := declared.FindSubmatch(body[:min(len(body), 8192)]); label == "" && m != nil {
		label = strings.ToLower(string(m[1]))
	}
	switch {
	case strings.HasPrefix(label, "utf"):
		if s := strings.ToValidUTF8(string(body), "�"); strings.Count(s, "�")*50 <= utf8.RuneCountInString(s) {
			return s
		}
	case label != "" && !strings.HasPrefix(label, "gb") && label != "cp936":
		if e, err := htmlindex.Get(label); err == nil {
			if b, err := e.NewDecoder().Bytes(body); err == nil {
				return strings.ToValidUTF8(string(b), "�")
			}
		}
	}
	b, err := simplifiedchinese.GB18030.NewDecoder().Bytes(body)
	if err != nil {
		return strings.ToValidUTF8(string(body), "�")
	}
	return strings.ToValidUTF8(string(b), "�")
}
