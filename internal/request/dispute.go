package request

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// DisputeCases is the workflow of a dispute about disclosure.
const DisputeCases casework.Kind = "dispute"

// DisputeKind is the way of a dispute, as table 4 of the annual report parts
// them. The words stand in rows.
type DisputeKind string

// The kinds.
const (
	Reconsidered DisputeKind = "review"    // 行政复议
	SuedAtOnce   DisputeKind = "suit"      // 未经复议直接起诉
	SuedAfter    DisputeKind = "suit_next" // 复议后起诉
	Complained   DisputeKind = "complaint" // 举报投诉; not in table 4
)

// DisputeKinds lists them with their names.
var DisputeKinds = []struct {
	Kind DisputeKind
	Name string
}{{Reconsidered, "行政复议"}, {SuedAtOnce, "行政诉讼（未经复议直接起诉）"}, {SuedAfter, "行政诉讼（复议后起诉）"}, {Complained, "举报投诉"}}

// Name is the kind in Chinese.
func (k DisputeKind) Name() string {
	for _, x := range DisputeKinds {
		if x.Kind == k {
			return x.Name
		}
	}
	return string(k)
}

// known reports one of the kinds.
func (k DisputeKind) known() bool {
	return slices.ContainsFunc(DisputeKinds, func(x struct {
		Kind DisputeKind
		Name string
	}) bool {
		return x.Kind == k
	})
}

// Result is how a dispute ended.
type Result string

// The results; Pending while there is none.
const (
	Pending   Result = ""
	Upheld    Result = "upheld"
	Overruled Result = "overruled"
	Unlawful  Result = "unlawful"
	Dismissed Result = "dismissed"
	Ended     Result = "ended"
)

// Results lists the results with the column of table 4 in which each counts.
var Results = []struct {
	Result Result
	Name   string
	Column string
}{{Upheld, "维持（含判决驳回诉讼请求）", "结果维持"}, {Overruled, "撤销或者变更（含责令履行）", "结果纠正"}, {Unlawful, "确认违法或者无效", "结果纠正"},
	{Dismissed, "驳回申请或者起诉", "其他结果"}, {Ended, "终止（撤回、调解、和解）", "其他结果"}, {Pending, "尚未审结", "尚未审结"}}

// Name is the result in Chinese.
func (r Result) Name() string { name, _ := r.line(); return name }

// Column is the column of table 4 of the annual report.
func (r Result) Column() string { _, column := r.line(); return column }

func (r Result) line() (name, column string) {
	for _, x := range Results {
		if x.Result == r {
			return x.Name, x.Column
		}
	}
	return string(r), ""
}

// Lost reports that the organ was put right: 被纠错 or 败诉.
func (r Result) Lost() bool { return r.Column() == "结果纠正" }

// The states and actions of a dispute.
const (
	DisputeReplying  casework.State = "replying"
	DisputePending   casework.State = "pending"
	DisputeReporting casework.State = "reporting"
	DisputeClosed    casework.State = "closed"

	ActDisputeReply  casework.Action = "dispute_reply"
	ActDisputeResult casework.Action = "dispute_result"
	ActDisputeReport casework.Action = "dispute_report"
)

// Dispute is a dispute as it stands.
type Dispute struct {
	Case       int64
	Request    int64 // 0 for one that stands alone
	Kind       DisputeKind
	Simple     bool   // simplified procedure: 5 working days for a reply, a shorter period for the decision
	Body       string // organ or court
	Number     string // of that organ or court
	ReceivedOn workday.Date
	AcceptedOn workday.Date // by that organ or court; zero while it is not known
	RepliedOn  workday.Date
	Result     Result
	DecidedOn  workday.Date
	Redo       bool         // 责令重新答复
	OpinionOn  workday.Date // a 复议意见书 was received; its report is due in 60 days
	ReportedOn workday.Date
	Note       string
	Talks      []DisputeTalk // how it was worked out with the other side
	Periods    []Period      // until when it must be decided; none once it is
}

