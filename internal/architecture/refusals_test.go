package architecture

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A refusal of the release room as the table of refuse.go begins it, and the
// words that must not be missed with it.
var refusalLine = regexp.MustCompile(`(?m)^\t\{"([A-Z]+[0-9]*-[0-9][^"]*)", "`)

// TestEveryRefusalHasATestByItsID reads the ids of the table of refusals and
// wants each in the name of a test: F-22 is TestF22_…, W18-2.1d TestW18_2_1d_….
func TestEveryRefusalHasATestByItsID(t *testing.T) {
	table, err := os.ReadFile(filepath.Join(treeRoot(t), "internal", "release", "refuse.go"))
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, m := range refusalLine.FindAllSubmatch(table, -1) {
		ids = append(ids, string(m[1]))
	}
	if len(ids) < 30 {
		t.Fatalf("the table has %d refusals with an id: the reader of this test has lost its form", len(ids))
	}
	var tests []string
	for name := range testsOfTree(t) {
		tests = append(tests, name)
	}
	for _, id := range untested(ids, tests) {
		t.Errorf("no test bears the id of refusal %s", id)
	}
}

// untested lists the ids that stand in no test's name. What follows the number
// of a rule of the handbook, as in A-22.doubt, is a case of the same rule.
func untested(ids, tests []string) (out []string) {
	for _, id := range ids {
		base, _, _ := strings.Cut(id, ".")
		word := strings.ReplaceAll(base, "-", "")
		if strings.ContainsAny(id[1:2], "0123456789") { // a requirement: its id whole
			word = strings.NewReplacer("-", "_", ".", "_").Replace(id)
		}
		named := regexp.MustCompile(`^Test(?:[A-Z]\d+_)*` + word + `(?:_|$)`)
		other := regexp.MustCompile(`^Test` + strings.NewReplacer("-", "", ".", "_").Replace(id) + `(?:_|$)`)
		if !slices.ContainsFunc(tests, func(name string) bool { return named.MatchString(name) || other.MatchString(name) }) {
			out = append(out, id)
		}
	}
	return out
}

func TestUntestedRefusalsAreSeen(t *testing.T) {
	tests := []string{"TestF22_Something", "TestF26_F27_Both", "TestW18_2_1d_Policy", "TestM235_1a_FiveGates"}
	ids := []string{"F-22", "F-22.doubt", "F-26", "F-27", "W18-2.1d", "M23-5.1a", "F-2", "A-22", "W18-2.1"}
	if got, want := untested(ids, tests), []string{"F-2", "A-22", "W18-2.1"}; !slices.Equal(got, want) {
		t.Errorf("untested %q, want %q", got, want)
	}
}
