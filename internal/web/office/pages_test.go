package office

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/xuri/excelize/v2"

	"gongkai/internal/access"
	"gongkai/internal/audit"
)

// Every page: one h1, a title, labelled controls, tables with captions, no
// inline script or style, no hole left by a template, a token in every form
// that writes, and at most seven words on the rail.
func TestEveryPageIsWellMade(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("boss", "qh-zf", access.SystemAdmin)
		s.user("lin", "qh-jyj", access.Clerk)
		boss, lin, nobody := s.signIn("boss"), s.signIn("lin"), s.browser()
		for _, c := range []struct {
			b    *browser
			path string
		}{
			{nobody, "/signin"}, {nobody, "/signout"}, {nobody, "/office"}, {lin, "/office"}, {lin, "/office/account"}, {lin, "/office/people"}, {boss, "/signin"}, {boss, "/signout"},
			{boss, "/office"}, {boss, "/office/account"}, {boss, "/office/people"}, {boss, "/office/people?q=zzz"}, {boss, "/office/people/new"}, {boss, "/office/people/import"},
			{boss, "/office/person/lin"}, {boss, "/office/person/boss"}, {boss, "/office/organs"}, {boss, "/office/organs/new"}, {boss, "/office/organ/qh-jyj"},
			{boss, "/office/audit"}, {boss, "/office/audit?from=2026-02-30"}, {boss, "/office/audit?actor=nobody"}, {boss, "/office/none"},
		} {
			p := c.b.get(c.path)
			for _, bad := range []string{"<no value>", "ZgotmplZ", "%!", "style=\"", "javascript:", "&lt;nil&gt;", "onclick"} {
				if strings.Contains(p.body, bad) {
					t.Errorf("%s holds %q", c.path, bad)
				}
			}
			if p.header.Get("Content-Security-Policy") == "" || p.header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: %v", c.path, p.header)
			}
			d, err := goquery.NewDocumentFromReader(strings.NewReader(p.body))
			if err != nil {
				t.Fatal(err)
			}
			checkPage(t, c.path, d)
		}
	})
}

func checkPage(t *testing.T, path string, d *goquery.Document) {
	t.Helper()
	if d.Find("h1").Length() != 1 || d.Find("main").Length() != 1 || strings.TrimSpace(d.Find("title").Text()) == "" || d.Find("a.skip-link").Length() != 1 {
		t.Errorf("%s: h1, main, title or skip link", path)
	}
	if d.Find("script:not([src]), style").Length() > 0 {
		t.Errorf("%s: inline script or style", path)
	}
	if n := d.Find(".rail a").Length(); n > 7 {
		t.Errorf("%s: %d words on the rail", path, n)
	}
	if n := d.Find("main .button").Length(); n > 1 {
		t.Errorf("%s: %d primary buttons", path, n)
	}
	d.Find("form").Each(func(_ int, f *goquery.Selection) {
		if m, _ := f.Attr("method"); m == "post" && f.Find(`input[name="form_token"]`).Length() != 1 {
			t.Errorf("%s: a form without its token", path)
		}
	})
	d.Find("input:not([type=hidden]), select, textarea").Each(func(_ int, in *goquery.Selection) {
		id, _ := in.Attr("id")
		if _, named := in.Attr("aria-label"); !named && (id == "" || d.Find(`label[for="`+id+`"]`).Length() == 0) {
			t.Errorf("%s: control %q without a label", path, id)
		}
		if by, ok := in.Attr("aria-describedby"); ok && d.Find("#"+by).Length() != 1 {
			t.Errorf("%s: %q is described by nothing", path, id)
		}
	})
	d.Find("table").Each(func(_ int, tb *goquery.Selection) {
		if tb.Find("caption").Length() != 1 {
			t.Errorf("%s: table without a caption", path)
		}
	})
	seen, level := map[string]bool{}, 0
	d.Find("[id]").Each(func(_ int, e *goquery.Selection) {
		if id, _ := e.Attr("id"); seen[id] {
			t.Errorf("%s: id %q twice", path, id)
		} else {
			seen[id] = true
		}
	})
	d.Find("main h1, main h2, main h3").Each(func(_ int, h *goquery.Selection) {
		n := int(goquery.NodeName(h)[1] - '0')
		if n > level+1 {
			t.Errorf("%s: %q jumps", path, h.Text())
		}
		level = n
	})
}

