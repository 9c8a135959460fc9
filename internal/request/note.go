package request

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/vault"
	"gongkai/internal/workday"
)

// The acts of the house's own words.
const (
	ActNote      casework.Action = "note"
	ActAskHelp   casework.Action = "ask_help"
	ActHelpGiven casework.Action = "help_given"
)

// The kinds of words: a note, material asked of another unit, advice to a unit
// whose work a request showed to be wanting (Q24-10d), and why a late
// correction was taken.
const (
	NotePlain  = "note"
	NoteHelp   = "help"
	NoteAdvice = "advice"
	NoteExcuse = "excuse"
	// NoteLeave is why a request was taken back, NoteConsent how its applicant
	// agreed to a transfer.
	NoteLeave   = "withdraw"
	NoteConsent = "consent"
	// NoteRecall is why another organ is no longer asked for help.
	NoteRecall = "recall"
	// NoteSuggest is the applicant's: what was given should be public.
	NoteSuggest = "suggest"
)

var noteKinds = []struct{ Code, Name string }{{NotePlain, "内部记录"}, {NoteHelp, "请提供材料"}, {NoteAdvice, "工作建议"}, {NoteExcuse, "逾期补正的正当理由"}, {NoteLeave, "撤回的说明"}, {NoteConsent, "申请人同意转送的经过"}, {NoteRecall, "撤回协助请求的原因"}, {NoteSuggest, "申请人建议主动公开"}}

// HelpKinds are the kinds that ask for an answer.
var HelpKinds = noteKinds[1:3]

// Note is a word of the house; its text is opened by ReadNotes only.
type Note struct {
	ID         int64
	Kind       string
	By         string // login
	At         time.Time
	Organ      int64  // who is to answer; 0 for a plain note
	Unit       string // of that organ
	DueOn      workday.Date
	Slot       int
	AnsweredBy string
	AnsweredAt time.Time
	File       Paper

	Body, Answer string // opened
}

// KindName is the kind in Chinese.
func (n Note) KindName() string { return nameOf(noteKinds, n.Kind) }

// Waits reports words that ask for an answer and have none.
func (n Note) Waits() bool { return n.Slot > 0 && n.AnsweredAt.IsZero() }

// NoteTextForm is a plain note.
type NoteTextForm struct{ Text string }

// HelpForm asks a unit of the organ for material, or advises it; other organs
// are asked by AskOrganForm.
type HelpForm struct {
	Kind  string
	Unit  string
	Text  string
	DueOn workday.Date
}

// HelpGivenForm answers.
type HelpGivenForm struct {
	Note int64
	Text string
}

// helpSlots is how many units may be asked at once.
const helpSlots = 5

func helpTask(slot int) string { return fmt.Sprintf("help_%d", slot) }

// notes is the chapter of words of the house.
func (r *Room) notes() chapter {
	open := []casework.State{Working, Correcting, Reviewing, Signing, Answered, Served}
	c := chapter{
		steps: []step{
			{Action: ActNote, Name: "写内部记录", From: open, Right: access.HandleRequest, Form: func() any { return &NoteTextForm{} }, Check: checkNote, Effect: r.noteAdded},
			{Action: ActAskHelp, Name: "请单位提供材料、提工作建议", From: open, Right: access.HandleRequest, Refuse: refuseHelp, Form: func() any { return &HelpForm{} }, Check: checkHelp, Effect: r.askHelp},
		},
		names:   map[string]string{},
		notices: map[string]string{"help": "%s请您的单位提供材料或者答复建议。", "help_given": "%s：有单位提供了材料或者答复了建议。"},
		load:    r.loadNotes,
		tasks: func(_ *casework.Case, q *Request) (out []casework.Task) {
			for _, n := range q.Work.Notes {
				if n.Waits() {
					t := casework.Task{Name: helpTask(n.Slot), Organ: n.Organ, Right: access.HandleRequest}
					if !n.DueOn.IsZero() {
						t.Due = n.DueOn.AddDays(1).Time()
					}
					out = append(out, t)
				}
			}
			return out
		},
		guards: map[casework.Action]guard{ActCorrected: {effect: r.keepExcuse}},
	}
	for i := 1; i <= helpSlots; i++ {
		c.names[helpTask(i)] = "提供材料、答复建议"
		c.steps = append(c.steps, step{Action: ActHelpGiven, Name: "提供材料、答复建议", From: open, Task: helpTask(i), Right: access.HandleRequest, Form: func() any { return &HelpGivenForm{} }, Check: checkHelpGiven, Effect: r.helpGiven})
	}
	return c
}

