package e2e

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/xuri/excelize/v2"
)

// suggested waits for the list below a search box and gives its names.
func (b *tab) suggested(box string) []string {
	b.t.Helper()
	var names []string
	eventually(b.t, func() string {
		names = js[[]string](b, fmt.Sprintf(`[...document.getElementById(document.querySelector(%q).getAttribute("aria-controls")).children]
			.filter(e => e.offsetParent).map(e => e.querySelector(".suggest-text").textContent)`, box))
		if len(names) == 0 {
			return "no suggestions below " + box
		}
		return ""
	})
	return names
}

// TestSuggestionByKeyboard types the initials of a title on the home page,
// takes a name with the keyboard alone, and stands on its page.
func TestSuggestionByKeyboard(t *testing.T) {
	s := sharedSite(t)
	for _, width := range []int64{1280, 375} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			b := newTab(t)
			b.size(width)
			b.open(s.url + "/")
			b.do(chromedp.Focus(chromedp.CSS("#search-main")))
			b.press("xxgk")
			names := b.suggested("#search-main")
			const box = `document.querySelector("#search-main")`
			if got := js[string](b, box+`.getAttribute("role") + " " + `+box+`.getAttribute("aria-expanded")`); got != "combobox true" {
				t.Errorf("the box is %q", got)
			}
			if found := b.findings(); len(found) > 0 {
				t.Errorf("with the list open: %+v", found)
			}
			if wide := js[int64](b, `document.documentElement.scrollWidth`); wide > width {
				t.Errorf("the list makes the page %d px wide", wide)
			}
			// Another window comes to the front and goes again.
			js[bool](b, box+`.dispatchEvent(new Event("blur")), true`)
			if !js[bool](b, box+`.getAttribute("aria-expanded") === "true"`) {
				t.Error("the list is gone although the box was not left")
			}
			b.press(kb.Escape)
			if js[bool](b, box+`.getAttribute("aria-expanded") === "true"`) {
				t.Error("Escape leaves the list open")
			}
			b.press(kb.ArrowDown)
			b.press(kb.ArrowDown)
			b.press(kb.ArrowUp)
			active := js[string](b, `document.getElementById(`+box+`.getAttribute("aria-activedescendant")).querySelector(".suggest-text").textContent`)
			if active != names[0] {
				t.Errorf("down, down, up is %q, want %q", active, names[0])
			}
			b.press(kb.Enter)
			eventually(t, func() string {
				if at := b.address(); !strings.HasPrefix(at, "/works/") {
					return "Enter leads to " + at
				}
				if h := b.text("h1"); h != names[0] {
					return "the page is " + h
				}
				return ""
			})
			if bad := b.faults(); len(bad) > 0 {
				t.Errorf("faults: %q", bad)
			}
		})
	}
}

// TestSuggestionByTouch takes a name with the pointer in the head of another
// page; words with Enter still search.
func TestSuggestionByTouch(t *testing.T) {
	s := sharedSite(t)
	b := newTab(t)
	b.size(375)
	b.open(s.url + "/help")
	b.do(chromedp.Focus(chromedp.CSS("#search-head")))
	b.write("国际商事法庭")
	names := b.suggested("#search-head")
	b.do(chromedp.Click(chromedp.CSS(`.search-small .suggest-option`)))
	eventually(t, func() string {
		if h := b.text("h1"); h != names[0] {
			return "the page is " + h
		}
		return ""
	})
	b.do(chromedp.Focus(chromedp.CSS("#search-head")))
	b.write("国际商事法庭")
	b.suggested("#search-head")
	b.press(kb.Enter)
	eventually(t, func() string {
		if at := b.address(); !strings.HasPrefix(at, "/search?q=") {
			return "Enter without a choice leads to " + at
		}
		return ""
	})
}

// TestSearchFiltersInTheBrowser chooses a facet and a day, takes the chips away
// again, and insists on words that were corrected, with and without scripts.
func TestSearchFiltersInTheBrowser(t *testing.T) {
	s := sharedSite(t)
	for name, off := range map[string]bool{"with scripts": false, "without scripts": true} {
		t.Run(name, func(t *testing.T) {
			b := newTab(t)
			b.size(1280)
			b.noScripts(off)
			b.open(s.url + "/")
			b.do(chromedp.Focus(chromedp.CSS("#search-main")))
			b.write("管理")
			b.follow(".hero button")
			all := b.text(".total strong")
			choice := b.text(`section[aria-labelledby="facet-kind"] a .facet-label`)
			count := b.text(`section[aria-labelledby="facet-kind"] a .facet-count`)
			b.follow(`section[aria-labelledby="facet-kind"] a`)
			if got := b.text(".total strong"); got != count || got == all {
				t.Errorf("%s promised %s of %s, the page has %s", choice, count, all, got)
			}
			if got := b.text(".chip"); !strings.Contains(got, "文种："+choice) {
				t.Errorf("the chip says %q", got)
			}
			b.do(chromedp.Click(chromedp.CSS(".search-more summary")), chromedp.Focus(chromedp.CSS("#search-on")))
			b.writeDay("2019", "06", "01")
			b.follow(".search-options button")
			if got := b.text(".total"); !strings.Contains(got, "按 2019年6月1日 当天的文本") || js[int](b, `document.querySelectorAll(".chip").length`) != 2 {
				t.Errorf("of a day: %q, chips %q", got, b.text(".chips"))
			}
			if href := js[string](b, `document.querySelector(".hits .card-title a").getAttribute("href")`); !strings.Contains(href, "on=2019-06-01") {
				t.Errorf("the hit opens at %s", href)
			}
			b.follow(".chip")
			b.follow(".chip")
			if got := b.text(".total strong"); got != all {
				t.Errorf("without the chips there are %s, at first %s", got, all)
			}
			b.open(s.url + "/search?q=xingzhengxuke")
			if got := b.text(".notice"); !strings.Contains(got, "您是不是要找“行政许可”") {
				t.Errorf("the corrected words are told as %q", got)
			}
			b.follow(".notice a")
			if got := b.text("main"); !strings.Contains(got, "没有找到") || !strings.Contains(got, "可以这样继续") {
				t.Errorf("insisting shows %q", got)
			}
			b.open(s.url + "/search?q=" + url.QueryEscape("行政许可法第十二条"))
			if got := b.text(".exact"); !strings.Contains(got, "下列事项可以设定行政许可") || !strings.Contains(got, "有效") {
				t.Errorf("the article is answered with %q", got)
			}
			b.follow(".exact-ways a")
			if at := b.address(); !strings.HasPrefix(at, "/works/") || !strings.HasSuffix(at, "#a12") {
				t.Errorf("the article leads to %s", at)
			}
		})
	}
}

