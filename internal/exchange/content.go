package exchange

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"gongkai/internal/docfile"
)

// noise names parts of a page that are never its document.
var noise = regexp.MustCompile(`(?i)(?:^|[-_ ])(?:nav|navbar|menu|submenu|foot|footer|header|topbar|crumbs?|breadcrumbs?|position|location|share|bdshare|bshare|jiathis|sidebar|copyright|toolbar|fontsize|qrcode|ewm|erweima|search|relate|related|xgwz|xgyd|dqwz|prevnext|pages?|pagination|weizhi|banner|login|print)(?:$|[-_ ])`)

// buttons is what the links beside a document say.
var buttons = regexp.MustCompile(`^[\s【\[(（]*(?:打印(?:本页|本稿)?|关闭(?:窗口|本页)?|分享到?[:：]?|收藏|返回(?:顶部|首页)?|字体?[:：]?|字号[:：]?|[大中小]|扫一扫.{0,20}|微信|微博|复制链接|我要纠错|浏览次数[:：]?\s*\d*|点击数?[:：]?\s*\d*|[|｜/\s【】\[\]()（）:：])+$`)

// places are where widespread publishing systems put the text.
const places = ".TRS_Editor,.trs_editor_view,.trs_paper_default,#zoom,#Zoom,.zoom,#UCAP-CONTENT,.pages_content,.article-content,.article_content,.Custom_UnionStyle,.xxgk_content,#content_body,.content_text"

// fewRunes is the shortest text that makes a page without page tags a document.
const fewRunes = 60

// readContent decides whether the page shows a document, and reads it.
func (v *view) readContent(ctx context.Context, out *page) error {
	tagged := v.tags["articletitle"] != ""
	title := v.tags["articletitle"]
	if title == "" {
		title = v.headline()
	}
	links := v.fileLinks()
	header := v.headerText()
	listed := v.datedRows()
	main := v.mainBlock()
	if main == nil {
		if !tagged {
			return nil
		}
		main = v.doc.Find("body")
	}
	dense := density(main)
	if !tagged && (listed >= 3 || dense.text < fewRunes || dense.linked*3 > dense.text || title == "") {
		return nil
	}
	text, warnings, err := v.textOf(ctx, main)
	if err != nil {
		return err
	}
	if strings.TrimSpace(text) == "" && len(links) == 0 {
		return nil
	}
	out.kind, out.title = kindContent, title
	if out.date == "" {
		out.date = v.shownDate()
	}
	if out.date == "" {
		out.date = v.row.hintDate
	}
	if out.source == "" {
		out.source = v.shownSource()
	}
	if out.column == "" {
		out.column = v.row.column
	}
	out.files = links
	out.record = newRecord(v.self.String(), out, header, text, warnings)
	out.text = out.record.Text
	if out.title == "" {
		out.title = out.record.Title
	}
	return nil
}

// headline is the title that the page shows.
func (v *view) headline() string {
	for _, where := range []string{"h1", ".article-title,.article_title,.arc_title,.xxgk_title,#title,.title,.bt,.biaoti", "h2"} {
		if t := squeeze(v.doc.Find(where).First().Text()); utf8.RuneCountInString(t) >= 4 && utf8.RuneCountInString(t) <= 200 {
			return t
		}
	}
	return beforeSite(squeeze(v.doc.Find("title").First().Text()), v.tags["sitename"])
}

// datedRows counts rows of a list: a link with a date beside it.
func (v *view) datedRows() (n int) {
	v.doc.Find("li a,tr a,dd a").Each(func(_ int, a *goquery.Selection) {
		if dateBeside(a, squeeze(a.Text())) != "" && a.Closest("aside,.related,.xgwz").Length() == 0 {
			n++
		}
	})
	return n
}

// weight counts the letters of a block, and those of them inside links.
type weight struct{ text, linked int }

func (w weight) score() int { return w.text - 3*w.linked }

func density(s *goquery.Selection) (w weight) {
	for _, n := range s.Nodes {
		weigh(n, false, &w)
	}
	return w
}

func weigh(n *html.Node, linked bool, w *weight) {
	if n.Type == html.TextNode {
		for _, r := range n.Data {
			if !unicode.IsSpace(r) {
				w.text++
				if linked {
					w.linked++
				}
			}
		}
		return
	}
	linked = linked || n.DataAtom == atom.A
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		weigh(c, linked, w)
	}
}

