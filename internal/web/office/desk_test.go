package office

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/document"
)

// docx writes a minimal Word file with one paragraph a line.
func docx(t testing.TB, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	body := ""
	for line := range strings.SplitSeq(text, "\n") {
		body += "<w:p><w:r><w:t>" + line + "</w:t></w:r></w:p>"
	}
	for name, content := range map[string]string{
		"[Content_Types].xml": `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`,
		"_rels/.rels":         `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`,
		"word/document.xml":   `<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>` + body + `</w:body></w:document>`,
	} {
		f, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// mixed is n files of every kind that offices hand in, good and bad.
func mixed(t testing.TB, n int) (files []sent, good int) {
	t.Helper()
	for i := 1; i <= n; i++ {
		f := sent{fmt.Sprintf("文件%03d.txt", i), []byte(deskNotice(i))}
		switch i % 10 {
		case 1:
			f = sent{fmt.Sprintf("文件%03d.docx", i), docx(t, deskNotice(i))}
		case 2:
			f = sent{fmt.Sprintf("文件%03d.html", i), []byte("<!DOCTYPE html><html><body><p>" + strings.ReplaceAll(deskNotice(i), "\n", "</p><p>") + "</p></body></html>")}
		case 3:
			f.name = fmt.Sprintf("文件%03d.pdf", i) // mislabelled
		case 4:
			f.body = nil
		case 5:
			f = sent{fmt.Sprintf("文件%03d.pdf", i), []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R/Encrypt<</Filter/Standard/V 1/R 2/P -4>>>>\n%%EOF")}
		}
		if i%10 != 4 && i%10 != 5 {
			good++
		}
		files = append(files, f)
	}
	return files, good
}

func TestDesk_TwoHundredMixedFilesInOneUpload(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("clerk", "qh-jyj", access.Clerk)
		s.user("manager", "qh-zf", access.LibraryManager)
		b := s.signIn("clerk")
		files, good := mixed(t, 200)
		p := b.sendFiles("/office/import", [][2]string{{fieldToken, b.formToken("/office/import")}, {"organ", "qh-jyj"}}, files, "")
		if p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		at := p.header.Get("Location")
		s.has(b.get(at), http.StatusOK, "已收到 200 个文件", "待读", "0 字节")
		s.deskRest()
		list := b.get(at)
		s.has(list, http.StatusOK, "将新建", "关于做好第1项工作的通知", "清教发〔2024〕1号", "核对完以后，由资料库管理员确认公开")
		m := s.signIn("manager")
		s.has(m.get(at), http.StatusOK, "确认公开本批全部")
		form := m.get(at)
		s.has(m.post(at+"/release", url.Values{fieldToken: {hidden(t, form, fieldToken)}, "once": {hidden(t, form, "once")}}), http.StatusBadRequest, "请先勾选")
		token, once, ready := hidden(t, form, fieldToken), hidden(t, form, "once"), hidden(t, form, "ready")
		send := url.Values{fieldToken: {token}, "once": {once}, "ready": {ready}, "all": {"1"}}
		for range 2 { // pressed twice
			if p := m.post(at+"/release", send); p.status != http.StatusSeeOther {
				t.Fatalf("%d %s", p.status, p.words())
			}
		}
		s.deskRest()
		n := strings.Count(ready, ",") + 1
		var works, editions int
		if err := s.db.Reader().QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM works), (SELECT COUNT(*) FROM editions)`).Scan(&works, &editions); err != nil {
			t.Fatal(err)
		}
		if works != n || editions != n || n > good || n < good*8/10 {
			t.Errorf("%d works, %d editions of %d ready, %d good", works, editions, n, good)
		}
		if rows := s.audits(audit.Filter{Act: audit.Publish, Actor: "manager"}); len(rows) != n+1 {
			t.Errorf("%d audit rows for %d releases", len(rows), n)
		}
	})
}

func hidden(t testing.TB, p page, name string) string {
	t.Helper()
	_, after, ok := strings.Cut(p.body, `name="`+name+`" value="`)
	if !ok {
		t.Fatalf("no field %s: %s", name, p.words())
	}
	v, _, _ := strings.Cut(after, `"`)
	return v
}

func TestDesk_ClerkMayNotReleaseAndScopeHides(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("clerk", "qh-jyj", access.Clerk)
		s.user("other", "qh-gaj", access.Clerk)
		s.user("faraway", "qh-gaj", access.LibraryManager)
		batch := s.deskBatchOf("qh-jyj", deskNotice(1))
		at := fmt.Sprintf("/office/import/%d", batch)
		c := s.signIn("clerk")
		token := c.formToken(at)
		if p := c.post(at+"/release", url.Values{fieldToken: {token}}); p.status != http.StatusForbidden {
			t.Errorf("the clerk released: %d", p.status)
		}
		if n := len(s.audits(audit.Filter{Actor: "clerk", Act: audit.Reach, Outcome: audit.Refused})); n != 1 {
			t.Errorf("%d audit rows", n)
		}
		for _, login := range []string{"other", "faraway"} {
			b := s.signIn(login)
			out, missing := b.get(at), b.get("/office/import/99999")
			if out.status != http.StatusNotFound || out.body != missing.body {
				t.Errorf("%s: %d, the same as missing: %v", login, out.status, out.body == missing.body)
			}
			v := url.Values{fieldToken: {b.formToken("/office/account")}, "version": {"1"}, "once": {"abcdefgh"}, "item": {"1"}}
			for _, path := range []string{"/1", "/1/drop"} {
				if p := b.post(at+path, v); p.status != http.StatusNotFound {
					t.Errorf("%s %s: %d", login, path, p.status)
				}
			}
			if p := b.sendFiles(at+"/files", [][2]string{{fieldToken, v.Get(fieldToken)}}, []sent{{"a.txt", []byte("x")}}, ""); p.status != http.StatusNotFound {
				t.Errorf("%s adds a file: %d", login, p.status)
			}
		}
		b := s.signIn("faraway")
		if p := b.post(at+"/release", url.Values{fieldToken: {b.formToken("/office/account")}, "once": {"abcdefgh"}, "item": {"1"}}); p.status != http.StatusNotFound {
			t.Errorf("a manager of elsewhere released: %d", p.status)
		}
	})
}

