package portal

import (
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"rsc.io/qr"

	"gongkai/internal/document"
)

func texts(sel *goquery.Selection) []string {
	return sel.Map(func(_ int, s *goquery.Selection) string { return strings.TrimSpace(s.Text()) })
}

func wantText(t *testing.T, sel *goquery.Selection, want string) {
	t.Helper()
	if got := strings.Join(strings.Fields(sel.Text()), " "); !strings.Contains(got, want) {
		t.Errorf("text %q does not hold %q", got, want)
	}
}

// Z25-0.1: the eight facts in their order; unknown ones are shown as unknown.
func TestZ250_1_FactsBlockInOrder(t *testing.T) {
	s := newSite(t)
	names := "标题 发文机关 发文字号 索引号 成文日期 发文日期 主题分类 有效性"
	for _, tt := range []struct{ path, values string }{
		{"/works/3", "清河市停车场管理办法|清河市人民政府办公室、清河市城市管理行政执法局（现为清河市城市管理局）|清政办字〔2021〕17号 复制发文字号|11370300004224423Q/2021-0000017|2021年5月26日|2021年5月28日|综合政务-其他|部分失效"},
		{"/works/6", "清河市2027年政务公开工作要点|—|—|—|日期不详|2026年11月18日|—|尚未施行"},
		{"/works/4", "中华人民共和国公司登记管理条例|国务院|中华人民共和国国务院令第156号 复制发文字号|—|日期不详|2016年2月6日|—|废止（日期不详）"},
	} {
		d := s.page(tt.path, http.StatusOK)
		block := d.Find(".facts-box .facts")
		if got := strings.Join(texts(block.Find("dt")), " "); got != names {
			t.Errorf("%s: facts %s, want %s", tt.path, got, names)
		}
		if got := strings.Join(texts(block.Find("dd")), "|"); got != tt.values {
			t.Errorf("%s: values\n%s, want\n%s", tt.path, got, tt.values)
		}
	}
}

// Z25-0.2: the index number stands as it was given, with its eighteen-digit code.
func TestZ250_2_IndexNumberShownWhole(t *testing.T) {
	d := newSite(t).page("/works/3", http.StatusOK)
	wantText(t, d.Find(".facts-box"), "11370300004224423Q/2021-0000017")
}

// Z25-0.3: two levels of topic, joined.
func TestZ250_3_TopicHasTwoLevels(t *testing.T) {
	d := newSite(t).page("/works/3", http.StatusOK)
	wantText(t, d.Find(".facts-box"), "综合政务-其他")
}

// Z25-0.4: six-angle brackets, also in the copy button and the citation.
func TestZ250_4_DocumentNumberKeepsItsBrackets(t *testing.T) {
	d := newSite(t).page("/works/3", http.StatusOK)
	if v, _ := d.Find(".facts-box button.copy").Attr("data-copy"); v != "清政办字〔2021〕17号" {
		t.Errorf("copy button holds %q", v)
	}
	wantText(t, d.Find(".cites"), "《清河市停车场管理办法》（清政办字〔2021〕17号）")
}

// Z25-0.6: a code of the page's own address with the words beside it.
func TestZ250_6_QRCodeOfThePage(t *testing.T) {
	s := newSite(t)
	d := s.page("/works/3", http.StatusOK)
	wantText(t, d.Find(".qr"), "扫码使用手机浏览本页")
	src, _ := d.Find(".qr img").Attr("src")
	w := s.get(src)
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "image/svg+xml" || !strings.Contains(w.Body.String(), "<path") {
		t.Errorf("GET %s: %d %s", src, w.Code, w.Header().Get("Content-Type"))
	}
	code, err := qr.Encode("http://www.qinghe.example/works/3", qr.M)
	if err != nil {
		t.Fatal(err)
	}
	if w.Body.String() != qrSVG(code) {
		t.Error("the code does not name the page")
	}
	if w := s.get("/works/99/qr.svg"); w.Code != http.StatusNotFound {
		t.Errorf("a code for a work that is not there: %d", w.Code)
	}
}

