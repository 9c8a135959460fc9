package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gongkai/internal/testcity"
)

// shown is the answer of `show`.
type shown struct {
	Work        int64    `json:"work"`
	Title       string   `json:"title"`
	DocNo       string   `json:"doc_no"`
	Organ       string   `json:"organ"`
	Topics      []string `json:"topics"`
	Validity    *string  `json:"validity"`
	Edition     int      `json:"edition"`
	ExternalID  string   `json:"external_id"`
	EffectiveOn string   `json:"effective_on"`
	Basis       string   `json:"basis"`
	Text        string   `json:"text"`
}

// keysOf lists the keys of each line of JSON.
func keysOf(t testing.TB, r result) [][]string {
	t.Helper()
	var list [][]string
	for _, m := range rows[map[string]json.RawMessage](t, r) {
		var keys []string
		for k := range m {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		list = append(list, keys)
	}
	return list
}

// wantKeys checks that a line has the promised keys and no other, save those
// that may be absent.
func wantKeys(t testing.TB, what string, keys []string, promised, optional string) {
	t.Helper()
	for _, k := range strings.Fields(promised) {
		if !slices.Contains(keys, k) {
			t.Errorf("%s: the key %q is missing; it has %v", what, k, keys)
		}
	}
	for _, k := range keys {
		if !slices.Contains(strings.Fields(promised+" "+optional), k) {
			t.Errorf("%s: the key %q is not promised", what, k)
		}
	}
}

// smallSet is a handful of documents: two revised laws, one repealed without a
// date, the city's rules with attachments, the fixtures.
func smallSet(t testing.TB) []testcity.Document {
	t.Helper()
	var list []testcity.Document
	for _, d := range pageDocuments(t) {
		switch d.WorkID {
		case pairs[0], pairs[1], pairs[5], "qh-rules", "qh-plan-2026", "w491a86645d", filesID, removedID, noTextID:
			list = append(list, d)
		}
	}
	return plain(list)
}

// TestCommandsSpeakAsPromised imports, shows, compares, searches and verifies
// by the real binary and checks the JSON of design section 5 key by key.
func TestCommandsSpeakAsPromised(t *testing.T) {
	onBothEngines(t, func(t *testing.T, l library) {
		list := smallSet(t)
		path := lines(t, list)
		r := l.must(t, "import", "documents", path, "--source", "laws", "--state", "published", "--json")
		lineRows := rows[imported](t, r)
		all := keysOf(t, r)
		if len(lineRows) != len(list)+1 {
			t.Fatalf("%d lines for %d documents", len(lineRows), len(list))
		}
		works := map[string]int64{}
		for i, d := range list {
			got := lineRows[i]
			wantKeys(t, "import "+d.ID, all[i], "file line external_id work edition state", "warnings error draft")
			if got.File != path || got.Line != i+1 || got.ExternalID != d.ID || got.State != "created" || got.Work == nil || got.Edition != d.Version {
				t.Errorf("line %d: %+v", i+1, got)
				continue
			}
			works[d.ID] = *got.Work
		}
		wantKeys(t, "summary", all[len(list)], "read created updated unchanged failed", "")
		if sum := lineRows[len(list)]; sum.Read == nil || *sum.Read != len(list) || sum.Created != len(list) || sum.Failed != 0 {
			t.Errorf("summary: %+v", sum)
		}

		again := rows[imported](t, l.must(t, "import", "documents", path, "--source", "laws", "--state", "published"))
		if sum := again[len(list)]; sum.Unchanged != len(list) {
			t.Errorf("the second run says %+v", sum)
		}

		// show: flags before and after the argument, today, a day, an edition.
		id := fmt.Sprint(works[pairID])
		r = l.must(t, "show", id, "--json")
		wantKeys(t, "show", keysOf(t, r)[0], "work title topics validity edition basis text", "doc_no organ external_id effective_on validity_note")
		now := row[shown](t, r)
		before := gongkai(t, append(append([]string{"show"}, l.flags()...), id)...)
		if !bytes.Equal(r.stdout, before.stdout) {
			t.Error("flags before the argument give another answer than flags behind it")
		}
		if now.ExternalID != pairID || now.Edition != 2 || now.EffectiveOn != "2024-01-01" || now.Basis != "given" || now.Validity == nil || *now.Validity != "有效" ||
			now.Text != byID(t, list, pairID).Text {
			t.Errorf("show: %+v", now)
		}
		if old := row[shown](t, l.must(t, "show", id, "--on", "2020-01-01")); old.ExternalID != pairOldID || old.Text != byID(t, list, pairOldID).Text {
			t.Errorf("show --on: %+v", old)
		}
		if e := row[shown](t, l.must(t, "show", "--edition", "1", id)); e.ExternalID != pairOldID {
			t.Errorf("show --edition: %+v", e)
		}
		if got := strings.TrimSpace(string(l.must(t, "show", id, "--on", "1990-01-01").stdout)); got != `{"work":`+id+`,"validity":null}` {
			t.Errorf("show before the first text: %s", got)
		}

		// compare: the segments rebuild both texts.
		r = l.must(t, "compare", id, "--from", "1", "--to", "2", "--json")
		for _, keys := range keysOf(t, r) {
			wantKeys(t, "compare", keys, "from to from_pos to_pos change moved diff", "split_from merged_into")
		}
		from, to := rebuild(t, r)
		if from != byID(t, list, pairOldID).Text || to != byID(t, list, pairID).Text {
			t.Error("the segments do not rebuild the two texts")
		}

		// search, single and in a batch.
		r = l.must(t, "search", "国际商事法庭", "--limit", "3", "--json")
		wantKeys(t, "search", keysOf(t, r)[0], "query mode total hits", "")
		found := row[answer](t, r)
		if found.Mode != "strict" || found.Total < 1 || len(found.Hits) == 0 || found.Hits[0].ExternalID != pairID || found.Hits[0].Work != works[pairID] {
			t.Errorf("search: %+v", found)
		}
		batch := filepath.Join(t.TempDir(), "queries.txt")
		if err := os.WriteFile(batch, []byte("国际商事法庭\n水下文物怎么保护\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		answers := rows[answer](t, l.must(t, "search", "--batch", batch))
		if len(answers) != 2 || answers[0].Query != "国际商事法庭" || answers[1].Query != "水下文物怎么保护" || len(answers[1].Hits) == 0 {
			t.Errorf("batch: %+v", answers)
		}
		article := row[answer](t, l.must(t, "search", "--level", "article", "国际商事法庭受理下列案件"))
		if len(article.Hits) == 0 || article.Hits[0].Article != "第二条" {
			t.Errorf("search by article: %+v", article)
		}

		r = l.must(t, "verify", "--json")
		checked := rows[map[string]json.RawMessage](t, r)
		if last := checked[len(checked)-1]; string(last["faults"]) != "0" || last["checked"] == nil {
			t.Errorf("verify: %s", r.stdout)
		}
		l.must(t, "migrate", "--json")
	})
}

// answer is a line of `search`.
type answer struct {
	Query string `json:"query"`
	Mode  string `json:"mode"`
	Total int    `json:"total"`
	Hits  []struct {
		Work       int64   `json:"work"`
		Edition    int     `json:"edition"`
		ExternalID string  `json:"external_id"`
		Title      string  `json:"title"`
		Article    string  `json:"article"`
		Validity   string  `json:"validity"`
		Score      float64 `json:"score"`
		Snippet    string  `json:"snippet"`
	} `json:"hits"`
}

// rebuild puts the two texts together from the segments of a comparison.
func rebuild(t testing.TB, r result) (from, to string) {
	t.Helper()
	type segment struct {
		FromPos *int        `json:"from_pos"`
		ToPos   *int        `json:"to_pos"`
		Diff    [][2]string `json:"diff"`
	}
	old, next := map[int]string{}, map[int]string{}
	for _, s := range rows[segment](t, r) {
		var a, b strings.Builder
		for _, d := range s.Diff {
			if d[0] != "+" {
				a.WriteString(d[1])
			}
			if d[0] != "-" {
				b.WriteString(d[1])
			}
		}
		if s.FromPos != nil {
			old[*s.FromPos] = a.String()
		}
		if s.ToPos != nil {
			next[*s.ToPos] = b.String()
		}
	}
	join := func(m map[int]string) string {
		var b strings.Builder
		for i := range len(m) {
			part, ok := m[i]
			if !ok {
				t.Errorf("position %d is missing", i)
			}
			b.WriteString(part)
		}
		return b.String()
	}
	return join(old), join(next)
}

// TestExitCodes wants 2 for wrong usage and 1 for a refusal, each with a Chinese sentence
// on standard error and nothing on standard output.
func TestExitCodes(t *testing.T) {
	l := newLibrary(t, "sqlite")
	l.must(t, "import", "documents", lines(t, smallSet(t)), "--state", "published")
	empty := filepath.Join(t.TempDir(), "empty.jsonl")
	if err := os.WriteFile(empty, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		args []string
		code int
		say  string
	}{
		{"no command", []string{}, exitUsage, "用法"},
		{"unknown command", []string{"publish"}, exitUsage, "用法"},
		{"unknown flag", []string{"show", "1", "--colour"}, exitUsage, "用法"},
		{"missing argument", []string{"show"}, exitUsage, "用法"},
		{"not a number", []string{"show", "abc"}, exitUsage, "用法"},
		{"compare without editions", []string{"compare", "1"}, exitUsage, "用法"},
		{"expunge without a reason", []string{"expunge", "1"}, exitUsage, "reason"},
		{"bad state", []string{"import", "documents", empty, "--state", "secret"}, exitUsage, "state"},
		{"day and edition", []string{"show", "1", "--on", "2020-01-01", "--edition", "1"}, exitUsage, "用法"},
		{"bad day", []string{"show", "1", "--on", "2026-02-30"}, exitUsage, "--on"},
		{"no such work", []string{"show", "999999"}, exitRefused, "没有这份文件"},
		{"no such edition", []string{"compare", "1", "--from", "1", "--to", "77"}, exitRefused, "77"},
		{"no such file", []string{"import", "documents", "nowhere.jsonl"}, exitRefused, "nowhere.jsonl"},
		{"no such backup", []string{"restore", "nowhere.backup"}, exitRefused, "nowhere.backup"},
		{"unknown column", []string{"import", "documents", empty, "--column", "4711"}, exitRefused, "4711"},
		{"unknown organ", []string{"import", "documents", empty, "--organ", "no-such"}, exitRefused, "no-such"},
		{"blank reason", []string{"expunge", "1", "--reason", "  "}, exitRefused, "理由"},
		{"search for nothing", []string{"search"}, exitUsage, "--batch"},
		{"taken address", []string{"serve", "--addr", "256.0.0.1:1"}, exitRefused, "256.0.0.1:1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := c.args
			if len(args) > 0 && c.name != "unknown command" {
				args = append(slices.Clone(args), l.flags()...)
			}
			r := gongkai(t, args...)
			r.wantCode(t, c.code)
			if !strings.Contains(string(r.stderr), c.say) {
				t.Errorf("stderr does not say %q: %s", c.say, head(r.stderr))
			}
			if !han(string(r.stderr)) {
				t.Errorf("the message is not Chinese: %s", head(r.stderr))
			}
			if len(r.stdout) > 0 && c.code == exitRefused {
				t.Errorf("stdout: %s", head(r.stdout))
			}
		})
	}
	r := gongkai(t, "--help")
	r.wantCode(t, exitDone)
	for _, command := range []string{"demo", "serve", "migrate", "import", "extract", "show", "search", "compare", "backup", "restore", "verify", "expunge"} {
		if !strings.Contains(string(r.stdout), command) {
			t.Errorf("--help does not name %s", command)
		}
	}
}

// han reports that a message is in Chinese.
func han(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r >= 0x4e00 && r <= 0x9fff })
}
