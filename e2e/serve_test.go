package e2e

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gongkai/internal/testcity"
)

// eventually waits until say is silent, for what a node does once a second.
func eventually(t testing.TB, say func() string) {
	t.Helper()
	last := ""
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		if last = say(); last == "" {
			return
		}
	}
	t.Error(last)
}

// TestServesIPv4AndIPv6 asks a node that was given a port alone on both
// loopback addresses.
func TestServesIPv4AndIPv6(t *testing.T) {
	l := newLibrary(t, "sqlite")
	s := launch(t, "/readyz", append([]string{"serve", "--addr", ":%PORT%"}, l.flags()...)...)
	defer s.stop(t)
	_, port, err := net.SplitHostPort(strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"127.0.0.1", "::1"} {
		for _, path := range []string{"/healthz", "/readyz", "/metrics", "/", "/policies", "/robots.txt", "/sitemap.xml"} {
			r, err := http.Get("http://" + net.JoinHostPort(host, port) + path)
			if err != nil {
				t.Error(err)
				continue
			}
			if _, err := io.Copy(io.Discard, r.Body); err != nil {
				t.Error(err)
			}
			r.Body.Close()
			if r.StatusCode != http.StatusOK {
				t.Errorf("%s on %s: status %d", path, host, r.StatusCode)
			}
		}
	}
}

// TestStopLetsARequestFinish sends SIGTERM while a download runs: the node
// sends it to the end, takes no new one, and exits with 0.
func TestStopLetsARequestFinish(t *testing.T) {
	onBothEngines(t, func(t *testing.T, l library) {
		big := fixtures()[1]
		big.Columns = nil
		big.Attachments = big.Attachments[:1]
		big.Attachments[0].Name, big.Attachments[0].Data = "大文件.dat", make([]byte, 24<<20)
		works := l.fill(t, "e2e", []testcity.Document{big})
		s := l.serve(t)

		conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "GET /works/%d/files/1/1/raw HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", works[filesID])
		first := make([]byte, 1000)
		if _, err := io.ReadFull(conn, first); err != nil {
			t.Fatal(err)
		}
		s.terminate(t)
		eventually(t, func() string {
			c, err := net.DialTimeout("tcp", strings.TrimPrefix(s.url, "http://"), time.Second)
			if err != nil {
				return ""
			}
			c.Close()
			return "the node still takes requests after SIGTERM"
		})
		if s.gone() {
			t.Fatal("the node is gone while a request runs")
		}
		rest, err := io.Copy(io.Discard, conn)
		if err != nil {
			t.Errorf("the running download broke off: %v", err)
		}
		if got := rest + 1000; got < 24<<20 {
			t.Errorf("the running download ended after %d bytes", got)
		}
		select {
		case <-s.done:
		case <-time.After(30 * time.Second):
			t.Fatal("the node did not end after its last request")
		}
		if s.ended != nil {
			t.Errorf("the node ended with %v\n%s", s.ended, tail(s.logged()))
		}
		l.clean(t)
	})
}

// TestConfigIsShownMasked starts a node with a password in its address: the
// log shows the settings, never the password.
func TestConfigIsShownMasked(t *testing.T) {
	l := newLibrary(t, "postgres")
	u, err := url.Parse(l.dsn)
	if err != nil {
		t.Fatal(err)
	}
	const secret = "qs-Geheim-8841"
	u.User = url.UserPassword(u.User.Username(), secret)
	l.dsn = u.String()
	s := l.serve(t, "--log-level", "debug")
	s.get(t, "/")
	s.stop(t)
	log := s.logged() + s.printed()
	if strings.Contains(log, secret) {
		t.Errorf("the password stands in the log:\n%s", tail(log))
	}
	for _, want := range []string{"config", u.Host, strings.TrimPrefix(u.Path, "/"), l.index} {
		if !strings.Contains(log, want) {
			t.Errorf("the log does not show %s:\n%s", want, tail(log))
		}
	}
	// A database that is not there is told without its password, too.
	u.Host = "127.0.0.1:1"
	r := gongkai(t, "show", "1", "--database", u.String(), "--index", t.TempDir())
	r.wantCode(t, exitRefused)
	if strings.Contains(string(r.stderr), secret) || !strings.Contains(string(r.stderr), "连不上数据库") {
		t.Errorf("stderr: %s", r.stderr)
	}
}

// TestConfigFromFileAndEnvironment gives the same option in the three ways;
// the command line wins over the environment, and that over the file.
func TestConfigFromFileAndEnvironment(t *testing.T) {
	l := newLibrary(t, "sqlite")
	l.fill(t, "laws", smallSet(t)[:1])
	file := filepath.Join(t.TempDir(), "gongkai.json")
	if err := os.WriteFile(file, fmt.Appendf(nil, `{"data": %q}`, l.data), 0o644); err != nil {
		t.Fatal(err)
	}
	gongkai(t, "show", "1", "--config", file).wantCode(t, exitDone)
	t.Setenv("GONGKAI_DATA", l.data)
	gongkai(t, "show", "1").wantCode(t, exitDone)
	gongkai(t, "show", "1", "--data", t.TempDir()).wantCode(t, exitRefused)
}

// TestFollowsWhatOthersWrite has a node show, within seconds, what a command
// beside it publishes.
func TestFollowsWhatOthersWrite(t *testing.T) {
	onBothEngines(t, func(t *testing.T, l library) {
		s := l.serve(t)
		if _, body := s.get(t, "/policies"); strings.Contains(body, "国际商事法庭") {
			t.Fatal("the library is not empty")
		}
		work := l.fill(t, "laws", smallSet(t))[pairID]
		eventually(t, func() string {
			for _, path := range []string{"/", "/policies", "/search?q=" + url.QueryEscape("国际商事法庭")} {
				if _, body := s.get(t, path); !strings.Contains(body, fmt.Sprintf(`/works/%d`, work)) && path != "/" {
					return path + " does not show the new work"
				}
			}
			return ""
		})
		if status, body := s.get(t, "/readyz"); status != http.StatusOK {
			t.Errorf("readyz: %d %s", status, body)
		}
	})
}
