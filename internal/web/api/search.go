package api

import (
	"context"
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"

	"gongkai/internal/search"
	"gongkai/internal/workday"
)

// searchInput is a question; the names are those of the command's flags.
type searchInput struct {
	Q        string   `query:"q" required:"true" minLength:"1" maxLength:"500" doc:"要找的词、文号、“法律名+条号”或者一个问题" example:"河道"`
	Level    string   `query:"level" enum:"document,article" default:"document" doc:"document 按文件，article 按条"`
	On       string   `query:"on" format:"date" doc:"查某一日的文本与效力，默认今天" example:"2020-01-31"`
	National bool     `query:"national" doc:"只查全国性文件"`
	Current  bool     `query:"current" doc:"只查有效的"`
	Kind     []string `query:"kind,explode" doc:"文种，可多个，以逗号分开或者重复写"`
	Validity []string `query:"validity,explode" doc:"尚未施行、有效、部分失效、废止、失效，可多个"`
	Region   []string `query:"region,explode" doc:"地区，national 是全国性文件，可多个"`
	Organ    []string `query:"organ,explode" doc:"发文机关的名称，写法与文件上相同，可多个"`
	From     string   `query:"from" format:"date" doc:"这一天或以后发布的"`
	To       string   `query:"to" format:"date" doc:"这一天或以前发布的"`
	Sort     string   `query:"sort" enum:"relevance,newest,oldest" default:"relevance" doc:"relevance 按相关程度，newest 新的在前，oldest 旧的在前"`
	Facets   bool     `query:"facets" doc:"按文种、有效性、地区、年份、机关各有多少条"`
	Limit    int      `query:"limit" minimum:"1" maximum:"100" default:"10" doc:"这一页最多几条"`
	Cursor   string   `query:"cursor" maxLength:"100" doc:"上一页给出的 next"`
}

// searchBody is the command's answer, and where it goes on.
type searchBody struct {
	search.Result
	Next string `json:"next,omitempty" doc:"下一页的 cursor；没有下一页时不出现"`
}

// query reads the question itself.
func (in *searchInput) query() (q search.Query, err error) {
	q = search.Query{Text: strings.TrimSpace(in.Q), Level: in.Level, National: in.National, Current: in.Current, Kinds: several(in.Kind),
		Validity: several(in.Validity), Regions: several(in.Region), Organs: several(in.Organ), Sort: in.Sort, Facets: in.Facets, Limit: in.Limit}
	for _, d := range []struct {
		field, value string
		day          *workday.Date
	}{{"on", in.On, &q.On}, {"from", in.From, &q.From}, {"to", in.To, &q.To}} {
		if *d.day, err = day(d.field, d.value); err != nil {
			return q, err
		}
	}
	return q, nil
}

func (a *API) search(ctx context.Context, in *searchInput) (*answer[searchBody], error) {
	q, err := in.query()
	if err != nil {
		return nil, err
	}
	if q.Offset, err = readOffset(in.Cursor); err != nil {
		return nil, err
	}
	res, err := a.deps.Search.Search(ctx, q)
	if err != nil {
		return nil, err
	}
	out := with(searchBody{Result: *res})
	if out.Body.Hits == nil {
		out.Body.Hits = []search.Hit{}
	}
	if end := q.Offset + len(res.Hits); len(res.Hits) > 0 && end < res.Total {
		out.Body.Next = writeOffset(end)
		v := searchValues(q)
		if q.Sort != "" && q.Sort != search.SortRelevance {
			v.Set("sort", q.Sort)
		}
		if q.Facets {
			v.Set("facets", "1")
		}
		v.Set("limit", strconv.Itoa(q.Limit))
		v.Set("cursor", out.Body.Next)
		out.Link = next(Root + "search?" + v.Encode())
	}
	return out, nil
}

// searchValues writes what a question asks for as parameters, in one order.
func searchValues(q search.Query) url.Values {
	v := url.Values{"q": {q.Text}}
	if q.Level == search.LevelArticle {
		v.Set("level", q.Level)
	}
	if !q.On.IsZero() {
		v.Set("on", q.On.String())
	}
	if q.National {
		v.Set("national", "1")
	}
	if q.Current {
		v.Set("current", "1")
	}
	for name, day := range map[string]workday.Date{"from": q.From, "to": q.To} {
		if !day.IsZero() {
			v.Set(name, day.String())
		}
	}
	for name, values := range map[string][]string{"kind": q.Kinds, "validity": q.Validity, "region": q.Regions, "organ": q.Organs} {
		if len(values) > 0 {
			v.Set(name, strings.Join(values, ","))
		}
	}
	return v
}

// An offset travels as an opaque mark, so that a later way of paging needs no
// new parameter.
func writeOffset(n int) string {
	return base64.RawURLEncoding.EncodeToString([]byte("o" + strconv.Itoa(n)))
}

func readOffset(s string) (int, error) {
	if s == "" {
		return 0, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil && strings.HasPrefix(string(b), "o") {
		if n, err := strconv.Atoi(string(b[1:])); err == nil && n > 0 && n < 1<<31 {
			return n, nil
		}
	}
	return 0, badField("cursor", textBadCursor)
}

// day reads a date; absent is the zero day.
func day(field, s string) (workday.Date, error) {
	if s = strings.TrimSpace(s); s == "" {
		return workday.Date{}, nil
	}
	d, ok := workday.ParseDate(s)
	if !ok {
		return d, badField(field, strings.Replace(textBadDay, "%s", shorten(s, 20), 1))
	}
	return d, nil
}

// several takes values that are repeated or joined by commas, each once.
func several(values []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, v := range values {
		for one := range strings.SplitSeq(v, ",") {
			if one = strings.TrimSpace(one); one != "" && !seen[one] {
				seen[one] = true
				out = append(out, one)
			}
		}
	}
	return out
}
