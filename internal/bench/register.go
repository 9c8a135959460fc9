package main

import (
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"gongkai/internal/app"
	"gongkai/internal/org"
	"gongkai/internal/workday"
)

// registerOrgans is how many organs share the cases of the register.
const registerOrgans = 12

// registerPassword signs the people of the register in; it protects nothing.
const registerPassword = "Kan-Ban-2026-Yi-Er"

// register asks for what an office looks at all day, over a register of two
// hundred thousand requests: the register itself, the board of a supervisor,
// one case, the duties of the day. Ours = SQLite, peer = PostgreSQL.
func (b *bench) register() (err error) {
	n := pick(b, 200_000, 20_000)
	b.note("register: %d requests of %d organs, one in fifty open, through the web server over one connection, medians; ours = SQLite, peer = PostgreSQL", n, registerOrgans)
	b.note("200 requests were taken through all their acts; the others repeat their rows with other numbers")
	lite := filepath.Join(b.temp, "register")
	ours, err := b.registerTimes(n, app.Config{DataDir: lite})
	if err != nil {
		return err
	}
	server := os.Getenv(postgresEnv)
	if server == "" {
		b.note("PostgreSQL not measured: %s is not set; scripts/bench starts a private server", postgresEnv)
		for _, p := range registerPages {
			b.alone("register/"+p.name, median(ours[p.name]), millis)
		}
		return nil
	}
	dsn, fsync, drop, err := freshDatabase(server)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, drop()) }()
	peer, err := b.registerTimes(n, app.Config{DataDir: filepath.Join(b.temp, "register-pg"), Database: dsn})
	if err != nil {
		return err
	}
	b.note("PostgreSQL with fsync=%s", fsync)
	for _, p := range registerPages {
		b.beside("register/"+p.name, median(ours[p.name]), median(peer[p.name]), millis)
	}
	return nil
}

// registerPages are what is asked; %d is a case.
var registerPages = []struct{ name, login, path string }{
	{"register", "supervisor", "/office/cases?kind=request"},
	{"register/late", "supervisor", "/office/cases?kind=request&class=late"},
	{"register/one-organ", "supervisor", "/office/cases?kind=request&organ=bench-3"},
	{"register/by-number", "supervisor", "/office/cases?kind=request&q=%d"},
	{"register/deep", "supervisor", "/office/cases?kind=request&after=%d"},
	{"board", "supervisor", "/office/board"},
	{"board/requests", "supervisor", "/office/board?kind=request"},
	{"case", "clerk", "/office/cases/%d"},
	{"duties", "clerk", "/office"},
}

func (b *bench) registerTimes(n int, c app.Config) (times map[string][]float64, err error) {
	began := time.Now()
	if err := b.fillRegister(n, c); err != nil {
		return nil, err
	}
	b.note("filled in %s", time.Since(began).Round(time.Second))
	var more []string
	if c.Database != "" {
		more = []string{"--database", c.Database}
	}
	s, err := b.serve(c.DataDir, more...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	people := map[string]*http.Client{}
	for _, login := range []string{"supervisor", "clerk"} {
		if people[login], err = signedIn(s.url, login); err != nil {
			return nil, err
		}
	}
	times = map[string][]float64{}
	for round := range pick(b, 15, 5) {
		for _, p := range registerPages {
			path := p.path
			if strings.Contains(path, "%d") {
				path = fmt.Sprintf(path, n-1-round*977)
			}
			at := time.Now()
			_, body, err := fetch(people[p.login], s.url+path, false)
			if err != nil {
				return nil, err
			}
			if round > 0 { // the first asks wake everything up
				times[p.name] = append(times[p.name], inMillis(time.Since(at)))
			}
			if len(body) < 2000 {
				return nil, fmt.Errorf("%s: %d bytes", path, len(body))
			}
		}
	}
	return times, nil
}

var formTokenOf = regexp.MustCompile(`name="form_token" value="([^"]+)"`)

func signedIn(base, login string) (*http.Client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	c := client(1)
	c.Jar = jar
	_, page, err := fetch(c, base+"/signin", false)
	if err != nil {
		return nil, err
	}
	token := formTokenOf.FindSubmatch(page)
	if token == nil {
		return nil, errors.New("the page of sign-in has no form")
	}
	r, err := c.PostForm(base+"/signin", url.Values{"form_token": {string(token[1])}, "login": {login}, "password": {registerPassword}})
	if err != nil {
		return nil, err
	}
	if err := r.Body.Close(); err != nil {
		return nil, err
	}
	_, home, err := fetch(c, base+"/office", false)
	if err == nil && !strings.Contains(string(home), "退出") {
		err = fmt.Errorf("%s is not signed in", login)
	}
	return c, err
}

// fillRegister makes the organs, the people and the cases.
func (b *bench) fillRegister(n int, c app.Config) (err error) {
	now := time.Now()
	a, err := app.Open(b.ctx, c, slog.New(slog.NewTextHandler(io.Discard, nil)), func() time.Time { return now })
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	err = a.DB.Tx(b.ctx, func(tx *sql.Tx) error {
		seeds := []org.Seed{{Code: "bench-root", Kind: "government", Names: []org.NamePeriod{{Name: "测试市人民政府", From: workday.MustDate("2001-01-01")}}}}
		for i := range registerOrgans {
			seeds = append(seeds, org.Seed{Code: fmt.Sprintf("bench-%d", i+1), Kind: "department", Parents: []org.ParentPeriod{{Code: "bench-root", From: workday.MustDate("2001-01-01")}}, Names: []org.NamePeriod{{Name: fmt.Sprintf("测试市第%d局", i+1), From: workday.MustDate("2001-01-01")}}})
		}
		for _, s := range seeds {
			if _, err := org.Put(b.ctx, tx, s, now); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := registerPeople(b.ctx, a); err != nil {
		return err
	}
	f := &registerFiller{ctx: b.ctx, a: a, now: &now}
	if err := f.originals(registerOriginals); err != nil {
		return err
	}
	return f.repeat(n)
}
