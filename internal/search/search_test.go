package search

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"gongkai/internal/fault"
	"gongkai/internal/zh"
)

// naive answers a strict query by reading every text.
func naive(items []*Item, q Query, terms, without []string) int {
	total := 0
	for _, item := range items {
		w := &workEntry{spans: item.Spans}
		span, ok := w.at(q.On)
		if !ok {
			continue
		}
		for _, e := range item.Editions {
			if e.Label != span.Edition || q.National && e.Region != "" || q.Current && span.Validity != "有效" && span.Validity != "部分失效" {
				continue
			}
			whole := e.Title + "\n"
			for _, a := range e.Articles {
				whole += a.Heading + "\n" + a.Text + "\n"
				if q.Level == LevelArticle && holds(e.Title+"\n"+a.Text, terms, without) {
					total++
				}
			}
			if q.Level == LevelDocument && holds(whole, terms, without) {
				total++
			}
		}
	}
	return total
}

func holds(text string, terms, without []string) bool {
	folded := zh.Fold(text)
	in := func(term string) bool {
		pattern := regexp.QuoteMeta(zh.Fold(term))
		if r, _ := utf8.DecodeRuneInString(term); isWord(r) {
			pattern = `(?:^|[^0-9a-z])` + pattern
		}
		if r, _ := utf8.DecodeLastRuneInString(term); isWord(r) {
			pattern += `(?:$|[^0-9a-z])`
		}
		return regexp.MustCompile(pattern).MatchString(folded)
	}
	return !slices.ContainsFunc(terms, func(s string) bool { return !in(s) }) && !slices.ContainsFunc(without, in)
}

var plainRun = regexp.MustCompile(`[\p{Han}0-9]+`)

// TestStrictTotalsEqualNaiveScan takes queries from the texts themselves.
func TestStrictTotalsEqualNaiveScan(t *testing.T) {
	items := corpus()
	x := corpusIndex(t)
	draw := func(rt *rapid.T, e ItemEdition, name string) string {
		text := e.Title
		if len(e.Articles) > 0 && rapid.Bool().Draw(rt, name+" from text") {
			text = rapid.SampledFrom(e.Articles).Draw(rt, name+" piece").Text
		}
		runs := plainRun.FindAllString(text, -1)
		if len(runs) == 0 {
			return "规定"
		}
		run := []rune(rapid.SampledFrom(runs).Draw(rt, name+" run"))
		n := rapid.IntRange(1, min(5, len(run))).Draw(rt, name+" length")
		at := rapid.IntRange(0, len(run)-n).Draw(rt, name+" at")
		return string(run[at : at+n])
	}
	rapid.Check(t, func(rt *rapid.T) {
		e := rapid.SampledFrom(rapid.SampledFrom(items).Draw(rt, "work").Editions).Draw(rt, "edition")
		var terms, without []string
		for i := range rapid.IntRange(1, 2).Draw(rt, "terms") {
			terms = append(terms, draw(rt, e, fmt.Sprint("term", i)))
		}
		if rapid.IntRange(0, 3).Draw(rt, "exclude") == 0 {
			without = append(without, draw(rt, rapid.SampledFrom(items).Draw(rt, "other").Editions[0], "without"))
		}
		q := Query{Text: strings.Join(terms, " "), On: today, Level: rapid.SampledFrom([]string{LevelDocument, LevelArticle}).Draw(rt, "level"),
			National: rapid.Bool().Draw(rt, "national"), Current: rapid.Bool().Draw(rt, "current")}
		for _, w := range without {
			q.Text += " -" + w
		}
		if rapid.Bool().Draw(rt, "traditional") {
			q.Text = zh.Traditional(q.Text)
			for i := range terms {
				terms[i] = zh.Fold(zh.Traditional(terms[i]))
			}
			for i := range without {
				without[i] = zh.Fold(zh.Traditional(without[i]))
			}
		}
		if rapid.IntRange(0, 2).Draw(rt, "day") == 0 {
			q.On = repealed.AddDays(rapid.IntRange(-4000, 3000).Draw(rt, "days"))
		}
		p := parseQuery(q.Text)
		if p.question || p.law != nil || slices.ContainsFunc(p.terms, func(t term) bool { return t.docNo }) {
			rt.Skip("answered in another way")
		}
		want, got := naive(items, q, terms, without), find(t, x, q)
		if got.Exact != nil {
			return // a former name may add a work that does not hold it any more
		}
		if got.Corrected != "" {
			if want != 0 || got.Total == 0 {
				rt.Fatalf("%+v: answered %q, reading every text finds %d", q, got.Corrected, want)
			}
			return
		}
		if got.Mode == ModeStrict && got.Total != want || got.Mode == ModeRelaxed && want != 0 {
			rt.Fatalf("%+v: %s %d, reading every text finds %d", q, got.Mode, got.Total, want)
		}
		if got.Mode == ModeStrict && q.Level == LevelDocument {
			for i := 1; i < len(got.Hits); i++ {
				if standing(got.Hits[i-1].Validity) < standing(got.Hits[i].Validity) {
					rt.Fatalf("%+v: %s before %s", q, got.Hits[i-1].Validity, got.Hits[i].Validity)
				}
			}
		}
	})
}

