package notify

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/jobs"
	"gongkai/internal/store"
)

// leaseFor is for how long a node may send for a hook without a word: longer
// than one request can take.
func (n *Notifier) leaseFor() time.Duration { return 3*n.config.Timeout + 3*time.Second }

// message is one message to be sent.
type message struct {
	row    int64
	id     string
	hook   int64
	kind   string // of the hook
	seq    int64  // row of the log, or the notice
	tries  int
	nextAt int64
	url    string
	secret string
}

// deliver sends the waiting messages of a hook in their order. Two jobs of one
// hook may run at a time; the lease lets one of them send.
func (n *Notifier) deliver(ctx context.Context, j jobs.Job[deliverArgs]) (err error) {
	defer fault.Wrap(&err, "notify.deliver(%d)", j.Args.Hook)
	lease, err := token(8)
	if err != nil {
		return err
	}
	for {
		held, err := n.hold(ctx, j.Args.Hook, lease)
		if err != nil || !held {
			return err
		}
		err = n.drain(ctx, j.Args.Hook, lease)
		// The end of the job must not keep the lease from being given back.
		if e := n.release(context.WithoutCancel(ctx), j.Args.Hook, lease); err == nil {
			err = e
		}
		if err != nil {
			return err
		}
		// A message that came while the lease was held found its own job ended.
		m, err := n.oldest(ctx, j.Args.Hook)
		if err != nil || m == nil || m.nextAt > n.now().UnixMicro() || n.nearEnd(ctx) {
			return err
		}
	}
}

// nearEnd tells that the job has no time for another request; the next job,
// which drain has enqueued, goes on.
func (n *Notifier) nearEnd(ctx context.Context) bool {
	end, ok := ctx.Deadline()
	return ok && time.Until(end) < n.config.Timeout+2*time.Second
}

// sitOut is the wait that is not worth another job: the queue looks for jobs of
// a later time only every five seconds.
const sitOut = time.Second

func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// drain sends until nothing is due. An earlier message of the log that must
// wait holds back the later ones: the order is promised.
func (n *Notifier) drain(ctx context.Context, hook int64, lease string) error {
	for {
		m, err := n.oldest(ctx, hook)
		if err != nil || m == nil {
			return err
		}
		if wait := time.UnixMicro(m.nextAt).Sub(n.now()); wait > sitOut {
			return nil
		} else if err := pause(ctx, wait); err != nil {
			return err
		}
		if n.nearEnd(ctx) {
			return n.db.Tx(ctx, func(tx *sql.Tx) error { return n.schedule(ctx, tx, hook, n.now()) })
		}
		if held, err := n.hold(ctx, hook, lease); err != nil || !held {
			return err
		}
		res := n.send(ctx, m)
		if ctx.Err() != nil {
			return ctx.Err() // the node stops: this try does not count
		}
		if err := n.settle(ctx, m, lease, res); err != nil {
			return err
		}
	}
}

// hold takes or prolongs the lease.
func (n *Notifier) hold(ctx context.Context, hook int64, lease string) (bool, error) {
	now := n.now()
	res, err := n.db.Writer().ExecContext(ctx, `
		UPDATE hooks SET lease = $1, lease_until = $2 WHERE id = $3 AND state = 'active' AND (lease = $1 OR lease_until < $4)`,
		lease, now.Add(n.leaseFor()).UnixMicro(), hook, now.UnixMicro())
	if err != nil {
		return false, store.Sentence("notify.hold", err)
	}
	k, err := res.RowsAffected()
	return k == 1, err
}

func (n *Notifier) release(ctx context.Context, hook int64, lease string) error {
	_, err := n.db.Writer().ExecContext(ctx, `UPDATE hooks SET lease = '', lease_until = 0 WHERE id = $1 AND lease = $2`, hook, lease)
	return store.Sentence("notify.release", err)
}

// oldest is the first waiting message of a hook; nil when none waits.
func (n *Notifier) oldest(ctx context.Context, hook int64) (*message, error) {
	m := message{hook: hook}
	err := n.db.Reader().QueryRowContext(ctx, `
		SELECT o.id, o.message, o.seq, o.tries, o.next_at, h.kind, h.url, h.secret FROM outbox o JOIN hooks h ON h.id = o.hook_id
		WHERE o.hook_id = $1 AND o.state = 'waiting' AND h.state = 'active' ORDER BY `+turn("h")+` LIMIT 1`, hook).
		Scan(&m.row, &m.id, &m.seq, &m.tries, &m.nextAt, &m.kind, &m.url, &m.secret)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &m, store.Sentence("notify.oldest", err)
}

// settle writes what became of a try: taken, to be tried again, or at its end.
func (n *Notifier) settle(ctx context.Context, m *message, lease string, res result) error {
	return n.db.Tx(ctx, func(tx *sql.Tx) error {
		now, tries := n.now(), m.tries+1
		state, nextAt, doneAt := Waiting, now, now.UnixMicro()
		switch {
		case res.taken:
			state = Delivered
		case res.gone:
			state = Cancelled
		case res.final:
			state = Refused
		case tries >= n.config.Tries && res.clear:
			state = Refused
		case tries >= n.config.Tries:
			state = Unclear
		default:
			nextAt, doneAt = now.Add(n.config.Backoff(tries)), 0
		}
		done, err := tx.ExecContext(ctx, `
			UPDATE outbox SET state = $1, tries = $2, next_at = $3, status = $4, reason = $5, done_at = $6
			WHERE id = $7 AND state = 'waiting' AND EXISTS (SELECT 1 FROM hooks WHERE id = $8 AND lease = $9)`,
			string(state), tries, nextAt.UnixMicro(), res.status, res.reason, doneAt, m.row, m.hook, lease)
		if err != nil {
			return store.Sentence("notify.settle", err)
		}
		if k, err := done.RowsAffected(); err != nil || k == 0 {
			return err // the lease ran out or the hook was removed: the try is another's to judge
		}
		if state == Delivered {
			if err := n.tell(ctx, tx, res.said); err != nil {
				return err
			}
		}
		if state == Refused || state == Unclear {
			n.log.Warn("hook message given up", "message", m.id, "state", string(state), "reason", res.reason)
		}
		if state != Waiting {
			return nil
		}
		return n.schedule(ctx, tx, m.hook, nextAt)
	})
}
