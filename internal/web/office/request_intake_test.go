package office

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/request"
)

const scanBytes = "%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF"

// intakeThings adds a scan to a request and hands in an old register; it gives
// what the addresses name.
func (s *site) intakeThings(b *browser, id string) []string {
	s.t.Helper()
	at := "/office/requests/" + id + "/scans"
	if p := b.sendFiles(at, [][2]string{{fieldToken, b.formToken(at)}, {"role", "form"}}, []sent{{"a.pdf", []byte(scanBytes)}}, ""); p.status != http.StatusSeeOther {
		s.t.Fatalf("%d %s", p.status, p.words())
	}
	var scan int64
	if err := s.db.Reader().QueryRowContext(ctx, `SELECT MIN(id) FROM request_files WHERE case_id = $1`, id).Scan(&scan); err != nil {
		s.t.Fatal(err)
	}
	p := b.uploadTable("register", requestBook(s.t, [][]any{{"编号", "收到日期", "申请人", "申请内容", "答复日期"}, {"教公开申〔2024〕1", "2024.3.4", "乙丙丁", "学校名单", "2024-03-20"}}))
	table := strings.TrimPrefix(p.header.Get("Location"), "/office/request-tables/")
	if p.status != http.StatusSeeOther || table == "" {
		s.t.Fatalf("%d %s", p.status, p.words())
	}
	return []string{"/scans/{scan}", fmt.Sprintf("/scans/%d", scan), "/request-tables/{import}", "/request-tables/" + table}
}

func requestBook(t testing.TB, rows [][]any) []byte {
	t.Helper()
	x := excelize.NewFile()
	for i, row := range rows {
		if err := x.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if _, err := x.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (b *browser) uploadTable(kind string, data []byte) page {
	b.s.t.Helper()
	at := "/office/request-tables/" + kind
	return b.sendFiles(at, [][2]string{{fieldToken, b.formToken(at)}, {"organ", "qh-jyj"}}, []sent{{"表.xlsx", data}}, "")
}

func TestA51_TheCounterShowsRepeatsAndWarnsOfWrongDigits(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("counter", "qh-jyj", access.Clerk)
		b := s.signIn("counter")
		form := registerForm()
		form["proof"], form["oral"] = "110105194912310021", "1"
		first := b.submit("/office/requests/new", "/office/requests/new", form)
		at := first.header.Get("Location")
		s.has(b.get(at), http.StatusOK, "身份证件号码的校验码不对", "代为填写", "请在2026年11月23日（下一个工作日）以前确认")
		again := b.submit("/office/requests/new", "/office/requests/new", form)
		s.has(again, http.StatusConflict, "还没有登记", "就同样内容申请过", at)
		if second := b.send(again, "/office/requests/new", map[string]string{"seen": "1"}); second.status != http.StatusSeeOther {
			t.Fatalf("%d %s", second.status, second.words())
		} else {
			s.has(b.get(second.header.Get("Location")), http.StatusOK, "可能是重复申请", "并入哪一件")
			if p := b.act(second.header.Get("Location"), request.ActMerge, map[string]string{"into": strings.TrimPrefix(at, "/office/cases/")}); p.status != http.StatusSeeOther {
				t.Fatalf("%d %s", p.status, p.words())
			}
			s.has(b.get(second.header.Get("Location")), http.StatusOK, "已并入", "由那一件答复")
		}
		form["channel"] = "system"
		s.has(b.submit("/office/requests/new", "/office/requests/new", form), http.StatusBadRequest, "请写明系统的名称")
		if p := b.act(at, request.ActSplit, map[string]string{"matters": "布局规划\n年检结论"}); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		s.has(b.get(at), http.StatusOK, "拆分出依申请〔2026〕3号")
		if p := b.act(at, request.ActTransfer, map[string]string{"organ": "qh-gaj", "why": "职责"}); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		s.has(b.get(at), http.StatusOK, "已转送", "对方的编号是依申请〔2026〕1号")
	})
}

func TestZ25_12b_ScansAndTalksArePagesWhoseReadingIsKept(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		things := s.requestThings()
		b := s.signIn("answerer")
		at := things.Replace("/office/requests/{id}/scans")
		page := strings.Replace(strings.TrimSuffix(at, "/scans"), "/requests/", "/cases/", 1)
		for name, f := range map[string]struct {
			role, body, says string
		}{"no role": {"", scanBytes, "请选择"}, "a page": {"form", "<html><script>x</script></html>", "不是图片、PDF 或者 Word"}, "nothing": {"form", "", "空文件"}} {
			if p := b.sendFiles(at, [][2]string{{fieldToken, b.formToken(at)}, {"role", f.role}}, []sent{{"a.pdf", []byte(f.body)}}, ""); p.status/100 != 4 || !strings.Contains(p.words(), f.says) {
				t.Errorf("%s: %d %s", name, p.status, p.words())
			}
		}
		if p := b.get(things.Replace("/office/requests/{id}/scans/{scan}")); p.status != http.StatusOK || p.body != scanBytes || !strings.Contains(p.header.Get("Content-Disposition"), "attachment") {
			t.Errorf("%d %v", p.status, p.header)
		}
		if p := b.act(page, request.ActContact, map[string]string{"how": "phone", "whom": "applicant", "body": "申请人说改为查阅"}); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		if p := b.get(page); strings.Contains(p.body, "申请人说改为查阅") || !strings.Contains(p.words(), "2026年11月20日 电话（申请人）") {
			t.Errorf("%s", p.words())
		}
		s.has(b.get(things.Replace("/office/requests/{id}/contacts")), http.StatusOK, "申请人说改为查阅")
		if p := b.get(things.Replace("/office/requests/{id}/application.docx")); p.status != http.StatusOK || !strings.HasPrefix(p.body, "PK") {
			t.Errorf("%d", p.status)
		}
		if n := len(s.audits(audit.Filter{Actor: "answerer", Act: audit.ViewPersonal})); n != 3 {
			t.Errorf("%d readings are on record", n)
		}
		s.user("stranger", "qh-gaj", access.Clerk)
		other := s.signIn("stranger")
		for _, path := range []string{"/office/requests/{id}/scans", "/office/requests/{id}/scans/{scan}", "/office/requests/{id}/contacts", "/office/requests/{id}/application.docx", "/office/request-tables/{import}", "/office/request-tables/{import}/losses.xlsx"} {
			if p := other.get(things.Replace(path)); p.status != http.StatusNotFound {
				t.Errorf("%s: %d", path, p.status)
			}
		}
	})
}

