package search

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gongkai/internal/workday"
	"gongkai/internal/zh"
)

// TestRelevance runs the scripts of testdata. A script is a list of blocks: a
// line "query TEXT", then indented lines. Options of the query: level, on,
// national, current, kinds, regions, organs, validities, from, to, sort, limit.
// Expectations: mode, corrected TEXT or corrected -, total N (or >N, <N),
// exact TITLE or exact -, first TITLE [ARTICLE], has TITLE, not TITLE, why TEXT,
// mark TEXT, validity TEXT; first, why, mark and validity speak of the first hit.
func TestRelevance(t *testing.T) {
	x := corpusIndex(t)
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, file := range files {
		for _, b := range readScript(t, file) {
			t.Run(fmt.Sprintf("%s:%d", filepath.Base(file), b.line), func(t *testing.T) { b.run(t, x) })
		}
	}
}

type block struct {
	line  int
	query Query
	want  [][2]string
}

func readScript(t *testing.T, file string) []*block {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []*block
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case word == "" || strings.HasPrefix(word, "#"):
		case word == "query":
			out = append(out, &block{line: n, query: Query{Text: strings.ReplaceAll(rest, `\n`, "\n")}})
		case len(out) == 0 || !strings.HasPrefix(line, " "):
			t.Fatalf("%s:%d: %s", file, n, line)
		default:
			b := out[len(out)-1]
			switch word {
			case "level":
				b.query.Level = rest
			case "on":
				b.query.On = workday.MustDate(rest)
			case "national":
				b.query.National = true
			case "current":
				b.query.Current = true
			case "kinds":
				b.query.Kinds = strings.Fields(rest)
			case "regions":
				b.query.Regions = strings.Fields(rest)
			case "organs":
				b.query.Organs = strings.Fields(rest)
			case "validities":
				b.query.Validity = strings.Fields(rest)
			case "from":
				b.query.From = workday.MustDate(rest)
			case "to":
				b.query.To = workday.MustDate(rest)
			case "sort":
				b.query.Sort = rest
			case "limit":
				b.query.Limit, _ = strconv.Atoi(rest)
			default:
				b.want = append(b.want, [2]string{word, rest})
			}
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func (b *block) run(t *testing.T, x *Index) {
	res := find(t, x, b.query)
	titles := map[string]bool{}
	for _, h := range res.Hits {
		titles[h.Title] = true
	}
	var first Hit
	if len(res.Hits) > 0 {
		first = res.Hits[0]
	}
	if res.Query != b.query.Text || res.Total < len(res.Hits) || res.Exact != nil && b.query.Sort == "" && res.Exact.Title != first.Title {
		t.Errorf("%q: broken answer: %+v", b.query.Text, res)
	}
	for _, w := range b.want {
		ok := false
		switch w[0] {
		case "mode":
			ok = res.Mode == w[1]
		case "total":
			ok = compareTotal(res.Total, w[1])
		case "exact":
			ok = res.Exact == nil && w[1] == "-" || res.Exact != nil && res.Exact.Title == w[1]
		case "first":
			ok = first.Title == w[1] || first.Title+" "+first.Article == w[1]
		case "has":
			ok = titles[w[1]]
		case "not":
			ok = !titles[w[1]]
		case "corrected":
			ok = res.Corrected == strings.TrimPrefix(w[1], "-")
		case "why":
			ok = first.Why == w[1]
		case "validity":
			ok = first.Validity == w[1]
		case "mark":
			for _, m := range first.Marks {
				ok = ok || zh.Fold(string([]rune(first.Snippet)[m[0]:m[1]])) == zh.Fold(w[1])
			}
		default:
			t.Errorf("unknown expectation %s", w[0])
		}
		if !ok {
			t.Errorf("%q: want %s %s\nmode %s total %d first %+v", b.query.Text, w[0], w[1], res.Mode, res.Total, first)
		}
	}
}

func compareTotal(n int, want string) bool {
	v, err := strconv.Atoi(strings.TrimLeft(want, "<>"))
	if err != nil {
		return false
	}
	switch want[0] {
	case '>':
		return n > v
	case '<':
		return n < v
	}
	return n == v
}
