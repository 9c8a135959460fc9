package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed css/*.css js/*.js img/*.svg
var assetFiles embed.FS

// Order matters: tokens first, print last.
var stylesheets = []string{
	"tokens", "themes", "base", "layout", "header", "footer", "controls", "search", "suggest", "state", "card",
	"facts", "facets", "notice", "home", "text", "toc", "work", "aside", "timeline", "compare", "tables",
	"tree", "organ", "guide", "request", "elder", "print",
}

var scripts = []string{"settings", "copy", "speech", "progress", "print", "suggest", "request"}

// asset is one file as it is sent.
type asset struct {
	mime string
	raw  []byte
	gz   []byte
}

// Assets are the stylesheet, the scripts and the mark, under an address that
// changes with their content.
type Assets struct {
	hash  string
	files map[string]asset
}

// LoadAssets joins the embedded files. It fails when a listed file is missing.
func LoadAssets() (*Assets, error) {
	a := &Assets{files: map[string]asset{}}
	css, err := join("css", ".css", stylesheets)
	if err != nil {
		return nil, err
	}
	js, err := join("js", ".js", scripts)
	if err != nil {
		return nil, err
	}
	theme, err := assetFiles.ReadFile("js/theme.js")
	if err != nil {
		return nil, fmt.Errorf("ui.LoadAssets: %w", err)
	}
	icon, err := assetFiles.ReadFile("img/favicon.svg")
	if err != nil {
		return nil, fmt.Errorf("ui.LoadAssets: %w", err)
	}
	sum := sha256.New()
	for _, f := range []struct {
		name, mime string
		raw        []byte
	}{
		{"site.css", "text/css; charset=utf-8", css},
		{"site.js", "text/javascript; charset=utf-8", js},
		{"theme.js", "text/javascript; charset=utf-8", theme},
		{"favicon.svg", "image/svg+xml", icon},
	} {
		sum.Write(f.raw)
		gz, err := Gzip(f.raw)
		if err != nil {
			return nil, err
		}
		a.files[f.name] = asset{f.mime, f.raw, gz}
	}
	a.hash = hex.EncodeToString(sum.Sum(nil))[:16]
	return a, nil
}

func join(dir, ext string, names []string) ([]byte, error) {
	var out bytes.Buffer
	for _, n := range names {
		b, err := fs.ReadFile(assetFiles, path.Join(dir, n+ext))
		if err != nil {
			return nil, fmt.Errorf("ui.LoadAssets: %w", err)
		}
		out.Write(b)
		out.WriteByte('\n')
	}
	return out.Bytes(), nil
}

// URL is the address of an asset.
func (a *Assets) URL(name string) string { return "/static/" + a.hash + "/" + name }

// ServeHTTP answers /static/{hash}/{name}. An older hash gets today's file for
// a minute, so that pages cached elsewhere keep their looks during an update.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	hash, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/static/"), "/")
	f, ok := a.files[name]
	if !ok {
		http.Error(w, "没有这个文件。", http.StatusNotFound)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.mime)
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cache-Control", "public, max-age=60")
	if hash == a.hash {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Set("ETag", `W/"`+a.hash+`"`)
	if NotModified(r, `W/"`+a.hash+`"`) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	WriteBody(w, r, f.raw, f.gz)
}

// Gzip compresses once; the result is kept.
func Gzip(raw []byte) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.DefaultCompression)
	if err != nil {
		return nil, fmt.Errorf("ui.Gzip: %w", err)
	}
	if _, err := z.Write(raw); err != nil {
		return nil, fmt.Errorf("ui.Gzip: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("ui.Gzip: %w", err)
	}
	return b.Bytes(), nil
}