// rule is the limit for reply and evidence; "" for complaints.
func (d *Dispute) rule() string {
	switch {
	case d.Kind == Reconsidered && d.Simple:
		return "A-118.simple"
	case d.Kind == Reconsidered:
		return "A-118"
	case d.Kind == Complained:
		return ""
	}
	return "A-118.court"
}

const (
	replyClock  = "reply"
	reportClock = "report"
)

// DisputeForm opens a dispute.
type DisputeForm struct {
	Organ    int64
	Request  int64
	Kind     DisputeKind
	Simple   bool
	Body     string
	Number   string
	Received workday.Date
	Accepted workday.Date // zero while it is not known
	Token    string       `json:"-"`
}

// DisputeDayForm notes a day with its proof.
type DisputeDayForm struct {
	On   workday.Date
	Note string
}

// DisputeResultForm registers how a dispute ended.
type DisputeResultForm struct {
	Result  Result
	On      workday.Date // day of the decision
	Redo    bool
	Opinion workday.Date // a 复议意见书 was received on this day; zero for none
	Note    string
}

type disputeTurn = casework.Turn[*Dispute]

// disputes is the workflow of the register of disputes.
func (r *Room) disputes() casework.Workflow[*Dispute] {
	type step = casework.Step[*Dispute]
	in := func(s ...casework.State) []casework.State { return s }
	return casework.Workflow[*Dispute]{
		Kind: DisputeCases, Name: "复议诉讼", Number: "争议〔%d〕%d号", See: access.HandleRequest, Start: DisputeReplying,
		States: []casework.StateInfo{{State: DisputeReplying, Name: "待答复"}, {State: DisputePending, Name: "待结果"}, {State: DisputeReporting, Name: "待报告"}, {State: DisputeClosed, Name: "已办结", Final: true}},
		Steps: []step{
			{Action: ActDisputeReply, Name: "登记提交答复和证据", From: in(DisputeReplying), To: in(DisputePending), Task: "reply", Right: access.HandleRequest, Form: func() any { return &DisputeDayForm{} }, Check: checkDisputeReply, Effect: r.disputeReply},
			{Action: ActDisputeResult, Name: "登记结果", From: in(DisputeReplying, DisputePending), To: in(DisputeReporting, DisputeClosed), Next: afterResult, Right: access.HandleRequest, Form: func() any { return &DisputeResultForm{} }, Check: checkDisputeResult, Effect: r.disputeResult},
			{Action: ActDisputeTalk, Name: "记化解过程", From: in(DisputeReplying, DisputePending, DisputeReporting), Right: access.HandleRequest, Form: func() any { return &DisputeTalkForm{} }, Check: checkDisputeTalk, Effect: r.disputeTalk},
			{Action: ActDisputeReport, Name: "登记报告落实情况", From: in(DisputeReporting), To: in(DisputeClosed), Task: "report", Right: access.HandleRequest, Form: func() any { return &DisputeDayForm{} }, Check: checkDisputeReport, Effect: r.disputeReport},
		},
		Load: func(ctx context.Context, q store.Querier, c *casework.Case) (*Dispute, error) {
			return r.disputeOf(ctx, q, c)
		},
		Tasks:   disputeTasks,
		Names:   map[string]string{"reply": "提交答复和证据", "result": "等结果并登记", "report": "报告复议意见书的落实情况"},
		Notices: map[string]string{"dispute": "收到%s，请按期提交答复和证据。"},
	}
}

func disputeTasks(c *casework.Case, d *Dispute) []casework.Task {
	switch c.State {
	case DisputeReplying:
		return []casework.Task{{Name: "reply", Right: access.HandleRequest, Clock: replyClock, Rule: d.rule()}}
	case DisputePending:
		return []casework.Task{{Name: "result", Right: access.HandleRequest}}
	case DisputeReporting:
		return []casework.Task{{Name: "report", Right: access.HandleRequest, Clock: reportClock, Rule: "A-118.report"}}
	}
	return nil
}

