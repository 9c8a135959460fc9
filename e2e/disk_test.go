package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gongkai/internal/testcity"
)

// fullDisk imports on a small filesystem of its own that ballast fills, makes
// room, and imports again; what each step said stands in files of $OUT.
const fullDisk = `
step() { name=$1; shift; "$@" >"$OUT/$name.out" 2>"$OUT/$name.err"; echo $? >"$OUT/$name.rc"; }
set -u
mount -t tmpfs -o size=32m tmpfs "$MNT" || exit 77
mkdir "$MNT/data"
step empty "$BIN" migrate --data "$MNT/data"
head -c "$BALLAST" /dev/zero >"$MNT/ballast" || exit 1
step full "$BIN" import documents "$DOCS" --source laws --state published --data "$MNT/data"
step blob "$BIN" import documents "$BLOB" --source e2e --state published --data "$MNT/data"
find "$MNT/data/files" -type f >"$OUT/left" 2>/dev/null
rm "$MNT/ballast"
step verify "$BIN" verify --data "$MNT/data"
step again "$BIN" import documents "$DOCS" --source laws --state published --data "$MNT/data"
step blobagain "$BIN" import documents "$BLOB" --source e2e --state published --data "$MNT/data"
step verifyagain "$BIN" verify --data "$MNT/data"
`

// TestFullDisk runs out of space in the middle of an import: the message says
// so in Chinese, what was acknowledged stays, nothing is half-saved, and with
// room again the same command completes the library.
func TestFullDisk(t *testing.T) {
	var list []testcity.Document
	for _, d := range plain(allDocuments(t)) {
		if isLaw(d) && len(d.Text) < 40_000 && len(list) < 150 {
			list = append(list, d)
		}
	}
	blob := fixtures()[1]
	blob.Columns, blob.Attachments = nil, []testcity.Attachment{{Name: "大文件.dat", Data: bytes.Repeat([]byte{0, 7, 0xff}, 1<<20)}}

	out, script := t.TempDir(), filepath.Join(t.TempDir(), "full.sh")
	writeText(t, script, fullDisk)
	args := []string{"--mount", "sh", script}
	if os.Geteuid() != 0 {
		args = append([]string{"--map-root-user"}, args...)
	}
	c := exec.Command("unshare", args...)
	c.Env = append(os.Environ(), "OUT="+out, "MNT="+t.TempDir(), "BIN="+binary, "DOCS="+lines(t, list), "BLOB="+lines(t, []testcity.Document{blob}),
		// The empty library takes some 1 MB; about 3 MB are left to write into.
		"BALLAST="+strconv.Itoa(28<<20))
	if msg, err := c.CombinedOutput(); err != nil {
		if c.ProcessState == nil || c.ProcessState.ExitCode() == 77 || strings.Contains(string(msg), "unshare failed") {
			t.Skipf("this machine lets nobody mount a small filesystem (needs root or user namespaces): %v %s", err, msg)
		}
		t.Fatalf("%v\n%s", err, msg)
	}
	step := func(name string) result {
		read := func(end string) []byte {
			b, err := os.ReadFile(filepath.Join(out, name+end))
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		code, err := strconv.Atoi(strings.TrimSpace(string(read(".rc"))))
		if err != nil {
			t.Fatal(err)
		}
		return result{args: []string{name}, code: code, stdout: read(".out"), stderr: read(".err")}
	}
	step("empty").wantCode(t, exitDone)

	full := step("full")
	full.wantCode(t, exitRefused)
	if !strings.Contains(string(full.stderr), "空间不足") {
		t.Errorf("the message does not say that the disk is full: %s", head(full.stderr))
	}
	acked := map[string]imported{}
	for _, l := range rows[imported](t, full) {
		if l.State != "created" {
			t.Errorf("on the full disk: %+v", l)
		}
		acked[l.ExternalID] = l
	}
	if len(acked) == 0 || len(acked) == len(list) {
		t.Fatalf("%d of %d documents were acknowledged; the disk should fill in the middle", len(acked), len(list))
	}
	big := step("blob")
	if big.code != exitRefused || !strings.Contains(string(big.stderr)+string(big.stdout), "空间不足") {
		t.Errorf("a large attachment on the full disk: exit %d, %s %s", big.code, head(big.stdout), head(big.stderr))
	}
	left, err := os.ReadFile(filepath.Join(out, "left"))
	if err != nil {
		t.Fatal(err)
	}
	if len(bytes.TrimSpace(left)) > 0 {
		t.Errorf("parts of files were left behind:\n%s", left)
	}
	if v := step("verify"); v.code != exitDone {
		t.Errorf("verify after the full disk: exit %d\n%s%s", v.code, head(v.stdout), head(v.stderr))
	} else {
		var last struct {
			Checked map[string]json.RawMessage `json:"checked"`
		}
		checked := rows[struct {
			Checked map[string]json.RawMessage `json:"checked"`
		}](t, v)
		last = checked[len(checked)-1]
		if got := string(last.Checked["editions"]); got != strconv.Itoa(len(acked)) {
			t.Errorf("the library holds %s editions, %d were acknowledged", got, len(acked))
		}
	}

	again := step("again")
	again.wantCode(t, exitDone)
	all := rows[imported](t, again)
	for _, l := range all[:len(all)-1] {
		was, known := acked[l.ExternalID]
		if known && (l.State != "unchanged" || *l.Work != *was.Work) {
			t.Errorf("acknowledged as %+v, now %+v", was, l)
		}
	}
	if sum := all[len(all)-1]; sum.Created+sum.Unchanged != len(list) {
		t.Errorf("with room again: %+v", sum)
	}
	step("blobagain").wantCode(t, exitDone)
	step("verifyagain").wantCode(t, exitDone)
}
