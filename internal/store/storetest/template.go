package storetest

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"gongkai/internal/store"
)

// A hundred migrations take longer than most tests: each process runs them once
// on either engine, and every test gets a copy of what they left.

var sqliteFiles = sync.OnceValues(func() (files map[string][]byte, err error) {
	dir, err := os.MkdirTemp("", "gongkai-template-*")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := migrate(store.Config{DataDir: dir}); err != nil {
		return nil, err
	}
	files = map[string][]byte{}
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, f := range list {
		if files[f.Name()], err = os.ReadFile(filepath.Join(dir, f.Name())); err != nil {
			return nil, err
		}
	}
	return files, nil
})

// migrate makes an empty library and closes it.
func migrate(c store.Config) error {
	db, err := store.Open(context.Background(), c)
	if err != nil {
		return err
	}
	return db.Close()
}

// copySQLite is a data folder with a migrated, empty library.
func copySQLite(t testing.TB) string {
	t.Helper()
	files, err := sqliteFiles()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, b := range files {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

var template struct {
	once sync.Once
	name string
	err  error
}

// templatePostgres names a migrated, empty database that nobody is connected to.
// It goes with the private server.
func templatePostgres(t testing.TB) string {
	t.Helper()
	base := server(t)
	template.once.Do(func() {
		template.name = databaseName()
		admin, err := sql.Open("pgx", base)
		if err == nil {
			_, err = admin.Exec("CREATE DATABASE " + template.name)
		}
		if err == nil {
			err = admin.Close()
		}
		if err == nil {
			err = migrate(store.Config{URL: address(t, template.name)})
		}
		template.err = err
	})
	if template.err != nil {
		t.Fatal(template.err)
	}
	return template.name
}
