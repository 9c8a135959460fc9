package document_test

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gongkai/internal/document"
	"gongkai/internal/zh"
)

// listed is a card as a naive reader of the tables sees it.
type listed struct {
	work                                       int64
	validity, kind, region, year, topic        string
	date, from, titleKey, docNoKey, organs, in string
}

// cards reads every card with its organs' codes and its columns.
func (b *bench) cards() (out []listed) {
	b.t.Helper()
	sets := func(query string) map[int64]string {
		m := map[int64]string{}
		rows, err := b.db.Reader().QueryContext(context.Background(), query)
		if err != nil {
			b.t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var work int64
			var s string
			if err := rows.Scan(&work, &s); err != nil {
				b.t.Fatal(err)
			}
			m[work] += " " + s + " "
		}
		return m
	}
	organs := sets(`SELECT c.public_id, o.code FROM work_cards c JOIN edition_organs e ON e.edition_id = c.edition_id JOIN organs o ON o.id = e.organ_id`)
	columns := sets(`SELECT c.public_id, CAST(p.column_id AS TEXT) FROM work_cards c JOIN placements p ON p.work_id = c.work_id WHERE p.to_on = ''`)
	rows, err := b.db.Reader().QueryContext(context.Background(), `
		SELECT public_id, validity, kind, region, year, topic_name, date_on, effective_from, title_key, doc_no_key FROM work_cards`)
	if err != nil {
		b.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var c listed
		if err := rows.Scan(&c.work, &c.validity, &c.kind, &c.region, &c.year, &c.topic, &c.date, &c.from, &c.titleKey, &c.docNoKey); err != nil {
			b.t.Fatal(err)
		}
		c.organs, c.in = organs[c.work], columns[c.work]
		out = append(out, c)
	}
	return out
}

// lets tells whether a filter lets a card through, one facet left out.
func lets(f document.Filter, c listed, skip string) bool {
	region := cmp.Or(c.region, document.National)
	for _, x := range []struct {
		name, value string
		values      []string
	}{{"validity", c.validity, f.Validity}, {"kind", c.kind, f.Kind}, {"region", region, f.Region}, {"year", c.year, f.Year}, {"topic", c.topic, f.Topic}} {
		if x.name != skip && len(x.values) > 0 && !slices.Contains(x.values, x.value) {
			return false
		}
	}
	if skip != "organ" && len(f.Organ) > 0 && !slices.ContainsFunc(f.Organ, func(code string) bool { return strings.Contains(c.organs, " "+code+" ") }) {
		return false
	}
	if f.Column != 0 && !strings.Contains(c.in, fmt.Sprintf(" %d ", f.Column)) {
		return false
	}
	return f.Query == "" || strings.Contains(c.titleKey, zh.TitleKey(f.Query)) || c.docNoKey == zh.DocNumberKey(f.Query)
}

var sortKeys = map[string]func(c listed) string{
	"newest": func(c listed) string { return c.date }, "oldest": func(c listed) string { return c.date },
	"force": func(c listed) string { return c.from }, "title": func(c listed) string { return c.titleKey },
	"work": func(listed) string { return "" },
}

// naive is the works a list must show, in order.
func naive(f document.Filter, cards []listed) (out []int64) {
	var hits []listed
	for _, c := range cards {
		if lets(f, c, "") {
			hits = append(hits, c)
		}
	}
	key := sortKeys[f.Sort]
	slices.SortFunc(hits, func(a, b listed) int {
		c := cmp.Or(cmp.Compare(key(a), key(b)), cmp.Compare(a.work, b.work))
		if f.Sort == "newest" || f.Sort == "force" {
			return -c
		}
		return c
	})
	for _, c := range hits {
		out = append(out, c.work)
	}
	return out
}

// agree compares a list, followed to its end, with the naive one.
func agree(t *rapid.T, b *bench, f document.Filter, cards []listed) {
	want := naive(f, cards)
	var got []int64
	for first := true; ; first = false {
		list, err := b.lib.List(context.Background(), f)
		if err != nil {
			t.Fatal(err)
		}
		if list.Total != len(want) {
			t.Fatalf("%+v: total %d, want %d", f, list.Total, len(want))
		}
		if first {
			agreeFacets(t, f, list, cards)
		}
		for _, c := range list.Cards {
			got = append(got, c.Work)
		}
		if f.Cursor = list.Next; f.Cursor == "" {
			break
		}
	}
	if !slices.Equal(got, want) {
		t.Fatalf("%+v: works %v, want %v", f, got, want)
	}
}

