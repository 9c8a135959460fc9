package api_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/web/api"
)

var update = flag.Bool("update", false, "write the answers of the examples")

// salted are the digests in a log entry; their salts are drawn anew each time.
var salted = regexp.MustCompile(`[0-9a-f]{64}`)

// scores are not promised: a better ranking changes them.
var scores = regexp.MustCompile(`"score": [0-9.]+`)

// TestExamples_EachAnswersAsThePageShows runs every example of the page
// against a real library on both engines.
func TestExamples_EachAnswersAsThePageShows(t *testing.T) {
	each(t, func(s *site) {
		s.fillStory()
		for _, e := range api.PageExamples() {
			s.t.Run(e.Name, func(t *testing.T) {
				u, err := url.Parse(api.Root + e.Path)
				if err != nil {
					t.Fatal(err)
				}
				u.RawQuery = u.Query().Encode()
				w := s.ask(http.MethodGet, u.String())
				var pretty bytes.Buffer
				if err := json.Indent(&pretty, salted.ReplaceAll(w.Body.Bytes(), bytes.Repeat([]byte("0"), 64)), "", "  "); err != nil {
					t.Fatalf("%v\n%s", err, w.Body)
				}
				file := filepath.Join("examples", e.Name+".json")
				if *update {
					if err := os.WriteFile(file, pretty.Bytes(), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				plain := func(b []byte) string { return string(bytes.TrimSpace(scores.ReplaceAll(b, []byte(`"score": 1`)))) }
				if diff := cmp.Diff(plain(want), plain(pretty.Bytes())); diff != "" {
					t.Errorf("%s differs from what the page shows (go test -update writes it anew):\n%s", e.Path, diff)
				}
			})
		}
	})
}
