package e2e

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"gongkai/internal/testcity"
)

// Documents of the page tests, by the id of their source.
const (
	futureID  = "e2e-future"  // not in force before 2099
	filesID   = "e2e-files"   // attachments in every text state
	removedID = "e2e-removed" // expunged before the pages are looked at
	noTextID  = "e2e-undated" // no date at all

	datelessID = "w491a86645d-v1" // 药品行政保护条例: repealed, the source names no day
	partID     = "qh-rules-v2"    // two editions, article 17 repealed in 2025
	repealedID = "qh-housing-2017"
	expiredID  = "qh-wastewater-2022"
	tableID    = "qh-plan-2026"
	noticeID   = "gz-06"
	hantID     = "plan-W18" // its own text is in traditional characters
	pairID     = "w9d6043ebde-v2"
	pairOldID  = "w9d6043ebde-v1"
)

// pairs are revised laws with short texts; the first is the one the pages show.
var pairs = []string{"w9d6043ebde", "w202ce1c74b", "w97284457f6", "w917f10283a", "w9979810f97", "w0dd2dfa266"}

// marker is a phrase that stands in no other document. Its reversal, its
// traditional form or its bytes anywhere would betray a text that was removed.
const marker = "靛青鹤影渡石梁"

// corpus is every shipped document, read once a run.
var corpus = sync.OnceValues(func() ([]testcity.Document, error) {
	var list []testcity.Document
	err := testcity.Each(func(d testcity.Document) error {
		list = append(list, d)
		return nil
	})
	return list, err
})

func allDocuments(t testing.TB) []testcity.Document {
	t.Helper()
	list, err := corpus()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// fixtures are documents that show what no real one does.
func fixtures() []testcity.Document {
	return []testcity.Document{
		{ID: futureID, WorkID: futureID, Version: 1, Title: "样例市公共座椅管理办法", Type: "行政规范性文件", DocNo: "样政规〔2026〕7号",
			AdoptedOn: "2026-10-09", PublishDate: "2026-10-12", EffectiveDate: "2099-01-01", Attribute: "主动公开", SourceName: "样例市人民政府",
			Columns: []string{"qh-p01-xzgfxwj"}, Topics: []string{"城乡建设、环境保护", "城乡建设（含住房）"},
			Text: "样例市公共座椅管理办法\n第一章　总则\n第一条　为了方便行人歇脚，制定本办法。\n第二条　本办法适用于道路和广场上的公共座椅。\n第二章　管理\n第三条　公共座椅由城市管理部门设置和维护。\n第四条　本办法自2099年1月1日起施行。\n"},
		{ID: filesID, WorkID: filesID, Version: 1, Title: "关于公布样例附件的通知", Type: "通知", AdoptedOn: "2026-03-02", PublishDate: "2026-03-03",
			Attribute: "主动公开", SourceName: "样例市人民政府", Columns: []string{"qh-p01-qtwj"},
			Text: "关于公布样例附件的通知\n各部门：\n现将样例附件公布如下。\n附件：1.照片.png 2.数据.dat 3.说明.txt 4.缺字.txt\n2026年3月2日\n",
			Attachments: []testcity.Attachment{
				{Name: "照片.png", Data: tinyPNG},
				{Name: "数据.dat", Data: []byte{0, 1, 2, 3, 0xfe, 0xff, 0, 9, 8, 7}},
				{Name: "说明.txt", Data: []byte("附件说明\n第一条　座椅每年检查两次。\n")},
				{Name: "缺字.txt", Data: []byte("座椅\uFFFD每年检查\uFFFD两次，由专人记录，发现损坏的当天修好。\n")},
			}},
		{ID: removedID, WorkID: removedID, Version: 1, Title: "关于" + marker + "的通报", Type: "通报", AdoptedOn: "2026-02-02", PublishDate: "2026-02-03",
			Attribute: "主动公开", SourceName: "样例市人民政府", Columns: []string{"qh-p01-qtwj"},
			Text:        "关于" + marker + "的通报\n第一条　" + marker + "不应公开。\n第二条　其余照旧。\n2026年2月2日\n",
			Attachments: []testcity.Attachment{{Name: "名单.txt", Data: []byte("名单\n" + marker + "\n")}}},
		{ID: noTextID, WorkID: noTextID, Version: 1, Title: "样例市会议室使用须知", Type: "须知", SourceName: "样例市人民政府", Columns: []string{"qh-p01-qtwj"},
			Text: "样例市会议室使用须知\n使用会议室应当事先登记，用后关灯。\n"},
	}
}

// tinyPNG is one grey point.
var tinyPNG = []byte{
	0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0, 0x3a, 0x7e, 0x9b, 0x55,
	0, 0, 0, 10, 'I', 'D', 'A', 'T', 0x78, 0x9c, 0x63, 0x68, 0, 0, 0, 0x82, 0, 0x81, 0x77, 0xcd, 0x72, 0xb6, 0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82,
}

// pageDocuments is the library of the page tests: the story city, the plans,
// the notices, some revised laws, one repealed without a date, the fixtures.
func pageDocuments(t testing.TB) []testcity.Document {
	t.Helper()
	var list []testcity.Document
	wanted := map[string]bool{"w491a86645d": true}
	for _, p := range pairs {
		wanted[p] = true
	}
	laws := 0
	for _, d := range allDocuments(t) {
		if isLaw(d) && !wanted[d.WorkID] {
			// Some single laws, so that lists and facets have more than a page.
			if laws++; laws%120 != 0 || len(d.Text) > 40_000 {
				continue
			}
		}
		list = append(list, d)
	}
	return append(list, fixtures()...)
}

// isLaw reports that a document comes from the law collection.
func isLaw(d testcity.Document) bool { return strings.HasPrefix(d.ID, "w") }

// plain takes the columns off, for a library that has only 政策文件.
func plain(list []testcity.Document) []testcity.Document {
	out := make([]testcity.Document, len(list))
	for i, d := range list {
		d.Columns = nil
		out[i] = d
	}
	return out
}

// lines writes documents as JSONL and returns the path.
func lines(t testing.TB, list []testcity.Document) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "documents.jsonl")
	if err := writeLines(path, list); err != nil {
		t.Fatal(err)
	}
	return path
}

func writeLines(path string, list []testcity.Document) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for _, d := range list {
		if err := e.Encode(d); err != nil {
			f.Close()
			return err
		}
	}
	if err := w.Flush(); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// byID finds a document of a list.
func byID(t testing.TB, list []testcity.Document, id string) testcity.Document {
	t.Helper()
	for _, d := range list {
		if d.ID == id {
			return d
		}
	}
	t.Fatalf("the shipped documents hold no %s", id)
	return testcity.Document{}
}
