package org

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// Person is somebody with an account. Organ is zero for a citizen.
type Person struct {
	ID       int64
	Login    string
	Name     string
	Organ    Ref
	Disabled time.Time // zero while the account may be used
	Posts    []Post
}

// Post is an office a person holds in a period; To is exclusive and zero while it lasts.
type Post struct {
	ID    int64
	Organ Ref
	Title string
	From  workday.Date
	To    workday.Date
}

// maxName bounds names and titles, in runes.
const maxName = 40

// CleanLogin folds a login to the form in which it is kept. ok is false for
// what cannot be a login: 2 to 40 letters, digits and . _ - that begin with a
// letter or digit.
func CleanLogin(s string) (login string, ok bool) {
	login = strings.ToLower(strings.TrimSpace(norm.NFKC.String(s)))
	if len(login) < 2 || len(login) > 40 {
		return login, false
	}
	for i, c := range []byte(login) {
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
		case i > 0 && (c == '.' || c == '_' || c == '-'):
		default:
			return login, false
		}
	}
	return login, login != "console" && login != "visitor"
}

// CleanName trims a name or title and says why it cannot stand.
func CleanName(field, s string) (string, error) {
	s = strings.Join(strings.Fields(s), " ")
	switch {
	case s == "":
		return "", fault.Field("org.CleanName", field, textNameMissing, field)
	case len([]rune(s)) > maxName:
		return "", fault.Field("org.CleanName", field, textNameLong, field, maxName)
	case strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\uFFFD' }) >= 0:
		return "", fault.Field("org.CleanName", field, textNameBytes, field)
	}
	return s, nil
}

// PutPerson enters a person; organ 0 is none. Errors: Invalid, Conflict when
// the login is taken.
func PutPerson(ctx context.Context, tx *sql.Tx, login, name string, organ int64, now time.Time) (id int64, err error) {
	defer fault.Wrap(&err, "org.PutPerson(%s)", login)
	login, ok := CleanLogin(login)
	if !ok {
		return 0, fault.Field("org.PutPerson", "登录名", textBadLogin)
	}
	if name, err = CleanName("姓名", name); err != nil {
		return 0, err
	}
	err = tx.QueryRowContext(ctx, `SELECT id FROM people WHERE login = $1`, login).Scan(&id)
	if err == nil {
		return 0, &fault.Error{Kind: fault.Conflict, Op: "org.PutPerson", Field: "登录名", Text: textLoginTaken(login)}
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return 0, err
	}
	err = tx.QueryRowContext(ctx, `INSERT INTO people (login, name, organ_id, created_at) VALUES ($1, $2, $3, $4) RETURNING id`,
		login, name, orNull(organ), now.UnixMicro()).Scan(&id)
	return id, err
}

// PutPost records that a person holds an office from a day on.
func PutPost(ctx context.Context, tx *sql.Tx, person, organ int64, title string, from, to workday.Date) (err error) {
	defer fault.Wrap(&err, "org.PutPost(%d)", person)
	if title, err = CleanName("职务", title); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO posts (person_id, organ_id, title, valid_from, valid_to) VALUES ($1, $2, $3, $4, $5)`,
		person, organ, title, from.String(), to.String())
	return err
}

// PersonByLogin reads a person with their posts; NotFound when there is none.
func PersonByLogin(ctx context.Context, q store.Querier, login string) (*Person, error) {
	return readPerson(ctx, q, `p.login = $1`, login)
}

// PersonByID is PersonByLogin by number.
func PersonByID(ctx context.Context, q store.Querier, id int64) (*Person, error) {
	return readPerson(ctx, q, `p.id = $1`, id)
}

func readPerson(ctx context.Context, q store.Querier, where string, arg any) (p *Person, err error) {
	defer fault.Wrap(&err, "org.readPerson")
	p = &Person{}
	var disabled int64
	err = q.QueryRowContext(ctx, `
		SELECT p.id, p.login, p.name, p.disabled_at, COALESCE(o.id, 0), COALESCE(o.code, ''), COALESCE(`+nameNow+`, '')
		FROM people p LEFT JOIN organs o ON o.id = p.organ_id WHERE `+where, arg).
		Scan(&p.ID, &p.Login, &p.Name, &disabled, &p.Organ.ID, &p.Organ.Code, &p.Organ.Name)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "org.readPerson", textNoPerson)
	}
	if err != nil {
		return nil, err
	}
	if disabled > 0 {
		p.Disabled = time.UnixMicro(disabled).UTC()
	}
	p.Posts, err = posts(ctx, q, p.ID)
	return p, err
}

func posts(ctx context.Context, q store.Querier, person int64) ([]Post, error) {
	rows, err := q.QueryContext(ctx, `
		SELECT t.id, o.id, o.code, `+nameNow+`, t.title, t.valid_from, t.valid_to
		FROM posts t JOIN organs o ON o.id = t.organ_id WHERE t.person_id = $1 ORDER BY t.valid_from, t.id`, person)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Post
	for rows.Next() {
		var p Post
		var from, to string
		if err := rows.Scan(&p.ID, &p.Organ.ID, &p.Organ.Code, &p.Organ.Name, &p.Title, &from, &to); err != nil {
			return nil, err
		}
		p.From, p.To = day(from), day(to)
		out = append(out, p)
	}
	return out, rows.Err()
}

func orNull(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}
