package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// workbook writes a file with a visible sheet of staff and a hidden one with
// an ID number, which is made up.
func workbook(t *testing.T) string {
	t.Helper()
	f := excelize.NewFile()
	hidden := "旧名单"
	if _, err := f.NewSheet(hidden); err != nil {
		t.Fatal(err)
	}
	for cell, v := range map[string]string{"A1": "姓名", "B1": "身份证号", "A2": "张三", "B2": "11010519491231002X"} {
		if err := f.SetCellStr(hidden, cell, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetCellStr("Sheet1", "A1", "统一社会信用代码"); err != nil {
		t.Fatal(err)
	}
	if err := f.SetCellStr("Sheet1", "A2", "11370300004224423Q"); err != nil {
		t.Fatal(err)
	}
	if err := f.SetSheetVisible(hidden, false); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "名单.xlsx")
	if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestProofread_PrintsThePromisedKeys(t *testing.T) {
	text := "请执行国办发[2018]23号。\n标的的执行由法院负责。\n"
	code, out, errs := command(t, text, "proofread", "-", "--json")
	if code != exitDone {
		t.Fatal(errs)
	}
	var rep struct {
		Verdict string
		Hits    []struct {
			Start, End                      int
			Text, Rule, Level, Suggest, Why string
		}
	}
	if err := json.Unmarshal([]byte(out), &rep); err != nil {
		t.Fatal(err, out)
	}
	if len(rep.Hits) != 1 || rep.Verdict != "fault" {
		t.Fatalf("%s", out)
	}
	h := rep.Hits[0]
	if h.Rule != "F-06.bracket" || h.Level != "confirm" || h.Suggest != "国办发〔2018〕23号" || h.Why == "" || string([]rune(text)[h.Start:h.End]) != h.Text {
		t.Errorf("%+v", h)
	}
	if _, out, _ := command(t, "请认真执行。", "proofread", "-"); out != `{"verdict":"clean","hits":[],"unopened":[]}`+"\n" {
		t.Errorf("clean text: %s", out)
	}
}

func TestProofread_MissingFile(t *testing.T) {
	for _, cmd := range []string{"proofread", "pii"} {
		code, _, errs := command(t, "", cmd, filepath.Join(t.TempDir(), "没有.docx"))
		if code != exitRefused || !strings.Contains(errs, "文件打不开") {
			t.Errorf("%s: %d %s", cmd, code, errs)
		}
	}
}

func TestA25_PIIOfAHiddenSheet(t *testing.T) {
	name := workbook(t)
	code, out, errs := command(t, "", "pii", name)
	if code != exitRefused || errs != "" {
		t.Fatalf("exit %d, %q; personal data are a fault", code, errs)
	}
	kinds := map[string]piiHit{}
	for line := range strings.Lines(out) {
		var h piiHit
		if err := json.Unmarshal([]byte(line), &h); err != nil {
			t.Fatal(err, line)
		}
		kinds[h.Kind] = h
	}
	id := kinds["id"]
	if id.Text != "11010519491231002X" || id.Verdict != "fault" || !strings.Contains(id.Where, "旧名单") || id.End-id.Start != 18 {
		t.Errorf("%s", out)
	}
	if kinds["name"].Text != "张三" || len(kinds) != 2 {
		t.Errorf("%s", out)
	}
	if code, out, errs := command(t, "", "proofread", name); code != exitRefused || errs != "" || !strings.Contains(out, "HID.sheet") {
		t.Errorf("exit %d, %q: %s", code, errs, out)
	}
}

func TestA25_PIIOfAFileNobodyCanOpen(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(name, []byte("%PDF-1.7\nbroken"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, _ := command(t, "", "pii", name)
	if code != exitDone || !strings.Contains(out, `"kind":"unopened"`) || !strings.Contains(out, `"verdict":"unsure"`) {
		t.Errorf("%s", out)
	}
	code, out, _ = command(t, "", "proofread", name)
	if code != exitDone || !strings.Contains(out, `"verdict":"cannot_tell"`) {
		t.Errorf("%s", out)
	}
}

// Only what blocks at the gate stops a script; doubts are a person's to answer.
func TestA24_ExitCodesOfTheChecks(t *testing.T) {
	const id = "联系人身份证号：11010519491231002X"
	for _, c := range []struct {
		name, cmd, text string
		want            int
	}{
		{"nothing", "pii", "请认真执行。", exitDone},
		{"nothing", "proofread", "请认真执行。", exitDone},
		{"a doubt", "proofread", "请执行国办发[2018]23号。", exitDone},
		{"an ID number", "pii", id, exitRefused},
		{"an ID number", "proofread", id, exitRefused},
		{"a company's code", "pii", "统一社会信用代码：11370300004224423Q", exitDone},
	} {
		if code, out, errs := command(t, c.text, c.cmd, "-"); code != c.want || errs != "" {
			t.Errorf("%s of %s: exit %d, want %d: %s %s", c.cmd, c.name, code, c.want, out, errs)
		}
	}
	// An office line may be printed: only a person can tell.
	if code, out, _ := command(t, "电话：13912345678", "pii", "-"); code != exitDone || !strings.Contains(out, `"verdict":"unsure"`) {
		t.Errorf("exit %d: %s", code, out)
	}
}
