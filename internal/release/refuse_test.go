package release_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/release"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/workday"
)

// button finds a button on somebody's page of a case; nil when it is not there.
func (o *office) button(id int64, who string, a casework.Action) *casework.Button {
	o.t.Helper()
	v, err := o.kernel.View(context.Background(), o.people[who], id)
	if err != nil {
		o.t.Fatal(err)
	}
	i := slices.IndexFunc(v.Buttons, func(b casework.Button) bool { return b.Action == a })
	if i < 0 {
		return nil
	}
	return &v.Buttons[i]
}

func (o *office) slip(id int64) *release.Slip {
	o.t.Helper()
	v, err := o.kernel.View(context.Background(), o.people["clerk"], id)
	if err != nil {
		o.t.Fatal(err)
	}
	return v.Data.(*release.Slip)
}

// refusesSubmit begins a slip, and wants the rule to keep it from going to
// review, with words beside the button; with mend it must go. The rules are
// pure functions, so one engine is enough here.
func refusesSubmit(t *testing.T, rule, words string, change, mend func(*release.NewSlip)) {
	t.Helper()
	db, err := store.Open(context.Background(), store.Config{DataDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	o := open(t, db)
	id := o.begin(change)
	missing := o.slip(id).Missing(false, workday.DateOf(o.now))
	if !slices.ContainsFunc(missing, func(r release.Refusal) bool { return r.ID == rule && strings.Contains(r.Text, words) }) {
		t.Fatalf("rule %s does not say %q: %+v", rule, words, missing)
	}
	if b := o.button(id, "clerk", release.ActSubmit); b == nil || b.Reason == "" {
		t.Fatalf("no reason beside the button: %+v", b)
	}
	if err := o.do(id, "clerk", release.ActSubmit, nil); fault.KindOf(err) != fault.Forbidden {
		t.Fatalf("submitted: %v", err)
	}
	ok := o.begin(func(n *release.NewSlip) { change(n); mend(n) })
	if err := o.do(ok, "clerk", release.ActSubmit, nil); err != nil {
		t.Fatalf("mended, and still refused: %v", err)
	}
}

func TestA03_AJointTextNamesItsLeadOrgan(t *testing.T) {
	refusesSubmit(t, "A-03", "牵头机关", func(n *release.NewSlip) { n.Paper.Organs = nil }, func(n *release.NewSlip) {
		n.Paper.Organs, n.Traits.Cosigned = []string{"清河市民政局", "清河市财政局"}, "清河市财政局　王某　2026年11月18日"
	})
}

func TestA03_OnlyTheLeadOrganReleasesAJointText(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		o.id(`INSERT INTO organ_names (organ_id, name, name_key) VALUES ($1, '清河市民政局', '清河市民政局') RETURNING id`, o.organ)
		id := o.begin(func(n *release.NewSlip) { n.Paper.Organs = []string{"清河市财政局", "清河市民政局"} })
		if b := o.button(id, "clerk", release.ActSubmit); b == nil || !strings.Contains(b.Reason, "牵头机关") {
			t.Fatalf("%+v", b)
		}
		lead := o.begin(func(n *release.NewSlip) {
			n.Paper.Organs, n.Traits.Cosigned = []string{"清河市民政局", "清河市财政局"}, "清河市财政局：王某，11月18日"
		})
		o.must(lead, "clerk", release.ActSubmit, nil)
	})
}

func TestA05_EachOrganOfAJointTextSignsIt(t *testing.T) {
	joint := func(cosigned string) func(*release.NewSlip) {
		return func(n *release.NewSlip) {
			n.Paper.Organs, n.Traits.Cosigned = []string{"清河市民政局", "清河市财政局", "清河市医疗保障局"}, cosigned
		}
	}
	all := joint("清河市财政局　王某　11月18日\n清河市医疗保障局　李某　11月19日")
	refusesSubmit(t, "A-05", "写明清河市财政局由谁签发", joint(""), all)
	refusesSubmit(t, "A-05", "写明清河市医疗保障局由谁签发", joint("清河市财政局　王某　11月18日\n清河市医疗保障局："), all)
}

