package search

import (
	"cmp"
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"gongkai/internal/zh"
)

// Bounds of looking for a wrong character: the longest query in which one is
// sought, the positions looked at, the queries tried, and up to where the
// documents with a pair of characters are counted.
const (
	maxCorrectRunes = 40
	maxSuspects     = 3
	maxTries        = 6
	pairCount       = 200
	likelier        = 10 // how often a pair must stand that takes the place of one that is there
)

// organFile lists former and present names of organs, parted by a tab.
//
//go:embed data/organs.txt
var organFile string

var formerOrgans = sync.OnceValue(func() [][2]string {
	var out [][2]string
	for line := range strings.Lines(organFile) {
		if old, now, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			out = append(out, [2]string{zh.Fold(old), zh.Fold(now)})
		}
	}
	slices.SortStableFunc(out, func(a, b [2]string) int { return cmp.Compare(len(b[0]), len(a[0])) })
	return out
})

// corrected answers a query of which nothing is found as if it was typed
// otherwise: pinyin or initials for the words, a present name for an organ's
// former one, another character for one like it in sound or shape. The first
// way that finds something is taken; text is "" when none does.
func (r *run) corrected() (found []candidate, text string, err error) {
	if len(r.p.without) > 0 || r.p.cut || r.p.docKey != "" || utf8.RuneCountInString(r.p.folded) > maxCorrectRunes {
		return nil, "", nil
	}
	if letters, ok := zh.PinyinLetters(r.q.Text); ok {
		return r.first([]string{r.fromPinyin(letters)})
	}
	for _, o := range formerOrgans() {
		if strings.Contains(r.p.folded, o[0]) {
			if found, text, err = r.first([]string{strings.Replace(r.p.folded, o[0], o[1], 1)}); err != nil || len(found) > 0 {
				return found, text, err
			}
		}
	}
	tries, err := r.slips()
	if err != nil {
		return nil, "", err
	}
	return r.best(tries)
}

// as is a search for another text within the same one.
func (r *run) as(text string) *run {
	return &run{ctx: r.ctx, x: r.x, tx: r.tx, q: r.q, p: parseQuery(text), scope: r.scope, memo: r.memo}
}

// try answers another text strictly, and takes its words over when that finds
// something.
func (r *run) try(text string) ([]candidate, *run, error) {
	other := r.as(text)
	if text == "" || len(other.p.terms) == 0 {
		return nil, other, nil
	}
	exact, err := other.exact()
	if err != nil {
		return nil, other, err
	}
	found, err := other.strict(exact)
	return found, other, err
}

func (r *run) first(texts []string) ([]candidate, string, error) {
	for _, text := range texts {
		found, other, err := r.try(text)
		if err != nil {
			return nil, "", err
		}
		if len(found) > 0 {
			r.p, r.held = other.p, other.held
			return found, text, nil
		}
	}
	return nil, "", nil
}

// best tries all texts and takes the one whose best hit stands highest, then
// the one with most hits.
func (r *run) best(texts []string) (found []candidate, text string, err error) {
	var kept *run
	top := 0.0
	for _, t := range texts {
		list, other, err := r.try(t)
		if err != nil {
			return nil, "", err
		}
		if len(list) == 0 {
			continue
		}
		lead(list, 1)
		if s := list[0].score; kept == nil || s > top || s == top && len(list) > len(found) {
			found, text, kept, top = list, t, other, s
		}
	}
	if kept != nil {
		r.p, r.held = kept.p, kept.held
	}
	return found, text, nil
}

// slip is a query with one character replaced.
type slip struct {
	text  string
	pairs int // documents with the rarer of the new character's pairs
	rank  int // among the characters like the old one
}

// slips proposes queries with one character replaced, the likeliest first. The
// wrong character is sought where it makes the rarest pairs.
func (r *run) slips() ([]string, error) {
	rs := []rune(r.p.folded)
	type place struct{ at, pairs int }
	var places []place
	for i, c := range rs {
		if !isHan(c) {
			continue
		}
		n, err := r.rarest(rs, i)
		if err != nil {
			return nil, err
		}
		if n >= 0 {
			places = append(places, place{i, n})
		}
	}
	slices.SortStableFunc(places, func(a, b place) int { return cmp.Compare(a.pairs, b.pairs) })
	var out []slip
	for _, p := range places[:min(maxSuspects, len(places))] {
		old := rs[p.at]
		for rank, c := range append(zh.Homophones(old), zh.Lookalikes(old)...) {
			other := slices.Clone(rs)
			other[p.at] = c
			n, err := r.rarest(other, p.at)
			if err != nil {
				return nil, err
			}
			if n > p.pairs*likelier {
				out = append(out, slip{string(other), n, rank})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b slip) int { return cmp.Or(cmp.Compare(b.pairs, a.pairs), cmp.Compare(a.rank, b.rank)) })
	var texts []string
	for _, s := range out {
		if len(texts) < maxTries && !slices.Contains(texts, s.text) {
			texts = append(texts, s.text)
		}
	}
	return texts, nil
}

// rarest counts the documents with the rarer of the two pairs that a character
// makes with its neighbours; -1 when it has none.
func (r *run) rarest(rs []rune, i int) (int, error) {
	least := -1
	for _, from := range [2]int{i - 1, i} {
		if from < 0 || from+1 >= len(rs) || !isHan(rs[from]) || !isHan(rs[from+1]) {
			continue
		}
		n, err := r.documents(phraseOf(string(rs[from:from+2])), pairCount)
		if err != nil {
			return 0, err
		}
		if least < 0 || n < least {
			least = n
		}
		if n == 0 {
			break
		}
	}
	return least, nil
}
