package casework

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/fault"
)

// The kernel's own notices; a workflow adds its kinds.
const (
	NoticeHanded = "handed"
	NoticeUrged  = "urged"
	NoticeMoved  = "moved"
)

var ownNotices = map[string]string{
	NoticeHanded: "%s转给您办理。",
	NoticeUrged:  "%s催办，请尽快办理。",
	NoticeMoved:  "%s的到期时间按新的放假安排重新计算，请查看。",
}

// maxTold bounds how many people one notice to a whole organ reaches.
const maxTold = 100

// tell writes the rows of a notice, one a person. Holders of a right are those
// who hold it on the organ itself, so that a notice of a township does not ring
// in the whole province; when the organ has none, those nearest above it.
func (k *Kernel) tell(ctx context.Context, tx *sql.Tx, c *Case, e Event, n noticeTo) error {
	var to []int64
	switch {
	case n.person != 0:
		to = []int64{n.person}
	case n.login != "":
		var id int64
		err := tx.QueryRowContext(ctx, `SELECT id FROM people WHERE login = $1`, n.login).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		to = []int64{id}
	case n.right != "":
		var err error
		if to, err = k.holders(ctx, tx, n.right, n.organ); err != nil {
			return err
		}
	}
	for _, id := range to {
		if _, err := tx.ExecContext(ctx, `INSERT INTO notices (person_id, case_id, event_no, kind, at, after_at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (person_id, case_id, event_no, kind) DO NOTHING`, id, c.ID, e.No, n.kind, e.At.UnixMicro(), e.At.Add(n.after).UnixMicro()); err != nil {
			return err
		}
	}
	return nil
}

func (k *Kernel) holders(ctx context.Context, tx *sql.Tx, right access.Act, organ int64) (out []int64, err error) {
	tree, err := access.LoadTree(ctx, tx)
	if err != nil {
		return nil, err
	}
	var roles []string
	for _, r := range access.StaffRoles {
		if access.May(r, right) {
			roles = append(roles, "'"+string(r)+"'")
		}
	}
	if len(roles) == 0 {
		return nil, nil
	}
	today := k.today().String()
	for _, o := range tree.Above(organ) { // from the organ upwards
		rows, err := tx.QueryContext(ctx, `SELECT DISTINCT g.person_id FROM grants g JOIN people p ON p.id = g.person_id
			WHERE g.organ_id = $1 AND g.ended_at = 0 AND g.valid_from <= $2 AND (g.valid_to = '' OR g.valid_to > $2) AND p.disabled_at = 0
			AND g.role IN (`+strings.Join(roles, ",")+fmt.Sprintf(`) ORDER BY g.person_id LIMIT %d`, maxTold), o, today)
		if err != nil {
			return nil, err
		}
		if err := eachID(rows, func(id int64) { out = append(out, id) }); err != nil {
			return nil, err
		}
		if len(out) > 0 {
			return out, nil
		}
	}
	return nil, nil
}

// Notice is what somebody is told in the office.
type Notice struct {
	ID   int64
	Case int64
	Kind string
	Text string // Chinese, whole
	At   string // minute, legal time
	Read bool
}

// Inbox lists somebody's notices, the newest first, and how many are unread.
// A notice shows when the time for taking its act back is over.
func (k *Kernel) Inbox(ctx context.Context, person int64, before int64, limit int) (out []Notice, unread int, next int64, err error) {
	defer fault.Wrap(&err, "casework.Inbox(%d)", person)
	q := k.db.Reader()
	now := k.now().UnixMicro()
	if unread, err = k.Unread(ctx, person); err != nil {
		return nil, 0, 0, err
	}
	if limit < 1 || limit > 200 {
		limit = 50
	}
	where := ""
	if before > 0 {
		where = fmt.Sprintf(" AND n.id < %d", before)
	}
	rows, err := q.QueryContext(ctx, `SELECT n.id, n.case_id, n.kind, n.at, n.read_at, c.kind, c.number, c.title FROM notices n JOIN cases c ON c.id = n.case_id
		WHERE n.person_id = $1 AND n.cancelled = 0 AND n.after_at <= $2`+where+fmt.Sprintf(` ORDER BY n.id DESC LIMIT %d`, limit+1), person, now)
	if err != nil {
		return nil, 0, 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var n Notice
		var at, read int64
		var kind Kind
		var number, title string
		if err := rows.Scan(&n.ID, &n.Case, &n.Kind, &at, &read, &kind, &number, &title); err != nil {
			return nil, 0, 0, err
		}
		n.Read, n.At, n.Text = read != 0, minute(instant(at)), k.NoticeText(kind, n.Kind, number, title)
		out = append(out, n)
	}
	if len(out) > limit {
		out = out[:limit]
		next = out[limit-1].ID
	}
	return out, unread, next, rows.Err()
}

// NoticeText is the sentence of a notice about a case.
func (k *Kernel) NoticeText(kind Kind, notice, number, title string) string {
	pattern := ownNotices[notice]
	if pattern == "" {
		if f := k.flows[kind]; f != nil {
			pattern = f.notices[notice]
		}
	}
	about := number
	if title != "" {
		about += "《" + strings.Trim(title, "《》") + "》"
	}
	if pattern == "" {
		return about
	}
	return fmt.Sprintf(pattern, about)
}

// MarkRead notes that somebody has seen their notices up to an id.
func (k *Kernel) MarkRead(ctx context.Context, person, upTo int64) (err error) {
	defer fault.Wrap(&err, "casework.MarkRead(%d)", person)
	_, err = k.db.Writer().ExecContext(ctx, `UPDATE notices SET read_at = $3 WHERE person_id = $1 AND id <= $2 AND read_at = 0 AND after_at <= $3`,
		person, upTo, k.now().UnixMicro())
	return err
}
