package request

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/vault"
	"gongkai/internal/workday"
)

// MendCases is the workflow of a correction of one's own record.
const MendCases casework.Kind = "mend_record"

// MendOutcome is how a correction ends.
type MendOutcome string

// The outcomes of article 41, and a refusal where the evidence proves nothing.
const (
	MendCorrected   MendOutcome = "corrected"
	MendTransferred MendOutcome = "transferred"
	MendPointed     MendOutcome = "pointed"
	MendRefused     MendOutcome = "refused"
)

// MendOutcomes lists them with their names.
var MendOutcomes = []struct {
	Outcome MendOutcome
	Name    string
}{{MendCorrected, "经核实，予以更正"}, {MendTransferred, "不属于本机关职能，已转送"}, {MendPointed, "不属于本机关职能，告知向哪里提出"}, {MendRefused, "经核实，不予更正"}}

// Name is the outcome in Chinese.
func (o MendOutcome) Name() string {
	for _, x := range MendOutcomes {
		if x.Outcome == o {
			return x.Name
		}
	}
	return string(o)
}

// The states and actions of a correction.
const (
	MendChecking  casework.State = "checking"
	MendSigning   casework.State = "signing"
	MendServing   casework.State = "serving"
	MendClosed    casework.State = "closed"
	MendWithdrawn casework.State = "withdrawn"

	ActMendDecide casework.Action = "mend_decide"
	ActMendSign   casework.Action = "mend_sign"
	ActMendServe  casework.Action = "mend_serve"
	ActMendLeave  casework.Action = "mend_withdraw"
)

// Mend is a correction as it stands. Who asks and what is wrong is read only by
// RevealMend.
type Mend struct {
	Case       int64
	Organ      int64
	Kind       ApplicantKind
	Record     string // the record, in neutral words
	ReceivedOn workday.Date
	Longest    workday.Date // never later than this (A-101.longest)
	Outcome    MendOutcome
	Owner      string // the organ to which it was transferred or pointed
	Reason     string
	LetterNo   string
	ServedOn   workday.Date
	Proof      string
	Letters    []Letter
	// RetainUntil is the last day on which who asked is kept.
	RetainUntil workday.Date
	Anonymised  bool
	Profile     *Profile
}

// MendForm registers a correction.
type MendForm struct {
	Organ     int64
	Applicant Applicant
	Record    string
	Asked     string // what is wrong and how it should read
	Evidence  string // what proves it
	On        workday.Date
	Informed  bool
	Token     string
}

// MendDecideForm proposes the answer.
type MendDecideForm struct {
	Outcome MendOutcome
	Owner   string
	Reason  string
}

// mendClock runs from receipt: 20 working days, never over two months.
const mendClock = "mend"

type mendTurn = casework.Turn[*Mend]

