package request_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"gongkai/internal/fault"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/workday"
)

// book writes a sheet with merged cells.
func book(t testing.TB, rows [][]any, merged ...[2]string) []byte {
	t.Helper()
	x := excelize.NewFile()
	for i, row := range rows {
		if err := x.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	for _, m := range merged {
		if err := x.MergeCell("Sheet1", m[0], m[1]); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if _, err := x.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// oldBook is a register as offices keep them: a title over the headings, merged
// dates, dates as text, a missing applicant, words that are no outcome.
func oldBook(t testing.TB) []byte {
	return book(t, [][]any{
		{"2025年依申请公开台账"},
		{"序号", "受理时间", "申请人姓名", "身份证号", "申请公开的内容", "申请方式", "答复情况", "答复日期", "经办人"},
		{1, "2025.3.7", secretName, secretProof, "义务教育布局规划", "现场", "予以公开", "2025年3月20日", "老刘"},
		{2, nil, "乙丙丁", "", "午餐采购合同", "EMS", "信息不存在", 45740, ""},
		{3, 45800, "", "", "民办幼儿园年检结论", "网上", "给了一部分", "", ""},
		{4, "2026-01-20", "丙丁戊", 1.1010519491231e17, "2026年招生计划", "飞鸽", "办理中", "", ""},
		{5, "去年春天", "丁戊己", "", "教师编制数", "", "", "", ""},
		{6, "2025-05-01", "戊己庚", "", "", "", "", "", ""},
		{},
		{"合计", nil, nil, nil, "6件"},
	}, [2]string{"B3", "B4"}, [2]string{"A1", "I1"})
}

func TestTakeOver_EveryLineIsAccountedFor(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		clerk := d.people["clerk"]
		for name, data := range map[string][]byte{"no workbook": []byte("x"), "empty": book(t, nil), "headings only": book(t, [][]any{{"编号", "收到日期"}})} {
			if _, err := d.room.NewImport(ctx, clerk, d.organ, request.OldTable, data); fault.FieldOf(err) != "文件" {
				t.Errorf("%s: %v", name, err)
			}
		}
		i, err := d.room.NewImport(ctx, clerk, d.organ, request.OldTable, oldBook(t))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(i.Mapping, ","); got != "number,on,name,proof,content,channel,outcome,answered," || i.Head != 1 {
			t.Fatalf("headings read as %q in line %d", got, i.Head)
		}
		if n := d.tally(`SELECT COUNT(*) FROM requests`); n != 0 {
			t.Fatalf("looking wrote %d requests", n)
		}
		if n := d.tally(`SELECT COUNT(*) FROM request_imports WHERE table_sealed LIKE '%' || $1 || '%'`, secretName); n != 0 {
			t.Error("the table lies in the clear")
		}
		again, err := d.room.NewImport(ctx, clerk, d.organ, request.OldTable, oldBook(t))
		if err != nil || again.ID != i.ID {
			t.Errorf("a file that was looked at only is another one: %v %v", again, err)
		}
		if err := d.room.RunTakeOver(ctx, clerk, i.ID); err != nil {
			t.Fatal(err)
		}
		if i, err = d.room.Import(ctx, i.ID); err != nil || i.Total != 7 || i.Taken != 4 || i.Refused != 3 || i.Finished.IsZero() {
			t.Fatalf("%+v %v", i, err)
		}
		if n := d.tally(`SELECT COUNT(*) FROM requests`); n != i.Taken {
			t.Errorf("%d requests of %d lines", n, i.Taken)
		}
		for _, q := range []struct {
			where string
			n     int
		}{{`c.number = '旧台账〔2025〕1' AND c.state = 'archived' AND r.outcome = 'GRANT' AND r.received_on = '2025-03-07' AND r.served_on = '2025-03-20' AND r.blind <> ''`, 1},
			{`c.number = '旧台账〔2025〕2' AND r.received_on = '2025-03-07' AND r.outcome = 'NA_NOTHELD' AND r.channel = 'post_signed' AND r.blind = ''`, 1},
			{`c.number = '旧台账〔2025〕3' AND c.state = 'archived' AND r.outcome = '' AND r.channel = 'online'`, 1},
			{`c.number = '旧台账〔2026〕4' AND c.state = 'working' AND r.channel = 'in_person' AND c.due_at > 0`, 1}} {
			if n := d.tally(`SELECT COUNT(*) FROM cases c JOIN requests r ON r.case_id = c.id WHERE ` + q.where); n != q.n {
				t.Errorf("%s: %d", q.where, n)
			}
		}
		totals, cells, err := d.room.Losses(ctx, clerk, i)
		if err != nil {
			t.Fatal(err)
		}
		report := fmt.Sprint(totals, cells)
		for _, want := range []string{"收录 4", "没有收录 3", "[3 B 受理时间 2025.3.7 改写 改写为2025-03-07]", "[3 I 经办人 老刘 没有收录 这一列没有对应的项]", "取自合并单元格", "[5 G 答复情况 给了一部分 没有收录 不是条例第三十六条规定的答复结果]",
			"[5 C 申请人姓名  缺 没有写申请人]", "后几位已经丢失", "飞鸽 改写 不是可以识别的申请方式", "去年春天", "整行没有收录：没有“申请内容”", "整行没有收录：合计行", "2025年依申请公开台账"} {
			if !strings.Contains(report, want) {
				t.Errorf("the report lacks %q:\n%s", want, report)
			}
		}
		if _, err := d.room.NewImport(ctx, clerk, d.organ, request.OldTable, oldBook(t)); fault.KindOf(err) != fault.Conflict || !strings.Contains(fault.Text(err), "已经收录过（4 件）") {
			t.Errorf("the same file again: %v", err)
		}
		if err := d.room.RunTakeOver(ctx, clerk, i.ID); err != nil || d.tally(`SELECT COUNT(*) FROM requests`) != 4 {
			t.Errorf("run again: %v", err)
		}
		if rc := d.submit(nil); rc.Number != "依申请〔2026〕1号" {
			t.Errorf("the old register took numbers: %s", rc.Number)
		}
	})
}

func TestTakeOver_GoesOnWhereItBroke(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		rows := [][]any{{"登记编号", "收到日期", "申请内容", "答复日期"}}
		for n := range 230 {
			rows = append(rows, []any{fmt.Sprintf("教公开申〔2024〕%d", n+1), "2024-03-04", fmt.Sprintf("第%d份文件", n+1), "2024-03-20"})
		}
		i, err := d.room.NewImport(ctx, d.people["clerk"], d.organ, request.OldTable, book(t, rows))
		if err != nil {
			t.Fatal(err)
		}
		broken := &stopper{left: 150}
		if err := d.room.RunTakeOver(broken, d.people["clerk"], i.ID); err == nil {
			t.Fatal("it did not break")
		}
		half, err := d.room.Import(ctx, i.ID)
		if err != nil || half.Done != d.tally(`SELECT COUNT(*) FROM requests`) || half.Done == 230 {
			t.Fatalf("done %d of %d requests, %v", half.Done, d.tally(`SELECT COUNT(*) FROM requests`), err)
		}
		if err := d.room.SetMapping(ctx, i.ID, half.Mapping); half.Done > 0 && fault.KindOf(err) != fault.Conflict {
			t.Errorf("columns changed in the middle: %v", err)
		}
		if err := d.room.RunTakeOver(ctx, d.people["clerk"], i.ID); err != nil {
			t.Fatal(err)
		}
		if n := d.tally(`SELECT COUNT(*) FROM requests`); n != 230 {
			t.Errorf("%d requests", n)
		}
	})
}

