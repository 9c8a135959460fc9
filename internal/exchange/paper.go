package exchange

import (
	"bytes"
	"context"
	"net/url"
	"strings"

	"gongkai/internal/docfile"
	"gongkai/internal/fault"
)

// judgeFile keeps an attachment that can be handed to the library. One that
// cannot is lost by name; the page that names it is imported all the same.
func (s *Site) judgeFile(ctx context.Context, p *pageRow, a *answer, r *result) {
	switch {
	case len(a.body) == 0:
		r.state, r.reason = failed, "附件是空的"
		return
	case looksLikeHTML(a.body) && strings.Contains(strings.ToLower(a.header.Get("Content-Type")), "text/html"):
		// A .doc or .xls that was saved as a web page comes under a type of its own.
		r.state, r.reason = failed, "附件的地址给出的是网页"
		return
	}
	if _, err := readFile(ctx, p.url, a.body); err != nil {
		r.state, r.reason = failed, "附件读不出来："+fault.Text(err)
		return
	}
	r.state, r.digest, r.body = fetched, digest(a.body), a.body
}

// judgePaper reads a file to which a list leads directly: its text is the document.
func (s *Site) judgePaper(ctx context.Context, p *pageRow, u *url.URL, a *answer, r *result) {
	r.kind, r.state, r.reason = kindOther, skipped, "不是网页"
	if p.hintDate == "" || !fileEnds[extension(u)] || len(a.body) == 0 {
		return
	}
	d, err := readFile(ctx, p.url, a.body)
	if err != nil {
		r.state, r.reason = failed, "文件读不出来："+fault.Text(err)
		return
	}
	title := strings.TrimSuffix(p.hintTitle, "."+extension(u))
	out := &page{kind: kindContent, title: title, date: p.hintDate, column: p.column}
	var notes []string
	if d.State != docfile.StateExtracted {
		notes = append(notes, "文件里的文字没有全部读出，请核对。")
	}
	out.record = newRecord(p.url, out, "", d.Text, notes)
	out.title, out.text = out.record.Title, out.record.Text
	if strings.TrimSpace(d.Text) == "" {
		out.text = digest(a.body) // two scans without words are not the same document
	}
	out.record.Attachments = []attachment{{Name: fileName(title, u), Data: a.body}}
	r.kind, r.state, r.reason, r.title, r.digest = kindContent, fetched, "", "", digest(a.body)
	s.keepRecord(p, r, out)
}

// readFile opens a file as the library will, so that a hostile one is found
// before it spoils the document that names it.
func readFile(ctx context.Context, address string, body []byte) (*docfile.Document, error) {
	name := address
	if u, err := url.Parse(address); err == nil {
		name = u.Path
	}
	return docfile.Read(ctx, name[strings.LastIndexByte(name, '/')+1:], bytes.NewReader(body), int64(len(body)), docfile.DefaultLimits())
}

// isPaper tells an address of a file from that of a page.
func isPaper(address string) bool {
	u, err := url.Parse(address)
	return err == nil && fileEnds[extension(u)]
}
