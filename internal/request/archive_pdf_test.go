package request_test

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"gongkai/internal/filestore"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/workday"
)

// tool runs a program of the machine that shares no code with us.
func tool(t *testing.T, dir, program string, args ...string) string {
	t.Helper()
	c := exec.Command(program, args...)
	c.Dir, c.Env = dir, append(os.Environ(), "LC_ALL=C.UTF-8")
	var out, said bytes.Buffer
	c.Stdout, c.Stderr = &out, &said
	if err := c.Run(); err != nil {
		t.Fatalf("%s %s: %v %s", program, args, err, said.String())
	}
	return out.String()
}

// The package opens with unzip, its digests hold by sha256sum, and its PDF opens
// with poppler and holds cover, list, documents, messages, events and the
// digests of every file.
func TestA106_ThePackageAndItsPDFOpenWithoutUs(t *testing.T) {
	p := printer(t)
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		d.room.KeepIn(filestore.Rows(db))
		rc := d.signed(nil)
		clerk := d.people["clerk"]
		d.must(rc.Case, "applicant", request.ActMessage, &request.MessageForm{Text: "请问附件有几页"})
		d.must(rc.Case, "clerk", request.ActTalk, &request.MessageForm{Text: "共有三页"})
		_, q := d.view(rc.Case)
		letter := q.Letters[len(q.Letters)-1]
		stamped := []byte("%PDF-1.4\nstamped\n%%EOF\n")
		if err := d.room.AddLetterFile(ctx, clerk, rc.Case, letter.ID, request.LetterScan, "盖章.pdf", bytes.NewReader(stamped)); err != nil {
			t.Fatal(err)
		}
		d.must(rc.Case, "clerk", request.ActServe, &request.ServeForm{How: request.ServeCounter, On: workday.DateOf(d.now), Proof: "送达回证1号"})
		d.must(rc.Case, "clerk", request.ActArchive, nil)
		with := packing
		with.PDF = p.PDF
		raw, err := d.room.Package(ctx, clerk, rc.Case, with)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "package.zip"), raw, 0o600); err != nil {
			t.Fatal(err)
		}
		into := filepath.Join(dir, "open")
		tool(t, dir, "unzip", "-q", "package.zip", "-d", into)
		if said := tool(t, into, "sha256sum", "-c", request.Sums); strings.Contains(said, "FAILED") || !strings.Contains(said, "卷宗.pdf: OK") {
			t.Errorf("the digests: %s", said)
		}
		if info := tool(t, into, "pdfinfo", "卷宗.pdf"); !strings.Contains(info, "A4") || !strings.Contains(info, "政府信息公开申请卷宗") {
			t.Errorf("%s", info)
		}
		book := strings.Map(func(c rune) rune {
			if unicode.IsSpace(c) {
				return -1
			}
			return c
		}, tool(t, into, "pdftotext", "卷宗.pdf", "-"))
		sums, err := os.ReadFile(filepath.Join(into, request.Sums))
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"受理机关：清河市教育局", "申请编号：" + rc.Number, "目录", "1.申请表", secretName, "政府信息公开答复书", letter.Number, "提起行政诉讼", "送达回证1号", "请问附件有几页", "clerk：共有三页", "办理记录", "归档", "文件指纹"}
		for _, line := range strings.Split(strings.TrimSpace(string(sums)), "\n") {
			if sum, name, _ := strings.Cut(line, "  "); name != "卷宗.pdf" && name != "index.html" { // those two list the others
				want = append(want, sum)
			}
		}
		for _, w := range want {
			if !strings.Contains(book, w) {
				t.Errorf("the PDF lacks %q", w)
			}
		}
		found := false
		if err := filepath.WalkDir(into, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			b, err := os.ReadFile(path)
			found = found || bytes.Equal(b, stamped)
			return err
		}); err != nil || !found {
			t.Errorf("the stamped letter is not in the package: %v", err)
		}
		q = d.request(rc.Case)
		if len(q.Messages) != 2 || !q.Messages[0].Read.IsZero() {
			t.Errorf("packing counts as reading: %+v", q.Messages)
		}
	})
}
