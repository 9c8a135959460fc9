package officialdoc

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// The oracle of this file knows nothing of the compare code: it cuts a law by
// its own pattern, edits it in ways that can be read in one way only, and
// writes down what it did.

var compareUnitLine = regexp.MustCompile(`^(#+ |第[〇零一二三四五六七八九十百千]+条 )`)

// compareUnit is a heading line, an article, or what stands before them.
type compareUnit struct {
	label, body string // label 第十二条, empty for others
	home        int    // place in the old text, -1 for an inserted one
	changed     bool
	touched     int // runes of body that an edit took away
	relocated   bool
}

func compareUnits(text string) []compareUnit {
	var units []compareUnit
	for _, line := range strings.SplitAfter(text, "\n") {
		if line == "" {
			continue
		}
		if len(units) == 0 || compareUnitLine.MatchString(line) {
			u := compareUnit{home: len(units), body: line}
			if strings.HasPrefix(line, "第") {
				u.label, u.body, _ = strings.Cut(line, " ")
			}
			units = append(units, u)
			continue
		}
		units[len(units)-1].body += line
	}
	return units
}

// compareNumeral writes a number as laws do: 一百零三, 十二.
func compareNumeral(n int) string {
	digits := []rune("零一二三四五六七八九")
	out, gap := "", false
	for _, w := range []struct {
		value int
		word  string
	}{{1000, "千"}, {100, "百"}, {10, "十"}, {1, ""}} {
		d := n / w.value
		n %= w.value
		switch {
		case d == 0:
			gap = out != ""
			continue
		case gap:
			out, gap = out+"零", false
		}
		if w.value == 10 && d == 1 && out == "" {
			out = "十"
			continue
		}
		out += string(digits[d]) + w.word
	}
	return out
}

// compareEdited is an edited text and what was done to it.
type compareEdited struct {
	text      string
	want      Counts
	untouched int // runes of the old text that no edit touched, labels aside
}

// Words that no text of the collection holds, for edits and new articles.
var compareFresh = []string{"鲸群", "浮标", "珊瑚", "驼铃", "星盘", "潮汐", "铜镜", "茶垄", "雪橇", "竹筏", "蜂巢", "琴弦", "陶窑", "灯塔", "蒲扇", "麦垛", "鹿茸", "纸鸢", "石臼", "藤椅"}

// compareEdit makes n edits of each kind's share; the same seed, the same
// edits.
func compareEdit(units []compareUnit, seed uint64, n int) compareEdited {
	rng := rand.New(rand.NewPCG(seed, 20240501))
	old := len(units)
	edited := append([]compareUnit(nil), units...)
	taken := map[int]bool{} // by old place: one edit an article
	pick := func(minRunes int) int {
		for range 200 {
			i := rng.IntN(len(edited))
			u := edited[i]
			if u.label != "" && u.home >= 0 && !taken[u.home] && utf8.RuneCountInString(u.body) >= minRunes {
				taken[u.home] = true
				return i
			}
		}
		return -1
	}
	var e compareEdited
	for range n {
		switch rng.IntN(5) {
		case 0, 1: // a few words
			if i := pick(60); i >= 0 {
				edited[i].body, edited[i].touched = compareReword(edited[i].body, rng)
				edited[i].changed = true
			}
		case 2: // a new article
			at := 1 + rng.IntN(len(edited)-1)
			var words []string
			for _, k := range rng.Perm(len(compareFresh))[:8] {
				words = append(words, compareFresh[k]+fmt.Sprint(rng.IntN(9000)))
			}
			u := compareUnit{label: "第〇条", body: " " + strings.Join(words, "、") + "。\n", home: -1}
			edited = append(edited[:at], append([]compareUnit{u}, edited[at:]...)...)
			e.want.Added++
		case 3: // an article gone
			if i := pick(1); i >= 0 {
				edited = append(edited[:i], edited[i+1:]...)
				e.want.Removed++
			}
		case 4: // an article elsewhere, past more units than are moved in all
			if i := pick(30); i >= 0 {
				u := edited[i]
				rest := append(append([]compareUnit(nil), edited[:i]...), edited[i+1:]...)
				at := max(1, (i+len(rest)/2)%len(rest)) // what stands first may be no article
				u.relocated = true
				edited = append(rest[:at:at], append([]compareUnit{u}, rest[at:]...)...)
			}
		}
	}
	renumber := rng.IntN(2) == 0
	number := 0
	var out strings.Builder
	for _, u := range edited {
		label := u.label
		if label != "" {
			number++
			if renumber {
				label = "第" + compareNumeral(number) + "条"
			} else if u.home < 0 {
				label = "第" + compareNumeral(2000+number) + "条"
			}
		}
		out.WriteString(label + compareSpaced(u))
		if u.home >= 0 {
			if u.relocated || label != u.label {
				e.want.Moved++
			}
			if u.changed {
				e.want.Changed++
			}
			e.untouched += utf8.RuneCountInString(units[u.home].body) - u.touched
		}
	}
	e.want.Same = old - e.want.Removed - e.want.Changed
	e.text = out.String()
	return e
}

// compareSpaced is the body after its label.
func compareSpaced(u compareUnit) string {
	if u.label == "" || strings.HasPrefix(u.body, " ") {
		return u.body
	}
	return " " + u.body
}

// compareReword replaces, adds or drops a few runes inside the body, not at
// its ends, and returns how many old runes went.
func compareReword(body string, rng *rand.Rand) (string, int) {
	r := []rune(body)
	at := 5 + rng.IntN(len(r)-20)
	fresh := []rune(compareFresh[rng.IntN(len(compareFresh))] + compareFresh[rng.IntN(len(compareFresh))])
	gone := 2 + rng.IntN(6)
	switch rng.IntN(3) {
	case 0:
		fresh = nil
	case 1:
		gone = 0
	}
	return string(r[:at]) + string(fresh) + string(r[at+gone:]), gone
}

func TestCompareFindsKnownEdits(t *testing.T) {
	files, err := filepath.Glob("testdata/compare/laws/*.txt.gz")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d laws, %v", len(files), err)
	}
	variants := 0
	for _, f := range files {
		text := strings.TrimSuffix(structureText(t, f), "\n") + "\n" // so that the last article can move
		units := compareUnits(text)
		for k := range 5 {
			seed := uint64(variants)
			variants++
			e := compareEdit(units, seed, 2+2*k)
			segs := Compare(text, e.text)
			compareSound(t, text, e.text, segs)
			name := fmt.Sprintf("%s seed %d", filepath.Base(f), seed)
			if got := Summary(segs); got != e.want {
				t.Errorf("%s: got %+v, want %+v", name, got, e.want)
				for _, s := range segs {
					if s.Change != ChangeSame {
						t.Log(compareHead(s))
					}
				}
			}
			kept := 0
			for _, s := range segs {
				for _, d := range s.Diff {
					if d.Kind == "=" {
						kept += utf8.RuneCountInString(d.Text)
					}
				}
			}
			if float64(kept) < 0.99*float64(e.untouched) {
				t.Errorf("%s: %d of %d untouched runes in =", name, kept, e.untouched)
			}
		}
	}
	if variants < 200 {
		t.Fatalf("only %d variants", variants)
	}
}
