package request

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Duties are what an organ does, as its page tells: its names, and clauses of
// its duties and of its units' duties.
type Duties struct {
	Code, Name, Short string
	Clauses           []DutyClause
}

// DutyClause is one clause of the duties of an organ or of a unit in it.
type DutyClause struct {
	Unit string // "" for the organ itself
	Text string
}

// Hint is an organ that a request may belong to, with the reason in Chinese.
type Hint struct {
	Code, Name, Reason string
}

const (
	maxHints      = 3
	dutyRunes     = 40
	leastDuty     = 2    // pairs in common with the duties
	commonPair    = 0.25 // of the organs; a pair that more of them have says nothing
	fewOrgans     = 4    // below it every pair may say something
	namedScore    = 1000
	wentScore     = 10
	reasonNamed   = "您写到了“"
	reasonDuty    = "它的职责里写着“"
	reasonUnit    = "它的“"
	reasonUnitDid = "”负责“"
)

// HintsFor says which organs a request may belong to and why: by their
// name in it, by where similar requests went, and by their duties. went is by
// code. The strongest comes first.
func HintsFor(content string, organs []Duties, went map[string]int) []Hint {
	asked := pairsOf(content)
	spread := map[string]int{} // in how many organs a pair stands
	for _, o := range organs {
		own := map[string]bool{}
		for _, c := range o.Clauses {
			for p := range pairsOf(c.Text) {
				own[p] = true
			}
		}
		for p := range own {
			spread[p]++
		}
	}
	most := max(1, int(commonPair*float64(len(organs))))
	if len(organs) < fewOrgans {
		most = len(organs)
	}
	type scored struct {
		Hint
		score int
	}
	var list []scored
	for _, o := range organs {
		h := scored{Hint: Hint{Code: o.Code, Name: o.Name}}
		var why []string
		for _, name := range []string{o.Name, o.Short} {
			if len([]rune(name)) >= 3 && strings.Contains(content, name) {
				h.score += namedScore
				why = append(why, reasonNamed+name+"”")
				break
			}
		}
		if n := went[o.Code]; n > 0 {
			h.score += wentScore + n
			why = append(why, "以往 "+strconv.Itoa(n)+" 件相近的申请由它办理")
		}
		if c, n := bestClause(asked, o.Clauses, spread, most); n >= leastDuty {
			h.score += n
			if c.Unit == "" {
				why = append(why, reasonDuty+c.Text+"”")
			} else {
				why = append(why, reasonUnit+c.Unit+reasonUnitDid+c.Text+"”")
			}
		}
		if h.score > 0 {
			h.Reason = strings.Join(why, "；")
			list = append(list, h)
		}
	}
	slices.SortStableFunc(list, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
	var out []Hint
	for _, h := range list[:min(maxHints, len(list))] {
		out = append(out, h.Hint)
	}
	return out
}

// bestClause is the clause that shares the most telling pairs with a request.
func bestClause(asked map[string]bool, clauses []DutyClause, spread map[string]int, most int) (best DutyClause, n int) {
	for _, c := range clauses {
		k := 0
		for p := range pairsOf(c.Text) {
			if asked[p] && spread[p] <= most {
				k++
			}
		}
		if k > n {
			best, n = c, k
		}
	}
	return best, n
}

// ClausesOf cuts the words of a duty into clauses that can be shown as a reason.
func ClausesOf(unit, duties string) (out []DutyClause) {
	for _, s := range strings.FieldsFunc(duties, func(c rune) bool { return strings.ContainsRune("。；;\n，,", c) }) {
		if s = strings.TrimSpace(s); len([]rune(s)) >= 2 {
			if rs := []rune(s); len(rs) > dutyRunes {
				s = string(rs[:dutyRunes]) + "……"
			}
			out = append(out, DutyClause{unit, s})
		}
	}
	return out
}