// Z25-2.2c: the text in force leads to all former texts and back.
func TestZ252_2c_FormerTextsLinked(t *testing.T) {
	s := newSite(t)
	d := s.page("/works/3", http.StatusOK)
	if n := d.Find(".editions a").Length(); n != 2 {
		t.Errorf("%d texts linked, want 2", n)
	}
	old := s.page("/works/3?edition=1", http.StatusOK)
	wantText(t, old.Find(".notice"), "第 1 个文本，它已被后来的文本取代")
	if old.Find(`.notice a[href="/works/3"]`).Length() != 1 || old.Find(`.notice a[href="/works/3/compare?from=1&to=2"]`).Length() != 1 {
		t.Error("the old text does not lead to the current one and to the comparison")
	}
	wantText(t, old.Find(".facts-box"), "这个文本已修改")
}

// W18-0.1: path with levels; previous and next.
func TestW180_1_PathAndNeighbours(t *testing.T) {
	d := newSite(t).page("/works/3", http.StatusOK)
	if got := strings.Join(texts(d.Find(".crumbs li")), ">"); got != "首页>政府信息公开>政策文件>清河市停车场管理办法" {
		t.Errorf("path %s", got)
	}
	wantText(t, d.Find(`.neighbours a[rel="prev"]`), "上一篇中华人民共和国政府信息公开条例")
	wantText(t, d.Find(`.neighbours a[rel="next"]`), "下一篇长江河道采砂管理条例")
}

// W18-0.2 and E-64: source and time of publication to the minute.
func TestW180_2_SourceAndMinute(t *testing.T) {
	s := newSite(t)
	s.lib.works[2].Editions[1].SourceName = "清河市融媒体中心"
	wantText(t, s.page("/works/3", http.StatusOK).Find(".release"), "信息来源：清河市融媒体中心（查看原文）发布时间：2026-11-20 17:31")
	wantText(t, s.page("/works/1", http.StatusOK).Find(".release"), "信息来源：国务院")
}

func TestE64_PublishTimeToTheMinute(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/works/1", "/works/3", "/works/6"} {
		wantText(t, s.page(path, http.StatusOK).Find(".release"), "发布时间：2026-11-20 17:31")
	}
}

// W18-0.4: a repost names its source and leads to the original, through the notice.
func TestW180_4_OriginalLinked(t *testing.T) {
	d := newSite(t).page("/works/3", http.StatusOK)
	if href, _ := d.Find(".release a").Attr("href"); href != "/leave?to=https%3A%2F%2Fexample.org%2Fdoc%2F17.html" {
		t.Errorf("original linked by %q", href)
	}
}

// E-65: amended, repealed and expired documents are marked clearly.
func TestE65_EndedDocumentsMarked(t *testing.T) {
	s := newSite(t)
	d := s.page("/works/7", http.StatusOK)
	wantText(t, d.Find(".ended"), "由 《清河市停车场管理办法》（清政办字〔2021〕17号）废止，自 2021年7月1日 起不再有效")
	wantText(t, d.Find(".ended"), "现在请看：《清河市停车场管理办法》")
	if d.Find(".text #a1").Length() != 1 {
		t.Error("the text of a repealed work is not readable")
	}
	dateless := s.page("/works/4", http.StatusOK)
	wantText(t, dateless.Find(".ended"), "本文件已废止（日期不详）")
	expired := newSite(t)
	expired.lib.works[6].Validity = document.Expired
	wantText(t, expired.page("/works/7", http.StatusOK).Find(".ended-title"), "本文件已失效")
	wantText(t, s.page("/works/3?edition=1", http.StatusOK).Find(".facts-box"), "这个文本已修改")
	then := s.page("/works/7?on=2015-01-01", http.StatusOK)
	if then.Find(".ended").Length() != 0 {
		t.Error("the band of repeal stands on a day before it")
	}
	wantText(t, then.Find(".notice"), "您正在看 2015年1月1日 当天的文本")
}

func TestProvisionsAreAnchors(t *testing.T) {
	d := newSite(t).page("/works/3", http.StatusOK)
	for _, id := range []string{"c1", "a1", "a2", "a2-1", "a2-2", "a3", "a3-1-1", "a3-1-2", "a3-1-2-1", "a3_1", "a5-2"} {
		if n := d.Find(`.text [id="` + id + `"]`).Length(); n != 1 {
			t.Errorf("%d elements with id %s", n, id)
		}
	}
	wantText(t, d.Find("#a3_1"), "第三条之一 新建住宅小区")
	if d.Find("#a2 #a2-2").Length() != 1 || d.Find("#c2 #a3_1").Length() != 1 {
		t.Error("anchors do not nest")
	}
	if got := texts(d.Find("#a3_1 table tr:first-child th")); strings.Join(got, " ") != "车型 首小时 以后每小时" {
		t.Errorf("table head %v", got)
	}
	wantText(t, d.Find(".dead"), "自2024年1月1日起失效，依据：清河市人民政府关于修改部分文件的决定")
	if id, _ := d.Find(".dead").Attr("id"); id != "a5-2" {
		t.Errorf("dead provision %q", id)
	}
	if d.Find(`.text .cite[href="/works/4"]`).Length() != 1 {
		t.Error("the cited work is not linked in the text")
	}
	if got := texts(d.Find(".toc-list > li > a")); strings.Join(got, "|") != "第一章 总则|第二章 建设与使用|第三章 附则" {
		t.Errorf("contents %v", got)
	}
}

