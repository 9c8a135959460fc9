package portal

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"gongkai/internal/search"
	"gongkai/internal/web/ui"
	"gongkai/internal/zh"
)

// mostWays is how many ways on an empty answer offers: few enough to choose.
const mostWays = 4

// understood says how the question was read.
func understood(q question) []string {
	var out []string
	if n, _, ok := zh.ParseDocNumber(q.Text); ok {
		out = append(out, "“"+n.String()+"”是一个发文字号，按文号找过")
	} else {
		out = append(out, wordsRead(q.Text)...)
	}
	if q.Level == search.LevelArticle {
		out = append(out, "逐条找：各个词要在同一条里")
	}
	if t := tabOf(q.Tab); t != nil {
		out = append(out, "类别：只看"+t.name)
	}
	for _, g := range filterGroups {
		var list []string
		for _, v := range *g.chosen(&q.Query) {
			list = append(list, valueLabel(g.name, v))
		}
		if len(list) > 0 {
			out = append(out, g.title+"：只看"+strings.Join(list, "、"))
		}
	}
	if !q.From.IsZero() || !q.To.IsZero() {
		out = append(out, "发文日期："+spanLabel(q.From, q.To))
	}
	if !q.On.IsZero() {
		out = append(out, "只看 "+q.On.Chinese()+" 当天的文本")
	}
	if q.Current {
		out = append(out, "只看有效的")
	}
	if q.National {
		out = append(out, "只看全国性的")
	}
	return out
}

// wordsRead tells wanted, literal and unwanted words apart.
func wordsRead(text string) []string {
	var wanted, without []string
	for _, w := range strings.Fields(text) {
		if rest, minus := strings.CutPrefix(w, "-"); minus && rest != "" {
			without = append(without, "“"+strings.Trim(rest, `"`)+"”")
		} else {
			wanted = append(wanted, "“"+strings.Trim(w, `"“”`)+"”")
		}
	}
	var out []string
	switch len(wanted) {
	case 0:
		out = append(out, "只写了不要的词，没有写要找什么")
	case 1:
		out = append(out, "标题、文号或者正文里有"+wanted[0])
	default:
		out = append(out, "同时有"+strings.Join(wanted, ""))
	}
	if len(without) > 0 {
		out = append(out, "不要含有"+strings.Join(without, ""))
	}
	return out
}

// waysOn are the ways to go on from an empty answer: at least three. A way
// back to a wider question tells how much it leads to.
func (p *Portal) waysOn(ctx context.Context, q question) ([]ui.Way, error) {
	var ways []ui.Way
	if q.narrowed() {
		plain := q.plain()
		plain.Limit = 1
		res, err := p.deps.Search.Search(ctx, plain.ask())
		if err != nil {
			return nil, err
		}
		if res.Total > 0 {
			ways = append(ways, ui.Way{Name: "去掉附加条件，有 " + strconv.Itoa(res.Total) + " 份", Href: plain.href()})
		}
	}
	if q.Level == search.LevelDocument {
		other := q.plain()
		other.Level = search.LevelArticle
		ways = append(ways, ui.Way{Name: "到条文里逐条找", Href: other.href()})
	}
	if words := strings.Fields(q.Text); len(words) > 1 {
		one := question{Query: search.Query{Text: words[0]}}
		ways = append(ways, ui.Way{Name: "只找“" + words[0] + "”", Href: one.href()})
	}
	ways = append(ways, ui.Way{Name: "只在标题和文号里找", Href: "/policies?q=" + url.QueryEscape(q.Text)})
	ways = append(ways, waysAnywhere()...)
	return ways[:min(len(ways), mostWays)], nil
}

// waysAnywhere lead on from a question of which nothing is understood.
func waysAnywhere() []ui.Way {
	return []ui.Way{{Name: "按主题、机构、年份筛选", Href: "/policies"}, {Name: "按机构找", Href: "/organs"}, {Name: "怎样搜得更准", Href: "/help#search"}}
}
