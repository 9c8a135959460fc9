package office

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/casework"
	"gongkai/internal/release"
	"gongkai/internal/workday"
)

const slipText = "各学校：\n一、做好准备\n按时供暖，温度\t要求\n教室\t不低于18度\n宿舍\t不低于20度\n\n（此件公开发布）"

// crew enters the people of a release in one organ and signs each in.
func (s *site) crew() map[access.Role]*browser {
	s.t.Helper()
	out := map[access.Role]*browser{}
	for _, r := range []access.Role{access.Clerk, access.Reviewer, access.SecrecyReviewer, access.LegalityReviewer, access.Signer, access.DisclosureOfficer, access.Head} {
		login := strings.ReplaceAll(string(r), "_", "-")
		s.user(login, "qh-jyj", r)
		out[r] = s.signIn(login)
	}
	return out
}

func act(id int64, a casework.Action) string {
	return fmt.Sprintf("/office/releases/%d/act?do=%s", id, a)
}

// done wants an act to lead back to the slip.
func (s *site) done(p page) {
	s.t.Helper()
	if p.status != http.StatusSeeOther {
		s.t.Fatalf("%d %s", p.status, p.words())
	}
}

// released takes a slip to the public and gives its case.
func (s *site) released(people map[access.Role]*browser) int64 {
	s.t.Helper()
	id := s.slip("qh-jyj", "clerk", slipText)
	at := slipPath(id)
	s.done(people[access.Clerk].submit(at, act(id, release.ActSubmit), nil))
	s.done(people[access.Reviewer].submit(at, act(id, release.ActPassReview), nil))
	s.done(people[access.SecrecyReviewer].submit(at, act(id, release.ActPassSecrecy), nil))
	s.done(people[access.Signer].submit(at, act(id, release.ActSign), nil))
	s.out()
	return id
}

// out lets the time for undoing pass and the sweep look.
func (s *site) out() {
	s.t.Helper()
	s.clock.pass(5*time.Minute + time.Second)
	if n, err := s.deps.Releases.Sweep(ctx, slog.New(slog.NewTextHandler(io.Discard, nil))); err != nil || n != 1 {
		s.t.Fatalf("%d texts went out: %v", n, err)
	}
}

// slipThings makes a slip whose text is public, for addresses that need one.
func (s *site) slipThings() *strings.Replacer {
	s.t.Helper()
	return strings.NewReplacer("{slip}", fmt.Sprint(s.released(s.crew())))
}

func TestSlip_EachReviewerNeedsOneClick(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		people := s.crew()
		id := s.slip("qh-jyj", "clerk", slipText)
		at := slipPath(id)
		p := people[access.Clerk].get(at)
		s.has(p, http.StatusOK, "五关", "政治关", "保密关", "未送审", "下一步", "轮到谁", "何时到期", "修改文稿")
		if d := parsed(t, p); d.Find("main .button").Length() != 1 {
			t.Errorf("%d primary buttons", d.Find("main .button").Length())
		}
		s.done(people[access.Clerk].send(p, act(id, release.ActSubmit), nil))
		s.has(people[access.Clerk].get(at), http.StatusOK, "已送审", "撤回")
		for _, step := range []struct {
			role   access.Role
			action casework.Action
			words  string
		}{{access.Reviewer, release.ActPassReview, "同意。"}, {access.SecrecyReviewer, release.ActPassSecrecy, "不涉及国家秘密"}, {access.Signer, release.ActSign, ""}} {
			p := people[step.role].get(at)
			if d := parsed(t, p); d.Find("main .button").Length() != 1 || d.Find("#form-"+string(step.action)+" .button").Length() != 1 {
				t.Errorf("%s: %d primary buttons", step.role, d.Find("main .button").Length())
			}
			s.done(people[step.role].send(p, act(id, step.action), nil))
			s.has(people[access.Clerk].get(at), http.StatusOK, step.words)
		}
		s.clock.pass(30 * time.Second)
		s.has(people[access.Signer].get(at), http.StatusOK, "4 分 30 秒内可以收回", "收回签发")
		s.clock.pass(-30 * time.Second)
		s.out()
		s.has(people[access.Clerk].get(at), http.StatusOK, "已发布", "看公开页面", "/works/1", "省级平台数据包", "国家档案馆")
	})
}

