package request

import (
	"bytes"
	"testing"

	"github.com/xuri/excelize/v2"

	"gongkai/internal/workday"
)

func TestSheetDay(t *testing.T) {
	for s, want := range map[string]string{"2025.3.7": "2025-03-07", "2025年3月7日": "2025-03-07", "２０２５年３月７日": "2025-03-07", "2025/03/07 10:20": "2025-03-07", "2025-3-7": "2025-03-07", "20250307": "2025-03-07",
		"45000": "2023-03-15", "45723.5": "2025-03-07", "2025年3月7号": "2025-03-07", "2025年3月7日上午": "2025-03-07",
		"": "", "2025年3月": "", "去年春天": "", "2026-02-30": "", "12": "", "1e400": "", "3.7": "", "NaN": ""} {
		d, ok := sheetDay(s)
		if got := d.String(); ok && got != want || ok != (want != "") {
			t.Errorf("%q is %s %v, not %q", s, got, ok, want)
		}
	}
}

func FuzzSheetDay(f *testing.F) {
	for _, s := range []string{"2025.3.7", "45000", "2025年3月7日", "..", "日", "1e9"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, ok := sheetDay(s); ok && (d.Year < 1949 || d.Year > 2101) {
			t.Errorf("%q is %s", s, d)
		}
	})
}

func FuzzOldTable(f *testing.F) {
	x := excelize.NewFile()
	if err := x.SetSheetRow("Sheet1", "A1", &[]any{"编号", "收到日期", "申请内容"}); err != nil {
		f.Fatal(err)
	}
	if err := x.SetSheetRow("Sheet1", "A2", &[]any{"1", "2025.3.7", "规划"}); err != nil {
		f.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := x.WriteTo(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte("PK"))
	f.Fuzz(func(t *testing.T, data []byte) {
		g, head, mapping, err := readTable(OldTable, data)
		if err != nil {
			return
		}
		taken := 0
		for _, l := range g.lines(head, mapping, workday.MustDate("2026-01-30")) {
			if (l.Entry == nil) == (l.Refused == "") {
				t.Error("a line is neither taken nor refused")
			}
			taken++
		}
	})
}

func TestFieldOf_HeadingsOfManyOffices(t *testing.T) {
	for heading, want := range map[string]string{"申请人（姓名或名称）": "name", "受理 时间": "on", "身份证号码": "proof", "所需信息的内容描述": "content", "答复文号": "letter", "文号": "letter", "答复日期*": "answered",
		"申请人类型": "kind", "办理结果": "outcome", "申请方式": "channel", "备注": "", "": "", "经办人": "", "是否办结": "state"} {
		if got, _ := fieldOf(heading); got != want {
			t.Errorf("%q is %q, not %q", heading, got, want)
		}
	}
}
