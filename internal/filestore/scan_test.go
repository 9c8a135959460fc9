package filestore_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"gongkai/internal/fault"
	"gongkai/internal/filestore"
)

// daemon speaks the part of clamd's protocol that is used: it finds a virus in
// content that holds 毒, drops the line at 断, and otherwise says OK.
func daemon(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go answer(conn)
		}
	}()
	return l.Addr().String()
}

func answer(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	r := bufio.NewReader(conn)
	if word, err := r.ReadString(0); err != nil || word != "zINSTREAM\x00" {
		return
	}
	var all bytes.Buffer
	for {
		var n uint32
		if err := binary.Read(r, binary.BigEndian, &n); err != nil {
			return
		}
		if n == 0 {
			break
		}
		if _, err := io.CopyN(&all, r, int64(n)); err != nil {
			return
		}
	}
	switch s := all.String(); {
	case strings.Contains(s, "毒"):
		_, _ = io.WriteString(conn, "stream: Test.Signature FOUND\x00")
	case strings.Contains(s, "断"):
		return
	case strings.Contains(s, "大"):
		_, _ = io.WriteString(conn, "INSTREAM size limit exceeded. ERROR\x00")
	default:
		_, _ = io.WriteString(conn, "stream: OK\x00")
	}
}

func TestScanned_OnlyCleanContentIsStored(t *testing.T) {
	dir, err := filestore.Dir(filepath.Join(t.TempDir(), "files"))
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("字", 100000)
	for _, c := range []struct {
		name, content, address string
		kind                   fault.Kind
		ok                     bool
	}{
		{"clean", "干净", daemon(t), 0, true},
		{"clean and long", long, daemon(t), 0, true},
		{"virus", "有毒", daemon(t), fault.Invalid, false},
		{"virus at the end", long + "毒", daemon(t), fault.Invalid, false},
		{"line dropped", "断线", daemon(t), fault.Unavailable, false},
		{"refused by the daemon", "太大", daemon(t), fault.Unavailable, false},
		{"nobody listens", "干净二", "127.0.0.1:1", fault.Unavailable, false},
	} {
		s := filestore.Scanned(dir, filestore.Clamd(c.address))
		b, err := s.Put(context.Background(), strings.NewReader(c.content), 1<<20)
		if c.ok {
			if has, e := dir.Has(context.Background(), b.SHA256); err != nil || e != nil || !has {
				t.Errorf("%s: %v %v", c.name, err, e)
			}
			continue
		}
		if fault.KindOf(err) != c.kind || fault.Text(err) == "" {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	stored := 0
	if err := dir.Walk(context.Background(), func(filestore.Stored) error { stored++; return nil }); err != nil || stored != 2 {
		t.Errorf("%d contents are stored: %v", stored, err)
	}
}