func parsed(t *testing.T, p page) *goquery.Document {
	t.Helper()
	d, err := goquery.NewDocumentFromReader(strings.NewReader(p.body))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestSlip_FindingsAreMarkedInPlaceAndAnswered(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		people := s.crew()
		clerk := people[access.Clerk]
		id := s.slip("qh-jyj", "clerk", "各学校：\n这里有错字要改。\n（此件公开发布）")
		p := clerk.get(slipPath(id))
		d := parsed(t, p)
		hit := d.Find(".slip-paper a.hit-confirm")
		if hit.Length() != 1 || hit.Contents().First().Text() != "错字" {
			t.Fatalf("the mark holds %q", hit.Text())
		}
		href, _ := hit.Attr("href")
		if d.Find(href).Length() != 1 {
			t.Fatalf("the mark leads to %s, which is not there", href)
		}
		s.has(p, http.StatusOK, "疑似写错", "正字", "还有 1 处疑问没有答复", "看检查结果")
		if d.Find("#form-submit").Length() != 0 || !strings.Contains(d.Find(".slip-refused").Text(), "还有 1 处疑问没有答复") {
			t.Error("no reason beside the button that is refused")
		}
		bare := clerk.send(p, act(id, release.ActAnswer), map[string]string{"reason": ""})
		s.has(bare, http.StatusBadRequest, "“理由”：请填写。")
		s.done(clerk.send(p, act(id, release.ActAnswer), map[string]string{"reason": "专有名词，没有写错"}))
		s.has(clerk.get(slipPath(id)), http.StatusOK, "已忽略：专有名词，没有写错", "收回答复")
		s.done(clerk.submit(slipPath(id), slipPath(id)+"/recheck", nil))
		s.has(clerk.get(slipPath(id)), http.StatusOK, "已忽略", `id="form-submit"`)
	})
}

func TestSlip_RefusalsConflictsAndReach(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		people := s.crew()
		s.user("police", "qh-gaj", access.Clerk)
		s.user("admin", "qh-zf", access.SystemAdmin)
		id := s.slip("qh-jyj", "clerk", slipText)
		at := slipPath(id)
		clerk, reviewer := people[access.Clerk], people[access.Reviewer]

		stale := clerk.get(at)
		s.done(clerk.send(stale, act(id, release.ActSubmit), nil))
		again := clerk.send(stale, act(id, release.ActSubmit), nil)
		s.done(again) // the same form twice: done once
		recall := clerk.get(at)
		s.done(reviewer.submit(at, act(id, release.ActReturn), map[string]string{"reason": "请补充依据"}))
		late := clerk.send(recall, act(id, release.ActRecall), map[string]string{"reason": "先不发"})
		s.has(late, http.StatusConflict, "别人办理过这张审签单", "退回修改", "reviewer")

		page := reviewer.get(at)
		if p := reviewer.post(act(id, release.ActSubmit), url.Values{fieldToken: {token(t, page)}, "version": {"3"}}); p.status != http.StatusForbidden {
			t.Errorf("a reviewer sends a draft to review: %d", p.status)
		}
		if n := len(s.audits(audit.Filter{Actor: "reviewer", Act: audit.CaseAct, Outcome: audit.Refused})); n != 1 {
			t.Errorf("%d audit rows of the refusal", n)
		}
		for _, a := range []casework.Action{release.ActPublish, release.ActFail, release.ActSave, "nothing"} {
			if p := clerk.post(act(id, a), url.Values{fieldToken: {token(t, clerk.get(at))}}); p.status != http.StatusNotFound {
				t.Errorf("%s: %d", a, p.status)
			}
		}
		if p := s.signIn("police").get(at); p.status != http.StatusNotFound {
			t.Errorf("out of reach: %d", p.status)
		}
		if p := s.signIn("admin").get(at); p.status != http.StatusForbidden {
			t.Errorf("the system administrator reads content: %d", p.status)
		}
		s.has(clerk.submit(at, act(id, release.ActDrop), map[string]string{"reason": ""}), http.StatusBadRequest, "“原因”：请填写。")
		s.done(clerk.submit(at, act(id, release.ActDrop), map[string]string{"reason": "重复建立。"}))
		s.has(clerk.get(at), http.StatusOK, "已作废")
	})
}

