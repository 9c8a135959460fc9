package request

import (
	"context"
	"database/sql"
	"encoding/json"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/workday"
)

// The actions of keeping.
const (
	ActAnonymise  casework.Action = "anonymise"
	ActErase      casework.Action = "erase_proposed"
	ActEraseGrant casework.Action = "erase_granted"
	ActEraseDrop  casework.Action = "erase_dropped"
)

// AnonymiseForm destroys who asked; the number of the case typed by hand
// confirms it.
type AnonymiseForm struct{ Number string }

// EraseForm proposes to destroy one thing that the law orders destroyed.
type EraseForm struct {
	What   string
	Target int64
	Reason string
}

// withKeeping adds the chapter of keeping, whose acts are possible in every
// closed state of the other chapters, whatever ends a request.
func (r *Room) withKeeping(list []chapter) []chapter {
	var closed, all []casework.State
	for _, c := range list {
		for _, s := range c.states {
			all = append(all, s.State)
			if s.Final {
				closed = append(closed, s.State)
			}
		}
	}
	return append(list, chapter{
		steps: []step{
			{Action: ActAnonymise, Name: "到期销毁申请人信息", From: closed, Right: access.ApproveExtension, Refuse: refuseAnonymise, Form: func() any { return &AnonymiseForm{} }, Check: checkAnonymise, Effect: r.anonymise},
			{Action: ActErase, Name: "提出依法删除", From: all, Right: access.HandleRequest, Refuse: refuseErase, Form: func() any { return &EraseForm{} }, Check: checkErase, Effect: propose},
			{Action: ActEraseGrant, Name: "批准删除", From: all, Right: access.ApproveExtension, NotBy: []casework.Action{ActErase}, Refuse: refuseNothingProposed, Form: func() any { return &NoteForm{} }, Effect: r.erase},
			{Action: ActEraseDrop, Name: "不批准删除", From: all, Right: access.ApproveExtension, Refuse: refuseNothingProposed, Form: func() any { return &NoteForm{} }, Check: needsWords, Effect: dropErase},
		},
	})
}

func refuseAnonymise(c *casework.Case, q *Request, today workday.Date) string {
	return q.WhyKept(c, today)
}

func checkAnonymise(c *casework.Case, _ *Request, form any, _ workday.Date) error {
	return numberTyped(c, form.(*AnonymiseForm))
}

func refuseErase(c *casework.Case, q *Request, today workday.Date) string {
	if q.Service.Proposed() != nil {
		return "上一次提出的删除还在等批准。"
	}
	return refuseGone(c, q, today)
}

func refuseNothingProposed(_ *casework.Case, q *Request, _ workday.Date) string {
	if q.Service.Proposed() == nil {
		return "没有提出过删除。"
	}
	return ""
}

