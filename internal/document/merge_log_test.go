package document_test

import (
	"database/sql"
	"testing"
	"time"

	"gongkai/internal/document"
	"gongkai/internal/publication"
)

// Libraries of earlier builds logged a double as a removal; such a row is true
// for ever, verifies, and is read as the merge that it was.
func TestMerge_RowsOfTheFormerKindStillVerify(t *testing.T) {
	each(t, func(b *bench) {
		b.laws(law("a", "A", 1, "示例办法", "2020-02-01", lawText), law("b", "B", 1, "示例办法", "2020-02-01", lawText))
		if _, err := b.lib.MergeWorks(ctx, document.Merge{Keep: 1, Drop: 2, Reason: "重复", Actor: "manager", Token: "token-mmmm"}); err != nil {
			t.Fatal(err)
		}
		var former publication.Entry
		if err := b.db.Tx(ctx, func(tx *sql.Tx) error {
			var at int64
			former = publication.Entry{At: time.Unix(1700000000, 0), Act: publication.Expunge, Work: 2, Edition: 1, Detail: map[string]string{"merged_into": "1"}}
			if err := tx.QueryRowContext(ctx, `SELECT e.id, e.work_id, e.label FROM editions e JOIN works w ON w.id = e.work_id WHERE w.public_id = 2`).
				Scan(&former.EditionID, &former.WorkID, &at); err != nil {
				return err
			}
			head, err := publication.LockHead(ctx, tx, b.db.Dialect)
			if err != nil {
				return err
			}
			if _, err := head.Append(ctx, former); err != nil {
				return err
			}
			return head.Close(ctx)
		}); err != nil {
			t.Fatal(err)
		}
		head, err := publication.HeadSeq(ctx, b.db.Reader())
		if err != nil {
			t.Fatal(err)
		}
		rows, err := publication.Changes(ctx, b.db.Reader(), head-2, 2)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []struct {
			act  publication.Act
			into int64
			as   int
		}{{publication.Merge, 1, 1}, {publication.Expunge, 1, 0}} {
			into, as := rows[i].MergedInto()
			if rows[i].Act != want.act || into != want.into || as != want.as || !rows[i].Removes() {
				t.Errorf("%+v: %d %d", rows[i], into, as)
			}
		}
		b.verify()
		// A double whose words come back is a fault all the same.
		if _, err := b.db.Writer().ExecContext(ctx, `UPDATE editions SET title = 'x' WHERE id = $1`, former.EditionID); err != nil {
			t.Fatal(err)
		}
		found := 0
		if _, err := b.lib.Verify(ctx, func(f publication.Fault) {
			if f.Code == "tombstone" {
				found++
			}
		}); err != nil || found != 1 {
			t.Errorf("%d faults %v", found, err)
		}
	})
}