func TestTakeOver_PreviewColumnsConfirmReport(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("keeper", "qh-jyj", access.Clerk)
		b := s.signIn("keeper")
		rows := [][]any{{"编号", "受理时间", "申请人", "甲", "答复情况"}, {"X-1", "2025.3.7", "乙丙丁", "学校名单", "予以公开"}, {"X-2", "没写", "丙丁戊", "规划", ""}}
		p := b.uploadTable("register", requestBook(t, rows))
		at := p.header.Get("Location")
		s.has(b.get(at), http.StatusOK, "还没有写入", "没有收录 2 行")
		if p := b.submit(at, at+"/columns", map[string]string{"c3": "on"}); p.status != http.StatusBadRequest || !strings.Contains(p.words(), "一项只能对应一列") {
			t.Errorf("%d %s", p.status, p.words())
		}
		if p := b.submit(at, at+"/columns", map[string]string{"c3": "content"}); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		s.has(b.get(at), http.StatusOK, "收录 1 件", "没有收录 1 行")
		if p := b.submit(at, at, nil); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		s.has(b.get(at), http.StatusOK, "2 行 = 收录 1 件 + 没有收录 1 行", "B 列 改写")
		s.has(b.get("/office/request-tables/register"), http.StatusOK, "以前上传的表", "收录 1 件，没有收录 1 行") // the way back to it
		for i := range 201 {                                                                        // what others hand in crowds nobody's own out
			s.exec(`INSERT INTO request_imports (organ_id, kind, sha256, table_sealed, login, at) VALUES ($1, $2, $3, '', 'clerk', 1)`, s.organID("qh-zf"), string(request.OldTable), fmt.Sprint(i))
		}
		s.has(b.get("/office/request-tables/register"), http.StatusOK, "收录 1 件，没有收录 1 行")
		s.user("stranger", "qh-gaj", access.Clerk)
		if p := s.signIn("stranger").get("/office/request-tables/register"); p.status != http.StatusOK || strings.Contains(p.words(), "以前上传的表") {
			t.Errorf("another organ sees the table: %d", p.status)
		}
		out := b.get(at + "/losses.xlsx")
		x, err := excelize.OpenReader(strings.NewReader(out.body))
		if err != nil {
			t.Fatal(err)
		}
		defer x.Close()
		cells, err := x.GetRows("逐格")
		if err != nil || !strings.Contains(fmt.Sprint(cells), "没写") {
			t.Errorf("%v %v", cells, err)
		}
		s.has(b.uploadTable("register", requestBook(t, rows)), http.StatusConflict, "已经收录过")
		s.has(b.uploadTable("register", []byte("x")), http.StatusUnsupportedMediaType, "不是可以读取的 Excel")
	})
}

func TestBatch_PreviewThenAllOrNothing(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("counter", "qh-jyj", access.Clerk)
		b := s.signIn("counter")
		blank := b.get("/office/request-tables/batch/blank.xlsx")
		x, err := excelize.OpenReader(strings.NewReader(blank.body))
		if err != nil {
			t.Fatal(err)
		}
		defer x.Close()
		good := []any{"当面提交", "2026-11-20", "学校名单", "公民", "乙丙丁", "11010519491231002X", "", "", "13800000000", "", "", "纸质", "当面领取", "", "", "", "", "是"}
		fill := func(rows ...[]any) []byte {
			for i, row := range rows {
				if err := x.SetSheetRow("申请", fmt.Sprintf("A%d", i+2), &row); err != nil {
					t.Fatal(err)
				}
			}
			var out bytes.Buffer
			if _, err := x.WriteTo(&out); err != nil {
				t.Fatal(err)
			}
			return out.Bytes()
		}
		bad := append([]any{}, good...)
		bad[1] = "2026-11-31"
		p := b.uploadTable("batch", fill(good, bad))
		s.has(b.get(p.header.Get("Location")), http.StatusOK, "一件也没有登记", "“2026-11-31”不是日期", "B 收到日期")
		if p := b.post(p.header.Get("Location"), map[string][]string{fieldToken: {b.formToken("/office/request-tables/batch")}}); p.status != http.StatusConflict {
			t.Errorf("%d %s", p.status, p.words())
		}
		p = b.uploadTable("batch", fill(good, good))
		at := p.header.Get("Location")
		if p := b.submit(at, at, nil); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		s.has(b.get(at), http.StatusOK, "已登记 2 件", "依申请〔2026〕1号", "依申请〔2026〕2号")
	})
}