func disputeField(field, format string, args ...any) error {
	return fault.Field("request.dispute", field, "“"+field+"”："+format, args...)
}

// within refuses a day outside a span.
func within(field string, on, from, to workday.Date, fromWhat string) error {
	switch {
	case on.IsZero():
		return disputeField(field, "请填写日期。")
	case on.After(to):
		return disputeField(field, "%s还没有到。", on.Chinese())
	case on.Before(from):
		return disputeField(field, "%s在%s（%s）之前。", on.Chinese(), fromWhat, from.Chinese())
	}
	return nil
}

func (f *DisputeForm) check(today workday.Date) error {
	switch {
	case f.Organ == 0:
		return disputeField("机构", "请选择。")
	case !f.Kind.known():
		return disputeField("种类", "请选择行政复议、行政诉讼或者举报投诉。")
	case f.Simple && f.Kind == Complained:
		return disputeField("程序", "只有行政复议和行政诉讼分普通程序和简易程序。")
	case !f.Accepted.IsZero() && f.Kind == Complained:
		return disputeField("受理日期", "只有行政复议和行政诉讼填写。")
	}
	if err := words("复议机关或者法院", f.Body, true); err != nil {
		return err
	}
	if len([]rune(f.Body)) > 100 || len([]rune(f.Number)) > 100 {
		return disputeField("案号", "机关名称和案号各不能超过 100 个字。")
	}
	if err := words("案号", f.Number, f.Kind != Complained); err != nil {
		return err
	}
	if !f.Accepted.IsZero() {
		if err := within("受理日期", f.Accepted, workday.MustDate("2008-05-01"), today, "条例施行之日"); err != nil {
			return err
		}
	}
	return within("收到副本的日期", f.Received, workday.MustDate("2008-05-01"), today, "条例施行之日")
}

