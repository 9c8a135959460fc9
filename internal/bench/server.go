package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// server is a running program that answers on loopback.
type server struct {
	cmd  *exec.Cmd
	url  string // http://127.0.0.1:port
	log  *os.File
	done chan error
}

// freePort finds a port nobody uses now; the server takes it at once.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

// start runs a program and waits until path answers with 200.
func (b *bench) start(port int, path string, wait time.Duration, name string, args ...string) (s *server, err error) {
	s = &server{url: fmt.Sprintf("http://127.0.0.1:%d", port), done: make(chan error, 1)}
	if s.log, err = os.CreateTemp(b.temp, "server-*.log"); err != nil {
		return nil, err
	}
	s.cmd = exec.Command(name, args...) // stop ends it, so that it ends in its own way
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	if err := s.cmd.Start(); err != nil {
		return nil, errors.Join(err, s.log.Close())
	}
	go func() { s.done <- s.cmd.Wait() }()
	if err := s.await(b.ctx, path, wait); err != nil {
		said, readErr := os.ReadFile(s.log.Name())
		return nil, errors.Join(fmt.Errorf("%s: %w\n%s", filepath.Base(name), err, said[max(0, len(said)-2000):]), readErr, s.stop())
	}
	return s, nil
}

func (s *server) await(ctx context.Context, path string, wait time.Duration) error {
	last := errors.New("no answer")
	for end := time.Now().Add(wait); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		select {
		case err := <-s.done:
			s.done <- err
			return fmt.Errorf("ended at once: %v", err)
		case <-ctx.Done():
			return ctx.Err()
		default:
		}
		r, err := http.Get(s.url + path)
		if err != nil {
			last = err
			continue
		}
		body, err := io.ReadAll(r.Body)
		if err := errors.Join(err, r.Body.Close()); err != nil {
			return err
		}
		if r.StatusCode == http.StatusOK {
			return nil
		}
		last = fmt.Errorf("%s: %s %s", path, r.Status, body[:min(len(body), 200)])
	}
	return last
}

// stop asks the program to end, and kills it when it does not.
func (s *server) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return errors.Join(err, s.log.Close())
	}
	select {
	case <-s.done:
		return s.log.Close()
	case <-time.After(20 * time.Second):
		err := s.cmd.Process.Kill()
		<-s.done
		return errors.Join(errors.New("had to be killed"), err, s.log.Close())
	}
}

// serve runs the product over a library until its index has caught up.
func (b *bench) serve(data string, args ...string) (*server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	return b.start(port, "/readyz", 20*time.Minute, b.bin,
		append([]string{"serve", "--data", data, "--addr", fmt.Sprintf("127.0.0.1:%d", port)}, args...)...)
}

// client keeps its connections, as a reader's browser and a proxy do.
func client(connections int) *http.Client {
	return &http.Client{
		Timeout:       2 * time.Minute,
		Transport:     &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// fetch gets a page; anything but 200 is an error.
func fetch(c *http.Client, url string, gzip bool) (http.Header, []byte, error) {
	q, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return nil, nil, err
	}
	if gzip {
		q.Header.Set("Accept-Encoding", "gzip")
	}
	r, err := c.Do(q)
	if err != nil {
		return nil, nil, err
	}
	body, err := io.ReadAll(r.Body)
	if err = errors.Join(err, r.Body.Close()); err != nil {
		return nil, nil, err
	}
	if r.StatusCode != http.StatusOK {
		return nil, nil, fmt.Errorf("%s: %s", url, r.Status)
	}
	return r.Header, body, nil
}