func agreeFacets(t *rapid.T, f document.Filter, list *document.List, cards []listed) {
	for _, facet := range list.Facets {
		want := map[string]int{}
		for _, c := range cards {
			if !lets(f, c, facet.Name) {
				continue
			}
			values := []string{map[string]string{"validity": c.validity, "kind": c.kind, "region": cmp.Or(c.region, document.National), "year": c.year, "topic": c.topic}[facet.Name]}
			if facet.Name == "organ" {
				values = slices.Compact(slices.Sorted(slices.Values(strings.Fields(c.organs))))
			}
			for _, v := range values {
				if v != "" {
					want[v]++
				}
			}
		}
		if len(facet.Values)+facet.More != len(want) {
			t.Fatalf("%+v: %s has %d values and %d more, want %d", f, facet.Name, len(facet.Values), facet.More, len(want))
		}
		for _, v := range facet.Values {
			if v.Count != want[v.Value] {
				t.Fatalf("%+v: %s %s is %d, want %d", f, facet.Name, v.Value, v.Count, want[v.Value])
			}
		}
	}
}

func some(t *rapid.T, name string, values ...string) []string {
	return rapid.SliceOfNDistinct(rapid.SampledFrom(values), 0, min(2, len(values)), rapid.ID).Draw(t, name)
}

// anyLine is a document of few kinds, so that many share a cell.
func anyLine(t *rapid.T, id int) string {
	draw := func(name string, values ...string) string { return rapid.SampledFrom(values).Draw(t, name) }
	extra := []string{
		fmt.Sprintf(`"type":%q`, draw("kind", "地方性法规", "规章", "")), fmt.Sprintf(`"region":%q`, draw("region", "", "清河市", "白山县")),
		`"issuing_body":""`, draw("organs", `"organs":["清河市人民政府"]`, `"organs":["清河市财政局","清河市水利局"]`, `"organs":["清河市水利局"]`, `"organs":[]`),
		draw("topics", `"topics":[]`, `"topics":["水利","河道"]`, `"topics":["财政"]`), draw("columns", `"columns":[]`, `"columns":["notice"]`, `"columns":["notice","policy"]`),
	}
	if draw("repealed", "no", "no", "yes") == "yes" {
		extra = append(extra, fmt.Sprintf(`"facts":[{"kind":"repealed","valid_on":%q,"authority":"清河市人民政府"}]`, draw("on", "2020-01-01", "2026-11-25", "2026-12-10")))
	}
	version := rapid.IntRange(1, 2).Draw(t, "version")
	return law(fmt.Sprintf("p%d-v%d", id, version), fmt.Sprintf("p%d", id), version, draw("title", "河道管理条例", "财政收支办法", "河道采砂办法"),
		draw("date", "2003-05-01", "2019-07-08", "2026-12-01", "2026-11-24"), "第一条 "+draw("text", "为了加强管理，制定本条例。", "为了规范收支，制定本办法。"), extra...)
}

func TestList_CountsAreTrueAfterAnyHistory(t *testing.T) {
	defer document.WalkLimit(document.WalkLimit(12))
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue { // each check imports; a hundred on two engines take a minute
		defer func() { _ = f.Value.Set(f.DefValue) }()
		if err := f.Value.Set("25"); err != nil {
			t.Fatal(err)
		}
	}
	each(t, func(b *bench) {
		ctx := context.Background()
		b.addColumn("notice")
		expunge := func(work int64) {
			if b.count(fmt.Sprintf(`SELECT COUNT(*) FROM work_cards WHERE public_id = %d`, work)) == 1 {
				if err := b.lib.Expunge(ctx, work, 0, "tester", "依法清除"); err != nil {
					b.t.Fatal(err)
				}
			}
		}
		rapid.Check(b.t, func(t *rapid.T) {
			var lines strings.Builder
			for range rapid.IntRange(1, 12).Draw(t, "lines") {
				lines.WriteString(anyLine(t, rapid.IntRange(1, 60).Draw(t, "id")))
			}
			b.importLines(lines.String())
			if rapid.IntRange(0, 3).Draw(t, "expunge") == 0 {
				expunge(rapid.Int64Range(1, 60).Draw(t, "work"))
			}
			b.now = b.now.AddDate(0, 0, rapid.SampledFrom([]int{0, 0, 1}).Draw(t, "days"))
			if err := b.lib.RefreshCards(ctx); err != nil {
				t.Fatal(err)
			}
			faults, err := document.CubeFaults(ctx, b.db)
			if err != nil || len(faults) > 0 {
				t.Fatalf("%v %v", faults, err)
			}
			cards := b.cards()
			for range 4 {
				agree(t, b, b.anyFilter(t), cards)
			}
			totals, err := b.lib.Totals(ctx)
			if err != nil || totals.Works != len(cards) || totals.Editions != b.count(`SELECT COALESCE(SUM(editions), 0) FROM work_cards`) ||
				totals.MultiEdition != b.count(`SELECT COUNT(*) FROM work_cards WHERE editions > 1`) {
				t.Fatalf("%+v of %d, %v", totals, len(cards), err)
			}
		})
	})
}