func TestA05_OtherOrgansAgreeFirst(t *testing.T) {
	refusesSubmit(t, "A-05", "协商", func(n *release.NewSlip) { n.Traits.Others = true }, func(n *release.NewSlip) { n.Traits.Agreed = "11月10日与市财政局会商一致" })
	refusesSubmit(t, "A-05", "批准", func(n *release.NewSlip) { n.Traits.NeedsApproval = true }, func(n *release.NewSlip) { n.Traits.Approval = "省统计局 2026年11月1日批准" })
}

func TestA11_EveryTextHasAnAttributeAtTheSource(t *testing.T) {
	refusesSubmit(t, "A-11", "公开属性", func(n *release.NewSlip) { n.Decision.Attribute = "" }, func(n *release.NewSlip) { n.Decision.Attribute = release.Proactive })
}

func TestA13_ADraftForTheGovernmentProposesItsAttribute(t *testing.T) {
	refusesSubmit(t, "A-13", "退文", func(n *release.NewSlip) { n.Decision.For, n.Decision.Attribute = 2, "" },
		func(n *release.NewSlip) {
			n.Decision.Attribute, n.Decision.Reason = release.Proactive, "涉及公众利益"
		})
	refusesSubmit(t, "A-13", "理由", func(n *release.NewSlip) { n.Decision.For = 2 }, func(n *release.NewSlip) { n.Decision.Reason = "涉及公众利益" })
	refusesSubmit(t, "A-13", "以清河市人民政府的名义发文", func(n *release.NewSlip) {
		n.Decision.For, n.Decision.Reason, n.Paper.Organs = 2, "涉及公众利益", []string{"清河市民政局"}
	}, func(n *release.NewSlip) { n.Paper.Organs = []string{"清河市人民政府办公室"} })
}

func TestA14_ThePrintedNoteAgreesWithTheAttribute(t *testing.T) {
	refusesSubmit(t, "A-14", "两处要一致", func(n *release.NewSlip) { n.Paper.Text += "\n（此件依申请公开）" }, func(n *release.NewSlip) { n.Paper.Text = paper().Text })
}

func TestA15_AnAudienceIsAWayOfProactiveDisclosure(t *testing.T) {
	refusesSubmit(t, "A-15", "公开范围", func(n *release.NewSlip) {
		n.Paper.Text = "只有正文"
		n.Decision.Attribute, n.Decision.Reason, n.Decision.Audience = release.OnRequest, "内部", "被征收村村民"
	}, func(n *release.NewSlip) { n.Decision.Audience = "" })
}

func TestA16_WithheldNamesItsGround(t *testing.T) {
	withheld := func(n *release.NewSlip) {
		n.Paper.Text = "只有正文"
		n.Decision.Attribute, n.Decision.Reason = release.Withheld, "讨论中的意见"
	}
	refusesSubmit(t, "A-16", "法律依据", withheld, func(n *release.NewSlip) { n.Decision.Ground = "DENY_PROCESS" })
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		id := o.begin(nil)
		err := o.do(id, "clerk", release.ActSave, &release.SaveForm{Decision: &release.Decision{Attribute: release.Withheld, Reason: "无"}})
		if fault.KindOf(err) != fault.Invalid || fault.FieldOf(err) != "法律依据" {
			t.Fatalf("a refusal without its code was saved: %v", err)
		}
		if s := o.slip(id); s.Attribute != release.Proactive {
			t.Fatalf("half saved: %s", s.Attribute)
		}
	})
}

