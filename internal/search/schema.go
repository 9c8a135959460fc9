package search

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// schemaVersion changes with the tables below; an index of another version is
// built anew, because everything in it comes from the publication log.
const schemaVersion = 4

// pieceBits is the share of a piece's number in its row id: row = edition <<
// pieceBits | position, so that the pieces of an edition are one range of rows.
const pieceBits = 14

// Tables. names holds the keys of exact answers. The texts stand as they were
// written in pieces. segments and words are where each word stands, as package
// posting writes it: texts are the editions of a segment, gone how many of them
// were removed since, size the bytes of its words.
var schema = []string{
	`CREATE TABLE state (
		id       INTEGER PRIMARY KEY CHECK (id = 1),
		schema   INTEGER NOT NULL,
		analyser INTEGER NOT NULL,
		seq      INTEGER NOT NULL,
		gen      INTEGER NOT NULL,
		base     INTEGER NOT NULL,
		mark     TEXT NOT NULL,
		dirty    INTEGER NOT NULL
	)`,
	`CREATE TABLE works (
		work    INTEGER PRIMARY KEY,
		gen     INTEGER NOT NULL,
		removed INTEGER NOT NULL,
		spans   TEXT NOT NULL
	)`,
	`CREATE INDEX works_gen ON works (gen)`,
	`CREATE TABLE editions (
		id          INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again: segments name it
		work        INTEGER NOT NULL,
		label       INTEGER NOT NULL,
		digest      TEXT NOT NULL,
		external_id TEXT NOT NULL,
		title       TEXT NOT NULL,
		short_title TEXT NOT NULL,
		doc_no      TEXT NOT NULL,
		kind        TEXT NOT NULL,
		region      TEXT NOT NULL,
		organ       TEXT NOT NULL,
		date        TEXT NOT NULL,
		sizes       BLOB NOT NULL,
		segment     INTEGER NOT NULL,
		UNIQUE (work, label)
	)`,
	`CREATE INDEX editions_segment ON editions (segment)`,
	`CREATE TABLE names (
		key     TEXT NOT NULL,
		what    INTEGER NOT NULL,
		edition INTEGER NOT NULL,
		PRIMARY KEY (key, what, edition)
	) WITHOUT ROWID`,
	`CREATE INDEX names_edition ON names (edition)`,
	`CREATE TABLE pieces (
		id      INTEGER PRIMARY KEY,
		path    TEXT NOT NULL,
		label   TEXT NOT NULL,
		heading TEXT NOT NULL,
		text    TEXT NOT NULL
	)`,
	// learned ties pieces to what lay questions taught (data/NOTICE.md).
	`CREATE TABLE learned (
		piece INTEGER PRIMARY KEY,
		slot  INTEGER NOT NULL
	)`,
	`CREATE TABLE segments (
		id    INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again: lists are kept by it
		texts INTEGER NOT NULL,
		gone  INTEGER NOT NULL,
		size  INTEGER NOT NULL,
		units BLOB NOT NULL
	)`,
	`CREATE TABLE words (
		segment INTEGER NOT NULL,
		word    TEXT NOT NULL,
		titles  BLOB,
		bodies  BLOB,
		PRIMARY KEY (segment, word)
	) WITHOUT ROWID`,
}

// state is the one row that tells what an index holds. gen counts commits,
// base is the gen of the last reset. mark is that of the source's history up to
// seq. dirty is set when words were erased that the files may still hold.
type state struct {
	schema, analyser int
	seq, gen, base   int64
	mark             string
	dirty            bool
}

const stateRow = `SELECT schema, analyser, seq, gen, base, mark, dirty FROM state WHERE id = 1`

func readState(ctx context.Context, tx *sql.Tx) (state, error) {
	return scanState(tx.QueryRowContext(ctx, stateRow))
}

func scanState(row *sql.Row) (s state, err error) {
	err = row.Scan(&s.schema, &s.analyser, &s.seq, &s.gen, &s.base, &s.mark, &s.dirty)
	return s, err
}

// prepare makes the tables when they are missing or of another version.
func prepare(ctx context.Context, tx *sql.Tx) error {
	var n int
	err := tx.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema WHERE name = 'state'`).Scan(&n)
	if err != nil {
		return err
	}
	if n == 0 {
		return reset(ctx, tx, 0)
	}
	var schema, analyser int64
	if err := tx.QueryRowContext(ctx, `SELECT schema, analyser FROM state WHERE id = 1`).Scan(&schema, &analyser); err != nil {
		return err
	}
	if schema == schemaVersion && analyser == analyserState() {
		return nil
	}
	var gen int64
	if err := tx.QueryRowContext(ctx, `SELECT gen FROM state WHERE id = 1`).Scan(&gen); err != nil {
		return err
	}
	return reset(ctx, tx, gen)
}

// reset drops every table and makes empty ones at sequence 0. gen goes on, so
// that another process that has the file open notices.
func reset(ctx context.Context, tx *sql.Tx, gen int64) error {
	virtual, plain, err := tableNames(ctx, tx)
	if err != nil {
		return err
	}
	for _, name := range append(virtual, plain...) {
		// Dropping a virtual table takes its shadow tables along.
		if _, err := tx.ExecContext(ctx, `DROP TABLE IF EXISTS "`+strings.ReplaceAll(name, `"`, `""`)+`"`); err != nil {
			return fmt.Errorf("drop %s: %w", name, err)
		}
	}
	for _, stmt := range schema {
		if _, err := tx.ExecContext(ctx, stmt); err != nil {
			return fmt.Errorf("schema: %w", err)
		}
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO state (id, schema, analyser, seq, gen, base, mark, dirty) VALUES (1, $1, $2, 0, $3, $3, '', 0)`,
		schemaVersion, analyserState(), gen+1)
	return err
}

func tableNames(ctx context.Context, tx *sql.Tx) (virtual, plain []string, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT name, sql LIKE 'CREATE VIRTUAL%' FROM sqlite_schema
		WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'`)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var v bool
		if err := rows.Scan(&name, &v); err != nil {
			return nil, nil, err
		}
		if v {
			virtual = append(virtual, name)
		} else {
			plain = append(plain, name)
		}
	}
	// Shadow tables vanish with their virtual table, which is dropped first.
	own := plain[:0]
	for _, p := range plain {
		if !shadow(p, virtual) {
			own = append(own, p)
		}
	}
	return virtual, own, rows.Err()
}

func shadow(name string, virtual []string) bool {
	for _, v := range virtual {
		if strings.HasPrefix(name, v+"_") {
			return true
		}
	}
	return false
}

// analyserState is the version of the analyser and of the learned data.
func analyserState() int64 { return analyserVersion<<32 | int64(lay().sum) }