func TestNoWordOfTheTextIsLost(t *testing.T) {
	s := newSite(t)
	squeeze := func(x string) string {
		return strings.NewReplacer(" ", "", "\u3000", "", "\n", "", "\t", "", "#", "", "§", "").Replace(x)
	}
	for _, w := range s.lib.works[:5] {
		d := s.page(workPath(w.Work), http.StatusOK)
		d.Find(".text > h2, .dead-note, .cite-dead, caption").Remove()
		want := squeeze(w.texts[len(w.texts)-1])
		if got := squeeze(d.Find(".text").Text()); got != want {
			t.Errorf("work %d: the page holds %d characters of %d", w.Work, len(got), len(want))
		}
	}
}

func TestRelationsBothWays(t *testing.T) {
	d := newSite(t).page("/works/3", http.StatusOK)
	wantText(t, d.Find(".relations .notice-bad"), "有一件依据已废止或失效")
	wantText(t, d.Find(".relations"), "《清河市城市管理条例》见第一条本站没有收录")
	if d.Find(`.relations a[href="/works/7"]`).Length() != 1 || d.Find(`.relations a[href="/works/6"]`).Length() != 1 {
		t.Error("relations are not links")
	}
	wantText(t, d.Find(".records"), "主题分类—综合政务-其他补录市政府办公室2026-11-20 18:02")
}

func TestWorkInputs(t *testing.T) {
	s := newSite(t)
	for _, tt := range []struct {
		path   string
		status int
		says   string
	}{
		{"/works/3?on=2026-02-30", 400, "“日期”写的是“2026-02-30”，没有这一天"},
		{"/works/3?on=tomorrow", 400, "请写成 2025-06-01"},
		{"/works/3?edition=x", 400, "文本号"},
		{"/works/3?edition=-1", 400, "文本号"},
		{"/works/3?on=2020-01-01&edition=1", 400, "只能选一个"},
		{"/works/3?edition=9", 404, "没有这个文本"},
		{"/works/99", 404, "没有找到"},
		{"/works/abc", 404, "没有编号为“abc”的文件"},
		{"/works/03", 404, "没有编号为"},
		{"/works/8", 410, "已依法撤下"},
		{"/works/3?on=%zz", 400, "网址里有读不懂的字符"},
		{"/works/3?on=2016年5月1日", 200, "2016年5月1日"},
		{"/works/3?on=2001-01-01", 200, "它的第一个文本从 2015年3月1日 算起"},
		{"/works/3/compare?from=1&to=99", 404, "没有这个文本"},
		{"/works/3/compare?from=x", 400, "旧文本"},
		{"/works/3/files/2/9", 404, "没有这个附件"},
		{"/works/3/files/x/0", 404, "没有这个附件"},
		{"/organs/none", 404, "没有这个机构"},
		{"/columns/99", 404, "没有找到"},
		{"/columns/x", 404, "没有找到"},
		{"/policies?sort=best", 400, "排序"},
		{"/policies?column=x", 400, "栏目"},
		{"/search?q=a&level=x", 400, "范围"},
		{"/search?q=a&cursor=-5", 400, "页"},
		{"/search?q=" + strings.Repeat("a", 201), 400, "不要超过 200 个字"},
		{"/leave?to=javascript:alert(1)", 400, "要去的网址写得不对"},
		{"/leave?to=//evil.example", 400, "要去的网址写得不对"},
		{"/leave?to=https://a@b.example/", 400, "要去的网址写得不对"},
	} {
		t.Run(tt.path, func(t *testing.T) {
			wantText(t, s.page(tt.path, tt.status).Find("main"), tt.says)
		})
	}
}
