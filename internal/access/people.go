package access

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/org"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// Held is a grant as a page shows it.
type Held struct {
	ID        int64
	Role      Role
	Organ     org.Ref
	From, To  workday.Date // To is exclusive, zero for no end
	GrantedBy string
	EndedBy   string
	Ended     time.Time
	Current   bool // in force today
}

// Member is a person in a list.
type Member struct {
	ID       int64
	Login    string
	Name     string
	Organ    org.Ref
	Title    string
	Disabled bool
	TOTP     bool
	Last     time.Time // last sign-in that is still on record
	Grants   []Held    // in force today or later
}

// PeopleFilter narrows a list of people; After is the cursor.
type PeopleFilter struct {
	Query string // part of the login or name
	Organ string // code; with everything below it
	Role  Role
	After int64
	Limit int
}

// scope is an SQL condition for the organs of a reach. The numbers are ours.
func scope(column string, organs []int64) string {
	if len(organs) == 0 {
		return "1 = 0"
	}
	var b strings.Builder
	b.WriteString(column + " IN (")
	for i, o := range organs {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatInt(o, 10))
	}
	return b.String() + ")"
}

// People lists the accounts within the actor's reach in order of entry, the
// number of all that fit, and the next cursor, 0 at the end.
func (s *Service) People(ctx context.Context, a Actor, f PeopleFilter) (out []Member, total int, next int64, err error) {
	defer fault.Wrap(&err, "access.People")
	if f.Limit <= 0 || f.Limit > 1000 {
		f.Limit = 50
	}
	err = s.db.Snapshot(ctx, func(q *sql.Tx) error {
		tree, err := LoadTree(ctx, q)
		if err != nil {
			return err
		}
		organs := tree.Below(Holds(a, ManagePeople)...)
		if f.Organ != "" {
			id, err := org.ByCode(ctx, q, f.Organ)
			if fault.KindOf(err) == fault.NotFound {
				organs = nil
			} else if err != nil {
				return err
			} else {
				organs = both(organs, tree.Below(id))
			}
		}
		where, args := []string{scope("p.organ_id", organs)}, []any{}
		add := func(format string, v any) {
			args = append(args, v)
			where = append(where, strings.ReplaceAll(format, "?", "$"+strconv.Itoa(len(args))))
		}
		if f.Query != "" {
			add(`(p.login LIKE ? ESCAPE '\' OR p.name LIKE ? ESCAPE '\')`, "%"+strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(f.Query)+"%")
		}
		if f.Role != "" {
			add(`EXISTS (SELECT 1 FROM grants g WHERE g.person_id = p.id AND g.ended_at = 0 AND g.role = ?)`, string(f.Role))
		}
		if err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM people p WHERE `+strings.Join(where, " AND "), args...).Scan(&total); err != nil {
			return err
		}
		add(`p.id > ?`, f.After)
		out, next, err = s.members(ctx, q, strings.Join(where, " AND "), args, f.Limit)
		return err
	})
	return out, total, next, err
}

func both(a, b []int64) (out []int64) {
	in := map[int64]bool{}
	for _, x := range b {
		in[x] = true
	}
	for _, x := range a {
		if in[x] {
			out = append(out, x)
		}
	}
	return out
}

func (s *Service) members(ctx context.Context, q store.Querier, where string, args []any, limit int) (out []Member, next int64, err error) {
	today := s.Today().String()
	args = append(args, today, limit+1)
	rows, err := q.QueryContext(ctx, fmt.Sprintf(`
		SELECT p.id, p.login, p.name, p.disabled_at, COALESCE(o.id, 0), COALESCE(o.code, ''), COALESCE(%s, ''), c.totp_secret <> '',
			COALESCE((SELECT t.title FROM posts t WHERE t.person_id = p.id AND t.valid_from <= $%d AND (t.valid_to = '' OR t.valid_to > $%d) ORDER BY t.valid_from DESC, t.id DESC LIMIT 1), ''),
			COALESCE((SELECT MAX(e.created_at) FROM sessions e WHERE e.person_id = p.id), 0)
		FROM people p JOIN credentials c ON c.person_id = p.id LEFT JOIN organs o ON o.id = p.organ_id
		WHERE %s ORDER BY p.id LIMIT $%d`, organName, len(args)-1, len(args)-1, where, len(args)), args...)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var m Member
		var disabled, last int64
		if err := rows.Scan(&m.ID, &m.Login, &m.Name, &disabled, &m.Organ.ID, &m.Organ.Code, &m.Organ.Name, &m.TOTP, &m.Title, &last); err != nil {
			return nil, 0, err
		}
		m.Disabled = disabled > 0
		if last > 0 {
			m.Last = time.UnixMicro(last).UTC()
		}
		out = append(out, m)
	}
	if err := rows.Err(); err != nil {
		return nil, 0, err
	}
	if len(out) > limit {
		out = out[:limit]
		next = out[limit-1].ID
	}
	ids := make([]int64, len(out))
	for i, m := range out {
		ids[i] = m.ID
	}
	held, err := s.held(ctx, q, scope("g.person_id", ids)+" AND g.ended_at = 0 AND (g.valid_to = '' OR g.valid_to > $1)", today)
	for i := range out {
		out[i].Grants = held[out[i].ID]
	}
	return out, next, err
}

// organName is the name an organ bears today, beside o.
const organName = `(SELECT n.name FROM organ_names n WHERE n.organ_id = o.id AND n.alias = 0 ORDER BY n.valid_from DESC, n.id DESC LIMIT 1)`

func (s *Service) held(ctx context.Context, q store.Querier, where string, args ...any) (map[int64][]Held, error) {
	rows, err := q.QueryContext(ctx, `
		SELECT g.person_id, g.id, g.role, o.id, o.code, COALESCE(`+organName+`, ''), g.valid_from, g.valid_to, g.granted_by, g.ended_by, g.ended_at
		FROM grants g JOIN organs o ON o.id = g.organ_id WHERE `+where+` ORDER BY g.id`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	today := s.Today()
	out := map[int64][]Held{}
	for rows.Next() {
		var person, ended int64
		var h Held
		var from, to string
		if err := rows.Scan(&person, &h.ID, &h.Role, &h.Organ.ID, &h.Organ.Code, &h.Organ.Name, &from, &to, &h.GrantedBy, &h.EndedBy, &ended); err != nil {
			return nil, err
		}
		h.From, h.To = stored(from), stored(to)
		if ended > 0 {
			h.Ended = time.UnixMicro(ended).UTC()
		}
		h.Current = ended == 0 && !h.From.After(today) && (h.To.IsZero() || h.To.After(today))
		out[person] = append(out[person], h)
	}
	return out, rows.Err()
}

// stored reads a day that this program wrote: ISO, or empty for unknown.
func stored(s string) workday.Date {
	d, _ := workday.ParseDate(s)
	return d
}

// Held lists all grants a person has or had, the newest first. The caller has
// checked that the asker may see the person, or it is the person.
func (s *Service) Held(ctx context.Context, person int64) (_ []Held, err error) {
	defer fault.Wrap(&err, "access.Held(%d)", person)
	m, err := s.held(ctx, s.db.Reader(), `g.person_id = $1`, person)
	out := m[person]
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out, err
}

// Person is one account within the actor's reach. Outside it, and for a login
// that does not exist, the answer is the same NotFound.
func (s *Service) Person(ctx context.Context, a Actor, login string) (p *org.Person, held []Held, err error) {
	defer fault.Wrap(&err, "access.Person(%s)", login)
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, nil, err
	}
	p, err = org.PersonByLogin(ctx, s.db.Reader(), login)
	if err != nil {
		return nil, nil, err
	}
	if ok, _ := Can(a, ManagePeople, Thing{Above: tree.Above(p.Organ.ID)}); !ok || p.Organ.ID == 0 {
		return nil, nil, fault.New(fault.NotFound, "access.Person", textNoPerson)
	}
	held, err = s.Held(ctx, p.ID)
	return p, held, err
}
