package request_test

import (
	"testing"

	"gongkai/internal/fault"
	"gongkai/internal/filestore"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

// The parts of one form are taken together: a file that is refused with the
// second part leaves nothing of the first, which a new sending would double.
func TestA52_ThePartsOfAFormAreTakenTogetherOrNotAtAll(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d, files := fileDesk(t, db)
		d.room.KeepMaterials(request.MaterialDeps{Store: filestore.Scanned(files, &guardDog{})})
		parts := []request.Application{d.application(), d.application()}
		parts[1].Content = "2024年年检结论"
		parts[0].Enclosed, parts[1].Enclosed = proofs(smallPDF), proofs(smallPDF+"EICAR-LIKE-TEST")
		if _, err := d.room.SubmitAll(ctx, parts); fault.FieldOf(err) != request.FieldProof {
			t.Fatal(err)
		}
		if n := d.tally(`SELECT COUNT(*) FROM cases`) + d.tally(`SELECT COUNT(*) FROM case_tokens`); n != 0 {
			t.Fatalf("%d rows of a form that was refused", n)
		}
		parts[0].Enclosed, parts[1].Enclosed = nil, nil // a browser does not keep files
		first, err := d.room.SubmitAll(ctx, parts)
		d.fine(err)
		again, err := d.room.SubmitAll(ctx, parts)
		d.fine(err)
		if len(first) != 2 || len(again) != 2 || first[0].Code != again[0].Code || first[1].Number != again[1].Number || first[0].Case == first[1].Case || d.tally(`SELECT COUNT(*) FROM requests`) != 2 {
			t.Errorf("%+v, again %+v", first, again)
		}
		used := []request.Application{d.application(), parts[1]} // refused inside the transaction
		used[1].Content = "另一件"
		if _, err := d.room.SubmitAll(ctx, used); fault.KindOf(err) != fault.Conflict || d.tally(`SELECT COUNT(*) FROM requests`) != 2 {
			t.Errorf("%v, %d requests", err, d.tally(`SELECT COUNT(*) FROM requests`))
		}
	})
}
