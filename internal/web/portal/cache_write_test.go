package portal

import (
	"bytes"
	"io"
	"net"
	"testing"
)

// pair is a gathering connection and its other end.
func pair(t *testing.T) (*gatherConn, net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	far, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	near, err := GatherListener{l}.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, c := range []io.Closer{l, far, near} {
			_ = c.Close() // some are closed by the test
		}
	})
	return near.(*gatherConn), far
}

func TestGatherConnKeepsTheOrder(t *testing.T) {
	for _, sizes := range [][]int{{1, 1, 1}, {4096}, {4096, 1}, {4000, 97}, {4096, 30_000}, {100, 5000, 100, 5000}, {5000}, {0, 10, 0}} {
		c, far := pair(t)
		var want []byte
		for _, gathering := range []bool{true, false, true} {
			c.gathering = gathering
			for i, n := range sizes {
				piece := bytes.Repeat([]byte{byte('a' + i)}, n)
				want = append(want, piece...)
				if m, err := c.Write(piece); m != n || err != nil {
					t.Fatalf("%v: wrote %d of %d: %v", sizes, m, n, err)
				}
				clear(piece) // what is held must not be the writer's own bytes
			}
			if err := c.release(); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.CloseWrite(); err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(far); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%v: %d bytes arrived, want %d: %v", sizes, len(got), len(want), err)
		}
	}
}

func TestGatherConnHoldsBack(t *testing.T) {
	c, _ := pair(t)
	c.gathering = true
	if _, err := c.Write([]byte("head")); err != nil || len(c.held) != 4 {
		t.Fatalf("%d bytes held: %v", len(c.held), err)
	}
	if err := c.TCPConn.Close(); err != nil {
		t.Fatal(err)
	}
	if err := c.release(); err == nil || c.gathering || len(c.held) != 0 {
		t.Errorf("a dead connection took the answer: %v, %d held", err, len(c.held))
	}
}
