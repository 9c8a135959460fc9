package api

import (
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// Parameters of a search feed: those of the search page, and those that only
// the library page has. With one of the latter, or without words, the feed is
// a list of the library.
var (
	searchNames  = []string{"q", "level", "on", "national", "current", "kind", "validity", "region", "organ", "from", "to", "sort"}
	libraryNames = []string{"year", "topic", "column"}
	// searchFeedNames are all of a search feed, filterNames those of a list.
	searchFeedNames = slices.Concat(searchNames, libraryNames)
	filterNames     = []string{"q", "validity", "kind", "region", "year", "organ", "topic", "column", "national", "current"}
)

// except is a list of names without one.
func except(names []string, name string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == name })
}

// readFilter reads the filters of the library from the address of a feed;
// fixed is the one that the feed itself sets.
func readFilter(r *http.Request, fixed string) (*listInput, error) {
	if err := onlyParameters(r, except(filterNames, fixed)); err != nil {
		return nil, err
	}
	return filterOf(r.URL.Query())
}

func filterOf(v url.Values) (in *listInput, err error) {
	in = &listInput{Q: strings.TrimSpace(v.Get("q")), Validity: v["validity"], Kind: v["kind"], Region: v["region"], Year: v["year"], Organ: v["organ"], Topic: v["topic"]}
	if len([]rune(in.Q)) > longestQuery {
		return nil, badField("q", strings.Replace(textLongQuery, "%d", strconv.Itoa(longestQuery), 1))
	}
	if in.National, err = flag(v, "national"); err != nil {
		return nil, err
	}
	if in.Current, err = flag(v, "current"); err != nil {
		return nil, err
	}
	if c := v.Get("column"); c != "" {
		if in.Column, err = strconv.ParseInt(c, 10, 64); err != nil || in.Column < 1 {
			return nil, badField("column", "请写整数。")
		}
	}
	return in, in.check()
}

func flag(v url.Values, name string) (bool, error) {
	s := v.Get(name)
	if s == "" {
		return false, nil
	}
	on, err := strconv.ParseBool(s)
	if err != nil {
		return false, badField(name, "请写 1 或 0。")
	}
	return on, nil
}

// describeFeeds puts the feeds into the description, with the parameters that
// each takes; their words are those of the lists.
func describeFeeds(doc *huma.OpenAPI) {
	words := map[string]string{}
	for _, t := range []reflect.Type{reflect.TypeFor[searchInput](), reflect.TypeFor[listInput]()} {
		for i := range t.NumField() {
			name, _, _ := strings.Cut(t.Field(i).Tag.Get("query"), ",")
			words[name] = t.Field(i).Tag.Get("doc")
		}
	}
	for _, f := range feedRoutes {
		op := &huma.Operation{OperationID: "feed-" + strings.Split(f.pattern, "/")[2], Method: http.MethodGet, Path: f.pattern, Summary: f.title,
			Description: "Atom（RFC 4287），最多 " + strconv.Itoa(feedEntries) + " 条，最近变动的在前；不再公开的以 at:deleted-entry（RFC 6721）标出。",
			Responses: map[string]*huma.Response{
				"200": {Description: "OK", Content: map[string]*huma.MediaType{"application/atom+xml": {Schema: &huma.Schema{Type: huma.TypeString}}}},
				"400": {Description: "参数有误"}, "404": {Description: "没有找到"}, "429": {Description: "请求过于频繁"}}}
		if _, rest, ok := strings.Cut(f.pattern, "{"); ok {
			name := strings.TrimSuffix(rest, "}")
			op.Parameters = append(op.Parameters, &huma.Param{Name: name, In: "path", Required: true, Description: f.title + "的编号或代码", Schema: &huma.Schema{Type: huma.TypeString}})
		}
		for _, name := range f.names {
			op.Parameters = append(op.Parameters, &huma.Param{Name: name, In: "query", Description: words[name], Schema: &huma.Schema{Type: huma.TypeString}})
		}
		doc.AddOperation(op)
	}
}
