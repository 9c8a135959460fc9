package request_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/filestore"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

// guardDog is a virus scanner in the test's hand.
type guardDog struct{ down bool }

func (g *guardDog) Scan(_ context.Context, r io.Reader) (string, error) {
	b, err := io.ReadAll(r)
	switch {
	case err != nil:
		return "", err
	case g.down:
		return "", errors.New("nobody listens")
	case bytes.Contains(b, []byte("EICAR-LIKE-TEST")):
		return "Test.Signature", nil
	}
	return "", nil
}

func TestMaterial_TheScannerSeesThePlainBytesAndFailsClosed(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d, files := fileDesk(t, db)
		dog := &guardDog{}
		d.room.KeepMaterials(request.MaterialDeps{Store: filestore.Scanned(files, dog)})
		id := d.gather()
		count := func() (n int) { d.fine(files.Walk(ctx, func(filestore.Stored) error { n++; return nil })); return n }
		take := func(words string) error {
			_, err := d.room.AddMaterial(ctx, d.people["clerk"], id, request.NewMaterial{Name: "说明.txt", Origin: "档案室"}, []byte(words))
			return err
		}
		if err := take("EICAR-LIKE-TEST 毒"); fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Text(err), "查出病毒") {
			t.Fatalf("a virus: %v", err)
		}
		dog.down = true
		if err := take("干净的文件"); fault.KindOf(err) != fault.Unavailable {
			t.Fatalf("no scanner: %v", err)
		}
		if count() != 0 || len(d.materialsOf(id).Material.Files) != 0 {
			t.Fatalf("%d contents were kept", count())
		}
		dog.down = false
		d.fine(take("干净的文件，张小明"))
		file := d.materialsOf(id).Material.Files[0].ID
		d.fine(d.room.Rule(ctx, d.people["clerk"], id, file, request.RuleForm{Choice: request.GiveAll}))
		_, err := d.room.Build(ctx, d.people["clerk"], id, file)
		d.fine(err)
		dog.down = true
		if _, data, err := d.room.Built(ctx, d.people["clerk"], id, file); fault.KindOf(err) != fault.Unavailable || data != nil {
			t.Fatalf("a file left without the scanner's word: %v", err)
		}
	})
}

// Originals lie sealed, and whoever reads one leaves a row in the audit log.
func TestMaterial_OriginalsLieSealedAndReadingsAreKept(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d, files := fileDesk(t, db)
		id := d.gather()
		file := d.addFile(id, "名单.txt", []byte("张小明的材料 13800138000"))
		d.fine(d.room.Mark(ctx, d.people["clerk"], id, file, request.MarkForm{Words: "张小明", Ground: "DENY_THIRD", Reason: "姓名"}))
		d.fine(files.Walk(ctx, func(s filestore.Stored) error {
			r, err := files.Open(ctx, s.SHA256)
			if err != nil {
				return err
			}
			b, err := io.ReadAll(r)
			if bytes.Contains(b, []byte("张小明")) || bytes.Contains(b, []byte("13800138000")) {
				t.Error("the bytes lie open")
			}
			return errors.Join(err, r.Close())
		}))
		for _, table := range []string{"request_materials", "request_marks", "request_rulings", "request_layers", "case_events", "audit_log", "notices"} {
			var n int
			d.fine(db.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM `+table+` WHERE `+textOf(table)+` LIKE '%张小明%'`).Scan(&n))
			if n > 0 {
				t.Errorf("%s holds the words to remove", table)
			}
		}
		_, data, err := d.room.Original(ctx, d.people["clerk"], id, file)
		if err != nil || !strings.Contains(string(data), "张小明") {
			t.Fatalf("%q %v", data, err)
		}
		var n int
		d.fine(db.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM audit_log WHERE act = $1 AND detail LIKE '%材料1原件%'`, string(audit.ViewPersonal)).Scan(&n))
		if n != 1 {
			t.Errorf("%d readings are on record", n)
		}
		other := d.gather()
		if _, _, err := d.room.Original(ctx, d.people["clerk"], other, file); fault.KindOf(err) != fault.NotFound {
			t.Errorf("read through another request: %v", err)
		}
	})
}

