package portal

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"gongkai/internal/fault"
	"gongkai/internal/search"
	"gongkai/internal/workday"
)

// Bounds of what an address may ask for: values of one filter, characters of
// one value, and the offset up to which a list is paged.
const (
	mostValues   = 50
	longestValue = 100
	mostOffset   = 10000
)

// question is a search as the address holds it.
type question struct {
	search.Query
	Tab   string // value of a kindTab, "" for all
	Words bool   // the words as typed, without correcting them
}

// noCorrection shuts out a word that no text has. A query that shuts something
// out is answered as it stands: the index corrects only plain words.
const noCorrection = " -龘靐齉爩"

// ask is the query for the index.
func (q question) ask() search.Query {
	ask := q.Query
	if q.Words {
		ask.Text += noCorrection
	}
	if t := tabOf(q.Tab); t != nil && len(ask.Kinds) == 0 {
		ask.Kinds = t.kinds
	}
	return ask
}

// narrowed reports any condition beside the words.
func (q question) narrowed() bool { return q.href() != q.plain().href() }

// plain is the same words without any condition.
func (q question) plain() question {
	return question{Query: search.Query{Text: q.Text, Level: search.LevelDocument}}
}

// first is the same question from its first hit.
func (q question) first() question {
	q.Offset = 0
	return q
}

// values writes the question as parameters, in one order.
func (q question) values() url.Values {
	v := url.Values{"q": {q.Text}}
	set := func(name, value string, ok bool) {
		if ok {
			v.Set(name, value)
		}
	}
	set("level", q.Level, q.Level == search.LevelArticle)
	set("on", q.On.String(), !q.On.IsZero())
	set("from", q.From.String(), !q.From.IsZero())
	set("to", q.To.String(), !q.To.IsZero())
	set("current", "1", q.Current)
	set("national", "1", q.National)
	set("sort", q.Sort, q.Sort != "" && q.Sort != search.SortRelevance)
	set("tab", q.Tab, q.Tab != "")
	set("words", "1", q.Words)
	for _, g := range filterGroups {
		for _, one := range *g.chosen(&q.Query) {
			v.Add(g.name, one)
		}
	}
	set("cursor", strconv.Itoa(q.Offset), q.Offset > 0)
	return v
}

func (q question) href() string { return "/search?" + q.values().Encode() }

// feedHref subscribes to the same question. A feed knows kinds, not tabs.
func (q question) feedHref() string {
	q.Kinds, q.Tab = q.ask().Kinds, ""
	return "/feeds/search?" + q.first().values().Encode()
}

// exportHref leads to the whole list as a file.
func (q question) exportHref(format string) string {
	return "/search/export." + format + "?" + q.first().values().Encode()
}

// readQuestion reads a question from the address.
func readQuestion(r *http.Request) (q question, err error) {
	v := r.URL.Query()
	if err := readable(v); err != nil {
		return q, err
	}
	q.Query = search.Query{Level: v.Get("level"), Limit: searchLimit, Current: v.Get("current") == "1", National: v.Get("national") == "1", Sort: v.Get("sort")}
	q.Words = v.Get("words") == "1"
	if q.Text, err = readWords(v.Get("q")); err != nil {
		return q, err
	}
	for _, g := range filterGroups {
		list := clean(v[g.name])
		if len(list) > mostValues || slices.ContainsFunc(list, func(s string) bool { return utf8.RuneCountInString(s) > longestValue }) {
			return q, fault.Field("portal.readQuestion", g.title, textManyValues, g.title, mostValues, longestValue)
		}
		*g.chosen(&q.Query) = list
	}
	for _, d := range []struct {
		name, field string
		to          *workday.Date
	}{{"on", "日期", &q.On}, {"from", "发文日期从", &q.From}, {"to", "发文日期到", &q.To}} {
		if *d.to, err = queryDay(r, d.name, d.field); err != nil {
			return q, err
		}
	}
	if !q.From.IsZero() && !q.To.IsZero() && q.From.After(q.To) {
		return q, fault.Field("portal.readQuestion", "发文日期", textBadSpan, q.From.Chinese(), q.To.Chinese())
	}
	return q, q.readChoices(v)
}

// readChoices reads what has a closed list of values.
func (q *question) readChoices(v url.Values) (err error) {
	switch q.Level {
	case "":
		q.Level = search.LevelDocument
	case search.LevelDocument, search.LevelArticle:
	default:
		return fault.Field("portal.readQuestion", "范围", textBadLevel, shorten(q.Level, 20))
	}
	if q.Sort == search.SortRelevance {
		q.Sort = ""
	}
	if !slices.ContainsFunc(searchSorts, func(c choice) bool { return c.Value == q.Sort }) {
		return fault.Field("portal.readQuestion", "排序", textBadSearchSort, shorten(q.Sort, 20))
	}
	if q.Tab = v.Get("tab"); q.Tab != "" {
		t := tabOf(q.Tab)
		if t == nil {
			return fault.Field("portal.readQuestion", "类别", textBadTab, shorten(q.Tab, 20))
		}
		if slices.ContainsFunc(q.Kinds, func(k string) bool { return !slices.Contains(t.kinds, k) }) {
			q.Tab = "" // a kind of another class was chosen beside it
		}
	}
	if c := v.Get("cursor"); c != "" {
		if q.Offset, err = strconv.Atoi(c); err != nil || q.Offset < 0 || q.Offset > mostOffset {
			return fault.Field("portal.readQuestion", "页", textBadNumber, "页", shorten(c, 20))
		}
	}
	return nil
}

// readable refuses what no database and no index takes: NUL, and bytes that
// are no UTF-8, such as half of a surrogate pair.
func readable(v url.Values) error {
	for name, list := range v {
		for _, s := range append(list, name) {
			if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
				field := "网址"
				if name == "q" {
					field = "搜索词"
				}
				return fault.Field("portal.readable", field, textUnreadable, field)
			}
		}
	}
	return nil
}

// readWords reads what a reader typed: signs that are not seen, such as marks
// of direction, are dropped, and what only moves a cursor is a blank.
func readWords(s string) (string, error) {
	if utf8.RuneCountInString(s) > longestQuery {
		return "", fault.Field("portal.readWords", "搜索词", textLongQuery, longestQuery)
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r) || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " "), nil
}

// wordless reports a question that holds nothing to look for.
func wordless(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Nl, r) })
}
