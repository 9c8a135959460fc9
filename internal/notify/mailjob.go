package notify

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/jobs"
	"gongkai/internal/store"
)

// mailsAtOnce is how many connections a node opens to the mail server.
const mailsAtOnce = 4

// Topics of messages, as they stand in rows.
const (
	topicNotice  = "notice"
	topicConfirm = "confirm"
	topicTest    = "test"
	topicOutside = "outside"
)

// mailArgs asks for one mail to be sent.
type mailArgs struct {
	Message int64 `json:"message"`
}

// Kind names the work.
func (mailArgs) Kind() string { return "notify.mail" }

// mailLease is for how long a node may be busy with a mail without a word.
func (n *Notifier) mailLease() time.Duration {
	if n.config.Mail == nil {
		return time.Minute
	}
	return 4*n.config.Mail.config.Timeout + 5*time.Second
}

// newMail writes a message and its job; 0 when the message is there already.
func (n *Notifier) newMail(ctx context.Context, tx *sql.Tx, id, topic string, person, notice int64, at time.Time) (row int64, err error) {
	err = tx.QueryRowContext(ctx, `
		INSERT INTO outbox (message, channel, topic, seq, person_id, notice_id, state, next_at, created_at)
		VALUES ($1, 'mail', $2, $4, $3, $4, 'waiting', $5, $6) ON CONFLICT (message) DO NOTHING RETURNING id`,
		id, topic, person, notice, at.UnixMicro(), n.now().UnixMicro()).Scan(&row)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, store.Sentence("notify.newMail", err)
	}
	return row, n.scheduleMail(ctx, tx, row, at)
}

// PostOutside queues a mail to somebody who is no user, in the caller's
// transaction. The outbox keeps the number alone; Config.Outside makes the mail
// when it goes out.
func (n *Notifier) PostOutside(ctx context.Context, tx *sql.Tx, id string, number int64) (err error) {
	defer fault.Wrap(&err, "notify.PostOutside(%s)", id)
	var row int64
	err = tx.QueryRowContext(ctx, `
		INSERT INTO outbox (message, channel, topic, seq, state, next_at, created_at) VALUES ($1, 'mail', $2, $3, 'waiting', $4, $4) ON CONFLICT (message) DO NOTHING RETURNING id`,
		id, topicOutside, number, n.now().UnixMicro()).Scan(&row)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return store.Sentence("notify.PostOutside", err)
	}
	return n.scheduleMail(ctx, tx, row, n.now())
}

// outside makes the mail to somebody who is no user.
func (n *Notifier) outside(ctx context.Context, m *posted) (l letter, err error) {
	if n.config.Outside == nil {
		return l, fault.New(fault.Gone, "notify.outside", textNoWish)
	}
	o, err := n.config.Outside(ctx, m.id, m.seq)
	return letter{id: m.id, date: m.created, to: o.To, subject: o.Subject, body: o.Body, file: o.FileName, data: o.File}, err
}

// scheduleMail enqueues the job of a mail and notes until when it is expected.
func (n *Notifier) scheduleMail(ctx context.Context, tx *sql.Tx, row int64, at time.Time) error {
	return n.scheduleSingle(ctx, tx, ChannelMail, row, at)
}

// scheduleSingle does so for any message that is sent by itself.
func (n *Notifier) scheduleSingle(ctx context.Context, tx *sql.Tx, channel string, row int64, at time.Time) error {
	if _, err := tx.ExecContext(ctx, `UPDATE outbox SET wake_at = $1 WHERE id = $2`, at.Add(wakeFor).UnixMicro(), row); err != nil {
		return store.Sentence("notify.scheduleSingle", err)
	}
	var o jobs.Options
	if at.After(n.now()) {
		o.At = at
	}
	if channel == ChannelSeal {
		return n.queue.Enqueue(ctx, tx, sealArgs{row}, o)
	}
	return n.queue.Enqueue(ctx, tx, mailArgs{row}, o)
}

// posted is a mail in hand.
type posted struct {
	row     int64
	channel string
	id      string
	topic   string
	person  int64
	notice  int64
	seq     int64
	tries   int
	created time.Time
	lease   string
}

// deliverMail sends one mail. The lease gives it to one node; the state
// sending, written when the server has agreed to take the words, keeps it from
// being sent again by somebody who does not know what became of it.
func (n *Notifier) deliverMail(ctx context.Context, j jobs.Job[mailArgs]) (err error) {
	defer fault.Wrap(&err, "notify.deliverMail(%d)", j.Args.Message)
	select {
	case n.mails <- struct{}{}:
		defer func() { <-n.mails }()
	case <-ctx.Done():
		return ctx.Err()
	}
	for {
		again, err := n.tryMail(ctx, j.Args.Message)
		if err != nil || again.IsZero() || again.Sub(n.now()) > sitOut {
			return err
		}
		if err := pause(ctx, again.Sub(n.now())); err != nil {
			return err
		}
	}
}

