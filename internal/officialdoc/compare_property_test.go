package officialdoc

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCompareRebuildsBothTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := structureGen().Draw(t, "from")
		to := structureGen().Draw(t, "to")
		if rapid.Bool().Draw(t, "near") { // a near text: lines of the old, some gone, some new
			var lines []string
			for _, l := range strings.Split(from, "\n") {
				switch rapid.IntRange(0, 5).Draw(t, "edit") {
				case 0:
				case 1:
					lines = append(lines, l, rapid.SampledFrom(structurePieces).Draw(t, "line"))
				default:
					lines = append(lines, l)
				}
			}
			to = strings.Join(lines, "\n")
		}
		segs := Compare(from, to)
		compareSound(t, from, to, segs)
		if again := Compare(from, to); !reflect.DeepEqual(segs, again) {
			t.Fatalf("two answers for one question")
		}
		for _, s := range Compare(from, from) {
			if s.Change != ChangeSame || s.Moved {
				t.Fatalf("a text differs from itself: %+v", s)
			}
		}
	})
}

// The fewest segments are called moved: as many as the longest common order
// leaves out, counted here in the slow and plain way.
func TestCompareMovesTheFewest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "n")
		var lines []string
		for i := range n {
			lines = append(lines, compareFresh[i]+"的养护由所在单位负责。\n")
		}
		order := rapid.Permutation(lines).Draw(t, "order")
		longest := make([]int, n)
		most := 0
		for i := range order {
			longest[i] = 1
			for k := range i {
				if slices.Index(lines, order[k]) < slices.Index(lines, order[i]) {
					longest[i] = max(longest[i], longest[k]+1)
				}
			}
			most = max(most, longest[i])
		}
		got := Summary(Compare(strings.Join(lines, ""), strings.Join(order, "")))
		if want := (Counts{Same: n, Moved: n - most}); got != want {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	})
}

func TestDiffTextRebuildsBothTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.SampledFrom([]rune("甲乙丙丁，。\n")), 0, 600, -1)
		from, to := text.Draw(t, "from"), text.Draw(t, "to")
		if rapid.Bool().Draw(t, "near") {
			to = from[:len(from)/2-len(from)/2%3] + to
			to = strings.ToValidUTF8(to, "")
		}
		var a, b strings.Builder
		for _, o := range DiffText(from, to) {
			if o.Kind != "+" {
				a.WriteString(o.Text)
			}
			if o.Kind != "-" {
				b.WriteString(o.Text)
			}
		}
		if a.String() != from || b.String() != to {
			t.Fatalf("%q and %q became %q and %q", from, to, a.String(), b.String())
		}
	})
}

func FuzzCompare(f *testing.F) {
	f.Add("第一条 甲\n第二条 乙\n", "第一条 乙\n第二条 丙\n")
	f.Fuzz(func(t *testing.T, from, to string) {
		from, to = strings.ToValidUTF8(from, ""), strings.ToValidUTF8(to, "")
		compareSound(t, from, to, Compare(from, to))
	})
}
