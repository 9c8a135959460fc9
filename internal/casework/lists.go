package casework

import (
	"context"
	"fmt"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/fault"
)

// TasksOf lists what waits in several cases at once, the earliest due first,
// for registers.
func (k *Kernel) TasksOf(ctx context.Context, cases []*Case) (out map[int64][]OpenTask, err error) {
	defer fault.Wrap(&err, "casework.TasksOf")
	out = map[int64][]OpenTask{}
	if len(cases) == 0 {
		return out, nil
	}
	ids := make([]int64, len(cases))
	for i, c := range cases {
		ids[i] = c.ID
	}
	rows, err := k.db.Reader().QueryContext(ctx, `SELECT `+taskColumns+` FROM case_tasks t WHERE t.closed_at = 0 AND t.case_id IN (`+joinIDs(ids)+`)
		ORDER BY CASE WHEN t.due_at = 0 THEN 1 ELSE 0 END, t.due_at, t.id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var t OpenTask
		into, finish := t.scan()
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		finish()
		out[t.Case] = append(out[t.Case], t)
	}
	return out, rows.Err()
}

// Unread counts the notices that somebody has not seen yet.
func (k *Kernel) Unread(ctx context.Context, person int64) (n int, err error) {
	defer fault.Wrap(&err, "casework.Unread(%d)", person)
	err = k.db.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM notices WHERE person_id = $1 AND read_at = 0 AND cancelled = 0 AND after_at <= $2`,
		person, k.now().UnixMicro()).Scan(&n)
	return n, err
}

// Names finds the names of people by login and by id, disabled ones too: a
// timeline names those who have left.
func (k *Kernel) Names(ctx context.Context, logins []string, ids []int64) (byLogin map[string]string, byID map[int64]string, err error) {
	defer fault.Wrap(&err, "casework.Names")
	byLogin, byID = map[string]string{}, map[int64]string{}
	where := []string{"1 = 0"}
	var args []any
	for _, l := range logins {
		args = append(args, l)
		where = append(where, fmt.Sprintf("login = $%d", len(args)))
	}
	if len(ids) > 0 {
		where = append(where, "id IN ("+joinIDs(ids)+")")
	}
	rows, err := k.db.Reader().QueryContext(ctx, `SELECT id, login, name FROM people WHERE `+strings.Join(where, " OR "), args...)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var login, name string
		if err := rows.Scan(&id, &login, &name); err != nil {
			return nil, nil, err
		}
		byLogin[login], byID[id] = name, name
	}
	return byLogin, byID, rows.Err()
}

// maxColleagues bounds the list from which a deputy is chosen.
const maxColleagues = 300

// Colleague is somebody who may be named as deputy.
type Colleague struct {
	Login, Name string
	Organ       int64
}

// Colleagues lists the people who hold a role today in some organs, by organ
// and login, without those who keep the system: they do no casework.
func (k *Kernel) Colleagues(ctx context.Context, organs []int64) (out []Colleague, err error) {
	defer fault.Wrap(&err, "casework.Colleagues")
	if len(organs) == 0 {
		return nil, nil
	}
	in := `g.person_id = p.id AND g.ended_at = 0 AND g.valid_from <= $1 AND (g.valid_to = '' OR g.valid_to > $1)`
	rows, err := k.db.Reader().QueryContext(ctx, `SELECT p.login, p.name, p.organ_id FROM people p WHERE p.disabled_at = 0 AND p.organ_id IN (`+joinIDs(organs)+`)
		AND EXISTS (SELECT 1 FROM grants g WHERE `+in+`) AND NOT EXISTS (SELECT 1 FROM grants g WHERE `+in+fmt.Sprintf(` AND g.role = '%s')
		ORDER BY p.organ_id, p.login LIMIT %d`, access.SystemAdmin, maxColleagues), k.today().String())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c Colleague
		if err := rows.Scan(&c.Login, &c.Name, &c.Organ); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// Waiting counts the open tasks that the recount of a load has still to look at.
func (k *Kernel) Waiting(ctx context.Context, l Load) (n int, err error) {
	defer fault.Wrap(&err, "casework.Waiting(%d)", l.ID)
	if l.Done {
		return 0, nil
	}
	err = k.db.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM case_tasks t, calendar_loads l WHERE l.id = $1 AND l.done_at = 0
		AND t.closed_at = 0 AND t.touches >= l.year AND t.calendar < l.id AND t.id > l.scanned`, l.ID).Scan(&n)
	return n, err
}
