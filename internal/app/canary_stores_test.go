package app_test

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"

	"gongkai/internal/app"
	"gongkai/internal/store"
)

// inBlobs are secrets whose bytes lie in the file store as they came, with why.
var inBlobs = map[string]string{
	"minutes": "minutes are a paper of the house about several requests",
}

// stores looks for the secrets in everything that a node keeps or says: its
// log, each column of each table, the bytes of files, the index, a backup, and
// the folders of data and index as they lie on the disk.
func (p *planting) stores(log *logged) {
	p.t.Helper()
	ctx := context.Background()
	_, err := p.CatchUp(ctx)
	p.must(err)
	none := func(where, text string) {
		p.t.Helper()
		for _, s := range p.found(text) {
			p.t.Errorf("%s holds the %s", where, s.what)
		}
	}
	none("the log", log.text())
	if !strings.Contains(log.text(), "/requests/track") {
		p.t.Error("the log tells no request: nothing was looked at")
	}
	p.columns()
	for _, sha := range p.ids(`SELECT sha256 FROM files ORDER BY sha256`) {
		r, err := p.Files.Open(ctx, sha)
		p.must(err)
		b, err := io.ReadAll(r)
		p.must(errors.Join(err, r.Close()))
		for _, s := range p.found(readable(string(b))) {
			if inBlobs[s.what] == "" {
				p.t.Errorf("a stored file holds the %s", s.what)
			}
		}
	}
	var index bytes.Buffer
	p.must(p.DumpIndex(ctx, &index))
	none("the index", index.String())
	never := func(where, text string) { // what stands nowhere in plain words
		p.t.Helper()
		for _, s := range p.found(text) {
			if s.plain == "" && inBlobs[s.what] == "" {
				p.t.Errorf("%s holds the %s", where, s.what)
			}
		}
	}
	for _, dir := range []string{p.Config.DataDir, p.Config.IndexDir} {
		if dir == "" {
			continue
		}
		p.must(filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := os.ReadFile(path)
			never("the file "+d.Name(), string(b))
			return err
		}))
	}
	file := filepath.Join(p.t.TempDir(), "backup")
	p.must(p.Backup(ctx, file))
	never("the backup", p.unpacked(file))
}

// unpacked is all that a backup holds.
func (p *planting) unpacked(file string) string {
	p.t.Helper()
	f, err := os.Open(file)
	p.must(err)
	defer f.Close()
	z, err := zstd.NewReader(f)
	p.must(err)
	defer z.Close()
	var all strings.Builder
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		p.must(err)
		b, err := io.ReadAll(t)
		p.must(err)
		all.WriteString(h.Name + "\n" + readable(string(b)) + "\n")
	}
	if !strings.Contains(all.String(), "vault1:") {
		p.t.Error("the backup holds no sealed value: nothing was looked at")
	}
	return all.String()
}

// columns looks into each column of each table.
func (p *planting) columns() {
	p.t.Helper()
	ctx := context.Background()
	list := `SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`
	if p.DB.Dialect != store.SQLite {
		list = `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY table_name`
	}
	tables, looked := p.ids(list), 0
	for _, table := range tables {
		rows, err := p.DB.Reader().QueryContext(ctx, `SELECT * FROM `+table)
		p.must(err)
		names, err := rows.Columns()
		p.must(err)
		for rows.Next() {
			cells, into := make([]any, len(names)), make([]any, len(names))
			for i := range cells {
				into[i] = &cells[i]
			}
			p.must(rows.Scan(into...))
			for i, v := range cells {
				looked++
				text := fmt.Sprint(v)
				if b, ok := v.([]byte); ok {
					text = readable(string(b))
				}
				for _, s := range p.found(text) {
					at := table + "." + names[i]
					if slices.Contains(strings.Fields(s.plain), at) || at == "file_chunks.data" && inBlobs[s.what] != "" {
						continue
					}
					p.t.Errorf("%s holds the %s", at, s.what)
				}
			}
		}
		p.must(rows.Err())
		p.must(rows.Close())
	}
	if len(tables) < 100 || looked < 10000 {
		p.t.Errorf("%d cells of %d tables looked at", looked, len(tables))
	}
}

// sealedHold says which secrets the sealed columns of a library hold.
func (p *planting) sealedHold() map[string]string {
	p.t.Helper()
	ctx, out := context.Background(), map[string]string{}
	for _, c := range app.SealedColumns() {
		at := c.Table + "." + c.Column
		out[at] = ""
		for after := int64(0); ; {
			rows, err := c.Rows(ctx, p.DB.Reader(), "-", after, 100)
			p.must(err)
			if len(rows) == 0 {
				break
			}
			for _, r := range rows {
				after = r.ID
				plain, err := p.Vault.Open(ctx, placeIn(c.Table, c.Column, r.ID), r.Value)
				p.must(err)
				for _, s := range p.found(readable(plain)) {
					out[at] += s.what + "\n"
				}
			}
		}
	}
	return out
}