func TestPeople_AddGrantRevokeDisable(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("boss", "qh-jyj", access.SystemAdmin)
		b := s.signIn("boss")
		for name, c := range map[string]struct {
			v     map[string]string
			words string
		}{
			"no name":     {map[string]string{"name": "", "login": "xin", "organ": "qh-sx"}, "请填写姓名"},
			"taken login": {map[string]string{"name": "甲", "login": "Boss", "organ": "qh-sx"}, "已有人使用"},
			"bad login":   {map[string]string{"name": "甲", "login": "a b", "organ": "qh-sx"}, "登录名用 2 到 40 个"},
			"no organ":    {map[string]string{"name": "甲", "login": "xin", "organ": ""}, "请选择机构"},
			"far organ":   {map[string]string{"name": "甲", "login": "xin", "organ": "qh-gaj"}, "不在您的管理范围内"},
			"bad role":    {map[string]string{"name": "甲", "login": "xin", "organ": "qh-sx", "role": "king"}, "没有“king”这个角色"},
			"no such day": {map[string]string{"name": "甲", "login": "xin", "organ": "qh-sx", "to": "2026-02-30"}, "没有这一天"},
			"ended day":   {map[string]string{"name": "甲", "login": "xin", "organ": "qh-sx", "role": "clerk", "to": "2020-01-01"}, "结束日期要晚于开始日期"},
		} {
			p := b.submit("/office/people/new", "/office/people/new", c.v)
			if p.status != http.StatusBadRequest && p.status != http.StatusConflict || !strings.Contains(p.body, c.words) || !strings.Contains(p.body, `aria-invalid="true"`) {
				t.Errorf("%s: %d %s", name, p.status, p.words())
			}
			if v := c.v["name"]; v != "" && !strings.Contains(p.body, `value="`+v+`"`) {
				t.Errorf("%s: what was filled in is lost", name)
			}
		}
		p := b.submit("/office/people/new", "/office/people/new", map[string]string{"name": "演示·新人", "login": "xin", "organ": "qh-sx", "title": "科员", "role": "clerk"})
		s.has(p, http.StatusOK, "只显示这一次")
		d, err := goquery.NewDocumentFromReader(strings.NewReader(p.body))
		if err != nil {
			t.Fatal(err)
		}
		first := d.Find("code.secret").Text()
		s.has(b.get("/office/people"), http.StatusOK, "演示·新人", "办事员", "共 <strong>2</strong> 人")

		xin := s.browser()
		if p := xin.submit("/signin", "/signin", map[string]string{"login": "xin", "password": first}); p.status != http.StatusSeeOther {
			t.Fatal(p.status)
		}
		if p := xin.get("/office"); p.header.Get("Location") != "/office/account" {
			t.Error("a first password opens the office", p.status)
		}
		s.has(xin.submit("/office/account", "/office/account/password", map[string]string{"old": first, "new": password, "again": "other"}), http.StatusBadRequest, "不一样")
		s.has(xin.submit("/office/account", "/office/account/password", map[string]string{"old": first, "new": "12345678", "again": "12345678"}), http.StatusBadRequest, "password-new-error")
		if p := xin.submit("/office/account", "/office/account/password", map[string]string{"old": first, "new": password, "again": password}); p.status != http.StatusSeeOther {
			t.Fatal(p.words())
		}
		s.has(xin.get("/office"), http.StatusOK, "口令已修改")
		if strings.Contains(xin.get("/office").body, "口令已修改，其他设备") && strings.Contains(xin.get("/office").body, `class="notice" role="status"`) {
			t.Error("the notice is shown twice")
		}

		s.has(b.submit("/office/person/xin", "/office/person/xin/grant", map[string]string{"role": "clerk", "organ": "qh-sx"}), http.StatusBadRequest, "时间重叠")
		s.has(b.submit("/office/person/xin", "/office/person/xin/grant", map[string]string{"role": "system_admin", "organ": "qh-sx"}), http.StatusBadRequest, "不能和“办事员”由同一人担任")
		if p := b.submit("/office/person/xin", "/office/person/xin/grant", map[string]string{"role": "reviewer", "organ": "qh-jyj", "to": "2027-01-01"}); p.status != http.StatusSeeOther {
			t.Fatal(p.words())
		}
		s.has(b.get("/office/person/xin"), http.StatusOK, "已授予“审核员”角色", "2027年1月1日")
		if p := b.submit("/office/person/xin", "/office/person/xin/revoke", nil); p.status != http.StatusSeeOther {
			t.Fatal(p.words())
		}
		s.has(b.get("/office/person/xin"), http.StatusOK, "授权已收回", "已收回")
		s.has(b.submit("/office/person/xin", "/office/person/xin/reset", nil), http.StatusOK, "新口令", "只显示这一次")
		s.has(xin.get("/office"), http.StatusUnauthorized)
		s.has(b.get("/office/person/boss"), http.StatusOK, "这是您自己的账号")
	})
}

