package office

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"gongkai/internal/access"
	"gongkai/internal/audit"
)

// organBook is a table with one good leader and, when bad, one without a name.
func organBook(t testing.TB, bad bool) []byte {
	t.Helper()
	x := excelize.NewFile()
	rows := [][]any{{"机构代码", "姓名", "职务"}, {"qh-jyj", "上官拾穗", "局长"}}
	if bad {
		rows = append(rows, []any{"qh-jyj", "", "副局长"}, []any{"qh-gaj", "濮阳晴川", "局长"})
	}
	if err := x.SetSheetName("Sheet1", "领导"); err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		at, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			t.Fatal(err)
		}
		if err := x.SetSheetRow("领导", at, &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if _, err := x.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestOrganSheet_PreviewThenConfirm(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("boss", "qh-jyj", access.LibraryManager)
		b := s.signIn("boss")
		at := "/office/organs/import"
		upload := func(mode string, data []byte) page {
			return b.sendFiles(at, [][2]string{{fieldToken, b.formToken(at)}, {"mode", mode}}, []sent{{"机构.xlsx", data}}, "")
		}
		confirm := func() page {
			return b.post(at+"/confirm", map[string][]string{fieldToken: {b.formToken(at)}})
		}
		s.has(confirm(), http.StatusBadRequest, "没有等待确认的文件")
		s.has(upload("whole", []byte("x")), http.StatusUnsupportedMediaType, "不是可以读取的 Excel")
		s.has(upload("whole", organBook(t, true)), http.StatusBadRequest, "一项都不保存", "“领导”表第 3 行 B 列“姓名”", "“领导”表第 4 行 A 列“机构代码”", "不在您的管理范围内")
		s.has(confirm(), http.StatusBadRequest, "没有保存")
		p := upload("good", organBook(t, true))
		s.has(p, http.StatusOK, "这是预览，还没有保存", "上官拾穗", "确认保存")
		if q := b.get("/office/organ/qh-jyj/leaders"); strings.Contains(q.body, "上官拾穗") {
			t.Error("a preview saved")
		}
		s.has(confirm(), http.StatusOK, "已保存", "新增 1 项")
		s.has(b.get("/office/organ/qh-jyj/leaders"), http.StatusOK, "上官拾穗")
		s.has(confirm(), http.StatusBadRequest, "没有等待确认的文件")
		if n := len(s.audits(audit.Filter{Actor: "boss", Target: "organ:qh-jyj", Outcome: audit.Done})); n != 1 {
			t.Errorf("%d audit rows", n)
		}
		out := b.get("/office/organs/export.xlsx")
		x, err := excelize.OpenReader(strings.NewReader(out.body))
		if err != nil {
			t.Fatal(err)
		}
		defer x.Close()
		if v, err := x.GetCellValue("领导", "B2"); err != nil || v != "上官拾穗" {
			t.Errorf("%q %v", v, err)
		}
		organs, err := x.GetRows("机构")
		if err != nil || len(organs) != 3 { // heading, the bureau, the school below it
			t.Errorf("%v %v", organs, err)
		}
	})
}
