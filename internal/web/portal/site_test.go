package portal

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"gongkai/internal/document"
)

// Every page: one h1, a title, labelled controls, headings in order, tables
// with captions, no inline script or style, no hole left by a template.
func TestEveryPageIsWellMade(t *testing.T) {
	s := newSite(t)
	for _, prefix := range []string{"", "/hant/elder"} {
		for _, path := range append([]string{"/nowhere", "/works/8", "/works/9", "/works/10/proof", "/limited/" + limitedKey, "/limited/" + withdrawnKey}, allPages...) {
			body := s.get(prefix + path).Body.String()
			for _, bad := range []string{"<no value>", "ZgotmplZ", "%!", "style=\"", "javascript:", "&lt;nil&gt;"} {
				if strings.Contains(body, bad) {
					t.Errorf("%s%s holds %q", prefix, path, bad)
				}
			}
			d, err := goquery.NewDocumentFromReader(strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			checkPage(t, prefix+path, d)
		}
	}
}

func checkPage(t *testing.T, path string, d *goquery.Document) {
	t.Helper()
	if n := d.Find("h1").Length(); n != 1 {
		t.Errorf("%s: %d h1", path, n)
	}
	if strings.TrimSpace(d.Find("title").Text()) == "" || d.Find("main").Length() != 1 || d.Find("a.skip-link[href='#main']").Length() != 1 {
		t.Errorf("%s: title, main or skip link is missing", path)
	}
	d.Find("script").Each(func(_ int, sc *goquery.Selection) {
		if _, ok := sc.Attr("src"); !ok || sc.Text() != "" {
			t.Errorf("%s: inline script", path)
		}
	})
	if d.Find("style").Length() > 0 {
		t.Errorf("%s: inline style", path)
	}
	d.Find("main h1, main h2, main h3, main a, main button, main dt, main th, main label, main option").Each(func(_ int, e *goquery.Selection) {
		if strings.TrimSpace(e.Text()) == "" {
			h, _ := goquery.OuterHtml(e)
			t.Errorf("%s: empty words in %.120s", path, h)
		}
	})
	level := 0
	d.Find("main h1, main h2, main h3, main h4, main h5, main h6").Each(func(_ int, h *goquery.Selection) {
		n := int(goquery.NodeName(h)[1] - '0')
		if n > level+1 {
			t.Errorf("%s: heading %q jumps from level %d to %d", path, h.Text(), level, n)
		}
		level = n
	})
	d.Find("input:not([type=hidden]), select, textarea").Each(func(_ int, in *goquery.Selection) {
		id, _ := in.Attr("id")
		_, named := in.Attr("aria-label")
		if !named && (id == "" || d.Find(`label[for="`+id+`"]`).Length() == 0) && in.ParentsFiltered("label").Length() == 0 {
			t.Errorf("%s: control without a label: %q", path, id)
		}
	})
	d.Find("table").Each(func(_ int, tb *goquery.Selection) {
		if tb.Find("caption").Length() != 1 {
			t.Errorf("%s: table without a caption", path)
		}
	})
	seen := map[string]bool{}
	d.Find("[id]").Each(func(_ int, e *goquery.Selection) {
		id, _ := e.Attr("id")
		if seen[id] {
			t.Errorf("%s: id %q stands twice", path, id)
		}
		seen[id] = true
	})
	d.Find(`a[href^="#"]`).Each(func(_ int, a *goquery.Selection) {
		if href, _ := a.Attr("href"); !seen[href[1:]] {
			t.Errorf("%s: link to %s goes nowhere", path, href)
		}
	})
	d.Find("img").Each(func(_ int, img *goquery.Selection) {
		if alt, _ := img.Attr("alt"); alt == "" {
			t.Errorf("%s: picture without words", path)
		}
	})
}

// A page of a variant leads to pages of the same variant only.
func TestLinksStayInTheVariant(t *testing.T) {
	s := newSite(t)
	for _, prefix := range []string{"/hant", "/elder", "/hant/elder"} {
		for _, path := range allPages {
			d := s.page(prefix+path, http.StatusOK)
			d.Find("a[href^='/'], form[action^='/']").Not(".site-tools a").Each(func(_ int, e *goquery.Selection) {
				to, ok := e.Attr("href")
				if !ok {
					to, _ = e.Attr("action")
				}
				if other := strings.HasPrefix(to, "/signin") || strings.HasPrefix(to, "/feeds/") || strings.HasPrefix(to, "/api/"); other {
					return // rooms without variants
				}
				if !strings.HasPrefix(to, prefix+"/") {
					t.Errorf("%s%s leads to %s", prefix, path, to)
				}
			})
		}
	}
}

func TestVariants(t *testing.T) {
	s := newSite(t)
	d := s.page("/hant/works/3", http.StatusOK)
	if lang, _ := d.Find("html").Attr("lang"); lang != "zh-Hant" {
		t.Errorf("lang %q", lang)
	}
	wantText(t, d.Find("h1"), "清河市停車場管理辦法")
	if c, _ := d.Find(`link[rel="canonical"]`).Attr("href"); c != "http://www.qinghe.example/hant/works/3" {
		t.Errorf("canonical %q", c)
	}
	if d.Find(`link[hreflang="zh-CN"][href="http://www.qinghe.example/works/3"]`).Length() != 1 {
		t.Error("the plain page is not named")
	}
	if !s.page("/elder/", http.StatusOK).Find("html").HasClass("elder") {
		t.Error("长者模式 is not marked")
	}
	if got := strings.Join(texts(s.page("/elder/", 200).Find(".elder-entries a")), " "); got != "找政策 看新文件 查机构" {
		t.Errorf("first entries %s", got)
	}
	for from, to := range map[string]string{"/hant": "/hant/", "/elder/hant/works/3": "/hant/elder/works/3", "/works//3": "/works/3", "/hant/hant/works/3?on=2020-01-01": "/hant/works/3?on=2020-01-01",
		"/disclosure": "/disclosure/", "/elder/policies/": "/elder/policies", "/works/3/": "/works/3"} {
		w := s.get(from)
		if w.Code/100 != 3 || w.Header().Get("Location") != to {
			t.Errorf("%s: %d to %q, want %s", from, w.Code, w.Header().Get("Location"), to)
		}
	}
}

// W18-0.3: colours that spare the eyes, and sizes of type, without scripts.
func TestW180_3_ColourAndSizeChoices(t *testing.T) {
	d := newSite(t).page("/works/3", http.StatusOK)
	if got := strings.Join(texts(d.Find(".display-row label")), " "); got != "默认 护眼 夜间 标准 大 特大" {
		t.Errorf("choices %s", got)
	}
	d.Find(".display-row label").Each(func(_ int, l *goquery.Selection) {
		id, _ := l.Attr("for")
		if d.Find("body > input.choice#"+id+" ~ .page").Length() != 1 {
			t.Errorf("%s does not steer the page", id)
		}
	})
}

func metas(d *goquery.Document) map[string]string {
	out := map[string]string{}
	d.Find("meta[name]").Each(func(_ int, m *goquery.Selection) {
		n, _ := m.Attr("name")
		out[n], _ = m.Attr("content")
	})
	return out
}

// E2a: page tags stand on the levels that must carry them.
func TestE2a_PageTags(t *testing.T) {
	s := newSite(t)
	site := []string{"SiteName", "SiteDomain", "SiteIDCode"}
	column := []string{"ColumnName", "ColumnDescription", "ColumnKeywords", "ColumnType"}
	article := []string{"ArticleTitle", "PubDate", "ContentSource"}
	for _, tt := range []struct {
		path       string
		want, none []string
	}{
		{"/", site, append(column, article...)},
		{"/columns/11", append(append([]string{}, site...), column...), article},
		{"/policies", append(append([]string{}, site...), column...), article},
		{"/works/3", append(append(append([]string{}, site...), column...), article...), nil},
		{"/works/6", append(append(append([]string{}, site...), column...), article...), nil},
	} {
		got := metas(s.page(tt.path, http.StatusOK))
		for _, n := range tt.want {
			if v, ok := got[n]; !ok || v == "" && n != "SiteIDCode" && n != "ContentSource" {
				t.Errorf("%s: tag %s is %q", tt.path, n, v)
			}
		}
		for _, n := range tt.none {
			if _, ok := got[n]; ok {
				t.Errorf("%s: tag %s does not belong here", tt.path, n)
			}
		}
	}
	if got := metas(s.page("/works/1", http.StatusOK)); got["ContentSource"] != "国务院" {
		t.Errorf("without a source the issuing organ is it: %q", got["ContentSource"])
	}
	got := metas(s.page("/works/3", http.StatusOK))
	if got["PubDate"] != "2026-11-20 17:31" || got["ColumnType"] != "政策文件" || got["ColumnKeywords"] != "规章;规范性文件" || got["SiteName"] != "清河市人民政府" {
		t.Errorf("tags %v", got)
	}
}

// E-68: the footer names what is known and leaves out what is not.
func TestE68_Footer(t *testing.T) {
	s := newSite(t)
	f := s.page("/", http.StatusOK).Find(".site-footer")
	wantText(t, f, "主办单位清河市人民政府办公室")
	wantText(t, f, "政府网站标识码未申领")
	if strings.Contains(f.Text(), "ICP") || strings.Contains(f.Text(), "公安") {
		t.Error("the footer speaks of records that are not known")
	}
	if f.Find(`a[href="/sitemap"]`).Length() != 1 {
		t.Error("no site map in the footer")
	}
	other := newSite(t)
	other.lib.site.IDCode, other.lib.site.ICP, other.lib.site.PoliceRecord = "3703000001", "鲁ICP备00000000号", "鲁公网安备00000000000000号"
	other.lib.site.Undertaker, other.lib.site.Contact = "清河市大数据中心", "0000-7654321"
	f = other.page("/", http.StatusOK).Find(".site-footer")
	for _, want := range []string{"政府网站标识码3703000001", "ICP备案号鲁ICP备00000000号", "公安备案号鲁公网安备00000000000000号", "承办单位清河市大数据中心", "联系方式0000-7654321"} {
		wantText(t, f, want)
	}
}

// E-69: a notice stands before a link to another site and names its host.
func TestE69_LeavingNotice(t *testing.T) {
	s := newSite(t)
	d := s.page("/leave?to=https%3A%2F%2Fexample.org%2Fa%3Fb%3D1", http.StatusOK)
	wantText(t, d.Find(".leave-host"), "example.org")
	if d.Find(`a.button[href="https://example.org/a?b=1"][rel~="noopener"]`).Length() != 1 {
		t.Error("the way on is missing")
	}
	for _, path := range allPages {
		if path == "/leave?to=https%3A%2F%2Fexample.org%2Fa" {
			continue
		}
		s.page(path, http.StatusOK).Find(`a[href^="http"]`).Each(func(_ int, a *goquery.Selection) {
			href, _ := a.Attr("href")
			t.Errorf("%s leads out without a notice: %s", path, href)
		})
	}
}

// D-02 and D-03: the room has its uniform name and four parts.
func TestD02_UniformName(t *testing.T) {
	wantText(t, newSite(t).page("/disclosure/", http.StatusOK).Find("h1"), "政府信息公开")
}

func TestD03_FourParts(t *testing.T) {
	d := newSite(t).page("/disclosure/", http.StatusOK)
	if got := strings.Join(texts(d.Find(".guide-part > h2")), " "); got != "政府信息公开指南 政府信息公开制度 法定主动公开内容 政府信息公开年报" {
		t.Errorf("parts %s", got)
	}
	wantText(t, d.Find("#reports"), "每年 1 月 31 日前")
	wantText(t, d.Find("#guide .empty"), "第十二条")
	if d.Find("#statutory .card").Length() == 0 {
		t.Error("the statutory part shows no works")
	}
}

// D-01: only what the columns of the room hold, no news.
func TestD01_OnlyItsOwnColumns(t *testing.T) {
	s := newSite(t)
	s.lib.columns = append(s.lib.columns, document.Column{ID: 13, Name: "政府信息公开年报", Part: "reports"})
	d := s.page("/disclosure/", http.StatusOK)
	for part, why := range map[string]string{"rules": "without a column", "guide": "whose column is empty", "reports": "whose column is empty"} {
		if n := d.Find("#" + part + " .card").Length(); n != 0 {
			t.Errorf("%d works in a part %s: %s", n, why, part)
		}
	}
}

// D-04: other columns of the room stand next to the four parts once they hold something.
func TestD04_ColumnsNextToTheParts(t *testing.T) {
	s := newSite(t)
	s.lib.columns = append(s.lib.columns, document.Column{ID: 34, Name: "主动公开基本目录", Count: 3}, document.Column{ID: 35, Name: "空栏目"})
	got := strings.Join(texts(s.page("/disclosure/", http.StatusOK).Find(".guide-nav li")), " ")
	if got != "政府信息公开指南 政府信息公开制度 法定主动公开内容 政府信息公开年报 主动公开基本目录" {
		t.Errorf("menu %s", got)
	}
}

// D-06: the reports of all years stay on the page.
func TestD06_ReportsOfAllYears(t *testing.T) {
	s := newSite(t)
	s.lib.columns = append(s.lib.columns, document.Column{ID: 11, Name: "政府信息公开年报", Part: "reports", Count: 7})
	asked := 0
	s.lib.listed = func(f document.Filter) {
		if f.Limit > asked {
			asked = f.Limit
		}
	}
	d := s.page("/disclosure/", http.StatusOK)
	if asked != 100 || d.Find("#reports .card").Length() == 0 {
		t.Errorf("only %d reports asked for", asked)
	}
	if href, _ := d.Find("#reports a.more").Attr("href"); href != "/columns/11" {
		t.Errorf("those beyond the page are reached by %q", href)
	}
}

// D-05: the platform lets people search, read and download.
func TestD05_SearchReadDownload(t *testing.T) {
	s := newSite(t)
	d := s.page("/disclosure/", http.StatusOK)
	if d.Find(`main form[role="search"][action="/policies"] input[name="q"]`).Length() != 1 {
		t.Error("no search")
	}
	wantText(t, s.page("/policies?q=%E5%81%9C%E8%BD%A6%E5%9C%BA", http.StatusOK).Find(".total"), "共 1 份文件")
	href, _ := d.Find("#statutory .card a").First().Attr("href")
	if s.page(href, http.StatusOK).Find(".text p").Length() == 0 {
		t.Errorf("nothing to read at %q", href)
	}
	for ending, mime := range map[string]string{"txt": "text/plain", "html": "text/html", "docx": docxType, "json": "application/json"} {
		w := s.get("/works/3/download." + ending)
		if w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), mime) || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment;") || w.Body.Len() < 200 {
			t.Errorf("%s: %d %s %s", ending, w.Code, w.Header().Get("Content-Type"), w.Header().Get("Content-Disposition"))
		}
	}
}

