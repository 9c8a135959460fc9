package request

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// Postman takes mails to people outside. It keeps a number only: the words and
// the address are asked for when the mail goes out (see MailOf).
type Postman interface {
	PostOutside(ctx context.Context, tx *sql.Tx, id string, number int64) error
}

// SendBy says who takes mails to applicants; without one none can be served so.
func (r *Room) SendBy(p Postman) { r.post = p }

// Beginnings of the ids of mails: those that serve an answer, by the row of
// their attempt, and those that tell of a message, by the message.
const (
	mailPrefix    = "service-"
	messagePrefix = "message-"
)

// ServiceMail is a mail to an applicant, made when it is sent.
type ServiceMail struct {
	To, Subject, Body string
	FileName          string // of the letter, "" for none
	File              []byte
}

// mail queues the mail of an attempt. An applicant without an address is told
// before anything is kept.
func (r *Room) mail(ctx context.Context, t *turn, attempt int) error {
	p, err := r.applicant(ctx, t.Tx, t.Case.ID)
	if err != nil {
		return err
	}
	if strings.TrimSpace(p.Mail) == "" {
		return fault.Field("request.mail", "送达方式", "“送达方式”：申请人没有留下电子邮箱，不能用电子邮件送达。")
	}
	var note int64
	if err := t.Tx.QueryRowContext(ctx, `SELECT MAX(id) FROM request_services WHERE case_id = $1 AND attempt = $2 AND kind = $3`, t.Case.ID, attempt, noteSent).Scan(&note); err != nil {
		return err
	}
	return r.post.PostOutside(ctx, t.Tx, fmt.Sprintf("%s%d", mailPrefix, note), note)
}

// applicant opens who asked without a reading on record; for the product's own
// use, never for a screen.
func (r *Room) applicant(ctx context.Context, q interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}, id int64) (p Applicant, err error) {
	var sealed string
	if err := q.QueryRowContext(ctx, `SELECT contact_sealed FROM requests WHERE case_id = $1`, id).Scan(&sealed); err != nil {
		return p, err
	}
	if sealed == "" {
		return p, fault.New(fault.Gone, "request.applicant", textDestroyed)
	}
	plain, err := r.vault.Open(ctx, r.place(id, "contact_sealed"), sealed)
	if err != nil {
		return p, err
	}
	return p, json.Unmarshal([]byte(plain), &p)
}

// tellByMail tells an applicant who chose to be served by mail that the office
// wrote to them. The mail says none of it: the words are read on the page of the
// request, where the applicant proves who they are.
func (r *Room) tellByMail(ctx context.Context, t *turn, message int64) error {
	if r.post == nil || !t.Data.Electronic || t.Data.Delivery != ServeMail {
		return nil
	}
	p, err := r.applicant(ctx, t.Tx, t.Case.ID)
	if err != nil || strings.TrimSpace(p.Mail) == "" {
		return err
	}
	return r.post.PostOutside(ctx, t.Tx, fmt.Sprintf("%s%d", messagePrefix, message), message)
}

// MailOf makes a mail when it is sent, by the id and number under which it was
// posted. Gone when there is no reason for it left.
func (r *Room) MailOf(ctx context.Context, mail string, number int64, baseURL string) (m ServiceMail, err error) {
	defer fault.Wrap(&err, "request.MailOf(%s)", mail)
	if strings.HasPrefix(mail, messagePrefix) {
		return r.messageMail(ctx, number, baseURL)
	}
	return r.serviceMail(ctx, number, baseURL)
}

// messageMail tells of a message that the applicant has not read yet.
func (r *Room) messageMail(ctx context.Context, message int64, baseURL string) (m ServiceMail, err error) {
	db := r.db.Reader()
	var id, read int64
	err = db.QueryRowContext(ctx, `SELECT case_id, read_at FROM request_messages WHERE id = $1`, message).Scan(&id, &read)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return m, fault.New(fault.Gone, "request.messageMail", "这条留言已经不在。")
	case err != nil:
		return m, err
	case read > 0:
		return m, fault.New(fault.Gone, "request.messageMail", "申请人已经看过这条留言，不再发信。")
	}
	c, err := r.kernel.Case(ctx, id)
	if err != nil {
		return m, err
	}
	p, err := r.applicant(ctx, db, id)
	m = ServiceMail{To: p.Mail, Subject: "政府信息公开申请" + c.Number + "有新留言"}
	m.Body = "受理机关就您的政府信息公开申请（" + c.Number + "）给您留言。" + where(baseURL, "请凭查询码查看和回复：", "请凭查询码在查询页面查看和回复。\n")
	return m, err
}

// where leads to the page of a request, where the address of the site is known.
func where(baseURL, words, otherwise string) string {
	if baseURL == "" {
		return otherwise
	}
	return words + strings.TrimRight(baseURL, "/") + "/requests/track\n"
}

