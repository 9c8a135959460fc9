package notify

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// Reach is whose messages somebody may see: those to people of some organs,
// and with Hooks also those of the publication log, which are nobody's.
type Reach struct {
	Organs []int64
	Hooks  bool
}

// Everything is the reach of the console.
var Everything = Reach{Hooks: true}

func (r Reach) where(table string) string {
	if r.Hooks && r.Organs == nil {
		return "1 = 1"
	}
	ids := make([]string, 0, len(r.Organs)+1)
	ids = append(ids, "0")
	for _, o := range r.Organs {
		ids = append(ids, strconv.FormatInt(o, 10))
	}
	own := table + `.person_id IN (SELECT p.id FROM people p WHERE p.organ_id IN (` + strings.Join(ids, ",") + `))`
	if r.Hooks {
		return "(" + table + ".person_id = 0 OR " + own + ")"
	}
	return own
}

// Message is a message as a person sees it.
type Message struct {
	ID     string `json:"id"`
	Hook   int64  `json:"hook,omitempty"`
	Seq    int64  `json:"seq"`
	State  State  `json:"state"`
	Tries  int    `json:"tries"`
	Status int    `json:"status,omitempty"` // HTTP status of the last try, 0 without an answer
	Reason string `json:"reason,omitempty"` // Chinese
}

// Messages lists messages in a state, those of the newest rows first, at most
// limit; Unclear and Refused are what a person must look at.
func (n *Notifier) Messages(ctx context.Context, state State, limit int) (out []Message, err error) {
	defer fault.Wrap(&err, "notify.Messages(%s)", state)
	rows, err := n.db.Reader().QueryContext(ctx, `
		SELECT message, hook_id, seq, state, tries, status, reason FROM outbox WHERE channel = 'hook' AND state = $1 ORDER BY seq DESC, id DESC LIMIT $2`, string(state), limit)
	if err != nil {
		return nil, store.Sentence("notify.Messages", err)
	}
	defer rows.Close()
	for rows.Next() {
		var m Message
		if err := rows.Scan(&m.ID, &m.Hook, &m.Seq, &m.State, &m.Tries, &m.Status, &m.Reason); err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, rows.Err()
}

// Resend puts a message that was given up back to the waiting ones, by a
// person's decision; the receiver knows it by its id. reach limits it to
// messages that the person may see.
func (n *Notifier) Resend(ctx context.Context, id, actor string, reach Reach) (err error) {
	defer fault.Wrap(&err, "notify.Resend(%s)", id)
	return n.db.Tx(ctx, func(tx *sql.Tx) error {
		now := n.now()
		var row, hook int64
		err := tx.QueryRowContext(ctx, `
			UPDATE outbox SET state = 'waiting', tries = 0, next_at = $1, done_at = 0, lease = '', lease_until = 0
			WHERE message = $2 AND state IN ('refused', 'unclear') AND (channel = 'mail' OR EXISTS (SELECT 1 FROM hooks h WHERE h.id = outbox.hook_id AND h.state = 'active'))
			AND `+reach.where("outbox")+` RETURNING id, COALESCE(hook_id, 0)`, now.UnixMicro(), id).Scan(&row, &hook)
		if errors.Is(err, sql.ErrNoRows) {
			return fault.New(fault.NotFound, "notify.Resend", textNoResend)
		}
		if err != nil {
			return store.Sentence("notify.Resend", err)
		}
		if hook == 0 {
			if err := n.recordPerson(ctx, tx, actor, fmt.Sprintf("message:%d", row), textResent+id); err != nil {
				return err
			}
			return n.scheduleMail(ctx, tx, row, now)
		}
		if err := n.record(ctx, tx, actor, hook, textResent+id); err != nil {
			return err
		}
		return n.schedule(ctx, tx, hook, now)
	})
}

// recordPerson writes an audit row about something that is no hook.
func (n *Notifier) recordPerson(ctx context.Context, tx *sql.Tx, actor, target, what string) error {
	return audit.Record(ctx, tx, audit.Event{At: n.now(), Actor: actor, Act: audit.Configure, Target: target, Outcome: audit.Done, Detail: what})
}

// Out is a line of the outbox as an administrator sees it: no address in it.
type Out struct {
	ID      string
	Channel string
	Topic   string
	Login   string
	Number  string // of the case
	State   State
	Tries   int
	Reason  string
	Created time.Time
	Next    time.Time // of the next try, while it waits
	row     int64
}

// Channels of messages, as they stand in rows.
const (
	ChannelHook    = "hook"
	ChannelGateway = "gateway"
	ChannelMail    = "mail"
	ChannelSeal    = "seal"
)

// ChannelName names a channel on a screen.
func ChannelName(c string) string {
	switch c {
	case ChannelHook:
		return "变化推送"
	case ChannelGateway:
		return "短信网关和办公应用"
	case ChannelMail:
		return "邮件"
	case ChannelSeal:
		return "电子印章"
	}
	return c
}

// Tally counts the messages of a channel in a state.
type Tally struct {
	Channel string
	State   State
	Count   int
}

// Tallies counts the messages within reach by channel and state.
func (n *Notifier) Tallies(ctx context.Context, reach Reach) (out []Tally, err error) {
	defer fault.Wrap(&err, "notify.Tallies")
	rows, err := n.db.Reader().QueryContext(ctx, `SELECT o.channel, o.state, COUNT(*) FROM outbox o WHERE `+reach.where("o")+` GROUP BY o.channel, o.state ORDER BY o.channel, o.state`)
	if err != nil {
		return nil, store.Sentence("notify.Tallies", err)
	}
	defer rows.Close()
	for rows.Next() {
		var t Tally
		if err := rows.Scan(&t.Channel, &t.State, &t.Count); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, rows.Err()
}

// Outbox lists the messages within reach in a state, the newest first, those
// before an id; next continues, 0 at the end.
func (n *Notifier) Outbox(ctx context.Context, reach Reach, channel string, state State, before int64, limit int) (out []Out, next int64, err error) {
	defer fault.Wrap(&err, "notify.Outbox(%s)", state)
	if before <= 0 {
		before = 1 << 62
	}
	rows, err := n.db.Reader().QueryContext(ctx, `
		SELECT o.id, o.message, o.channel, o.topic, COALESCE(p.login, ''), COALESCE(c.number, ''), o.state, o.tries, o.reason, o.created_at, o.next_at
		FROM outbox o LEFT JOIN people p ON p.id = o.person_id LEFT JOIN notices n ON n.id = o.notice_id LEFT JOIN cases c ON c.id = n.case_id
		WHERE o.state = $1 AND ($2 = '' OR o.channel = $2) AND o.id < $3 AND `+reach.where("o")+` ORDER BY o.id DESC LIMIT $4`, string(state), channel, before, limit+1)
	if err != nil {
		return nil, 0, store.Sentence("notify.Outbox", err)
	}
	defer rows.Close()
	for rows.Next() {
		var m Out
		var created, nextAt int64
		if err := rows.Scan(&m.row, &m.ID, &m.Channel, &m.Topic, &m.Login, &m.Number, &m.State, &m.Tries, &m.Reason, &created, &nextAt); err != nil {
			return nil, 0, err
		}
		m.Created = time.UnixMicro(created).UTC()
		if m.State == Waiting {
			m.Next = time.UnixMicro(nextAt).UTC()
		}
		out = append(out, m)
	}
	if len(out) > limit {
		out = out[:limit]
		next = out[limit-1].row
	}
	return out, next, rows.Err()
}
