package portal

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/web/ui"
	"gongkai/internal/workday"
	"gongkai/internal/zh"
)

// base is the frame of a page: site, menu, variant, progress.
func (p *Portal) base(r *http.Request, title string) ui.Page {
	q := requestOf(r.Context())
	b := ui.Page{
		Title: title, Variant: q.variant, Path: q.path, BaseURL: q.base,
		Canonical: q.path, Assets: p.assets, Site: p.site(r),
	}
	if r.URL.RawQuery != "" {
		b.Query = "?" + r.URL.RawQuery
	}
	for _, n := range menu {
		n.Current = q.path == n.Href || n.Href != "/" && strings.HasPrefix(q.path, n.Href+"/")
		b.Nav = append(b.Nav, n)
	}
	if g := p.deps.Progress(); g.Running || g.Failed != "" {
		b.Progress = &ui.Progress{What: strings.TrimPrefix(g.What, "正在装入"), Done: g.Done, Total: g.Total, Percent: percent(g), Failed: g.Failed}
	}
	domain := b.Site.Domain
	if domain == "" {
		if u, err := url.Parse(q.base); err == nil {
			domain = u.Host
		}
	}
	b.Meta = append(b.Meta, ui.Meta{Name: "SiteName", Content: b.Site.Name},
		ui.Meta{Name: "SiteDomain", Content: domain}, ui.Meta{Name: "SiteIDCode", Content: b.Site.IDCode})
	return b
}

// site is read for every page, because a footer may not be older than the page;
// a page without it is still better than none.
func (p *Portal) site(r *http.Request) *document.Site {
	s, err := p.deps.Library.Site(r.Context())
	if err != nil {
		p.logFailure(r, err)
		return &document.Site{Name: textSite}
	}
	if s.Name == "" {
		named := *s
		named.Name = textSite
		return &named
	}
	return s
}

func percent(g Progress) int {
	if g.Total <= 0 {
		return 0
	}
	return min(100, g.Done*100/g.Total)
}

// columnMeta adds the page tags of a column (E2a). A tag that nobody filled in
// says the least that is true.
func columnMeta(b *ui.Page, c *document.Column) {
	description, keywords, kind := c.Description, c.Keywords, c.Type
	if description == "" {
		description = b.Site.Name + c.Name
	}
	if keywords == "" {
		keywords = c.Name
	}
	if kind == "" {
		kind = textPolicies
	}
	b.Meta = append(b.Meta, ui.Meta{Name: "ColumnName", Content: c.Name}, ui.Meta{Name: "ColumnDescription", Content: description},
		ui.Meta{Name: "ColumnKeywords", Content: keywords}, ui.Meta{Name: "ColumnType", Content: kind})
}

// crumbs puts the site before the steps and ends at the page itself.
func crumbs(steps ...document.Crumb) []document.Crumb {
	return append([]document.Crumb{{Name: textHome, Href: "/"}}, steps...)
}

// render makes the page's bytes and writes them.
func (p *Portal) render(w http.ResponseWriter, r *http.Request, name string, data any) error {
	b, err := p.templates.Render(requestOf(r.Context()).variant, name, data)
	if err != nil {
		return &fault.Error{Kind: fault.Internal, Op: "portal.render " + name, Err: err}
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", requestOf(r.Context()).variant.Lang())
	_, err = w.Write(b)
	return err
}

// workID reads the number in /works/{id}; a word there is simply no such work.
func workID(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id <= 0 || r.PathValue("id") != strconv.FormatInt(id, 10) {
		return 0, fault.Newf(fault.NotFound, "portal.workID", textNoSuchWork, r.PathValue("id"))
	}
	return id, nil
}

// queryDay reads a day from the address; absent is the zero day.
func queryDay(r *http.Request, name, field string) (workday.Date, error) {
	s := strings.TrimSpace(r.URL.Query().Get(name))
	if s == "" {
		return workday.Date{}, nil
	}
	d, ok := parseDay(s)
	if !ok {
		return workday.Date{}, fault.Field("portal.queryDay", field, textBadDay, field, shorten(s, 20))
	}
	return d, nil
}

// parseDay reads 2019-01-01 and 2019年1月1日; other forms are ambiguous.
func parseDay(s string) (workday.Date, bool) {
	if strings.ContainsRune(s, '年') {
		return zh.ParseDate(s)
	}
	return workday.ParseDate(s)
}

// queryNumber reads a positive number from the address; absent is 0.
func queryNumber(r *http.Request, name, field string) (int, error) {
	s := strings.TrimSpace(r.URL.Query().Get(name))
	if s == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 0, fault.Field("portal.queryNumber", field, textBadNumber, field, shorten(s, 20))
	}
	return n, nil
}

// shorten keeps a quotation of the reader's own words short.
func shorten(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

func workPath(id int64) string { return "/works/" + strconv.FormatInt(id, 10) }