func token(t *testing.T, p page) string {
	t.Helper()
	m := tokenField.FindStringSubmatch(p.body)
	if m == nil {
		t.Fatal("no form on the page")
	}
	return m[1]
}

func TestSlip_SetTimeAndTakingBack(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		people := s.crew()
		id := s.slip("qh-jyj", "clerk", slipText)
		at := slipPath(id)
		s.done(people[access.Clerk].submit(at, act(id, release.ActSubmit), nil))
		s.done(people[access.Head].submit(at, act(id, release.ActPassReview), map[string]string{"phrase": "", "opinion": "标题已核"}))
		s.has(people[access.Clerk].get(at), http.StatusOK, "标题已核")
		s.done(people[access.SecrecyReviewer].submit(at, act(id, release.ActPassSecrecy), nil))
		signer := people[access.Signer]
		s.has(signer.submit(at, act(id, release.ActSign), map[string]string{"at": "2026-11-19T08:00"}), http.StatusBadRequest, "已经过去了", `value="2026-11-19T08:00"`)
		s.has(signer.submit(at, act(id, release.ActSign), map[string]string{"at": "某日"}), http.StatusBadRequest, "没有这个时间")
		s.done(signer.submit(at, act(id, release.ActSign), map[string]string{"at": "2026-11-23T08:00"}))
		s.has(signer.get(at), http.StatusOK, "2026-11-23 08:00", "2 天内可以收回")
		s.done(signer.submit(at, act(id, release.ActUnsign), map[string]string{"reason": "内容需要再核对。"}))
		s.has(signer.get(at), http.StatusOK, "待签发", "没有对外公开")
	})
}

func TestSlip_PaperSignOffWithItsScan(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		people := s.crew()
		clerk := people[access.Clerk]
		id := s.slip("qh-jyj", "clerk", slipText)
		at := slipPath(id)
		form := func(p page, name string, body []byte, fields map[string]string) page {
			t.Helper()
			f := parsed(t, p).Find("#form-register_paper")
			if f.Length() != 1 {
				t.Fatal("no form of registration")
			}
			list := [][2]string{}
			f.Find(`input[type="hidden"]`).Each(func(_ int, in *goquery.Selection) {
				list = append(list, [2]string{in.AttrOr("name", ""), in.AttrOr("value", "")})
			})
			for k, v := range fields {
				list = append(list, [2]string{k, v})
			}
			body2, kind := filesBodyAs(t, list, "scan", name, body)
			return clerk.postRaw(act(id, release.ActPaper), body2, kind, "", 0)
		}
		paper := map[string]string{"how": "paper", "signer": "局长甲", "reviewer": "保密员乙", "on": "2026-11-19"}
		s.has(form(clerk.get(at), "", nil, paper), http.StatusBadRequest, "请上传签好字的审签单扫描件", `value="局长甲"`)
		s.has(form(clerk.get(at), "a.svg", []byte("<svg xmlns='http://www.w3.org/2000/svg'/>"), paper), http.StatusBadRequest, "请上传 PDF、图片或者 OFD 文件")
		png := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89")
		s.has(form(clerk.get(at), "审签单.png", png, map[string]string{"how": "paper", "signer": "局长甲", "reviewer": "局长甲", "on": "2026-11-19"}), http.StatusBadRequest, "不能是同一个人", "已上传“审签单.png”")
		s.done(form(clerk.get(at), "", nil, paper))
		s.has(clerk.get(at), http.StatusOK, "线下", "局长甲", "保密员乙", "内可以收回")
		s.out()
		s.has(people[access.Head].get("/office/releases/inspection"), http.StatusOK, "共公开 <strong>1</strong> 件", "线下审签 1 件", "保密员乙")
	})
}

