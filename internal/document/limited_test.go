package document_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/publication"
	"gongkai/internal/workday"
)

const canary = "金丝雀征收补偿名册"

// limited issues one text for the people of a village, with an attachment.
func (b *bench) limited() (work int64, key string) {
	b.t.Helper()
	blob, err := b.files.Put(ctx, bytes.NewReader([]byte("金丝雀附件")), 1<<20)
	if err != nil {
		b.t.Fatal(err)
	}
	c := text(canary, "2026-11-19", "", "第一条 "+canary+"的正文。\n第二条 《带来机关的办法》有规定。")
	c.DocNo = "清金丝雀〔2026〕1号"
	c.Files = []document.ContentFile{{SHA256: blob.SHA256, Name: "金丝雀表.csv", Size: blob.Size, MIME: "text/csv", Role: "attachment", TextState: "none"}}
	work, label := b.mustIssue(document.Issue{Content: c, Audience: "甲村被征收人"})
	if label != 1 || !document.IsLimited(work) {
		b.t.Fatalf("work %d, label %d", work, label)
	}
	if key, err = b.lib.LimitedKey(ctx, work); err != nil || len(key) != 32 {
		b.t.Fatalf("key %q, %v", key, err)
	}
	return work, key
}

func TestA15_TheLogHoldsACommitmentOnly(t *testing.T) {
	each(t, func(b *bench) {
		b.anOrgan()
		size, works := b.count(`SELECT size FROM log_head`), b.count(`SELECT COUNT(*) FROM works`)
		work, _ := b.limited()
		rows, err := publication.Changes(ctx, b.db.Reader(), int64(size), 10)
		if err != nil || len(rows) != 1 {
			t.Fatalf("%+v %v", rows, err)
		}
		r := rows[0]
		if r.Act != publication.Limited || r.Work != 0 || r.Edition != 0 || strings.Contains(r.Entry, "detail") || strings.Count(r.Entry, `"limited":"`) != 1 {
			t.Errorf("%+v", r)
		}
		if b.count(`SELECT COUNT(*) FROM works`) != works || b.count(`SELECT next_public_id FROM log_head`) != works+1 {
			t.Error("it took a public number")
		}
		// A withdrawal looks just the same, so that the log does not tell even that.
		b.mustTakeDown(document.TakeDown{Work: work, Ground: "mistake", Reason: "有误"})
		more, err := publication.Changes(ctx, b.db.Reader(), r.Seq, 10)
		if err != nil || len(more) != 1 || len(more[0].Entry) != len(r.Entry) || more[0].Act != publication.Limited {
			t.Errorf("%+v %v", more, err)
		}
		b.verify()
	})
}

// Only the tables of limited texts and the audit of staff know of one.
func TestA15_NoPublicTableKnowsIt(t *testing.T) {
	each(t, func(b *bench) {
		b.anOrgan()
		b.limited()
		for _, q := range []string{
			`SELECT COUNT(*) FROM editions WHERE title LIKE '%金丝雀%'`, `SELECT COUNT(*) FROM edition_texts WHERE body LIKE '%金丝雀%'`,
			`SELECT COUNT(*) FROM work_cards WHERE title LIKE '%金丝雀%'`, `SELECT COUNT(*) FROM relations WHERE to_title LIKE '%带来%'`,
			`SELECT COUNT(*) FROM publication_log WHERE entry LIKE '%金丝雀%'`, `SELECT COUNT(*) FROM audit_log WHERE detail LIKE '%金丝雀%' OR target LIKE '%金丝雀%'`,
			`SELECT COUNT(*) FROM edition_files WHERE name LIKE '%金丝雀%'`, `SELECT COUNT(*) FROM drafts WHERE body LIKE '%金丝雀%'`,
		} {
			if n := b.count(q); n != 0 {
				t.Errorf("%d: %s", n, q)
			}
		}
		if v := b.view(1, ""); len(v.Backlinks) != 0 {
			t.Errorf("a public page names it: %+v", v.Backlinks)
		}
	})
}

