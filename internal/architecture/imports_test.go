package architecture

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// listed is what go list tells about a package.
type listed struct {
	ImportPath string
	Dir        string
	Standard   bool
	GoFiles    []string
	Imports    []string
	Error      *struct{ Err string }
}

// treeRoot is the top of the work tree, found from this package's folder.
func treeRoot(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		t.Fatalf("the tree has no go.mod above this package: %v", err)
	}
	return root
}

// goList runs go list -json from the top of the tree. Tests of other packages
// are not listed: what reaches the binary is what counts.
func goList(t *testing.T, args ...string) []listed {
	t.Helper()
	c := exec.Command("go", append([]string{"list", "-e", "-json=ImportPath,Dir,Standard,GoFiles,Imports,Error"}, args...)...)
	c.Dir = treeRoot(t)
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.Bytes())
	}
	var packages []listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

func TestEveryPackageHasARoom(t *testing.T) {
	for _, p := range goList(t, "./...") {
		name, _ := ours(p.ImportPath)
		if _, known := rooms[name]; !known {
			t.Errorf("%s stands in no layer. Decide whether it is needed, then enter it in rooms_test.go.", p.ImportPath)
		}
	}
}

func TestImportsPointOneWay(t *testing.T) {
	for _, p := range goList(t, "./...") {
		from, _ := ours(p.ImportPath)
		for _, i := range p.Imports {
			to, own := ours(i)
			if !own {
				continue
			}
			if why, ok := mayImport(from, to); !ok {
				t.Errorf("%s imports %s: %s.", from, to, why)
			}
		}
	}
}

func TestTheArrowItself(t *testing.T) {
	for _, c := range []struct {
		from, to string
		ok       bool
	}{
		{"internal/zh", "internal/fault", true},
		{"internal/zh", "internal/store", false},
		{"internal/store", "migrations", true},
		{"internal/store", "internal/document", false},
		{"internal/document", "internal/publication", true},
		{"internal/document", "internal/search", false},
		{"internal/document", "internal/web/ui", false},
		{"internal/web/portal", "internal/document", true},
		{"internal/web/portal", "internal/web/ui", true},
		{"internal/web/ui", "internal/web/portal", false},
		{"internal/web/portal", "internal/app", false},
		{"internal/web/portal", "internal/testcity", false},
		{"internal/app", "internal/testcity", true},
		{"internal/app", "internal/cli", false},
		{"internal/app", "internal/store/storetest", false},
		{"cmd/gongkai", "internal/cli", true},
		{"internal/nowhere", "internal/zh", false},
	} {
		if why, ok := mayImport(c.from, c.to); ok != c.ok {
			t.Errorf("%s → %s: allowed %v (%s), want %v", c.from, c.to, ok, why, c.ok)
		}
	}
}

func TestDomainsKnowNoHTTP(t *testing.T) {
	for _, p := range goList(t, "./...") {
		name, _ := ours(p.ImportPath)
		l, known := rooms[name]
		if known && l <= domain && slices.Contains(p.Imports, "net/http") && !slices.Contains(speakHTTP, name) {
			t.Errorf("%s imports net/http: requests and answers belong to internal/web; pass values instead.", name)
		}
	}
}

// speakHTTP are the rooms below delivery whose task is to call other machines:
// hooks go out from notify, files to object storage, checks to websites.
var speakHTTP = []string{"internal/notify", "internal/filestore", "internal/patrol", "internal/exchange", "internal/access"}

// TestOnlyModules must not be linked into what users run.
var testOnlyModules = []string{"pgregory.net/rapid", "github.com/google/go-cmp", "github.com/chromedp"}

func TestTestToolsStayOutOfTheBinary(t *testing.T) {
	var roots []string
	for _, p := range goList(t, "./...") {
		if name, _ := ours(p.ImportPath); rooms[name] != testOnly && len(p.GoFiles) > 0 {
			roots = append(roots, p.ImportPath)
		}
	}
	if len(roots) == 0 {
		t.Fatal("no package to look at")
	}
	for _, p := range goList(t, append([]string{"-deps"}, roots...)...) {
		for _, m := range testOnlyModules {
			if p.ImportPath == m || strings.HasPrefix(p.ImportPath, m+"/") {
				t.Errorf("%s is a test tool but reaches the binary; go mod why -m %s names the way.", p.ImportPath, m)
			}
		}
	}
}
