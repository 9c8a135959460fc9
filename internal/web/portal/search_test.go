package portal

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"gongkai/internal/search"
	"gongkai/internal/workday"
)

func ask(words string, more ...string) string {
	return "/search?q=" + url.QueryEscape(words) + strings.Join(more, "")
}

// total is the number that the page names.
func total(t *testing.T, d *goquery.Document) int {
	t.Helper()
	n, err := strconv.Atoi(strings.TrimSpace(d.Find(".total strong").Text()))
	if err != nil {
		t.Fatalf("no total in %q", d.Find("main").Text())
	}
	return n
}

// Every figure of a facet is the total of the page it leads to, before and
// after something is chosen.
func TestM231_3b_FacetCountsAreTheTotalsTheyLeadTo(t *testing.T) {
	s := newIndexSite(t)
	s.notices(60)
	s.publish(2000, search.ItemEdition{Title: "灌溉用水条例", Kind: "地方性法规", Organ: "清河市人民代表大会常务委员会", Region: "清河市", Date: day("2018-03-01"), Articles: []search.ItemArticle{{Path: "a1", Label: "第一条", Text: "第一条 灌溉用水应当节约。"}}}, "有效")
	s.publish(2001, search.ItemEdition{Title: "《灌溉用水条例》解读", Kind: "政策解读", Organ: "清河市水利局", Date: day("2018-03-02"), Articles: []search.ItemArticle{{Text: "灌溉用水为什么要节约。"}}}, "有效")
	s.fill()
	for _, path := range []string{ask("灌溉用水"), ask("灌溉用水", "&kind=", url.QueryEscape("通知")), ask("灌溉用水", "&validity=", url.QueryEscape("废止"), "&from=2016-01-01&to=2016-12-31"), ask("灌溉用水", "&tab=paper&current=1"), ask("灌溉用水", "&level=article&sort=newest")} {
		d := s.page(path, 200)
		seen := 0
		d.Find(".facet a, .tabs a:has(.tab-count)").Each(func(_ int, a *goquery.Selection) {
			if a.HasClass("chosen") {
				return // its link takes it away
			}
			count := strings.TrimSuffix(strings.TrimSpace(a.Find(".facet-count, .tab-count").Text()), " 份")
			want, err := strconv.Atoi(count)
			if err != nil {
				t.Errorf("%s: %s has the figure %q", path, a.Text(), count)
				return
			}
			there := s.page(a.AttrOr("href", ""), 200)
			facet := strings.TrimPrefix(a.Closest("section").AttrOr("aria-labelledby", ""), "facet-")
			picked := d.Find(`.facet[aria-labelledby="facet-` + facet + `"] .chosen .facet-count`)
			if facet != "year" { // a second value is added to the first
				picked.Each(func(_ int, c *goquery.Selection) {
					n, err := strconv.Atoi(c.Text())
					if err != nil {
						t.Error(err)
					}
					want += n
				})
			}
			if got := total(t, there); got != want {
				t.Errorf("%s: %s promises %d, the page has %d", path, a.Text(), want, got)
			}
			seen++
		})
		if seen < 3 {
			t.Errorf("%s: only %d figures", path, seen)
		}
	}
	tabs := s.page(ask("灌溉用水"), 200).Find(".tabs").Text()
	if !strings.Contains(tabs, "解读") || !strings.Contains(tabs, "公文") || strings.Contains(tabs, "问答") || strings.Contains(tabs, "规章") {
		t.Errorf("tabs %q are not the classes of the answer", tabs)
	}
}

// A chosen value is a chip that takes it away and leaves the others.
func TestSearchChipsTakeOneConditionAway(t *testing.T) {
	s := newIndexSite(t)
	s.notices(20)
	d := s.page(ask("灌溉用水", "&kind=", url.QueryEscape("通知"), "&region=", url.QueryEscape("清河市"), "&on=2026-01-01&current=1&from=2015-01-01&sort=oldest"), 200)
	if got := d.Find(".chip").Length(); got != 5 {
		t.Fatalf("%d chips: %s", got, d.Find(".chips").Text())
	}
	for _, want := range []string{"文种：通知", "地区：清河市", "发文日期：2015年1月1日以后", "某日适用：2026年1月1日", "只看有效的"} {
		chip := d.Find(".chip:contains('" + want + "')")
		if chip.Length() != 1 {
			t.Errorf("no chip %s", want)
			continue
		}
		left := s.page(chip.AttrOr("href", ""), 200)
		if left.Find(".chip").Length() != 4 || strings.Contains(left.Find(".chips").Text(), want) {
			t.Errorf("without %s stand %s", want, left.Find(".chips").Text())
		}
		if !strings.Contains(chip.AttrOr("href", ""), "sort=oldest") {
			t.Errorf("%s loses the order", want)
		}
	}
	for name, want := range map[string]string{"kind": "通知", "region": "清河市", "sort": "oldest"} {
		if got := d.Find(`.search-form input[type=hidden][name="`+name+`"]`).AttrOr("value", ""); got != want {
			t.Errorf("the form carries %s=%q, want %q", name, got, want)
		}
	}
	if d.Find("#search-from").AttrOr("value", "") != "2015-01-01" || d.Find(".search-more[open]").Length() != 1 {
		t.Error("the span is not in the form")
	}
}

