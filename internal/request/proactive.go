package request

import (
	"cmp"
	"slices"
	"strings"

	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// ProactiveRule says when requests show that information should be disclosed to
// all: as many different applicants, within as many months, in words
// that are alike to as many percent.
type ProactiveRule struct {
	Rule       string `json:"rule"`
	Applicants int    `json:"applicants"`
	Months     int    `json:"months"`
	Alike      int    `json:"alike"`
}

// DefaultProactive is the rule where a locality set none.
var DefaultProactive = ProactiveRule{Rule: "A-104", Applicants: 3, Months: 12, Alike: SameMatter}

// The bounds of what a locality may set: it may look sooner, longer and wider
// than the default, never less.
const (
	leastApplicants = 2
	mostMonths      = 60
	leastAlike      = 40
)

// or is the rule itself, with the default where it says nothing.
func (p ProactiveRule) or(d ProactiveRule) ProactiveRule {
	return ProactiveRule{d.Rule, cmp.Or(p.Applicants, d.Applicants), cmp.Or(p.Months, d.Months), cmp.Or(p.Alike, d.Alike)}
}

// Tightens reports why a local rule may not stand beside the default. Errors:
// Invalid with the field 转主动公开的人数, 转主动公开的月数 or 转主动公开的相近程度.
func (p ProactiveRule) Tightens() error {
	d := DefaultProactive
	p = p.or(d)
	for _, x := range []struct {
		field         string
		n, from, upTo int
	}{{"转主动公开的人数", p.Applicants, leastApplicants, d.Applicants}, {"转主动公开的月数", p.Months, d.Months, mostMonths}, {"转主动公开的相近程度", p.Alike, leastAlike, d.Alike}} {
		if x.n < x.from || x.n > x.upTo {
			return fault.Field("request.ProactiveRule", x.field, "“%s”：请填 %d 到 %d 的整数，地方只能更严（A-104）。", x.field, x.from, x.upTo)
		}
	}
	return nil
}

// Area is a field in which requests come in crowds and information is better
// disclosed to those whom it concerns (Z25-1.2d).
type Area struct {
	Code, Name, Audience string
	Words                []string
}

// Areas are the four of Z25-1.2d.
var Areas = []Area{
	{"land", "集体土地征收", "被征收土地的村组村民", []string{"征地", "土地征收", "征收土地", "集体土地", "青苗补偿", "预征收公告", "安置补偿方案", "勘测定界"}},
	{"housing", "国有土地上房屋征收", "被征收房屋的所有权人", []string{"房屋征收", "征收房屋", "拆迁", "拆除", "征收补偿", "棚户区改造", "旧城改建", "征收决定"}},
	{"property", "物业管理", "本小区业主", []string{"物业", "业主委员会", "业委会", "业主大会", "维修资金", "小区"}},
	{"social", "社会保障", "本社区、本村居民", []string{"社会保障", "社会保险", "社保", "养老保险", "医疗保险", "最低生活保障", "低保", "社会救助", "工伤保险", "失业保险"}},
}

// AreaOf is the area of a text: the one of which it names most words; false
// when it names none.
func AreaOf(text string) (Area, bool) {
	best, most := Area{}, 0
	for _, a := range Areas {
		n := 0
		for _, w := range a.Words {
			n += strings.Count(text, w)
		}
		if n > most {
			best, most = a, n
		}
	}
	return best, most > 0
}

// AreaName is the name of an area by its code, "" for none.
func AreaName(code string) string {
	for _, a := range Areas {
		if a.Code == code {
			return a.Name
		}
	}
	return ""
}

// AskedFor is one request as the queue compares it. Who asked is a digest only.
type AskedFor struct {
	Case      int64
	Number    string
	On        workday.Date // of submission
	Content   string
	Outcome   Outcome // "" while it is open
	Suggested bool    // the applicant wants the answer made public

	blind string
}

// Group is what several people asked for, or what one was given and wants
// public. It names nobody.
type Group struct {
	Organ      int64
	Title      string // of a request without personal words, "" when none is
	Area       Area   // zero for none
	Asked      []AskedFor
	Applicants int // different ones
	Enough     bool
	Suggested  int
	Given      int // requests of which something was given
	Withheld   int // requests that were refused on a ground
}

// Says is what the product proposes, with why.
func (g Group) Says() string {
	switch {
	case g.Withheld > 0 && g.Given == 0:
		return "先复核：已经答复的都不予公开，确实不能公开的选“不转”。"
	case g.Withheld > 0:
		return "先复核：有的给了、有的不予公开，口径要一致。"
	case g.Area.Code != "":
		return "建议在特定范围内公开：属于申请集中的“" + g.Area.Name + "”领域。"
	case g.Enough:
		return "建议转为主动公开。"
	}
	return "请研究：申请人认为应当主动公开。"
}

// groups puts requests of one organ together whose words are alike to those of
// the first of a group, and keeps the groups that are large enough or have a
// suggestion. list is ordered; the result is by number of applicants.
func groups(organ int64, list []AskedFor, rule ProactiveRule) (out []Group) {
	type open struct {
		Group
		like bag
		who  map[string]bool
	}
	var all []*open
	for _, a := range list {
		like := bagOf(a.Content)
		i := slices.IndexFunc(all, func(g *open) bool { return g.like.alike(like) >= rule.Alike })
		if i < 0 {
			all = append(all, &open{Group: Group{Organ: organ}, like: like, who: map[string]bool{}})
			i = len(all) - 1
		}
		g := all[i]
		g.Asked, g.who[a.blind] = append(g.Asked, a), true
		if a.Suggested {
			g.Suggested++
		}
		switch {
		case a.Outcome == Grant || a.Outcome == GrantPublic || a.Outcome == Partial:
			g.Given++
		case a.Outcome != OtherEnding && slices.Contains(PartialGrounds, a.Outcome):
			g.Withheld++
		}
	}
	for _, g := range all {
		g.Applicants = len(g.who)
		g.Enough = g.Applicants >= rule.Applicants
		if !g.Enough && g.Suggested == 0 {
			continue
		}
		text := ""
		for _, a := range g.Asked {
			text += a.Content + "\n"
			if g.Title == "" && !personal(a.Content) {
				g.Title = titleOf(a.Content)
			}
		}
		g.Area, _ = AreaOf(text)
		out = append(out, g.Group)
	}
	slices.SortStableFunc(out, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.Applicants, a.Applicants), cmp.Compare(b.Suggested, a.Suggested))
	})
	return out
}

// titleRunes bounds the title that is made of a request.
const titleRunes = 60

// titleOf is the first line of a request, without how it begins and ends.
func titleOf(content string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(content), "\n")
	for _, p := range []string{"请求公开", "申请公开", "要求公开", "请公开", "申请"} {
		line = strings.TrimPrefix(line, p)
	}
	line = strings.Trim(line, " 　。；，：“”")
	r := []rune(line)
	return string(r[:min(len(r), titleRunes)])
}
