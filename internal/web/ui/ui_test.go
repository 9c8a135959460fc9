package ui

import (
	"io/fs"
	"math"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"gongkai/internal/document"
)

func TestSplitVariant(t *testing.T) {
	for _, tt := range []struct {
		path    string
		want    Variant
		rest    string
		ordered bool
	}{
		{"/", Variant{}, "/", true},
		{"/works/3", Variant{}, "/works/3", true},
		{"/hant", Variant{Hant: true}, "/", true},
		{"/hant/", Variant{Hant: true}, "/", true},
		{"/hant/elder/works/3", Variant{Hant: true, Elder: true}, "/works/3", true},
		{"/elder/hant/x", Variant{Hant: true, Elder: true}, "/x", false},
		{"/hant/hant/x", Variant{Hant: true}, "/x", false},
		{"/hantom", Variant{}, "/hantom", true},
		{"/elderly/x", Variant{}, "/elderly/x", true},
	} {
		v, rest, ordered := SplitVariant(tt.path)
		if v != tt.want || rest != tt.rest || ordered != tt.ordered {
			t.Errorf("%s: %v %q %v", tt.path, v, rest, ordered)
		}
	}
}

// A link made in a variant comes back to the same variant and path.
func TestLinkAndSplitAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SampledFrom(Variants).Draw(t, "variant")
		path := "/" + rapid.StringMatching(`(works|policies)/[a-z0-9/]{0,12}`).Draw(t, "path")
		got, rest, ordered := SplitVariant(v.Link(path))
		if got != v || rest != path || !ordered {
			t.Fatalf("%v %s became %v %s %v", v, path, got, rest, ordered)
		}
	})
}

func TestLinkLeavesOthersAlone(t *testing.T) {
	for _, s := range []string{"#a1", "https://example.org/", "//example.org/", ""} {
		if got := (Variant{Hant: true}).Link(s); got != s {
			t.Errorf("%q became %q", s, got)
		}
	}
}

func TestAcceptsGzip(t *testing.T) {
	for header, want := range map[string]bool{"": false, "gzip": true, "br, gzip": true, "*": true, "gzip;q=0": false, "gzip; q=0.0": false, "gzip;q=0.5": true, "identity": false, "gzip;q=x": false} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Accept-Encoding", header)
		if got := AcceptsGzip(r); got != want {
			t.Errorf("%q: %v", header, got)
		}
	}
}

func TestNotModified(t *testing.T) {
	for header, want := range map[string]bool{"": false, `W/"a"`: true, `"a"`: true, `"b", W/"a"`: true, `"b"`: false, "*": true} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("If-None-Match", header)
		if got := NotModified(r, `W/"a"`); got != want {
			t.Errorf("%q: %v", header, got)
		}
	}
}

func TestWordsForValues(t *testing.T) {
	if got := Minute(time.Date(2026, 11, 20, 9, 31, 59, 0, time.UTC)); got != "2026-11-20 17:31" {
		t.Error(got)
	}
	for n, want := range map[int64]string{0: "0 字节", 1023: "1023 字节", 1025: "2 KB", 3 << 20: "3.0 MB"} {
		if got := Size(n); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
	for v, want := range map[document.Validity]string{document.InForce: "有效", document.Repealed: "废止", "": "有效性未标注"} {
		if got := NewState(v, false).Word; got != want {
			t.Errorf("%q: %s", v, got)
		}
	}
	if got := NewState(document.Repealed, true).Word; got != "废止（日期不详）" {
		t.Error(got)
	}
}

func TestABrokenTemplateStopsTheStart(t *testing.T) {
	if _, err := ParseTemplates(fstest.MapFS{"templates/x.html": {Data: []byte(`{{define "main"}}{{.A}`)}}); err == nil {
		t.Error("a broken template was taken")
	}
}

// Rule 14 of the house: components under 150 lines, no !important, no fixed pixels for type.
func TestStylesheetsKeepTheRules(t *testing.T) {
	listed := map[string]bool{}
	for _, n := range stylesheets {
		listed["css/"+n+".css"] = true
	}
	err := fs.WalkDir(assetFiles, "css", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(assetFiles, path)
		if err != nil {
			return err
		}
		if !listed[path] {
			t.Errorf("%s is not in the list", path)
		}
		if n := strings.Count(string(b), "\n"); n >= 150 {
			t.Errorf("%s has %d lines", path, n)
		}
		for _, bad := range []string{"!important", ":has(", "@container", "@layer", "color-mix(", "dvh", "http"} {
			if strings.Contains(string(b), bad) {
				t.Errorf("%s uses %s", path, bad)
			}
		}
		if open, shut := strings.Count(string(b), "{"), strings.Count(string(b), "}"); open != shut {
			t.Errorf("%s: %d { and %d }", path, open, shut)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// E-95: words stand out from their ground by 4.5 in every colour scheme.
func TestE95_Contrast(t *testing.T) {
	pairs := [][2]string{{"ink", "paper"}, {"ink", "panel"}, {"ink", "accent-soft"}, {"ink", "red-soft"}, {"ink", "amber-soft"}, {"ink-soft", "paper"}, {"ink-soft", "panel"}, {"ink-soft", "accent-soft"},
		{"ink-soft", "amber-soft"}, {"accent", "paper"}, {"accent", "panel"}, {"accent", "accent-soft"}, {"accent", "red-soft"}, {"accent", "amber-soft"}, {"accent-strong", "accent-soft"}, {"on-accent", "accent"}, {"on-accent", "accent-strong"},
		{"red", "paper"}, {"red", "panel"}, {"red", "red-soft"}, {"green", "green-soft"}, {"amber", "amber-soft"}}
	for name, tokens := range schemes(t) {
		for _, p := range pairs {
			if c := contrast(tokens[p[0]], tokens[p[1]]); !(c >= 4.5) {
				t.Errorf("%s: %s on %s has %.2f", name, p[0], p[1], c)
			}
		}
		if c := contrast(tokens["line-strong"], tokens["paper"]); !(c >= 3) {
			t.Errorf("%s: borders of fields have %.2f", name, c)
		}
	}
}

var (
	blockPattern = regexp.MustCompile(`(?s)([^{}]+)\{([^{}]*)\}`)
	tokenPattern = regexp.MustCompile(`--([a-z-]+):\s*(#[0-9a-f]{6})`)
)

func schemes(t *testing.T) map[string]map[string]string {
	t.Helper()
	out := map[string]map[string]string{}
	for _, file := range []string{"tokens", "themes", "elder"} {
		b, err := fs.ReadFile(assetFiles, "css/"+file+".css")
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range blockPattern.FindAllStringSubmatch(string(b), -1) {
			found := tokenPattern.FindAllStringSubmatch(m[2], -1)
			if len(found) == 0 {
				continue
			}
			tokens := map[string]string{}
			for k, v := range out["tokens"] {
				tokens[k] = v
			}
			for _, f := range found {
				tokens[f[1]] = f[2]
			}
			name := "tokens"
			if file != "tokens" {
				name = strings.TrimSpace(m[1])
			}
			out[name] = tokens
		}
	}
	if len(out) < 5 {
		t.Fatalf("only %d schemes found", len(out))
	}
	return out
}

func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

func luminance(hex string) float64 {
	var out float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		if err != nil {
			return math.NaN()
		}
		c := float64(n) / 255
		if c <= 0.03928 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		out += weight * c
	}
	return out
}
