package request

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"gongkai/internal/clock"
	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

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

// day reads a day that this program wrote.
func day(s string) (d workday.Date, err error) {
	if s == "" {
		return d, nil
	}
	d, ok := workday.ParseDate(s)
	if !ok {
		err = fault.Newf(fault.Internal, "request.day", "a stored day reads %q", s)
	}
	return d, err
}

// read reads a request without its applicant.
func (r *Room) read(ctx context.Context, q store.Querier, id, organ int64) (out *Request, err error) {
	defer fault.Wrap(&err, "request.read(%d)", id)
	out = &Request{Case: id, Organ: organ}
	var channel, received, decision, served, blind string
	var electronic int
	var submitted, signed int64
	err = q.QueryRowContext(ctx, `SELECT channel, applicant_kind, content, features, way, delivery, electronic, filled_by, submitted_at, received_on, decision, outcome, letter_no,
		signed_by, signed_at, served_on, served_how, served_proof, blind FROM requests WHERE case_id = $1`, id).
		Scan(&channel, &out.Kind, &out.Content, &out.Features, &out.Way, &out.Delivery, &electronic, &out.FilledBy, &submitted, &received, &decision, &out.Outcome, &out.LetterNo,
			&out.SignedBy, &signed, &served, &out.ServedHow, &out.Proof, &blind)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "request.read", "没有找到这件申请。")
	}
	if err != nil {
		return nil, err
	}
	out.Channel, out.Electronic, out.Submitted, out.SignedAt = clock.Channel(channel), electronic != 0, instant(submitted), instant(signed)
	if out.ReceivedOn, err = day(received); err != nil {
		return nil, err
	}
	if out.ServedOn, err = day(served); err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(decision), &out.Decision); err != nil {
		return nil, err
	}
	if out.Letters, err = letters(ctx, q, id); err != nil {
		return nil, err
	}
	if out.Messages, err = messages(ctx, q, id); err != nil {
		return nil, err
	}
	if out.Profile, err = profile(ctx, q, organ); err != nil {
		return nil, err
	}
	if blind != "" {
		err = q.QueryRowContext(ctx, `SELECT COUNT(*) FROM requests r JOIN cases c ON c.id = r.case_id WHERE r.blind = $1 AND r.case_id < $2 AND c.organ_id = $3`, blind, id, organ).Scan(&out.Repeats)
	}
	if err != nil {
		return nil, err
	}
	return out, r.readChapters(ctx, q, out)
}

// update writes back the columns that acts change.
func (q *Request) update(ctx context.Context, tx *sql.Tx) error {
	b, err := json.Marshal(q.Decision)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE requests SET content = $2, received_on = $3, decision = $4, outcome = $5, letter_no = $6, signed_by = $7, signed_at = $8,
		served_on = $9, served_how = $10, served_proof = $11 WHERE case_id = $1`,
		q.Case, q.Content, q.ReceivedOn.String(), string(b), string(q.Outcome), q.LetterNo, q.SignedBy, micro(q.SignedAt), q.ServedOn.String(), q.ServedHow, q.Proof)
	return err
}

func letters(ctx context.Context, q store.Querier, id int64) (out []Letter, err error) {
	rows, err := q.QueryContext(ctx, `SELECT id, kind, number, title, body, issued_on, read_at FROM request_letters WHERE case_id = $1 ORDER BY id`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var l Letter
		var on string
		var read int64
		if err := rows.Scan(&l.ID, &l.Kind, &l.Number, &l.Title, &l.Body, &on, &read); err != nil {
			return nil, err
		}
		l.Read = instant(read)
		if l.IssuedOn, err = day(on); err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, rows.Err()
}

func profile(ctx context.Context, q store.Querier, organ int64) (*Profile, error) {
	var raw string
	err := q.QueryRowContext(ctx, `SELECT profile FROM request_profiles WHERE organ_id = $1`, organ).Scan(&raw)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var p Profile
	return &p, json.Unmarshal([]byte(raw), &p)
}

// Profile is the record of an answering organ; nil while nobody has entered it.
func (r *Room) Profile(ctx context.Context, organ int64) (p *Profile, err error) {
	defer fault.Wrap(&err, "request.Profile(%d)", organ)
	return profile(ctx, r.db.Reader(), organ)
}