// mainBlock finds the block of the document: the place of a known system, else
// the smallest block that still holds nearly all of the page's plain text.
func (v *view) mainBlock() *goquery.Selection {
	v.doc.Find("script,style,noscript,template,select,input,button,textarea,nav,footer,aside,svg,object,embed").Remove()
	whole := density(v.doc.Find("body"))
	v.doc.Find("div,ul,table,td,p,span,header,section,dl").Each(func(_ int, n *goquery.Selection) {
		w := density(n)
		named := noise.MatchString(n.AttrOr("class", "")) || noise.MatchString(n.AttrOr("id", ""))
		switch text := squeeze(n.Text()); {
		case named && (w.text*10 < whole.text*3 || w.linked*2 > w.text),
			len(text) > 0 && len(text) < 200 && buttons.MatchString(text),
			len(text) < 600 && here.MatchString(text):
			n.Remove()
		}
	})
	var best *goquery.Selection
	most := fewRunes / 2
	v.doc.Find(places).Each(func(_ int, n *goquery.Selection) {
		if s := density(n).score(); s > most {
			best, most = n, s
		}
	})
	if best != nil {
		return best
	}
	at := v.doc.Find("body")
	if at.Length() == 0 {
		return nil
	}
	at = at.First()
	for {
		now := density(at).score()
		var into *goquery.Selection
		at.Children().EachWithBreak(func(_ int, c *goquery.Selection) bool {
			switch goquery.NodeName(c) {
			case "div", "article", "section", "main", "center", "form", "td", "tr", "tbody":
			case "table":
				if dataTable(c) {
					return true
				}
			default:
				return true
			}
			if s := density(c).score(); s*100 >= now*85 && s > 0 {
				into = c
				return false
			}
			return true
		})
		if into == nil {
			return at
		}
		at = into
	}
}

// dataTable tells a table of data from one that lays out the page.
func dataTable(t *goquery.Selection) bool {
	return t.Find("table").Length() == 0 && t.Find("td,th").Length() > 1 && t.Find("p,div").Length() < 3
}

// textOf reads the block as any other web file is read, tables included.
func (v *view) textOf(ctx context.Context, main *goquery.Selection) (text string, warnings []string, err error) {
	inner, err := goquery.OuterHtml(main)
	if err != nil {
		return "", nil, err
	}
	b := []byte(`<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>` + inner + `</body></html>`)
	d, err := docfile.Read(ctx, "page.html", bytes.NewReader(b), int64(len(b)), docfile.DefaultLimits())
	if err != nil {
		return "", nil, err
	}
	var lines []string
	for _, line := range strings.Split(d.Text, "\n") {
		if !buttons.MatchString(line) || strings.TrimSpace(line) == "" {
			lines = append(lines, line)
		}
	}
	if d.Pictures > 0 {
		warnings = append(warnings, "正文里有图片，图片里的文字没有导入，请核对。")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n"), warnings, nil
}

var (
	shownOn   = regexp.MustCompile(`(?:发布|发文|发表|更新|公开)?(?:日期|时间)\s*[:：]?\s*[\[【]?\s*((?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2})`)
	shownFrom = regexp.MustCompile(`(?:信息|文章|内容)?来源\s*[:：]\s*([^\s|｜【\[]{2,40})`)
	labels    = regexp.MustCompile(`索\s*引\s*号|发文字号|文\s*号|发布机构|发文机关|成文日期|发文日期|发布日期|主题分类|公开方式|有效性`)
)

// shownDate and shownSource read the line under a title.
func (v *view) shownDate() string {
	if m := shownOn.FindStringSubmatch(v.doc.Find("body").Text()); m != nil {
		return isoDate(m[1])
	}
	return ""
}

func (v *view) shownSource() string {
	if m := shownFrom.FindStringSubmatch(v.doc.Find("body").Text()); m != nil {
		return m[1]
	}
	return ""
}

// headerText is the table of facts above a document (索引号 and its like), as
// lines, each label with its value.
func (v *view) headerText() string {
	var best *goquery.Selection
	v.doc.Find("table,ul,dl,div").Each(func(_ int, n *goquery.Selection) {
		bound := 3000
		if goquery.NodeName(n) == "div" {
			bound = 600 // a larger one may hold the document as well
		}
		if t := n.Text(); len(t) < bound && len(labels.FindAllString(t, -1)) >= 3 {
			best = n // the innermost one is the last
		}
	})
	if best == nil {
		return ""
	}
	var lines []string
	best.Find("tr,li,dd,p").Each(func(_ int, row *goquery.Selection) {
		if row.Find("tr,li,dd,p").Length() > 0 {
			return
		}
		var cells []string
		row.ChildrenFiltered("td,th").Each(func(_ int, c *goquery.Selection) { cells = append(cells, squeeze(c.Text())) })
		if cells == nil {
			cells = []string{squeeze(row.Text())}
		}
		lines = append(lines, strings.Join(cells, "\t"))
	})
	best.Remove()
	return strings.Join(lines, "\n")
}

// fileLinks lists the attachments that the page names.
func (v *view) fileLinks() (out []found) {
	seen := map[string]bool{}
	v.doc.Find("a[href]").Each(func(_ int, a *goquery.Selection) {
		text := squeeze(a.Text())
		u, _ := v.scope.resolve(v.base, a.AttrOr("href", ""))
		if u == nil || len(out) >= maxFiles || seen[u.String()] || a.Closest("nav,footer").Length() > 0 {
			return
		}
		if !fileEnds[extension(u)] && !fileEnds[strings.ToLower(afterDot(text))] && !fileEnds[strings.ToLower(afterDot(u.RawQuery))] {
			return
		}
		seen[u.String()] = true
		out = append(out, found{url: u.String(), kind: kindFile, depth: v.row.depth, shape: shape(u), name: fileName(text, u)})
	})
	return out
}

func afterDot(s string) string {
	if i := strings.LastIndexByte(s, '.'); i >= 0 {
		return s[i+1:]
	}
	return ""
}
