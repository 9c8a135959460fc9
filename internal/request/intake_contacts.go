package request

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/vault"
	"gongkai/internal/workday"
)

// Contact is a note of a talk about a request (沟通记录, Z25-1.2b). A telephone
// call is never a request by itself. Body is read only by ReadContacts.
type Contact struct {
	ID    int64
	On    workday.Date
	How   string
	Whom  string
	Login string
	Body  string
}

// ContactWays and ContactPeople are how and with whom somebody talked.
var (
	ContactWays   = []struct{ Code, Name string }{{"phone", "电话"}, {"counter", "当面"}, {"mail", "电子邮件"}, {"other", "其他方式"}}
	ContactPeople = []struct{ Code, Name string }{{"applicant", "申请人"}, {"third", "第三方"}, {"organ", "其他机关"}, {"unit", "本机关业务处室"}}
)

// HowName and WhomName name it in Chinese.
func (c Contact) HowName() string { return nameOf(ContactWays, c.How) }

// WhomName is with whom, in Chinese.
func (c Contact) WhomName() string { return nameOf(ContactPeople, c.Whom) }

func nameOf(list []struct{ Code, Name string }, code string) string {
	if i := slices.IndexFunc(list, func(x struct{ Code, Name string }) bool { return x.Code == code }); i >= 0 {
		return list[i].Name
	}
	return code
}

// ContactForm is a note of a talk.
type ContactForm struct {
	On        workday.Date // zero is today
	How, Whom string
	Body      string
}

func checkContact(_ *casework.Case, _ *Request, form any, today workday.Date) error {
	f := form.(*ContactForm)
	if f.On.IsZero() {
		f.On = today
	}
	if !known(ContactWays, f.How) {
		return fault.Field("request.checkContact", "沟通方式", "“沟通方式”：请选择。")
	}
	if !known(ContactPeople, f.Whom) {
		return fault.Field("request.checkContact", "和谁沟通", "“和谁沟通”：请选择。")
	}
	if f.On.After(today) {
		return fault.Field("request.checkContact", "沟通日期", "“沟通日期”：%s还没有到。", f.On.Chinese())
	}
	if f.On.Before(firstDay) {
		return fault.Field("request.checkContact", "沟通日期", "“沟通日期”：请核对年份。")
	}
	return words("沟通内容", f.Body, true)
}

func contactPlace(id int64) vault.Place {
	return vault.Place{Table: "request_contacts", Column: "body_sealed", Row: id}
}

// contact keeps the note; the event tells of it without its words.
func (r *Room) contact(ctx context.Context, t *turn) error {
	f := t.Form.(*ContactForm)
	var id int64
	if err := t.Tx.QueryRowContext(ctx, `INSERT INTO request_contacts (case_id, on_day, how, whom, body_sealed, login, at) VALUES ($1, $2, $3, $4, '', $5, $6) RETURNING id`,
		t.Case.ID, f.On.String(), f.How, f.Whom, t.Actor.Login, t.Now.UnixMicro()).Scan(&id); err != nil {
		return err
	}
	sealed, err := r.vault.Seal(ctx, contactPlace(id), strings.TrimSpace(f.Body))
	if err != nil {
		return err
	}
	t.Record(map[string]string{"on": f.On.String(), "how": nameOf(ContactWays, f.How), "with": nameOf(ContactPeople, f.Whom)})
	return contactSealed(ctx, t.Tx, id, sealed)
}

func contactSealed(ctx context.Context, tx *sql.Tx, id int64, sealed string) error {
	_, err := tx.ExecContext(ctx, `UPDATE request_contacts SET body_sealed = $2 WHERE id = $1`, id, sealed)
	return err
}

func contacts(ctx context.Context, q store.Querier, id int64) (out []Contact, err error) {
	rows, err := q.QueryContext(ctx, `SELECT id, on_day, how, whom, login FROM request_contacts WHERE case_id = $1 ORDER BY id`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c Contact
		var on string
		if err := rows.Scan(&c.ID, &on, &c.How, &c.Whom, &c.Login); err != nil {
			return nil, err
		}
		if c.On, err = day(on); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// ReadContacts reads the notes of a request with their words. Each reading is
// an act in the audit log.
func (r *Room) ReadContacts(ctx context.Context, a access.Actor, id int64) (out []Contact, err error) {
	defer fault.Wrap(&err, "request.ReadContacts(%d)", id)
	if out, err = contacts(ctx, r.db.Reader(), id); err != nil || len(out) == 0 {
		return nil, err
	}
	for i := range out {
		var sealed string
		if err := r.db.Reader().QueryRowContext(ctx, `SELECT body_sealed FROM request_contacts WHERE id = $1`, out[i].ID).Scan(&sealed); err != nil {
			return nil, err
		}
		if out[i].Body, err = r.vault.Open(ctx, contactPlace(out[i].ID), sealed); err != nil {
			return nil, err
		}
	}
	return out, audit.Record(ctx, r.db.Writer(), audit.Event{At: r.now(), Actor: a.Login, Act: audit.ViewPersonal, Target: fmt.Sprintf("case:%d", id), Outcome: audit.Done, Detail: "沟通记录"})
}
