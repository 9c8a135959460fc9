package document_test

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/testcity"
	"gongkai/internal/workday"
)

// rawLaw is what the oracle below reads of a shipped document; it shares no
// code with the product.
type rawLaw struct {
	ID        string `json:"id"`
	WorkID    string `json:"work_id"`
	Version   int    `json:"version"`
	Title     string `json:"title"`
	Published string `json:"publish_date"`
	Effective string `json:"effective_date"`
	Status    string `json:"status"`
	Text      string `json:"text"`
	line      string
}

// shippedPairs are the works with two texts, and the works flagged 已废止.
func shippedPairs(t *testing.T) (pairs [][2]rawLaw, repealed []rawLaw) {
	t.Helper()
	r, err := testcity.Documents()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	byWork := map[string][]rawLaw{}
	var order []string
	s := bufio.NewScanner(r)
	s.Buffer(nil, 8<<20)
	for s.Scan() {
		var l rawLaw
		if err := json.Unmarshal(s.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(l.WorkID, "w") || strings.Contains(l.Title, "清河") {
			continue
		}
		l.line = s.Text()
		if len(byWork[l.WorkID]) == 0 {
			order = append(order, l.WorkID)
		}
		byWork[l.WorkID] = append(byWork[l.WorkID], l)
		if l.Status == "已废止" {
			repealed = append(repealed, l)
		}
	}
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
	for _, id := range order {
		if v := byWork[id]; len(v) == 2 {
			if v[0].Version > v[1].Version {
				v[0], v[1] = v[1], v[0]
			}
			pairs = append(pairs, [2]rawLaw{v[0], v[1]})
		}
	}
	return pairs, repealed
}

var clauseLine = regexp.MustCompile(`(?m)^(?:第[^ \s　]{1,12}条)?[\s　]*本[^，。；\n《》]{0,14}自\s*(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日起(?:施行|实施|生效|执行)`)

// oracle is the rule of design section 8, written apart from the product.
func oracle(l rawLaw) (day, basis string) {
	if l.Effective != "" && l.Effective >= l.Published {
		return l.Effective, "given"
	}
	if m := clauseLine.FindAllStringSubmatch(l.Text, -1); len(m) > 0 && l.Published != "" {
		last := m[len(m)-1]
		var y, mo, d int
		if _, err := fmt.Sscan(last[1], &y); err == nil {
			if _, err := fmt.Sscan(last[2], &mo); err == nil {
				if _, err := fmt.Sscan(last[3], &d); err == nil {
					if c := fmt.Sprintf("%04d-%02d-%02d", y, mo, d); c > l.Published {
						return c, "text"
					}
				}
			}
		}
	}
	if l.Published != "" {
		return l.Published, "presumed"
	}
	return "", "unknown"
}

func before(day string) string {
	t, err := time.Parse("2006-01-02", day)
	if err != nil {
		panic(err)
	}
	return t.AddDate(0, 0, -1).Format("2006-01-02")
}

func TestZ252_2c_AsOfAnswersForEveryRevisedLaw(t *testing.T) {
	pairs, repealed := shippedPairs(t)
	if len(pairs) != 59 || len(repealed) != 64 {
		t.Fatalf("%d pairs, %d repealed", len(pairs), len(repealed))
	}
	each(t, func(b *bench) {
		var jsonl strings.Builder
		for _, p := range pairs { // newer first, so that arrival order cannot help
			jsonl.WriteString(p[1].line + "\n" + p[0].line + "\n")
		}
		for _, l := range repealed {
			jsonl.WriteString(l.line + "\n")
		}
		works := map[string]int64{}
		lines, sum := b.importLines(stripColumns(jsonl.String()))
		if sum.Failed != 0 {
			b.t.Fatalf("%+v %s", sum, lines[0].Error)
		}
		for _, l := range lines {
			works[l.ExternalID] = *l.Work
		}
		ordered, bases := 0, map[string]int{}
		for _, p := range pairs {
			work := works[p[0].ID]
			if works[p[1].ID] != work {
				b.t.Fatalf("%s: two works", p[0].Title)
			}
			oldFrom, _ := oracle(p[0])
			newFrom, basis := oracle(p[1])
			bases[basis]++
			if oldFrom == "" || newFrom == "" || oldFrom == newFrom {
				continue
			}
			ordered++
			b.expect(work, before(newFrom), p[0].ID, p[0].Text)
			b.expect(work, newFrom, p[1].ID, p[1].Text)
			first := oldFrom
			if p[0].Published != "" && p[0].Published < first {
				first = p[0].Published
			}
			b.expect(work, before(first), "", "")
			if v := b.view(work, newFrom); string(v.Edition.Basis) != basis {
				b.t.Errorf("%s: basis %s, want %s", p[0].Title, v.Edition.Basis, basis)
			}
		}
		if ordered < 54 || bases["given"] != 13 || bases["text"] != 16 {
			b.t.Errorf("ordered %d, bases %v", ordered, bases)
		}
		for _, l := range repealed {
			v := b.view(works[l.ID], "")
			if v.Validity != document.Repealed || v.ValidityNote != "废止（日期不详）" {
				b.t.Errorf("%s: %s %q", l.Title, v.Validity, v.ValidityNote)
			}
		}
	})
}

// stripColumns lets the shipped lines go to the default column.
func stripColumns(jsonl string) string {
	return regexp.MustCompile(`,"columns":\[[^\]]*\]`).ReplaceAllString(jsonl, "")
}

// expect asks about a day; an empty id is "no text yet".
func (b *bench) expect(work int64, on, id, text string) {
	b.t.Helper()
	v := b.view(work, on)
	switch {
	case id == "" && v.Edition != nil:
		b.t.Errorf("work %d on %s: %s shown before the first text", work, on, v.Edition.ExternalID)
	case id != "" && v.Edition == nil:
		b.t.Errorf("work %d on %s: nothing, want %s", work, on, id)
	case id != "" && (v.Edition.ExternalID != id || v.Text != text):
		b.t.Errorf("work %d on %s: %s, want %s", work, on, v.Edition.ExternalID, id)
	}
}

func TestF13_PartRepealGreysTheRightProvisions(t *testing.T) {
	each(t, func(b *bench) {
		b.importLines(law("r-v1", "r", 1, "清河市河道管理条例", "2010-03-01", oldText,
			`"facts":[{"kind":"repealed_part","valid_on":"2022-07-01","authority":"清河市人民代表大会常务委员会","provisions":["a2"]}]`))
		if v := b.view(1, "2022-06-30"); v.Validity != document.InForce || len(v.DeadPaths) != 0 {
			b.t.Errorf("day before: %s %v", v.Validity, v.DeadPaths)
		}
		v := b.view(1, "2022-07-01")
		if v.Validity != document.PartlyRepealed || len(v.DeadPaths) != 1 || v.DeadPaths[0] != "a2" {
			b.t.Errorf("the day: %s %v", v.Validity, v.DeadPaths)
		}
	})
}

func TestF17_RepealNamesTheWorkThatDidIt(t *testing.T) {
	each(t, func(b *bench) {
		b.importLines(law("old", "old", 1, "清河市旧办法", "2010-03-01", oldText,
			`"facts":[{"kind":"repealed","valid_on":"2021-01-01","by":"清河市新办法"}]`) +
			law("new", "new", 1, "清河市新办法", "2020-11-11", "第一条 为了规范工作，制定本办法。\n第二条 本办法自2021年1月1日起施行。《清河市旧办法》同时废止。"))
		b.importLines(law("late", "late", 1, "清河市更旧办法", "2008-03-01", oldText, `"facts":[{"kind":"repealed","valid_on":"2021-01-01","by":"清河市新办法"}]`))
		if late := b.view(3, ""); late.EndedBy == nil || late.EndedBy.Work != 2 {
			b.t.Errorf("the deciding text came first: %+v", late.EndedBy)
		}
		v := b.view(1, "2021-01-01")
		if v.Validity != document.Repealed || v.EndedBy == nil || v.EndedBy.Work != 2 || v.Since != workday.MustDate("2021-01-01") {
			b.t.Fatalf("%s %+v since %s", v.Validity, v.EndedBy, v.Since)
		}
		if b.view(1, "2020-12-31").Validity != document.InForce {
			b.t.Error("repealed before its day")
		}
		if len(v.Backlinks) == 0 || v.Backlinks[0].Kind != document.RelRepeals {
			b.t.Errorf("backlinks %+v", v.Backlinks)
		}
	})
}

func TestF16_BasedOnARepealedRuleSaysSo(t *testing.T) {
	each(t, func(b *bench) {
		b.importLines(law("base", "base", 1, "清河市基础条例", "2010-03-01", oldText, `"status":"已废止"`) +
			law("top", "top", 1, "清河市实施办法", "2020-11-11", "第一条 根据《清河市基础条例》，制定本办法。\n第二条 其他。"))
		rel := b.view(2, "").Relations
		if len(rel) != 1 || rel[0].Kind != document.RelBasedOn || rel[0].Validity != document.Repealed || !rel[0].Dateless {
			b.t.Fatalf("%+v", rel)
		}
	})
}

func TestView_UnknownWorkAndEdition(t *testing.T) {
	each(t, func(b *bench) {
		b.importLines(law("r-v1", "r", 1, "清河市河道管理条例", "2010-03-01", oldText))
		if _, err := b.lib.View(context.Background(), 99, document.At{}); fault.KindOf(err) != fault.NotFound {
			b.t.Errorf("unknown work: %v", err)
		}
		if _, err := b.lib.View(context.Background(), 1, document.At{Edition: 7}); fault.KindOf(err) != fault.NotFound {
			b.t.Errorf("unknown edition: %v", err)
		}
		if _, err := b.lib.Compare(context.Background(), 1, 1, 2); fault.KindOf(err) != fault.NotFound {
			b.t.Errorf("compare with an edition of no work: %v", err)
		}
	})
}

func TestList_TotalsFacetsAndKeysetPages(t *testing.T) {
	each(t, func(b *bench) {
		var jsonl strings.Builder
		for i := range 45 {
			jsonl.WriteString(law(fmt.Sprint("x", i), fmt.Sprint("x", i), 1, fmt.Sprintf("第%d号文件", i), fmt.Sprintf("20%02d-01-01", i%20), oldText+strings.Repeat("。", i)))
		}
		b.importLines(jsonl.String())
		seen := map[int64]bool{}
		f := document.Filter{}
		for {
			list, err := b.lib.List(context.Background(), f)
			if err != nil {
				b.t.Fatal(err)
			}
			if list.Total != 45 {
				b.t.Fatalf("total %d", list.Total)
			}
			for _, c := range list.Cards {
				if seen[c.Work] {
					b.t.Fatalf("work %d twice", c.Work)
				}
				seen[c.Work] = true
			}
			if list.Next == "" {
				break
			}
			f.Cursor = list.Next
		}
		if len(seen) != 45 {
			b.t.Fatalf("pages showed %d works", len(seen))
		}
		for sort, want := range map[string][2]string{"oldest": {"2000-01-01", "2019-01-01"}, "newest": {"2019-01-01", "2000-01-01"}, "force": {"2019-01-01", "2000-01-01"}, "title": {}, "work": {}} {
			var cards []document.Card
			for f := (document.Filter{Sort: sort, Limit: 7}); ; {
				list, err := b.lib.List(context.Background(), f)
				if err != nil {
					b.t.Fatal(err)
				}
				cards = append(cards, list.Cards...)
				if f.Cursor = list.Next; f.Cursor == "" || len(cards) > 45 {
					break
				}
			}
			once := map[int64]bool{}
			for _, c := range cards {
				once[c.Work] = true
			}
			if len(cards) != 45 || len(once) != 45 {
				b.t.Errorf("%s: %d cards of %d works", sort, len(cards), len(once))
			} else if want[0] != "" && (cards[0].Date.String() != want[0] || cards[44].Date.String() != want[1]) {
				b.t.Errorf("%s: from %s to %s", sort, cards[0].Date, cards[44].Date)
			}
		}
		list, err := b.lib.List(context.Background(), document.Filter{Year: []string{"2003"}})
		if err != nil || list.Total != 3 {
			b.t.Fatalf("2003: %+v %v", list, err)
		}
		for _, facet := range list.Facets {
			if facet.Name == "year" && len(facet.Values) < 10 {
				b.t.Errorf("the chosen facet must keep its other values: %+v", facet)
			}
			if facet.Name == "kind" && (len(facet.Values) != 1 || facet.Values[0].Count != 3) {
				b.t.Errorf("kind under year: %+v", facet)
			}
		}
		if _, err := b.lib.List(context.Background(), document.Filter{Cursor: "nonsense"}); fault.KindOf(err) != fault.Invalid {
			b.t.Errorf("cursor: %v", err)
		}
	})
}

func TestRefreshCards_ValidityTurnsOnItsDay(t *testing.T) {
	each(t, func(b *bench) {
		b.importLines(law("r-v1", "r", 1, "清河市河道管理条例", "2026-11-01", oldText, `"effective_date":"2026-12-01"`))
		validity := func() document.Validity {
			list, err := b.lib.List(context.Background(), document.Filter{})
			if err != nil {
				b.t.Fatal(err)
			}
			return list.Cards[0].Validity
		}
		if v := validity(); v != document.NotYetInForce {
			b.t.Fatalf("before: %s", v)
		}
		b.now = b.now.AddDate(0, 0, 11)
		if v := validity(); v != document.InForce {
			b.t.Fatalf("on the day: %s", v)
		}
	})
}

func TestExpunge_LeavesATombstoneThatVerifies(t *testing.T) {
	each(t, func(b *bench) {
		line := law("r-v1", "r", 1, "清河市河道管理条例", "2010-03-01", oldText)
		b.importLines(line + law("r-v2", "r", 2, "清河市河道管理条例", "2020-11-11", newText, `"facts":[{"kind":"repealed","valid_on":"2031-01-01","authority":"清河市人大常委会"}]`))
		if err := b.lib.Expunge(context.Background(), 1, 1, "tester", ""); fault.KindOf(err) != fault.Invalid {
			b.t.Fatalf("without a reason: %v", err)
		}
		// A correction leaves a second revision and records with the old words.
		b.importLines(law("r-v1", "r", 1, "清河市河道管理条例（误）", "2010-03-01", oldText+"错", `"doc_no":"清政发〔2010〕1号"`))
		if err := b.lib.Expunge(context.Background(), 1, 1, "tester", "误载个人信息"); err != nil {
			b.t.Fatal(err)
		}
		b.verify()
		for _, table := range []string{"edition_texts", "edition_salts", "edition_files", "provisions", "relations", "edition_records", "edition_organs", "edition_topics"} {
			if n := b.count(`SELECT COUNT(*) FROM ` + table + ` t JOIN editions e ON e.id = t.edition_id WHERE e.label = 1`); n != 0 {
				b.t.Errorf("%d rows of %s left", n, table)
			}
		}
		if n := b.count(`SELECT COUNT(*) FROM editions WHERE label = 1 AND title || title_key || short_title || short_key || doc_no || doc_no_key || index_no || source_url || content_key = '' AND chars = 0`); n != 1 {
			b.t.Error("the tombstone tells of the content")
		}
		v := b.view(1, "")
		if v.Edition.Label != 2 || b.view(1, "2015-01-01").Edition != nil {
			b.t.Errorf("after: %+v", v.Edition)
		}
		if _, err := b.lib.View(context.Background(), 1, document.At{Edition: 1}); fault.KindOf(err) != fault.Gone {
			b.t.Errorf("expunged edition: %v", err)
		}
		lines, _ := b.importLines(line)
		if lines[0].State != document.Failed || !strings.Contains(lines[0].Error, "已依法清除") {
			b.t.Errorf("came back: %+v", lines[0])
		}
		if err := b.lib.Expunge(context.Background(), 1, 0, "tester", "全部撤除"); err != nil {
			b.t.Fatal(err)
		}
		b.verify()
		if _, err := b.lib.View(context.Background(), 1, document.At{}); fault.KindOf(err) != fault.Gone {
			b.t.Errorf("expunged work: %v", err)
		}
		if n := b.count(`SELECT COUNT(*) FROM edition_texts`) + b.count(`SELECT COUNT(*) FROM work_facts`) + b.count(`SELECT COUNT(*) FROM work_cards`); n != 0 {
			b.t.Errorf("%d texts, facts or cards left", n)
		}
	})
}

func TestVerify_NamesOneFlippedByte(t *testing.T) {
	for _, c := range []struct{ name, query, table string }{
		{"text", `UPDATE edition_texts SET body = 'X' || SUBSTR(body, 2)`, "edition_texts"},
		{"title", `UPDATE editions SET title = title || '。'`, "editions"},
		{"publication date", `UPDATE editions SET published_on = '2010-03-02'`, "editions"},
		{"fact", `UPDATE work_facts SET valid_on = '2022-07-02'`, "work_facts"},
		{"document number", `UPDATE editions SET doc_no = '清政发〔2010〕2号'`, "editions"},
		{"attachment", `UPDATE edition_files SET name = 'b.txt'`, "edition_files"},
		{"organ", `UPDATE edition_organs SET name_then = 'X'`, "editions"},
		{"log row", `UPDATE publication_log SET entry = REPLACE(entry, 'release', 'releasf') WHERE seq = 1`, "publication_log"},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(b *bench) {
				b.importLines(law("r-v1", "r", 1, "清河市河道管理条例", "2010-03-01", oldText, `"doc_no":"清政发〔2010〕1号","attachments":[{"name":"a.txt","data":"5Zu+"}],"facts":[{"kind":"repealed","valid_on":"2022-07-01","authority":"清河市人大常委会"}]`))
				b.verify()
				if _, err := b.db.Writer().ExecContext(context.Background(), c.query); err != nil {
					b.t.Fatal(err)
				}
				for _, f := range b.faults() {
					if f.Table == c.table {
						return
					}
				}
				b.t.Errorf("not named: %+v", b.faults())
			})
		})
	}
}

