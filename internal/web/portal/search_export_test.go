package portal

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"gongkai/internal/document"
	"gongkai/internal/search"
)

var atNow = document.At{}

// asRows reads an exported table, of either kind, without its heading.
func (s *indexSite) asRows(path string) [][]string {
	s.t.Helper()
	w := s.get(path)
	if w.Code != http.StatusOK {
		s.t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	var rows [][]string
	var err error
	if strings.Contains(path, ".csv") {
		r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(w.Body.Bytes(), []byte("\ufeff"))))
		r.FieldsPerRecord = -1
		rows, err = r.ReadAll()
	} else {
		var x *excelize.File
		if x, err = excelize.OpenReader(w.Body); err == nil {
			rows, err = x.GetRows("搜索结果")
		}
	}
	if err != nil || len(rows) == 0 || rows[0][1] != "标题" {
		s.t.Fatalf("%s: %v %v", path, err, rows)
	}
	return rows[1:]
}

type exportedFile struct {
	exportHead
	Results []exportItem `json:"results"`
}

func (s *indexSite) asJSON(path string) (f exportedFile) {
	s.t.Helper()
	w := s.get(path)
	if err := json.Unmarshal(w.Body.Bytes(), &f); err != nil || w.Code != http.StatusOK {
		s.t.Fatalf("%s: %d %v %s", path, w.Code, err, w.Body)
	}
	return f
}

// W18-3.2.6: what was found can be searched, checked and used: the list comes
// away whole in three open formats, with the filters of the page, each line
// with the address at which its validity and proof stand.
func TestW183_2_6_ResultListIsSearchableCheckableAndUsable(t *testing.T) {
	s := newIndexSite(t)
	for i, topic := range []string{"城乡居民社会救助审核确认情况", "食品安全监督抽检结果", "突发环境事件调查处理报告"} {
		for k := range 120 {
			s.publish(int64(3000+i*1000+k), search.ItemEdition{Title: fmt.Sprintf("清河市%s（第%d期）", topic, k+1), Kind: []string{"公告", "通报"}[k%2], Organ: "清河市人民政府办公室",
				Region: "清河市", Date: day("2026-01-05"), Articles: []search.ItemArticle{{Text: topic + "，现予公开。"}}}, "有效")
		}
	}
	s.fill()
	for _, words := range []string{"社会救助", "食品安全", "环境事件 调查处理"} {
		for _, filter := range []string{"", "&kind=" + url.QueryEscape("通报"), "&tab=paper&validity=" + url.QueryEscape("有效") + "&sort=newest"} {
			page := s.page(ask(words, filter), 200)
			want := total(t, page)
			links := map[string]string{}
			for _, f := range exportFormats {
				links[f.Value] = page.Find(`.take-list a[href*="/search/export.`+f.Value+`?"]`).AttrOr("href", "")
			}
			sheet, table, data := s.asRows(links["xlsx"]), s.asRows(links["csv"]), s.asJSON(links["json"])
			if len(sheet) != want || len(table) != want || len(data.Results) != want || data.Total != want || data.Exported != want || want < 60 {
				t.Fatalf("%s %s: the page has %d, files %d, %d, %d", words, filter, want, len(sheet), len(table), len(data.Results))
			}
			first := page.Find(".hits .card-title a").First()
			for i, r := range data.Results {
				if sheet[i][1] != r.Title || table[i][1] != r.Title || table[i][8] != r.URL || table[i][7] != r.Validity || r.Validity == "" {
					t.Fatalf("line %d: %v, %v, %+v", i+1, sheet[i], table[i], r)
				}
				if filter != "" && strings.Contains(filter, "kind") && r.Kind != "通报" {
					t.Errorf("the filter is not kept: %+v", r)
				}
			}
			if !strings.HasSuffix(data.Results[0].URL, first.AttrOr("href", "-")) || data.Position != int64(len(s.source.log)) {
				t.Errorf("first line %+v of row %d, the page begins with %s", data.Results[0], data.Position, first.AttrOr("href", ""))
			}
		}
	}
	// Each line leads to the page where validity and proof are shown.
	line := s.asJSON("/search/export.json?q=" + url.QueryEscape("停车场")).Results[0]
	path, _, _ := strings.Cut(strings.TrimPrefix(line.URL, "http://www.qinghe.example"), "#")
	work := s.page(path, 200)
	if work.Find(fmt.Sprintf(`a[href="/works/%d/proof"]`, line.Work)).Length() == 0 || !strings.Contains(work.Find(".state").Text(), line.Validity) {
		t.Errorf("%s shows no proof or another validity than %s", line.URL, line.Validity)
	}
}

