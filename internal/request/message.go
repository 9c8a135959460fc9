package request

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/vault"
	"gongkai/internal/workday"
)

// The acts of the conversation beside the letters (A-72: guidance does not need
// a form; A-86: consent to electronic service may come later).
const (
	ActMessage casework.Action = "applicant_message"
	ActTalk    casework.Action = "office_message"
	ActConsent casework.Action = "applicant_consent"
)

// MessageForm is a word from one side to the other. It is sealed in its own
// table; the event of it keeps no word.
type MessageForm struct{ Text string }

// Bounds of a conversation: runes of one message, and messages of an applicant
// on one day and in one case.
const (
	messageRunes   = 1000
	messagesADay   = 10
	messagesACase  = 100
	messageField   = "留言"
	messageTooMany = "今天已经留言 %d 次，请明天再写；急事请打电话。"
)

// withConversation adds the chapter in which applicant and office write to each
// other: it runs beside every state that is no end, whichever chapter has it.
func (r *Room) withConversation(list []chapter) []chapter {
	var open []casework.State
	for _, c := range list {
		for _, s := range c.states {
			if !s.Final {
				open = append(open, s.State)
			}
		}
	}
	form := func() any { return &MessageForm{} }
	return append(list, chapter{
		steps: []step{
			{Action: ActMessage, Name: "申请人留言", From: open, System: true, Form: form, Refuse: refuseMessage, Check: checkMessage, Effect: r.hear},
			{Action: ActTalk, Name: "答复申请人留言", From: open, Right: access.HandleRequest, Quiet: true, Form: form, Check: checkMessage, Effect: r.talk},
			{Action: ActConsent, Name: "申请人同意电子送达", From: open, System: true, Refuse: refuseConsent, Effect: r.consent},
		},
		notices: map[string]string{"message": "%s的申请人给您留言，请查看并答复。", "consented": "%s的申请人同意电子送达，答复可以在网上送达。"},
		load:    r.loadRating,
	})
}

func checkMessage(_ *casework.Case, _ *Request, form any, _ workday.Date) error {
	switch n := utf8.RuneCountInString(strings.TrimSpace(form.(*MessageForm).Text)); {
	case n == 0:
		return fault.Field("request.checkMessage", messageField, "“%s”：请填写。", messageField)
	case n > messageRunes:
		return fault.Field("request.checkMessage", messageField, "“%s”：不能超过 %d 个字。", messageField, messageRunes)
	}
	return nil
}

func refuseMessage(_ *casework.Case, q *Request, today workday.Date) string {
	day, all := 0, 0
	for _, m := range q.Messages {
		if m.From {
			all++
			if workday.DateOf(m.At) == today {
				day++
			}
		}
	}
	switch {
	case day >= messagesADay:
		return fmt.Sprintf(messageTooMany, messagesADay)
	case all >= messagesACase:
		return "这件申请的留言已经很多，请直接打电话联系受理机关。"
	}
	return ""
}

func refuseConsent(_ *casework.Case, q *Request, _ workday.Date) string {
	switch {
	case q.Electronic:
		return "您已经同意电子送达。"
	case !q.ServedOn.IsZero():
		return "答复已经送达，不再改变送达方式。"
	}
	return ""
}

// hear keeps a message of the applicant and tells whoever handles the case: the
// person whose task it is, else all who may take it.
func (r *Room) hear(ctx context.Context, t *turn) error {
	if _, err := r.keepMessage(ctx, t, true); err != nil {
		return err
	}
	return tellHandler(ctx, t, "message")
}

func (r *Room) talk(ctx context.Context, t *turn) error {
	id, err := r.keepMessage(ctx, t, false)
	if err != nil {
		return err
	}
	return r.tellByMail(ctx, t, id)
}

// tellHandler tells the one person a task was given to, or everybody who may
// handle requests of the organ.
func tellHandler(ctx context.Context, t *turn, notice string) error {
	var login string
	err := t.Tx.QueryRowContext(ctx, `SELECT p.login FROM case_tasks k JOIN people p ON p.id = k.person_id WHERE k.case_id = $1 AND k.closed_at = 0 ORDER BY k.id LIMIT 1`, t.Case.ID).Scan(&login)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		t.TellHolders(notice, access.HandleRequest, t.Case.Organ, 0)
		return nil
	case err != nil:
		return err
	}
	t.Tell(notice, login, 0)
	return nil
}