// upload sends a file through the import page.
func (b *browser) upload(mode string, data []byte) page {
	b.s.t.Helper()
	p := b.get("/office/people/import")
	d, err := goquery.NewDocumentFromReader(strings.NewReader(p.body))
	if err != nil {
		b.s.t.Fatal(err)
	}
	token, _ := d.Find(`main input[name="form_token"]`).Attr("value")
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, v := range map[string]string{fieldToken: token, "mode": mode} {
		if err := w.WriteField(name, v); err != nil {
			b.s.t.Fatal(err)
		}
	}
	if data != nil {
		f, err := w.CreateFormFile("file", "../../人员.xlsx")
		if err != nil {
			b.s.t.Fatal(err)
		}
		if _, err := f.Write(data); err != nil {
			b.s.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.s.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, b.s.server.URL+"/office/people/import", &body)
	if err != nil {
		b.s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	return b.do(r)
}

func TestImport_OverThePage(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("boss", "qh-zf", access.SystemAdmin)
		b := s.signIn("boss")
		blank := b.get("/office/people/blank.xlsx")
		if blank.status != http.StatusOK || blank.header.Get("Content-Type") != excelType {
			t.Fatal(blank.status, blank.header)
		}
		f, err := excelize.OpenReader(strings.NewReader(blank.body))
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range [][]any{{"aa", "甲", "qh-jyj", "", "办事员"}, {"bb", "乙", "nowhere", "", "办事员"}, {"cc", "丙", "qh-jyj", "", "", "去年"}} {
			if err := f.SetSheetRow("人员", fmt.Sprintf("A%d", i+2), &row); err != nil {
				t.Fatal(err)
			}
		}
		var data bytes.Buffer
		if _, err := f.WriteTo(&data); err != nil {
			t.Fatal(err)
		}
		s.has(b.upload("whole", nil), http.StatusBadRequest, "请选择要上传的 Excel 文件")
		s.has(b.upload("whole", []byte("<html>")), http.StatusUnsupportedMediaType, "读不了这个文件")
		s.has(b.upload("whole", make([]byte, access.MaxSheetBytes+1)), http.StatusRequestEntityTooLarge, "5 MB")
		s.has(b.upload("whole", make([]byte, 2*access.MaxSheetBytes)), http.StatusRequestEntityTooLarge, "5 MB")
		s.has(b.upload("whole", data.Bytes()), http.StatusBadRequest, "一个都没有保存", "第 3 行“单位代码”", "第 4 行 F 列“开始日期”", "去年")
		s.has(b.get("/office/people"), http.StatusOK, "共 <strong>1</strong> 人")
		s.has(b.upload("good", data.Bytes()), http.StatusOK, "已保存 <strong>1</strong> 人", "第 3 行", "第 4 行")
		s.has(b.get("/office/people"), http.StatusOK, "共 <strong>2</strong> 人")
		out := b.get("/office/people/export.xlsx?q=aa")
		if x, err := excelize.OpenReader(strings.NewReader(out.body)); err != nil {
			t.Error(err)
		} else if rows, err := x.GetRows("人员"); err != nil || len(rows) != 2 || rows[1][0] != "aa" {
			t.Error(rows, err)
		}
	})
}