func TestA15_TheKeyOpensItAndANewKeyClosesTheOld(t *testing.T) {
	each(t, func(b *bench) {
		work, key := b.limited()
		v, err := b.lib.Limited(ctx, key)
		if err != nil || v.Edition.Title != canary || v.Audience != "甲村被征收人" || len(v.Provisions) == 0 || len(v.Files) != 1 || v.Organ == nil {
			t.Fatalf("%+v %v", v, err)
		}
		f, meta, err := b.lib.OpenLimitedFile(ctx, key, 1)
		if err != nil || meta.Name != "金丝雀表.csv" {
			t.Fatal(err)
		}
		body, err := io.ReadAll(f)
		if err != nil || string(body) != "金丝雀附件" || f.Close() != nil {
			t.Errorf("%q %v", body, err)
		}
		fresh, err := b.lib.RenewLimitedKey(ctx, work, "manager")
		if err != nil || fresh == key {
			t.Fatalf("%q %v", fresh, err)
		}
		if now, err := b.lib.LimitedKey(ctx, work); now != fresh || err != nil {
			t.Errorf("%q %v", now, err)
		}
		if _, err := b.lib.Limited(ctx, fresh); err != nil {
			t.Error(err)
		}
		for _, wrong := range []string{key, "", strings.ToUpper(fresh), fresh[:31], strings.Repeat("a", 32), "%", "-1"} {
			v, err := b.lib.Limited(ctx, wrong)
			if v != nil || fault.KindOf(err) != fault.NotFound || wrong != "" && wrong != "%" && wrong != "-1" && strings.Contains(err.Error(), wrong) {
				t.Errorf("%q: %v %v", wrong, v, err)
			}
			if _, _, err := b.lib.OpenLimitedFile(ctx, wrong, 1); fault.KindOf(err) != fault.NotFound {
				t.Errorf("file %q: %v", wrong, err)
			}
		}
		for _, n := range []int{-1, 0, 2} {
			if _, _, err := b.lib.OpenLimitedFile(ctx, fresh, n); fault.KindOf(err) != fault.NotFound {
				t.Errorf("file %d: %v", n, err)
			}
		}
		b.verify()
	})
}

func TestA15_FurtherEditionWithdrawalAndRestoration(t *testing.T) {
	each(t, func(b *bench) {
		work, key := b.limited()
		next, label := b.mustIssue(document.Issue{Work: work, Audience: "甲村、乙村被征收人", Content: text(canary, "2026-11-20", "", "改过的正文。")})
		if next != work || label != 2 {
			t.Fatalf("%d %d", next, label)
		}
		if n, err := b.lib.Newest(ctx, b.db.Reader(), work); n != 2 || err != nil {
			t.Errorf("%d %v", n, err)
		}
		v, err := b.lib.Limited(ctx, key)
		if err != nil || v.Text != "改过的正文。" || v.Texts != 2 || v.Audience != "甲村、乙村被征收人" {
			t.Errorf("%+v %v", v, err)
		}
		b.mustTakeDown(document.TakeDown{Work: work, Ground: "personal", Reason: "名单有误", On: workday.MustDate("2026-11-20")})
		v, err = b.lib.Limited(ctx, key)
		if err != nil || v.Withdrawn == nil || v.Withdrawn.Reason != "名单有误" || v.Text != "" || v.Edition.Title != "" || v.Audience != "" || len(v.Files) != 0 {
			t.Errorf("%+v %v", v, err)
		}
		if _, _, err := b.lib.OpenLimitedFile(ctx, key, 1); fault.KindOf(err) != fault.NotFound {
			t.Error(err)
		}
		if err := b.takeDown(document.TakeDown{Work: work, Ground: "mistake", Reason: "再撤"}); fault.KindOf(err) != fault.Invalid {
			t.Error(err)
		}
		if _, _, err := b.issue(document.Issue{Work: work, Audience: "甲村", Content: text(canary, "2026-11-20", "", "三。")}); fault.KindOf(err) != fault.Invalid {
			t.Error(err)
		}
		b.mustTakeDown(document.TakeDown{Work: work, Restore: true, Ground: "restore", Reason: "改好了"})
		if err := b.takeDown(document.TakeDown{Work: work, Restore: true, Ground: "restore", Reason: "再恢复"}); fault.KindOf(err) != fault.Invalid {
			t.Error(err)
		}
		if v, err := b.lib.Limited(ctx, key); err != nil || v.Withdrawn != nil || v.Text == "" {
			t.Errorf("%+v %v", v, err)
		}
		b.verify()
	})
}