// tryMail makes one try and says when the next one is due, if there is one.
func (n *Notifier) tryMail(ctx context.Context, row int64) (again time.Time, err error) {
	m, err := n.claim(ctx, row)
	if err != nil || m == nil {
		return again, err
	}
	res, err := n.post(ctx, m)
	if err == nil && res.clear && res.status == 0 && ctx.Err() != nil {
		err = ctx.Err() // the node stops: this try does not count
	}
	if err != nil {
		return again, errors.Join(err, n.putBack(context.WithoutCancel(ctx), m))
	}
	return n.settleMail(context.WithoutCancel(ctx), m, res)
}

// claim takes the lease; nil when the mail is not to be sent now or by us.
func (n *Notifier) claim(ctx context.Context, row int64) (*posted, error) {
	now := n.now()
	if n.config.Mail == nil { // another node has a server, or this one after its next start
		return nil, n.db.Tx(ctx, func(tx *sql.Tx) error {
			var waits int64
			err := tx.QueryRowContext(ctx, `SELECT id FROM outbox WHERE id = $1 AND state = 'waiting'`, row).Scan(&waits)
			if errors.Is(err, sql.ErrNoRows) {
				return nil
			}
			if err == nil {
				_, err = tx.ExecContext(ctx, `UPDATE outbox SET reason = $1 WHERE id = $2`, textNoMailer, row)
			}
			if err != nil {
				return store.Sentence("notify.claim", err)
			}
			return n.scheduleMail(ctx, tx, row, now.Add(wakeFor))
		})
	}
	return n.hire(ctx, ChannelMail, row, n.mailLease())
}

// hire takes the lease of a message that is sent by itself.
func (n *Notifier) hire(ctx context.Context, channel string, row int64, hold time.Duration) (*posted, error) {
	now := n.now()
	lease, err := token(8)
	if err != nil {
		return nil, err
	}
	m := &posted{row: row, channel: channel, lease: lease}
	var created int64
	err = n.db.Writer().QueryRowContext(ctx, `
		UPDATE outbox SET lease = $1, lease_until = $2 WHERE id = $3 AND channel = $6 AND state = 'waiting' AND next_at <= $4 AND lease_until < $5
		RETURNING message, topic, person_id, notice_id, seq, tries, created_at`, lease, now.Add(hold).UnixMicro(), row, now.Add(sitOut).UnixMicro(), now.UnixMicro(), channel).
		Scan(&m.id, &m.topic, &m.person, &m.notice, &m.seq, &m.tries, &created)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	m.created = time.UnixMicro(created).UTC()
	return m, store.Sentence("notify.hire", err)
}

// errLost says that the lease ran out before the words went out.
var errLost = errors.New("the lease of a mail ran out")

// post makes one try.
func (n *Notifier) post(ctx context.Context, m *posted) (result, error) {
	l, err := n.letter(ctx, m)
	switch kind := fault.KindOf(err); {
	case err == nil:
	case kind == fault.Gone:
		return result{gone: true, reason: fault.Text(err)}, nil
	case kind == fault.Unavailable: // the key of the addresses is missing, or the database does not answer
		return result{clear: true, reason: fault.Text(err)}, nil
	default:
		return result{}, err
	}
	return n.config.Mail.send(ctx, l, func() error {
		res, err := n.db.Writer().ExecContext(ctx, `UPDATE outbox SET state = 'sending', lease_until = $1 WHERE id = $2 AND state = 'waiting' AND lease = $3`,
			n.now().Add(n.mailLease()).UnixMicro(), m.row, m.lease)
		if err != nil {
			return store.Sentence("notify.commit", err)
		}
		if k, err := res.RowsAffected(); err != nil || k == 0 {
			return errors.Join(err, errLost)
		}
		return nil
	})
}

// putBack gives up a lease under which no words went out.
func (n *Notifier) putBack(ctx context.Context, m *posted) error {
	_, err := n.db.Writer().ExecContext(ctx, `UPDATE outbox SET lease = '', lease_until = 0, state = 'waiting' WHERE id = $1 AND state IN ('waiting', 'sending') AND lease = $2`, m.row, m.lease)
	return store.Sentence("notify.putBack", err)
}

// settleMail writes what became of a try. A node that was slower than its lease
// still tells what it knows, unless a person has decided meanwhile.
func (n *Notifier) settleMail(ctx context.Context, m *posted, res result) (again time.Time, err error) {
	err = n.db.Tx(ctx, func(tx *sql.Tx) error {
		again = time.Time{}
		now, tries := n.now(), m.tries+1
		state, nextAt, doneAt := Waiting, now, now.UnixMicro()
		switch {
		case res.taken:
			state = Delivered
		case res.gone:
			state = Cancelled
		case res.lost:
			state = Unclear
		case res.later && now.Sub(m.created) < sealFor: // no try was lost
			tries, nextAt, doneAt = m.tries, now.Add(n.askLater(now.Sub(m.created))), 0
		case res.later:
			state, res.reason = Refused, textSealNever
		case res.final || tries >= n.config.Tries:
			state = Refused
		default:
			nextAt, doneAt = now.Add(n.config.Backoff(tries)), 0
		}
		done, err := tx.ExecContext(ctx, `
			UPDATE outbox SET state = $1, tries = $2, next_at = $3, status = $4, reason = $5, done_at = $6, lease_until = 0
			WHERE id = $7 AND lease = $8 AND state IN ('waiting', 'sending', 'unclear')`,
			string(state), tries, nextAt.UnixMicro(), res.status, res.reason, doneAt, m.row, m.lease)
		if err != nil {
			return store.Sentence("notify.settleMail", err)
		}
		if k, err := done.RowsAffected(); err != nil || k == 0 {
			return err
		}
		if state == Refused || state == Unclear {
			n.log.Warn(m.channel+" given up", "message", m.id, "state", string(state), "status", res.status)
		}
		if state != Waiting {
			return nil
		}
		again = nextAt
		return n.scheduleSingle(ctx, tx, m.channel, m.row, nextAt)
	})
	return again, err
}