func notePlace(id int64, column string) vault.Place {
	return vault.Place{Table: "request_notes", Column: column, Row: id}
}

func checkNote(_ *casework.Case, _ *Request, form any, _ workday.Date) error {
	return words("内部记录", form.(*NoteTextForm).Text, true)
}

func (r *Room) noteAdded(ctx context.Context, t *turn) error {
	_, err := r.addNote(ctx, t, Note{Kind: NotePlain}, t.Form.(*NoteTextForm).Text)
	return err
}

// keepExcuse keeps the reason for which a late correction was taken; it may
// tell of illness, so it stands sealed.
func (r *Room) keepExcuse(ctx context.Context, t *turn) error {
	if f := t.Form.(*CorrectedForm); f.Excuse != "" {
		_, err := r.addNote(ctx, t, Note{Kind: NoteExcuse}, f.Excuse)
		return err
	}
	return nil
}

// left keeps the words of a withdrawal. They may be the applicant's own, so they
// stand sealed and not in the event, which stays for ever.
func (r *Room) left(ctx context.Context, t *turn) error {
	if err := lapseExtension(ctx, t); err != nil {
		return err
	}
	if f := t.Form.(*NoteForm); strings.TrimSpace(f.Text) != "" {
		_, err := r.addNote(ctx, t, Note{Kind: NoteLeave}, f.Text)
		return err
	}
	return nil
}

