package document_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"gongkai/internal/document"
	"gongkai/internal/org"
	"gongkai/internal/zh"
)

func TestZ250_2_IndexNumberByTemplateForOwnOrgansOnly(t *testing.T) {
	each(t, func(b *bench) {
		err := b.db.Tx(context.Background(), func(tx *sql.Tx) error {
			id, err := org.Put(context.Background(), tx, org.Seed{Code: "own", CreditCode: "11370300004224423Q", Kind: "government", Names: []org.NamePeriod{{Name: "清河市人民政府"}}}, time.Now())
			if err != nil {
				return err
			}
			if _, err = org.Put(context.Background(), tx, org.Seed{Code: "other", CreditCode: "11370300004224431K", Kind: "external", External: true, Names: []org.NamePeriod{{Name: "外地人民政府"}}}, time.Now()); err != nil {
				return err
			}
			_, err = document.PutSite(context.Background(), tx, document.Site{Name: "清河市", IndexTemplate: "{credit}/{year}-{serial:7}"}, id)
			return err
		})
		if err != nil {
			b.t.Fatal(err)
		}
		own := func(id, given string) string {
			return `{"id":"` + id + `","work_id":"` + id + `","title":"文件` + id + `","issuing_body":"清河市人民政府","publish_date":"2025-05-28","text":"一、做好` + id + `工作。"` + given + "}\n"
		}
		b.importLines(own("a", "") + own("b", `,"index_no":"11370300004224423Q/2025-0000002"`) + own("c", "") + law("out", "out", 1, "外来条例", "2025-01-01", oldText) +
			law("coded", "coded", 1, "外地通知", "2025-01-01", newText, `"issuing_body":"外地人民政府"`))
		for work, want := range map[int64]string{1: "11370300004224423Q/2025-0000001", 2: "11370300004224423Q/2025-0000002", 3: "11370300004224423Q/2025-0000003", 4: "", 5: ""} {
			if got := b.view(work, "").Edition.IndexNo; got != want {
				b.t.Errorf("work %d: index number %q, want %q", work, got, want)
			}
		}
		if n, ok := zh.ParseIndexNumber("11370300004224423Q/2025-0000003"); !ok || !n.Checked {
			b.t.Error("the number given does not read back")
		}
		if _, sum := b.importLines(own("a", "")); sum.Unchanged != 1 {
			b.t.Errorf("again: %+v", sum)
		}
		if _, sum := b.importLines(own("a", `,"attribute":"主动公开"`)); sum.Updated != 1 || b.view(1, "").Edition.IndexNo == "" {
			b.t.Errorf("an update took the number away: %+v", sum)
		}
		b.verify()
	})
}
