package release

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

func insertSlip(ctx context.Context, tx *sql.Tx, s *Slip) error {
	paper, err := encode(s.Paper)
	if err != nil {
		return err
	}
	traits, err := encode(s.Traits)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO releases (case_id, drafter, paper, version, opened, traits, attribute, reason, ground, audience, for_organ, base_work, base_label, formed_on)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		s.Case, s.Drafter, paper, s.Version, s.Opened, traits, string(s.Attribute), s.Reason, s.Ground, s.Audience, s.For, s.BaseWork, s.BaseLabel, s.FormedOn.String())
	return err
}

// update writes back every column that acts change.
func (s *Slip) update(ctx context.Context, tx *sql.Tx) error {
	paper, err := encode(s.Paper)
	if err != nil {
		return err
	}
	traits, err := encode(s.Traits)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE releases SET paper = $2, version = $3, checked = $4, traits = $5, attribute = $6, reason = $7, ground = $8, audience = $9,
		for_organ = $10, base_label = $11, formed_on = $12, urgent = $13, signed_by = $14, signed_how = $15, signed_at = $16, planned_at = $17, release_at = $18,
		released_at = $19, work = $20, label = $21, failed = $22, listed = $23 WHERE case_id = $1`,
		s.Case, paper, s.Version, s.Checked, traits, string(s.Attribute), s.Reason, s.Ground, s.Audience,
		s.For, s.BaseLabel, s.FormedOn.String(), s.Urgent, s.SignedBy, s.SignedHow, micro(s.SignedAt), micro(s.PlannedAt), micro(s.ReleaseAt),
		micro(s.Released), s.Work, s.Label, s.Failed, s.Listed)
	return err
}

func micro(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func instant(micro int64) time.Time {
	if micro == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micro).UTC()
}

// readSlip reads a slip whole.
func (r *Room) readSlip(ctx context.Context, q store.Querier, id, organ int64) (s *Slip, err error) {
	defer fault.Wrap(&err, "release.readSlip(%d)", id)
	s = &Slip{Case: id, Organ: organ}
	var paper, traits, formed string
	var signed, planned, out, released int64
	err = q.QueryRowContext(ctx, `SELECT drafter, paper, version, checked, opened, traits, attribute, reason, ground, audience, for_organ, base_work, base_label, formed_on,
		urgent, signed_by, signed_how, signed_at, planned_at, release_at, released_at, work, label, failed, listed FROM releases WHERE case_id = $1`, id).
		Scan(&s.Drafter, &paper, &s.Version, &s.Checked, &s.Opened, &traits, &s.Attribute, &s.Reason, &s.Ground, &s.Audience, &s.For, &s.BaseWork, &s.BaseLabel, &formed,
			&s.Urgent, &s.SignedBy, &s.SignedHow, &signed, &planned, &out, &released, &s.Work, &s.Label, &s.Failed, &s.Listed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "release.readSlip", "没有找到这张审签单。")
	}
	if err != nil {
		return nil, err
	}
	s.SignedAt, s.PlannedAt, s.ReleaseAt, s.Released = instant(signed), instant(planned), instant(out), instant(released)
	if formed != "" {
		if s.FormedOn, err = storedDay(formed); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(json.Unmarshal([]byte(paper), &s.Paper), json.Unmarshal([]byte(traits), &s.Traits)); err != nil {
		return nil, err
	}
	if err := r.readParts(ctx, q, s); err != nil {
		return nil, err
	}
	if s.BaseWork != 0 {
		if s.Current, err = r.library.Newest(ctx, q, s.BaseWork); err != nil {
			return nil, err
		}
	}
	if since := s.foundWrong(); !since.IsZero() && s.Work != 0 {
		if s.Mended, err = r.library.Mended(ctx, q, s.Work, s.Label, since); err != nil {
			return nil, err
		}
	}
	if s.Body, err = reviewBody(ctx, q, organ); err != nil {
		return nil, err
	}
	if s.OrganName, err = organName(ctx, q, organ); err != nil {
		return nil, err
	}
	return s, r.readOthers(ctx, q, s)
}

// organName is the name that an organ bears today; "" when it has none.
func organName(ctx context.Context, q store.Querier, organ int64) (name string, err error) {
	err = q.QueryRowContext(ctx, `SELECT name FROM organ_names WHERE organ_id = $1 AND alias = 0 ORDER BY valid_from DESC, id DESC LIMIT 1`, organ).Scan(&name)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return name, err
}

func (r *Room) readParts(ctx context.Context, q store.Querier, s *Slip) (err error) {
	if s.Gates, err = gates(ctx, q, s.Case, `round = (SELECT MAX(round) FROM release_gates WHERE case_id = $1)`); err != nil {
		return err
	}
	if len(s.Gates) > 0 {
		s.Round = s.Gates[0].Round
	}
	if s.Findings, err = findings(ctx, q, s.Case); err != nil {
		return err
	}
	if s.Files, err = files(ctx, q, s.Case); err != nil {
		return err
	}
	s.Channels, err = channels(ctx, q, s.Case)
	return err
}

func gates(ctx context.Context, q store.Querier, id int64, where string) (out []Gate, err error) {
	rows, err := q.QueryContext(ctx, `SELECT round, gate, state, reviewer, login, at, opinion, outcome, offline FROM release_gates WHERE case_id = $1 AND `+where+` ORDER BY round, at, gate`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var g Gate
		var at int64
		var offline int
		if err := rows.Scan(&g.Round, &g.Name, &g.State, &g.Reviewer, &g.Login, &at, &g.Opinion, &g.Outcome, &offline); err != nil {
			return nil, err
		}
		g.At, g.Offline = instant(at), offline != 0
		out = append(out, g)
	}
	return out, rows.Err()
}

// AllGates lists the gates of every round, the first round first.
func (r *Room) AllGates(ctx context.Context, id int64) ([]Gate, error) {
	return gates(ctx, r.db.Reader(), id, "1 = 1")
}

func putGate(ctx context.Context, tx *sql.Tx, id int64, g Gate) error {
	offline := 0
	if g.Offline {
		offline = 1
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO release_gates (case_id, round, gate, state, reviewer, login, at, opinion, outcome, offline) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (case_id, round, gate) DO UPDATE SET state = excluded.state, reviewer = excluded.reviewer, login = excluded.login, at = excluded.at,
		opinion = excluded.opinion, outcome = excluded.outcome, offline = excluded.offline`,
		id, g.Round, string(g.Name), g.State, g.Reviewer, g.Login, micro(g.At), g.Opinion, g.Outcome, offline)
	return err
}

