package portal

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"gongkai/internal/fault"
	"gongkai/internal/web/ui"
)

// failurePage is any answer that is not the page asked for.
type failurePage struct {
	ui.Page
	Status   int
	Heading  string
	Text     string
	Field    string
	NotFound bool
	Gone     bool
	Ours     bool // the fault is ours: the id helps to find the log line
	ID       string
	Likely   []ui.Way
}

// statusOf maps a kind of fault to its status and heading.
func statusOf(k fault.Kind) (int, string) {
	switch k {
	case fault.Invalid:
		return http.StatusBadRequest, "填写的内容有误"
	case fault.NotFound:
		return http.StatusNotFound, "没有找到"
	case fault.Forbidden:
		return http.StatusForbidden, "不能查看"
	case fault.Conflict:
		return http.StatusConflict, "内容有冲突"
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge, "内容太大"
	case fault.Unsupported:
		return http.StatusUnsupportedMediaType, "读不了这种格式"
	case fault.Gone:
		return http.StatusGone, "内容已依法撤下"
	case fault.Unavailable:
		return http.StatusServiceUnavailable, "暂时看不了"
	}
	return http.StatusInternalServerError, "页面出了故障"
}

// errMethod marks a request that wants to write to a page for reading.
var errMethod = errors.New("method not allowed")

func errBadAddress() error { return fault.Field("portal.answer", "网址", textBadAddress) }

// failure turns an error into a page. It logs what is ours to mend.
func (p *Portal) failure(r *http.Request, err error) *page {
	if to := p.double(r, err); to != nil {
		return to
	}
	if trace := p.withdrawn(r, err); trace != nil {
		return trace
	}
	p.logFailure(r, err)
	kind := fault.KindOf(err)
	status, heading := statusOf(kind)
	if errors.Is(err, errMethod) {
		status, heading = http.StatusMethodNotAllowed, "不支持这样访问"
	}
	if errors.Is(err, errTooOften) {
		status, heading = http.StatusTooManyRequests, "提交得太密"
	}
	q := requestOf(r.Context())
	d := failurePage{
		Page: p.base(r, heading), Status: status, Heading: heading, Text: fault.Text(err), Field: fault.FieldOf(err),
		NotFound: kind == fault.NotFound, Gone: kind == fault.Gone,
		Ours: kind == fault.Internal || kind == fault.Unavailable, ID: q.id,
	}
	d.NoIndex = true
	if d.NotFound {
		d.HideSearch = true
		d.Likely = p.likely(q.path)
	}
	header := http.Header{}
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Type", "text/html; charset=utf-8")
	if status == http.StatusMethodNotAllowed {
		header.Set("Allow", "GET, HEAD")
	}
	if status == http.StatusServiceUnavailable {
		header.Set("Retry-After", "30")
	}
	b, renderErr := p.templates.Render(q.variant, "failure", &d)
	if renderErr != nil {
		p.logFailure(r, renderErr)
		b = []byte("<!DOCTYPE html><html lang=\"zh-CN\"><title>" + heading + "</title><h1>" + heading + "</h1></html>")
	}
	made, pageErr := newPage(status, header, b)
	if pageErr != nil {
		p.logFailure(r, pageErr)
		made = &page{status: status, header: header, raw: b}
	}
	return made
}

// missing answers addresses that no route has: a slash too many is mended,
// another method is told so, the rest is not found.
func (p *Portal) missing(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return &fault.Error{Kind: fault.Invalid, Op: "portal.missing", Text: textNoSuchMethod, Err: errMethod}
	}
	if sent, err := p.moved(w, r); sent || err != nil {
		return err
	}
	q := requestOf(r.Context())
	other := q.path + "/"
	if strings.HasSuffix(q.path, "/") {
		other = strings.TrimSuffix(q.path, "/")
	}
	probe := r.Clone(r.Context())
	probe.URL.Path = other
	if _, pattern := p.mux.Handler(probe); pattern != "/" && pattern != "" {
		to := q.variant.Link(other)
		if r.URL.RawQuery != "" {
			to += "?" + r.URL.RawQuery
		}
		http.Redirect(w, r, to, http.StatusMovedPermanently)
		return nil
	}
	return fault.Newf(fault.NotFound, "portal.missing "+q.path, textNoSuchPage, shorten(q.variant.Link(q.path), 80))
}

// likely guesses from the wrong address where the reader wanted to go.
func (p *Portal) likely(path string) []ui.Way {
	var ways []ui.Way
	steps := strings.Split(strings.Trim(strings.ToLower(path), "/"), "/")
	for _, s := range steps {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil && n > 0 && path != workPath(n) && steps[0] != "works" {
			ways = append(ways, ui.Way{Name: "编号为 " + s + " 的文件", Href: workPath(n)})
		}
	}
	if steps[0] == "works" && len(steps) > 2 {
		ways = append(ways, ui.Way{Name: "这份文件的首页", Href: "/works/" + steps[1]})
	}
	for _, m := range menu {
		if first := strings.Trim(m.Href, "/"); first != "" && commonStart(first, steps[0]) >= 3 {
			ways = append(ways, ui.Way{Name: m.Name, Href: m.Href})
		}
	}
	return ways
}

func commonStart(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
