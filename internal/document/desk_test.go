package document_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"gongkai/internal/audit"
	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/org"
	"gongkai/internal/workday"
)

// notice is a small official document as a text file.
func notice(n int, more ...string) string {
	return fmt.Sprintf("关于做好第%d项工作的通知\n清教发〔2024〕%d号\n\n各中小学校：\n现就有关事项通知如下。\n一、统一思想，落实第%d项工作。\n二、按时报送材料。\n%s\n清河市教育局\n2024年3月%d日\n（此件公开发布）\n",
		n, n, n, strings.Join(more, "\n"), n%28+1)
}

// organ enters the organ that owns the batches of these tests.
func (b *bench) organ() (id int64) {
	b.t.Helper()
	err := b.db.Tx(ctx, func(tx *sql.Tx) (err error) {
		id, err = org.Put(ctx, tx, org.Seed{Code: "qh-jyj", Kind: "department", Names: []org.NamePeriod{{Name: "清河市教育局", From: workday.MustDate("2001-01-01")}}}, b.now)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return id
}

var ctx = context.Background()

func (b *bench) batch(files ...string) int64 {
	b.t.Helper()
	id, err := b.lib.NewDeskBatch(ctx, b.organ(), "clerk")
	if err != nil {
		b.t.Fatal(err)
	}
	for i, f := range files {
		b.file(id, fmt.Sprintf("文件%d.txt", i+1), f)
	}
	b.work()
	return id
}

func (b *bench) file(batch int64, name, content string) int64 {
	b.t.Helper()
	id, err := b.lib.AddDeskFile(ctx, batch, name, "clerk", strings.NewReader(content))
	if err != nil {
		b.t.Fatal(err)
	}
	return id
}

// work lets the desk work until it has nothing to do.
func (b *bench) work() {
	b.t.Helper()
	for range 500 {
		worked, err := b.lib.DeskWork(ctx)
		if err != nil {
			b.t.Fatal(err)
		}
		if !worked {
			return
		}
	}
	b.t.Fatal("the desk never comes to rest")
}

func (b *bench) items(batch int64) []document.DeskItem {
	b.t.Helper()
	list, err := b.lib.DeskItems(ctx, batch, 0, 1000)
	if err != nil {
		b.t.Fatal(err)
	}
	return list
}

func (b *bench) item(batch int64, position int) *document.DeskItem {
	b.t.Helper()
	it, err := b.lib.DeskItem(ctx, batch, b.items(batch)[position-1].ID)
	if err != nil {
		b.t.Fatal(err)
	}
	return it
}

func with(s document.Sheet, pairs ...string) document.Sheet {
	out := document.Sheet{}
	for k, v := range s {
		out[k] = v
	}
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i]] = pairs[i+1]
	}
	return out
}

