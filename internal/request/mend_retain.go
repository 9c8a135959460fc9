package request

import (
	"context"
	"fmt"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// ActMendAnonymise destroys who asked for a correction when its time is over.
const ActMendAnonymise casework.Action = "mend_anonymise"

// mendKeeping is the act of a closed correction, as retention is of
// requests; the event that stays is the tombstone.
func (r *Room) mendKeeping() casework.Step[*Mend] {
	return casework.Step[*Mend]{Action: ActMendAnonymise, Name: "到期销毁申请人信息", From: []casework.State{MendClosed, MendWithdrawn}, Right: access.ApproveExtension,
		Refuse: func(_ *casework.Case, m *Mend, today workday.Date) string { return m.WhyKept(today) },
		Form:   func() any { return &AnonymiseForm{} },
		Check: func(c *casework.Case, _ *Mend, form any, _ workday.Date) error {
			return numberTyped(c, form.(*AnonymiseForm))
		}, Effect: r.anonymiseMend}
}

// numberTyped makes sure that somebody means this case: nothing brings back
// what is destroyed.
func numberTyped(c *casework.Case, f *AnonymiseForm) error {
	if strings.TrimSpace(f.Number) != c.Number {
		return fault.Field("request.numberTyped", "申请编号", "“申请编号”：销毁以后不能恢复，请照抄这件申请的编号“%s”确认。", c.Number)
	}
	return nil
}

// WhyKept says why who asked cannot be destroyed today; "" when it can.
func (m *Mend) WhyKept(today workday.Date) string {
	switch {
	case m.Anonymised:
		return textDestroyed
	case m.RetainUntil.IsZero() || !today.After(m.RetainUntil):
		return fmt.Sprintf("保存期限到%s，还没有满。", m.RetainUntil.Chinese())
	}
	return ""
}

// ofMended is what a correction keeps of people, and how it is made empty.
var ofMended = []string{
	`UPDATE mend_records SET name_sealed = '', proof_sealed = '', contact_sealed = '', asked_sealed = '', blind = '', reason = '', served_proof = '' WHERE case_id = $1`,
	`UPDATE request_letters SET body = '', parts = '', facts = '' WHERE case_id = $1`,
	`DELETE FROM request_letter_files WHERE letter_id IN (SELECT id FROM request_letters WHERE case_id = $1)`,
}

// mendLeft keeps why an application was taken back beside the reason of the
// answer, if one was proposed: the words may be the applicant's own, so they are
// destroyed with the name and stand in no event.
func mendLeft(ctx context.Context, t *mendTurn) error {
	_, err := t.Tx.ExecContext(ctx, `UPDATE mend_records SET reason = CASE WHEN reason = '' THEN '' ELSE reason || $2 END || $3 WHERE case_id = $1`,
		t.Case.ID, "\n", "撤回："+strings.TrimSpace(t.Form.(*NoteForm).Text))
	return err
}

func (r *Room) anonymiseMend(ctx context.Context, t *mendTurn) error {
	for _, change := range ofMended {
		if _, err := t.Tx.ExecContext(ctx, change, t.Case.ID); err != nil {
			return err
		}
	}
	t.Record(map[string]string{"retain_until": t.Data.RetainUntil.String()})
	return nil
}
