package access

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// book makes a table of people: rows of cells, then changes by hand.
func makeSheet(t testing.TB, rows [][]any, change func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetName("Sheet1", sheetName); err != nil {
		t.Fatal(err)
	}
	head := make([]any, len(sheetColumns))
	for i, c := range sheetColumns {
		head[i] = c
	}
	for i, row := range append([][]any{head}, rows...) {
		if err := f.SetSheetRow(sheetName, fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	if change != nil {
		change(f)
	}
	var b bytes.Buffer
	if _, err := f.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func real(s string) time.Time { return workday.MustDate(s).Time().UTC().Add(8 * time.Hour) }

// person is a good row.
func person(login string) []any {
	return []any{login, "人员" + login, "jyj", "科员", "办事员、审核员", real("2026-12-01"), real("2027-12-01")}
}

func with(row []any, column int, v any) []any {
	out := append([]any(nil), row...)
	out[column] = v
	return out
}

func TestReadSheet_GoodRows(t *testing.T) {
	rows, faults, err := ReadSheet(bytes.NewReader(makeSheet(t, [][]any{person("aa"), {}, {"BB", "乙", "zf", nil, nil, nil, nil}}, nil)))
	if err != nil || len(faults) > 0 || len(rows) != 2 {
		t.Fatal(rows, faults, err)
	}
	a := rows[0].Person
	if rows[0].Row != 2 || a.Login != "aa" || a.Title != "科员" || len(a.Grants) != 2 || a.Grants[1].Role != Reviewer ||
		a.Grants[0].From.String() != "2026-12-01" || a.Grants[0].To.String() != "2027-12-01" {
		t.Errorf("%+v", a)
	}
	if b := rows[1]; b.Row != 4 || b.Person.Login != "bb" || b.Person.Grants != nil {
		t.Errorf("%+v", b)
	}
}

func TestReadSheet_NamesEveryBadRow(t *testing.T) {
	for name, c := range map[string]struct {
		rows   [][]any
		change func(f *excelize.File)
		want   string // place of each fault, and a word of its text
		good   int
	}{
		"merged cells": {[][]any{person("aa"), person("bb"), person("cc")}, func(f *excelize.File) {
			if err := f.MergeCell(sheetName, "C3", "C4"); err != nil {
				t.Fatal(err)
			}
		}, "第 3 行 C 列 C3:C4 是合并单元格|第 4 行 C 列 C3:C4 是合并单元格", 1},
		"text date":           {[][]any{with(person("aa"), 5, "2026年12月1日"), person("bb")}, nil, "第 2 行 F 列“开始日期” 写的是文字“2026年12月1日”", 1},
		"text ISO date":       {[][]any{with(person("aa"), 6, "2026-12-01")}, nil, "第 2 行 G 列“结束日期” 写的是文字“2026-12-01”", 0},
		"date as a number":    {[][]any{with(person("aa"), 5, 20261201)}, nil, "第 2 行 F 列“开始日期” 写的是“20261201”", 0},
		"negative date":       {[][]any{with(person("aa"), 5, -4)}, nil, "第 2 行 F 列“开始日期” 写的是“-4”", 0},
		"end before begin":    {[][]any{with(person("aa"), 6, real("2026-11-01"))}, nil, "第 2 行 G 列“结束日期” 结束日期要晚于", 0},
		"doubled login":       {[][]any{person("aa"), person("bb"), person("AA")}, nil, "第 2 行 A 列“登录名” 登录名“aa”和第 4 行重复|第 4 行 A 列“登录名” 登录名“aa”和第 2 行重复", 1},
		"no login":            {[][]any{with(person("aa"), 0, " ")}, nil, "第 2 行 A 列“登录名” 没有填写", 0},
		"bad login":           {[][]any{with(person("aa"), 0, "小林")}, nil, "第 2 行 A 列“登录名” 登录名写的是“小林”", 0},
		"no name":             {[][]any{with(person("aa"), 1, "")}, nil, "第 2 行 B 列“姓名” 请填写姓名", 0},
		"unknown role":        {[][]any{with(person("aa"), 4, "办事员、大王")}, nil, "第 2 行 E 列“角色” 没有“大王”这个角色", 0},
		"role not given":      {[][]any{with(person("aa"), 4, "访客")}, nil, "第 2 行 E 列“角色” 角色“访客”不能授予", 0},
		"no organ":            {[][]any{with(person("aa"), 2, nil)}, nil, "第 2 行 C 列“单位代码” 没有填写", 0},
		"three at once":       {[][]any{{"", "", "", nil, nil, nil, nil, "x"}}, nil, "第 2 行 A 列“登录名” 没有填写|第 2 行 B 列“姓名” 请填写|第 2 行 C 列“单位代码” 没有填写", 0},
		"a formula is a text": {[][]any{with(person("aa"), 1, "=1+1")}, nil, "", 1},
	} {
		rows, faults, err := ReadSheet(bytes.NewReader(makeSheet(t, c.rows, c.change)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []string
		for _, f := range faults {
			got = append(got, f.Where()+" "+f.Text)
		}
		want := strings.Split(c.want, "|")
		if c.want == "" {
			want = nil
		}
		ok := len(got) == len(want) && len(rows) == c.good
		for i := range want {
			ok = ok && strings.HasPrefix(got[i], want[i])
		}
		if !ok {
			t.Errorf("%s: %d good, want %d;\n got  %q\n want %q", name, len(rows), c.good, got, want)
		}
	}
}

func TestReadSheet_FilesThatAreNoTable(t *testing.T) {
	var bomb bytes.Buffer
	z := zip.NewWriter(&bomb)
	w, err := z.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(make([]byte, maxUnzipped+1)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		data []byte
		kind fault.Kind
	}{
		"nothing":         {nil, fault.Unsupported},
		"text":            {[]byte("登录名,姓名\n"), fault.Unsupported},
		"half a file":     {makeSheet(t, [][]any{person("aa")}, nil)[:3000], fault.Unsupported},
		"zip bomb":        {bomb.Bytes(), fault.Unsupported},
		"more than 5 MB":  {make([]byte, maxSheetBytes+1), fault.TooLarge},
		"only a heading":  {makeSheet(t, nil, nil), fault.Invalid},
		"another heading": {makeSheet(t, [][]any{person("aa")}, func(f *excelize.File) { _ = f.SetCellStr(sheetName, "A1", "工号") }), fault.Invalid},
		"heading twice":   {makeSheet(t, [][]any{person("aa")}, func(f *excelize.File) { _ = f.SetCellStr(sheetName, "B1", "登录名") }), fault.Invalid},
	} {
		rows, faults, err := ReadSheet(bytes.NewReader(c.data))
		if fault.KindOf(err) != c.kind || fault.Text(err) == "" || rows != nil || faults != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSaveSheet_AllOrTheGoodOnes(t *testing.T) {
	run(t, func(t *testing.T, h house) {
		local := h.add(t, "local", "jyj", SystemAdmin)
		h.add(t, "taken", "jyj")
		data := makeSheet(t, [][]any{person("aa"), with(person("bb"), 2, "nowhere"), with(person("cc"), 2, "gaj"), person("taken"),
			with(person("dd"), 4, "系统管理员、办事员"), with(person("ee"), 5, "昨天"), person("ff")}, nil)
		read := func() ([]SheetRow, []SheetFault) {
			rows, faults, err := ReadSheet(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			return rows, faults
		}
		count := func() (n int) {
			if err := h.db.Reader().QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM people) + (SELECT COUNT(*) FROM credentials) + (SELECT COUNT(*) FROM grants) + (SELECT COUNT(*) FROM posts)`).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		places := func(faults []SheetFault) (s string) {
			for _, f := range faults {
				s += fmt.Sprintf("%d%s ", f.Row, f.Field)
			}
			return s
		}
		const want = "3单位代码 4单位代码 5登录名 6角色 7开始日期 "
		before := count()
		rows, faults := read()
		saved, all, err := h.SaveSheet(ctx, local, rows, faults, true)
		if err != nil || len(saved) != 0 || places(all) != want || count() != before {
			t.Errorf("none: %v %q %v, %d rows more", saved, places(all), err, count()-before)
		}
		rows, faults = read()
		saved, all, err = h.SaveSheet(ctx, local, rows, faults, false)
		if err != nil || len(saved) != 2 || saved[0].Login != "aa" || saved[1].Row != 8 || places(all) != want || count() != before+2*5 {
			t.Errorf("the good ones: %v %q %v, %d rows more", saved, places(all), err, count()-before)
		}
		e, err := h.SignIn(ctx, Attempt{Login: "aa", Password: saved[0].Password})
		if err != nil {
			t.Fatal(err)
		}
		if a, err := h.Account(ctx, e.Person); err != nil || !a.MustChange {
			t.Error("a first password may stay", err)
		}
		if n := len(h.audits(t, audit.Filter{Target: "people", Act: audit.Configure})); n != 1 {
			t.Errorf("%d audit rows", n)
		}
		h.clock.pass(20 * 24 * time.Hour)
		if got := fmt.Sprint(h.actor(t, "ff").Roles()); got != "[clerk reviewer]" {
			t.Error(got)
		}
	})
}

// What goes out comes in again.
func TestSheet_RoundTrip(t *testing.T) {
	run(t, func(t *testing.T, h house) {
		admin := h.add(t, "boss", "zf", Inspector, SystemAdmin)
		h.add(t, "lin", "jyj", Clerk, Reviewer)
		h.add(t, "chen", "gaj")
		if err := h.Grant(ctx, admin, "lin", GrantSpec{Role: Head, Organ: "xx"}); err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := h.WriteSheet(ctx, admin, PeopleFilter{}, &b); err != nil {
			t.Fatal(err)
		}
		f, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if other, err := f.GetRows(otherSheet); err != nil || len(other) != 2 || other[1][1] != "负责人" {
			t.Error(other, err)
		}
		rows, faults, err := ReadSheet(&b)
		if err != nil || len(faults) > 0 || len(rows) != 3 {
			t.Fatal(rows, faults, err)
		}
		for _, r := range rows {
			if r.Person.Login == "lin" && (len(r.Person.Grants) != 2 || r.Person.Organ != "jyj" || r.Person.Grants[0].From != h.Today()) {
				t.Errorf("%+v", r.Person)
			}
		}
		if n := len(h.audits(t, audit.Filter{Act: audit.ViewPersonal, Target: "people"})); n != 1 {
			t.Error("the export was not recorded")
		}
	})
}

// TestSheet_NoFormulaGoesOut: a name that begins with = must not run in the
// reader's program.
func TestSheet_NoFormulaGoesOut(t *testing.T) {
	var b bytes.Buffer
	if err := writePeople([]Member{{Login: "a1", Name: `=HYPERLINK("http://evil.example")`}}, &b); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	if formula, err := f.GetCellFormula(sheetName, "B2"); err != nil || formula != "" {
		t.Error(formula, err)
	}
}

func FuzzReadSheet(f *testing.F) {
	f.Add([]byte(""))
	f.Add([]byte("PK\x03\x04"))
	f.Add(makeSheet(f, [][]any{person("aa")}, nil))
	f.Add(makeSheet(f, [][]any{with(person("aa"), 5, "x")}, func(x *excelize.File) { _ = x.MergeCell(sheetName, "A2", "B9") }))
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, faults, err := ReadSheet(bytes.NewReader(data))
		if err != nil && (rows != nil || faults != nil || fault.Text(err) == "") {
			t.Fatalf("%v with %d rows", err, len(rows))
		}
		seen := map[string]bool{}
		for _, r := range rows {
			if r.Row < 2 || r.Person.Login == "" || seen[r.Person.Login] {
				t.Fatalf("%+v", r)
			}
			seen[r.Person.Login] = true
		}
		for _, x := range faults {
			if x.Row < 2 || x.Text == "" {
				t.Fatalf("%+v", x)
			}
		}
	})
}