func TestA20_AnOrganWithoutAReviewBodyReleasesNothing(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		id := o.begin(nil)
		if _, err := db.Writer().ExecContext(context.Background(), `DELETE FROM review_bodies`); err != nil {
			t.Fatal(err)
		}
		if b := o.button(id, "clerk", release.ActSubmit); b == nil || !strings.Contains(b.Reason, "审查机制") {
			t.Fatalf("%+v", b)
		}
	})
}

func TestA21_WithoutSecrecyReviewNothingIsSigned(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		id := o.begin(nil)
		o.must(id, "clerk", release.ActSubmit, nil)
		o.must(id, "reviewer", release.ActPassReview, &release.OpinionForm{})
		if s := o.state(id); s != release.Checking {
			t.Fatalf("the slip is %s without its secrecy review", s)
		}
		missing := o.slip(id).Missing(true, workday.DateOf(o.now))
		if !slices.ContainsFunc(missing, func(r release.Refusal) bool { return r.ID == "A-21" }) {
			t.Fatalf("%+v", missing)
		}
		if err := o.do(id, "signer", release.ActSignUrgent, &release.SignForm{Reason: "险情"}); !strings.Contains(fault.Text(err), "保密审查必须先通过") {
			t.Fatalf("the emergency lane left out the secrecy review: %v", err)
		}
	})
}

func TestA22_AskingWhoMayDecideBlocksUntilTheReply(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		id := o.begin(nil)
		o.must(id, "clerk", release.ActSubmit, nil)
		o.must(id, "secrecy_reviewer", release.ActRefer, &release.ReasonForm{Reason: "是否涉及商业秘密拿不准"})
		o.must(id, "reviewer", release.ActPassReview, &release.OpinionForm{})
		if s := o.state(id); s != release.Checking {
			t.Fatalf("the slip is %s while the reply is out", s)
		}
		err := o.do(id, "secrecy_reviewer", release.ActPassSecrecy, &release.OpinionForm{Opinion: "同意"})
		if fault.FieldOf(err) != "答复文号" {
			t.Fatalf("passed without the reply: %v", err)
		}
		o.must(id, "secrecy_reviewer", release.ActPassSecrecy, &release.OpinionForm{Answer: "清密函〔2026〕3号"})
		if s := o.state(id); s != release.Signing {
			t.Fatalf("the slip is %s", s)
		}
	})
}

func TestA12_TheDisclosureUnitReviewsWhatIsNotPublic(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		id := o.begin(func(n *release.NewSlip) {
			n.Paper.Text = "只有正文"
			*n.Decision = release.Decision{Attribute: release.Withheld, Reason: "讨论中的意见", Ground: "DENY_PROCESS"}
		})
		o.gates(id)
		if s := o.state(id); s != release.Checking {
			t.Fatalf("the slip is %s without the disclosure unit", s)
		}
		if m := o.slip(id).Missing(true, workday.DateOf(o.now)); !slices.ContainsFunc(m, func(r release.Refusal) bool { return r.ID == "A-12" }) {
			t.Fatalf("%+v", m)
		}
		o.must(id, "disclosure_officer", release.ActPassUnit, &release.OpinionForm{Opinion: "属过程性信息"})
		if s := o.state(id); s != release.Signing {
			t.Fatalf("the slip is %s", s)
		}
	})
}

func TestA23_WhatMustBePublicIsNoSecret(t *testing.T) {
	refusesSubmit(t, "A-23", "不得确定为国家秘密", func(n *release.NewSlip) {
		n.Paper.Text, n.Traits.Statutory = "只有正文", "P07"
		*n.Decision = release.Decision{Attribute: release.Withheld, Reason: "密", Ground: "DENY_SECRET"}
	}, func(n *release.NewSlip) { n.Traits.Statutory = "" })
}

