package request_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"gongkai/internal/fault"
	"gongkai/internal/filestore"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

const smallPDF = "%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF"

func proofs(data ...string) (out []request.Enclosure) {
	for _, b := range data {
		out = append(out, request.Enclosure{Role: "proof", Data: []byte(b)})
	}
	return out
}

// The proof of who asks comes with the form: kept sealed with the request, read
// with a row in the audit log, gone when the applicant is forgotten.
func TestA51_TheProofOfIdentityComesWithTheFormAndLiesSealed(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d, files := fileDesk(t, db)
		dog := &guardDog{}
		d.room.KeepMaterials(request.MaterialDeps{Store: filestore.Scanned(files, dog)})
		front, back := smallPDF+" 正面"+secretProof, smallPDF+" 反面"
		a := d.application()
		a.Enclosed = proofs(front, back)
		first, err := d.room.Submit(ctx, a)
		d.fine(err)
		list := d.asked(first.Case).Intake.Scans
		if len(list) != 2 || list[0].Name() != "身份证明" || !list[0].Online() || list[0].Size != int64(len(front)) {
			t.Fatalf("%+v", list)
		}
		d.fine(files.Walk(ctx, func(s filestore.Stored) error {
			in, err := files.Open(ctx, s.SHA256)
			d.fine(err)
			raw, err := io.ReadAll(in)
			d.fine(in.Close())
			if bytes.Contains(raw, []byte(secretProof)) {
				t.Error("a proof lies open in the file store")
			}
			return err
		}))
		_, got, err := d.room.ReadScan(ctx, d.people["clerk"], first.Case, list[0].ID)
		if err != nil || string(got) != front {
			t.Fatalf("%q %v", got, err)
		}
		if n := d.tally(`SELECT COUNT(*) FROM audit_log WHERE act = 'view_personal' AND detail = '扫描件：身份证明'`); n != 1 {
			t.Errorf("%d readings in the audit log", n)
		}
		// The same form gives the same receipt, also while no scanner answers;
		// other files under its token are another form.
		dog.down = true
		again, err := d.room.Submit(ctx, a)
		if err != nil || again.Code != first.Code || d.tally(`SELECT COUNT(*) FROM request_files`) != 2 {
			t.Fatalf("sent again: %+v %v", again, err)
		}
		dog.down = false
		a.Enclosed = proofs(front)
		if _, err := d.room.Submit(ctx, a); fault.KindOf(err) != fault.Conflict {
			t.Errorf("other files under a used token: %v", err)
		}
		// Another key seals it anew, in its own place.
		_, err = db.Writer().ExecContext(ctx, `UPDATE request_files SET seal_key = 'an older key'`)
		d.fine(err)
		if n, err := d.room.SealFiles(ctx); err != nil || n != 2 {
			t.Fatalf("%d sealed anew: %v", n, err)
		}
		if _, got, err = d.room.ReadScan(ctx, d.people["clerk"], first.Case, list[1].ID); err != nil || string(got) != back {
			t.Errorf("after the change of keys: %q %v", got, err)
		}
		if !request.Destroys("request_files", "sha256") {
			t.Error("a proof outlives the applicant's name")
		}
	})
}

func TestA51_ARefusedProofKeepsNothing(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d, files := fileDesk(t, db)
		dog := &guardDog{}
		d.room.KeepMaterials(request.MaterialDeps{Store: filestore.Scanned(files, dog)})
		docx := "PK\x03\x04" + strings.Repeat("x", 40)
		for name, c := range map[string]struct {
			files []request.Enclosure
			down  bool
			kind  fault.Kind
			says  string
		}{
			"infected":     {proofs(smallPDF, smallPDF+"EICAR-LIKE-TEST"), false, fault.Invalid, "第 2 个文件里查出病毒"},
			"scanner down": {proofs(smallPDF), true, fault.Unavailable, "病毒扫描没有完成"},
			"empty":        {proofs(""), false, fault.Invalid, "第 1 个是空文件"},
			"no picture":   {proofs(smallPDF, docx), false, fault.Unsupported, "第 2 个文件不是图片或者 PDF"},
			"a program":    {proofs("MZ\x90\x00" + strings.Repeat("\x00", 80)), false, fault.Unsupported, "不是图片或者 PDF"},
			"too large":    {proofs(smallPDF + strings.Repeat("x", request.MaxProofBytes)), false, fault.TooLarge, "超过 10 MB"},
			"too many":     {proofs(smallPDF, smallPDF, smallPDF, smallPDF, smallPDF), false, fault.Invalid, "最多 4 个"},
			"another kind": {[]request.Enclosure{{Role: "form", Data: []byte(smallPDF)}}, false, fault.Invalid, "没有说明是什么材料"},
		} {
			dog.down = c.down
			a := d.application()
			a.Enclosed = c.files
			_, err := d.room.Submit(ctx, a)
			if fault.FieldOf(err) != request.FieldProof || fault.KindOf(err) != c.kind || !strings.Contains(fault.Text(err), c.says) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := d.tally(`SELECT COUNT(*) FROM requests`) + d.tally(`SELECT COUNT(*) FROM request_files`) + d.tally(`SELECT COUNT(*) FROM cases`); n != 0 {
			t.Errorf("%d rows of refused forms", n)
		}
	})
}

// At the counter scans come with the entry, of every kind that scans have.
func TestA51_ScansComeWithTheEntryAtTheCounter(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d, files := fileDesk(t, db)
		d.room.KeepMaterials(request.MaterialDeps{Store: filestore.Scanned(files, &guardDog{})})
		a := d.application()
		company(&a)
		a.Actor, a.FilledBy = d.people["clerk"], "clerk"
		a.Enclosed = []request.Enclosure{{Role: "form", Data: []byte(smallPDF)}, {Role: "envelope", Data: []byte(smallPDF + "EICAR-LIKE-TEST")}}
		if _, err := d.room.Submit(ctx, a); fault.FieldOf(err) != "信封和邮戳的扫描件" || d.tally(`SELECT COUNT(*) FROM requests`) != 0 {
			t.Fatalf("an infected scan: %v", err)
		}
		a.Enclosed[1].Data = []byte(smallPDF)
		rc, err := d.room.Submit(ctx, a)
		d.fine(err)
		list := d.asked(rc.Case).Intake.Scans
		if len(list) != 2 || list[0].Role != "form" || list[1].Role != "envelope" || list[0].Online() || list[0].Login != "clerk" {
			t.Errorf("%+v", list)
		}
	})
}
