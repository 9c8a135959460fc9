package architecture

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The register has 441 requirements; the digest of their sorted ids guards
// against one that is lost, doubled or renamed.
const (
	requirementCount  = 441
	requirementDigest = "32e17df4330a05ccc88ffdd571045ee510f16b1a909434edeeb285f866aea318"
	// One test may prove a few requirements that say the same, not a chapter.
	rowsPerTest = 3
)

var (
	requirementHeader = []string{"id", "subsystem", "kind", "state", "where", "test"}
	testFunction      = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
)

func TestRequirementsRegister(t *testing.T) {
	f, err := os.Open(filepath.Join(treeRoot(t), "docs", "requirements.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(rows[0], requirementHeader) {
		t.Fatalf("the heading is %v, want %v", rows[0], requirementHeader)
	}
	var ids []string
	for _, r := range rows[1:] {
		ids = append(ids, r[0])
	}
	slices.Sort(ids)
	sum := sha256.Sum256([]byte(strings.Join(ids, "\n")))
	if len(ids) != requirementCount || hex.EncodeToString(sum[:]) != requirementDigest {
		t.Errorf("the register holds %d rows whose ids are not the %d of the five documents; doubled: %v", len(ids), requirementCount, doubled(ids))
	}
	tests := testsOfTree(t)
	for _, f := range registerFaults(rows[1:], tests) {
		t.Error(f)
	}
}

// registerFaults says what the rows claim without ground. Where is a sentence
// for people: a place on screen or a command.
func registerFaults(rows [][]string, tests map[string]bool) []string {
	var found []string
	say := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	named := map[string][]string{}
	for _, r := range rows {
		id, kind, state, where, proofs := r[0], r[2], r[3], r[4], strings.Fields(r[5])
		if !slices.Contains([]string{"F", "C", "M"}, kind) {
			say("%s: kind %q is none of F, C, M", id, kind)
		}
		if !slices.Contains([]string{"works", "partly", "no"}, state) {
			say("%s: state %q is none of works, partly, no", id, state)
		}
		if state == "works" && (len(proofs) == 0 || where == "") {
			say("%s works, it says, but names no test or no place", id)
		}
		for _, p := range proofs {
			if !tests[p] {
				say("%s: no test is called %s", id, p)
			}
			named[p] = append(named[p], id)
		}
	}
	for _, p := range sortedKeys(named) {
		if len(named[p]) > rowsPerTest {
			say("%s is named by %d rows (%s): one test cannot prove so much", p, len(named[p]), strings.Join(named[p], " "))
		}
	}
	return found
}

func TestRegisterFaultsAreSeen(t *testing.T) {
	tests := map[string]bool{"TestA": true}
	row := func(state, where, test string) []string { return []string{"Z25-0.1", "POL", "F", state, where, test} }
	for name, c := range map[string]struct {
		rows [][]string
		want int
	}{
		"nothing claimed":     {[][]string{row("no", "", "")}, 0},
		"proved":              {[][]string{row("works", "/works/{id}", "TestA")}, 0},
		"works without test":  {[][]string{row("works", "/works/{id}", "")}, 1},
		"works without place": {[][]string{row("works", "", "TestA")}, 1},
		"unknown test":        {[][]string{row("partly", "/works/{id}", "TestB")}, 1},
		"unknown state":       {[][]string{row("done", "", "")}, 1},
		"one test for four":   {[][]string{row("no", "", "TestA"), row("no", "", "TestA"), row("no", "", "TestA"), row("no", "", "TestA")}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			if got := registerFaults(c.rows, tests); len(got) != c.want {
				t.Errorf("found %q, want %d", got, c.want)
			}
		})
	}
}

// testsOfTree lists the names of all Go tests and fuzz targets.
func testsOfTree(t *testing.T) map[string]bool {
	tests := map[string]bool{}
	visitFiles(t, func(path string, content []byte) {
		if !strings.HasSuffix(path, "_test.go") {
			return
		}
		for _, m := range testFunction.FindAllSubmatch(content, -1) {
			tests[string(m[1])] = true
		}
	})
	return tests
}

func doubled(sorted []string) []string {
	var twice []string
	for i := 1; i < len(sorted); i++ {
		if sorted[i] == sorted[i-1] {
			twice = append(twice, sorted[i])
		}
	}
	return twice
}

func sortedKeys(m map[string][]string) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