func TestA24_WhatTheChecksFoundIsAnsweredFirst(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		o.eyes.found = []release.Finding{{Rule: "word", Level: "confirm", Place: "正文", Words: "按时供暖", Why: "疑似"}, {Rule: "unopened", Level: "unsure", Place: "附件", Words: "各单位", Why: "打不开"}}
		id := o.begin(nil)
		if b := o.button(id, "clerk", release.ActSubmit); b == nil || !strings.Contains(b.Reason, "签字确认") {
			t.Fatalf("%+v", b)
		}
		for _, f := range o.slip(id).Findings {
			state := release.Dismissed
			if f.Level == "unsure" {
				state = release.Signed
			}
			if err := o.do(id, "clerk", release.ActAnswer, &release.FindingForm{Mark: f.Mark, State: state}); fault.KindOf(err) != fault.Invalid {
				t.Fatalf("answered without a reason: %v", err)
			}
			o.must(id, "clerk", release.ActAnswer, &release.FindingForm{Mark: f.Mark, State: state, Reason: "看过原件"})
		}
		if b := o.button(id, "clerk", release.ActSubmit); b == nil || b.Reason != "" {
			t.Fatalf("%+v", b)
		}
		p := paper()
		p.Text += "\n再加一句。"
		o.must(id, "clerk", release.ActSave, &release.SaveForm{Version: 1, Paper: &p})
		if b := o.button(id, "clerk", release.ActSubmit); b == nil || !strings.Contains(b.Reason, "重新检查") {
			t.Fatalf("new words went on unchecked: %+v", b)
		}
	})
}

func TestA25_PersonalDataBlockUntilTheyAreGoneOrHaveAGround(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		o.eyes.found = []release.Finding{{Rule: "PII.id", Level: "block", Place: "正文", Words: "按时供暖", Why: "身份证件号码"}}
		id := o.begin(nil)
		mark := o.slip(id).Findings[0].Mark
		if b := o.button(id, "clerk", release.ActSubmit); b == nil || !strings.Contains(b.Reason, "必须改正") {
			t.Fatalf("%+v", b)
		}
		if err := o.do(id, "clerk", release.ActAnswer, &release.FindingForm{Mark: mark, State: release.Dismissed, Reason: "没事"}); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("a blocking finding was waved through: %v", err)
		}
		o.must(id, "clerk", release.ActSave, &release.SaveForm{Traits: &release.Traits{Personal: "punishment", PersonalNote: "失信惩戒公示", Assessment: "评〔2026〕3号"}})
		o.must(id, "clerk", release.ActAnswer, &release.FindingForm{Mark: mark, State: release.Dismissed, Reason: "依法惩戒公示"})
		if b := o.button(id, "clerk", release.ActSubmit); b == nil || b.Reason != "" {
			t.Fatalf("%+v", b)
		}
	})
	refusesSubmit(t, "A-25", "依据", func(n *release.NewSlip) { n.Traits.Personal, n.Traits.Assessment = "whim", "1" }, func(n *release.NewSlip) { n.Traits.Personal, n.Traits.PersonalNote = "consent", "同意书 3 份" })
}

func TestA27_PersonalDataNeedAnAssessment(t *testing.T) {
	refusesSubmit(t, "A-27", "影响评估", func(n *release.NewSlip) { n.Traits.Personal, n.Traits.PersonalNote = "consent", "同意书 3 份" }, func(n *release.NewSlip) { n.Traits.Assessment = "评〔2026〕3号" })
}

func TestW18_2_1d_APolicySaysWhatWillBePublic(t *testing.T) {
	refusesSubmit(t, "W18-2.1d", "哪些信息将公开", func(n *release.NewSlip) { n.Traits.Policy, n.Traits.PublicInterest = true, true }, func(n *release.NewSlip) { n.Traits.Disclosure = "第九条：补贴名单按季公布" })
}

func TestF06_TheNumberHasItsForm(t *testing.T) {
	refusesSubmit(t, "F-06", "六角括号", func(n *release.NewSlip) { n.Paper.DocNo = "清政办发[2026]015号" }, func(n *release.NewSlip) { n.Paper.DocNo = "清政办发〔2026〕15号" })
}