// A cell that a spreadsheet would run stays a text.
func TestExportCellsAreHarmless(t *testing.T) {
	s := newIndexSite(t)
	evil := []string{`=HYPERLINK("http://evil.example","灌溉用水")`, "+1灌溉用水", "-2灌溉用水", "@灌溉用水", "\t=1灌溉用水", "＝1灌溉用水", "  =2灌溉用水"}
	for i, title := range evil {
		s.publish(int64(5000+i), search.ItemEdition{Title: title, Date: day("2020-01-01"), Articles: []search.ItemArticle{{Text: "灌溉用水"}}}, "有效")
	}
	s.fill()
	rows := s.asRows("/search/export.csv?q=" + url.QueryEscape("灌溉用水"))
	if len(rows) != len(evil) {
		t.Fatalf("%d rows", len(rows))
	}
	for _, r := range rows {
		if !strings.HasPrefix(r[1], "'") {
			t.Errorf("the cell %q may run", r[1])
		}
	}
	x, err := excelize.OpenReader(s.get("/search/export.xlsx?q=" + url.QueryEscape("灌溉用水")).Body)
	if err != nil {
		t.Fatal(err)
	}
	for n := range evil {
		cell := fmt.Sprintf("B%d", n+2)
		kind, err := x.GetCellType("搜索结果", cell)
		formula, ferr := x.GetCellFormula("搜索结果", cell)
		if err != nil || ferr != nil || formula != "" || kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString {
			t.Errorf("%s is of type %d with the formula %q: %v %v", cell, kind, formula, err, ferr)
		}
	}
}

// While documents change, a file is of one state: the list is gathered anew,
// and where that does not help the reader is asked to wait.
func TestExportIsOfOneStateWhileDocumentsChange(t *testing.T) {
	s := newIndexSite(t)
	s.notices(250)
	path := "/search/export.json?q=" + url.QueryEscape("灌溉用水")
	changes := 0
	s.search.before = func(q search.Query) {
		if q.Offset == 100 && changes < 2 { // in the middle of the first two tries
			s.publish(int64(9000+changes), search.ItemEdition{Title: "灌溉用水的又一个通知", Date: day("2026-01-01")}, "有效")
			changes++
			s.fill()
		}
	}
	f := s.asJSON(path)
	seen := map[int64]bool{}
	for _, r := range f.Results {
		if seen[r.Work] {
			t.Errorf("work %d stands twice", r.Work)
		}
		seen[r.Work] = true
	}
	if len(f.Results) != 252 || f.Total != 252 || f.Position != int64(len(s.source.log)) {
		t.Errorf("%d of %d of row %d, the log has %d", len(f.Results), f.Total, f.Position, len(s.source.log))
	}
	s.search.before = func(q search.Query) {
		if q.Offset == 100 {
			changes++
			s.publish(int64(9000+changes), search.ItemEdition{Title: "灌溉用水的又一个通知", Date: day("2026-01-01")}, "有效")
			s.fill()
		}
	}
	w := s.get(path)
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "资料正在更新") || w.Header().Get("Retry-After") == "" {
		t.Errorf("a list that never stands still: %d %.300s", w.Code, w.Body)
	}
}

// Only so many lists are gathered at once; the others hear when to come back.
func TestExportsAreBounded(t *testing.T) {
	s := newIndexSite(t)
	for range exportSlots {
		s.p.exports <- struct{}{}
	}
	w := s.get("/search/export.csv?q=" + url.QueryEscape("停车"))
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "过半分钟再点一次") {
		t.Errorf("%d %.200s", w.Code, w.Body)
	}
	<-s.p.exports
	if w := s.get("/search/export.csv?q=" + url.QueryEscape("停车")); w.Code != http.StatusOK || len(s.p.exports) != exportSlots-1 {
		t.Errorf("with a free place: %d, %d places taken", w.Code, len(s.p.exports))
	}
	for _, empty := range []string{"", "?q=", "?q=%EF%BC%81"} {
		if w := s.get("/search/export.csv" + empty); w.Code != http.StatusBadRequest {
			t.Errorf("%q: %d", empty, w.Code)
		}
	}
}

// A list longer than a file holds says so in the file.
func TestExportSaysWhatItLeavesOut(t *testing.T) {
	e := &exported{Question: question{Query: search.Query{Text: "水"}}, Total: 3, Hits: []search.Hit{{Work: 1, Title: "一"}, {Work: 2, Title: "二"}}}
	const says = "共 3 条，本文件是排在前面的 2 条"
	for format, w := range exportWriters {
		var b bytes.Buffer
		if err := w.to(&b, e); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		if format == "xlsx" {
			x, err := excelize.OpenReader(&b)
			if err != nil {
				t.Fatal(err)
			}
			rows, err := x.GetRows("说明")
			if err != nil {
				t.Fatal(err)
			}
			text = fmt.Sprint(rows)
		}
		if !strings.Contains(text, says) {
			t.Errorf("%s does not say it: %s", format, text)
		}
	}
}
