package search

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"gongkai/internal/workday"
	"gongkai/internal/zh"
)

// today is the day of the tests; repealed is when the repealed works of the
// corpus ended, because the source does not say.
var (
	today    = workday.MustDate("2025-06-01")
	repealed = workday.MustDate("2016-01-01")
)

type lawLine struct {
	ID        string `json:"id"`
	WorkID    string `json:"work_id"`
	Version   int    `json:"version"`
	Title     string `json:"title"`
	ShortName string `json:"short_name"`
	Type      string `json:"type"`
	Region    string `json:"region"`
	Organ     string `json:"issuing_body"`
	DocNo     string `json:"doc_no"`
	Published string `json:"publish_date"`
	Effective string `json:"effective_date"`
	Status    string `json:"status"`
	Text      string `json:"text"`
}

// corpus reads the works of testdata once.
var corpus = sync.OnceValue(func() []*Item {
	f, err := os.Open("testdata/laws.jsonl.gz")
	if err != nil {
		panic(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		panic(err)
	}
	lines := bufio.NewScanner(z)
	lines.Buffer(make([]byte, 1<<22), 1<<22)
	var items []*Item
	at := map[string]*Item{}
	for lines.Scan() {
		var d lawLine
		if err := json.Unmarshal(lines.Bytes(), &d); err != nil {
			panic(err)
		}
		item := at[d.WorkID]
		if item == nil {
			item = &Item{Work: int64(len(items) + 1)}
			items, at[d.WorkID] = append(items, item), item
		}
		item.add(d)
	}
	if err := lines.Err(); err != nil {
		panic(err)
	}
	return items
})

func (item *Item) add(d lawLine) {
	e := ItemEdition{Label: d.Version, ExternalID: d.ID, Title: d.Title, ShortTitle: d.ShortName, DocNo: d.DocNo,
		Kind: d.Type, Region: d.Region, Organ: d.Organ, Articles: cutArticles(d.Text)}
	e.Date, _ = workday.ParseDate(d.Published)
	from, _ := workday.ParseDate(d.Effective)
	published := e.Date
	if from.Before(published) {
		from = published
	}
	item.Editions = append(item.Editions, e)
	if len(item.Spans) == 0 && !published.IsZero() {
		item.Spans = append(item.Spans, Span{To: published})
		if published.Before(from) {
			item.Spans = append(item.Spans, Span{From: published, To: from, Edition: d.Version, Validity: "尚未施行"})
		}
	} else if n := len(item.Spans); n > 0 {
		item.Spans[n-1].To = from
	}
	item.Spans = append(item.Spans, Span{From: from, Edition: d.Version, Validity: "有效"})
	if d.Status == "已废止" {
		item.Spans[len(item.Spans)-1].To = repealed
		item.Spans = append(item.Spans, Span{From: repealed, Edition: d.Version, Validity: "废止"})
	}
}

var articleLine = regexp.MustCompile(`^第([一二三四五六七八九十百千零]+)条(?:之([一二三四五六七八九十]+))?`)

func cutArticles(text string) []ItemArticle {
	var out []ItemArticle
	now, heading := ItemArticle{Path: "pre"}, ""
	flush := func() {
		if strings.TrimSpace(now.Text) != "" {
			out = append(out, now)
		}
		now.Text = ""
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") {
			flush()
			heading = strings.TrimSpace(strings.TrimLeft(line, "#"))
			now = ItemArticle{Path: now.Path + "~", Heading: heading}
			continue
		}
		if m := articleLine.FindStringSubmatch(line); m != nil {
			flush()
			n, _ := zh.ParseNumeral(m[1])
			now = ItemArticle{Path: fmt.Sprintf("a%d", n), Label: m[0], Heading: heading}
			if m[2] != "" {
				sub, _ := zh.ParseNumeral(m[2])
				now.Path += fmt.Sprintf("_%d", sub)
			}
		}
		now.Text += line
	}
	flush()
	return out
}

// memory is a Source over works in memory.
type memory struct {
	mu      sync.Mutex
	works   map[int64]*Item
	changes []Change
	loads   int
	failAt  int // the load that fails, 0 for none
	atOnce  int // rows given at once, 0 for as many as asked for
}

func newMemory(items []*Item) *memory {
	m := &memory{works: map[int64]*Item{}}
	for _, item := range items {
		m.publish(item)
	}
	return m
}

func (m *memory) publish(item *Item) {
	m.works[item.Work] = item
	m.log(item.Work)
}

func (m *memory) withdraw(work int64) {
	delete(m.works, work)
	m.log(work)
}

func (m *memory) log(work int64) {
	m.changes = append(m.changes, Change{Seq: int64(len(m.changes) + 1), Work: work})
}

func (m *memory) Head(context.Context) (int64, error) { return int64(len(m.changes)), nil }

func (m *memory) Changes(_ context.Context, after int64, limit int) ([]Change, error) {
	rest := m.changes[after:]
	if m.atOnce > 0 {
		limit = min(limit, m.atOnce)
	}
	return rest[:min(limit, len(rest))], nil
}

func (m *memory) Load(_ context.Context, work int64) (*Item, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.loads++
	if m.failAt > 0 && m.loads >= m.failAt {
		return nil, fmt.Errorf("source away at load %d", m.loads)
	}
	return m.works[work], nil
}

func openIndex(t testing.TB, dir string) *Index {
	t.Helper()
	x, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
	return x
}

func catchUp(t testing.TB, x *Index, src Source) {
	t.Helper()
	if _, err := x.CatchUp(t.Context(), src); err != nil {
		t.Fatal(err)
	}
}

// corpusIndex is the corpus, built once a test that wants it.
func corpusIndex(t testing.TB) *Index {
	t.Helper()
	x := openIndex(t, t.TempDir())
	catchUp(t, x, newMemory(corpus()))
	return x
}

func find(t testing.TB, x *Index, q Query) *Result {
	t.Helper()
	res, err := x.Search(context.Background(), q, today)
	if err != nil {
		t.Fatalf("%q: %v", q.Text, err)
	}
	return res
}

func dump(t testing.TB, x *Index) string {
	t.Helper()
	var b strings.Builder
	if err := x.Dump(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
