package filestore_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/filestore"
)

// mark is what the signature of these tests finds; it harms nothing.
const mark = "GONGKAI-TEST-MARK-7f3a91"

// realDaemon starts ClamAV with a signature file of our own and gives its
// address and the means to stop it.
func realDaemon(t *testing.T) (address string, stop func()) {
	t.Helper()
	program, err := exec.LookPath("clamd")
	if err != nil {
		program = "/usr/sbin/clamd" // outside the path of most users
	}
	if _, err := os.Stat(program); err != nil {
		t.Fatal("clamd is missing: run `make test`, which installs clamav-daemon")
	}
	dir := t.TempDir()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address = l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	signatures := filepath.Join(dir, "signatures")
	if err := os.Mkdir(signatures, 0o755); err != nil {
		t.Fatal(err)
	}
	host, port, _ := strings.Cut(address, ":")
	for name, text := range map[string]string{
		filepath.Join(signatures, "own.ndb"): "Gongkai.Test:0:*:" + hex.EncodeToString([]byte(mark)) + "\n",
		filepath.Join(dir, "clamd.conf"):     fmt.Sprintf("Foreground yes\nDatabaseDirectory %s\nTCPSocket %s\nTCPAddr %s\nStreamMaxLength 2M\nTemporaryDirectory %s\n", signatures, port, host, dir),
	} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, d := range []string{filepath.Dir(dir), dir} { // it may give up its rights and must still read
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	var said bytes.Buffer
	cmd := exec.Command(program, "-c", filepath.Join(dir, "clamd.conf"))
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	stop = func() {
		if cmd.Process.Kill() == nil {
			<-ended
		}
	}
	t.Cleanup(stop)
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		c, err := net.Dial("tcp", address)
		if err == nil {
			if err := c.Close(); err != nil {
				t.Fatal(err)
			}
			return address, stop
		}
		if time.Now().After(end) {
			t.Fatalf("clamd does not answer: %s", said.String())
		}
	}
}

// TestScanned_ARealDaemon: what the signatures know is refused, also inside an
// archive and by size; and with the daemon gone nothing is stored.
func TestScanned_ARealDaemon(t *testing.T) {
	dir, err := filestore.Dir(filepath.Join(t.TempDir(), "files"))
	if err != nil {
		t.Fatal(err)
	}
	address, stop := realDaemon(t)
	s := filestore.Scanned(dir, filestore.Clamd(address))
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	w, err := z.Create("内容.txt")
	if err == nil {
		_, err = w.Write([]byte("前文" + mark + "后文"))
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, content string
		kind          fault.Kind
		ok            bool
	}{
		{"clean", "干净的内容", 0, true},
		{"marked", "前文" + mark, fault.Invalid, false},
		{"marked in an archive", packed.String(), fault.Invalid, false},
		{"larger than the daemon takes", strings.Repeat("字", 1<<20), fault.Unavailable, false},
	} {
		b, err := s.Put(context.Background(), strings.NewReader(c.content), 8<<20)
		if c.ok {
			if has, e := dir.Has(context.Background(), b.SHA256); err != nil || e != nil || !has {
				t.Errorf("%s: %v %v", c.name, err, e)
			}
			continue
		}
		if err == nil || fault.KindOf(err) != c.kind || fault.Text(err) == "" {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	stop()
	if _, err := s.Put(context.Background(), strings.NewReader("另一份干净的内容"), 1<<20); fault.KindOf(err) != fault.Unavailable || err == nil {
		t.Errorf("with the daemon gone: %v", err)
	}
	stored := 0
	if err := dir.Walk(context.Background(), func(filestore.Stored) error { stored++; return nil }); err != nil || stored != 1 {
		t.Errorf("%d contents are stored: %v", stored, err)
	}
}