// Z25-2.2a: one window that holds all policy documents.
func TestZ252_2a_OneWindow(t *testing.T) {
	d := newSite(t).page("/policies", http.StatusOK)
	wantText(t, d.Find(".total"), "共 7 份文件")
}

// Z25-2.2b: what is in force can be seen by itself, with its true number.
func TestZ252_2b_InForceByItself(t *testing.T) {
	d := newSite(t).page("/policies?validity=%E6%9C%89%E6%95%88", http.StatusOK)
	wantText(t, d.Find(".total"), "共 3 份文件")
	d.Find(".cards .state").Each(func(_ int, st *goquery.Selection) {
		if st.Text() != "有效" {
			t.Errorf("a work that is %s", st.Text())
		}
	})
	if href, _ := d.Find("a.chip").Attr("href"); href != "/policies" {
		t.Errorf("the chip leads to %s", href)
	}
}

func TestDownloadJSONKeys(t *testing.T) {
	s := newSite(t)
	var got map[string]any
	if err := json.Unmarshal(s.get("/works/3/download.json").Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	for _, k := range []string{"work", "title", "doc_no", "organ", "topics", "validity", "edition", "external_id", "effective_on", "basis", "text"} {
		if _, ok := got[k]; !ok {
			t.Errorf("key %s is missing", k)
		}
	}
	if got["effective_on"] != "2021-07-01" || got["edition"] != 2.0 || got["text"] != s.lib.works[2].texts[1] {
		t.Errorf("values %v %v", got["effective_on"], got["edition"])
	}
	if b := s.get("/works/3/download.json?on=2001-01-01").Body.String(); b != "{\"work\":3,\"validity\":null}\n" {
		t.Errorf("before the first text: %s", b)
	}
}

func TestRawFilesCannotRun(t *testing.T) {
	s := newSite(t)
	for _, tt := range []struct{ path, mime, how string }{
		{"/works/3/files/2/1/raw", "application/pdf", "attachment"},
		{"/works/3/files/2/1/raw?inline=1", "application/pdf", "inline"},
		{"/works/3/files/2/2/raw?inline=1", "image/png", "inline"},
		{"/works/3/files/2/4/raw?inline=1", "application/octet-stream", "attachment"},
		{"/works/3/files/2/3/raw", "application/octet-stream", "attachment"},
	} {
		h := s.get(tt.path).Header()
		if h.Get("Content-Type") != tt.mime || !strings.HasPrefix(h.Get("Content-Disposition"), tt.how+";") || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %s %s", tt.path, h.Get("Content-Type"), h.Get("Content-Disposition"))
		}
		if p := h.Get("Content-Security-Policy"); !strings.HasPrefix(p, "default-src 'none'") {
			t.Errorf("%s: policy %s", tt.path, p)
		}
	}
	if d := s.get("/works/3/files/2/3/raw").Header().Get("Content-Disposition"); !strings.Contains(d, "filename*=UTF-8''%E9%99%84%E4%BB%B63%20%3C%E6%97%A7%3E") {
		t.Errorf("name: %s", d)
	}
}