func TestSearchOrdersByDate(t *testing.T) {
	s := newIndexSite(t)
	s.notices(30)
	for sort, sign := range map[string]int{"newest": -1, "oldest": 1} {
		var last workday.Date
		s.page(ask("灌溉用水", "&sort=", sort), 200).Find(".hits time").Each(func(i int, e *goquery.Selection) {
			d, ok := workday.ParseDate(e.AttrOr("datetime", ""))
			if !ok || i > 0 && d.Compare(last)*sign < 0 {
				t.Errorf("%s: %s after %s", sort, d, last)
			}
			last = d
		})
	}
}

// A number, a title, and a law with an article are answered at once.
func TestZ252_1c_NumberTitleAndArticleAreAnsweredDirectly(t *testing.T) {
	s := newIndexSite(t)
	for _, c := range []struct{ words, note, title, href, says string }{
		{"清政办字〔2021〕17号", "正好找到", "清河市停车场管理办法", "/works/3", "部分失效"},
		{"清政办字[2021]17号", "正好找到", "清河市停车场管理办法", "/works/3", "历次文本"},
		{"水下文物保护管理条例", "正好找到", "中华人民共和国水下文物保护管理条例", "/works/1", "有效"},
		{"水下文物保护管理条例第三条", "正好找到这一条", "中华人民共和国水下文物保护管理条例 第三条", "/works/1#a3", "有效"},
		{"清政办字〔2015〕3号", "原来的标题或者文号", "清河市停车场管理办法", "/works/3", "清政办字〔2021〕17号"},
	} {
		card := s.page(ask(c.words), 200).Find(".exact")
		link := card.Find(".exact-title a")
		if !strings.Contains(card.Find(".exact-note").Text(), c.note) || link.Text() != c.title || link.AttrOr("href", "") != c.href || !strings.Contains(card.Text(), c.says) {
			t.Errorf("%s: %s at %s: %s", c.words, link.Text(), link.AttrOr("href", ""), card.Text())
		}
	}
	quoted := s.page(ask("水下文物保护管理条例第三条"), 200).Find(".exact-quote").Text()
	v, err := s.lib.View(t.Context(), 1, atNow)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range v.Provisions {
		if p.Path != "a3" {
			continue
		}
		if want := strings.Fields(string([]rune(v.Text)[p.Start:p.End])); !strings.Contains(strings.Join(strings.Fields(quoted), ""), want[len(want)-1]) {
			t.Errorf("the article is quoted as %q, want %q", quoted, want)
		}
	}
	if s.page(ask("水下文物"), 200).Find(".exact").Length() != 0 {
		t.Error("words are answered as if they were a name")
	}
}

// The reader learns that other words were looked for, and can insist.
func TestSearchTellsWhatItCorrected(t *testing.T) {
	s := newIndexSite(t)
	s.notices(60)
	d := s.page(ask("guangaiyongshui"), 200)
	note := d.Find(".notice")
	wantText(t, note, "您是不是要找“灌溉用水”")
	if total(t, d) != 60 {
		t.Error("the corrected words are not what was looked for")
	}
	href := note.Find("a").AttrOr("href", "")
	insist := s.page(href, 200)
	if insist.Find(".notice").Length() != 0 || strings.Contains(insist.Find("main").Text(), "龘") {
		t.Errorf("%s is corrected again or shows how: %s", href, insist.Find("main").Text())
	}
	wantText(t, insist.Find("h1"), "guangaiyongshui")
	wantText(t, insist.Find(".empty"), "没有找到")
}

func TestSearchHelpsWhereNothingIsFound(t *testing.T) {
	s := newIndexSite(t)
	s.notices(6)
	d := s.page(ask("灌溉用水", "&kind=", url.QueryEscape("法律"), "&from=2015-01-01"), 200)
	empty := d.Find(".empty")
	for _, want := range []string{"标题、文号或者正文里有“灌溉用水”", "文种：只看法律", "发文日期：2015年1月1日以后", "去掉附加条件，有 6 份"} {
		wantText(t, empty, want)
	}
	if n := empty.Find(".empty-ways a").Length(); n < 3 {
		t.Errorf("%d ways on", n)
	}
	empty.Find(".empty-ways a").Each(func(_ int, a *goquery.Selection) {
		to, _, _ := strings.Cut(a.AttrOr("href", ""), "#")
		s.page(to, 200)
	})
	wantText(t, s.page(ask("齉齾 齉龘 -爩"), 200).Find(".empty"), "不要含有“爩”")
	// A name is offered although the words are not all in one text.
	wantText(t, s.page(ask("停车场 齉齾"), 200).Find(".alike"), "清河市停车场管理办法")
}