func TestF17_ARepealNamesAWorkAndADay(t *testing.T) {
	refusesSubmit(t, "F-17", "对应到资料库", func(n *release.NewSlip) { n.Paper.Repeals = []release.Repeal{{Title: "旧办法"}} }, func(n *release.NewSlip) { n.Paper.Repeals[0].Work = 7 })
	refusesSubmit(t, "F-17", "没有日期", func(n *release.NewSlip) {
		n.Paper.AdoptedOn, n.Paper.Repeals = workday.Date{}, []release.Repeal{{Work: 7, Title: "旧办法"}}
	}, func(n *release.NewSlip) { n.Paper.EffectiveOn = workday.MustDate("2027-01-01") })
}

// normative makes a text a normative document with all its materials.
func normative(n *release.NewSlip) {
	n.Paper.RegistrationNo = "QHFGS—2026—9"
	n.Traits.Normative, n.Traits.Policy = true, true
	n.Traits.Materials, n.Traits.OwnLegality, n.Traits.Discussion = "起草说明、依据、意见汇总", "本单位法制机构 11月12日：合法", "11月15日第30次常务会议"
}

func TestF20_InternalPapersAreNoNormativeDocuments(t *testing.T) {
	refusesSubmit(t, "F-20", "不属于行政规范性文件", func(n *release.NewSlip) { normative(n); n.Paper.Kind = "纪要" }, func(n *release.NewSlip) { n.Paper.Kind = "通知" })
}

func TestF21_VitalInterestsAreConsultedFirst(t *testing.T) {
	refusesSubmit(t, "F-21", "征求意见", func(n *release.NewSlip) { normative(n); n.Traits.VitalInterest = true }, func(n *release.NewSlip) { n.Traits.Consulted = "10月1日至30日网上征求意见，收到12条" })
}

func TestF22_WithoutLegalityReviewNoDiscussionAndNoSignature(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		id := o.begin(normative)
		o.gates(id)
		if s := o.state(id); s != release.Checking {
			t.Fatalf("the slip is %s without its legality review", s)
		}
		if m := o.slip(id).Missing(true, workday.DateOf(o.now)); !slices.ContainsFunc(m, func(r release.Refusal) bool { return r.ID == "F-22" }) {
			t.Fatalf("%+v", m)
		}
		tasks, err := o.kernel.Tasks(context.Background(), id)
		if err != nil || len(tasks) != 1 || tasks[0].Rule != "F-22" || workday.DateOf(tasks[0].DueAt.Add(-1)) != workday.MustDate("2026-12-11") {
			t.Fatalf("15 working days from Friday 20 November end on Friday 11 December: %+v %v", tasks, err)
		}
		o.must(id, "legality_reviewer", release.ActPassLegality, &release.OpinionForm{Outcome: release.Lawful, Opinion: "内容合法"})
		if s := o.state(id); s != release.Signing {
			t.Fatalf("the slip is %s", s)
		}
	})
}

func TestF23_IncompleteMaterialsDoNotReachTheReview(t *testing.T) {
	refusesSubmit(t, "F-23", "材料不全", func(n *release.NewSlip) { normative(n); n.Traits.Materials = "" }, func(n *release.NewSlip) { n.Traits.Materials = "起草说明等" })
	refusesSubmit(t, "F-23", "起草单位自己", func(n *release.NewSlip) { normative(n); n.Traits.OwnLegality = "" }, func(n *release.NewSlip) { n.Traits.OwnLegality = "合法" })
}