func newErasure(ctx context.Context, t *turn, what string, target int64, state, reason string) error {
	done, decider := int64(0), ""
	if state == eraseDone {
		done, decider = t.Now.UnixMicro(), t.Actor.Login
	}
	_, err := t.Tx.ExecContext(ctx, `INSERT INTO request_erasures (case_id, what, target, state, reason, proposer, decider, at, done_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		t.Case.ID, what, target, state, reason, t.Actor.Login, decider, t.Now.UnixMicro(), done)
	return err
}

func propose(ctx context.Context, t *turn) error {
	f := t.Form.(*EraseForm)
	t.Record(map[string]any{"what": f.What, "target": f.Target})
	return newErasure(ctx, t, f.What, f.Target, eraseOpen, f.Reason)
}

// dropErase leaves what was proposed as it is.
func dropErase(ctx context.Context, t *turn) error {
	return settle(ctx, t, t.Data.Service.Proposed(), eraseNo)
}

func settle(ctx context.Context, t *turn, e *Erasure, state string) error {
	t.Record(map[string]any{"what": e.What, "target": e.Target})
	_, err := t.Tx.ExecContext(ctx, `UPDATE request_erasures SET state = $2, decider = $3, done_at = $4 WHERE id = $1`, e.ID, state, t.Actor.Login, t.Now.UnixMicro())
	return err
}

// anonymise destroys who asked and everything that could tell: the statistics
// keep kind, outcome and days. The event that stays is the tombstone.
func (r *Room) anonymise(ctx context.Context, t *turn) error {
	q := t.Data
	kept := Decision{Outcome: q.Decision.Outcome}
	for _, it := range q.Decision.Items {
		kept.Items = append(kept.Items, Item{Outcome: it.Outcome})
	}
	q.Content, q.Proof, q.Decision = "", "", kept
	if err := q.update(ctx, t.Tx); err != nil {
		return err
	}
	for _, change := range ofPeople {
		if _, err := t.Tx.ExecContext(ctx, change, t.Case.ID); err != nil {
			return err
		}
	}
	t.Record(map[string]string{"retain_until": q.Service.RetainUntil.String()})
	return newErasure(ctx, t, EraseAll, 0, eraseDone, "")
}

// ofPeople is what a request keeps of people, and how it is made empty. A test
// learns from the schema that nothing sealed and no file is forgotten.
var ofPeople = []string{
	`DELETE FROM request_fee_months WHERE EXISTS (SELECT 1 FROM requests q JOIN request_fees f ON f.case_id = q.case_id WHERE q.case_id = $1 AND q.blind = request_fee_months.blind AND f.month = request_fee_months.month)`,
	`UPDATE requests SET name_sealed = '', proof_sealed = '', contact_sealed = '', code_sealed = '', blind = '', second_blind = '', code_blind = 'gone-' || case_id, features = '', served_proof = '' WHERE case_id = $1`,
	`UPDATE request_letters SET body = '', parts = '', facts = '' WHERE case_id = $1`,
	`DELETE FROM request_letter_file_keys WHERE id IN (SELECT f.id FROM request_letter_files f JOIN request_letters l ON l.id = f.letter_id WHERE l.case_id = $1)`,
	`DELETE FROM request_letter_files WHERE letter_id IN (SELECT id FROM request_letters WHERE case_id = $1)`,
	`DELETE FROM request_letter_drafts WHERE case_id = $1`,
	`DELETE FROM request_messages WHERE case_id = $1`,
	`UPDATE request_ratings SET word_sealed = '' WHERE case_id = $1`,
	`DELETE FROM request_contacts WHERE case_id = $1`,
	`DELETE FROM request_parties WHERE case_id = $1`,
	`DELETE FROM request_frequent WHERE case_id = $1`,
	`DELETE FROM request_notes WHERE case_id = $1`,
	`DELETE FROM request_marks WHERE file_id IN (SELECT id FROM request_materials WHERE case_id = $1)`,
	`DELETE FROM request_rulings WHERE file_id IN (SELECT id FROM request_materials WHERE case_id = $1)`,
	`DELETE FROM request_versions WHERE file_id IN (SELECT id FROM request_materials WHERE case_id = $1)`,
	`DELETE FROM request_materials WHERE case_id = $1`,
	`UPDATE request_layers SET name = '' WHERE case_id = $1`,
	`DELETE FROM request_searches WHERE case_id = $1`,
	`DELETE FROM request_counsels WHERE case_id = $1`,
	`UPDATE request_extensions SET reason = '', why = '' WHERE case_id = $1`,
	`UPDATE request_fees SET reason = '', how_to_pay = '', proof = '', why = '' WHERE case_id = $1`,
	`UPDATE disputes SET note = '' WHERE request_id = $1`,
	`DELETE FROM dispute_talks WHERE case_id IN (SELECT case_id FROM disputes WHERE request_id = $1)`,
	// A table names everybody in it, and each of its rows is a request by now.
	`UPDATE request_imports SET table_sealed = '' WHERE finished_at > 0 AND id IN (SELECT import_id FROM request_intake WHERE case_id = $1)`,
	`UPDATE request_intake SET system = '', number = '' WHERE case_id = $1`,
	`UPDATE request_services SET proof = '', reason = '' WHERE case_id = $1`,
	`UPDATE request_erasures SET reason = '' WHERE case_id = $1`,
	`DELETE FROM request_files WHERE case_id = $1 OR case_id IN (SELECT case_id FROM request_helps WHERE request_id = $1)`,
	`DELETE FROM request_help_files WHERE case_id IN (SELECT case_id FROM request_helps WHERE request_id = $1)`,
	`UPDATE request_helps SET question_sealed = '', answer_sealed = '' WHERE request_id = $1`,
}

// erase destroys the one thing that was proposed, by another person.
func (r *Room) erase(ctx context.Context, t *turn) error {
	q, e := t.Data, t.Data.Service.Proposed()
	if err := r.eraseOne(ctx, t.Tx, q, e); err != nil {
		return err
	}
	return settle(ctx, t, e, eraseDone)
}

func (r *Room) eraseOne(ctx context.Context, tx *sql.Tx, q *Request, e *Erasure) (err error) {
	switch e.What {
	case EraseContent:
		q.Content = ""
		if err := q.update(ctx, tx); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE requests SET features = '' WHERE case_id = $1`, q.Case)
		return err
	case EraseMessage:
		_, err = tx.ExecContext(ctx, `DELETE FROM request_messages WHERE id = $1 AND case_id = $2`, e.Target, q.Case)
		return err
	}
	p, err := r.applicantIn(ctx, tx, q.Case)
	if err != nil {
		return err
	}
	*map[string]*string{EraseLeader: &p.Leader, EraseContact: &p.Contact, ErasePhone: &p.Phone, EraseMail: &p.Mail, EraseAddress: &p.Address}[e.What] = ""
	b, err := json.Marshal(p)
	if err != nil {
		return err
	}
	sealed, err := r.vault.Seal(ctx, r.place(q.Case, "contact_sealed"), string(b))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE requests SET contact_sealed = $2 WHERE case_id = $1`, q.Case, sealed)
	return err
}
