package casework

import (
	"context"
	"encoding/json"
	"strings"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// The kernel's own acts, the same in every workflow.
const (
	ActOpen     Action = "open"
	ActHandOver Action = "hand_over"
	ActTake     Action = "take"
	ActUrge     Action = "urge"
	ActRecount  Action = "recount"
)

// Intact reports whether an event is what was recorded, by its digest.
func (e *Event) Intact(stored string) bool {
	salt, _, ok := strings.Cut(stored, ":")
	return ok && e.digest(salt) == stored
}

// Timeline lists the acts on a case in order.
func (k *Kernel) Timeline(ctx context.Context, id int64) (out []Event, err error) {
	defer fault.Wrap(&err, "casework.Timeline(%d)", id)
	err = EachEvent(ctx, k.db.Reader(), `case_id = $1 ORDER BY id`, []any{id}, func(_ int64, e *Event, _ string) error {
		out = append(out, *e)
		return nil
	})
	return out, err
}

// EachEvent reads events with their row ids and stored digests; where is a
// condition of ours, with its order.
func EachEvent(ctx context.Context, q store.Querier, where string, args []any, fn func(id int64, e *Event, digest string) error) (err error) {
	defer fault.Wrap(&err, "casework.EachEvent")
	rows, err := q.QueryContext(ctx, `SELECT id, case_id, no, at, actor, for_login, action, from_state, to_state, task, data, digest FROM case_events WHERE `+where, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var e Event
		var id, at int64
		var data, digest string
		if err := rows.Scan(&id, &e.Case, &e.No, &at, &e.Actor, &e.For, &e.Action, &e.From, &e.To, &e.Task, &data, &digest); err != nil {
			return err
		}
		e.At, e.Data = instant(at), json.RawMessage(data)
		if err := fn(id, &e, digest); err != nil {
			return err
		}
	}
	return rows.Err()
}
