package search

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"
)

func TestSuggest(t *testing.T) {
	x := corpusIndex(t)
	for _, c := range []struct{ typed, first, what string }{
		{"政府信", "中华人民共和国政府信息公开条例", SuggestTitle},
		{"政府信息公開", "中华人民共和国政府信息公开条例", SuggestTitle},
		{"中华人民共和国行政许", "中华人民共和国行政许可法", SuggestTitle},
		{"信息公开", "中华人民共和国政府信息公开条例", SuggestTitle},
		{"zhengfu xinx", "中华人民共和国政府信息公开条例", SuggestTitle},
		{"zfxx", "中华人民共和国政府信息公开条例", SuggestTitle},
		{"xzxk", "中华人民共和国行政许可法", SuggestTitle},
		{"gongshangbaox", "工伤保险条例", SuggestTitle},
		{"国务院令第76", "商用密码管理条例", SuggestDocNo},
		{"国务院令第760号", "商用密码管理条例", SuggestDocNo},
		{"法释[2024", "最高人民法院关于适用《中华人民共和国民法典》侵权责任编的解释（一）", SuggestDocNo},
		{"继承编", "继承编", SuggestShort},
		{"信访", "信访工作条例", SuggestTitle}, // the one in force before the repealed one
	} {
		got, err := x.Suggest(t.Context(), c.typed, 5, today)
		if err != nil || len(got) == 0 {
			t.Errorf("%s: %v %v", c.typed, got, err)
			continue
		}
		text := got[0].Text
		if c.what == SuggestDocNo { // the text is the number: its work bears the title
			if res := find(t, x, Query{Text: text}); res.Exact != nil {
				text = res.Exact.Title
			}
		}
		if got[0].What != c.what || text != c.first {
			t.Errorf("%s: %+v", c.typed, got[0])
		}
	}
	for _, typed := range []string{"", "  ", "魑魅", "qqqq", "。，", "\xff\xfe", "%_'\""} {
		if got, err := x.Suggest(t.Context(), typed, 5, today); err != nil || len(got) != 0 {
			t.Errorf("%q: %v %v", typed, got, err)
		}
	}
	if got, err := x.Suggest(t.Context(), "条例", 3, today); err != nil || len(got) != 3 {
		t.Error(got, err)
	}
}

// TestSuggestIsFast holds the promise of 10 ms with thousands of works. The
// best of several tries counts, because other tests may run beside it.
func TestSuggestIsFast(t *testing.T) {
	var items []*Item
	for i := range 5000 {
		item := small(int64(i+1), 1, "公开")
		item.Editions[0].Title = fmt.Sprintf("清河市第%d号公共停车场收费管理办法", i)
		items = append(items, item)
	}
	x := openIndex(t, t.TempDir())
	catchUp(t, x, newMemory(items))
	for _, typed := range []string{"清河市第49", "qhsd", "tingchechang", "停车场"} {
		best := time.Hour
		for range 7 {
			start := time.Now()
			got, err := x.Suggest(t.Context(), typed, 10, today)
			if err != nil || len(got) == 0 {
				t.Fatal(typed, got, err)
			}
			best = min(best, time.Since(start))
		}
		if best > 10*time.Millisecond {
			t.Errorf("%s took %v", typed, best)
		}
	}
}

// TestFacets counts again what the hits of the whole answer say.
func TestFacets(t *testing.T) {
	x := corpusIndex(t)
	for _, q := range []Query{{Text: "条例", Facets: true, Limit: 100}, {Text: "规定", Level: LevelArticle, Facets: true, Limit: 100},
		{Text: "怎么公开政府信息？", Facets: true, Limit: 100}, {Text: "xzxk", Facets: true, Limit: 100}, {Text: "魑魅魍魉", Facets: true}} {
		kinds, validity, years := map[string]int{}, map[string]int{}, map[string]int{}
		total := 0
		var facets *Facets
		for {
			res := find(t, x, q)
			total, facets = res.Total, res.Facets
			for _, h := range res.Hits {
				kinds[h.Kind]++
				validity[h.Validity]++
				if h.Date != "" {
					years[h.Date[:4]]++
				}
			}
			if q.Offset += len(res.Hits); len(res.Hits) == 0 {
				break
			}
		}
		if q.Offset != total {
			t.Errorf("%s: total %d, pages %d", q.Text, total, q.Offset)
		}
		for _, c := range []struct {
			name string
			list []Facet
			want map[string]int
		}{{"kind", facets.Kind, kinds}, {"validity", facets.Validity, validity}, {"year", facets.Year, years}} {
			got := map[string]int{}
			for _, f := range c.list {
				got[f.Value] = f.Count
			}
			if fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("%s %s: %v, hits say %v", q.Text, c.name, got, c.want)
			}
		}
	}
}

// TestFiltersAgreeWithFacets: choosing a facet finds as many as it said.
func TestFiltersAgreeWithFacets(t *testing.T) {
	x := corpusIndex(t)
	all := find(t, x, Query{Text: "规定", Facets: true})
	for _, f := range all.Facets.Kind {
		if res := find(t, x, Query{Text: "规定", Kinds: []string{f.Value}}); res.Total != f.Count {
			t.Errorf("kind %+v: %d", f, res.Total)
		}
	}
	for _, f := range all.Facets.Region {
		if res := find(t, x, Query{Text: "规定", Regions: []string{f.Value}}); res.Total != f.Count {
			t.Errorf("region %+v: %d", f, res.Total)
		}
	}
	for _, f := range all.Facets.Organ {
		if res := find(t, x, Query{Text: "规定", Organs: []string{f.Value}}); res.Total != f.Count {
			t.Errorf("organ %+v: %d", f, res.Total)
		}
	}
	newest := find(t, x, Query{Text: "规定", Sort: SortNewest, Limit: 100}).Hits
	dates := make([]string, 0, len(newest))
	for _, h := range newest {
		if h.Date != "" {
			dates = append(dates, h.Date)
		}
	}
	if !slices.IsSortedFunc(dates, func(a, b string) int { return cmp.Compare(b, a) }) {
		t.Error(dates)
	}
}
