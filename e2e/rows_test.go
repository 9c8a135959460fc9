package e2e

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestZ25_01_FactsInOrder reads the block of facts of a real document.
func TestZ25_01_FactsInOrder(t *testing.T) {
	s := sharedSite(t)
	d := s.page(t, fmt.Sprintf("/works/%d", at(t, "plan-Z25").work), http.StatusOK)
	var names, values []string
	for i, dt := range d.Find(".facts-box dt").EachIter() {
		names = append(names, strings.TrimSpace(dt.Text()))
		values = append(values, strings.TrimSpace(d.Find(".facts-box dd").Eq(i).Text()))
	}
	want := []string{"标题", "发文机关", "发文字号", "索引号", "成文日期", "发文日期", "主题分类", "有效性"}
	if !slices.Equal(names, want) {
		t.Fatalf("the block holds %v, want %v", names, want)
	}
	for i, say := range []string{"淄博市贯彻落实", "淄博市人民政府办公室", "淄政办字〔2025〕17号", "11370300004224423Q/2025-5521836", "2025年5月28日", "2025年", "综合政务", "有效"} {
		if !strings.Contains(values[i], say) {
			t.Errorf("%s is %q, want %q in it", names[i], values[i], say)
		}
	}
	if text := d.Find(".text").Text(); !strings.Contains(text, "此件公开发布") {
		t.Error("Z25-0.5: the text has lost 此件公开发布")
	}
}

// TestW18_01_PathAndNeighbours follows the crumbs up and the neighbours along
// a column.
func TestW18_01_PathAndNeighbours(t *testing.T) {
	s := sharedSite(t)
	d := s.page(t, fmt.Sprintf("/works/%d", at(t, partID).work), http.StatusOK)
	var path []string
	for _, a := range d.Find(".crumbs li").EachIter() {
		path = append(path, strings.TrimSpace(a.Text()))
	}
	if len(path) < 5 || path[0] != "首页" || !slices.Contains(path, "行政规范性文件") {
		t.Errorf("the path is %v", path)
	}
	for _, a := range d.Find(".crumbs a").EachIter() {
		s.page(t, a.AttrOr("href", ""), http.StatusOK)
	}
	next, ok := d.Find(".neighbours a[rel=next], .neighbours a[rel=prev]").Attr("href")
	if !ok {
		t.Fatal("no neighbour is offered")
	}
	if n := s.page(t, next, http.StatusOK).Find(".neighbours a").Length(); n == 0 {
		t.Errorf("%s has no neighbour, but it is one", next)
	}
}

// TestW18_02_SourceAndMinute wants source and time to the minute on a page.
func TestW18_02_SourceAndMinute(t *testing.T) {
	s := sharedSite(t)
	line := s.page(t, fmt.Sprintf("/works/%d", at(t, noticeID).work), http.StatusOK).Find(".release").Text()
	if !regexp.MustCompile(`信息来源：\S+`).MatchString(line) || !regexp.MustCompile(`发布时间：\s*\d{4}[年-]\d{1,2}[月-]\d{1,2}日?\s*\d{1,2}:\d{2}$`).MatchString(strings.TrimSpace(line)) {
		t.Errorf("the line says %q", line)
	}
}

// TestW18_04_RepostNamesItsOrigin wants a repost to lead to the original
// through the notice before links to other sites.
func TestW18_04_RepostNamesItsOrigin(t *testing.T) {
	s := sharedSite(t)
	d := s.page(t, fmt.Sprintf("/works/%d", at(t, noticeID).work), http.StatusOK)
	href, ok := d.Find(".release a").Attr("href")
	if !ok || !strings.HasPrefix(href, "/leave?to=http") {
		t.Fatalf("the origin is %q", href)
	}
	if to := s.page(t, href, http.StatusOK).Find(`a[rel~="external"]`).AttrOr("href", ""); !strings.HasPrefix(to, "http") {
		t.Errorf("the notice leads to %q", to)
	}
}

// TestZ25_22c_FormerTexts wants the valid text and its former texts linked both
// ways, with history and comparison.
func TestZ25_22c_FormerTexts(t *testing.T) {
	s := sharedSite(t)
	here := fmt.Sprintf("/works/%d", at(t, partID).work)
	d := s.page(t, here, http.StatusOK)
	if n := d.Find(".editions a").Length(); n != 2 {
		t.Errorf("%d texts are listed, want 2", n)
	}
	old := ""
	for _, a := range d.Find(".editions a").EachIter() {
		if _, current := a.Attr("aria-current"); !current {
			old = a.AttrOr("href", "")
		}
	}
	former := s.page(t, old, http.StatusOK)
	if words := former.Find(".notice").Text(); !strings.Contains(words, "第 1 个文本") {
		t.Errorf("%s says %q", old, words)
	}
	back := false
	for _, a := range former.Find(".notice a").EachIter() {
		back = back || a.AttrOr("href", "") == here
	}
	if !back {
		t.Error("the former text does not lead to the valid one")
	}
	history := s.page(t, here+"/history", http.StatusOK)
	for _, a := range history.Find(".timeline a").EachIter() {
		s.page(t, a.AttrOr("href", ""), http.StatusOK)
	}
	if n := history.Find(".timeline-day").Length(); n < 4 {
		t.Errorf("the history has %d days", n)
	}
}

// TestEveryLinkLeadsSomewhere follows the links of every page one step; of the
// long lists it takes the first forty, in the soak run all.
func TestEveryLinkLeadsSomewhere(t *testing.T) {
	s := sharedSite(t)
	seen := map[string]bool{}
	for _, p := range sitePages(t) {
		if p.status != 0 {
			continue
		}
		followed := 0
		for _, a := range s.page(t, p.path, http.StatusOK).Find("a[href], link[href], script[src], img[src]").EachIter() {
			href := a.AttrOr("href", a.AttrOr("src", ""))
			if href, _, _ = strings.Cut(href, "#"); !strings.HasPrefix(href, "/") || seen[href] {
				continue
			}
			seen[href] = true
			if followed++; followed > 40 && !soak() {
				break
			}
			if status, _ := s.get(t, href); status != http.StatusOK {
				t.Errorf("%s links to %s, which answers %d", p.path, href, status)
			}
		}
	}
	if len(seen) < 300 {
		t.Errorf("only %d links were followed", len(seen))
	}
}

// TestAnchorsStandStill wants every § of a law to be the address of a place on
// the page, in the promised form.
func TestAnchorsStandStill(t *testing.T) {
	s := sharedSite(t)
	d := s.page(t, fmt.Sprintf("/works/%d", at(t, pairID).work), http.StatusOK)
	form := regexp.MustCompile(`^#[a-z]+\d+(_\d+)?([a-z-]+\d+(_\d+)?)*$`)
	n := 0
	for _, a := range d.Find("a.anchor").EachIter() {
		href := a.AttrOr("href", "")
		n++
		if !form.MatchString(href) || d.Find(`[id="`+strings.TrimPrefix(href, "#")+`"]`).Length() != 1 {
			t.Errorf("%s is no single place of the page", href)
		}
	}
	if n < 15 || d.Find("#a2").Length() != 1 {
		t.Errorf("%d anchors", n)
	}
}