// serviceMail is the mail of an attempt: number, link, and the letter itself,
// sealed where it was, for the applicant agreed to be served so.
func (r *Room) serviceMail(ctx context.Context, note int64, baseURL string) (m ServiceMail, err error) {
	db := r.db.Reader()
	var id int64
	var attempt int
	err = db.QueryRowContext(ctx, `SELECT case_id, attempt FROM request_services WHERE id = $1`, note).Scan(&id, &attempt)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.New(fault.Gone, "request.serviceMail", "这次送达的登记已经不在。")
	}
	if err != nil {
		return m, err
	}
	c, err := r.kernel.Case(ctx, id)
	if err != nil {
		return m, err
	}
	q, err := r.read(ctx, db, id, c.Organ)
	if err != nil {
		return m, err
	}
	if a := q.Service.attempt(attempt); a == nil || a.Result != ServePosted {
		return m, fault.New(fault.Gone, "request.serviceMail", "这次送达已经有了结果，不再发信。")
	}
	p, err := r.applicant(ctx, db, id)
	if err != nil {
		return m, err
	}
	m = ServiceMail{To: p.Mail, Subject: "政府信息公开申请" + c.Number + "的答复"}
	m.Body = "您提出的政府信息公开申请（" + c.Number + "）已经答复，答复书见附件。\n"
	m.Body += where(baseURL, "也可以凭查询码在网上查看：", "") + "需要纸质答复书的，请告知受理机关。\n"
	for i := len(q.Letters) - 1; i >= 0; i-- {
		l := q.Letters[i]
		if l.Number != q.LetterNo || l.Kind != LetterAnswer {
			continue
		}
		if f := l.SealedFile(); f != nil {
			m.FileName = l.Title + ".pdf"
			m.File, err = r.openBytes(ctx, id, f.SHA, f.digest)
			break
		}
		m.FileName = l.Title + ".docx"
		m.File, err = LetterDOCX(l, p.Name)
		break
	}
	return m, err
}

// settleMails tells each attempt by mail what became of it: taken by the
// applicant's system it has arrived that day; refused it failed. Where
// nobody knows, a person decides.
func (r *Room) settleMails(ctx context.Context) (n int, err error) {
	defer fault.Wrap(&err, "request.settleMails")
	rows, err := r.db.Reader().QueryContext(ctx, `SELECT s.case_id, s.attempt, o.state, o.reason, o.done_at FROM outbox o JOIN request_services s ON o.message = 'service-' || s.id AND s.kind = 'sent' AND s.channel = 'mail'
		WHERE o.channel = 'mail' AND o.topic = 'outside' AND o.state IN ('delivered', 'refused', 'cancelled')
		AND NOT EXISTS (SELECT 1 FROM request_services x WHERE x.case_id = s.case_id AND x.attempt = s.attempt AND x.kind IN ('signed', 'failed', 'corrected')) ORDER BY s.id LIMIT 200`)
	if err != nil {
		return 0, err
	}
	type fate struct {
		id      int64
		attempt int
		state   string
		reason  string
		done    int64
	}
	var list []fate
	defer rows.Close()
	for rows.Next() {
		var f fate
		if err := rows.Scan(&f.id, &f.attempt, &f.state, &f.reason, &f.done); err != nil {
			return 0, err
		}
		list = append(list, f)
	}
	if err := rows.Err(); err != nil {
		return 0, err
	}
	for _, f := range list {
		d := casework.Do{Case: f.id, Action: ActMailArrived, Actor: casework.Product, Form: &SignedForm{Attempt: f.attempt, On: workday.DateOf(instant(f.done))}}
		if f.state != "delivered" {
			d.Action, d.Form = ActMailReturned, &FailedForm{Attempt: f.attempt, Reason: "邮件没有发出：" + f.reason}
		}
		switch _, err := r.kernel.Apply(ctx, d); {
		case err == nil:
			n++
		case fault.KindOf(err) != fault.Forbidden && fault.KindOf(err) != fault.Invalid: // somebody was quicker
			return n, err
		}
	}
	return n, nil
}

// MailFate is what became of the mail of an attempt, in the words of the outbox.
type MailFate struct {
	State  string
	Reason string
}

// MailFates reads them by attempt.
func (r *Room) MailFates(ctx context.Context, id int64) (out map[int]MailFate, err error) {
	defer fault.Wrap(&err, "request.MailFates(%d)", id)
	rows, err := r.db.Reader().QueryContext(ctx, `SELECT s.attempt, o.state, o.reason FROM request_services s JOIN outbox o ON o.message = 'service-' || s.id AND o.channel = 'mail' AND o.topic = 'outside'
		WHERE s.case_id = $1 AND s.kind = 'sent' AND s.channel = 'mail' ORDER BY s.id`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out = map[int]MailFate{}
	for rows.Next() {
		var no int
		var f MailFate
		if err := rows.Scan(&no, &f.State, &f.Reason); err != nil {
			return nil, err
		}
		out[no] = f
	}
	return out, rows.Err()
}
