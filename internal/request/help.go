package request

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/proofread"
	"gongkai/internal/store"
	"gongkai/internal/vault"
	"gongkai/internal/workday"
)

// HelpCases is the workflow of help that another organ gives: a case of that
// organ, which opens the question and the chosen files, never the request.
const HelpCases casework.Kind = "request_help"

// The states and acts of help. ActAskOrgan and ActRecallHelp are acts on the
// request, ActHelpCame is what its timeline tells of the answer.
const (
	HelpAsked    casework.State = "asked"
	HelpAnswered casework.State = "answered"
	HelpRecalled casework.State = "recalled"

	ActAskOrgan   casework.Action = "ask_organ"
	ActRecallHelp casework.Action = "recall_help"
	ActHelpCame   casework.Action = "help_came"

	ActHelpAnswer casework.Action = "help_answer"
	ActHelpTaken  casework.Action = "help_taken_back"
)

// Help is one asking of another organ. Question and Answer are opened by
// ReadHelp only.
type Help struct {
	Case       int64
	Number     string
	State      casework.State
	Organ      int64 // that was asked
	Request    int64
	Asker      int64 // organ of the request
	DueOn      workday.Date
	AskedBy    string // login
	AskedOn    workday.Date
	AnsweredBy string
	AnsweredOn workday.Date
	Shared     []SharedFile
	Files      []Scan // that came with the answer

	Question, Answer string
}

// SharedFile is a document of the request that the asked organ may open.
type SharedFile struct {
	ID   int64
	Name string
}

// Waits reports an asking without an answer.
func (h Help) Waits() bool { return h.State == HelpAsked }

// StateName is where it stands, in Chinese.
func (h Help) StateName() string {
	return map[casework.State]string{HelpAsked: "等待答复", HelpAnswered: "已答复", HelpRecalled: "已撤回"}[h.State]
}

// AskOrganForm asks another organ for help.
type AskOrganForm struct {
	Organ    string // code
	Question string
	DueOn    workday.Date
	Files    []int64 // documents of the request that it may open
}

// RecallHelpForm takes an asking back.
type RecallHelpForm struct {
	Help   int64
	Reason string
}

// HelpAnswerForm answers; its files were handed in before (AddScans).
type HelpAnswerForm struct{ Text string }

// withHelps adds the chapter of help from other organs: an answer may come
// whatever became of the request meanwhile.
func (r *Room) withHelps(list []chapter) []chapter {
	var all []casework.State
	for _, c := range list {
		for _, s := range c.states {
			all = append(all, s.State)
		}
	}
	return append(list, chapter{
		steps: []step{
			{Action: ActAskOrgan, Name: "请其他机关协助", From: []casework.State{Working, Correcting}, Right: access.HandleRequest, Form: func() any { return &AskOrganForm{} }, Check: checkAskOrgan, Effect: r.askOrgan},
			{Action: ActRecallHelp, Name: "撤回协助请求", From: all, Right: access.HandleRequest, Refuse: refuseRecall, Form: func() any { return &RecallHelpForm{} }, Check: checkRecall, Effect: r.recallHelp},
			{Action: ActHelpCame, Name: "其他机关答复协助", From: all, System: true, Form: func() any { return &NoteForm{} }, Effect: r.helpCame},
		},
		notices: map[string]string{"help_came": "%s：其他机关答复了协助请求。"},
		load: func(ctx context.Context, q store.Querier, out *Request) (err error) {
			out.Work.Helps, err = readHelps(ctx, q, `h.request_id = $1`, out.Case)
			return err
		},
	})
}

type helpTurn = casework.Turn[*Help]

