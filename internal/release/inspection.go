package release

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// Inspected is one text that went out, with the record of its secrecy review,
// as the yearly inspection looks at it (M23-5.1c, A-24).
type Inspected struct {
	Case       int64
	Number     string
	Title      string
	Organ      int64
	Work       int64 // public id
	Audience   string
	Released   time.Time
	SignedBy   string
	SignedHow  string
	Urgent     string
	State      string // of the secrecy gate, "" when there is none
	Reviewer   string
	ReviewedAt time.Time
	Opinion    string
	Offline    bool
}

// Gap says in Chinese what the record lacks, "" when it is whole.
func (i *Inspected) Gap() string {
	switch {
	case i.State == "":
		return "没有保密审查记录"
	case i.State != Passed:
		return "保密审查没有通过"
	case strings.TrimSpace(i.Reviewer) == "" || i.ReviewedAt.IsZero():
		return "审查记录缺少审查人或者时间"
	case i.ReviewedAt.After(i.Released):
		return "先公开、后审查"
	case i.Reviewer == i.SignedBy:
		return "审查人和签发人是同一个人"
	}
	return ""
}

// Inspection lists what the organs made public in a year, the first first.
func (r *Room) Inspection(ctx context.Context, organs []int64, year int) (out []Inspected, err error) {
	defer fault.Wrap(&err, "release.Inspection(%d)", year)
	if len(organs) == 0 {
		return nil, nil
	}
	rows, err := r.db.Reader().QueryContext(ctx, `SELECT c.id, c.number, c.title, c.organ_id, s.work, s.audience, s.released_at, s.signed_by, s.signed_how, s.urgent,
			COALESCE(g.state, ''), COALESCE(g.reviewer, ''), COALESCE(g.at, 0), COALESCE(g.opinion, ''), COALESCE(g.offline, 0)
		FROM releases s JOIN cases c ON c.id = s.case_id
		LEFT JOIN release_gates g ON g.case_id = s.case_id AND g.gate = 'secrecy' AND g.round = (SELECT MAX(x.round) FROM release_gates x WHERE x.case_id = s.case_id)
		WHERE s.released_at >= $1 AND s.released_at < $2 AND s.attribute = $3 AND c.organ_id IN (`+idList(organs)+`)
		ORDER BY s.released_at, c.id`,
		workday.Date{Year: year, Month: 1, Day: 1}.Time().UnixMicro(), workday.Date{Year: year + 1, Month: 1, Day: 1}.Time().UnixMicro(), string(Proactive))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var x Inspected
		var released, reviewed int64
		var offline int
		if err := rows.Scan(&x.Case, &x.Number, &x.Title, &x.Organ, &x.Work, &x.Audience, &released, &x.SignedBy, &x.SignedHow, &x.Urgent,
			&x.State, &x.Reviewer, &reviewed, &x.Opinion, &offline); err != nil {
			return nil, err
		}
		x.Released, x.ReviewedAt, x.Offline = instant(released), instant(reviewed), offline != 0
		out = append(out, x)
	}
	return out, rows.Err()
}

// ReviewBodies gives every record of a mechanism of review, by its organ.
func (r *Room) ReviewBodies(ctx context.Context) (out map[int64]ReviewBody, err error) {
	defer fault.Wrap(&err, "release.ReviewBodies")
	rows, err := r.db.Reader().QueryContext(ctx, `SELECT organ_id, body, responsible, procedure, legality FROM review_bodies ORDER BY organ_id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out = map[int64]ReviewBody{}
	for rows.Next() {
		var b ReviewBody
		if err := rows.Scan(&b.Organ, &b.Body, &b.Responsible, &b.Procedure, &b.Legality); err != nil {
			return nil, err
		}
		out[b.Organ] = b
	}
	return out, rows.Err()
}

// idList writes ids of ours for a list in SQL.
func idList(ids []int64) string {
	parts := make([]string, len(ids))
	for i, id := range ids {
		parts[i] = fmt.Sprint(id)
	}
	return strings.Join(parts, ",")
}
