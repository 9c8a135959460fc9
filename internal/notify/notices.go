package notify

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// Bounds of relaying notices.
const (
	noticesAtOnce = 200
	// settleFor lets an act that takes a notice back in its last moment be
	// committed first.
	settleFor = 2 * time.Second
	// freshFor is the age after which a notice is not sent any more: after a
	// restore, or when no node ran, people must not be flooded.
	freshFor = 72 * time.Hour
)

// RelayNotices turns notices that have become due into messages, wakes mails
// and seals that wait without a job, and finds those that a killed node left half sent.
func (n *Notifier) RelayNotices(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "notify.RelayNotices")
	gateways, err := n.ids(ctx, `SELECT id FROM hooks WHERE kind = 'gateway' AND state = 'active' ORDER BY id`)
	if err != nil {
		return err
	}
	for more := true; more; {
		if more, err = n.relayNotices(ctx, gateways); err != nil {
			return err
		}
	}
	return errors.Join(n.giveUpCut(ctx), n.wakeSingle(ctx))
}

// due is a notice to be relayed.
type due struct {
	id, person, at int64
	kind           string
	drop           bool // cancelled or already seen
}

// relayNotices takes one page of notices, oldest first: their messages, the
// mark that they were relayed and the jobs are one transaction, so that a kill
// or a second node neither loses nor doubles one.
func (n *Notifier) relayNotices(ctx context.Context, gateways []int64) (more bool, err error) {
	until := n.now().Add(-settleFor).UnixMicro()
	var some int64 // most seconds there is nothing, and then nothing is locked
	err = n.db.Reader().QueryRowContext(ctx, `SELECT id FROM notices WHERE relayed = 0 AND after_at <= $1 LIMIT 1`, until).Scan(&some)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, store.Sentence("notify.relayNotices", err)
	}
	err = n.db.Tx(ctx, func(tx *sql.Tx) error {
		list, err := n.dueNotices(ctx, tx, until)
		if err != nil || len(list) == 0 {
			more = false
			return err
		}
		more = len(list) == noticesAtOnce
		ids := make([]string, len(list))
		for i, d := range list {
			ids[i] = strconv.FormatInt(d.id, 10)
		}
		if _, err := tx.ExecContext(ctx, `UPDATE notices SET relayed = 1 WHERE id IN (`+strings.Join(ids, ",")+`)`); err != nil {
			return err
		}
		wishes := map[int64]*Contact{}
		rung := map[int64]time.Time{}
		for _, d := range list {
			if d.drop || d.at < n.now().Add(-freshFor).UnixMicro() {
				continue
			}
			c := wishes[d.person]
			if c == nil {
				if c, err = n.contact(ctx, tx, d.person); err != nil {
					return err
				}
				wishes[d.person] = c
			}
			if err := n.messages(ctx, tx, d, c, gateways, rung); err != nil {
				return err
			}
		}
		for _, g := range gateways {
			if at, ok := rung[g]; ok {
				if err := n.schedule(ctx, tx, g, at); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return more, err
}

func (n *Notifier) dueNotices(ctx context.Context, tx *sql.Tx, until int64) (out []due, err error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT id, person_id, kind, after_at, cancelled, read_at FROM notices
		WHERE relayed = 0 AND after_at <= $1 ORDER BY after_at, id LIMIT $2`+n.db.Dialect.ForUpdate(), until, noticesAtOnce)
	if err != nil {
		return nil, store.Sentence("notify.dueNotices", err)
	}
	defer rows.Close()
	for rows.Next() {
		var d due
		var cancelled int
		var read int64
		if err := rows.Scan(&d.id, &d.person, &d.kind, &d.at, &cancelled, &read); err != nil {
			return nil, err
		}
		d.drop = cancelled != 0 || read != 0
		out = append(out, d)
	}
	return out, rows.Err()
}

// messages writes what one notice becomes, by the wishes of its person.
func (n *Notifier) messages(ctx context.Context, tx *sql.Tx, d due, c *Contact, gateways []int64, rung map[int64]time.Time) error {
	if !c.wants(d.kind) {
		return nil
	}
	at := c.after(n.now())
	if c.ByMail && c.sealed != "" {
		if _, err := n.newMail(ctx, tx, fmt.Sprintf("n%d-mail", d.id), topicNotice, d.person, d.id, at); err != nil {
			return err
		}
	}
	if !c.ByGateway {
		return nil
	}
	for _, g := range gateways {
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO outbox (message, channel, topic, hook_id, seq, person_id, notice_id, state, next_at, created_at)
			VALUES ($1, 'gateway', $2, $3, $4, $5, $4, 'waiting', $6, $7) ON CONFLICT (message) DO NOTHING`,
			fmt.Sprintf("n%d-g%d", d.id, g), topicNotice, g, d.id, d.person, at.UnixMicro(), n.now().UnixMicro()); err != nil {
			return store.Sentence("notify.messages", err)
		}
		if first, ok := rung[g]; !ok || at.Before(first) {
			rung[g] = at
		}
	}
	return nil
}

// subject is what a notice is about, read when it is sent.
type subject struct {
	at       time.Time
	person   int64
	kind     string
	login    string
	caseID   int64
	caseKind string
	number   string
}

// subject reads a notice. Gone when it was taken back or its person left.
func (n *Notifier) subject(ctx context.Context, notice int64) (s subject, err error) {
	var at, cancelled, disabled int64
	err = n.db.Reader().QueryRowContext(ctx, `
		SELECT n.at, n.cancelled, n.person_id, n.kind, p.login, p.disabled_at, c.id, c.kind, c.number
		FROM notices n JOIN people p ON p.id = n.person_id JOIN cases c ON c.id = n.case_id WHERE n.id = $1`, notice).
		Scan(&at, &cancelled, &s.person, &s.kind, &s.login, &disabled, &s.caseID, &s.caseKind, &s.number)
	if errors.Is(err, sql.ErrNoRows) || err == nil && (cancelled != 0 || disabled != 0) {
		return s, fault.New(fault.Gone, "notify.subject", textGone)
	}
	s.at = time.UnixMicro(at)
	return s, store.Sentence("notify.subject", err)
}

// Group is a group of notices that somebody may switch off.
type Group struct{ Kind, Name string }

// groupOther is every notice that a workflow adds.
const groupOther = "other"

// Groups are the kinds of notices by which people choose.
var Groups = []Group{{"handed", "事项转给我办理"}, {"urged", "催办"}, {"moved", "到期时间变动"}, {groupOther, "办理进展和其他提醒"}}

func groupOf(kind string) string {
	if slices.ContainsFunc(Groups, func(g Group) bool { return g.Kind == kind }) {
		return kind
	}
	return groupOther
}

// wants says whether the person has left notices of a kind switched on.
func (c *Contact) wants(kind string) bool { return !slices.Contains(c.Off, groupOf(kind)) }

// after is the first moment from now on that is not within the quiet hours.
func (c *Contact) after(now time.Time) time.Time {
	if c.QuietFrom < 0 || c.QuietTo < 0 || c.QuietFrom == c.QuietTo {
		return now
	}
	local := now.In(workday.Zone)
	day := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, workday.Zone)
	for _, d := range []int{-1, 0} { // quiet hours that began yesterday or today
		from := day.AddDate(0, 0, d).Add(time.Duration(c.QuietFrom) * time.Hour)
		to := day.AddDate(0, 0, d).Add(time.Duration(c.QuietTo) * time.Hour)
		if c.QuietTo < c.QuietFrom {
			to = to.Add(24 * time.Hour)
		}
		if !now.Before(from) && now.Before(to) {
			return to
		}
	}
	return now
}