// TestHitsAreFromTheText checks snippets and marks against the corpus.
func TestHitsAreFromTheText(t *testing.T) {
	items := corpus()
	x := corpusIndex(t)
	for _, text := range []string{"行政許可", "工伤认定申请要多久？", "税", "不可抗力 责任", "国务院令第711号", "行政许可法第十二条", "规定", "2018 修订"} {
		for _, level := range []string{LevelDocument, LevelArticle} {
			res := find(t, x, Query{Text: text, Level: level, Limit: 100})
			for _, h := range res.Hits {
				var e ItemEdition
				for _, v := range items[h.Work-1].Editions {
					if v.Label == h.Edition {
						e = v
					}
				}
				in := slices.ContainsFunc(e.Articles, func(a ItemArticle) bool {
					return strings.Contains(a.Text, h.Snippet) && (h.Article == "" || a.Label == h.Article && a.Path == h.Path)
				})
				if !in || e.Title != h.Title || h.Why == "" || h.Validity == "" {
					t.Errorf("%s: %+v is not in the text", text, h)
				}
				n := utf8.RuneCountInString(h.Snippet)
				if n > snippetRunes+sentenceSlack {
					t.Errorf("%s: snippet of %d runes", text, n)
				}
				last := -1
				for _, m := range h.Marks {
					if m[0] <= last || m[1] <= m[0] || m[1] > n {
						t.Errorf("%s: marks %v in %d runes", text, h.Marks, n)
					}
					last = m[1]
				}
			}
		}
	}
}

func TestPagesCoverAllHitsOnce(t *testing.T) {
	x := corpusIndex(t)
	for _, text := range []string{"规定", "行政机关怎么公开信息？"} {
		for _, level := range []string{LevelDocument, LevelArticle} {
			seen := map[string]bool{}
			q := Query{Text: text, Level: level, Limit: 7}
			for {
				res := find(t, x, q)
				for _, h := range res.Hits {
					key := fmt.Sprint(h.Work, " ", h.Path, h.Snippet)
					if level == LevelDocument {
						key = fmt.Sprint(h.Work)
					}
					if seen[key] {
						t.Errorf("%s: %s twice", text, key)
					}
					seen[key] = true
				}
				if len(res.Hits) == 0 {
					if len(seen) != res.Total {
						t.Errorf("%s %s: %d of %d hits", text, level, len(seen), res.Total)
					}
					break
				}
				q.Offset += len(res.Hits)
			}
		}
	}
}

func TestSearchAllKeepsTheOrder(t *testing.T) {
	x := corpusIndex(t)
	var queries []Query
	for i := range 40 {
		queries = append(queries, Query{Text: []string{"税", "行政许可", "魑魅", "继承从什么时候开始"}[i%4], Offset: i / 4})
	}
	all, err := x.SearchAll(t.Context(), queries, today, 4)
	if err != nil {
		t.Fatal(err)
	}
	for i, q := range queries {
		if d := cmp.Diff(find(t, x, q), all[i]); d != "" {
			t.Errorf("%d: %s", i, d)
		}
	}
	if _, err := x.SearchAll(t.Context(), []Query{{Text: "税"}, {Level: "page"}}, today, 2); fault.KindOf(err) != fault.Invalid || fault.FieldOf(err) != "level" {
		t.Error(err)
	}
}

func TestLongQueryIsBounded(t *testing.T) {
	x := corpusIndex(t)
	long := strings.Repeat("行政机关应当公开政府信息，", 1000)
	res := find(t, x, Query{Text: long})
	if res.Mode != ModeRelaxed || res.Total == 0 || res.Query != long {
		t.Errorf("%s %d", res.Mode, res.Total)
	}
	find(t, x, Query{Text: strings.Repeat("a -b \"c\" ", 2000)})
	find(t, x, Query{Text: strings.Repeat("\"", 10000)})
}

func FuzzSearch(f *testing.F) {
	for _, s := range []string{"行政许可法第12条", `"a" -b ( * ) NEAR AND :^`, "国发〔2018〕23号 税", "\xff\x00什么？", "第一百二十条之一", "《》“”－－x"} {
		f.Add(s)
	}
	x := openIndex(f, f.TempDir())
	catchUp(f, x, newMemory(corpus()[:8]))
	f.Fuzz(func(t *testing.T, s string) {
		p := parseQuery(s)
		if len(p.terms) > maxTerms || len(p.without) > maxTerms {
			t.Fatalf("%q: %d terms", s, len(p.terms))
		}
		for _, level := range []string{LevelDocument, LevelArticle} {
			res, err := x.Search(t.Context(), Query{Text: s, Level: level}, today)
			if err != nil {
				t.Fatalf("%q: %v", s, err)
			}
			if res.Total < len(res.Hits) {
				t.Fatalf("%q: %d of %d", s, len(res.Hits), res.Total)
			}
		}
	})
}
