package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// sitePage is one public page to look at.
type sitePage struct {
	name   string
	path   string
	status int64 // 200 when 0
}

// sitePages lists every kind of page that a citizen can meet.
func sitePages(t testing.TB) []sitePage {
	t.Helper()
	work := func(id, rest string) string { return fmt.Sprintf("/works/%d%s", at(t, id).work, rest) }
	file := func(id string, n int) string { return work(id, fmt.Sprintf("/files/%d/%d", at(t, id).edition, n)) }
	q := url.QueryEscape
	return []sitePage{
		{"home", "/", 0},
		{"opinion", "/requests/opinion", 0},
		{"library", "/policies", 0},
		{"library filtered", "/policies?validity=" + q("有效") + "&kind=" + q("法律") + "&sort=oldest", 0},
		{"library by words", "/policies?q=" + q("政务公开"), 0},
		{"library empty", "/policies?q=" + q("没有这样的标题"), 0},
		{"library bad sort", "/policies?sort=upwards", http.StatusBadRequest},
		{"work revised", work(pairID, ""), 0},
		{"work former text", work(pairID, "?edition=1"), 0},
		{"work part repeal", work(partID, ""), 0},
		{"work dateless repeal", work(datelessID, ""), 0},
		{"work repealed", work(repealedID, ""), 0},
		{"work expired", work(expiredID, ""), 0},
		{"work not yet in force", work(futureID, ""), 0},
		{"work with attachments", work(tableID, ""), 0},
		{"work plain notice", work(noticeID, ""), 0},
		{"work undated", work(noTextID, ""), 0},
		{"work in traditional characters", work(hantID, ""), 0},
		{"history", work(partID, "/history"), 0},
		{"history undated", work(noTextID, "/history"), 0},
		{"compare", work(pairID, "/compare?from=1&to=2"), 0},
		{"compare single", work(noticeID, "/compare"), 0},
		{"as of", work(pairID, "?on=2020-01-01"), 0},
		{"as of before the first text", work(pairID, "?on=1990-01-01"), 0},
		{"as of nonsense", work(pairID, "?on="+q("某日")), http.StatusBadRequest},
		{"proof", work(partID, "/proof"), 0},
		{"file extracted", file(tableID, 1), 0},
		{"file picture", file(filesID, 1), 0},
		{"file none", file(filesID, 2), 0},
		{"file text", file(filesID, 3), 0},
		{"file partial", file(filesID, 4), 0},
		{"organs", "/organs", 0},
		{"organ", "/organs/qh-zf", 0},
		{"organ with former names", "/organs/qh-sthj", 0},
		{"column", "/columns/1", 0},
		{"disclosure", "/disclosure/", 0},
		{"request", "/requests/new?organ=qh-jyj", 0},
		{"request track", "/requests/track", 0},
		{"search", "/search", 0},
		{"search hit", "/search?q=" + q("国际商事法庭"), 0},
		{"search articles", "/search?level=article&q=" + q("信息公开"), 0},
		{"search nothing", "/search?q=" + q("齉齾龘"), 0},
		{"sitemap", "/sitemap", 0},
		{"help", "/help", 0},
		{"style guide", "/styleguide", 0},
		{"leave", "/leave?to=" + q("https://www.example.org/a"), 0},
		{"not found", "/no/such/page", http.StatusNotFound},
		{"no such work", "/works/999999", http.StatusNotFound},
		{"gone", fmt.Sprintf("/works/%d", site.gone), http.StatusGone},
	}
}

// look is one way to see a page.
type look struct {
	width int64
	hant  bool
	elder bool
	paint string // "", dark, care or print
}

func (l look) String() string {
	parts := []string{fmt.Sprint(l.width)}
	if l.hant {
		parts = append(parts, "hant")
	}
	if l.elder {
		parts = append(parts, "elder")
	}
	if l.paint != "" {
		parts = append(parts, l.paint)
	}
	return strings.Join(parts, "+")
}

var (
	widths = []int64{1280, 375}
	paints = []string{"", "dark", "care", "print"}
)

// pairwise is a cover of all pairs of page, width, script, elder and paint:
// each page is seen in every paint, and the three others follow the rows of an
// orthogonal array that turns from page to page.
func pairwise(page int) []look {
	array := [4][3]bool{{false, false, false}, {false, true, true}, {true, false, true}, {true, true, false}}
	var list []look
	for i, paint := range paints {
		r := array[(i+page)%len(array)]
		l := look{width: widths[0], hant: r[1], elder: r[2], paint: paint}
		if r[0] {
			l.width = widths[1]
		}
		list = append(list, l)
	}
	return list
}

// everyLook is all of them.
func everyLook(int) []look {
	var list []look
	for _, w := range widths {
		for _, hant := range []bool{false, true} {
			for _, elder := range []bool{false, true} {
				for _, p := range paints {
					list = append(list, look{w, hant, elder, p})
				}
			}
		}
	}
	return list
}

