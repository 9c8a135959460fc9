package ui

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"gongkai/internal/document"
	"gongkai/internal/workday"
	"gongkai/internal/zh"
)

//go:embed templates/*.html
var layoutFiles embed.FS

// Templates is every page in every variant, parsed once at start.
type Templates struct {
	pages map[Variant]map[string]*template.Template
}

// ParseTemplates reads the layout and one file a page; the page's name is the
// file's name without its ending. Each page defines "main".
func ParseTemplates(pages fs.FS) (*Templates, error) {
	names, err := fs.Glob(pages, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("ui.ParseTemplates: %w", err)
	}
	t := &Templates{pages: map[Variant]map[string]*template.Template{}}
	for _, v := range Variants {
		base, err := template.New("").Option("missingkey=error").Funcs(functions(v)).ParseFS(layoutFiles, "templates/*.html")
		if err != nil {
			return nil, fmt.Errorf("ui.ParseTemplates: %w", err)
		}
		t.pages[v] = map[string]*template.Template{}
		for _, name := range names {
			page, err := base.Clone()
			if err != nil {
				return nil, fmt.Errorf("ui.ParseTemplates %s: %w", name, err)
			}
			if page, err = page.ParseFS(pages, name); err != nil {
				return nil, fmt.Errorf("ui.ParseTemplates %s: %w", name, err)
			}
			t.pages[v][strings.TrimSuffix(path.Base(name), ".html")] = page
		}
	}
	return t, nil
}

// Render gives the bytes of a page; in the traditional variant the whole page
// has passed zh.TraditionalHTML.
func (t *Templates) Render(v Variant, page string, data any) ([]byte, error) {
	return t.RenderPart(v, page, "layout", data)
}

// RenderPart is Render for a named block that brings its own frame.
func (t *Templates) RenderPart(v Variant, page, block string, data any) ([]byte, error) {
	tmpl, ok := t.pages[v][page]
	if !ok {
		return nil, fmt.Errorf("ui.Render: no template %q", page)
	}
	var b bytes.Buffer
	if err := tmpl.ExecuteTemplate(&b, block, data); err != nil {
		return nil, fmt.Errorf("ui.Render %s: %w", page, err)
	}
	if v.Hant {
		return zh.TraditionalHTML(b.Bytes()), nil
	}
	return b.Bytes(), nil
}

// functions are what templates may call.
func functions(v Variant) template.FuncMap {
	return template.FuncMap{
		"link":    v.Link,
		"date":    func(d workday.Date) string { return d.Chinese() },
		"iso":     func(d workday.Date) string { return d.String() },
		"minute":  Minute,
		"size":    Size,
		"percent": func(s string) string { return url.QueryEscape(s) },
		"leave":   func(to string) string { return v.Link("/leave?to=" + url.QueryEscape(to)) },
		"topic":   func(t []string) string { return strings.Join(t, "-") },
		"join":    func(t []string) string { return strings.Join(t, "、") },
		"state":   NewState,
		"dash":    Dash,
		"add":     func(a, b int) int { return a + b },
	}
}

// Minute is a moment in legal time as E-64 wants it: YYYY-MM-DD HH:MM.
func Minute(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return t.In(workday.Zone).Format("2006-01-02 15:04")
}

// Dash shows an unknown value as a dash.
func Dash(s string) string {
	if strings.TrimSpace(s) == "" {
		return "—"
	}
	return s
}

// Size is a file's size in words.
func Size(n int64) string {
	switch {
	case n < 1024:
		return strconv.FormatInt(n, 10) + " 字节"
	case n < 1<<20:
		return strconv.FormatInt((n+1023)/1024, 10) + " KB"
	}
	return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) + " MB"
}

// State is the validity mark: a word, and a class that colours it.
type State struct {
	Word  string
	Class string
}

// NewState makes the mark of a validity; a repeal without a day says so.
func NewState(v document.Validity, dateless bool) State {
	s := State{Word: string(v)}
	switch v {
	case document.InForce:
		s.Class = "state-good"
	case document.NotYetInForce:
		s.Class = "state-soon"
	case document.PartlyRepealed:
		s.Class = "state-part"
	case document.Repealed, document.Expired:
		s.Class = "state-dead"
	default:
		s.Word, s.Class = "有效性未标注", "state-none"
	}
	if dateless && v == document.Repealed {
		s.Word = "废止（日期不详）"
	}
	return s
}
