package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"gongkai/internal/testcity"
)

// site is the filled library that the page tests share: the demo's, with the
// fixtures beside it.
var site struct {
	once   sync.Once
	lib    library
	server *server
	works  map[string]placed // by external id
	gone   int64             // the work that was expunged
	filled time.Duration
	first  time.Duration
}

// placed is where a document went.
type placed struct {
	work    int64
	edition int
}

// imported is a line of `import documents`.
type imported struct {
	File       string   `json:"file"`
	Line       int      `json:"line"`
	ExternalID string   `json:"external_id"`
	Work       *int64   `json:"work"`
	Draft      int64    `json:"draft"`
	Edition    int      `json:"edition"`
	State      string   `json:"state"`
	Warnings   []string `json:"warnings"`
	Error      string   `json:"error"`

	Read      *int `json:"read"` // of the last line
	Created   int  `json:"created"`
	Updated   int  `json:"updated"`
	Unchanged int  `json:"unchanged"`
	Failed    int  `json:"failed"`
}

// sharedSite fills the library once a run and serves it. Tests only read it.
func sharedSite(t testing.TB) *server {
	t.Helper()
	site.once.Do(func() { fillSite(t) })
	if site.server == nil {
		t.Fatal("the shared library could not be filled; see the first failure")
	}
	return site.server
}

func fillSite(t testing.TB) {
	dir, err := os.MkdirTemp("", "gongkai-e2e-site-")
	if err != nil {
		t.Fatal(err)
	}
	site.lib = library{engine: "sqlite", data: filepath.Join(dir, "demo")}
	site.works = map[string]placed{}
	began := time.Now()
	demo := launch(t, "/", "demo", "--fresh", "--dir", site.lib.data, "--addr", "127.0.0.1:%PORT%")
	site.first = time.Since(began)
	if err := waitFilled(demo.url, patience); err != nil {
		demo.kill()
		t.Fatalf("%v\n%s", err, tail(demo.logged()))
	}
	site.filled = time.Since(began)
	demo.stop(t)
	t.Logf("demo: first answer after %v, full after %v", site.first.Round(time.Millisecond), site.filled.Round(time.Millisecond))

	// Importing again what is there names the works and changes nothing.
	var own []testcity.Document
	for _, d := range pageDocuments(t) {
		if d.WorkID != "" && d.SourceName != "样例市人民政府" {
			own = append(own, d)
		}
	}
	path := filepath.Join(dir, "own.jsonl")
	for _, part := range []struct {
		source string
		list   []testcity.Document
	}{{"gongkai-demo", own}, {"e2e", fixtures()}} {
		if err := writeLines(path, part.list); err != nil {
			t.Fatal(err)
		}
		for _, l := range rows[imported](t, site.lib.must(t, "import", "documents", path, "--source", part.source, "--state", "published")) {
			if l.Read == nil && l.Work != nil {
				site.works[l.ExternalID] = placed{*l.Work, l.Edition}
			}
		}
	}
	site.gone = site.works[removedID].work
	site.lib.must(t, "expunge", fmt.Sprint(site.gone), "--reason", "测试清除")
	site.server = launch(t, "/readyz", append([]string{"serve", "--addr", "127.0.0.1:%PORT%"}, site.lib.flags()...)...)
}

// closeLibrary ends the shared node after all tests.
func closeLibrary() {
	if site.server != nil {
		site.server.kill()
	}
	if site.lib.data != "" {
		_ = os.RemoveAll(filepath.Dir(site.lib.data)) // a folder of the system's temporary place
	}
}

// at finds where a document of the shared library stands.
func at(t testing.TB, id string) placed {
	t.Helper()
	sharedSite(t)
	p, ok := site.works[id]
	if !ok {
		t.Fatalf("the shared library holds no %s", id)
	}
	return p
}

// progress is the answer of /progress.json.
type progress struct {
	Running bool   `json:"running"`
	Done    int    `json:"done"`
	Total   int    `json:"total"`
	Failed  string `json:"failed"`
}

func readProgress(url string) (p progress, err error) {
	r, err := http.Get(url + "/progress.json")
	if err != nil {
		return p, err
	}
	defer r.Body.Close()
	return p, json.NewDecoder(r.Body).Decode(&p)
}

// waitFilled waits until the demo has filled its library.
func waitFilled(url string, limit time.Duration) error {
	for deadline := time.Now().Add(limit); ; time.Sleep(100 * time.Millisecond) {
		p, err := readProgress(url)
		switch {
		case err != nil:
			return err
		case p.Failed != "":
			return fmt.Errorf("the demo stopped filling: %s", p.Failed)
		case !p.Running && p.Total > 0:
			return nil
		case time.Now().After(deadline):
			return fmt.Errorf("the demo holds %d of %d documents after %v", p.Done, p.Total, limit)
		}
	}
}
