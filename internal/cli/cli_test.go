package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// command runs a command line in this process.
func command(t *testing.T, in string, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = Main(context.Background(), args, strings.NewReader(in), &o, &e, func() time.Time { return time.Date(2026, 11, 20, 4, 0, 0, 0, time.UTC) })
	return code, o.String(), e.String()
}

func TestMain_ExitCodes(t *testing.T) {
	data := t.TempDir()
	if code, _, errs := command(t, "", "migrate", "--data", data); code != exitDone {
		t.Fatal(errs)
	}
	for _, c := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"no command", nil, exitUsage, "用法"},
		{"unknown command", []string{"fly"}, exitUsage, "用法"},
		{"unknown flag", []string{"show", "1", "--colour"}, exitUsage, "用法"},
		{"number expected", []string{"show", "一"}, exitUsage, "用法"},
		{"no such work", []string{"show", "1", "--data", data}, exitRefused, "没有这份文件"},
		{"nonsense day", []string{"show", "1", "--on", "昨天", "--data", data}, exitUsage, "--on：“昨天”不是日期"},
		{"no query", []string{"search", "--data", data}, exitUsage, "请给出要找的词"},
		{"limit", []string{"search", "x", "--limit", "0", "--data", data}, exitUsage, "1 到 100"},
		{"level", []string{"search", "x", "--level", "book", "--data", data}, exitUsage, "--level：没有“book”这一级"},
		{"kind", []string{"search", "x", "--kind", "通告函", "--data", data}, exitUsage, "--kind：资料库里没有文种“通告函”"},
		{"missing file", []string{"import", "documents", "/没有.jsonl", "--data", data}, exitRefused, "没有这个文件"},
		{"expunge without a reason", []string{"expunge", "1", "--data", data}, exitUsage, "用法"},
		{"mistyped folder", []string{"verify", "--data", filepath.Join(data, "typo")}, exitRefused, "没有资料库"},
		{"flags may stand first", []string{"--data", data, "--json", "verify"}, exitDone, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, out, errs := command(t, "", c.args...)
			if code != c.code || !strings.Contains(errs, c.says) {
				t.Fatalf("code %d\nout %s\nerrs %s", code, out, errs)
			}
		})
	}
}

func TestExtract_PrintsOnlyWhatTheTextSays(t *testing.T) {
	file := filepath.Join(t.TempDir(), "n.txt")
	if err := os.WriteFile(file, []byte("一、做好工作。\n二、加强领导。\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	code, out, _ := command(t, "", "extract", file)
	var got map[string]any
	if err := json.Unmarshal([]byte(out), &got); err != nil || code != exitDone {
		t.Fatalf("%d %v %s", code, err, out)
	}
	for _, absent := range []string{"title", "doc_no", "organ", "adopted_on", "published_on", "effective_on", "attribute", "index_no"} {
		if _, ok := got[absent]; ok {
			t.Errorf("%s given for a text that has none: %v", absent, got[absent])
		}
	}
	if got["file"] != file || got["sections"] == nil {
		t.Errorf("%s", out)
	}
	if code, out, _ = command(t, "", "extract", filepath.Join(t.TempDir(), "none")); code != exitRefused || !strings.Contains(out, `"error"`) {
		t.Errorf("missing file: %d %s", code, out)
	}
}

func TestMask_HidesPasswords(t *testing.T) {
	if got := mask("postgres://u:geheim@h/db"); strings.Contains(got, "geheim") {
		t.Error(got)
	}
}

func TestDemoDir_LeavesForeignFoldersAlone(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "letter.txt"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	code, _, errs := command(t, "", "demo", "--dir", dir, "--fresh")
	if code != exitRefused || !strings.Contains(errs, "不是演示资料") {
		t.Fatalf("%d %s", code, errs)
	}
	if _, err := os.Stat(filepath.Join(dir, "letter.txt")); err != nil {
		t.Fatal("a foreign file was removed")
	}
}
