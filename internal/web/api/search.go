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
	Limit    int      `query:"limit" minimum:"1" maximum:"100" default:"10" doc:"这一页最多几条"`
	Cursor   string   `query:"cursor" maxLength:"100" doc:"上一页给出的 next"`
}

// searchBody is the command's answer, and where it goes on.
type searchBody struct {
	Query string       `json:"query" doc:"问题原文"`
	Mode  string       `json:"mode" enum:"strict,relaxed" doc:"strict 全部词都有；relaxed 按相关程度"`
	Total int          `json:"total" doc:"真实总数"`
	Hits  []search.Hit `json:"hits" nullable:"false" doc:"这一页的结果"`
	Next  string       `json:"next,omitempty" doc:"下一页的 cursor；没有下一页时不出现"`
}

func (a *API) search(ctx context.Context, in *searchInput) (*answer[searchBody], error) {
	q := search.Query{Text: strings.TrimSpace(in.Q), Level: in.Level, National: in.National, Current: in.Current, Kinds: several(in.Kind), Limit: in.Limit}
	var err error
	if q.On, err = day("on", in.On); err != nil {
		return nil, err
	}
	if q.Offset, err = readOffset(in.Cursor); err != nil {
		return nil, err
	}
	res, err := a.deps.Search.Search(ctx, q)
	if err != nil {
		return nil, err
	}
	out := with(searchBody{Query: res.Query, Mode: res.Mode, Total: res.Total, Hits: res.Hits})
	if out.Body.Hits == nil {
		out.Body.Hits = []search.Hit{}
	}
	if end := q.Offset + len(res.Hits); len(res.Hits) > 0 && end < res.Total {
		out.Body.Next = writeOffset(end)
		v := searchValues(q)
		v.Set("limit", strconv.Itoa(q.Limit))
		v.Set("cursor", out.Body.Next)
		out.Link = next(Root + "search?" + v.Encode())
	}
	return out, nil
}

// searchValues writes a question as parameters, in one order.
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
	if len(q.Kinds) > 0 {
		v.Set("kind", strings.Join(q.Kinds, ","))
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
