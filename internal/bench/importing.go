package main

import (
	"bufio"
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // driver "pgx"

	"gongkai/internal/testcity"
)

// postgresEnv names the private server that scripts/with-postgres starts.
const postgresEnv = "GONGKAI_TEST_POSTGRES"

// importing times the command from an empty library to the last document, on
// both engines, and keeps the SQLite library for the next groups.
func (b *bench) importing() error {
	file, n, err := b.lawFile()
	if err != nil {
		return err
	}
	b.note("import: %d documents of the law collection into an empty library, by `import documents --state published`; peer of PostgreSQL = SQLite", n)
	b.laws = filepath.Join(b.temp, "laws")
	lite, err := b.timeImport(file, n, "--data", b.laws)
	if err != nil {
		return err
	}
	b.alone("import/sqlite", lite, perSecond)
	if err := b.index(b.laws); err != nil {
		return err
	}
	server := os.Getenv(postgresEnv)
	if server == "" {
		b.note("import/postgres not measured: %s is not set; scripts/bench starts a private server", postgresEnv)
		return nil
	}
	dsn, fsync, drop, err := freshDatabase(server)
	if err != nil {
		return err
	}
	pg, err := b.timeImport(file, n, "--database", dsn)
	if err = errors.Join(err, drop()); err != nil {
		return err
	}
	b.beside("import/postgres(fsync="+fsync+")", pg, lite, perSecond)
	return nil
}

// needLaws imports the law collection when no earlier group has.
func (b *bench) needLaws() error {
	if b.laws != "" {
		return nil
	}
	file, n, err := b.lawFile()
	if err != nil {
		return err
	}
	b.laws = filepath.Join(b.temp, "laws")
	if _, err := b.timeImport(file, n, "--data", b.laws); err != nil {
		return err
	}
	return b.index(b.laws)
}

// index brings a library's search index up to date, so that no server does it
// while it is measured. A search does so before it answers.
func (b *bench) index(data string) error {
	_, err := b.product("search", "政府信息", "--data", data, "--log-level", "error")
	return err
}

// lawFile writes the law collection as the JSONL that users import, in a quick
// run its first part.
func (b *bench) lawFile() (file string, n int, err error) {
	file = filepath.Join(b.temp, "laws.jsonl")
	limit := pick(b, testcity.Laws.Editions, 800)
	n, err = writeLines(file, func(put func(testcity.Document) error) error {
		docs, err := lawTexts()
		if err != nil {
			return err
		}
		for _, d := range docs[:min(limit, len(docs))] {
			d.Columns = nil // the columns of the story city are not there
			if err := put(d); err != nil {
				return err
			}
		}
		return nil
	})
	return file, n, err
}

// lawTexts is the law collection, which stands last among what is shipped.
func lawTexts() (docs []testcity.Document, err error) {
	skip := testcity.Total.Editions - testcity.Laws.Editions
	err = testcity.Each(func(d testcity.Document) error {
		if skip--; skip < 0 {
			docs = append(docs, d)
		}
		return nil
	})
	return docs, err
}

// writeLines writes documents one a line and counts them.
func writeLines(file string, each func(put func(testcity.Document) error) error) (n int, err error) {
	f, err := os.Create(file)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriterSize(f, 1<<20)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	if err := each(func(d testcity.Document) error { n++; return e.Encode(d) }); err != nil {
		return n, err
	}
	return n, w.Flush()
}

// timeImport imports a file of n documents and gives documents a second.
func (b *bench) timeImport(file string, n int, library ...string) (float64, error) {
	args := append([]string{"import", "documents", file, "--source", "bench", "--state", "published", "--log-level", "error"}, library...)
	began := time.Now()
	out, err := b.product(args...)
	if err != nil {
		return 0, err
	}
	took := time.Since(began)
	return float64(n) / took.Seconds(), checkSummary(out, n)
}

// product runs a command of the product and gives its standard output.
func (b *bench) product(args ...string) ([]byte, error) {
	var out, errs bytes.Buffer
	c := exec.CommandContext(b.ctx, b.bin, args...)
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil {
		said := errs.String()
		return nil, fmt.Errorf("gongkai %s: %w\n%s", strings.Join(args[:min(2, len(args))], " "), err, said[max(0, len(said)-2000):])
	}
	return out.Bytes(), nil
}

// checkSummary reads the last line of an import: all were created, or the
// figure would flatter.
func checkSummary(out []byte, n int) error {
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	var sum struct{ Read, Created, Failed int }
	if err := json.Unmarshal(lines[len(lines)-1], &sum); err != nil {
		return fmt.Errorf("the last line of the import is no summary: %w", err)
	}
	if sum.Read != n || sum.Created != n || sum.Failed != 0 {
		return fmt.Errorf("of %d documents %d were read, %d created, %d failed", n, sum.Read, sum.Created, sum.Failed)
	}
	return nil
}

// freshDatabase makes an empty database on the server and tells whether the
// server waits for the disk.
func freshDatabase(server string) (dsn, fsync string, drop func() error, err error) {
	db, err := sql.Open("pgx", server)
	if err != nil {
		return "", "", nil, err
	}
	name := fmt.Sprintf("bench_%d", os.Getpid())
	if err := db.QueryRow(`SHOW fsync`).Scan(&fsync); err != nil {
		return "", "", nil, errors.Join(err, db.Close())
	}
	if _, err := db.Exec(`CREATE DATABASE ` + name); err != nil {
		return "", "", nil, errors.Join(err, db.Close())
	}
	u, err := url.Parse(server)
	if err != nil {
		return "", "", nil, errors.Join(err, db.Close())
	}
	u.Path = "/" + name
	return u.String(), fsync, func() error {
		_, err := db.Exec(`DROP DATABASE ` + name + ` WITH (FORCE)`)
		return errors.Join(err, db.Close())
	}, nil
}