func TestSlip_UrgentLaneAndReviewAfterwards(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		people := s.crew()
		id := s.slip("qh-jyj", "clerk", slipText)
		at := slipPath(id)
		s.done(people[access.Clerk].submit(at, act(id, release.ActSubmit), nil))
		s.has(people[access.Signer].get(at), http.StatusOK, "应急签发", "保密审查必须先通过")
		s.done(people[access.SecrecyReviewer].submit(at, act(id, release.ActPassSecrecy), nil))
		s.has(people[access.Signer].submit(at, act(id, release.ActSignUrgent), map[string]string{"why": ""}), http.StatusBadRequest, "“紧急情况”：请填写。")
		s.done(people[access.Signer].submit(at, act(id, release.ActSignUrgent), map[string]string{"why": "暴雪红色预警"}))
		s.out()
		s.has(people[access.Reviewer].get(at), http.StatusOK, "待补审")
		s.done(people[access.Reviewer].submit(at, act(id, release.ActAfterReview), nil))
		s.has(people[access.Reviewer].get(at), http.StatusOK, "已发布", "补审：")
	})
}

func TestA22_ReferralNeedsTheNumberOfTheReply(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		people := s.crew()
		id := s.slip("qh-jyj", "clerk", slipText)
		at := slipPath(id)
		s.done(people[access.Clerk].submit(at, act(id, release.ActSubmit), nil))
		b := people[access.SecrecyReviewer]
		s.done(b.submit(at, act(id, release.ActRefer), map[string]string{"reason": "能否公开不能确定"}))
		s.has(b.get(at), http.StatusOK, "报请确定", "答复之前不能公开")
		s.has(b.submit(at, act(id, release.ActPassSecrecy), nil), http.StatusBadRequest, "答复文号")
		s.done(b.submit(at, act(id, release.ActPassSecrecy), map[string]string{"answer": "清密〔2026〕3号"}))
		s.has(b.get(at), http.StatusOK, "清密〔2026〕3号")
	})
}

func TestF24_TheLegalityReviewHasThreeOutcomes(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		people := s.crew()
		id := s.slip("qh-jyj", "clerk", slipText)
		at := slipPath(id)
		s.change(id, "clerk", &release.Traits{Normative: true, Materials: "起草说明", OwnLegality: "合法"})
		s.done(people[access.Clerk].submit(at, act(id, release.ActSubmit), nil))
		b := people[access.LegalityReviewer]
		s.has(b.get(at), http.StatusOK, "合法性审核", "应当予以修改", "不合法")
		s.done(b.submit(at, act(id, release.ActPassLegality), map[string]string{"outcome": release.MustMend, "phrase": "", "opinion": "第二条超出权限"}))
		s.has(people[access.Clerk].get(at), http.StatusOK, "起草", "应当予以修改", "第二条超出权限")
	})
}

// change saves traits of a draft.
func (s *site) change(id int64, login string, traits *release.Traits) {
	s.t.Helper()
	if _, err := s.deps.Cases.Apply(ctx, casework.Do{Case: id, Action: release.ActSave, Actor: s.actor(login), Form: &release.SaveForm{Traits: traits}}); err != nil {
		s.t.Fatal(err)
	}
}

func TestA21_ASlipWithoutItsText(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		people := s.crew()
		clerk := s.actor("clerk")
		base := s.slip("qh-jyj", "clerk", slipText) // names the review body
		organ, err := s.deps.Cases.Case(ctx, base)
		if err != nil {
			t.Fatal(err)
		}
		c, err := s.deps.Releases.Begin(ctx, release.NewSlip{Organ: organ.Organ, Opened: "doubt", Actor: clerk, Token: "doubt", Traits: release.Traits{SecretDoubt: true},
			Paper: release.Paper{Title: "某专项工作材料"}, Decision: &release.Decision{Attribute: release.OnRequest, Reason: "内部研究材料"}})
		if err != nil {
			t.Fatal(err)
		}
		at := slipPath(c.ID)
		s.has(people[access.Clerk].get(at), http.StatusOK, "涉密不上网", "不录入正文", "某专项工作材料")
		s.done(people[access.Clerk].submit(at, act(c.ID, release.ActSubmit), nil))
		b := people[access.SecrecyReviewer]
		s.has(b.submit(at, act(c.ID, release.ActPassSecrecy), map[string]string{"phrase": "", "opinion": ""}), http.StatusBadRequest, "“意见”：请填写。")
		s.done(b.submit(at, act(c.ID, release.ActPassSecrecy), map[string]string{"phrase": "", "opinion": "看过原件，不涉密"}))
		s.has(b.get(at), http.StatusOK, "看过原件，不涉密")
	})
}

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
