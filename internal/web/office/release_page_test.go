package office

import (
	"fmt"
	"io"
	"log/slog"
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

func TestSlip_AReviewAfterwardsThatDoesNotPass(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		people := s.crew()
		id := s.slip("qh-jyj", "clerk", slipText)
		at := slipPath(id)
		s.done(people[access.Clerk].submit(at, act(id, release.ActSubmit), nil))
		s.done(people[access.SecrecyReviewer].submit(at, act(id, release.ActPassSecrecy), nil))
		s.done(people[access.Signer].submit(at, act(id, release.ActSignUrgent), map[string]string{"why": "暴雪红色预警"}))
		s.out()
		b := people[access.Reviewer]
		s.has(b.get(at), http.StatusOK, "补审结论", "不通过")
		s.has(b.submit(at, act(id, release.ActAfterReview), map[string]string{"outcome": release.AfterFailed}), http.StatusBadRequest, "“意见”：请填写。")
		s.done(b.submit(at, act(id, release.ActAfterReview), map[string]string{"outcome": release.AfterFailed, "opinion": "第二条日期有误"}))
		s.has(b.get(at), http.StatusOK, "待纠正", "文件还在公开", "第二条日期有误", "补审不通过", "要先更正或者撤下")
		s.has(people[access.Clerk].get(at), http.StatusOK, "更正：起草新版", "撤下", "请马上更正，或者撤下")
		s.done(people[access.Clerk].submit(at, slipPath(id)+"/takedown", map[string]string{"ground": "mistake", "reason": "日期有误，更正后重新公开"}))
		s.has(b.get(at), http.StatusOK, "要先更正或者撤下") // another person has not approved it
		list, err := s.deps.Cases.Linked(ctx, s.db.Reader(), release.TakedownKind, "published", 1)
		if err != nil || len(list) != 1 {
			t.Fatalf("%d withdrawals: %v", len(list), err)
		}
		if _, err := s.deps.Cases.Apply(ctx, casework.Do{Case: list[0].ID, Action: release.ActCarry, Actor: s.actor("head")}); err != nil {
			t.Fatal(err)
		}
		s.has(b.get(at), http.StatusOK, "已经撤下")
		s.done(b.submit(at, act(id, release.ActMended), nil))
		s.has(b.get(at), http.StatusOK, "已发布", "补审不通过", "已撤下")
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

func TestF07_AForeignCodeIsDoubtedBesideItsField(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		people := s.crew()
		id := s.slip("qh-jyj", "clerk", slipText)
		edit := slipPath(id) + "/edit"
		hint := func() string { return parsed(t, people[access.Clerk].get(edit)).Find("#f-doc_no-doubt").Text() }
		if hint() != "" {
			t.Errorf("a doubt about the organ's own code: %s", hint())
		}
		for no, want := range map[string]string{"邻教〔2026〕15号": "请确认：那是邻市教育局的代字。", "清教〔2026〕15号": ""} {
			s.renumber(id, no)
			if hint() != want {
				t.Errorf("%s: %q", no, hint())
			}
		}
		s.renumber(id, "邻教〔2026〕15号")
		s.has(people[access.Clerk].get(slipPath(id)), http.StatusOK, "文号代字", "那是邻市教育局的代字。", "疑问没有答复")
	})
}

// renumber gives a draft another number and lets the checks look again.
func (s *site) renumber(id int64, no string) {
	s.t.Helper()
	k, err := s.deps.Cases.Case(ctx, id)
	if err != nil {
		s.t.Fatal(err)
	}
	data, err := s.deps.Cases.Data(ctx, s.db.Reader(), k)
	if err != nil {
		s.t.Fatal(err)
	}
	x := data.(*release.Slip)
	p := x.Paper
	p.DocNo = no
	if _, err := s.deps.Cases.Apply(ctx, casework.Do{Case: id, Action: release.ActSave, Actor: s.actor("clerk"), Form: &release.SaveForm{Version: x.Version, Paper: &p}}); err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.deps.Releases.Recheck(ctx, id); err != nil {
		s.t.Fatal(err)
	}
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
