package release

import (
	"context"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

type slipStep = casework.Step[*Slip]

// wrote are the acts of a drafter; what goes out with the text is part of it.
var wrote = []casework.Action{casework.ActOpen, ActSave, ActSubmit, ActAddFile, ActDropFile}

// ownNotBy are kept from the review by the organ that publishes: who drafted,
// and who reviewed for the department.
var ownNotBy = append([]casework.Action{ActPassSecrecy}, wrote...)

// workflow is the table of a release slip. Nobody reviews or signs what they
// drafted: NotBy names the acts of a drafter.
func (r *Room) workflow() casework.Workflow[*Slip] {
	reason := func() any { return &ReasonForm{} }
	opinion := func() any { return &OpinionForm{} }
	sendBack := func(task string, right access.Act, from casework.State) slipStep {
		return slipStep{Action: ActReturn, Name: "退回修改", From: []casework.State{from}, To: []casework.State{Drafting}, Task: task, Right: right,
			NotBy: wrote, Form: reason, Check: needsReason, Effect: r.sendBack(task)}
	}
	pass := func(a casework.Action, name, task string, right access.Act, check func(*casework.Case, *Slip, any, workday.Date) error) slipStep {
		return slipStep{Action: a, Name: name, From: []casework.State{Checking}, To: []casework.State{Signing, Drafting}, Next: afterGate(task), Task: task, Right: right,
			NotBy: wrote, Form: opinion, Check: check, Effect: r.pass(task)}
	}
	refer := func(task string) slipStep {
		return slipStep{Action: ActRefer, Name: "报请确定", From: []casework.State{Checking}, Task: task, Right: access.ReviewSecrecy, NotBy: wrote,
			Form: reason, Check: needsReason, Effect: r.refer(task)}
	}
	own := func(s slipStep) slipStep { s.NotBy = ownNotBy; return s }
	after := func(a casework.Action, name, task string, right access.Act, check func(*casework.Case, *Slip, any, workday.Date) error) slipStep {
		return slipStep{Action: a, Name: name, From: []casework.State{Afterwards, Mending}, To: []casework.State{Published, Mending}, Next: afterAfter, Task: task, Right: right,
			NotBy: wrote, Form: opinion, Check: check, Effect: r.afterReview(task)}
	}
	return casework.Workflow[*Slip]{
		Kind: SlipKind, Name: "发布审签", Number: "审签〔%d〕%d号", See: access.ReadDraft, Start: Drafting, Load: r.load, Tasks: tasks,
		States: []casework.StateInfo{{State: Drafting, Name: "起草"}, {State: Checking, Name: "审核"}, {State: Signing, Name: "待签发"}, {State: Releasing, Name: "待发布"},
			{State: Afterwards, Name: "待补审"}, {State: Mending, Name: "待纠正"}, {State: Published, Name: "已发布", Final: true}, {State: Kept, Name: "已归档", Final: true}, {State: Dropped, Name: "已作废", Final: true}},
		Steps: []slipStep{
			{Action: ActSave, Name: "保存草稿", From: []casework.State{Drafting}, Right: access.WriteDraft, Quiet: true,
				Form: func() any { return &SaveForm{} }, Check: checkSave, Effect: r.save},
			{Action: ActAnswer, Name: "答复检查结果", From: []casework.State{Drafting, Checking}, Right: access.ReadDraft, Quiet: true,
				Form: func() any { return &FindingForm{} }, Check: checkAnswer, Effect: r.answer},
			{Action: ActSubmit, Name: "送审", From: []casework.State{Drafting}, To: []casework.State{Checking}, Right: access.WriteDraft,
				Refuse: refuseAt(atSubmit), Effect: r.submit},
			{Action: ActPaper, Name: "登记线下审签", From: []casework.State{Drafting}, To: []casework.State{Releasing}, Right: access.WriteDraft,
				Refuse: refuseAt(atSubmit), Form: func() any { return &PaperForm{} }, Check: r.checkPaper, Effect: r.paper},
			pass(ActPassReview, "审核通过", taskReview, access.ReviewDraft, checkOpinion),
			pass(ActPassSecrecy, "保密审查通过", taskSecrecy, access.ReviewSecrecy, checkSecrecy(Secrecy)),
			refer(taskSecrecy),
			own(pass(ActPassOwn, "公开机关保密审查通过", taskOwn, access.ReviewSecrecy, checkSecrecy(OwnSecrecy))),
			own(refer(taskOwn)),
			pass(ActPassUnit, "属性复核通过", taskUnit, access.ReviewAttribute, checkOpinion),
			pass(ActPassLegality, "出具审核意见", taskLegality, access.ReviewLegality, checkLegality),
			sendBack(taskReview, access.ReviewDraft, Checking),
			sendBack(taskSecrecy, access.ReviewSecrecy, Checking),
			own(sendBack(taskOwn, access.ReviewSecrecy, Checking)),
			sendBack(taskUnit, access.ReviewAttribute, Checking),
			sendBack(taskLegality, access.ReviewLegality, Checking),
			sendBack(taskSign, access.SignOff, Signing),
			{Action: ActSign, Name: "签发", From: []casework.State{Signing}, To: []casework.State{Releasing}, Task: taskSign, Right: access.SignOff, NotBy: wrote,
				Refuse: refuseAt(atSign), Form: func() any { return &SignForm{} }, Check: r.checkSign, Effect: r.sign},
			{Action: ActSignUrgent, Name: "应急签发", From: []casework.State{Checking}, To: []casework.State{Releasing}, Right: access.SignOff, NotBy: wrote,
				Refuse: refuseUrgent, Form: func() any { return &SignForm{} }, Check: r.checkUrgent, Effect: r.signUrgent},
			{Action: ActUnsign, Name: "收回签发", From: []casework.State{Releasing}, To: []casework.State{Signing, Drafting}, Next: afterUnsign, Right: access.SignOff,
				Form: reason, Effect: r.unsign},
			{Action: ActRecall, Name: "撤回", From: []casework.State{Checking, Signing, Releasing}, To: []casework.State{Drafting}, Right: access.WriteDraft,
				Form: reason, Check: needsReason, Effect: r.recall},
			{Action: ActPublish, Name: "发布", From: []casework.State{Releasing}, To: []casework.State{Published, Afterwards, Kept}, Next: afterRelease, System: true, Effect: r.publish},
			{Action: ActFail, Name: "发布失败退回", From: []casework.State{Releasing}, To: []casework.State{Drafting}, System: true, Form: reason, Effect: r.fail},
			after(ActAfterReview, "补审", taskAfter, access.ReviewDraft, checkAfter),
			after(ActAfterLegality, "补出合法性审核意见", taskAfterLegality, access.ReviewLegality, checkLegality),
			{Action: ActMended, Name: "确认已纠正，办结", From: []casework.State{Mending}, To: []casework.State{Published}, Task: taskMended, Right: access.ReviewDraft, NotBy: wrote,
				Refuse: unmended, Form: opinion, Check: checkOpinion, Effect: r.mended},
			{Action: ActDrop, Name: "作废", From: []casework.State{Drafting}, To: []casework.State{Dropped}, Right: access.WriteDraft, Form: reason, Check: needsReason, Effect: r.drop},
		},
		Names: map[string]string{taskDraft: "起草", taskReview: "审核", taskSecrecy: "保密审查", taskOwn: "公开机关保密审查", taskUnit: "公开属性复核", taskLegality: "合法性审核",
			taskSign: "签发", taskOut: "等待发布（可以撤回）", taskAfter: "补审", taskAfterLegality: "补做合法性审核", taskMend: "更正或者撤下", taskMended: "确认已经纠正", clockPublish: "公开期限", clockLegality: "合法性审核期限",
			string(ActAddFile): "上传文件", string(ActAddPaper): "上传材料", string(ActDropFile): "移除文件", noteChannel: "登记发布结果"},
		Notices: map[string]string{"submitted": "%s送您审核。", "to_sign": "%s审核完毕，请签发。", "returned": "%s被退回，请修改。",
			"signed": "%s已经签发。", "published": "%s已经公开。", "recalled": "%s已被撤回，不用再办。", "failed": "%s没有发布成功，请处理。",
			"to_after": "%s已经应急公开，请补审。", "after_failed": "%s补审没有通过，请马上更正或者撤下。"},
	}
}

// The waiting steps of a slip and its clocks.
const (
	taskDraft     = "draft"
	taskReview    = "review"
	taskSecrecy   = "secrecy"
	taskOwn       = "own_secrecy" // by the organ for which a department drafts
	taskUnit      = "unit"
	taskLegality  = "legality"
	taskSign      = "sign"
	taskOut       = "out"
	taskAfter     = "after" // of the gates that a reviewer passes
	clockPublish  = "publish"
	clockLegality = "legality_limit"
	noteChannel   = "channel"

	taskAfterLegality = "after_legality"
	taskMend          = "mend"
	taskMended        = "mended"
)

// gatesOf are the gates that a waiting step passes.
var gatesOf = map[string][]GateName{
	taskReview: {Political, Legal, Policy, Wording}, taskSecrecy: {Secrecy}, taskOwn: {OwnSecrecy}, taskUnit: {Unit}, taskLegality: {Legality},
	taskAfter: {Political, Legal, Policy, Wording}, taskAfterLegality: {Legality},
}

// tasks says what waits in a slip. The gates run beside one another, as the
// law allows; each shows the day by which the text must be public.
func tasks(c *casework.Case, s *Slip) []casework.Task {
	dated := func(t casework.Task) casework.Task {
		if rule, facts := s.publishClock(); rule != "" {
			t.Clock, t.Rule, t.Facts = clockPublish, rule, facts
		}
		return t
	}
	switch c.State {
	case Drafting:
		return []casework.Task{dated(casework.Task{Name: taskDraft, Right: access.WriteDraft})}
	case Checking:
		var out []casework.Task
		for _, t := range []casework.Task{{Name: taskReview, Right: access.ReviewDraft}, {Name: taskSecrecy, Right: access.ReviewSecrecy},
			{Name: taskOwn, Right: access.ReviewSecrecy, Organ: s.For},
			{Name: taskUnit, Right: access.ReviewAttribute}, {Name: taskLegality, Right: access.ReviewLegality}} {
			g, ok := s.Gate(gatesOf[t.Name][0])
			if !ok || g.State == Passed {
				continue
			}
			t.NotBy = wrote
			if t.Name == taskOwn {
				if g, _ := s.Gate(Secrecy); g.State != Passed {
					continue // the department reviews first
				}
				t.NotBy = ownNotBy
			}
			if t.Name == taskLegality {
				t.Clock, t.Rule, t.Facts = clockLegality, "F-22", legalityFacts(c)
				t.Organ = s.legalityOrgan()
			} else {
				t = dated(t)
			}
			out = append(out, t)
		}
		return out
	case Signing:
		return []casework.Task{dated(casework.Task{Name: taskSign, Organ: s.For, Right: access.SignOff, NotBy: wrote})}
	case Releasing:
		return []casework.Task{{Name: taskOut, Right: access.WriteDraft, Due: s.ReleaseAt}}
	case Afterwards, Mending:
		return s.afterTasks()
	}
	return nil
}

// legalityFacts begin the clock of the legality review with the last time the
// materials were handed in (F-22).
func legalityFacts(c *casework.Case) []clock.Fact {
	for i := len(c.Done) - 1; i >= 0; i-- {
		if c.Done[i].Action == ActSubmit {
			return []clock.Fact{{Event: clock.Received, At: clock.On(workday.DateOf(c.Done[i].At))}}
		}
	}
	return nil
}

// publishClock is the limit of publishing a text, from the day it was formed
// or decided.
func (s *Slip) publishClock() (rule string, facts []clock.Fact) {
	if s.FormedOn.IsZero() || s.Attribute == OnRequest || s.Attribute == Withheld {
		return "", nil
	}
	rule, event := "A-30", clock.InformationFormed
	for _, d := range Duties {
		if d.Rule == s.Traits.Duty {
			rule, event = d.Rule, d.Event
		}
	}
	return rule, []clock.Fact{{Event: event, At: clock.On(s.FormedOn)}}
}

// Duty is a kind of information with its own limit of publishing.
type Duty struct {
	Rule  string
	Name  string
	Event clock.Event
}

// Duties lists the limits of publishing other than A-30.
var Duties = []Duty{
	{"A-30", "一般主动公开信息", clock.InformationFormed},
	{"A-31", "行政许可、行政处罚决定", clock.DecisionMade},
	{"A-31.other", "其他行政执法决定", clock.DecisionMade},
	{"A-32", "政府预算、决算", clock.BudgetApproved},
	{"A-32.department", "部门预算、决算", clock.BudgetApproved},
	{"A-36", "建议提案办理答复", clock.InformationFormed},
	{"A-37", "所属单位预算、决算", clock.BudgetApproved},
}

func refuseAt(when stage) func(*casework.Case, *Slip, workday.Date) string {
	return func(_ *casework.Case, s *Slip, today workday.Date) string { return first(s.refusals(when, today)) }
}

// refuseUrgent allows the emergency lane once the secrecy review has passed:
// that one is never left out.
func refuseUrgent(_ *casework.Case, s *Slip, today workday.Date) string {
	if s.Attribute != Proactive {
		return "应急签发只用于需要立即公开的信息。"
	}
	if s.For != 0 {
		return "代拟稿由" + s.ForName + "签发，不能应急签发；需要立即公开的，由它自己起草。"
	}
	if g, _ := s.Gate(Secrecy); g.State != Passed {
		return "应急签发可以先公开、后补审其他各关，但保密审查必须先通过。"
	}
	return first(s.refusals(atSubmit, today))
}

// afterGate leads to sign-off when every gate has passed, and back to the
// drafter when the legality review wants changes (F-24).
func afterGate(task string) func(*casework.Case, *Slip, any) casework.State {
	return func(c *casework.Case, s *Slip, form any) casework.State {
		if f, ok := form.(*OpinionForm); ok && task == taskLegality && f.Outcome != Lawful {
			return Drafting
		}
		for _, g := range s.Gates {
			if g.State == Passed {
				continue
			}
			mine := false
			for _, n := range gatesOf[task] {
				mine = mine || n == g.Name
			}
			if !mine {
				return c.State
			}
		}
		return Signing
	}
}

// afterUnsign leads back to where the signature came from: a paper slip has no
// gates to return to.
func afterUnsign(c *casework.Case, _ *Slip, _ any) casework.State {
	if d, ok := lastDone(c, signatures...); ok && d.Action == ActSign {
		return Signing
	}
	return Drafting
}

func afterRelease(_ *casework.Case, s *Slip, _ any) casework.State {
	switch {
	case !s.Public():
		return Kept
	case s.Urgent != "":
		return Afterwards
	}
	return Published
}

// load reads a slip inside the transaction of an act.
func (r *Room) load(ctx context.Context, q store.Querier, c *casework.Case) (*Slip, error) {
	return r.readSlip(ctx, q, c.ID, c.Organ)
}