// stopper is a context that ends after it was asked some times, as a process
// that is killed in the middle.
type stopper struct {
	left int
	over bool
}

func (s *stopper) Deadline() (time.Time, bool) { return time.Time{}, false }
func (s *stopper) Value(any) any               { return nil }
func (s *stopper) Done() <-chan struct{} {
	end := make(chan struct{})
	if s.left--; s.left < 0 {
		s.over = true
		close(end)
	}
	return end
}
func (s *stopper) Err() error {
	if s.over {
		return context.Canceled
	}
	return nil
}

func TestTakeOver_ColumnsAreCorrected(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		i, err := d.room.NewImport(ctx, d.people["clerk"], d.organ, request.OldTable, book(t, [][]any{{"甲", "收到日期", "乙"}, {"x1", "2025-03-07", "规划"}}))
		if err != nil {
			t.Fatal(err)
		}
		if err := d.room.RunTakeOver(ctx, d.people["clerk"], i.ID); fault.KindOf(err) != fault.Invalid {
			t.Errorf("run without a column of contents: %v", err)
		}
		for _, bad := range [][]string{{"", "on"}, {"on", "on", "content"}, {"number", "on", "nonsense"}} {
			if err := d.room.SetMapping(ctx, i.ID, bad); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%v: %v", bad, err)
			}
		}
		if err := d.room.SetMapping(ctx, i.ID, []string{"number", "on", "content"}); err != nil {
			t.Fatal(err)
		}
		if err := d.room.RunTakeOver(ctx, d.people["clerk"], i.ID); err != nil {
			t.Fatal(err)
		}
		if n := d.tally(`SELECT COUNT(*) FROM request_intake WHERE number = 'x1'`); n != 1 {
			t.Errorf("%d", n)
		}
	})
}