// Bad input gets a sentence, never a failure of ours.
func TestSearchBadInput(t *testing.T) {
	s := newIndexSite(t)
	for _, c := range []struct {
		name, query string
		status      int
		says        string
	}{
		{"10,000 characters", "q=" + strings.Repeat(url.QueryEscape("水"), 10000), 400, "不要超过 200 个字"},
		{"punctuation", "q=" + url.QueryEscape("！？……、。《》"), 200, "没有可以查找的词"},
		{"quotes that nothing closes", "q=" + url.QueryEscape(`"'"`), 200, "没有可以查找的词"},
		{"picture signs", "q=" + url.QueryEscape("😀🎉"), 200, "没有可以查找的词"},
		{"SQL", "q=" + url.QueryEscape(`'; DROP TABLE works; -- " OR 1=1`), 200, "没有找到"},
		{"FTS syntax", "q=" + url.QueryEscape(`NEAR(停车 车位, 2) AND title:* OR ^`), 200, "停车"},
		{"control characters", "q=" + url.QueryEscape("停车\x01\x1b\t\n场"), 200, "“停车 场”的搜索结果"},
		{"NUL", "q=a%00b", 400, "读不懂的字符"},
		{"half a surrogate pair", "q=%ED%A0%80", 400, "读不懂的字符"},
		{"no UTF-8", "q=%C3%28", 400, "读不懂的字符"},
		{"no UTF-8 in a filter", "q=a&kind=%FF", 400, "网址"},
		{"right-to-left marks", "q=" + url.QueryEscape("\u202e停\u200b车\u200f场\u2069"), 200, "“停车场”的搜索结果"},
		{"markup", "q=" + url.QueryEscape("<script>alert(1)</script>"), 200, "<script>"},
		{"blanks", "q=" + url.QueryEscape(" \u3000 "), 200, "可以搜标题"},
		{"only what is not wanted", "q=" + url.QueryEscape("-停车"), 200, "只写了不要的词"},
		{"bad day", "q=a&on=2026-02-30", 400, "没有这一天"},
		{"bad span", "q=a&from=2020-01-02&to=2020-01-01", 400, "开始比结束晚"},
		{"bad order", "q=a&sort=best", 400, "排序"},
		{"bad class", "q=a&tab=none", 400, "没有这个类别"},
		{"bad level", "q=a&level=book", 400, "范围"},
		{"far page", "q=a&cursor=10001", 400, "页"},
		{"many values", "q=a" + manyKinds(60), 400, "最多选 50 项"},
		{"long value", "q=a&organ=" + strings.Repeat("a", 101), 400, "不超过 100 个字"},
		{"broken address", "q=%zz", 400, "网址里有读不懂的字符"},
		{"unknown filter value", "q=" + url.QueryEscape("停车") + "&kind=" + url.QueryEscape("没有的文种"), 200, "只看没有的文种"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, page := range []string{"/search?", "/hant/search?"} {
				w := s.get(page + c.query)
				if w.Code != c.status {
					t.Errorf("%s: status %d, want %d", page, w.Code, c.status)
				}
			}
			wantText(t, s.page("/search?"+c.query, c.status).Find("main"), c.says)
			for _, other := range []string{"/search/suggest?", "/search/suggest.json?", "/search/export.csv?", "/search/export.json?", "/search/export.xlsx?"} {
				if w := s.get(other + c.query); w.Code != 200 && w.Code != 400 {
					t.Errorf("%s: status %d", other, w.Code)
				}
			}
		})
	}
}

func manyKinds(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("&kind=k" + strconv.Itoa(i))
	}
	return b.String()
}

// The feed asks what the page asks; the feed knows kinds instead of classes.
func TestSearchFeedHasTheSameFilters(t *testing.T) {
	s := newIndexSite(t)
	s.notices(5)
	d := s.page(ask("灌溉用水", "&tab=paper&validity=", url.QueryEscape("有效"), "&organ=", url.QueryEscape("清河市水利局"), "&from=2015-01-01&current=1"), 200)
	href := d.Find(`.take-list a[type="application/atom+xml"]`).AttrOr("href", "")
	u, err := url.Parse(href)
	if err != nil || u.Path != "/feeds/search" {
		t.Fatalf("the feed is at %q: %v", href, err)
	}
	v := u.Query()
	if v.Get("q") != "灌溉用水" || v.Get("validity") != "有效" || v.Get("organ") != "清河市水利局" || v.Get("from") != "2015-01-01" || v.Get("current") != "1" || v.Has("tab") || !strings.Contains(strings.Join(v["kind"], " "), "通知") {
		t.Errorf("the feed asks %v", v)
	}
}

// Paging ends where it says and never leads to an error.
func TestSearchPagesToItsEnd(t *testing.T) {
	s := newIndexSite(t)
	s.notices(25)
	seen, next := map[string]bool{}, ask("灌溉用水")
	for pages := 0; next != ""; pages++ {
		if pages > 3 {
			t.Fatal("the pages do not end")
		}
		d := s.page(next, http.StatusOK)
		d.Find(".hits .card-title a").Each(func(_ int, a *goquery.Selection) { seen[a.AttrOr("href", "")] = true })
		next = d.Find(`.pager a[rel="next"]`).AttrOr("href", "")
	}
	if len(seen) != 25 {
		t.Errorf("%d of 25 hits on all pages", len(seen))
	}
}