// helping is the workflow of the organ that was asked.
func (r *Room) helping() casework.Workflow[*Help] {
	type step = casework.Step[*Help]
	asked := []casework.State{HelpAsked}
	return casework.Workflow[*Help]{
		Kind: HelpCases, Name: "协助办理", Number: "协助〔%d〕%d号", See: access.HandleRequest, Start: HelpAsked,
		States: []casework.StateInfo{{State: HelpAsked, Name: "待答复"}, {State: HelpAnswered, Name: "已答复", Final: true}, {State: HelpRecalled, Name: "已撤回", Final: true}},
		Steps: []step{
			{Action: ActHelpAnswer, Name: "答复协助", From: asked, To: []casework.State{HelpAnswered}, Task: "help_answer", Right: access.HandleRequest, Form: func() any { return &HelpAnswerForm{} },
				Check: func(_ *casework.Case, _ *Help, form any, _ workday.Date) error {
					return words("答复", form.(*HelpAnswerForm).Text, true)
				}, Effect: r.answerHelp},
			{Action: ActHelpTaken, Name: "对方撤回请求", From: asked, To: []casework.State{HelpRecalled}, System: true, Effect: helpTaken},
		},
		Load: func(ctx context.Context, q store.Querier, c *casework.Case) (*Help, error) {
			list, err := readHelps(ctx, q, `h.case_id = $1`, c.ID)
			if err == nil && len(list) == 0 {
				err = fault.New(fault.NotFound, "request.helping", "没有找到这件协助请求。")
			}
			if err != nil {
				return nil, err
			}
			return &list[0], nil
		},
		Tasks: func(c *casework.Case, h *Help) []casework.Task {
			if c.State != HelpAsked {
				return nil
			}
			return []casework.Task{{Name: "help_answer", Right: access.HandleRequest, Due: h.DueOn.AddDays(1).Time()}}
		},
		Names:   map[string]string{"help_answer": "答复协助"},
		Notices: map[string]string{"help_asked": "其他机关请您协助：%s。", "help_recalled": "%s的协助请求已经撤回，不用再答复。"},
	}
}

func checkAskOrgan(_ *casework.Case, q *Request, form any, today workday.Date) error {
	f := form.(*AskOrganForm)
	if strings.TrimSpace(f.Organ) == "" {
		return fault.Field("request.checkAskOrgan", "请哪个机关协助", "“请哪个机关协助”：请选择。")
	}
	if err := words("需要协助的事项", f.Question, true); err != nil {
		return err
	}
	if err := nobody("需要协助的事项", f.Question, today); err != nil {
		return err
	}
	if f.DueOn.IsZero() || f.DueOn.Before(today) {
		return fault.Field("request.checkAskOrgan", "请对方答复的日期", "“请对方答复的日期”：请填今天或者以后的一天。")
	}
	slices.Sort(f.Files)
	f.Files = slices.Compact(f.Files)
	for _, id := range f.Files {
		if !slices.ContainsFunc(q.Material.Files, func(m *Material) bool { return m.ID == id && !m.Public() }) {
			return fault.Field("request.checkAskOrgan", "给对方看的材料", "“给对方看的材料”：请从这件申请的材料里选。")
		}
	}
	return nil
}

// nobody refuses words by which a person could be known.
func nobody(field, text string, today workday.Date) error {
	part := proofread.Part{Name: field, Kind: proofread.PartText, Text: text, Opened: true}
	for _, h := range proofread.Check(proofread.Input{Parts: []proofread.Part{part}}, proofread.Options{PersonalOnly: true, On: today}).Hits {
		if h.Kind != "" && h.Level == proofread.Block {
			return fault.Field("request.nobody", field, "“%s”：含有个人信息“%s”，请删去后再保存。", field, h.Text)
		}
	}
	return nil
}

func helpPlace(id int64, column string) vault.Place {
	return vault.Place{Table: "request_helps", Column: column, Row: id}
}

