package casework

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// maxAbsence bounds a deputising in days: a longer one is a change of post.
const maxAbsence = 180

// Absence says that somebody acts for another in a time. To is inclusive.
type Absence struct {
	ID     int64
	Person access.Actor
	Deputy access.Actor
	From   workday.Date
	To     workday.Date
	SetBy  string
}

// SetAbsence appoints a deputy. People appoint their own; the head of an organ
// above them appoints for somebody who cannot. The deputy takes part in the
// rights of the absent person, never in more, and both names stand in events.
func (k *Kernel) SetAbsence(ctx context.Context, a access.Actor, login, deputy string, from, to workday.Date) (id int64, err error) {
	defer fault.Wrap(&err, "casework.SetAbsence(%s, %s)", login, deputy)
	bad := func(field, text string) error { return fault.Field("casework.SetAbsence", field, "%s", text) }
	today := k.today()
	switch {
	case strings.TrimSpace(login) == strings.TrimSpace(deputy):
		return 0, bad("代办人", textAbsenceSelf)
	case to.Before(from):
		return 0, bad("到", textAbsenceOrder)
	case to.Before(today):
		return 0, bad("到", textAbsencePast)
	case from.AddDays(maxAbsence).Before(to):
		return 0, bad("到", textAbsenceLong)
	}
	err = k.db.Tx(ctx, func(tx *sql.Tx) error {
		p, organ, err := k.personByLogin(ctx, tx, login)
		if err != nil {
			return err
		}
		d, _, err := k.personByLogin(ctx, tx, deputy)
		if fault.KindOf(err) == fault.NotFound && err != nil {
			return bad("代办人", textAbsenceDeputy)
		}
		if err != nil {
			return err
		}
		for _, g := range d.Grants {
			if g.Role == access.SystemAdmin {
				return bad("代办人", textAbsenceAdmin)
			}
		}
		if err := k.maySetAbsence(ctx, tx, a, p, organ); err != nil {
			return err
		}
		if err := tx.QueryRowContext(ctx, `INSERT INTO absences (person_id, deputy_id, from_on, to_on, set_by, set_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`,
			p.Person, d.Person, from.String(), to.String(), a.Login, k.now().UnixMicro()).Scan(&id); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Event{At: k.now(), Actor: a.Login, Act: audit.Configure, Target: "person:" + p.Login, Outcome: audit.Done,
			Detail: fmt.Sprintf("%s 至 %s 由 %s 代办", from, to, d.Login)})
	})
	return id, err
}

// EndAbsence ends a deputising now.
func (k *Kernel) EndAbsence(ctx context.Context, a access.Actor, id int64) (err error) {
	defer fault.Wrap(&err, "casework.EndAbsence(%d)", id)
	return k.db.Tx(ctx, func(tx *sql.Tx) error {
		var login string
		err := tx.QueryRowContext(ctx, `SELECT p.login FROM absences x JOIN people p ON p.id = x.person_id WHERE x.id = $1 AND x.ended_at = 0`, id).Scan(&login)
		if errors.Is(err, sql.ErrNoRows) {
			return fault.New(fault.NotFound, "casework.EndAbsence", textNoAbsence)
		}
		if err != nil {
			return err
		}
		p, organ, err := k.personByLogin(ctx, tx, login)
		if err != nil {
			return err
		}
		if err := k.maySetAbsence(ctx, tx, a, p, organ); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE absences SET ended_at = $2 WHERE id = $1`, id, k.now().UnixMicro()); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Event{At: k.now(), Actor: a.Login, Act: audit.Configure, Target: "person:" + login, Outcome: audit.Done, Detail: "结束代办"})
	})
}

func (k *Kernel) personByLogin(ctx context.Context, tx *sql.Tx, login string) (a access.Actor, organ int64, err error) {
	var id int64
	err = tx.QueryRowContext(ctx, `SELECT id, COALESCE(organ_id, 0) FROM people WHERE login = $1 AND disabled_at = 0`, strings.TrimSpace(login)).Scan(&id, &organ)
	if errors.Is(err, sql.ErrNoRows) {
		return a, 0, fault.New(fault.NotFound, "casework.personByLogin", textAbsenceDeputy)
	}
	if err != nil {
		return a, 0, err
	}
	a, err = access.ActorOf(ctx, tx, id, k.today())
	return a, organ, err
}

func (k *Kernel) maySetAbsence(ctx context.Context, tx *sql.Tx, a, absent access.Actor, organ int64) error {
	if a.Person != 0 && a.Person == absent.Person {
		return nil
	}
	tree, err := access.LoadTree(ctx, tx)
	if err != nil {
		return err
	}
	if ok, _ := access.Can(a, access.SetDeputies, access.Thing{Above: tree.Above(organ)}); !ok || organ == 0 {
		return fault.New(fault.Forbidden, "casework.maySetAbsence", textAbsenceOther)
	}
	return nil
}

// Absences lists the deputisings that concern a person, as absent or deputy,
// now or later.
func (k *Kernel) Absences(ctx context.Context, person int64) (_ []Absence, err error) {
	defer fault.Wrap(&err, "casework.Absences(%d)", person)
	return k.absences(ctx, fmt.Sprintf("(x.person_id = %d OR x.deputy_id = %d)", person, person))
}

// AbsencesIn lists the deputisings of the people of some organs, now or later.
func (k *Kernel) AbsencesIn(ctx context.Context, organs []int64) (_ []Absence, err error) {
	defer fault.Wrap(&err, "casework.AbsencesIn")
	if len(organs) == 0 {
		return nil, nil
	}
	return k.absences(ctx, "p.organ_id IN ("+joinIDs(organs)+")")
}

func (k *Kernel) absences(ctx context.Context, where string) (out []Absence, err error) {
	rows, err := k.db.Reader().QueryContext(ctx, `SELECT x.id, p.id, p.login, p.name, d.id, d.login, d.name, x.from_on, x.to_on, x.set_by
		FROM absences x JOIN people p ON p.id = x.person_id JOIN people d ON d.id = x.deputy_id
		WHERE x.ended_at = 0 AND x.to_on >= $1 AND `+where+` ORDER BY x.from_on, x.id LIMIT 500`, k.today().String())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var x Absence
		var from, to string
		if err := rows.Scan(&x.ID, &x.Person.Person, &x.Person.Login, &x.Person.Name, &x.Deputy.Person, &x.Deputy.Login, &x.Deputy.Name, &from, &to, &x.SetBy); err != nil {
			return nil, err
		}
		if x.From, err = storedDay(from); err != nil {
			return nil, err
		}
		if x.To, err = storedDay(to); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, rows.Err()
}

// minute shows an instant in legal time.
func minute(t time.Time) string { return t.In(workday.Zone).Format("2006-01-02 15:04") }

// storedDay reads a day that this program wrote.
func storedDay(s string) (workday.Date, error) {
	d, ok := workday.ParseDate(s)
	if !ok {
		return d, fault.Newf(fault.Internal, "casework.storedDay", "a stored day reads %q", s)
	}
	return d, nil
}
