package e2e

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// Bounds of the pictures that the README shows.
const (
	pictureWidth = 1280
	pictureBytes = 250 << 10
)

// pictures are the pages that the README shows; %s is the address of the
// city's rules on normative documents.
var pictures = []struct{ file, path string }{
	{"home.png", "/"},
	{"work.png", "%s"},
	{"compare.png", "%s/compare?from=1&to=2#text-title"},
}

// TestReadmePictures wants the pictures of docs/img at their size; with -update
// it takes them anew, so that they show the product as it is.
func TestReadmePictures(t *testing.T) {
	dir := filepath.Join("..", "docs", "img")
	if *update {
		// The demonstration alone, as a reader of the README will see it.
		s := launch(t, "/", "demo", "--fresh", "--dir", filepath.Join(t.TempDir(), "demo"), "--addr", "127.0.0.1:%PORT%")
		defer s.stop(t)
		if err := waitFilled(s.url, patience); err != nil {
			t.Fatal(err)
		}
		rules := ""
		eventually(t, func() string {
			hit := s.page(t, "/search?q="+url.QueryEscape("清河市行政规范性文件管理办法"), http.StatusOK).Find(".card-title a").First()
			if rules, _, _ = strings.Cut(hit.AttrOr("href", ""), "#"); rules == "" {
				return "the rules are not found"
			}
			return ""
		})
		b := newTab(t)
		b.size(pictureWidth)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, p := range pictures {
			b.open(s.url + strings.ReplaceAll(p.path, "%s", rules))
			small, err := squeeze(ask(b, chromedp.CaptureScreenshot()))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, p.file), small, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, p := range pictures {
		content, err := os.ReadFile(filepath.Join(dir, p.file))
		if err != nil {
			t.Errorf("%v: take it with scripts/with-postgres go test ./e2e -run TestReadmePictures -args -update", err)
			continue
		}
		c, err := png.DecodeConfig(bytes.NewReader(content))
		if err != nil || c.Width != pictureWidth || len(content) > pictureBytes {
			t.Errorf("%s: %d px wide, %d kB, %v; want %d px and at most %d kB", p.file, c.Width, len(content)>>10, err, pictureWidth, pictureBytes>>10)
		}
	}
}

// squeeze writes a picture with its 256 commonest colours; pages have few, and
// the shades at the edges of letters are not missed.
func squeeze(content []byte) ([]byte, error) {
	full, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	count := map[color.RGBA]int{}
	box := full.Bounds()
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			count[color.RGBAModel.Convert(full.At(x, y)).(color.RGBA)]++
		}
	}
	var common []color.RGBA
	for c := range count {
		common = append(common, c)
	}
	slices.SortFunc(common, func(a, b color.RGBA) int {
		return cmp.Or(count[b]-count[a], cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	var palette color.Palette
	for _, c := range common[:min(256, len(common))] {
		palette = append(palette, c)
	}
	few := image.NewPaletted(box, palette)
	draw.Draw(few, box, full, box.Min, draw.Src)
	var b bytes.Buffer
	e := png.Encoder{CompressionLevel: png.BestCompression}
	if err := e.Encode(&b, few); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