func textOf(table string) string {
	return map[string]string{"request_materials": "name || origin || pages", "request_marks": "words_sealed || reason", "request_rulings": "reason", "request_layers": "name",
		"case_events": "data", "audit_log": "detail", "notices": "kind"}[table]
}

func TestA80_AWorkOfTheLibraryIsToldNotCopied(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d, _ := fileDesk(t, db)
		id := d.gather()
		_, err := d.room.AddPublic(ctx, d.people["clerk"], id, request.NewMaterial{Name: "布局规划", Work: 7, Item: 1})
		d.fine(err)
		if _, err := d.room.AddPublic(ctx, d.people["clerk"], id, request.NewMaterial{Name: "布局规划", Work: 7}); fault.FieldOf(err) != "资料编号" {
			t.Errorf("twice: %v", err)
		}
		q := d.materialsOf(id)
		if f := q.Material.Files[0]; !f.Public() || f.Goes() || len(f.Undecided()) != 0 || len(q.Attachments()) != 0 {
			t.Errorf("%+v", f)
		}
		d.must(id, "clerk", request.ActDecide, &request.DecideForm{Decision: request.Decision{Items: []request.Item{{What: "布局规划", Outcome: request.GrantPublic, Way: "/works/7"}}}})
	})
}

func TestMaterial_Refusals(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d, _ := fileDesk(t, db)
		id := d.gather()
		for _, c := range []struct {
			name  string
			n     request.NewMaterial
			data  string
			field string
		}{
			{"empty", request.NewMaterial{Name: "a.txt", Origin: "档案"}, "", "文件"},
			{"a program", request.NewMaterial{Name: "a.txt", Origin: "档案"}, "#!/bin/sh\necho 1\n", "文件"},
			{"no name", request.NewMaterial{Name: " ", Origin: "档案"}, "x", "材料名称"},
			{"no origin", request.NewMaterial{Name: "a.txt"}, "x", "来源"},
			{"no such item", request.NewMaterial{Name: "a.txt", Origin: "档案", Item: 11}, "x", "回应哪一项"},
			{"a broken picture", request.NewMaterial{Name: "a.png", Origin: "档案"}, "\x89PNG\r\n\x1a\nno picture", "文件"},
		} {
			if _, err := d.room.AddMaterial(ctx, d.people["clerk"], id, c.n, []byte(c.data)); fault.FieldOf(err) != c.field {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		if n := len(d.materialsOf(id).Material.Files); n != 0 {
			t.Errorf("%d documents were kept", n)
		}
		file := d.addFile(id, "a.txt", []byte("甲乙丙丁"))
		d.fine(d.room.DropMaterial(ctx, d.people["clerk"], id, file))
		if n := len(d.materialsOf(id).Material.Files); n != 0 {
			t.Errorf("%d documents are left", n)
		}
		d.must(id, "clerk", request.ActWithdraw, &request.NoteForm{Text: "书面撤回"})
		if _, err := d.room.AddMaterial(ctx, d.people["clerk"], id, request.NewMaterial{Name: "a.txt", Origin: "档案"}, []byte("x")); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("added to a closed request: %v", err)
		}
	})
}

func TestPageNumbers(t *testing.T) {
	for in, want := range map[string]string{"": "[]", "1": "[1]", "1、3-5，8": "[1 3 4 5 8]", "2－3": "[2 3]", "7至8": "[7 8]", "3 3": "[3]", "0": "bad", "5-2": "bad", "x": "bad", "1-": "bad", "99999": "bad"} {
		got, err := request.PageNumbers(in)
		s := fmt.Sprint(got)
		if err != nil {
			s = "bad"
		}
		if s != want {
			t.Errorf("%q: %s, want %s", in, s, want)
		}
	}
}
