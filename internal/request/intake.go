package request

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/fault"
	"gongkai/internal/proofread"
	"gongkai/internal/store"
	"gongkai/internal/workday"
	"gongkai/internal/zh"
)

// Via is the door by which a request came to the counter. Each door has one
// channel of the law, which alone decides when the request is received.
type Via string

// The doors. They stand in rows.
const (
	ViaCounter  Via = "in_person"
	ViaSigned   Via = "post_signed"
	ViaOrdinary Via = "post_ordinary"
	ViaFax      Via = "fax"
	ViaMailBox  Via = "mailbox"
	ViaSystem   Via = "system"
	ViaTransfer Via = "transfer" // another organ of the tree handed it on
	ViaOld      Via = "old"      // taken over from an old register
)

// Vias are the doors that a clerk chooses from, with the channel of each: a
// mail box and another system are channels of the internet.
var Vias = []struct {
	Via     Via
	Name    string
	Channel clock.Channel
}{{ViaCounter, "当面提交", clock.InPerson}, {ViaSigned, "邮寄（签收）", clock.PostSigned}, {ViaOrdinary, "平常信函", clock.PostOrdinary}, {ViaFax, "传真", clock.Fax},
	{ViaMailBox, "电子邮箱", clock.Online}, {ViaSystem, "其他系统转来", clock.Online}}

// Name is the door in Chinese.
func (v Via) Name() string {
	switch v {
	case ViaTransfer:
		return "其他机关转送"
	case ViaOld:
		return "原台账"
	}
	for _, x := range Vias {
		if x.Via == v {
			return x.Name
		}
	}
	return ""
}

// Door is how a request came to the counter; an application of the site has none.
type Door struct {
	Via    Via
	System string // which other system
	Number string // its number there, or in the old register
	Oral   bool   // the applicant has difficulty in writing and a clerk wrote it down
	Import int64  // the old register it came with
}

// Intake is what the chapter of receiving knows of a request.
type Intake struct {
	Door
	Scans    []Scan
	Contacts []Contact
	Prior    []Prior
	Kin      []Kin
	Onward   *Onward // where it is worked on now; only for its applicant, see Track
}

// firstDay is when the first regulation on disclosure came into force; nobody
// can have asked under it before.
var firstDay = workday.Date{Year: 2008, Month: 5, Day: 1}

// check looks at what only a clerk fills in.
func (d *Door) check(a *Application) error {
	bad := func(field, format string, args ...any) error {
		return fault.Field("request.Door", field, "“"+field+"”："+format, args...)
	}
	p := a.Applicant
	switch {
	case d.Via == ViaOld || d.Via == ViaTransfer:
		return nil // written down by others, as it was
	case d.Via == "" || d.Via.Name() == "":
		return bad("收到途径", "请选择。")
	case d.Via == ViaSystem && strings.TrimSpace(d.System) == "":
		return bad("来自哪个系统", "从其他系统转来的，请写明系统的名称。")
	case d.Via == ViaSystem && strings.TrimSpace(d.Number) == "":
		return bad("原系统编号", "从其他系统转来的，请填写那里的编号。")
	case a.On.Before(firstDay):
		return bad("收到日期", "%s还没有依申请公开（条例自2008年5月1日起施行），请核对年份。", a.On.Chinese())
	case len([]rune(d.System)) > 100 || len([]rune(d.Number)) > 100:
		return bad("原系统编号", "不能超过 100 个字。")
	case p.Kind != Natural && strings.TrimSpace(p.Leader) == "":
		return bad("法定代表人", "单位申请的，请填写法定代表人或者负责人（A-51）。")
	case p.Kind != Natural && strings.TrimSpace(p.Contact) == "":
		return bad("联系人", "单位申请的，请填写联系人（A-51）。")
	}
	return nil
}

// Warnings say what of an applicant looks mistyped. They never keep a request
// out: a wrong digit is no ground to refuse.
func Warnings(a Applicant) (out []string) {
	proof := strings.ToUpper(strings.ReplaceAll(a.Proof, " ", ""))
	if a.Kind == Natural {
		if resident(proof) && !proofread.ValidIDNumber(proof) {
			out = append(out, "身份证件号码的校验码不对，请与证件核对")
		}
		return out
	}
	if !zh.ValidCreditCode(proof) {
		out = append(out, "统一社会信用代码的校验码不对，请与证照核对")
	}
	return out
}