func TestDesk_StaleSaveShowsBothValues(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("one", "qh-jyj", access.Clerk)
		s.user("two", "qh-jyj", access.Clerk)
		batch := s.deskBatchOf("qh-jyj", deskNotice(1))
		items, err := s.deps.Library.DeskItems(ctx, batch, 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		at := fmt.Sprintf("/office/import/%d/%d", batch, items[0].ID)
		one, two := s.signIn("one"), s.signIn("two")
		page1, page2 := one.get(at), two.get(at)
		s.has(page1, http.StatusOK, `<mark id="place-doc_no"`, "清教发〔2024〕1号", "原文位置")
		if p := one.send(page1, at, map[string]string{"title": "甲拟的标题"}); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		p := two.send(page2, at, map[string]string{"title": "乙拟的标题", "short_title": "乙的简称"})
		s.has(p, http.StatusConflict, "甲拟的标题", "乙拟的标题", "乙的简称", "原来是：关于做好第1项工作的通知", "one")
		if p := two.send(p, at, map[string]string{"title": "乙拟的标题", "short_title": "乙的简称"}); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		s.has(two.get(at), http.StatusOK, "乙拟的标题", "“甲拟的标题”改为“乙拟的标题”")
		s.has(two.submit(at, at, map[string]string{"title": "", "adopted_on": "2026-02-30"}), http.StatusBadRequest, "请填写标题", "没有这一天")
	})
}

// endless is a body that never ends and counts what was read of it.
type endless struct{ read int64 }

func (e *endless) Read(p []byte) (int, error) {
	e.read += int64(len(p))
	return len(p), nil
}

