package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"gongkai/internal/store/storetest"
)

// Exit codes of design section 5.
const (
	exitDone    = 0
	exitRefused = 1
	exitUsage   = 2
)

// patience bounds a single command on a slow, busy machine.
const patience = 5 * time.Minute

// library is where a command keeps its data: a folder, or a database with a
// folder for the index of this node.
type library struct {
	engine string
	data   string // folder of SQLite and files
	dsn    string // address of PostgreSQL
	index  string
}

// flags are the options that name the library.
func (l library) flags() []string {
	if l.dsn != "" {
		return []string{"--database", l.dsn, "--index", l.index}
	}
	return []string{"--data", l.data}
}

// newLibrary names an empty library of an engine.
func newLibrary(t testing.TB, engine string) library {
	t.Helper()
	l := library{engine: engine}
	if engine == "postgres" {
		l.dsn, l.index = storetest.FreshPostgres(t), t.TempDir()
		return l
	}
	l.data = t.TempDir()
	return l
}

// onBothEngines runs a proof on an empty library of each engine.
func onBothEngines(t *testing.T, fn func(t *testing.T, l library)) {
	t.Helper()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) { fn(t, newLibrary(t, engine)) })
	}
}

// result is what a finished command left behind.
type result struct {
	args   []string
	code   int
	stdout []byte
	stderr []byte
	peak   int64 // most memory the process held, in bytes
}

// gongkai runs a command to its end.
func gongkai(t testing.TB, args ...string) result {
	t.Helper()
	return gongkaiIn(t, nil, args...)
}

// gongkaiIn is gongkai with changes of the environment and the command.
func gongkaiIn(t testing.TB, change func(c *exec.Cmd), args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c := exec.CommandContext(ctx, binary, args...)
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	if change != nil {
		change(c)
	}
	err := c.Start()
	peak := make(chan int64, 1)
	if err == nil {
		done := make(chan struct{})
		go func() { peak <- watchMemory(c.Process.Pid, done) }()
		err = c.Wait()
		close(done)
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || ctx.Err() != nil {
		t.Fatalf("gongkai %s: %v\n%s", strings.Join(args, " "), errors.Join(err, ctx.Err()), errs.Bytes())
	}
	return result{args: args, code: c.ProcessState.ExitCode(), stdout: out.Bytes(), stderr: errs.Bytes(), peak: <-peak}
}

// watchMemory reads the most memory that a process has held, in bytes, until
// it ends. What the kernel reports at the end counts the parent's memory too.
func watchMemory(pid int, done <-chan struct{}) (peak int64) {
	for {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		if _, after, found := strings.Cut(string(b), "VmHWM:"); err == nil && found {
			if kb, err := strconv.ParseInt(strings.Fields(after)[0], 10, 64); err == nil {
				peak = max(peak, kb<<10)
			}
		}
		select {
		case <-done:
			return peak
		case <-time.After(3 * time.Millisecond):
		}
	}
}

// run runs a command on a library; the library's flags stand after the command.
func (l library) run(t testing.TB, args ...string) result {
	t.Helper()
	return gongkai(t, append(args, l.flags()...)...)
}

// must runs a command on a library and expects success.
func (l library) must(t testing.TB, args ...string) result {
	t.Helper()
	r := l.run(t, args...)
	r.wantCode(t, exitDone)
	return r
}

func (r result) wantCode(t testing.TB, code int) {
	t.Helper()
	if r.code != code {
		t.Fatalf("gongkai %s: exit %d, want %d\nstdout: %s\nstderr: %s", strings.Join(r.args, " "), r.code, code, head(r.stdout), head(r.stderr))
	}
}

// head is the beginning of a long output.
func head(b []byte) string {
	if len(b) > 3000 {
		return string(b[:3000]) + "…"
	}
	return string(b)
}

// rows decodes standard output: one JSON object a line.
func rows[T any](t testing.TB, r result) []T {
	t.Helper()
	var list []T
	for d := json.NewDecoder(bytes.NewReader(r.stdout)); ; {
		var v T
		if err := d.Decode(&v); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatalf("gongkai %s: standard output is not JSON lines: %v\n%s", strings.Join(r.args, " "), err, head(r.stdout))
		}
		list = append(list, v)
	}
}