// resident reports a number that has the shape of a resident identity number;
// passports and other papers have none.
func resident(s string) bool {
	if len(s) != 18 {
		return false
	}
	for _, c := range s[:17] {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// The acts and states of receiving.
const (
	ActContact  casework.Action = "contact"
	ActSplit    casework.Action = "split"
	ActContinue casework.Action = "continue_part"
	ActMerge    casework.Action = "merge"
	ActTakeIn   casework.Action = "take_in"
	ActTransfer casework.Action = "transfer"
	ActTakeOver casework.Action = "take_over"

	Merged      casework.State = "merged"
	Transferred casework.State = "transferred"
)

// receiving is the chapter of what happens around the receipt: notes of talks,
// splitting, merging, handing on within the tree, and the old registers.
func (r *Room) receiving() chapter {
	in := func(s ...casework.State) []casework.State { return s }
	running := in(Submitted, Working, Correcting, Reviewing, Signing, Answered)
	return chapter{
		states: []casework.StateInfo{{State: Merged, Name: "已并入", Final: true}, {State: Transferred, Name: "已转送", Final: true}},
		steps: []step{
			{Action: ActContact, Name: "记沟通记录", From: append(running, Served), Right: access.HandleRequest, Form: func() any { return &ContactForm{} }, Check: checkContact, Effect: r.contact},
			{Action: ActSplit, Name: "拆分", From: in(Submitted, Working), Right: access.HandleRequest, Refuse: refuseSplit, Form: func() any { return &SplitForm{} }, Check: checkSplit, Effect: r.split},
			{Action: ActContinue, Name: "拆分后接续", From: in(Submitted), To: in(Working), System: true, Form: func() any { return &ContinueForm{} }, Effect: r.continuePart},
			{Action: ActMerge, Name: "并入另一件", From: in(Submitted, Working, Correcting), To: in(Merged), Right: access.HandleRequest, Refuse: refuseMerge, Form: func() any { return &MergeForm{} }, Check: checkMerge, Effect: r.merge},
			{Action: ActTakeIn, Name: "收到并入", From: running, System: true, Form: func() any { return &MergeForm{} }, Effect: r.takeIn},
			{Action: ActTransfer, Name: "转送其他机关", From: in(Submitted, Working), To: in(Transferred), Right: access.HandleRequest, Form: func() any { return &TransferForm{} }, Check: checkTransfer, Effect: r.transfer},
			{Action: ActTakeOver, Name: "从原台账接收", From: in(Submitted), To: in(Working, Archived), System: true, Form: func() any { return &OldEntry{} }, Next: whereOld, Effect: r.takeOver},
		},
		notices: map[string]string{"merged": "同一申请人的另一件申请已经并入%s，请一起答复。", "handed_on": "其他机关转送来公开申请%s，请确认收到。"},
		load:    r.loadIntake,
	}
}

func (r *Room) loadIntake(ctx context.Context, q store.Querier, out *Request) error {
	var oral int
	in := &out.Intake
	err := q.QueryRowContext(ctx, `SELECT via, system, number, oral, import_id FROM request_intake WHERE case_id = $1`, out.Case).Scan(&in.Via, &in.System, &in.Number, &oral, &in.Import)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	in.Oral = oral != 0
	if in.Scans, err = scans(ctx, q, out.Case); err != nil {
		return err
	}
	if in.Contacts, err = contacts(ctx, q, out.Case); err != nil {
		return err
	}
	if in.Kin, err = kin(ctx, q, out.Case); err != nil {
		return err
	}
	in.Prior, err = priorOf(ctx, q, out)
	return err
}

// keepDoor writes how a request came in.
func keepDoor(ctx context.Context, tx *sql.Tx, id int64, d *Door) error {
	if d == nil {
		return nil
	}
	oral := 0
	if d.Oral {
		oral = 1
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO request_intake (case_id, via, system, number, oral, import_id) VALUES ($1, $2, $3, $4, $5, $6)`,
		id, string(d.Via), strings.TrimSpace(d.System), strings.TrimSpace(d.Number), oral, d.Import)
	return err
}

// ConfirmBy is the last day on which somebody confirms the receipt before the
// product does: the next working day after it came.
func (r *Request) ConfirmBy() workday.Date { return r.confirmBy() }

// Sent reports that a form with this token has already opened a case.
func (r *Room) Sent(ctx context.Context, login, token string) (bool, error) {
	var n int
	err := r.db.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM case_tokens WHERE actor = $1 AND action = $2 AND token = $3`, login, string(casework.ActOpen), token).Scan(&n)
	return n > 0, err
}

// Check says what of an application would be refused, before it is handed in.
func (r *Room) Check(a Application) error { return a.check(workday.DateOf(r.now())) }
