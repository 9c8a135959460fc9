package portal

import (
	"net/http"
	"strconv"
	"strings"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/web/ui"
)

// limitedPage is a text for a limited audience, behind an address that
// nobody can guess. No other page leads here.
type limitedPage struct {
	ui.Page
	View  *document.LimitedView
	Facts []factRow
	Text  textView
	Files []fileLine
}

// limitedRoot begins the addresses of such texts.
const limitedRoot = "/limited/"

func (p *Portal) limited(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.limited")
	key := r.PathValue("key")
	v, err := p.deps.Library.Limited(r.Context(), key)
	if err != nil {
		return notThere(err, r)
	}
	if v.Withdrawn != nil {
		v.Withdrawn.Work = v.Work
		b, err := p.trace(r, v.Withdrawn)
		if err != nil {
			return err
		}
		secluded(w.Header())
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusGone)
		_, err = w.Write(b)
		return err
	}
	d := &limitedPage{Page: p.base(r, v.Edition.Title), View: v}
	d.NoIndex, d.Wide = true, true
	d.Crumbs = crumbs(document.Crumb{Name: textLimited})
	d.Facts = limitedFacts(v)
	at := func(f document.File) string { return limitedRoot + key + "/files/" + strconv.Itoa(f.Position) }
	shown := picturesOf(v.Files, func(f document.File) string { return d.Variant.Link(at(f) + "?inline=1") })
	d.Text = writeText(&v.Edition, v.Text, v.Provisions, nil, nil, shown)
	for _, f := range v.Files {
		if shownInText(v.Text, f) {
			continue
		}
		d.Files = append(d.Files, fileLineOf(f, "", at(f)))
	}
	secluded(w.Header())
	return p.render(w, r, "limited", d)
}

// limitedFacts are those facts that such a text has, known ones only.
func limitedFacts(v *document.LimitedView) (facts []factRow) {
	e := &v.Edition
	for _, f := range []struct{ name, value string }{{"发文机关", organNames(e)}, {"发文字号", e.DocNo}} {
		if f.value != "" {
			facts = append(facts, words(f.name, f.value))
		}
	}
	addDay(&facts, "成文日期", e.AdoptedOn)
	addDay(&facts, "发文日期", e.PublishedOn)
	addDay(&facts, "施行日期", e.EffectiveOn)
	addDay(&facts, "有效期至", e.ExpiresOn)
	if v.Organ != nil {
		facts = append(facts, factRow{Name: "责任单位", Parts: []factPart{{Text: v.Organ.Name, Href: organHref(v.Organ.Code)}}})
	}
	return facts
}

func (p *Portal) limitedFile(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.limitedFile")
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || r.PathValue("n") != strconv.Itoa(n) {
		return notThere(nil, r)
	}
	body, f, err := p.deps.Library.OpenLimitedFile(r.Context(), r.PathValue("key"), n)
	if err != nil {
		return notThere(err, r)
	}
	defer closeQuietly(body, p, r)
	secluded(w.Header())
	sendFile(w, r, f, body)
	return nil
}

// secluded keeps an answer out of caches, search engines and the logs of sites
// that a reader goes on to.
func secluded(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex, nofollow, noarchive")
	h.Set("Referrer-Policy", "no-referrer")
}

// notThere is the very answer of an address that no page has, so that a wrong
// key cannot be told from it.
func notThere(err error, r *http.Request) error {
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	q := requestOf(r.Context())
	return fault.Newf(fault.NotFound, "portal.missing", textNoSuchPage, shorten(q.variant.Link(q.path), 80))
}

// logPath is an address as it may stand in a log: the key of a limited text is
// as good as the text.
func logPath(path string) string {
	_, rest, _ := ui.SplitVariant(path)
	if strings.HasPrefix(rest, limitedRoot) {
		return limitedRoot + "…"
	}
	return path
}
