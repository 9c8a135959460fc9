package portal

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/org"
	"gongkai/internal/web/ui"
)

// siteMapLimit is how many addresses one sitemap file may list (sitemaps.org).
const siteMapLimit = 50000

// siteMapPage leads to every room.
type siteMapPage struct {
	ui.Page
	Columns []document.Column
	Tree    []org.Node
}

func (p *Portal) siteMap(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.siteMap")
	d := &siteMapPage{Page: p.base(r, textSiteMap)}
	d.Wide = true
	d.Crumbs = crumbs(document.Crumb{Name: textSiteMap})
	if d.Columns, err = p.deps.Library.Columns(r.Context()); err != nil {
		return err
	}
	if d.Tree, err = p.deps.Organs.Tree(r.Context()); err != nil {
		return err
	}
	return p.render(w, r, "sitemap", d)
}

type urlSet struct {
	XMLName xml.Name `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
	URLs    []loc    `xml:"url"`
}

type siteIndex struct {
	XMLName xml.Name `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 sitemapindex"`
	Maps    []loc    `xml:"sitemap"`
}

type loc struct {
	Loc string `xml:"loc"`
}

// siteMapXML is one file while that is enough, else an index of files that
// begin after a work: /sitemap.xml?after=ID.
func (p *Portal) siteMapXML(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.siteMapXML")
	base := requestOf(r.Context()).base
	if s := r.URL.Query().Get("after"); s != "" {
		after, err := strconv.ParseInt(s, 10, 64)
		if err != nil || after < 0 {
			return fault.Field("portal.siteMapXML", "after", textBadNumber, "after", shorten(s, 20))
		}
		ids, err := p.deps.Library.WorkIDs(r.Context(), after, siteMapLimit)
		if err != nil {
			return err
		}
		return writeXML(w, urlSet{URLs: workLocs(base, ids)})
	}
	first, err := p.roomLocs(r, base)
	if err != nil {
		return err
	}
	ids, err := p.deps.Library.WorkIDs(r.Context(), 0, siteMapLimit)
	if err != nil {
		return err
	}
	if len(first)+len(ids) <= siteMapLimit && len(ids) < siteMapLimit {
		return writeXML(w, urlSet{URLs: append(first, workLocs(base, ids)...)})
	}
	index := siteIndex{Maps: []loc{{base + "/sitemap.xml?after=0"}}}
	for len(ids) == siteMapLimit {
		after := ids[len(ids)-1]
		if ids, err = p.deps.Library.WorkIDs(r.Context(), after, siteMapLimit); err != nil {
			return err
		}
		if len(ids) > 0 {
			index.Maps = append(index.Maps, loc{base + "/sitemap.xml?after=" + strconv.FormatInt(after, 10)})
		}
	}
	return writeXML(w, index)
}

// roomLocs are the addresses that are no works.
func (p *Portal) roomLocs(r *http.Request, base string) ([]loc, error) {
	var out []loc
	for _, path := range []string{"/", "/policies", "/disclosure/", "/organs", "/help", "/sitemap"} {
		out = append(out, loc{base + path})
	}
	columns, err := p.deps.Library.Columns(r.Context())
	if err != nil {
		return nil, err
	}
	var add func([]document.Column)
	add = func(list []document.Column) {
		for _, c := range list {
			out = append(out, loc{base + "/columns/" + strconv.FormatInt(c.ID, 10)})
			add(c.Children)
		}
	}
	add(columns)
	tree, err := p.deps.Organs.Tree(r.Context())
	if err != nil {
		return nil, err
	}
	var addOrgans func([]org.Node)
	addOrgans = func(list []org.Node) {
		for _, n := range list {
			out = append(out, loc{base + organHref(n.Code)})
			addOrgans(n.Children)
		}
	}
	addOrgans(tree)
	return out, nil
}

func workLocs(base string, ids []int64) []loc {
	out := make([]loc, len(ids))
	for i, id := range ids {
		out[i] = loc{base + workPath(id)}
	}
	return out
}

func writeXML(w http.ResponseWriter, v any) error {
	b, err := xml.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	_, err = w.Write(append([]byte(xml.Header), b...))
	return err
}

// robots keeps crawlers out of what has no end or no worth.
func (p *Portal) robots(w http.ResponseWriter, r *http.Request) error {
	lines := []string{"User-agent: *"}
	for _, v := range ui.Variants {
		lines = append(lines, "Disallow: "+v.Link("/search"), "Disallow: "+v.Link("/leave"))
	}
	lines = append(lines, "Disallow: /elder/", "Disallow: /hant/elder/", "",
		"Sitemap: "+requestOf(r.Context()).base+"/sitemap.xml", "")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := fmt.Fprint(w, strings.Join(lines, "\n"))
	return err
}