func TestA15_Refuses(t *testing.T) {
	c := func(name string) *document.Content { return text("补偿方案"+name, "2026-11-20", "", "方案。") }
	each(t, func(b *bench) {
		b.anOrgan()
		work, _ := b.limited()
		b.mustIssue(document.Issue{Audience: "甲村", Content: c("twice")})
		for _, audience := range []string{"甲村", ""} {
			w, _ := b.mustIssue(document.Issue{Audience: audience, Content: c("expunged" + audience)})
			b.expunge(w)
		}
		was := b.count(`SELECT COUNT(*) FROM limited_acts`)
		for _, x := range []struct {
			name  string
			issue document.Issue
			kind  fault.Kind
			field string
		}{
			{"edition of a public work", document.Issue{Work: 1, Audience: "甲村"}, fault.Invalid, "公开范围"},
			{"edition for everybody", document.Issue{Work: work}, fault.Invalid, "公开范围"},
			{"blank audience", document.Issue{Audience: " "}, fault.Invalid, "公开范围"},
			{"long audience", document.Issue{Audience: strings.Repeat("村", 201)}, fault.Invalid, "公开范围"},
			{"NUL", document.Issue{Audience: "甲\x00村"}, fault.Invalid, "公开范围"},
			{"repeal list", document.Issue{Audience: "甲村", Repeals: []document.IssueRepeal{{Work: 1}}}, fault.Invalid, "废止清单"},
			{"unknown work", document.Issue{Work: -99, Audience: "甲村"}, fault.Invalid, ""},
			{"no title", document.Issue{Audience: "甲村", Content: &document.Content{Text: "一。"}}, fault.Invalid, "title"},
			{"twice", document.Issue{Audience: "甲村"}, fault.Conflict, ""},
			{"expunged甲村", document.Issue{Audience: "甲村"}, fault.Gone, ""},
			{"expunged", document.Issue{Audience: "甲村"}, fault.Gone, ""},
		} {
			if x.issue.Content == nil {
				x.issue.Content = c(x.name)
			}
			_, _, err := b.issue(x.issue)
			if fault.KindOf(err) != x.kind || fault.FieldOf(err) != x.field {
				t.Errorf("%s: %v", x.name, err)
			}
			if b.count(`SELECT COUNT(*) FROM limited_acts`) != was {
				t.Fatalf("%s: something is left", x.name)
			}
		}
		b.verify()
	})
}

func TestA15_ExpungeLeavesNothing(t *testing.T) {
	each(t, func(b *bench) {
		work, key := b.limited()
		if err := b.lib.Expunge(ctx, work, 1, "manager", "误发"); fault.KindOf(err) != fault.Invalid {
			t.Error(err)
		}
		sha := ""
		if err := b.db.Reader().QueryRowContext(ctx, `SELECT sha256 FROM limited_files`).Scan(&sha); err != nil {
			t.Fatal(err)
		}
		if _, err := b.lib.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		if ok, err := b.files.Has(ctx, sha); !ok || err != nil {
			t.Fatalf("a file that is held was swept: %v", err)
		}
		b.expunge(work)
		for _, q := range []string{`SELECT COUNT(*) FROM limited_files`, `SELECT COUNT(*) FROM limited_acts WHERE act = 'issue' AND (content || audience || content_key || salt) <> ''`,
			`SELECT COUNT(*) FROM files`, `SELECT COUNT(*) FROM limited_works WHERE key = '` + key + `'`} {
			if n := b.count(q); n != 0 {
				t.Errorf("%d: %s", n, q)
			}
		}
		if ok, err := b.files.Has(ctx, sha); ok || err != nil {
			t.Errorf("the bytes are left: %v", err)
		}
		if _, err := b.lib.Limited(ctx, key); fault.KindOf(err) != fault.NotFound {
			t.Error(err)
		}
		if _, err := b.lib.LimitedKey(ctx, work); fault.KindOf(err) != fault.NotFound {
			t.Error(err)
		}
		b.verify()
	})
}

func TestVerify_NamesATamperedLimitedText(t *testing.T) {
	each(t, func(b *bench) {
		b.limited()
		var salt string
		var seq int64
		if err := b.db.Reader().QueryRowContext(ctx, `SELECT salt, seq FROM limited_acts`).Scan(&salt, &seq); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct{ do, undo, code string }{
			{`UPDATE limited_acts SET content = REPLACE(content, '第一条', '第一條')`, `UPDATE limited_acts SET content = REPLACE(content, '第一條', '第一条')`, "limited"},
			{`UPDATE limited_acts SET audience = '所有人'`, `UPDATE limited_acts SET audience = '甲村被征收人'`, "limited"},
			{`UPDATE limited_acts SET salt = ''`, `UPDATE limited_acts SET salt = '` + salt + `'`, "limited"},
			{`UPDATE limited_acts SET seq = 1`, fmt.Sprintf(`UPDATE limited_acts SET seq = %d`, seq), "limited_missing"},
			{`DELETE FROM limited_files`, ``, "limited_files"},
			{`DELETE FROM limited_acts`, ``, "limited_missing"},
		} {
			b.changed(c.do, c.code, c.do, c.undo)
		}
	})
}
