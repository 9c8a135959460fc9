package office

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"gongkai/internal/access"
	"gongkai/internal/release"
	"gongkai/internal/workday"
)

func TestM235_1_PackageForAPlatformIsCleanAndStable(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		people := s.crew()
		clerk := people[access.Clerk]
		draft := s.slip("qh-jyj", "clerk", "各学校：\n不同的正文。\n（此件公开发布）")
		if p := clerk.get(slipPath(draft) + "/package.zip"); p.status != http.StatusConflict {
			t.Errorf("the package of a draft: %d", p.status)
		}
		id := s.released(people)
		first, second := clerk.get(slipPath(id)+"/package.zip"), clerk.get(slipPath(id)+"/package.zip")
		if first.status != http.StatusOK || first.body != second.body {
			t.Fatalf("%d, stable %v", first.status, first.body == second.body)
		}
		z, err := zip.NewReader(bytes.NewReader([]byte(first.body)), int64(len(first.body)))
		if err != nil {
			t.Fatal(err)
		}
		in := map[string]string{}
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			in[f.Name] = string(b)
		}
		for name, words := range map[string]string{"index.html": "<h1>关于做好冬季供暖工作的通知</h1>", "metadata.json": `"doc_no": "清教〔2026〕15号"`, "README.txt": "省级平台数据包", "metadata.xlsx": "PK"} {
			if !strings.Contains(in[name], words) {
				t.Errorf("%s lacks %q: %.300s", name, words, in[name])
			}
		}
		if h := in["index.html"]; strings.Contains(h, "style") || strings.Contains(h, "class") || strings.Contains(h, "<script") || !strings.Contains(h, "<td>教室</td><td>不低于18度</td>") {
			t.Errorf("not clean: %s", h)
		}
	})
}

func TestSlip_ChannelsAndTakingDown(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		people := s.crew()
		clerk := people[access.Clerk]
		id := s.released(people)
		at := slipPath(id)
		s.has(clerk.submit(at, at+"/channel", map[string]string{"state": "done"}), http.StatusBadRequest, "请填写发布后的网址")
		s.has(clerk.submit(at, at+"/channel", map[string]string{"state": "done", "address": "javascript:alert(1)"}), http.StatusBadRequest, "http://")
		s.done(clerk.submit(at, at+"/channel", map[string]string{"state": "done", "address": "https://www.example.gov.cn/1"}))
		s.has(clerk.get(at), http.StatusOK, "https://www.example.gov.cn/1", "已登记“国家档案馆")
		if p := people[access.Reviewer].post(at+"/channel", url.Values{}); p.status != http.StatusForbidden {
			t.Errorf("a reviewer fills in a channel: %d", p.status)
		}
		s.has(clerk.submit(at, at+"/takedown", map[string]string{"ground": "punishment", "reason": "决定被撤销"}), http.StatusBadRequest, "“决定日期”", "决定被撤销")
		s.done(clerk.submit(at, at+"/takedown", map[string]string{"ground": "mistake", "reason": "附表数字有误"}))
		s.has(clerk.get(at), http.StatusOK, "等另一个人批准")
	})
}

func TestA24_TheSlipOnPaper(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		people := s.crew()
		id := s.released(people)
		p := people[access.Clerk].get(slipPath(id) + "/print")
		s.has(p, http.StatusOK, "信息公开发布审签单", "☑ 主动公开", "（此件公开发布）", "政治关", "保密关", "演示secrecy-reviewer", "演示signer", "演示clerk", "同意发布。", "公开编号 1")
		if parsed(t, p).Find(".rail").Length() != 0 {
			t.Error("the paper form has a rail")
		}
		s.has(people[access.Clerk].get(slipPath(id)+"/print/secrecy"), http.StatusOK, "政府信息公开保密审查单", "可以公开", "演示secrecy-reviewer", "办公室主任")
	})
}

// A draft for the government shows both secrecy reviews on the paper form: the
// department's and that of the organ that publishes it.
func TestA21_ThePaperFormHasBothSecrecyReviews(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		people := s.crew()
		s.user("guard2", "qh-zf", access.SecrecyReviewer)
		id := s.slip("qh-jyj", "clerk", slipText)
		at := slipPath(id)
		var government int64
		if err := s.db.Reader().QueryRowContext(ctx, `SELECT id FROM organs WHERE code = 'qh-zf'`).Scan(&government); err != nil {
			t.Fatal(err)
		}
		s.done(people[access.Clerk].submit(at+"/edit", at+"/edit", map[string]string{"for": fmt.Sprint(government), "organs": "清河市人民政府", "reason": "涉及公众利益"}))
		s.done(people[access.Clerk].submit(at, act(id, release.ActSubmit), nil))
		s.done(people[access.Reviewer].submit(at, act(id, release.ActPassReview), nil))
		s.done(people[access.SecrecyReviewer].submit(at, act(id, release.ActPassSecrecy), nil))
		own := s.signIn("guard2")
		s.done(own.submit(at, act(id, release.ActPassOwn), nil))
		s.has(people[access.Clerk].get(at+"/print/secrecy"), http.StatusOK, "公开机关保密审查意见", "演示secrecy-reviewer", "演示guard2")
	})
}