// mending is the workflow of A-101.
func (r *Room) mending() casework.Workflow[*Mend] {
	type step = casework.Step[*Mend]
	in := func(s ...casework.State) []casework.State { return s }
	decided := []casework.Action{ActMendDecide}
	note := func(_ context.Context, t *mendTurn) error { t.Record(t.Form); return nil }
	why := func(_ *casework.Case, _ *Mend, form any, _ workday.Date) error {
		return words("原因", form.(*NoteForm).Text, true)
	}
	form := func() any { return &NoteForm{} }
	return casework.Workflow[*Mend]{
		Kind: MendCases, Name: "更正申请", Number: "更正〔%d〕%d号", See: access.HandleRequest, Start: MendChecking,
		States: []casework.StateInfo{{State: MendChecking, Name: "核实中"}, {State: MendSigning, Name: "待签发"}, {State: MendServing, Name: "待送达"}, {State: MendClosed, Name: "已办结", Final: true}, {State: MendWithdrawn, Name: "已撤回", Final: true}},
		Steps: []step{
			{Action: ActMendDecide, Name: "提出更正意见", From: in(MendChecking), To: in(MendSigning), Task: "check", Right: access.HandleRequest, Form: func() any { return &MendDecideForm{} }, Check: checkMend, Effect: r.mendDecide},
			{Action: casework.ActReturn, Name: "退回修改", From: in(MendSigning), To: in(MendChecking), Task: "mend_sign", Right: access.SignOff, NotBy: decided, Form: form, Check: why, Effect: note},
			{Action: ActMendSign, Name: "签发更正答复书", From: in(MendSigning), To: in(MendServing), Task: "mend_sign", Right: access.SignOff, NotBy: decided, Refuse: refuseMendSign, Effect: r.mendSign},
			{Action: ActMendServe, Name: "登记送达", From: in(MendServing), To: in(MendClosed), Task: "mend_serve", Right: access.HandleRequest, Form: func() any { return &FeeServedForm{} }, Check: checkMendServe, Effect: r.mendServe},
			{Action: ActMendLeave, Name: "登记撤回申请", From: in(MendChecking, MendSigning), To: in(MendWithdrawn), Right: access.HandleRequest, Form: form, Check: why, Effect: mendLeft},
			r.mendKeeping(),
		},
		Load: r.readMend,
		Tasks: func(c *casework.Case, _ *Mend) []casework.Task {
			switch t := (casework.Task{Right: access.HandleRequest, Clock: mendClock, Rule: "A-101"}); c.State {
			case MendChecking:
				t.Name = "check"
				return []casework.Task{t}
			case MendSigning:
				t.Name, t.Right, t.NotBy = "mend_sign", access.SignOff, decided
				return []casework.Task{t}
			case MendServing:
				t.Name = "mend_serve"
				return []casework.Task{t}
			}
			return nil
		},
		Names:   map[string]string{"check": "核实", "mend_sign": "签发", "mend_serve": "送达", mendClock: "更正期限"},
		Notices: map[string]string{"mend_new": "收到%s。", "mend_to_serve": "%s已经签发，请送达。"},
	}
}

func (r *Room) readMend(ctx context.Context, q store.Querier, c *casework.Case) (m *Mend, err error) {
	defer fault.Wrap(&err, "request.readMend(%d)", c.ID)
	m = &Mend{Case: c.ID, Organ: c.Organ}
	var received, served, until, contact string
	err = q.QueryRowContext(ctx, `SELECT applicant_kind, record, received_on, outcome, owner, reason, letter_no, served_on, served_proof, retain_until, contact_sealed FROM mend_records WHERE case_id = $1`, c.ID).
		Scan(&m.Kind, &m.Record, &received, &m.Outcome, &m.Owner, &m.Reason, &m.LetterNo, &served, &m.Proof, &until, &contact)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "request.readMend", "没有找到这件更正申请。")
	}
	if err != nil {
		return nil, err
	}
	if m.ReceivedOn, err = day(received); err != nil {
		return nil, err
	}
	if m.ServedOn, err = day(served); err != nil {
		return nil, err
	}
	if m.RetainUntil, err = day(until); err != nil {
		return nil, err
	}
	m.Anonymised = contact == ""
	m.Longest = clock.Compute(clock.MustFind("A-101.longest"), c.Clock(mendClock), workday.National()).Due.Day
	if m.Letters, err = letters(ctx, q, c.ID); err != nil {
		return nil, err
	}
	m.Profile, err = profile(ctx, q, c.Organ)
	return m, err
}

func (f *MendForm) check(today workday.Date) error {
	p := f.Applicant
	bad := func(field, words string) error {
		return fault.Field("request.MendForm", field, "“%s”：%s", field, words)
	}
	switch {
	case f.Organ == 0:
		return bad("机构", "请选择。")
	case strings.TrimSpace(f.Record) == "" || len([]rune(f.Record)) > 200:
		return bad("要更正的记录", "请写明是哪种记录，不超过 200 个字。")
	case strings.TrimSpace(f.Asked) == "" || len([]rune(f.Asked)) > maxWords:
		return bad("更正内容", "请写明哪里不准确、应当是什么。")
	case strings.TrimSpace(f.Evidence) == "" || len([]rune(f.Evidence)) > maxWords:
		return bad("证据", "请写明申请人出示了什么证据（A-101）。")
	case strings.TrimSpace(p.Name) == "":
		return bad("姓名或者名称", "请填写。")
	case strings.TrimSpace(p.Proof) == "":
		return bad("身份证明", "请填写身份证件号码；单位填统一社会信用代码。")
	case strings.TrimSpace(p.Phone) == "" && strings.TrimSpace(p.Mail) == "" && strings.TrimSpace(p.Address) == "":
		return bad("联系方式", "电话、邮箱、地址至少填一项。")
	case !f.Informed:
		return bad("个人信息处理告知", "请先告知申请人。")
	case f.On.IsZero() || f.On.After(today):
		return bad("收到日期", "请填写今天或者以前的日期。")
	}
	return nil
}

