package org_test

import (
	"bytes"
	"database/sql"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"gongkai/internal/fault"
	"gongkai/internal/org"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/workday"
)

// workbook writes sheets of rows.
func workbook(t testing.TB, sheets map[string][][]any) []byte {
	t.Helper()
	x := excelize.NewFile()
	for name, rows := range sheets {
		if _, err := x.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			at, err := excelize.CoordinatesToCellName(1, i+1)
			if err != nil {
				t.Fatal(err)
			}
			if err := x.SetSheetRow(name, at, &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	var b bytes.Buffer
	if _, err := x.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var all = map[string]bool{"qh-jyj": true}

// take reads a table and saves it.
func (h *house) take(b []byte, opt org.SheetOptions) ([]org.SheetLine, []org.SheetFault) {
	h.Helper()
	rows, faults, err := org.ReadSheets(bytes.NewReader(b))
	if err != nil {
		h.Fatal(err)
	}
	lines, bad, err := h.r.SaveSheets(bg, rows, faults, opt)
	if err != nil {
		h.Fatal(err)
	}
	return lines, bad
}

func TestSheet_BadRowsAreNamedAndNothingOfThemIsKept(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		b := workbook(t, map[string][][]any{
			"机构": {{"机构代码", "名称", "上级机构代码", "统一社会信用代码", "网址"}, {"qh-jyj", "清河市教育局", "", "11990000100000374D", "https://jyj.qinghe.example/"},
				{"qh-ksy", "清河市教育考试院", "qh-jyj", "11990000100000374X", ""}, {"qh-far", "远处的局", "qh-zf", "", ""}, {"qh-new", "清河市学前教育中心", "qh-jyj", "", ""}, {"qh-jyj", "清河市教育和体育局", "", "", ""}},
			"领导":        {{"机构代码", "姓名", "职务", "任职日期"}, {"qh-jyj", "上官拾穗", "局长", "2024-03-01"}, {"qh-new", "慕容见山", "主任", 45000}, {"qh-jyj", "", "副局长", ""}, {"qh-jyj", "宇文听澜", "副局长", "去年"}},
			"内设机构和下设单位": {{"机构代码", "名称", "类别", "联系电话"}, {"qh-jyj", "办公室", "内设机构", "0000-1"}, {"qh-jyj", "甲科", "科室", ""}},
		})
		opt := org.SheetOptions{By: by, Reach: all}
		want := []string{"“机构”表第 3 行 D 列“统一社会信用代码”", "“机构”表第 4 行 C 列“上级机构代码”", "“机构”表第 6 行 B 列“名称”", "“领导”表第 4 行 B 列“姓名”", "“领导”表第 5 行 D 列“任职日期”", "“内设机构和下设单位”表第 3 行 C 列“类别”"}
		for _, mode := range []struct {
			dry, whole bool
			kept       string
		}{{true, true, ""}, {false, true, ""}, {false, false, "上官拾穗局长"}} {
			opt.Dry, opt.Whole = mode.dry, mode.whole
			lines, bad := h.take(b, opt)
			var got []string
			for _, f := range bad {
				got = append(got, f.Where())
			}
			if strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("faults:\n%s", strings.Join(got, "\n"))
			}
			if shown := mode.dry || !mode.whole; shown != (len(lines) == 5) {
				t.Errorf("%+v: %d lines %+v", mode, len(lines), lines)
			}
			if got := h.inOffice("2026-11-20"); got != mode.kept {
				t.Errorf("%+v: %s", mode, got)
			}
		}
		if o := h.organ(); o.CreditCode != "11990000100000374D" || o.Website != "https://jyj.qinghe.example/" || o.Phone != "0000-1234504" {
			t.Errorf("a column that the sheet lacks was changed: %+v", o)
		}
		if o, err := h.r.Organ(bg, "qh-new"); err != nil || o.Parents[0].Code != "qh-jyj" {
			t.Errorf("%+v %v", o, err)
		}
	})
}

func TestSheet_WhatGoesOutComesInUnchanged(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		id := h.add("=1+1", "局长", "2024-03-01")
		gone := h.add("钟离青禾", "副局长", "2020-01-01")
		h.must(func(tx *sql.Tx, o *org.Organ) error {
			return org.EndLeader(bg, tx, o, h.leaderIn(tx, o, gone), workday.MustDate("2026-10-01"), by)
		})
		h.must(func(tx *sql.Tx, o *org.Organ) error {
			_, err := org.AddUnit(bg, tx, o, org.UnitFacts{Kind: org.BelowUnit, Name: "考试院", Duties: "考试"}, by)
			return err
		})
		var b bytes.Buffer
		if err := h.r.WriteSheets(bg, []string{"qh-jyj"}, &b); err != nil {
			t.Fatal(err)
		}
		lines, bad := h.take(b.Bytes(), org.SheetOptions{By: by, Whole: true, Reach: all})
		if len(bad) != 0 || len(lines) != 4 {
			t.Fatalf("%+v %+v", lines, bad)
		}
		for _, l := range lines {
			if l.Deed != "" {
				t.Errorf("%+v", l)
			}
		}
		if h.leader(id).Name != "=1+1" {
			t.Error("a name became a formula")
		}
	})
}

func TestSheet_FilesThatCannotBeRead(t *testing.T) {
	for name, c := range map[string]struct {
		b     []byte
		words string
	}{
		"text":       {[]byte("机构代码,名称"), "不是可以读取的 Excel"},
		"no sheet":   {workbook(t, map[string][][]any{"别的": {{"机构代码"}}}), "文件里没有"},
		"no heading": {workbook(t, map[string][][]any{"领导": {{"机构代码", "姓名"}, {"a", "b"}}}), "缺少“职务”"},
		"twice":      {workbook(t, map[string][][]any{"领导": {{"机构代码", "姓名", "职务", "姓名"}}}), "出现了两次"},
		"empty":      {workbook(t, map[string][][]any{"领导": {{"机构代码", "姓名", "职务"}}}), "表里没有内容"},
		"large":      {bytes.Repeat([]byte{1}, org.MaxSheetBytes+1), "超过 5 MB"},
	} {
		_, _, err := org.ReadSheets(bytes.NewReader(c.b))
		if !strings.Contains(fault.Text(err), c.words) || fault.FieldOf(err) != "文件" {
			t.Errorf("%s: %v %q", name, err, fault.Text(err))
		}
	}
}

func FuzzReadSheets(f *testing.F) {
	f.Add(workbook(f, map[string][][]any{"领导": {{"机构代码", "姓名", "职务"}, {"a", "b", "c"}}}))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, b []byte) {
		rows, faults, err := org.ReadSheets(bytes.NewReader(b))
		if err == nil && len(rows)+len(faults) == 0 {
			t.Error("nothing was read and nothing said")
		}
	})
}