func TestSearchTellsItsModes(t *testing.T) {
	s := newSite(t)
	d := s.page("/search?q=%E5%85%85%E7%94%B5%E8%BD%A6%E4%BD%8D&on=2024-05-01", http.StatusOK)
	if href, _ := d.Find(".hits a").First().Attr("href"); href != "/works/3?on=2024-05-01#a3_1" {
		t.Errorf("the article opens at %s", href)
	}
	wantText(t, d.Find(".hits mark").First(), "充电车位")
	wantText(t, d.Find(".hits .quiet").First(), "条文里有“充电车位”")
	wantText(t, d.Find(".total"), "共 23 份，按 2024年5月1日 当天的文本")
	wantText(t, s.page("/search?q=%E6%80%8E%E4%B9%88%E5%81%9C", 200).Find(".mode"), "没有同时包含全部词语的")
	exact := s.page("/search?q=%E6%B8%85%E6%94%BF%E5%8A%9E%E5%AD%97%E3%80%942021%E3%80%9517%E5%8F%B7", 200)
	wantText(t, exact.Find(".exact"), "正好找到")
	none := s.page("/search?q=%E6%89%BE%E4%B8%8D%E5%88%B0", 200)
	wantText(t, none.Find(".empty"), "是这样理解您的问题的")
	if n := none.Find(".empty-ways a").Length(); n < 3 {
		t.Errorf("%d ways on", n)
	}
}