// askedWords are what is sealed of a correction beside the applicant.
func (f *MendForm) askedWords() string {
	return strings.TrimSpace(f.Asked) + "\n\n证据：" + strings.TrimSpace(f.Evidence)
}

// OpenMend registers a correction at the counter. The caller checks the right.
// Errors: Invalid with the field.
func (r *Room) OpenMend(ctx context.Context, a access.Actor, f MendForm) (id int64, err error) {
	defer fault.Wrap(&err, "request.OpenMend(%d)", f.Organ)
	if err := f.check(workday.DateOf(r.now())); err != nil {
		return 0, err
	}
	if err := r.vault.Ready(ctx); err != nil { // before the transaction: it may have to make its keys
		return 0, err
	}
	digest := []any{f.Organ, f.Record, f.On.String(), len(f.Asked), len(f.Applicant.Name)} // no personal data in the token's row
	err = r.db.Tx(ctx, func(tx *sql.Tx) error {
		c, _, err := casework.Open(ctx, r.kernel, tx, casework.Start{Kind: MendCases, Organ: f.Organ, Title: "更正与自身相关的信息", Form: digest, Token: f.Token, Actor: a}, func(ctx context.Context, t *mendTurn) error {
			t.Fact(mendClock, clock.Fact{Event: clock.Submitted, At: clock.On(f.On)})
			t.TellHolders("mend_new", access.HandleRequest, f.Organ, 0)
			return r.insertMend(ctx, t, f)
		})
		if err != nil {
			return err
		}
		id = c.ID
		return nil
	})
	return id, err
}

func askedPlace(id int64) vault.Place {
	return vault.Place{Table: "mend_records", Column: "asked_sealed", Row: id}
}