func (b *bench) saveItem(it *document.DeskItem, pairs ...string) *document.DeskItem {
	b.t.Helper()
	out, err := b.lib.SaveDeskItem(ctx, it.Batch, it.ID, it.Version, with(it.Sheet, pairs...), "clerk")
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

func (b *bench) release(batch int64, token string, ids ...int64) error {
	b.t.Helper()
	_, err := b.lib.OrderRelease(ctx, document.DeskRelease{Batch: batch, Items: ids, Actor: "manager", Token: token})
	b.work()
	return err
}

func TestDesk_ReadCorrectRelease(t *testing.T) {
	each(t, func(b *bench) {
		batch := b.batch(notice(1), notice(2))
		it := b.item(batch, 1)
		if it.State != document.ItemReady || it.Word() != "将新建" || it.Sheet["doc_no"] != "清教发〔2024〕1号" || it.Sheet["organs"] != "清河市教育局" {
			t.Fatalf("%s %s %v %v", it.State, it.Word(), it.Sheet, it.Reasons)
		}
		seen := map[string]string{}
		runes := []rune(it.Source)
		for _, m := range it.Facts.Marks {
			seen[m.Field] = string(runes[m.Start:m.End])
		}
		if seen["doc_no"] != "清教发〔2024〕1号" || !strings.Contains(seen["title"], "第1项工作") {
			t.Errorf("marks: %v", seen)
		}
		if n := b.count(`SELECT COUNT(*) FROM works`); n != 0 {
			t.Errorf("%d works before anything was confirmed", n)
		}
		b.saveItem(it, "title", "关于做好第1项重点工作的通知", "index_no", "")
		if err := b.release(batch, "token-aaaa", it.ID); err != nil {
			t.Fatal(err)
		}
		it = b.item(batch, 1)
		v := b.view(it.Work, "")
		if it.State != document.ItemReleased || v.Edition.Title != "关于做好第1项重点工作的通知" || v.Edition.Source != document.DeskSource || v.Owner == nil || v.Owner.Code != "qh-jyj" || len(v.Files) != 1 {
			t.Fatalf("%s %+v", it.State, v.Edition)
		}
		rows, _, err := audit.List(ctx, b.db.Reader(), audit.Filter{Act: audit.Publish, Target: fmt.Sprintf("work:%d edition:1", it.Work), Limit: 10})
		if err != nil || len(rows) != 1 || rows[0].Actor != "manager" || !strings.Contains(rows[0].Detail, "历史文件") {
			t.Errorf("audit: %v %v", rows, err)
		}
		b.verify()
	})
}

func TestDesk_TokenCountsOnce(t *testing.T) {
	each(t, func(b *bench) {
		batch := b.batch(notice(1), notice(2))
		one, two := b.item(batch, 1).ID, b.item(batch, 2).ID
		for range 3 {
			if err := b.release(batch, "token-aaaa", one); err != nil {
				t.Fatal(err)
			}
		}
		if err := b.release(batch, "token-aaaa", two); fault.KindOf(err) != fault.Conflict || err == nil {
			t.Errorf("the same token with another payload: %v", err)
		}
		if n := b.count(`SELECT COUNT(*) FROM editions`); n != 1 {
			t.Errorf("%d editions", n)
		}
		if err := b.release(batch, "token-bbbb", one); fault.KindOf(err) != fault.Conflict || !strings.Contains(fault.Text(err), "已公开") {
			t.Errorf("releasing twice: %v", err)
		}
	})
}

func TestDesk_DuplicatesAndLabelsInPlainWords(t *testing.T) {
	each(t, func(b *bench) {
		batch := b.batch(notice(1), notice(1), notice(3, "（全文如下）"))
		if it := b.item(batch, 2); it.Word() != "无变化" || !strings.Contains(it.Reasons[0], "第 1 个文件") {
			t.Errorf("twin in the batch: %s %v", it.Word(), it.Reasons)
		}
		if err := b.release(batch, "token-aaaa", b.item(batch, 1).ID); err != nil {
			t.Fatal(err)
		}
		work := b.item(batch, 1).Work
		again := b.batch(notice(1))
		if it := b.item(again, 1); it.Word() != "无变化" || !strings.Contains(it.Reasons[0], "已经公开") {
			t.Errorf("again: %s %v", it.Word(), it.Reasons)
		}
		if err := b.release(again, "token-cccc", b.item(again, 1).ID); fault.KindOf(err) != fault.Conflict || err == nil {
			t.Errorf("releasing a duplicate: %v", err)
		}
		it := b.saveItem(b.item(batch, 3), "work", fmt.Sprint(work), "label", "1")
		if it.State != document.ItemDoubt || !strings.Contains(it.Reasons[0], "第 1 版已经是《关于做好第1项工作的通知》") {
			t.Errorf("label: %s %v", it.State, it.Reasons)
		}
		it = b.saveItem(it, "label", "", "relations", fmt.Sprintf("依据 %d", work))
		if it.Word() != "新版本" {
			t.Fatalf("%s %v", it.Word(), it.Reasons)
		}
		if err := b.release(batch, "token-dddd", it.ID); err != nil {
			t.Fatal(err)
		}
		v := b.view(work, "")
		if len(v.Editions) != 2 || b.count(`SELECT COUNT(*) FROM works WHERE public_id IS NOT NULL`) != 1 {
			t.Errorf("%d editions", len(v.Editions))
		}
		b.verify()
	})
}

func TestDesk_TwoPeopleSaveOneDocument(t *testing.T) {
	each(t, func(b *bench) {
		batch := b.batch(notice(1))
		it := b.item(batch, 1)
		b.saveItem(it, "title", "甲的标题", "kind", "通知")
		_, err := b.lib.SaveDeskItem(ctx, batch, it.ID, it.Version, with(it.Sheet, "title", "乙的标题", "short_title", "乙的简称"), "other")
		var st *document.StaleSheet
		if !errors.As(err, &st) {
			t.Fatalf("%v", err)
		}
		got := map[string]document.MergeField{}
		for _, f := range st.Fields {
			got[f.Field.Name] = f
		}
		if f := got["title"]; !f.Clash || f.Theirs != "甲的标题" || f.Mine != "乙的标题" || f.Base != "关于做好第1项工作的通知" {
			t.Errorf("title: %+v", f)
		}
		if f := got["short_title"]; f.Clash || st.Merged["short_title"] != "乙的简称" {
			t.Errorf("short title: %+v, merged %q", f, st.Merged["short_title"])
		}
		if now := b.item(batch, 1); now.Sheet["title"] != "甲的标题" || st.Actor != "clerk" || st.Version != 2 {
			t.Errorf("%v %s %d", now.Sheet, st.Actor, st.Version)
		}
	})
}

func TestDesk_FaultsNameTheirFields(t *testing.T) {
	each(t, func(b *bench) {
		batch := b.batch(notice(1))
		it := b.item(batch, 1)
		_, err := b.lib.SaveDeskItem(ctx, batch, it.ID, it.Version, with(it.Sheet, "title", " ", "adopted_on", "2026-02-30", "label", "x", "relations", "依据", "attribute", "不予公开"), "clerk")
		var f document.SheetFaults
		if !errors.As(err, &f) {
			t.Fatalf("%v", err)
		}
		for field, want := range map[string]string{"title": "请填写标题", "adopted_on": "没有这一天", "label": "1 到 9999", "relations": "读不懂", "attribute": "不能从这里公开"} {
			if !strings.Contains(f.Of(field), want) {
				t.Errorf("%s: %q", field, f.Of(field))
			}
		}
		for field, v := range map[string]string{"column": "nowhere", "relations": "依据 99"} {
			if _, err := b.lib.SaveDeskItem(ctx, batch, it.ID, it.Version, with(it.Sheet, field, v), "clerk"); !errors.As(err, &f) || f.Of(field) == "" {
				t.Errorf("%s %s: %v", field, v, err)
			}
		}
	})
}

func TestDesk_ClaimOfADeadReaderRunsOut(t *testing.T) {
	each(t, func(b *bench) {
		batch, err := b.lib.NewDeskBatch(ctx, b.organ(), "clerk")
		if err != nil {
			t.Fatal(err)
		}
		b.file(batch, "一.txt", notice(1))
		if _, err := b.db.Writer().ExecContext(ctx, `UPDATE desk_items SET state = 'reading', tries = 1, claimed_until = $1`, b.now.Add(20*time.Second).UnixMicro()); err != nil {
			t.Fatal(err)
		}
		b.work()
		if s := b.item(batch, 1).State; s != document.ItemReading {
			t.Fatalf("a living claim was taken: %s", s)
		}
		b.now = b.now.Add(21 * time.Second)
		b.work()
		if s := b.item(batch, 1).State; s != document.ItemReady {
			t.Fatalf("after the claim: %s", s)
		}
		if _, err := b.db.Writer().ExecContext(ctx, `UPDATE desk_items SET state = 'reading', tries = 4, claimed_until = 0`); err != nil {
			t.Fatal(err)
		}
		b.work()
		if it := b.item(batch, 1); it.State != document.ItemFailed || !strings.Contains(it.Reasons[0], "多次中断") {
			t.Fatalf("a file that ends the process each time: %s %v", it.State, it.Reasons)
		}
	})
}

func TestDesk_BadFilesAreNamed(t *testing.T) {
	each(t, func(b *bench) {
		batch, err := b.lib.NewDeskBatch(ctx, b.organ(), "clerk")
		if err != nil {
			t.Fatal(err)
		}
		b.file(batch, "空.txt", "")
		b.file(batch, "大.txt", strings.Repeat("x", document.DeskMaxFile+1))
		b.file(batch, "../../程序.txt", "\x7fELF\x02\x01\x01\x00"+strings.Repeat("\x00", 200))
		b.file(batch, "图.docx", string(pixel(t)))
		b.file(batch, "加密.pdf", "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R/Encrypt<</Filter/Standard/V 1/R 2/P -4/O(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa)/U(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa)>>>>\n%%EOF")
		b.work()
		want := []string{"0 字节", "超过 50 MB", "程序文件", "没有读到正文", "PDF"}
		for i, it := range b.items(batch) {
			if it.State != document.ItemFailed || !strings.Contains(strings.Join(it.Reasons, ""), want[i]) {
				t.Errorf("%s: %s %v", it.Name, it.State, it.Reasons)
			}
		}
		if it := b.items(batch)[2]; it.Name != "程序.txt" {
			t.Errorf("name %q", it.Name)
		}
	})
}

func TestDesk_DroppedLeavesNothing(t *testing.T) {
	each(t, func(b *bench) {
		batch := b.batch(notice(1))
		it := b.item(batch, 1)
		if err := b.lib.DropDeskItem(ctx, batch, it.ID, "clerk"); err != nil {
			t.Fatal(err)
		}
		if _, err := b.lib.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		if ok, err := b.files.Has(ctx, it.SHA256); ok || err != nil {
			t.Errorf("the bytes are still there: %v", err)
		}
		if n := b.count(`SELECT COUNT(*) FROM desk_items WHERE source <> '' OR sheet <> '{}' OR name <> ''`) + b.count(`SELECT COUNT(*) FROM desk_saves`) + b.count(`SELECT COUNT(*) FROM files`); n != 0 {
			t.Errorf("%d rows still tell of it", n)
		}
	})
}

func TestDesk_WaitingFilesAreNotSwept(t *testing.T) {
	each(t, func(b *bench) {
		batch := b.batch(notice(1))
		b.now = b.now.AddDate(0, 0, 30)
		if _, err := b.lib.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		if ok, err := b.files.Has(ctx, b.item(batch, 1).SHA256); !ok || err != nil {
			t.Errorf("the file of an open item was swept: %v", err)
		}
	})
}