func TestF24_AnUnlawfulOrUnfinishedDraftGoesBack(t *testing.T) {
	for _, outcome := range []string{release.Unlawful, release.MustMend} {
		storetest.Run(t, func(t *testing.T, db *store.DB) {
			o := open(t, db)
			id := o.begin(normative)
			o.must(id, "clerk", release.ActSubmit, nil)
			if err := o.do(id, "legality_reviewer", release.ActPassLegality, &release.OpinionForm{Opinion: "有问题"}); fault.FieldOf(err) != "审核结论" {
				t.Fatalf("an opinion without an outcome: %v", err)
			}
			o.must(id, "legality_reviewer", release.ActPassLegality, &release.OpinionForm{Outcome: outcome, Opinion: "第三条增设许可"})
			if s := o.state(id); s != release.Drafting {
				t.Fatalf("%s: the slip is %s", outcome, s)
			}
		})
	}
}

func TestF25_TheReviewBodyOfTheGovernmentReviews(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		bureau := o.id(`INSERT INTO organs (code, kind, created_at) VALUES ('sfj', '部门', 1) RETURNING id`)
		if err := o.room.SetReviewBody(context.Background(), o.people["head"], release.ReviewBody{Organ: o.organ, Body: "办公室", Responsible: "主任", Procedure: "程序", Legality: bureau}); err != nil {
			t.Fatal(err)
		}
		id := o.begin(normative)
		o.must(id, "clerk", release.ActSubmit, nil)
		if err := o.do(id, "legality_reviewer", release.ActPassLegality, &release.OpinionForm{Outcome: release.Lawful, Opinion: "合法"}); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("the organ's own people reviewed: %v", err)
		}
	})
}

func TestF26_F27_DiscussionAndUniformNumberStandBeforeTheSignature(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		id := o.begin(func(n *release.NewSlip) { normative(n); n.Traits.Discussion, n.Paper.RegistrationNo = "", "" })
		o.gates(id)
		o.must(id, "legality_reviewer", release.ActPassLegality, &release.OpinionForm{Outcome: release.Lawful, Opinion: "合法"})
		m := o.slip(id).Missing(true, workday.DateOf(o.now))
		for _, rule := range []string{"F-26", "F-27"} {
			if !slices.ContainsFunc(m, func(r release.Refusal) bool { return r.ID == rule }) {
				t.Errorf("%s is not asked for: %+v", rule, m)
			}
		}
		if err := o.do(id, "signer", release.ActSign, &release.SignForm{}); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("signed: %v", err)
		}
	})
}

func TestF28_ANormativeDocumentIsAlwaysPublic(t *testing.T) {
	refusesSubmit(t, "F-28", "必须向社会公布", func(n *release.NewSlip) {
		normative(n)
		n.Paper.Text = "只有正文"
		n.Decision.Attribute, n.Decision.Reason = release.OnRequest, "内部"
	}, func(n *release.NewSlip) { n.Decision.Attribute = release.Proactive })
}

func TestF34_NoFairCompetitionConclusionNoRelease(t *testing.T) {
	refusesSubmit(t, "F-34", "公平竞争", func(n *release.NewSlip) { n.Traits.Market = true }, func(n *release.NewSlip) { n.Traits.FairOutcome = "不违反第八条至第十一条" })
}

func TestM235_1a_EachOfTheFiveGatesIsPassedBeforeTheSignature(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		id := o.begin(nil)
		open := func() string {
			for _, r := range o.slip(id).Missing(true, workday.DateOf(o.now)) {
				if r.ID == "M23-5.1a" {
					return r.Text
				}
			}
			return ""
		}
		o.must(id, "clerk", release.ActSubmit, nil)
		o.must(id, "secrecy_reviewer", release.ActPassSecrecy, &release.OpinionForm{Opinion: "不涉密"})
		if says := open(); !strings.Contains(says, "政治关还没有通过") {
			t.Errorf("says %q", says)
		}
		if err := o.do(id, "signer", release.ActSign, &release.SignForm{}); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("signed: %v", err)
		}
		o.must(id, "reviewer", release.ActPassReview, &release.OpinionForm{Opinion: "同意"})
		if says := open(); says != "" {
			t.Errorf("says %q", says)
		}
		o.must(id, "signer", release.ActSign, &release.SignForm{})
	})
}