func TestM235_1c_YearlyInspectionAndItsSample(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		people := s.crew()
		var ids []int64
		for i := range 5 {
			id := s.slip("qh-jyj", "clerk", slipText+strings.Repeat("。", i))
			at := slipPath(id)
			s.done(people[access.Clerk].submit(at, act(id, release.ActSubmit), nil))
			s.done(people[access.Reviewer].submit(at, act(id, release.ActPassReview), nil))
			s.done(people[access.SecrecyReviewer].submit(at, act(id, release.ActPassSecrecy), nil))
			s.done(people[access.Signer].submit(at, act(id, release.ActSign), nil))
			s.out()
			ids = append(ids, id)
		}
		if _, err := s.db.Writer().ExecContext(ctx, `UPDATE release_gates SET reviewer = '' WHERE case_id = $1 AND gate = 'secrecy'`, ids[2]); err != nil {
			t.Fatal(err)
		}
		b := people[access.Head]
		rows := func(query string) []string {
			t.Helper()
			var out []string
			p := b.get("/office/releases/inspection" + query)
			parsed(t, p).Find("main tbody tr").Each(func(_ int, r *goquery.Selection) { out = append(out, r.Find("td").First().Text()) })
			return out
		}
		if got := rows(""); len(got) != 5 {
			t.Errorf("the year lists %v", got)
		}
		s.has(b.get("/office/releases/inspection"), http.StatusOK, "共公开 <strong>5</strong> 件", "审查记录缺少审查人或者时间")
		if got := rows("?gaps=1"); len(got) != 1 || got[0] != "3" {
			t.Errorf("with a gap: %v", got)
		}
		if got := strings.Join(rows("?method=every&every=2"), " "); got != "2 4" {
			t.Errorf("every second: %q", got)
		}
		one, two := strings.Join(rows("?method=random&size=3&seed=7"), " "), strings.Join(rows("?method=random&size=3&seed=7"), " ")
		if one != two || len(strings.Fields(one)) != 3 {
			t.Errorf("the same seed draws %q and %q", one, two)
		}
		s.has(b.get("/office/releases/inspection?year=abc"), http.StatusBadRequest, "“年份”写的是“abc”")
		if got := rows("?year=2025"); len(got) != 0 {
			t.Errorf("2025 lists %v", got)
		}
		s.has(b.get("/office/releases/inspection?organ=qh-gaj"), http.StatusNotFound)
	})
}

func TestA20_TheMechanismOfReviewIsNamed(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		people := s.crew()
		head, clerk := people[access.Head], people[access.Clerk]
		s.has(head.get("/office/review-body"), http.StatusOK, "没有登记", "清河市教育局")
		from := "/office/review-body?organ=qh-jyj"
		s.has(head.submit(from, "/office/review-body", map[string]string{"body": "办公室", "responsible": "", "procedure": "逐件审查"}), http.StatusBadRequest, "“责任人”：请填写。", "逐件审查")
		s.has(head.submit(from, "/office/review-body", map[string]string{"body": "办公室", "responsible": "主任", "procedure": "逐件审查", "legality": "nowhere"}), http.StatusBadRequest, "没有代码为“nowhere”")
		s.done(head.submit(from, "/office/review-body", map[string]string{"body": "办公室", "responsible": "主任", "procedure": "逐件审查"}))
		s.has(clerk.get("/office/review-body"), http.StatusOK, "逐件审查", "沿用清河市教育局的")
		if p := clerk.post("/office/review-body", url.Values{}); p.status != http.StatusForbidden {
			t.Errorf("a clerk names the mechanism: %d", p.status)
		}
		s.has(head.get("/office/review-body?organ=qh-gaj"), http.StatusNotFound)
	})
}

func TestSlip_RegisterAndRules(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		people := s.crew()
		s.slip("qh-jyj", "clerk", slipText)
		clerk := people[access.Clerk]
		s.has(clerk.get("/office/releases"), http.StatusOK, "新建发布", "关于做好冬季供暖工作的通知", "起草", "导出 Excel")
		s.has(clerk.get("/office/releases?class=closed"), http.StatusOK, "没有符合条件的审签单")
		s.has(clerk.get("/office/releases?class=upwards"), http.StatusBadRequest, "“类别”")
		if x := clerk.get("/office/releases.xlsx"); x.status != http.StatusOK || !strings.HasPrefix(x.body, "PK") {
			t.Errorf("no Excel: %d", x.status)
		}
		if strings.Contains(people[access.Signer].get("/office/releases").body, "/office/releases/new") {
			t.Error("a signer is offered a new draft")
		}
		s.has(clerk.get("/office/releases/rules"), http.StatusOK, "必须改正", "近 90 天")
	})
}

// actor is somebody as the rooms know them.
func (s *site) actor(login string) access.Actor {
	s.t.Helper()
	var person int64
	if err := s.db.Reader().QueryRowContext(ctx, `SELECT id FROM people WHERE login = $1`, login).Scan(&person); err != nil {
		s.t.Fatal(err)
	}
	a, err := access.ActorOf(ctx, s.db.Reader(), person, workday.DateOf(s.clock.now()))
	if err != nil {
		s.t.Fatal(err)
	}
	return a
}

// filesBodyAs writes a form with one file under a name of its own; no file when
// it has no name.
func filesBodyAs(t *testing.T, fields [][2]string, field, name string, body []byte) (*bytes.Buffer, string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, f := range fields {
		if err := w.WriteField(f[0], f[1]); err != nil {
			t.Fatal(err)
		}
	}
	if name != "" {
		p, err := w.CreateFormFile(field, name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Write(body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &b, w.FormDataContentType()
}