// TestSearchPagesLookRight sees the states of the search page as the other
// pages are seen: axe, no sideways scroll, one h1, no console error.
func TestSearchPagesLookRight(t *testing.T) {
	s := sharedSite(t)
	b := newTab(t)
	q := url.QueryEscape
	for i, p := range []sitePage{
		{name: "search filtered", path: "/search?q=" + q("管理") + "&kind=" + q("法律") + "&validity=" + q("有效") + "&from=2010-01-01&to=2020-12-31&on=2021-01-01&current=1"},
		{name: "search article", path: "/search?q=" + q("行政许可法第十二条")},
		{name: "search corrected", path: "/search?q=xingzhengxuke"},
		{name: "search nothing with conditions", path: "/search?q=" + q("齉齾 齉龘") + "&kind=" + q("法律")},
		{name: "search only signs", path: "/search?q=" + q("？！")},
		{name: "suggestions", path: "/search/suggest?q=xxgk"},
		{name: "bad words", path: "/search?q=%00", status: http.StatusBadRequest},
	} {
		for _, l := range pairwise(i) {
			if l.paint != "care" && l.paint != "print" {
				b.media("screen", l.paint == "dark")
				b.check(s, p, l)
			}
		}
		b.media("screen", false)
		b.check(s, p, look{width: 375})
	}
}

// TestExportsHoldWhatThePageCounts takes a result away in every format: each
// has as many rows as the page says, with its filters; the feed answers.
func TestExportsHoldWhatThePageCounts(t *testing.T) {
	s := sharedSite(t)
	for _, query := range []string{"q=" + url.QueryEscape("管理"), "q=" + url.QueryEscape("管理") + "&kind=" + url.QueryEscape("法律") + "&from=2015-01-01", "level=article&q=" + url.QueryEscape("信息公开"), "q=xingzhengxuke"} {
		page := s.page(t, "/search?"+query, http.StatusOK)
		total := page.Find(".total strong").Text()
		rows := func(format string) (n int) {
			link, ok := page.Find(`.take-list a[href*="export.` + format + `"]`).Attr("href")
			if !ok {
				t.Fatalf("%s: no export as %s", query, format)
			}
			r, err := http.Get(s.url + link)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Body.Close()
			body, err := io.ReadAll(r.Body)
			if err != nil || r.StatusCode != http.StatusOK || !strings.HasPrefix(r.Header.Get("Content-Disposition"), "attachment;") {
				t.Fatalf("%s: %v, status %d, %v", link, err, r.StatusCode, r.Header)
			}
			switch format {
			case "csv":
				list, err := csv.NewReader(bytes.NewReader(body)).ReadAll()
				if err != nil {
					t.Fatal(err)
				}
				return len(list) - 1
			case "xlsx":
				x, err := excelize.OpenReader(bytes.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				list, err := x.GetRows("搜索结果")
				if err != nil {
					t.Fatal(err)
				}
				return len(list) - 1
			}
			var f struct {
				Total   int               `json:"total"`
				Results []json.RawMessage `json:"results"`
			}
			if err := json.Unmarshal(body, &f); err != nil || f.Total != len(f.Results) {
				t.Fatalf("%v: %d of %d", err, len(f.Results), f.Total)
			}
			return len(f.Results)
		}
		for _, format := range []string{"csv", "xlsx", "json"} {
			if n := rows(format); fmt.Sprint(n) != total || n == 0 {
				t.Errorf("%s: %s holds %d rows, the page counts %s", query, format, n, total)
			}
		}
		feed, ok := page.Find(`.take-list a[type="application/atom+xml"]`).Attr("href")
		if !ok {
			t.Fatalf("%s: no feed", query)
		}
		if status, body := s.get(t, feed); status != http.StatusOK || !strings.Contains(body, "<entry>") {
			t.Errorf("%s: status %d %.200s", feed, status, body)
		}
	}
}