func (r *Room) keepMessage(ctx context.Context, t *turn, from bool) (id int64, err error) {
	login, side := t.Actor.Login, 0
	if from {
		login, side = "", 1
	}
	if err := t.Tx.QueryRowContext(ctx, `INSERT INTO request_messages (case_id, from_them, login, body_sealed, at) VALUES ($1, $2, $3, '', $4) RETURNING id`,
		t.Case.ID, side, login, t.Now.UnixMicro()).Scan(&id); err != nil {
		return 0, err
	}
	sealed, err := r.vault.Seal(ctx, messagePlace(id), strings.TrimSpace(t.Form.(*MessageForm).Text))
	if err != nil {
		return 0, err
	}
	_, err = t.Tx.ExecContext(ctx, `UPDATE request_messages SET body_sealed = $2 WHERE id = $1`, id, sealed)
	return id, err
}

// consent notes that the applicant now agrees to electronic service; the
// answer can then be read on the site.
func (r *Room) consent(ctx context.Context, t *turn) error {
	t.Data.Electronic, t.Data.Delivery = true, "online"
	if _, err := t.Tx.ExecContext(ctx, `UPDATE requests SET electronic = 1, delivery = 'online' WHERE case_id = $1`, t.Case.ID); err != nil {
		return err
	}
	return tellHandler(ctx, t, "consented")
}

func messagePlace(id int64) vault.Place {
	return vault.Place{Table: "request_messages", Column: "body_sealed", Row: id}
}

// messages are those of a case without their words, which Conversation opens.
func messages(ctx context.Context, q store.Querier, id int64) (out []Message, err error) {
	rows, err := q.QueryContext(ctx, `SELECT id, from_them, login, at, read_at FROM request_messages WHERE case_id = $1 ORDER BY id`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var m Message
		var from int
		var at, read int64
		if err := rows.Scan(&m.ID, &from, &m.Login, &at, &read); err != nil {
			return nil, err
		}
		m.From, m.At, m.Read = from != 0, instant(at), instant(read)
		out = append(out, m)
	}
	return out, rows.Err()
}

// Conversation opens the words of a case for one side and notes that what the
// other side wrote was read. The right to read is the caller's to check; the
// reading stands in the audit log.
func (r *Room) Conversation(ctx context.Context, a access.Actor, id int64) (out []Message, err error) {
	defer fault.Wrap(&err, "request.Conversation(%d)", id)
	if out, err = messages(ctx, r.db.Reader(), id); err != nil || len(out) == 0 {
		return nil, err
	}
	fresh := false
	for i := range out {
		var sealed string
		if err := r.db.Reader().QueryRowContext(ctx, `SELECT body_sealed FROM request_messages WHERE id = $1`, out[i].ID).Scan(&sealed); err != nil {
			return nil, err
		}
		if out[i].Body, err = r.vault.Open(ctx, messagePlace(out[i].ID), sealed); err != nil {
			return nil, err
		}
		fresh = fresh || out[i].Read.IsZero() && out[i].From == (a.Login != casework.Applicant.Login)
	}
	other := 0 // what the office wrote
	if a.Login != casework.Applicant.Login {
		other = 1
	}
	return out, r.db.Tx(ctx, func(tx *sql.Tx) error {
		if fresh {
			if _, err := tx.ExecContext(ctx, `UPDATE request_messages SET read_at = $3 WHERE case_id = $1 AND from_them = $2 AND read_at = 0`, id, other, r.now().UnixMicro()); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, r.reading(a, id, "与申请人的留言"))
	})
}

// OpenLetter notes the first time that the applicant opened a letter online.
func (r *Room) OpenLetter(ctx context.Context, id, letter int64) (at time.Time, err error) {
	defer fault.Wrap(&err, "request.OpenLetter(%d, %d)", id, letter)
	at = r.now().UTC().Truncate(time.Microsecond)
	err = r.db.Tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE request_letters SET read_at = $3 WHERE id = $1 AND case_id = $2 AND read_at = 0`, letter, id, at.UnixMicro()); err != nil {
			return err
		}
		return audit.Record(ctx, tx, r.reading(casework.Applicant, id, fmt.Sprintf("文书 %d", letter)))
	})
	return at, err
}

func (r *Room) reading(a access.Actor, id int64, what string) audit.Event {
	return audit.Event{At: r.now(), Actor: a.Login, Act: audit.ViewPersonal, Target: fmt.Sprintf("case:%d", id), Outcome: audit.Done, Detail: what}
}
