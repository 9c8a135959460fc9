package notify

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/jobs"
	"gongkai/internal/publication"
	"gongkai/internal/store"
)

// deliverArgs asks for the waiting messages of a hook to be sent.
type deliverArgs struct {
	Hook int64 `json:"hook"`
}

// Kind names the work.
func (deliverArgs) Kind() string { return "notify.deliver" }

// Bounds of the relay.
const (
	rowsAtOnce = 500         // rows of the log in one transaction
	wakeFor    = time.Minute // after which a job that was to come is given up for lost
)

// Relay turns the rows of the log that came since each hook's position into
// messages, and wakes hooks whose messages wait without a job.
func (n *Notifier) Relay(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "notify.Relay")
	head, err := publication.HeadSeq(ctx, n.db.Reader())
	if err != nil {
		return err
	}
	behind, err := n.ids(ctx, `SELECT id FROM hooks WHERE kind = 'log' AND state = 'active' AND position < $1 ORDER BY id`, head)
	if err != nil {
		return err
	}
	for _, id := range behind {
		for more := true; more; {
			if more, err = n.relayHook(ctx, id); err != nil {
				return err
			}
		}
	}
	return n.wake(ctx)
}

// relayHook writes the messages of one page of the log, the hook's new
// position and the job that sends them in one transaction, so that a kill at
// any moment loses none and doubles none.
func (n *Notifier) relayHook(ctx context.Context, id int64) (more bool, err error) {
	err = n.db.Tx(ctx, func(tx *sql.Tx) error {
		var position int64
		var events string
		err := tx.QueryRowContext(ctx, `SELECT position, events FROM hooks WHERE id = $1 AND state = 'active'`+n.db.Dialect.ForUpdate(), id).Scan(&position, &events)
		if errors.Is(err, sql.ErrNoRows) {
			more = false // removed meanwhile
			return nil
		}
		if err != nil {
			return err
		}
		rows, err := publication.Changes(ctx, tx, position, rowsAtOnce)
		if err != nil || len(rows) == 0 {
			more = false
			return err
		}
		more = len(rows) == rowsAtOnce
		now := n.now()
		var out [][]any
		for _, r := range rows {
			if wanted(events, r) {
				out = append(out, []any{messageID(id, r.Seq), "hook", id, r.Seq, string(Waiting), now.UnixMicro(), now.UnixMicro()})
			}
		}
		if err := store.InsertMany(ctx, tx, `outbox (message, channel, hook_id, seq, state, next_at, created_at)`, out); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE hooks SET position = $1 WHERE id = $2`, rows[len(rows)-1].Seq, id); err != nil {
			return err
		}
		if len(out) == 0 {
			return nil
		}
		return n.schedule(ctx, tx, id, now)
	})
	return more, err
}

// wanted tells whether a hook asked for a row. Seals tell of no work and come
// only to those who name them.
func wanted(events string, r publication.Row) bool {
	if events == "" {
		return r.Work != 0
	}
	return slices.Contains(strings.Split(events, ","), string(r.Act))
}

// messageID is the stable id of a message.
func messageID(hook, seq int64) string { return fmt.Sprintf("%d-%d", hook, seq) }

// schedule enqueues a job for a hook, and notes until when it is expected.
func (n *Notifier) schedule(ctx context.Context, tx *sql.Tx, hook int64, at time.Time) error {
	if _, err := tx.ExecContext(ctx, `UPDATE hooks SET wake_at = $1 WHERE id = $2`, at.Add(wakeFor).UnixMicro(), hook); err != nil {
		return store.Sentence("notify.schedule", err)
	}
	var o jobs.Options
	if at.After(n.now()) {
		o.At = at
	}
	return n.queue.Enqueue(ctx, tx, deliverArgs{hook}, o)
}

// turn is the order in which a hook's messages go: that of the log, or for a
// gateway, to which no order is promised, that of their time, so that one that
// must wait holds nothing back.
func turn(hook string) string {
	return `CASE WHEN ` + hook + `.kind = 'gateway' THEN o.next_at ELSE 0 END, o.seq`
}

// wake finds, by looking at the data, hooks whose oldest message is due while
// nobody sends and no job is expected: after a restore, or when a job was lost.
func (n *Notifier) wake(ctx context.Context) error {
	now := n.now().UnixMicro()
	asleep := `state = 'active' AND lease_until < $1 AND wake_at < $1 AND
		COALESCE((SELECT o.next_at FROM outbox o WHERE o.hook_id = hooks.id AND o.state = 'waiting' ORDER BY ` + turn("hooks") + ` LIMIT 1), $1 + 1) <= $1`
	idle, err := n.ids(ctx, `SELECT id FROM hooks WHERE `+asleep+` ORDER BY id`, now)
	if err != nil {
		return err
	}
	for _, id := range idle {
		err := n.db.Tx(ctx, func(tx *sql.Tx) error {
			var still int64
			err := tx.QueryRowContext(ctx, `SELECT id FROM hooks WHERE `+asleep+` AND id = $2`+n.db.Dialect.ForUpdate(), now, id).Scan(&still)
			if errors.Is(err, sql.ErrNoRows) {
				return nil // another node was faster
			}
			if err != nil {
				return err
			}
			return n.schedule(ctx, tx, id, n.now())
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (n *Notifier) ids(ctx context.Context, query string, args ...any) ([]int64, error) {
	rows, err := n.db.Reader().QueryContext(ctx, query, args...)
	if err != nil {
		return nil, store.Sentence("notify.ids", err)
	}
	defer rows.Close()
	var out []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, rows.Err()
}
