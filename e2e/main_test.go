package e2e

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// update rewrites the pictures of docs/img.
var update = flag.Bool("update", false, "write the screenshots of docs/img")

// given is a program to test in place of one built from the tree, such as the
// binary of a release.
var given = flag.String("binary", "", "test this program instead of building one")

// binary is the program under test, built once a run.
var binary string

// evidence is where failing tests leave pictures and logs. It outlives the run
// when something stands in it.
var evidence string

// soak reports that the long proofs were asked for.
func soak() bool { return os.Getenv("GONGKAI_SOAK") == "1" }

func TestMain(m *testing.M) {
	flag.Parse()
	code, err := runAll(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		code = 1
	}
	os.Exit(code)
}

func runAll(m *testing.M) (code int, err error) {
	dir, err := os.MkdirTemp("", "gongkai-e2e-")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(dir)
	if evidence, err = os.MkdirTemp("", "gongkai-e2e-failures-"); err != nil {
		return 1, err
	}
	defer os.Remove(evidence) // stays when it holds something
	if binary, err = buildInto(dir); err != nil {
		return 1, err
	}
	code = m.Run()
	closeBrowser()
	closeLibrary()
	return code, nil
}

// buildInto builds the program once for all tests.
func buildInto(dir string) (path string, err error) {
	if *given != "" {
		return filepath.Abs(*given)
	}
	path = filepath.Join(dir, "gongkai")
	build := exec.Command("go", "build", "-o", path, "./cmd/gongkai")
	build.Dir = ".."
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build ./cmd/gongkai: %w\n%s", err, out)
	}
	return path, nil
}

// needSoak leaves a long proof to make soak, and says so.
func needSoak(t *testing.T) {
	t.Helper()
	if !soak() {
		t.Skip("a long proof: make soak (GONGKAI_SOAK=1) runs it")
	}
}

// keepEvidence writes a file that helps to understand a failure and names it.
func keepEvidence(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(evidence, name)
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Logf("evidence %s: %v", name, err)
	}
	return path
}
