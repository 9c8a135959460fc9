package portal

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/search"
	"gongkai/internal/web/ui"
	"gongkai/internal/zh"
)

// How many names are offered below a search box, and beside a poor answer.
const (
	boxSuggestions  = 8
	poorSuggestions = 6
)

// suggestionView is a name that the typed characters may become.
type suggestionView struct {
	Text  string
	What  string // 标题, 简称, 文号 or 机构
	State ui.State
	Href  string
}

// suggestions finds names by their beginning, by a part, by pinyin and by
// initials. Where the whole text is no part of a name, its words are tried.
func (p *Portal) suggestions(ctx context.Context, text string, limit int) ([]suggestionView, error) {
	tries := []string{text}
	if words := strings.Fields(text); len(words) > 1 {
		tries = append(tries, words...)
	}
	var out []suggestionView
	seen := map[int64]bool{}
	for _, t := range tries[:min(len(tries), 4)] {
		if len(out) >= limit {
			break
		}
		list, err := p.deps.Search.Suggest(ctx, t, limit)
		if err != nil {
			return nil, err
		}
		for _, s := range list {
			if !seen[s.Work] && len(out) < limit {
				seen[s.Work] = true
				out = append(out, suggestionView{s.Text, suggestNames[s.What], ui.NewState(document.Validity(s.Validity), false), workPath(s.Work)})
			}
		}
	}
	return out, nil
}

// boxSuggestions are names of organs and, behind them, of documents.
func (p *Portal) boxSuggestions(ctx context.Context, text string, limit int) ([]suggestionView, error) {
	organs, err := p.suggestOrgans(ctx, text)
	if err != nil {
		return nil, err
	}
	works, err := p.suggestions(ctx, text, limit-len(organs))
	return append(organs, works...), err
}

// suggestPage lists names without scripts.
type suggestPage struct {
	ui.Page
	Q           string
	Suggestions []suggestionView
	Nothing     ui.Empty
}

func (p *Portal) suggest(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.suggest %s", shorten(r.URL.RawQuery, 200))
	d := &suggestPage{Page: p.base(r, textSuggest)}
	d.Crumbs = crumbs(document.Crumb{Name: textSearch, Href: "/search"}, document.Crumb{Name: textSuggest})
	d.NoIndex, d.HideSearch = true, true
	if d.Q, err = typed(r); err != nil {
		return err
	}
	if d.Suggestions, err = p.boxSuggestions(r.Context(), d.Q, boxSuggestions*2); err != nil {
		return err
	}
	again := question{Query: search.Query{Text: d.Q}}
	d.Nothing = ui.Empty{Title: "没有这样的文件或者机构", Lines: []string{"可以写标题里的几个字、发文字号、机构名称，或者它们的拼音、拼音首字母。"}}
	if d.Q != "" {
		d.Nothing.Ways = append(d.Nothing.Ways, ui.Way{Name: "在全文里搜索“" + shorten(d.Q, 20) + "”", Href: again.href()})
	}
	return p.render(w, r, "search_suggest", d)
}

// typed reads what stands in the box so far.
func typed(r *http.Request) (string, error) {
	if err := readable(r.URL.Query()); err != nil {
		return "", err
	}
	return readWords(r.URL.Query().Get("q"))
}

// suggestAnswer is what the script of the search boxes reads.
type suggestAnswer struct {
	Query       string        `json:"q"`
	Suggestions []suggestItem `json:"suggestions"`
	Error       string        `json:"error,omitempty"`
}

type suggestItem struct {
	Text     string `json:"text"`
	What     string `json:"what"`     // Chinese
	Validity string `json:"validity"` // Chinese, "" for an organ
	Href     string `json:"href"`     // within the variant of the page
}

func (p *Portal) suggestJSON(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.suggestJSON")
	variant := requestOf(r.Context()).variant
	script := func(s string) string {
		if variant.Hant {
			return zh.Traditional(s)
		}
		return s
	}
	out, status := suggestAnswer{Suggestions: []suggestItem{}}, http.StatusOK
	var list []suggestionView
	if out.Query, err = typed(r); err == nil {
		list, err = p.boxSuggestions(r.Context(), out.Query, boxSuggestions)
	}
	if k := fault.KindOf(err); err != nil && k != fault.Invalid {
		return err
	}
	if err != nil {
		out.Error, status = script(fault.Text(err)), http.StatusBadRequest
	}
	for _, s := range list {
		out.Suggestions = append(out.Suggestions, suggestItem{script(s.Text), script(s.What), script(s.State.Word), variant.Link(s.Href)})
	}
	b, err := json.Marshal(out)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, err = w.Write(b)
	return err
}
