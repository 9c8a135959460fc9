package ui

import (
	"gongkai/internal/document"
)

// Page is what the layout needs of every page; each page's own struct embeds it.
type Page struct {
	Title       string // heading of the page, without the site's name
	Description string // one sentence for search engines, may be ""
	Variant     Variant
	Path        string // path without variant prefix
	Query       string // query with its question mark, or ""
	BaseURL     string // https://host without a slash at the end
	Canonical   string // path and query that name the page's content
	Site        *document.Site
	Assets      *Assets
	Nav         []NavItem
	Crumbs      []document.Crumb
	Meta        []Meta // page tags, handbook E2a
	NoIndex     bool
	Search      string // what stands in the search box of the head
	HideSearch  bool   // the page brings its own search box
	Wide        bool
	Progress    *Progress
	RefreshIn   int // seconds until the page asks for itself again, 0 never
}

// NavItem is one entry of the main menu.
type NavItem struct {
	Name    string
	Href    string
	Current bool
}

// Meta is one page tag.
type Meta struct {
	Name    string
	Content string
}

// Progress is work going on behind the pages.
type Progress struct {
	What    string
	Done    int
	Total   int
	Percent int
	Failed  string
}

// Switch is a link to the same page in another variant.
type Switch struct {
	Href    string
	Lang    string
	Current bool
}

// HantSwitch leads to the same page in traditional characters, or back.
func (p *Page) HantSwitch(hant bool) Switch {
	v := Variant{Hant: hant, Elder: p.Variant.Elder}
	return Switch{Href: v.Link(p.Path) + p.Query, Lang: v.Lang(), Current: p.Variant.Hant == hant}
}

// ElderSwitch leads to the same page in the other of plain and 长者模式.
func (p *Page) ElderSwitch() Switch {
	v := Variant{Hant: p.Variant.Hant, Elder: !p.Variant.Elder}
	return Switch{Href: v.Link(p.Path) + p.Query, Lang: v.Lang()}
}

// CanonicalURL is the address that stands for all copies of this page in its script.
func (p *Page) CanonicalURL() string {
	return p.BaseURL + Variant{Hant: p.Variant.Hant}.Link(p.Canonical)
}

// Alternate names the copy of this page in another script.
type Alternate struct{ Lang, URL string }

// Alternates are the hreflang links.
func (p *Page) Alternates() []Alternate {
	plain := p.BaseURL + p.Canonical
	return []Alternate{
		{"zh-CN", plain},
		{"zh-Hant", p.BaseURL + Variant{Hant: true}.Link(p.Canonical)},
		{"x-default", plain},
	}
}

// FullTitle is what the browser's tab shows.
func (p *Page) FullTitle() string {
	switch {
	case p.Title == "":
		return p.Site.Name
	case p.Site.Name == "" || p.Site.Name == p.Title:
		return p.Title
	}
	return p.Title + " - " + p.Site.Name
}