// addColumn enters a column beside the default one.
func (b *bench) addColumn(code string) {
	b.t.Helper()
	if _, err := b.lib.EnsureSite(context.Background()); err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.db.Writer().ExecContext(context.Background(), `
		INSERT INTO columns (site_id, code, name, type, position) SELECT MIN(id), $1, '通知公告', '通知公告', 7 FROM sites`, code); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) anyFilter(t *rapid.T) document.Filter {
	codes := []string{"none"}
	for _, f := range b.facet("organ") {
		codes = append(codes, f.Value)
	}
	return document.Filter{
		Query: rapid.SampledFrom([]string{"", "", "河道", "办法"}).Draw(t, "query"), Validity: some(t, "validity", "有效", "废止", "尚未施行"), Kind: some(t, "kind", "地方性法规", "规章"),
		Region: some(t, "region", document.National, "清河市"), Year: some(t, "year", "2003", "2026"), Topic: some(t, "topic", "水利", "财政"), Organ: some(t, "organ", codes...),
		Column: rapid.SampledFrom([]int64{0, 0, 1, 2}).Draw(t, "column"), Sort: rapid.SampledFrom([]string{"newest", "oldest", "force", "title", "work"}).Draw(t, "sort"),
		Limit: rapid.SampledFrom([]int{1, 3, 20}).Draw(t, "limit"),
	}
}

func (b *bench) facet(name string) []document.FacetValue {
	b.t.Helper()
	list, err := b.lib.List(context.Background(), document.Filter{})
	if err != nil {
		b.t.Fatal(err)
	}
	for _, f := range list.Facets {
		if f.Name == name {
			return f.Values
		}
	}
	return nil
}

func TestList_CountsOfTwoImportsAndARefreshAtOnce(t *testing.T) {
	each(t, func(b *bench) {
		b.addColumn("notice")
		other := document.New(b.db, b.files, func() time.Time { return b.now })
		var wg sync.WaitGroup
		for k := range 3 {
			var lines strings.Builder
			for i := range 40 {
				at := (i*7 + k*11) % 40 // in another order each, over the same cells
				lines.WriteString(law(fmt.Sprintf("c%d-%d", at, k), fmt.Sprintf("c%d", at), k+1, fmt.Sprintf("清河市第%d号办法", at), fmt.Sprintf("20%02d-03-01", 10+at%3),
					fmt.Sprintf("第一条 为了第%d项，制定本办法。", at+k), `"effective_date":"2026-11-21"`))
			}
			wg.Go(func() {
				if _, err := b.lib.Import(context.Background(), document.Lines("t", strings.NewReader(lines.String())), document.ImportOptions{Source: "test", Publish: true},
					func(l document.ImportLine) error { return nil }); err != nil {
					b.t.Error(err)
				}
			})
			wg.Go(func() {
				for range 10 {
					if _, err := other.List(context.Background(), document.Filter{Query: "办法"}); err != nil {
						b.t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		faults, err := document.CubeFaults(context.Background(), b.db)
		if err != nil || len(faults) > 0 {
			b.t.Fatalf("%v %v", faults, err)
		}
		for _, f := range []document.Filter{{}, {Query: "办法"}} {
			list, err := other.List(context.Background(), f)
			if err != nil || list.Total != 40 {
				b.t.Errorf("%+v: %d works, %v", f, list.Total, err)
			}
		}
	})
}

func TestList_CountsAgainWhatDoesNotAddUp(t *testing.T) {
	each(t, func(b *bench) {
		ctx := context.Background()
		b.importLines(law("a", "a", 1, "清河市河道管理条例", "2010-03-01", oldText) + law("b", "b", 1, "清河市财政收支办法", "2012-03-01", newText))
		if f := b.facet("year"); len(f) != 2 {
			b.t.Fatalf("%+v", f)
		}
		// A restored library has cards and no counts; one of an older version has neither.
		for _, query := range []string{`DELETE FROM card_keys`, `DELETE FROM card_cells`, `DELETE FROM column_order`} {
			if _, err := b.db.Writer().ExecContext(ctx, query); err != nil {
				b.t.Fatal(err)
			}
		}
		if faults, err := document.CubeFaults(ctx, b.db); err != nil || len(faults) < 3 {
			b.t.Fatalf("nothing missed: %v %v", faults, err)
		}
		b.lib = document.New(b.db, b.files, func() time.Time { return b.now })
		totals, err := b.lib.Totals(ctx)
		if err != nil || totals.Works != 2 {
			b.t.Fatalf("%+v %v", totals, err)
		}
		if faults, err := document.CubeFaults(ctx, b.db); err != nil || len(faults) > 0 {
			b.t.Fatalf("%v %v", faults, err)
		}
		if v := b.view(2, ""); v.Next == nil || v.Next.Work != 1 || v.Previous != nil {
			b.t.Errorf("neighbours: %+v %+v", v.Previous, v.Next)
		}
	})
}
