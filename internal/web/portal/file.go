package portal

import (
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/web/ui"
)

// filePage shows an attachment in the browser: its text, or the picture or PDF
// itself.
type filePage struct {
	ui.Page
	Work    int64
	File    document.File
	Kind    string
	State   string
	Text    textView
	Raw     string
	Picture string // address of a picture that browsers can show
	PDF     string // address of a PDF that opens in the browser
}

// Types that a browser may show in place. Everything else is only downloaded.
var shownInPlace = map[string]bool{"image/png": true, "image/jpeg": true, "image/gif": true, "image/webp": true, "application/pdf": true}

// Policies of a file in place: no script, no other site; a PDF viewer does not
// start under sandbox, so a PDF gets everything but that.
const (
	filePolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; sandbox"
	pdfPolicy  = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; img-src 'self'"
)

func readFile(r *http.Request) (work int64, edition, n int, err error) {
	if work, err = workID(r); err != nil {
		return 0, 0, 0, err
	}
	edition, err1 := strconv.Atoi(r.PathValue("edition"))
	n, err2 := strconv.Atoi(r.PathValue("n"))
	if err1 != nil || err2 != nil || edition < 1 || n < 0 {
		return 0, 0, 0, fault.New(fault.NotFound, "portal.readFile", textNoSuchFile)
	}
	return work, edition, n, nil
}

func (p *Portal) file(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.file %s", r.URL.Path)
	work, edition, n, err := readFile(r)
	if err != nil {
		return err
	}
	v, err := p.deps.Library.View(r.Context(), work, document.At{Edition: edition})
	if err != nil {
		return err
	}
	f, err := p.deps.Library.FileText(r.Context(), work, edition, n)
	if err != nil {
		return err
	}
	d := &filePage{Page: p.base(r, viewTitle(v)), Work: work, File: f, Kind: f.MIME, State: textStateWords[f.TextState]}
	if err := p.placeWork(r.Context(), &d.Page, v); err != nil {
		return err
	}
	d.Title = f.Name
	d.Crumbs = under(d.Crumbs, work, shorten(f.Name, 24))
	d.Raw = filePath(work, edition, n) + "/raw"
	switch {
	case f.MIME == "application/pdf":
		d.PDF = d.Raw + "?inline=1"
	case shownInPlace[f.MIME]:
		d.Picture = d.Variant.Link(d.Raw + "?inline=1")
	}
	if f.Body != "" {
		d.Text = writeText(&document.Edition{Title: f.Name}, f.Body, nil, nil, nil, nil)
	}
	return p.render(w, r, "file", d)
}

// rawFile sends the bytes as they were filed, with what keeps a browser from
// running them.
func (p *Portal) rawFile(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.rawFile %s", r.URL.Path)
	work, edition, n, err := readFile(r)
	if err != nil {
		return err
	}
	body, f, err := p.deps.Library.OpenFile(r.Context(), work, edition, n)
	if err != nil {
		return err
	}
	defer closeQuietly(body, p, r)
	sendFile(w, r, f, body)
	return nil
}

// sendFile writes the bytes of an attachment; a Cache-Control that is set
// already stays, and keeps the digest of the bytes out of the answer.
func sendFile(w http.ResponseWriter, r *http.Request, f document.File, body io.ReadSeeker) {
	h := w.Header()
	disposition, mime := "attachment", "application/octet-stream"
	if r.URL.Query().Get("inline") == "1" && shownInPlace[f.MIME] {
		disposition, mime = "inline", f.MIME
	} else if f.MIME != "" && !strings.HasPrefix(f.MIME, "text/html") && !strings.Contains(f.MIME, "svg") && !strings.Contains(f.MIME, "xml;") {
		mime = f.MIME
	}
	h.Set("Content-Type", mime)
	h.Set("Content-Disposition", contentDisposition(disposition, f.Name))
	h.Set("Content-Security-Policy", filePolicy)
	if mime == "application/pdf" && disposition == "inline" {
		h.Set("Content-Security-Policy", pdfPolicy)
	}
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "public, max-age=30")
		if f.SHA256 != "" {
			h.Set("ETag", `"`+f.SHA256+`"`)
		}
	}
	http.ServeContent(w, r, "", time.Time{}, body)
}

func closeQuietly(c io.Closer, p *Portal, r *http.Request) {
	if err := c.Close(); err != nil {
		p.logFailure(r, err) // the bytes are out; only the log can still learn of it
	}
}

// contentDisposition names a file for every browser: an ASCII name for old
// ones, the true name in UTF-8 (RFC 6266).
func contentDisposition(how, name string) string {
	ascii := strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' || c == '"' || c == '\\' || c == '/' {
			return '_'
		}
		return c
	}, name)
	return how + `; filename="` + ascii + `"; filename*=UTF-8''` + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
}