// W18-0.1: the next newer and the next older document of the same column.
func TestW180_1_NeighboursInTheSameColumn(t *testing.T) {
	each(t, func(b *bench) {
		other := func(tx *sql.Tx) error {
			var site int64
			if err := tx.QueryRowContext(context.Background(), `SELECT MIN(id) FROM sites`).Scan(&site); err != nil {
				return err
			}
			_, err := document.PutColumn(context.Background(), tx, site, nil, document.Column{Code: "other", Name: "其他"})
			return err
		}
		b.importLines(law("a", "a", 1, "甲", "2020-01-01", oldText))
		if err := b.db.Tx(context.Background(), other); err != nil {
			b.t.Fatal(err)
		}
		b.importLines(law("b", "b", 1, "乙", "2020-01-02", oldText) + law("x", "x", 1, "别处", "2020-01-03", oldText, `"columns":["other"]`) + law("c", "c", 1, "丙", "2020-01-04", oldText))
		name := func(n *document.Neighbour) string {
			if n == nil {
				return "—"
			}
			return n.Title
		}
		for work, want := range map[int64]string{1: "乙 —", 2: "丙 甲", 3: "— —", 4: "— 乙"} {
			v := b.view(work, "")
			if got := name(v.Previous) + " " + name(v.Next); got != want {
				b.t.Errorf("work %d: %s, want %s", work, got, want)
			}
		}
	})
}