func batchBook(t testing.TB, change func(rows [][]any)) []byte {
	head := []any{"收到途径", "收到日期", "您想了解什么", "申请人类别", "姓名或者名称", "身份证明", "法定代表人", "联系人", "联系方式", "获取方式", "送达途径", "个人信息处理告知"}
	rows := [][]any{head,
		{"当面提交", "2026-01-29", "规划文本", "公民", secretName, secretProof, "", "", "13800000000", "纸质", "当面领取", "是"},
		{"邮寄（签收）", 46049, "采购合同", "商业企业", "某某有限公司", "91350100M000100Y43", "甲乙", "丙丁", "13800000000", "电子文件", "当面领取", "是"}}
	if change != nil {
		change(rows)
	}
	return book(t, rows)
}

func TestBatch_AllOrNothingWithEveryFaultByRowAndColumn(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		clerk, today := d.people["clerk"], workday.DateOf(d.now)
		bad, err := d.room.NewImport(ctx, clerk, d.organ, request.BatchTable, batchBook(t, func(rows [][]any) { rows[1][1], rows[2][6] = "2026-02-30", "" }))
		if err != nil {
			t.Fatal(err)
		}
		_, faults := bad.Batch(today)
		if len(faults) != 2 || faults[0].Row != 2 || faults[0].Column != "B" || !strings.Contains(faults[0].Text, "2026-02-30") || faults[1].Row != 3 || faults[1].Column != "G" {
			t.Fatalf("%+v", faults)
		}
		if err := d.room.RunBatch(ctx, clerk, bad.ID); fault.KindOf(err) != fault.Conflict || d.tally(`SELECT COUNT(*) FROM requests`) != 0 {
			t.Fatalf("half of a batch: %v", err)
		}
		good, err := d.room.NewImport(ctx, clerk, d.organ, request.BatchTable, batchBook(t, nil))
		if err != nil {
			t.Fatal(err)
		}
		if lines, faults := good.Batch(today); len(lines) != 2 || len(faults) != 0 {
			t.Fatalf("%+v %+v", lines, faults)
		}
		for range 2 { // the second confirmation changes nothing
			if err := d.room.RunBatch(ctx, clerk, good.ID); err != nil {
				t.Fatal(err)
			}
		}
		list, err := d.room.WrittenBy(ctx, good.ID)
		if err != nil || len(list) != 2 || list[0].Number != "依申请〔2026〕1号" || d.tally(`SELECT COUNT(*) FROM requests`) != 2 {
			t.Fatalf("%+v %v", list, err)
		}
		if _, q, err := d.room.Track(ctx, list[1].Code, "0Y43"); err != nil || workday.DateOf(q.Submitted).String() != "2026-01-27" {
			t.Errorf("%+v %v", q, err)
		}
		var blank bytes.Buffer
		if err := request.WriteBatchTable(&blank); err != nil {
			t.Fatal(err)
		}
		if _, err := d.room.NewImport(ctx, clerk, d.organ, request.BatchTable, blank.Bytes()); fault.FieldOf(err) != "文件" {
			t.Errorf("an empty table: %v", err)
		}
	})
}