// row decodes the only line of standard output.
func row[T any](t testing.TB, r result) T {
	t.Helper()
	list := rows[T](t, r)
	if len(list) != 1 {
		t.Fatalf("gongkai %s: %d lines, want one\n%s", strings.Join(r.args, " "), len(list), head(r.stdout))
	}
	return list[0]
}

// server is a running node.
type server struct {
	url   string
	cmd   *exec.Cmd
	done  chan struct{} // closed when the process has ended
	ended error         // of Wait; read it after done

	mu  sync.Mutex
	log bytes.Buffer
	out bytes.Buffer
}

// writeTo collects a stream of the process under the server's lock.
type writeTo struct {
	s *server
	b *bytes.Buffer
}

func (w writeTo) Write(p []byte) (int, error) {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	return w.b.Write(p)
}

// logged is what the node has written to standard error so far.
func (s *server) logged() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

// printed is what the node has written to standard output so far.
func (s *server) printed() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.String()
}

// freePort finds a port that nobody holds on this machine.
func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// launch starts a node on the loopback and waits until it answers the probe.
// Give %PORT% where the port belongs. The caller stops it.
func launch(t testing.TB, probe string, args ...string) *server {
	t.Helper()
	for attempt := 1; ; attempt++ {
		s, early := tryLaunch(t, probe, args)
		if early == "" {
			return s
		}
		// Another process may have taken the port since it was free.
		if attempt == 3 || !strings.Contains(early, "端口") {
			t.Fatalf("gongkai %s ended at once:\n%s", strings.Join(args, " "), early)
		}
	}
}

func tryLaunch(t testing.TB, probe string, args []string) (s *server, early string) {
	t.Helper()
	port := strconv.Itoa(freePort(t))
	full := make([]string, len(args))
	for i, a := range args {
		full[i] = strings.ReplaceAll(a, "%PORT%", port)
	}
	s = &server{url: "http://127.0.0.1:" + port, cmd: exec.Command(binary, full...), done: make(chan struct{})}
	s.cmd.Stdout, s.cmd.Stderr = writeTo{s, &s.out}, writeTo{s, &s.log}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		s.ended = s.cmd.Wait()
		close(s.done)
	}()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		select {
		case <-s.done:
			return nil, s.logged()
		default:
		}
		r, err := http.Get(s.url + probe)
		if err != nil {
			continue
		}
		r.Body.Close()
		if r.StatusCode == http.StatusOK {
			return s, ""
		}
	}
	s.kill()
	t.Fatalf("gongkai %s did not answer %s within a minute:\n%s", strings.Join(full, " "), probe, head([]byte(s.logged())))
	return nil, ""
}

// serve starts a node on a library and stops it when the test ends.
func (l library) serve(t testing.TB, more ...string) *server {
	t.Helper()
	s := launch(t, "/readyz", append(append([]string{"serve", "--addr", "127.0.0.1:%PORT%"}, l.flags()...), more...)...)
	t.Cleanup(func() { s.stop(t) })
	return s
}

// stop ends a node as a service manager does and expects a clean exit.
func (s *server) stop(t testing.TB) {
	t.Helper()
	if s.gone() {
		return
	}
	s.terminate(t)
	select {
	case <-s.done:
		if s.ended != nil {
			t.Errorf("the node did not stop cleanly: %v\n%s", s.ended, tail(s.logged()))
		}
	case <-time.After(time.Minute):
		s.kill()
		t.Errorf("the node did not stop within a minute of SIGTERM:\n%s", tail(s.logged()))
	}
}

// terminate asks a node to stop.
func (s *server) terminate(t testing.TB) {
	t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
}

// gone reports that the process has ended.
func (s *server) gone() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}

// kill ends a process without any warning, as a power cut does.
func (s *server) kill() {
	_ = s.cmd.Process.Kill() // it may have ended by itself
	<-s.done
}

func tail(s string) string {
	if len(s) > 3000 {
		return "…" + s[len(s)-3000:]
	}
	return s
}