func TestDesk_TooLargeIsRefusedEarly(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("clerk", "qh-jyj", access.Clerk)
		b := s.signIn("clerk")
		token := b.formToken("/office/import")
		body := &endless{}
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.server.URL+"/office/import", io.LimitReader(body, document.DeskMaxUpload+10))
		if err != nil {
			t.Fatal(err)
		}
		r.ContentLength = document.DeskMaxUpload + 10
		r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		res, err := b.Do(r)
		if err == nil {
			defer res.Body.Close()
			if res.StatusCode != http.StatusRequestEntityTooLarge {
				t.Errorf("status %d", res.StatusCode)
			}
		}
		if body.read > 64<<20 {
			t.Errorf("%d bytes were sent before the refusal", body.read)
		}
		p := b.sendFiles("/office/import", [][2]string{{fieldToken, token}, {"organ", "qh-jyj"}},
			[]sent{{"大.txt", bytes.Repeat([]byte("x"), document.DeskMaxFile+1)}, {"好.txt", []byte(deskNotice(1))}}, "")
		if p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		s.deskRest()
		s.has(b.get(p.header.Get("Location")), http.StatusOK, "文件超过 50 MB", "将新建")
	})
}

func TestDesk_UploadNeedsTokenOrganAndFile(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("clerk", "qh-jyj", access.Clerk)
		b := s.signIn("clerk")
		token := b.formToken("/office/import")
		good := []sent{{"a.txt", []byte(deskNotice(1))}}
		for _, c := range []struct {
			name   string
			fields [][2]string
			files  []sent
			status int
			words  string
		}{
			{"no token", [][2]string{{"organ", "qh-jyj"}}, good, 400, "已经过期"},
			{"token of another", [][2]string{{fieldToken, strings.Repeat("a", 32)}, {"organ", "qh-jyj"}}, good, 400, "已经过期"},
			{"no organ", [][2]string{{fieldToken, token}}, good, 400, textNoDeskOrgan},
			{"organ of others", [][2]string{{fieldToken, token}, {"organ", "qh-gaj"}}, good, 404, ""},
			{"no file", [][2]string{{fieldToken, token}, {"organ", "qh-jyj"}}, nil, 400, textNoDeskFile},
		} {
			p := b.sendFiles("/office/import", c.fields, c.files, "")
			if p.status != c.status || !strings.Contains(p.body, c.words) {
				t.Errorf("%s: %d %s", c.name, p.status, p.words())
			}
		}
		var n int
		if err := s.db.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM desk_batches`).Scan(&n); err != nil || n != 0 {
			t.Errorf("%d batches %v", n, err)
		}
		p := b.sendFiles("/office/import", [][2]string{{fieldToken, token}, {"organ", "qh-jyj"}}, nil, "application/json")
		var made struct{ Batch int64 }
		if err := json.Unmarshal([]byte(p.body), &made); err != nil || made.Batch == 0 {
			t.Fatalf("%v %s", err, p.body)
		}
		at := fmt.Sprintf("/office/import/%d", made.Batch)
		p = b.sendFiles(at+"/files", [][2]string{{fieldToken, token}}, good, "application/json")
		if p.status != http.StatusOK || !strings.Contains(p.body, `"items":[`) {
			t.Errorf("%d %s", p.status, p.body)
		}
	})
}

func TestDesk_WorkPageRecordsFactsLinksMerge(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("manager", "qh-zf", access.LibraryManager)
		s.user("clerk", "qh-jyj", access.Clerk)
		s.user("faraway", "qh-gaj", access.LibraryManager)
		batch := s.deskBatchOf("qh-jyj", deskNotice(1), deskNotice(2))
		items, err := s.deps.Library.DeskItems(ctx, batch, 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		m := s.signIn("manager")
		at := fmt.Sprintf("/office/import/%d", batch)
		form := m.get(at)
		m.post(at+"/release", url.Values{fieldToken: {hidden(t, form, fieldToken)}, "once": {hidden(t, form, "once")}, "item": {fmt.Sprint(items[0].ID), fmt.Sprint(items[1].ID)}})
		s.deskRest()
		if p := s.signIn("clerk").get("/office/works/1"); p.status != http.StatusForbidden {
			t.Errorf("a clerk: %d", p.status)
		}
		if p := s.signIn("faraway").get("/office/works/1"); p.status != http.StatusNotFound {
			t.Errorf("a manager of elsewhere: %d", p.status)
		}
		s.has(m.get("/office/works?q=第1项"), http.StatusOK, "/office/works/1")
		w := "/office/works/1"
		old := m.get(w + "?edition=1&field=title")
		s.has(old, http.StatusOK, "登记更正", "关于做好第1项工作的通知")
		if p := m.send(m.get(w+"?edition=1&field=title"), w+"/correct", map[string]string{"value": "关于做好第1项重点工作的通知", "reason": "漏字"}); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		s.has(m.get(w), http.StatusOK, "已登记为第 1 号更正", "关于做好第1项重点工作的通知", "漏字")
		s.has(m.send(old, w+"/correct", map[string]string{"value": "我的标题", "reason": "漏字"}), http.StatusConflict, "刚被别人改过", "我的标题", "关于做好第1项重点工作的通知")
		s.has(m.submit(w, w+"/fact", map[string]string{"kind": "repealed", "reason": "按文件"}), http.StatusBadRequest, "由谁或哪份文件决定")
		if p := m.submit(w, w+"/fact", map[string]string{"kind": "repealed", "on": "2025-01-01", "by": "2", "reason": "按文件"}); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		s.has(m.get(w), http.StatusOK, "废止", "2025年1月1日")
		if p := m.submit(w, w+"/relate", map[string]string{"kind": "based_on", "to": "2"}); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		s.has(m.submit(w, w+"/relate", map[string]string{"kind": "based_on", "to": "77"}), http.StatusBadRequest, "没有公开编号为 77")
		s.has(m.submit(w, w+"/merge", map[string]string{"drop": "77", "reason": "重复"}), http.StatusBadRequest, "没有公开编号为 77")
		if p := m.submit(w, w+"/merge", map[string]string{"drop": "2", "reason": "重复"}); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		if p := m.get("/office/works/2"); p.status != http.StatusSeeOther || p.header.Get("Location") != w {
			t.Errorf("the double: %d %s", p.status, p.header.Get("Location"))
		}
	})
}

// The file that was uploaded comes back to the byte, as what it is, to be
// saved and not shown; only within reach; and each time it is noted.
func TestDesk_OriginalFileComesBack(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("clerk", "qh-jyj", access.Clerk)
		s.user("other", "qh-gaj", access.Clerk)
		s.user("citizen", "qh-jyj", access.Citizen)
		c := s.signIn("clerk")
		body := docx(t, deskNotice(1))
		p := c.sendFiles("/office/import", [][2]string{{fieldToken, c.formToken("/office/import")}, {"organ", "qh-jyj"}},
			[]sent{{"通知 1+.docx", body}, {"空.txt", nil}, {"页.html", []byte("<!DOCTYPE html><p>" + deskNotice(2) + "</p>")}}, "")
		s.deskRest()
		at := p.header.Get("Location")
		s.has(c.get(at+"/1"), http.StatusOK, "下载原文件", at+"/1/file")
		f := c.get(at + "/1/file")
		if f.status != http.StatusOK || f.body != string(body) || !strings.HasPrefix(f.header.Get("Content-Type"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document") ||
			f.header.Get("Content-Disposition") != "attachment; filename*=UTF-8''%E9%80%9A%E7%9F%A5%201%2B.docx" || f.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%d %v", f.status, f.header)
		}
		if f := c.get(at + "/3/file"); !strings.HasPrefix(f.header.Get("Content-Disposition"), "attachment") {
			t.Errorf("a web page is shown in place: %v", f.header)
		}
		if f := c.get(at + "/2/file"); f.status != http.StatusNotFound {
			t.Errorf("nothing was kept: %d", f.status)
		}
		if n := len(s.audits(audit.Filter{Actor: "clerk", Act: audit.Download, Outcome: audit.Done})); n != 2 {
			t.Errorf("%d audit rows of downloads", n)
		}
		if p := s.signIn("other").get(at + "/1/file"); p.status != http.StatusNotFound {
			t.Errorf("out of reach: %d", p.status)
		}
		if n := len(s.audits(audit.Filter{Actor: "other", Act: audit.Reach, Outcome: audit.Refused})); n != 1 {
			t.Errorf("%d audit rows of refusals", n)
		}
		if p := s.signIn("citizen").get(at + "/1/file"); p.status != http.StatusForbidden {
			t.Errorf("a citizen: %d", p.status)
		}
	})
}

func TestDesk_ClassInTheAddressAndTotals(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("clerk", "qh-jyj", access.Clerk)
		c := s.signIn("clerk")
		table := "<!DOCTYPE html><html><body><p>" + strings.ReplaceAll(deskNotice(3), "\n", "</p><p>") + `</p><table><tr><td colspan="2">合并</td></tr><tr><td>甲</td><td>乙</td></tr></table><img src="a.png"></body></html>`
		p := c.sendFiles("/office/import", [][2]string{{fieldToken, c.formToken("/office/import")}, {"organ", "qh-jyj"}},
			[]sent{{"一.txt", []byte(deskNotice(1))}, {"重.txt", []byte(deskNotice(1))}, {"空.txt", nil}, {"表.html", []byte(table)}}, "")
		s.deskRest()
		at := p.header.Get("Location")
		s.has(c.get(at), http.StatusOK, "全部 4", "失败 1", "无变化 1", "state=failed", "读取报告合计", "1 张表格按行列出，其中合并单元格 1 处", "1 份没有读到")
		failed := c.get(at + "?state=failed")
		s.has(failed, http.StatusOK, "空.txt")
		if strings.Contains(failed.body, "一.txt") || strings.Contains(failed.body, "重.txt") {
			t.Error("other files are shown too")
		}
		same := c.get(at + "?state=unchanged")
		s.has(same, http.StatusOK, "重.txt")
		if strings.Contains(same.body, "空.txt") {
			t.Error("other files are shown too")
		}
		s.has(c.get(at+"?state=edition"), http.StatusOK, "没有这种状态的文件")
		s.has(c.get(at+"?state=nonsense"), http.StatusBadRequest, "没有“nonsense”这种状态")
	})
}

// What a source says against a person's record is seen where it is decided.
func TestDesk_SourceClaimIsShown(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("manager", "qh-zf", access.LibraryManager)
		bring := func(title string) document.ImportLine {
			var last document.ImportLine
			if _, err := s.deps.Library.Import(ctx, document.Lines("t", strings.NewReader(`{"id":"a","title":"`+title+`","publish_date":"2024-01-02","text":"第一条　示例。"}`)),
				document.ImportOptions{Source: "旧库", Publish: true, OrganCode: "qh-jyj", Actor: "x"}, func(l document.ImportLine) error { last = l; return nil }); err != nil {
				t.Fatal(err)
			}
			return last
		}
		bring("示例办法")
		m := s.signIn("manager")
		if p := m.send(m.get("/office/works/1?edition=1&field=title"), "/office/works/1/correct", map[string]string{"value": "示例管理办法", "reason": "漏字"}); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		if l := bring("示例暂行办法"); !strings.Contains(strings.Join(l.Warnings, ""), "保留更正") {
			t.Errorf("%+v", l)
		}
		s.has(m.get("/office/works/1"), http.StatusOK, "<h1>示例管理办法</h1>", "来源后来写的不同", "示例暂行办法")
		if p := m.send(m.get("/office/works/1?edition=1&field=title"), "/office/works/1/correct", map[string]string{"value": "示例暂行办法", "reason": "来源有据"}); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		if p := m.get("/office/works/1"); strings.Contains(p.body, "来源后来写的不同") {
			t.Error("the note outlives the decision")
		}
	})
}