// OpenDispute registers a dispute; the clock for reply and evidence runs from
// the day on which the copy was received. The caller checks the right.
// Errors: Invalid with the field.
func (r *Room) OpenDispute(ctx context.Context, a access.Actor, f DisputeForm) (id int64, err error) {
	defer fault.Wrap(&err, "request.OpenDispute(%d)", f.Organ)
	f.Body, f.Number = strings.TrimSpace(f.Body), strings.TrimSpace(f.Number)
	if err := f.check(workday.DateOf(r.now())); err != nil {
		return 0, err
	}
	err = r.db.Tx(ctx, func(tx *sql.Tx) error {
		if f.Request != 0 {
			asked, err := r.kernel.CaseIn(ctx, tx, f.Request)
			if fault.KindOf(err) == fault.NotFound && err != nil || err == nil && (asked.Kind != Kind || asked.Organ != f.Organ) {
				return disputeField("申请编号", "这个机构没有这件申请。")
			}
			if err != nil {
				return err
			}
		}
		c, _, err := casework.Open(ctx, r.kernel, tx, casework.Start{Kind: DisputeCases, Organ: f.Organ, Title: "政府信息公开" + f.Kind.Name(), Form: f, Token: f.Token, Actor: a},
			func(ctx context.Context, t *disputeTurn) error {
				t.Fact(replyClock, clock.Fact{Event: clock.Received, At: clock.On(f.Received)})
				if f.Request != 0 {
					t.Link("request", f.Request)
				}
				t.TellHolders("dispute", access.HandleRequest, f.Organ, 0)
				t.Record(map[string]string{"dispute_kind": f.Kind.Name(), "dispute_body": f.Body, "number": f.Number, "on": f.Received.String()})
				_, err := t.Tx.ExecContext(ctx, `INSERT INTO disputes (case_id, request_id, kind, simple, body, number, received_on, accepted_on) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
					t.Case.ID, f.Request, string(f.Kind), bit(f.Simple), f.Body, f.Number, f.Received.String(), f.Accepted.String())
				return err
			})
		if err != nil {
			return err
		}
		id = c.ID
		return nil
	})
	return id, err
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

func checkDisputeReply(_ *casework.Case, d *Dispute, form any, today workday.Date) error {
	f := form.(*DisputeDayForm)
	if err := words("说明", f.Note, false); err != nil {
		return err
	}
	return within("提交日期", f.On, d.ReceivedOn, today, "收到副本")
}

func (r *Room) disputeReply(ctx context.Context, t *disputeTurn) error {
	f := t.Form.(*DisputeDayForm)
	t.Fact(replyClock, clock.Fact{Event: clock.Done, At: clock.On(f.On)})
	t.Record(map[string]string{"on": f.On.String(), "Text": strings.TrimSpace(f.Note)})
	_, err := t.Tx.ExecContext(ctx, `UPDATE disputes SET replied_on = $2 WHERE case_id = $1`, t.Case.ID, f.On.String())
	return err
}

func checkDisputeResult(_ *casework.Case, d *Dispute, form any, today workday.Date) error {
	f := form.(*DisputeResultForm)
	switch {
	case f.Result == Pending || f.Result.Column() == "":
		return disputeField("结果", "请选择结果。")
	case f.Redo && !f.Result.Lost():
		return disputeField("责令重新答复", "只有撤销、变更或者确认违法的，才会责令重新答复。")
	case !f.Opinion.IsZero() && d.Kind != Reconsidered:
		return disputeField("收到复议意见书的日期", "只有行政复议有复议意见书。")
	}
	if err := within("决定日期", f.On, d.ReceivedOn, today, "收到副本"); err != nil {
		return err
	}
	if !f.Opinion.IsZero() {
		if err := within("收到复议意见书的日期", f.Opinion, d.ReceivedOn, today, "收到副本"); err != nil {
			return err
		}
	}
	return words("说明", f.Note, false)
}

// afterResult keeps a dispute open while a report on the 复议意见书 is due.
func afterResult(_ *casework.Case, _ *Dispute, form any) casework.State {
	if !form.(*DisputeResultForm).Opinion.IsZero() {
		return DisputeReporting
	}
	return DisputeClosed
}

func (r *Room) disputeResult(ctx context.Context, t *disputeTurn) error {
	f, d := t.Form.(*DisputeResultForm), t.Data
	if d.RepliedOn.IsZero() && d.Result == Pending {
		t.Fact(replyClock, clock.Fact{Event: clock.Done, At: clock.On(f.On)})
	}
	if !f.Opinion.IsZero() {
		t.Fact(reportClock, clock.Fact{Event: clock.Received, At: clock.On(f.Opinion)})
	}
	t.Record(map[string]any{"dispute_result": f.Result.Name(), "on": f.On.String(), "redo": f.Redo}) // the words stand in the row
	_, err := t.Tx.ExecContext(ctx, `UPDATE disputes SET result = $2, decided_on = $3, redo = $4, opinion_on = $5, note = $6 WHERE case_id = $1`,
		t.Case.ID, string(f.Result), f.On.String(), bit(f.Redo), f.Opinion.String(), strings.TrimSpace(f.Note))
	return err
}

func checkDisputeReport(_ *casework.Case, d *Dispute, form any, today workday.Date) error {
	f := form.(*DisputeDayForm)
	if err := words("说明", f.Note, false); err != nil {
		return err
	}
	return within("报告日期", f.On, d.OpinionOn, today, "收到复议意见书")
}

func (r *Room) disputeReport(ctx context.Context, t *disputeTurn) error {
	f := t.Form.(*DisputeDayForm)
	t.Fact(reportClock, clock.Fact{Event: clock.Done, At: clock.On(f.On)})
	t.Record(map[string]string{"on": f.On.String(), "Text": strings.TrimSpace(f.Note)})
	_, err := t.Tx.ExecContext(ctx, `UPDATE disputes SET reported_on = $2 WHERE case_id = $1`, t.Case.ID, f.On.String())
	return err
}
