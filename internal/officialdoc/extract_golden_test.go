package officialdoc

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// extractUpdate is the package's -update flag, whichever test file declares it
// first. The golden files are read by hand after every rewrite.
var extractUpdate = func() *flag.Flag {
	if flag.Lookup("update") == nil {
		flag.Bool("update", false, "rewrite golden files")
	}
	return flag.Lookup("update")
}()

// extractSample unpacks a text of testdata/extract.
func extractSample(t testing.TB, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "extract", name+".txt.gz"))
	if err != nil {
		t.Fatal(err)
	}
	zr, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(zr)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(b), "\r\n", "\n")
}

// extractSamples names all texts.
func extractSamples(t testing.TB) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", "extract", "*.txt.gz"))
	if err != nil || len(paths) < 17 {
		t.Fatalf("texts: %d, %v", len(paths), err)
	}
	var names []string
	for _, p := range paths {
		names = append(names, strings.TrimSuffix(filepath.Base(p), ".txt.gz"))
	}
	return names
}

// extractGolden is what a golden file states: the facts without spans, the
// first and last words of the body, and the outline.
type extractGolden struct {
	Facts
	Sections  []string `json:"sections,omitempty"` // headings
	Marks     []string `json:"marks,omitempty"`    // field and the words marked
	BodyFirst string   `json:"body_first"`
	BodyLast  string   `json:"body_last"`
	Body      *Span    `json:"body,omitempty"`
}

func extractToGolden(text string, f Facts) extractGolden {
	g := extractGolden{Facts: f}
	for _, s := range f.Sections {
		g.Sections = append(g.Sections, s.Heading)
	}
	runes := []rune(text)
	for _, m := range f.Marks {
		g.Marks = append(g.Marks, m.Field+": "+string(runes[m.Start:m.End]))
	}
	body := []rune(string(runes[f.Body.Start:f.Body.End]))
	n := min(12, len(body))
	g.BodyFirst, g.BodyLast = string(body[:n]), string(body[len(body)-n:])
	return g
}

func TestZ25_ExtractGolden(t *testing.T) {
	for _, name := range extractSamples(t) {
		t.Run(name, func(t *testing.T) {
			text := extractSample(t, name)
			var b bytes.Buffer
			enc := json.NewEncoder(&b)
			enc.SetEscapeHTML(false)
			enc.SetIndent("", "  ")
			if err := enc.Encode(extractToGolden(text, Extract(text))); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", "extract", name+".json")
			if extractUpdate.Value.String() == "true" {
				if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), b.String()); d != "" {
				t.Errorf("facts differ (-want +got):\n%s", d)
			}
		})
	}
}
