package main

import (
	"os"
	"strings"
	"testing"

	"gongkai/internal/proofread"
	"gongkai/internal/testcity"
)

// otherHits is how many hits a document below block level clean texts may have.
const otherHits = 0.3

// cleanTexts are 1,000 texts that the rules never learned from, in a fixed
// order: every near miss, and a like share of paragraphs, notices and laws.
func cleanTexts(t *testing.T) []document {
	t.Helper()
	all, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	works := map[string]string{}
	err = testcity.Each(func(d testcity.Document) error {
		works[d.ID] = d.WorkID
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var out []document
	for _, d := range all {
		_, law := works[d.name]
		if !law || strings.HasPrefix(d.name, "gz-") || !learned(works[d.name]) {
			out = append(out, d)
		}
	}
	if len(out) < 1000 {
		t.Fatalf("only %d clean texts", len(out))
	}
	return out
}

// TestCleanTexts_FewFalseAlarms holds the rules to no block-level hit and at
// most 0.3 others a document on clean texts, and each rule to its own
// allowance. GONGKAI_SOAK=1 takes all of them, else every third.
func TestCleanTexts_FewFalseAlarms(t *testing.T) {
	docs := cleanTexts(t)
	if os.Getenv("GONGKAI_SOAK") == "" {
		var some []document
		for i, d := range docs {
			if i%3 == 0 {
				some = append(some, d)
			}
		}
		docs = some
	}
	m := measure(docs)
	l := m.levels()
	for _, f := range m.hits {
		if f.hit.Level == proofread.Block {
			t.Errorf("%s: %s blocks %q", f.doc, f.hit.Rule, f.around)
		}
	}
	if n := l[proofread.Confirm] + l[proofread.Hint]; n > otherHits {
		t.Errorf("%.3f hits a document", n)
	}
	for _, id := range m.over() {
		t.Errorf("%s: %.4f hits a document pass its allowance", id, m.perDoc(id))
	}
	t.Logf("%d documents: confirm %.4f, hint %.4f a document", m.docs, l[proofread.Confirm], l[proofread.Hint])
}

// TestNearMisses_NoAlarm: what only looks like an identifier is none.
func TestNearMisses_NoAlarm(t *testing.T) {
	docs := sentences()
	if len(docs) < 200 {
		t.Fatalf("only %d sentences", len(docs))
	}
	for _, f := range measure(docs).hits {
		t.Errorf("%s: %s in %q", f.doc, f.hit.Rule, f.around)
	}
}

// TestOver_SeesARuleThatHitsTooOften: the build must be able to fail.
func TestOver_SeesARuleThatHitsTooOften(t *testing.T) {
	m := measure([]document{{"a", "请执行清政发[2025]3号。"}, {"b", "身份证号11010519491231002X"}})
	over := strings.Join(m.over(), " ")
	if !strings.Contains(over, "F-06.bracket") || !strings.Contains(over, "PII.id") {
		t.Errorf("over: %s", over)
	}
	var b strings.Builder
	if err := m.table(&b); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "F-06.bracket") || !strings.Contains(b.String(), "passed") {
		t.Error(b.String())
	}
}