// giveUpCut finds mails whose node died while the words went out: nobody knows
// whether they arrived, so a person must decide.
func (n *Notifier) giveUpCut(ctx context.Context) error {
	now := n.now().UnixMicro()
	cut, err := n.ids(ctx, `SELECT id FROM outbox WHERE channel = 'mail' AND state = 'sending' AND lease_until < $1 ORDER BY id LIMIT 200`, now)
	if err != nil {
		return err
	}
	for _, row := range cut {
		if _, err := n.db.Writer().ExecContext(ctx, `UPDATE outbox SET state = 'unclear', reason = $1, done_at = $2, tries = tries + 1 WHERE id = $3 AND state = 'sending' AND lease_until < $2`,
			textCutOff, now, row); err != nil {
			return store.Sentence("notify.giveUpCut", err)
		}
		n.log.Warn("mail given up", "message", row, "state", string(Unclear))
	}
	return nil
}

// wakeSingle finds mails and seals that are due while nobody sends and no job
// is expected.
func (n *Notifier) wakeSingle(ctx context.Context) error {
	now := n.now()
	const asleep = `channel IN ('mail', 'seal') AND state = 'waiting' AND next_at <= $1 AND wake_at < $1 AND lease_until < $1`
	idle, err := n.ids(ctx, `SELECT id FROM outbox WHERE `+asleep+` ORDER BY id LIMIT 200`, now.UnixMicro())
	if err != nil {
		return err
	}
	for _, row := range idle {
		err := n.db.Tx(ctx, func(tx *sql.Tx) error {
			var channel string
			err := tx.QueryRowContext(ctx, `SELECT channel FROM outbox WHERE `+asleep+` AND id = $2`+n.db.Dialect.ForUpdate(), now.UnixMicro(), row).Scan(&channel)
			if errors.Is(err, sql.ErrNoRows) {
				return nil // another node was faster
			}
			if err != nil {
				return store.Sentence("notify.wakeSingle", err)
			}
			return n.scheduleSingle(ctx, tx, channel, row, now)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// letter makes the words of a mail. Gone when there is no reason for it left.
func (n *Notifier) letter(ctx context.Context, m *posted) (l letter, err error) {
	if m.topic == topicOutside {
		return n.outside(ctx, m)
	}
	c, err := n.contact(ctx, n.db.Reader(), m.person)
	if err != nil {
		return l, err
	}
	l = letter{id: m.id, date: m.created}
	sealed, place := c.sealed, mailPlace(m.person)
	switch m.topic {
	case topicNotice:
		s, err := n.subject(ctx, m.notice)
		if err != nil {
			return l, err
		}
		if !c.ByMail || !c.wants(s.kind) || c.sealed == "" {
			return l, fault.New(fault.Gone, "notify.letter", textNoWish)
		}
		l.subject = fmt.Sprintf(textSubjectNotice, s.number)
		l.body = fmt.Sprintf(textBodyNotice, n.config.Sentence(s.caseKind, s.kind, s.number, ""))
		if n.config.BaseURL != "" {
			l.body += fmt.Sprintf(textBodyLink, fmt.Sprintf("%s/office/cases/%d", n.base(), s.caseID))
			l.stop = n.base() + "/office/account#mail"
		}
	case topicConfirm:
		if c.fresh == "" || m.id != confirmID(m.person, c.nonce) || n.now().UnixMicro() > c.until {
			return l, fault.New(fault.Gone, "notify.letter", textCodeGone)
		}
		sealed, place = c.fresh, freshPlace(m.person)
		code, err := n.code(ctx, c)
		if err != nil {
			return l, err
		}
		l.subject, l.body = textSubjectConfirm, fmt.Sprintf(textBodyConfirm, code, int(codeFor.Minutes()))
	default:
		if c.sealed == "" {
			return l, fault.New(fault.Gone, "notify.letter", textNoWish)
		}
		l.subject, l.body = textSubjectTest, textBodyTest
	}
	l.body += textBodyEnd
	if l.stop != "" {
		l.body += fmt.Sprintf(textBodyStop, l.stop)
	} else {
		l.body += "\n"
	}
	l.to, err = n.config.Vault.Open(ctx, place, sealed)
	return l, err
}
