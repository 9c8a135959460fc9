package request_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"gongkai/internal/filestore"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

// stored reads what lies in the file store of a letter's files.
func (d *desk) stored(files filestore.Store, id int64) (out [][]byte) {
	d.t.Helper()
	for _, l := range d.request(id).Letters {
		for _, f := range l.Files {
			r, err := files.Open(ctx, f.SHA)
			if err != nil {
				d.t.Fatal(err)
			}
			b, err := io.ReadAll(r)
			if err != nil {
				d.t.Fatal(err)
			}
			out = append(out, b)
		}
	}
	return out
}

// Stamped letters lie sealed; those from before the step 0089 are sealed at the
// next start, once, and read as before.
func TestA28_StampedLettersLieSealed(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		files := filestore.Rows(db)
		d.room.KeepIn(files)
		id := d.review(grant)
		letter, clerk := d.request(id).Letters[0].ID, d.people["clerk"]
		fresh, old := []byte("%PDF-1.4\nfresh\n%%EOF\n"), []byte("%PDF-1.4\nfrom before\n%%EOF\n")
		if err := d.room.AddLetterFile(ctx, clerk, id, letter, request.LetterScan, "新.pdf", bytes.NewReader(fresh)); err != nil {
			t.Fatal(err)
		}
		b, err := files.Put(ctx, bytes.NewReader(old), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		if err := filestore.Register(ctx, db.Writer(), b, d.now); err != nil {
			t.Fatal(err)
		}
		d.id(`INSERT INTO request_letter_files (letter_id, kind, name, sha256, size, mime, entered_by, at) VALUES ($1, 'scan', '旧.pdf', $2, $3, 'application/pdf', 'clerk', 1) RETURNING id`, letter, b.SHA256, len(old))
		read := func() {
			t.Helper()
			q := d.request(id)
			for i, want := range [][]byte{fresh, old} {
				if _, got, err := d.room.LetterFile(ctx, clerk, q, q.Letters[0].Files[i].ID); err != nil || !bytes.Equal(got, want) {
					t.Errorf("file %d: %q %v", i, got, err)
				}
			}
		}
		read()
		for _, want := range []int{1, 0} {
			if n, err := d.room.SealFiles(ctx); err != nil || n != want {
				t.Fatalf("sealed %d, want %d: %v", n, want, err)
			}
			read()
		}
		for _, raw := range d.stored(files, id) {
			if !strings.HasPrefix(string(raw), "vault1:") || bytes.Contains(raw, []byte("%PDF")) {
				t.Errorf("it lies open: %.20q", raw)
			}
		}
		var keys int
		if err := db.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM request_letter_file_keys k JOIN request_letter_files f ON f.id = k.id WHERE k.digest <> '' AND k.seal_key <> ''`).Scan(&keys); err != nil || keys != 2 {
			t.Errorf("%d keys %v", keys, err)
		}
	})
}
