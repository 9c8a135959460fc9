package main

import (
	"context"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"gongkai/internal/zh"
)

// postgresURL is where the comparison server is; scripts/with-postgres sets it.
const postgresURL = "GONGKAI_TEST_POSTGRES"

// postgres is PostgreSQL text search over our terms.
type postgres struct{ pool *pgxpool.Pool }

func openPostgres(ctx context.Context, _ string) (engine, error) {
	pool, err := pgxpool.New(ctx, os.Getenv(postgresURL))
	if err != nil {
		return nil, err
	}
	for _, stmt := range []string{
		`DROP TABLE IF EXISTS searchbench`,
		`CREATE TABLE searchbench (id BIGINT PRIMARY KEY, title TEXT NOT NULL, body TEXT NOT NULL, terms TSVECTOR NOT NULL)`,
		`DROP TABLE IF EXISTS searchbench_in`,
		`CREATE UNLOGGED TABLE searchbench_in (id BIGINT, title TEXT, body TEXT, terms TEXT[])`,
	} {
		if _, err := pool.Exec(ctx, stmt); err != nil {
			return nil, err
		}
	}
	return &postgres{pool}, nil
}

// build copies the rows in and indexes them afterwards, the fastest way there is.
func (p *postgres) build(ctx context.Context, c *corpus) error {
	i := -1
	rows := pgx.CopyFromFunc(func() ([]any, error) {
		if i++; i == c.n {
			return nil, nil
		}
		d := c.at(i)
		return []any{int64(i), d.title, d.text, zh.Terms(d.title + "\n" + d.text)}, nil
	})
	if _, err := p.pool.CopyFrom(ctx, pgx.Identifier{"searchbench_in"}, []string{"id", "title", "body", "terms"}, rows); err != nil {
		return err
	}
	for _, stmt := range []string{
		`INSERT INTO searchbench (id, title, body, terms) SELECT id, title, body, array_to_tsvector(terms) FROM searchbench_in`,
		`DROP TABLE searchbench_in`,
		`CREATE INDEX searchbench_terms ON searchbench USING GIN (terms)`,
		`VACUUM ANALYZE searchbench`,
	} {
		if _, err := p.pool.Exec(ctx, stmt); err != nil {
			return err
		}
	}
	return nil
}

func (p *postgres) ask(ctx context.Context, words []string) (int, error) {
	var terms []string
	for _, w := range words {
		terms = append(terms, zh.Terms(w)...)
	}
	slices.Sort(terms)
	terms = slices.Compact(terms)
	for i, t := range terms {
		terms[i] = "'" + strings.ReplaceAll(t, "'", "''") + "'"
	}
	rows, err := p.pool.Query(ctx, `SELECT id, title, count(*) OVER () FROM searchbench, CAST($1 AS tsquery) AS q
		WHERE terms @@ q ORDER BY ts_rank(terms, q) DESC, id LIMIT 10`, strings.Join(terms, " & "))
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	total := 0
	for rows.Next() {
		var id int64
		var title string
		if err := rows.Scan(&id, &title, &total); err != nil {
			return 0, err
		}
	}
	return total, rows.Err()
}

// size is the table (it carries text and terms, as ours does) with its indexes.
func (p *postgres) size(ctx context.Context) (n int64, err error) {
	err = p.pool.QueryRow(ctx, `SELECT pg_total_relation_size('searchbench')`).Scan(&n)
	return n, err
}

// memory is that of the server and all its processes.
func (p *postgres) memory(ctx context.Context) (total int64, err error) {
	err = p.each(ctx, func(pid string) error {
		n, err := resident(pid)
		total += n
		return err
	})
	return total, err
}

// used is the time of the server, all its processes and this one.
func (p *postgres) used(ctx context.Context) (total time.Duration, err error) {
	if total, err = own(); err != nil {
		return 0, err
	}
	err = p.each(ctx, func(pid string) error {
		t, err := ticks(pid)
		total += t
		return err
	})
	return total, err
}

// each calls fn for the server and its processes.
func (p *postgres) each(ctx context.Context, fn func(pid string) error) error {
	var backend int
	if err := p.pool.QueryRow(ctx, `SELECT pg_backend_pid()`).Scan(&backend); err != nil {
		return err
	}
	server, err := parent(strconv.Itoa(backend))
	if err != nil {
		return err
	}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return err
	}
	for _, e := range entries {
		if _, err := strconv.Atoi(e.Name()); err != nil {
			continue
		}
		above, err := parent(e.Name())
		if err != nil || above != server && e.Name() != server {
			continue // a process that has ended, or another one's
		}
		if err := fn(e.Name()); err != nil {
			return err
		}
	}
	return nil
}

func (p *postgres) close(ctx context.Context) error {
	_, err := p.pool.Exec(ctx, `DROP TABLE searchbench`)
	p.pool.Close()
	return err
}
