package architecture

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// longestFile is the alarm of the house for a Go file that is no test, in lines.
const longestFile = 500

// visitFiles hands over every text file of the tree, by its path from the top.
func visitFiles(t *testing.T, visit func(path string, content []byte)) {
	t.Helper()
	root := treeRoot(t)
	n := 0
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			switch e.Name() {
			case ".git", "node_modules", "build":
				return filepath.SkipDir
			}
			return nil
		}
		if !e.Type().IsRegular() || strings.HasSuffix(path, ".test") || strings.HasSuffix(path, ".prof") {
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if bytes.IndexByte(content, 0) >= 0 || !utf8.Valid(content) {
			return nil
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		n++
		visit(filepath.ToSlash(rel), content)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n < 50 {
		t.Fatalf("only %d files were found below %s", n, root)
	}
}

func TestFilesStayShort(t *testing.T) {
	visitFiles(t, func(path string, content []byte) {
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return
		}
		if n := bytes.Count(content, []byte("\n")); n > longestFile {
			t.Errorf("%s has %d lines, more than %d: split it by subject.", path, n, longestFile)
		}
	})
}

// machinePath finds absolute paths that exist on one machine only. A folder of
// the system (/usr, /etc, /tmp alone) is no such path.
var machinePath = regexp.MustCompile("(?:^|[\\s\"'`=(:,])/(?:work|root|home/[a-z]\\w*|Users/\\w+|tmp/bash_jobs[.\\w]*)/")

// packageHost finds the hosts that package locks point to.
var packageHost = regexp.MustCompile(`"resolved":\s*"https?://([^/"]+)/`)

func TestTreeNamesNoMachine(t *testing.T) {
	visitFiles(t, func(path string, content []byte) {
		for _, f := range machineFaults(content) {
			t.Errorf("%s: %s", path, f)
		}
	})
}

func machineFaults(content []byte) []string {
	var found []string
	if m := machinePath.Find(content); m != nil {
		found = append(found, "names a path of one machine: "+strings.TrimSpace(string(m)))
	}
	for _, m := range packageHost.FindAllSubmatch(content, -1) {
		if len(m[1]) > 0 { // a lock that names no host works with any registry
			found = append(found, "takes packages from "+string(m[1])+", which others cannot reach")
			break
		}
	}
	return found
}

func TestMachineFaultsAreSeen(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want bool
	}{
		"work folder":   {"cd /" + "work/main", true},
		"home folder":   {`"/` + `home/anna/x"`, true},
		"private lock":  {`"resol` + `ved": "http://mirror.example:8081/a"`, true},
		"an address":    {"GET /works/12 and /api/v1/works/1", false},
		"temporary dir": {"/tmp/gongkai-pg.a1b2", false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := machineFaults([]byte(c.text)); (len(got) > 0) != c.want {
				t.Errorf("%q: found %q, want a fault: %v", c.text, got, c.want)
			}
		})
	}
}