// askOrgan opens the case of the other organ. The product itself looks that the
// question does not name who asked.
func (r *Room) askOrgan(ctx context.Context, t *turn) error {
	f := t.Form.(*AskOrganForm)
	const field = "请哪个机关协助"
	var organ int64
	if err := t.Tx.QueryRowContext(ctx, `SELECT id FROM organs WHERE code = $1`, f.Organ).Scan(&organ); err != nil {
		return &fault.Error{Kind: fault.Invalid, Op: "request.askOrgan", Field: field, Text: "“" + field + "”：没有找到这个机关。", Err: err}
	}
	if organ == t.Case.Organ {
		return fault.Field("request.askOrgan", field, "“%s”：本机关的处室、单位请用“请单位提供材料、提工作建议”。", field)
	}
	who, err := r.applicantIn(ctx, t.Tx, t.Case.ID)
	if err != nil {
		return err
	}
	if who.in(f.Question) {
		return fault.Field("request.askOrgan", "需要协助的事项", "“需要协助的事项”：写到了申请人是谁。协助的机关不需要知道，请删去。")
	}
	c, _, err := casework.Open(ctx, r.kernel, t.Tx, casework.Start{Kind: HelpCases, Organ: organ, Title: "协助办理政府信息公开申请（" + t.Case.Number + "）", Form: []any{t.Case.ID, t.Case.Events}, Actor: t.Actor}, func(ctx context.Context, n *helpTurn) error {
		n.Link("request", t.Case.ID)
		n.TellHolders("help_asked", access.HandleRequest, organ, 0)
		sealed, err := r.vault.Seal(ctx, helpPlace(n.Case.ID, "question_sealed"), strings.TrimSpace(f.Question))
		if err != nil {
			return err
		}
		if _, err := n.Tx.ExecContext(ctx, `INSERT INTO request_helps (case_id, request_id, question_sealed, due_on, asked_by, asked_on) VALUES ($1, $2, $3, $4, $5, $6)`,
			n.Case.ID, t.Case.ID, sealed, f.DueOn.String(), t.Actor.Login, t.Today.String()); err != nil {
			return err
		}
		for _, id := range f.Files {
			if _, err := n.Tx.ExecContext(ctx, `INSERT INTO request_help_files (case_id, file_id) VALUES ($1, $2)`, n.Case.ID, id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	name, err := organName(ctx, t.Tx, organ, t.Today.String())
	t.Record(map[string]any{"organ": name, "number": c.Number, "until": f.DueOn.String(), "files": len(f.Files)})
	return err
}

func refuseRecall(_ *casework.Case, q *Request, _ workday.Date) string {
	if !slices.ContainsFunc(q.Work.Helps, Help.Waits) {
		return "没有在等答复的协助请求。"
	}
	return ""
}

func checkRecall(_ *casework.Case, q *Request, form any, _ workday.Date) error {
	f := form.(*RecallHelpForm)
	if !slices.ContainsFunc(q.Work.Helps, func(h Help) bool { return h.Case == f.Help && h.Waits() }) {
		return fault.Field("request.checkRecall", "撤回哪一件", "“撤回哪一件”：请选择还没有答复的一件。")
	}
	return words("原因", f.Reason, true)
}

func (r *Room) recallHelp(ctx context.Context, t *turn) error {
	f := t.Form.(*RecallHelpForm)
	c, err := r.kernel.ApplyIn(ctx, t.Tx, casework.Do{Case: f.Help, Action: ActHelpTaken, Actor: casework.Product})
	if err != nil {
		return err
	}
	t.Record(map[string]string{"number": c.Case.Number})
	_, err = r.addNote(ctx, t, Note{Kind: NoteRecall}, f.Reason) // sealed: the event stays for ever
	return err
}

// helpTaken tells the other organ, which from now on has no need of the files
// that were chosen for it.
func helpTaken(ctx context.Context, t *helpTurn) error {
	t.TellHolders("help_recalled", access.HandleRequest, t.Case.Organ, 0)
	_, err := t.Tx.ExecContext(ctx, `DELETE FROM request_help_files WHERE case_id = $1`, t.Case.ID)
	return err
}

// answerHelp keeps the answer and tells it to the request.
func (r *Room) answerHelp(ctx context.Context, t *helpTurn) error {
	sealed, err := r.vault.Seal(ctx, helpPlace(t.Case.ID, "answer_sealed"), strings.TrimSpace(t.Form.(*HelpAnswerForm).Text))
	if err != nil {
		return err
	}
	if _, err := t.Tx.ExecContext(ctx, `UPDATE request_helps SET answer_sealed = $2, answered_by = $3, answered_on = $4 WHERE case_id = $1`, t.Case.ID, sealed, t.Actor.Login, t.Today.String()); err != nil {
		return err
	}
	_, err = r.kernel.ApplyIn(ctx, t.Tx, casework.Do{Case: t.Data.Request, Action: ActHelpCame, Actor: casework.Product, Form: &NoteForm{Text: t.Case.Number}})
	return err
}

func (r *Room) helpCame(_ context.Context, t *turn) error {
	t.Record(map[string]string{"number": t.Form.(*NoteForm).Text})
	t.TellHolders("help_came", access.HandleRequest, t.Case.Organ, 0)
	return nil
}

func readHelps(ctx context.Context, q store.Querier, where string, arg int64) (out []Help, err error) {
	rows, err := q.QueryContext(ctx, `SELECT h.case_id, c.number, c.state, c.organ_id, h.request_id, a.organ_id, h.due_on, h.asked_by, h.asked_on, h.answered_by, h.answered_on
		FROM request_helps h JOIN cases c ON c.id = h.case_id JOIN cases a ON a.id = h.request_id WHERE `+where+` ORDER BY h.case_id`, arg)
	if err != nil {
		return nil, err
	}
	err = func() error {
		defer rows.Close()
		for rows.Next() {
			var h Help
			var due, asked, answered string
			if err := rows.Scan(&h.Case, &h.Number, &h.State, &h.Organ, &h.Request, &h.Asker, &due, &h.AskedBy, &asked, &h.AnsweredBy, &answered); err != nil {
				return err
			}
			for _, x := range []struct {
				to   *workday.Date
				text string
			}{{&h.DueOn, due}, {&h.AskedOn, asked}, {&h.AnsweredOn, answered}} {
				if *x.to, err = day(x.text); err != nil {
					return err
				}
			}
			out = append(out, h)
		}
		return rows.Err()
	}()
	for i := 0; err == nil && i < len(out); i++ {
		if out[i].Files, err = scans(ctx, q, out[i].Case); err == nil {
			out[i].Shared, err = sharedFiles(ctx, q, out[i].Case)
		}
	}
	return out, err
}

func sharedFiles(ctx context.Context, q store.Querier, help int64) (out []SharedFile, err error) {
	rows, err := q.QueryContext(ctx, `SELECT m.id, m.name FROM request_help_files f JOIN request_materials m ON m.id = f.file_id WHERE f.case_id = $1 ORDER BY m.id`, help)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s SharedFile
		if err := rows.Scan(&s.ID, &s.Name); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// FindHelp reads an asking without its words. Errors: NotFound.
func (r *Room) FindHelp(ctx context.Context, id int64) (*Help, error) {
	list, err := readHelps(ctx, r.db.Reader(), `h.case_id = $1`, id)
	if err == nil && len(list) == 0 {
		err = fault.New(fault.NotFound, "request.FindHelp", "没有找到这件协助请求。")
	}
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

// OpenHelp opens question and answer. Each reading is an act in the audit log.
// The caller checks that the reader belongs to the asked or the asking organ.
func (r *Room) OpenHelp(ctx context.Context, a access.Actor, h *Help) (err error) {
	defer fault.Wrap(&err, "request.OpenHelp(%d)", h.Case)
	var question, answer string
	if err := r.db.Reader().QueryRowContext(ctx, `SELECT question_sealed, answer_sealed FROM request_helps WHERE case_id = $1`, h.Case).Scan(&question, &answer); err != nil {
		return err
	}
	for _, x := range []struct {
		to             *string
		column, sealed string
	}{{&h.Question, "question_sealed", question}, {&h.Answer, "answer_sealed", answer}} {
		if x.sealed == "" {
			continue
		}
		if *x.to, err = r.vault.Open(ctx, helpPlace(h.Case, x.column), x.sealed); err != nil {
			return err
		}
	}
	if question == "" {
		h.Question = textDestroyed
	}
	return r.saw(ctx, a, audit.ViewPersonal, h.Case, "协助的事项和答复")
}

// SharedOriginal reads a chosen document for the asked organ. Errors: NotFound
// for a document that was not chosen.
func (r *Room) SharedOriginal(ctx context.Context, a access.Actor, h *Help, file int64) (*Material, []byte, error) {
	if !slices.ContainsFunc(h.Shared, func(s SharedFile) bool { return s.ID == file }) {
		return nil, nil, fault.New(fault.NotFound, "request.SharedOriginal", fmt.Sprintf("协助请求里没有这份材料（%d）。", file))
	}
	return r.Original(ctx, a, h.Request, file)
}