func (r *Room) addNote(ctx context.Context, t *turn, n Note, text string) (id int64, err error) {
	if err := t.Tx.QueryRowContext(ctx, `INSERT INTO request_notes (case_id, kind, by_login, at, organ_id, unit, due_on, slot) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
		t.Case.ID, n.Kind, t.Actor.Login, t.Now.UnixMicro(), n.Organ, n.Unit, n.DueOn.String(), n.Slot).Scan(&id); err != nil {
		return 0, err
	}
	sealed, err := r.vault.Seal(ctx, notePlace(id, "body_sealed"), strings.TrimSpace(text))
	if err != nil {
		return 0, err
	}
	_, err = t.Tx.ExecContext(ctx, `UPDATE request_notes SET body_sealed = $2 WHERE id = $1`, id, sealed)
	return id, err
}

// slot is the first free place for one more unit, 0 when all are taken.
func (w *Work) slot() int {
	for i := 1; i <= helpSlots; i++ {
		if !slices.ContainsFunc(w.Notes, func(n Note) bool { return n.Waits() && n.Slot == i }) {
			return i
		}
	}
	return 0
}

func refuseHelp(_ *casework.Case, r *Request, _ workday.Date) string {
	if r.Work.slot() == 0 {
		return fmt.Sprintf("已经有 %d 个单位没有答复，先等它们答复。", helpSlots)
	}
	return ""
}

func checkHelp(_ *casework.Case, _ *Request, form any, today workday.Date) error {
	f := form.(*HelpForm)
	if err := choose("事由", f.Kind, HelpKinds); err != nil {
		return err
	}
	if err := words("单位", f.Unit, true); err != nil {
		return err
	}
	if err := words("内容", f.Text, true); err != nil {
		return err
	}
	if f.Kind == NoteHelp && f.DueOn.IsZero() || !f.DueOn.IsZero() && f.DueOn.Before(today) {
		return fault.Field("request.checkHelp", "期限", "“期限”：请填今天或者以后的一天。")
	}
	return nil
}

func (r *Room) askHelp(ctx context.Context, t *turn) error {
	f := t.Form.(*HelpForm)
	t.Record(map[string]string{"help": nameOf(noteKinds, f.Kind), "unit": strings.TrimSpace(f.Unit), "until": f.DueOn.String()})
	t.TellHolders("help", access.HandleRequest, t.Case.Organ, 0)
	_, err := r.addNote(ctx, t, Note{Kind: f.Kind, Organ: t.Case.Organ, Unit: strings.TrimSpace(f.Unit), DueOn: f.DueOn, Slot: t.Data.Work.slot()}, f.Text)
	return err
}

func checkHelpGiven(_ *casework.Case, r *Request, form any, _ workday.Date) error {
	f := form.(*HelpGivenForm)
	if !slices.ContainsFunc(r.Work.Notes, func(n Note) bool { return n.ID == f.Note && n.Waits() }) {
		return fault.Field("request.checkHelpGiven", "答复哪一件", "“答复哪一件”：请选择还没有答复的一件。")
	}
	return words("答复", f.Text, true)
}

func (r *Room) helpGiven(ctx context.Context, t *turn) error {
	f := t.Form.(*HelpGivenForm)
	sealed, err := r.vault.Seal(ctx, notePlace(f.Note, "answer_sealed"), strings.TrimSpace(f.Text))
	if err != nil {
		return err
	}
	t.TellHolders("help_given", access.HandleRequest, t.Data.Organ, 0)
	_, err = t.Tx.ExecContext(ctx, `UPDATE request_notes SET answer_sealed = $2, answered_by = $3, answered_at = $4 WHERE id = $1`, f.Note, sealed, t.Actor.Login, t.Now.UnixMicro())
	return err
}

func (r *Room) loadNotes(ctx context.Context, q store.Querier, out *Request) error {
	rows, err := q.QueryContext(ctx, `SELECT id, kind, by_login, at, organ_id, unit, due_on, slot, answered_by, answered_at, file_sha, file_name FROM request_notes WHERE case_id = $1 ORDER BY id`, out.Case)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var n Note
		var at, answered int64
		var due string
		if err := rows.Scan(&n.ID, &n.Kind, &n.By, &at, &n.Organ, &n.Unit, &due, &n.Slot, &n.AnsweredBy, &answered, &n.File.SHA, &n.File.Name); err != nil {
			return err
		}
		n.At, n.AnsweredAt = instant(at), instant(answered)
		if n.DueOn, err = day(due); err != nil {
			return err
		}
		out.Work.Notes = append(out.Work.Notes, n)
	}
	return rows.Err()
}

// ReadNotes opens the words of the house about a request; only, when it is not
// nil, leaves away those it does not name. The reading is kept in the audit log.
func (r *Room) ReadNotes(ctx context.Context, a access.Actor, q *Request, only func(Note) bool) (out []Note, reasons string, err error) {
	defer fault.Wrap(&err, "request.ReadNotes(%d)", q.Case)
	for _, n := range q.Work.Notes {
		if only != nil && !only(n) {
			continue
		}
		var body, answer string
		if err := r.db.Reader().QueryRowContext(ctx, `SELECT body_sealed, answer_sealed FROM request_notes WHERE id = $1`, n.ID).Scan(&body, &answer); err != nil {
			return nil, "", err
		}
		if n.Body, err = r.vault.Open(ctx, notePlace(n.ID, "body_sealed"), body); err != nil {
			return nil, "", err
		}
		if answer != "" {
			if n.Answer, err = r.vault.Open(ctx, notePlace(n.ID, "answer_sealed"), answer); err != nil {
				return nil, "", err
			}
		}
		out = append(out, n)
	}
	if only == nil && !q.Work.Frequent.GivenOn.IsZero() {
		var sealed string
		if err := r.db.Reader().QueryRowContext(ctx, `SELECT reasons_sealed FROM request_frequent WHERE case_id = $1`, q.Case).Scan(&sealed); err != nil {
			return nil, "", err
		}
		if reasons, err = r.vault.Open(ctx, frequentPlace(q.Case), sealed); err != nil {
			return nil, "", err
		}
	}
	return out, reasons, audit.Record(ctx, r.db.Writer(), audit.Event{At: r.now(), Actor: a.Login, Act: audit.ViewPersonal, Target: fmt.Sprintf("case:%d", q.Case), Outcome: audit.Done, Detail: "内部记录"})
}
