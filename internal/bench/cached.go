package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// pageSize is what a work page is meant to weigh, in bytes.
const pageSize = 30_000

// sample is a work page of about pageSize with the headers it comes with.
type sample struct {
	path   string
	header http.Header // of the gzip answer
	raw    []byte
	gz     []byte
}

// findPage takes the work page next to pageSize among the first works.
func findPage(base string) (best sample, err error) {
	c := client(1)
	for id := range 400 {
		path := fmt.Sprintf("/works/%d", id+1)
		_, raw, err := fetch(c, base+path, false)
		if err != nil {
			return best, err
		}
		if best.raw == nil || abs(len(raw)-pageSize) < abs(len(best.raw)-pageSize) {
			best.path, best.raw = path, raw
		}
	}
	best.header, best.gz, err = fetch(c, base+best.path, true)
	if err == nil && best.header.Get("Content-Encoding") != "gzip" {
		err = errors.New("the page does not come compressed")
	}
	return best, err
}

func abs(n int) int { return max(n, -n) }

// cachedPage sets a page from our cache beside the same bytes as a file from
// Debian's nginx: same body, same headers, same load, one after the other in
// short rounds on the same cores.
func (b *bench) cachedPage() (err error) {
	if err := b.needLaws(); err != nil {
		return err
	}
	ours, err := b.serve(b.laws)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ours.stop()) }()
	quiet, err := b.serve(b.laws, "--log-level", "error")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, quiet.stop()) }()
	page, err := findPage(ours.url)
	if err != nil {
		return err
	}
	if _, _, err := fetch(client(1), quiet.url+page.path, true); err != nil {
		return err
	}
	peer, err := b.nginx(page, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, peer.stop()) }()
	silent, err := b.nginx(page, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, silent.stop()) }()
	rounds, each := pick(b, 5, 2), time.Duration(pick(b, 4, 2))*time.Second
	b.note("cached page: work page of %d bytes, %d as gzip; peer %s, worker_processes auto, sendfile, gzip_static, same headers", len(page.raw), len(page.gz), nginxVersion())
	b.note("wrk -t1 -c%d, %d rounds of %s each in turn, medians; both write a line a request to a log file, except where no-log", connections, rounds, each)
	for _, m := range []struct {
		name       string
		ours, peer *server
		gzip       bool
	}{
		{"cached-page/identity", ours, peer, false},
		{"cached-page/gzip", ours, peer, true},
		{"cached-page/gzip/no-log", quiet, silent, true},
	} {
		sides := [2]side{{m.ours, page.path}, {m.peer, "/page.html"}}
		if err := b.duel(m.name, sides, m.gzip, rounds, each); err != nil {
			return err
		}
	}
	return nil
}

// side is one of two servers that answer the same question.
type side struct {
	server *server
	path   string
}

// duel asks two servers in turn and prints the medians: requests a second, the
// 99th percentile of the waits, and processor time a request, which holds
// even while other work shares the machine.
func (b *bench) duel(name string, sides [2]side, gzip bool, rounds int, each time.Duration) error {
	var rates, lates, costs [2][]float64
	for _, s := range sides { // warm up
		if _, err := b.wrk(s.server.url+s.path, gzip, time.Second); err != nil {
			return err
		}
	}
	for range rounds {
		for i, s := range sides {
			before, err := cpuTime(s.server.cmd.Process.Pid)
			if err != nil {
				return err
			}
			l, err := b.wrk(s.server.url+s.path, gzip, each)
			if err != nil {
				return err
			}
			after, err := cpuTime(s.server.cmd.Process.Pid)
			if err != nil {
				return err
			}
			rates[i], lates[i] = append(rates[i], l.rate), append(lates[i], l.p99)
			costs[i] = append(costs[i], 1e6*(after-before)/l.count)
		}
	}
	b.beside(name, median(rates[0]), median(rates[1]), perSecond)
	b.beside(name+"/p99", median(lates[0]), median(lates[1]), millis)
	b.beside(name+"/cpu", median(costs[0]), median(costs[1]), micros)
	return nil
}

func nginxVersion() string {
	out, err := exec.Command("nginx", "-v").CombinedOutput()
	if err != nil {
		return "nginx"
	}
	return strings.TrimSpace(strings.TrimPrefix(string(out), "nginx version: "))
}

// nginx serves the sample as a file. The settings are those of Debian's
// nginx.conf, but no connection is closed after a number of requests.
func (b *bench) nginx(page sample, logging bool) (*server, error) {
	if _, err := exec.LookPath("nginx"); err != nil {
		return nil, errors.New("nginx is missing: run scripts/bench, which installs it")
	}
	dir, err := os.MkdirTemp(b.temp, "nginx-")
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	for name, content := range map[string][]byte{
		"root/page.html": page.raw, "root/page.html.gz": page.gz, "nginx.conf": []byte(nginxConf(dir, port, page.header, logging)),
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			return nil, err
		}
	}
	if err := openTo(b.temp, dir); err != nil {
		return nil, err
	}
	s, err := b.start(port, "/page.html", 10*time.Second, "nginx", "-c", filepath.Join(dir, "nginx.conf"), "-p", dir, "-e", filepath.Join(dir, "error.log"))
	if err != nil {
		return nil, err
	}
	for _, gzip := range []bool{false, true} {
		h, body, err := fetch(client(1), s.url+"/page.html", gzip)
		if err == nil && string(body) != string(map[bool][]byte{false: page.raw, true: page.gz}[gzip]) {
			err = fmt.Errorf("nginx sends %d bytes that are not ours (%s)", len(body), h.Get("Content-Encoding"))
		}
		if err != nil {
			return nil, errors.Join(err, s.stop())
		}
	}
	return s, nil
}

// openTo lets the workers, which do not run as root, reach the files.
func openTo(dirs ...string) error {
	for _, d := range dirs {
		if err := os.Chmod(d, 0o755); err != nil {
			return err
		}
	}
	return nil
}

func nginxConf(dir string, port int, header http.Header, logging bool) string {
	var c strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&c, format+"\n", args...) }
	if u, err := user.Current(); err == nil && u.Uid == "0" {
		line("user www-data;")
	}
	line("worker_processes auto;\ndaemon off;\npid %s/pid;\nevents { worker_connections 768; }", dir)
	line("http {\n  sendfile on; tcp_nopush on; types_hash_max_size 2048; default_type application/octet-stream;")
	line("  types { text/html html; }\n  charset utf-8;\n  gzip on; gzip_static on; gzip_vary on;\n  keepalive_timeout 65; keepalive_requests 1000000000;")
	for _, t := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		line("  %s_temp_path %s/%s;", t, dir, t)
	}
	if logging {
		line("  access_log %s/access.log;", dir)
	} else {
		line("  access_log off;")
	}
	line("  server {\n    listen 127.0.0.1:%d;\n    root %s/root;", port, dir)
	for _, name := range sortedNames(header) {
		switch name {
		case "Content-Length", "Content-Type", "Content-Encoding", "Date", "Etag", "Vary", "Last-Modified":
			continue // its own
		case "X-Request-Id":
			line("    add_header X-Request-Id $request_id;")
			continue
		}
		line("    add_header %s %q;", name, header.Get(name))
	}
	line("  }\n}")
	return c.String()
}

func sortedNames(h http.Header) []string {
	names := make([]string, 0, len(h))
	for n := range h {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}
