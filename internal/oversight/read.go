package oversight

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// Samplings lists the samples within somebody's reach, the newest first,
// without their answers.
func (r *Room) Samplings(ctx context.Context, a access.Actor) (out []*Sampling, err error) {
	defer fault.Wrap(&err, "oversight.Samplings(%s)", a.Login)
	_, reach, err := r.reach(ctx, a)
	if err != nil {
		return nil, err
	}
	rows, err := r.db.Reader().QueryContext(ctx, `SELECT `+samplingColumns+` FROM samplings ORDER BY id DESC`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		s, err := scanSampling(rows)
		if err != nil {
			return nil, err
		}
		if slices.Contains(reach, s.Organ) {
			out = append(out, s)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for _, s := range out {
		if err := r.sum(ctx, s); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Sampling reads one sample with its answers. NotFound when it is out of reach.
func (r *Room) Sampling(ctx context.Context, a access.Actor, id int64) (s *Sampling, err error) {
	defer fault.Wrap(&err, "oversight.Sampling(%d)", id)
	s, err = scanSampling(r.db.Reader().QueryRowContext(ctx, `SELECT `+samplingColumns+` FROM samplings WHERE id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "oversight.Sampling", textSeen)
	}
	if err != nil {
		return nil, err
	}
	_, reach, err := r.reach(ctx, a)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(reach, s.Organ) {
		return nil, fault.New(fault.NotFound, "oversight.Sampling", textSeen)
	}
	return s, r.sum(ctx, s)
}

// Answer reads one sampled answer with the sample it belongs to.
func (r *Room) Answer(ctx context.Context, a access.Actor, id int64) (s *Sampling, x Answer, err error) {
	defer fault.Wrap(&err, "oversight.Answer(%d)", id)
	var sampling int64
	err = r.db.Reader().QueryRowContext(ctx, `SELECT sampling_id FROM sampled_answers WHERE id = $1`, id).Scan(&sampling)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, x, fault.New(fault.NotFound, "oversight.Answer", textSeen)
	}
	if err != nil {
		return nil, x, err
	}
	if s, err = r.Sampling(ctx, a, sampling); err != nil {
		return nil, x, err
	}
	i := slices.IndexFunc(s.Answers, func(y Answer) bool { return y.ID == id })
	return s, s.Answers[i], nil
}

// sum reads the answers of a sample and what they come to.
func (r *Room) sum(ctx context.Context, s *Sampling) (err error) {
	if s.Answers, err = answers(ctx, r.db.Reader(), s.ID); err != nil {
		return err
	}
	s.Scored, s.Mean = 0, 0
	for _, x := range s.Answers {
		if !x.ScoredAt.IsZero() {
			s.Scored++
			s.Mean += x.Score
		}
	}
	if s.Scored > 0 {
		s.Mean /= s.Scored
	}
	return nil
}

func answers(ctx context.Context, q store.Querier, sampling int64) (out []Answer, err error) {
	rows, err := q.QueryContext(ctx, `SELECT id, sampling_id, case_id, organ_id, marks, score, scored_by, scored_at FROM sampled_answers WHERE sampling_id = $1 ORDER BY position`, sampling)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var x Answer
		var marks string
		var at int64
		if err := rows.Scan(&x.ID, &x.Sampling, &x.Case, &x.Organ, &marks, &x.Score, &x.ScoredBy, &at); err != nil {
			return nil, err
		}
		if at > 0 {
			x.ScoredAt = time.UnixMicro(at).UTC()
		}
		if err := json.Unmarshal([]byte(marks), &x.Marks); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, rows.Err()
}

// Hints says what the records tell about an answer that somebody scores.
func (r *Room) Hints(ctx context.Context, x Answer) (_ map[string]Hint, err error) {
	defer fault.Wrap(&err, "oversight.Hints(%d)", x.Case)
	q, err := r.requests.Answered(ctx, x.Case)
	if err != nil {
		return nil, err
	}
	return Hints(q), nil
}
