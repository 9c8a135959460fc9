// Package storetest gives every store test both engines. A test that takes a
// library database runs once on SQLite and once on PostgreSQL; a missing
// PostgreSQL is a failure, never a silent skip.
package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"gongkai/internal/store"
)

// EnvPostgres names the private PostgreSQL that `make test` starts.
const EnvPostgres = "GONGKAI_TEST_POSTGRES"

var serial atomic.Int64

// Run calls fn on a fresh, migrated database of each engine: a copy of one that
// the process migrates once.
func Run(t *testing.T, fn func(t *testing.T, db *store.DB)) {
	t.Helper()
	Ready(t, func(t *testing.T, c store.Config) {
		db, err := store.Open(context.Background(), c)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
		fn(t, db)
	})
}

// Ready calls fn with the address of a migrated library of each engine that
// holds nothing yet.
func Ready(t *testing.T, fn func(t *testing.T, c store.Config)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, store.Config{DataDir: copySQLite(t)}) })
	t.Run("postgres", func(t *testing.T) { fn(t, store.Config{URL: createPostgres(t, templatePostgres(t))}) })
}

// Each calls fn with the address of an empty place for a library of each engine,
// for tests of what makes one out of it.
func Each(t *testing.T, fn func(t *testing.T, c store.Config)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, store.Config{DataDir: t.TempDir()}) })
	t.Run("postgres", func(t *testing.T) { fn(t, store.Config{URL: FreshPostgres(t)}) })
}

// FreshPostgres makes an empty database and drops it when the test ends.
func FreshPostgres(t testing.TB) string {
	t.Helper()
	return createPostgres(t, "")
}

// createPostgres makes a database like a template, "" for an empty one, and
// drops it when the test ends.
func createPostgres(t testing.TB, template string) string {
	t.Helper()
	name := databaseName()
	admin, err := sql.Open("pgx", server(t))
	if err != nil {
		t.Fatal(err)
	}
	create := "CREATE DATABASE " + name
	if template != "" {
		create += " TEMPLATE " + template
	}
	if _, err := admin.Exec(create); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := admin.Exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
		if err := admin.Close(); err != nil {
			t.Error(err)
		}
	})
	return address(t, name)
}

// server is the address of the private PostgreSQL.
func server(t testing.TB) string {
	t.Helper()
	base := os.Getenv(EnvPostgres)
	if base == "" {
		t.Fatalf("%s is not set: run `make test`, or `scripts/with-postgres go test …`", EnvPostgres)
	}
	return base
}

func databaseName() string {
	return fmt.Sprintf("t%d_%d_%d", os.Getpid(), time.Now().UnixNano()%1e9, serial.Add(1))
}

// address is that of a database on the private server.
func address(t testing.TB, name string) string {
	t.Helper()
	u, err := url.Parse(server(t))
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}