func TestOrgans_NamesParentsFactsMergers(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("boss", "qh-zf", access.LibraryManager)
		b := s.signIn("boss")
		at := "/office/organ/qh-jyj"
		for name, c := range map[string]struct {
			action string
			v      map[string]string
			words  string
		}{
			"wrong credit code":  {"/facts", map[string]string{"credit": "11990000100000374X"}, "校验码不对"},
			"credit code short":  {"/facts", map[string]string{"credit": "123"}, "校验码不对"},
			"duties too long":    {"/facts", map[string]string{"duties": strings.Repeat("长", 2001)}, "最多 2000 个字"},
			"name without a day": {"/name", map[string]string{"name": "清河市教育和体育局", "from": ""}, "请填写启用日期"},
			"no such day":        {"/name", map[string]string{"name": "清河市教育和体育局", "from": "2026-13-01"}, "没有这一天"},
			"name before name":   {"/name", map[string]string{"name": "清河市教育和体育局", "from": "1999-01-01"}, "要晚于"},
			"same name":          {"/name", map[string]string{"name": "清河市教育局", "from": "2026-01-01"}, "相同"},
			"under itself":       {"/parent", map[string]string{"parent": "qh-sx", "from": "2026-01-01"}, "不能隶属于"},
			"same parent":        {"/parent", map[string]string{"parent": "qh-zf", "from": "2026-01-01"}, "没有变化"},
			"merge below":        {"/merge", map[string]string{"into": "qh-sx", "on": "2026-01-01", "reason": "x"}, "不能并入"},
			"merge groundless":   {"/merge", map[string]string{"into": "qh-gaj", "on": "2026-01-01", "reason": ""}, "依据"},
			"merge nowhere":      {"/merge", map[string]string{"into": "ext-none", "on": "2026-01-01", "reason": "x"}, "不在您的管理范围内"},
		} {
			p := b.submit(at, at+c.action, c.v)
			if p.status != http.StatusBadRequest || !strings.Contains(p.body, c.words) || !strings.Contains(p.body, `aria-invalid="true"`) {
				t.Errorf("%s: %d %s", name, p.status, p.words())
			}
		}
		stale := b.get(at)
		if p := b.submit(at, at+"/facts", map[string]string{"credit": "11990000100000374d", "phone": "0000-1234567"}); p.status != http.StatusSeeOther {
			t.Fatal(p.words())
		}
		s.has(b.get(at), http.StatusOK, "11990000100000374D", "0000-1234567", "资料已保存")
		s.has(b.send(stale, at+"/facts", map[string]string{"phone": "lost"}), http.StatusConflict, "刚刚被别人修改过")
		if p := b.submit(at, at+"/name", map[string]string{"name": "清河市教育和体育局", "short": "市教体局", "from": "2026-06-01"}); p.status != http.StatusSeeOther {
			t.Fatal(p.words())
		}
		s.has(b.get(at), http.StatusOK, "清河市教育和体育局", "清河市教育局", "2026年6月1日")
		if p := b.submit("/office/organ/qh-sx", "/office/organ/qh-sx/parent", map[string]string{"parent": "qh-zf", "from": "2026-06-01"}); p.status != http.StatusSeeOther {
			t.Fatal(p.words())
		}
		if p := b.submit("/office/organ/qh-sx", "/office/organ/qh-sx/merge", map[string]string{"into": "qh-jyj", "on": "2026-07-01", "reason": "清编〔2026〕3号"}); p.status != http.StatusSeeOther {
			t.Fatal(p.words())
		}
		s.has(b.get(at), http.StatusOK, "接续", "清河市第一实验学校", "清编〔2026〕3号")
		if p := b.get("/office/organs"); strings.Contains(p.body, "第一实验学校") {
			t.Error("a merged organ stands in the tree")
		}
		for _, c := range map[string]struct{ code, parent, words string }{
			"taken": {"qh-gaj", "qh-zf", "已有代码"}, "bad": {"A B", "qh-zf", "机构代码用"}, "no parent": {"qh-new", "", "请选择上级机构"},
		} {
			s.has(b.submit("/office/organs/new", "/office/organs/new", map[string]string{"name": "清河市新局", "code": c.code, "parent": c.parent}), http.StatusBadRequest, c.words)
		}
		if p := b.submit("/office/organs/new", "/office/organs/new", map[string]string{"name": "清河市新局", "code": "qh-new", "parent": "qh-jyj", "from": "2026-11-01"}); p.status != http.StatusSeeOther {
			t.Fatal(p.words())
		}
		s.has(b.get("/office/organ/qh-new"), http.StatusOK, "清河市新局", "机构已新增")
		if n := len(s.audits(audit.Filter{Actor: "boss", Act: audit.Configure, Outcome: audit.Done})); n != 5 {
			t.Errorf("%d audit rows for five changes", n)
		}
	})
}

func TestAudit_SearchAndExcel(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("seer", "qh-zf", access.Inspector)
		s.user("lin", "qh-jyj", access.Clerk)
		s.signIn("lin").get("/office/people")
		b := s.signIn("seer")
		s.has(b.get("/office/audit?actor=lin&act=reach&outcome=refused"), http.StatusOK, "共 <strong>1</strong> 条", "page:GET /office/people", "被拒绝")
		s.has(b.get("/office/audit?from=2026-11-20&to=2026-11-20"), http.StatusOK, "控制台")
		s.has(b.get("/office/audit?from=2026-11-21"), http.StatusOK, "没有符合条件的记录")
		s.has(b.get("/office/audit?from=2026-11-21&to=2026-11-20"), http.StatusBadRequest, "要晚于或等于")
		s.has(b.get("/office/audit?to=yesterday"), http.StatusBadRequest, "没有这一天")
		s.has(b.get("/office/audit?before=-1"), http.StatusBadRequest)
		s.has(b.get("/office/audit?actor=%00%FF%27--"), http.StatusOK, "没有符合条件的记录")
		p := b.get("/office/audit.xlsx?actor=lin")
		x, err := excelize.OpenReader(strings.NewReader(p.body))
		if err != nil {
			t.Fatal(err)
		}
		if rows, err := x.GetRows(textAudit); err != nil || len(rows) != 3 || rows[1][2] != "lin" {
			t.Error(rows, err)
		}
		if n := len(s.audits(audit.Filter{Actor: "seer", Act: audit.ViewPersonal, Target: "audit_log"})); n < 4 {
			t.Errorf("%d searches were recorded", n)
		}
	})
}