func (r *Room) insertMend(ctx context.Context, t *mendTurn, f MendForm) error {
	who, err := r.sealApplicant(ctx, "mend_records", t.Case.ID, f.Applicant)
	if err != nil {
		return err
	}
	asked, err := r.vault.Seal(ctx, askedPlace(t.Case.ID), f.askedWords())
	if err != nil {
		return err
	}
	_, err = t.Tx.ExecContext(ctx, `INSERT INTO mend_records (case_id, applicant_kind, name_sealed, proof_sealed, contact_sealed, blind, asked_sealed, record, received_on, retain_until)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, t.Case.ID, string(f.Applicant.Kind), who.name, who.proof, who.contact, who.blind, asked, strings.TrimSpace(f.Record), f.On.String(), t.Today.AddMonths(12*KeepYears).String())
	return err
}

// RevealMend reads who asks for a correction and of what. Each reading is an
// act in the audit log.
func (r *Room) RevealMend(ctx context.Context, a access.Actor, id int64) (who *Applicant, asked string, err error) {
	defer fault.Wrap(&err, "request.RevealMend(%d)", id)
	if who, err = r.reveal(ctx, a, "mend_records", id); err != nil {
		return nil, "", err
	}
	var sealed string
	if err := r.db.Reader().QueryRowContext(ctx, `SELECT asked_sealed FROM mend_records WHERE case_id = $1`, id).Scan(&sealed); err != nil {
		return nil, "", err
	}
	asked, err = r.vault.Open(ctx, askedPlace(id), sealed)
	return who, asked, err
}

func checkMend(_ *casework.Case, _ *Mend, form any, _ workday.Date) error {
	f := form.(*MendDecideForm)
	switch f.Outcome {
	case MendTransferred, MendPointed:
		if err := words("有权更正的机关", f.Owner, true); err != nil {
			return err
		}
		return words("理由", f.Reason, false)
	case MendCorrected, MendRefused:
		return words("理由", f.Reason, true)
	}
	return fault.Field("request.checkMend", "处理结果", "“处理结果”：请选择。")
}

func (r *Room) mendDecide(ctx context.Context, t *mendTurn) error {
	f := t.Form.(*MendDecideForm)
	t.Record(map[string]string{"dispute_result": f.Outcome.Name()})
	_, err := t.Tx.ExecContext(ctx, `UPDATE mend_records SET outcome = $2, owner = $3, reason = $4 WHERE case_id = $1`, t.Case.ID, string(f.Outcome), strings.TrimSpace(f.Owner), strings.TrimSpace(f.Reason))
	return err
}

func refuseMendSign(_ *casework.Case, m *Mend, _ workday.Date) string {
	if m.Profile == nil {
		return "还没有登记本机关的复议机关、管辖法院和文号，不能签发。请先在“答复设置”里登记（A-94、A-115）。"
	}
	if missing := Remedies(*m.Profile, OtherEnding, false).Missing; len(missing) > 0 {
		return "救济途径写不全，还缺：" + join(missing) + "。"
	}
	return ""
}

func (r *Room) mendSign(ctx context.Context, t *mendTurn) error {
	no, err := letterNumber(ctx, t.Tx, t.Case.Organ, t.Data.Profile.Prefix, t.Today)
	if err != nil {
		return err
	}
	t.Data.LetterNo = no
	if err := keepLetter(ctx, t.Tx, t.Case, t.Today, mendLetter(t.Case, t.Data, t.Today)); err != nil {
		return err
	}
	t.Record(map[string]string{"number": no})
	t.TellHolders("mend_to_serve", access.HandleRequest, t.Case.Organ, 0)
	_, err = t.Tx.ExecContext(ctx, `UPDATE mend_records SET letter_no = $2 WHERE case_id = $1`, t.Case.ID, no)
	return err
}

// mendLetter is the answer of article 41 with its way to contest it.
func mendLetter(c *casework.Case, m *Mend, today workday.Date) *Composed {
	says := map[MendOutcome]string{
		MendCorrected:   "您反映的情况属实，本机关已经予以更正。",
		MendTransferred: fmt.Sprintf("这项记录不属于本机关职能范围，本机关已经将您的申请转送%s处理。", m.Owner),
		MendPointed:     fmt.Sprintf("这项记录不属于本机关职能范围，请您向%s提出。", m.Owner),
		MendRefused:     "您提供的证据不能证明这项记录不准确，本机关不予更正。",
	}[m.Outcome]
	if m.Reason != "" {
		says += "理由：" + end(m.Reason)
	}
	q := &Request{Kind: m.Kind, LetterNo: m.LetterNo, ReceivedOn: m.ReceivedOn, Profile: m.Profile}
	f := q.facts(c, today)
	f["涉及记录"], f["更正结果"], f["救济途径"] = end(m.Record), strings.ReplaceAll(says, "您", f[factYou]), Remedies(*m.Profile, OtherEnding, false).Text
	tpl, _ := FindTemplate(LetterRecord)
	return tpl.write(f, nil)
}

func checkMendServe(_ *casework.Case, m *Mend, form any, today workday.Date) error {
	f := form.(*FeeServedForm)
	if err := checkHow(&Request{}, f.How, f.Proof); err != nil { // nobody agreed to electronic service at the counter
		return err
	}
	issued := m.ReceivedOn
	if len(m.Letters) > 0 {
		issued = m.Letters[len(m.Letters)-1].IssuedOn
	}
	return within("送达日期", f.On, issued, today, "签发")
}

func (r *Room) mendServe(ctx context.Context, t *mendTurn) error {
	f := t.Form.(*FeeServedForm)
	t.Fact(mendClock, clock.Fact{Event: clock.AnswerServed, At: clock.On(f.On)})
	t.Record(map[string]string{"how": f.How, "on": f.On.String()})
	until := t.Today.AddMonths(12 * t.Data.Profile.keep()) // kept from the day on which it is closed
	_, err := t.Tx.ExecContext(ctx, `UPDATE mend_records SET served_on = $2, served_proof = $3, retain_until = $4 WHERE case_id = $1`, t.Case.ID, f.On.String(), strings.TrimSpace(f.Proof), until.String())
	return err
}