func findings(ctx context.Context, q store.Querier, id int64) (out []Finding, err error) {
	rows, err := q.QueryContext(ctx, `SELECT mark, rule, level, place, from_at, to_at, words, suggest, why, state, said, login FROM release_findings
		WHERE case_id = $1 AND present = 1 ORDER BY CASE level WHEN 'block' THEN 0 WHEN 'unsure' THEN 1 WHEN 'confirm' THEN 2 ELSE 3 END, rule, place, from_at, mark`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var f Finding
		if err := rows.Scan(&f.Mark, &f.Rule, &f.Level, &f.Place, &f.From, &f.To, &f.Words, &f.Suggest, &f.Why, &f.State, &f.Said, &f.Login); err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, rows.Err()
}

func files(ctx context.Context, q store.Querier, id int64) (out []File, err error) {
	rows, err := q.QueryContext(ctx, `SELECT id, role, name, sha256, size, mime FROM release_files WHERE case_id = $1 AND dropped = 0 ORDER BY id`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var f File
		if err := rows.Scan(&f.ID, &f.Role, &f.Name, &f.SHA256, &f.Size, &f.MIME); err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, rows.Err()
}

func channels(ctx context.Context, q store.Querier, id int64) (out []Channel, err error) {
	rows, err := q.QueryContext(ctx, `SELECT channel, state, address, note, at FROM release_channels WHERE case_id = $1 ORDER BY channel`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c Channel
		var at int64
		if err := rows.Scan(&c.Name, &c.State, &c.Address, &c.Note, &at); err != nil {
			return nil, err
		}
		c.At = instant(at)
		out = append(out, c)
	}
	return out, rows.Err()
}

// saveVersion keeps a state of the text.
func saveVersion(ctx context.Context, tx *sql.Tx, s *Slip, actor string, now time.Time, keep bool) error {
	paper, err := encode(s.Paper)
	if err != nil {
		return err
	}
	kept := 0
	if keep {
		kept = 1
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO release_versions (case_id, version, actor, at, kept, paper) VALUES ($1, $2, $3, $4, $5, $6)`,
		s.Case, s.Version, actor, now.UnixMicro(), kept, paper)
	return err
}

// Version is one saved state of a slip's text.
type Version struct {
	No    int
	Actor string
	At    time.Time
	Kept  bool
	Paper Paper
}

// Versions lists the saved states of a text, the newest first.
func (r *Room) Versions(ctx context.Context, id int64) (out []Version, err error) {
	defer fault.Wrap(&err, "release.Versions(%d)", id)
	return versions(ctx, r.db.Reader(), id)
}

func versions(ctx context.Context, q store.Querier, id int64) (out []Version, err error) {
	rows, err := q.QueryContext(ctx, `SELECT version, actor, at, kept, paper FROM release_versions WHERE case_id = $1 ORDER BY version DESC`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var v Version
		var at int64
		var kept int
		var paper string
		if err := rows.Scan(&v.No, &v.Actor, &at, &kept, &paper); err != nil {
			return nil, err
		}
		v.At, v.Kept = instant(at), kept != 0
		if err := json.Unmarshal([]byte(paper), &v.Paper); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// storedDay reads a day that this program wrote.
func storedDay(s string) (workday.Date, error) {
	d, ok := workday.ParseDate(s)
	if !ok {
		return d, fault.Newf(fault.Internal, "release.storedDay", "a stored day reads %q", s)
	}
	return d, nil
}
