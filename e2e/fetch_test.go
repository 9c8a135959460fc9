package e2e

import (
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// get asks a node for an address and returns status and body. Redirects are
// followed.
func (s *server) get(t testing.TB, path string) (int, string) {
	t.Helper()
	r, err := http.Get(s.url + path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return r.StatusCode, string(b)
}

// page asks for an address that must answer with a status, and parses it.
func (s *server) page(t testing.TB, path string, status int) *goquery.Document {
	t.Helper()
	got, body := s.get(t, path)
	if got != status {
		t.Fatalf("%s: status %d, want %d\n%s", path, got, status, head([]byte(body)))
	}
	d, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return d
}

func writeText(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