func TestPairwiseCoversAllPairs(t *testing.T) {
	want, got := map[string]bool{}, map[string]bool{}
	collect := func(into map[string]bool, looks func(int) []look) {
		for page := range 46 {
			for _, l := range looks(page) {
				v := []string{fmt.Sprint("page", page), fmt.Sprint("width", l.width), fmt.Sprint("hant", l.hant), fmt.Sprint("elder", l.elder), "paint" + l.paint}
				for i := range v {
					for j := i + 1; j < len(v); j++ {
						into[v[i]+" "+v[j]] = true
					}
				}
			}
		}
	}
	collect(want, everyLook)
	collect(got, pairwise)
	for p := range want {
		if !got[p] {
			t.Errorf("no page is seen with %s", p)
		}
	}
}

// TestPagesInEveryVariant opens each public page in Chromium and wants no
// serious or critical finding of axe-core, no sideways scroll, no console
// error, no failed request, one h1, a title and the right language.
func TestPagesInEveryVariant(t *testing.T) {
	s := sharedSite(t)
	pages := sitePages(t)
	looks := pairwise
	if soak() {
		looks = everyLook
	}
	// One tab of its own profile a paint, so that a kept choice stays with it.
	for _, paint := range paints {
		name := paint
		if name == "" {
			name = "screen"
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newTab(t)
			b.paint(s, paint)
			for i, p := range pages {
				for _, l := range looks(i) {
					if l.paint == paint {
						b.check(s, p, l)
					}
				}
			}
		})
	}
}

// paint sets up a tab for pages in one paint.
func (b *tab) paint(s *server, paint string) {
	b.t.Helper()
	kind := ""
	if paint == "print" {
		kind = "print"
	}
	b.media(kind, paint == "dark")
	if paint != "care" {
		return
	}
	b.open(s.url + "/help")
	js[bool](b, `localStorage.setItem("theme", "care"), true`)
	b.open(s.url + "/help")
	if got := js[string](b, `document.documentElement.dataset.theme || ""`); got != "care" {
		b.t.Fatalf("the kept theme is %q, want care", got)
	}
}

// anatomy is what check reads from a page.
type anatomy struct {
	Title  string   `json:"title"`
	Lang   string   `json:"lang"`
	H1     []string `json:"h1"`
	Width  int64    `json:"width"`
	Wide   []string `json:"wide"` // elements that stick out
	Broken []string `json:"broken"`
}

const readAnatomy = `(() => {
	const de = document.documentElement, limit = %d + 1;
	const inScroller = e => { for (let p = e; p && p !== document.body; p = p.parentElement) {
		const o = getComputedStyle(p); if (o.overflowX !== "visible" || o.position === "fixed") return true } return false };
	const wide = de.scrollWidth < limit ? [] : [...document.body.querySelectorAll("*")]
		.filter(e => e.getBoundingClientRect().right > limit && !inScroller(e)).slice(0, 5)
		.map(e => e.tagName.toLowerCase() + "." + e.className + " right=" + Math.round(e.getBoundingClientRect().right));
	return { title: document.title, lang: de.lang, width: de.scrollWidth, wide,
		h1: [...document.querySelectorAll("h1")].map(e => e.textContent.trim()),
		broken: [...document.images].filter(i => i.complete && i.naturalWidth === 0).map(i => i.src) };
})()`

// check opens a page in one look and reports every fault.
func (b *tab) check(s *server, p sitePage, l look) {
	b.t.Helper()
	if bad := b.faultsOf(s, p, l); len(bad) > 0 {
		b.t.Errorf("%s [%s] %s\n  %s\n  %s", p.name, l, p.path, strings.Join(bad, "\n  "), b.picture(p.name+"-"+l.String()))
	}
}

// faultsOf opens a page in one look and says what is wrong with it.
func (b *tab) faultsOf(s *server, p sitePage, l look) (bad []string) {
	b.t.Helper()
	prefix, lang := "", "zh-CN"
	if l.hant {
		prefix, lang = "/hant", "zh-Hant"
	}
	if l.elder {
		prefix += "/elder"
	}
	address := prefix + p.path
	b.size(l.width)
	b.faults()
	b.open(s.url + address)
	say := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }

	want := p.status
	if want == 0 {
		want = http.StatusOK
	}
	if got := b.status(); got != want {
		say("status %d, want %d", got, want)
	}
	a := js[anatomy](b, fmt.Sprintf(readAnatomy, l.width))
	if len(a.H1) != 1 || a.H1[0] == "" {
		say("%d h1: %q", len(a.H1), a.H1)
	}
	if strings.TrimSpace(a.Title) == "" {
		say("no title")
	}
	if a.Lang != lang {
		say("lang %q, want %q", a.Lang, lang)
	}
	if a.Width > l.width {
		say("scrolls sideways: %d px in %d: %s", a.Width, l.width, strings.Join(a.Wide, "; "))
	}
	for _, img := range a.Broken {
		say("broken picture %s", img)
	}
	for _, f := range b.findings() {
		say("axe %s %s: %s\n    %s", f.Impact, f.ID, f.Help, strings.Join(f.Nodes, "\n    "))
	}
	for _, f := range b.faults() {
		say("%s", f)
	}
	return bad
}