func TestCompareShowsChanges(t *testing.T) {
	s := newSite(t)
	d := s.page("/works/3/compare", http.StatusOK)
	wantText(t, d.Find(".compare-total"), "修改")
	if d.Find(".segment-old del").Length() == 0 || d.Find(".segment-new ins").Length() == 0 || d.Find(".segment-merged ins").Length() == 0 {
		t.Error("changes are not marked")
	}
	if d.Find(".segment-old ins, .segment-new del").Length() > 0 {
		t.Error("a column shows the other text")
	}
	wantText(t, d.Find(".segment"), "【新增：")
	wantText(t, d.Find("main"), "发文字号清政办字〔2015〕3号清政办字〔2021〕17号")
	if d.Find("#from option[selected]").AttrOr("value", "") != "1" || d.Find("#to option[selected]").AttrOr("value", "") != "2" {
		t.Error("the default is not the text before against the one in force")
	}
	wantText(t, s.page("/works/2/compare", 200).Find(".empty"), "只有一个文本")
	wantText(t, s.page("/works/3/compare?from=2", 200).Find("h1"), "文本比较")
	if s.page("/works/3/compare?only=1", 200).Find("#only[checked]").Length() != 1 {
		t.Error("只看改动 is not kept in the address")
	}
}

func TestSiteMapXML(t *testing.T) {
	s := newSite(t)
	one := s.get("/sitemap.xml").Body.String()
	if !strings.Contains(one, "<urlset") || !strings.Contains(one, "<loc>http://www.qinghe.example/works/3</loc>") {
		t.Errorf("%.300s", one)
	}
	big := newSite(t)
	big.lib.many = 120000
	index := big.get("/sitemap.xml").Body.String()
	if !strings.Contains(index, "<sitemapindex") || strings.Count(index, "<sitemap>") != 3 || !strings.Contains(index, "after=100000") {
		t.Errorf("%.600s", index)
	}
	last := big.get("/sitemap.xml?after=100000").Body.String()
	if strings.Count(last, "<url>") != 20000 || !strings.Contains(last, "/works/"+strconv.Itoa(120000)+"<") {
		t.Error("the last part is not whole")
	}
	if r := s.get("/robots.txt").Body.String(); !strings.Contains(r, "Sitemap: http://www.qinghe.example/sitemap.xml") {
		t.Error(r)
	}
}
