// Package notify tells others what happened. It pushes the publication log to
// hooks: addresses that asked for it. A consumer turns each row of the log into
// one message a hook, under a stable id; jobs send the messages of a hook one
// after another, in the order of the log, signed, and try again until they are
// taken or a person must look. Notices of cases leave the office in the same
// way: to gateways, which are hooks for SMS and office applications, and as
// mail to people who asked for it.
//
// A message holds numbers only. Its words are made when it is sent, so that it
// never tells what was expunged or taken back meanwhile.
package notify

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"gongkai/internal/jobs"
	"gongkai/internal/store"
	"gongkai/internal/vault"
)

// Config is how a node sends; zero fields take the defaults.
type Config struct {
	Tries   int                         // of one message; default 12, over about two and a half hours
	Backoff func(try int) time.Duration // wait after a failed try, from 1; default doubles from 5 s up to 1 h
	Timeout time.Duration               // of one request, answer included; default 10 s
	// Allow are networks that hooks may reach although they are not public:
	// loopback in tests, the government's own network where it has one.
	Allow []netip.Prefix

	Mail  *Mailer      // nil: this node sends no mail
	Vault *vault.Vault // nil: keys that the database keeps
	// Sentence says in Chinese what a notice of a case means; an empty title
	// leaves it with the number.
	Sentence func(caseKind, notice, number, title string) string
	BaseURL  string // of the office, for links in mails; "" leaves them out
	// Answered takes what the adapter of another platform answered to a release;
	// it may come twice. nil: nobody listens.
	Answered func(ctx context.Context, tx *sql.Tx, work int64, edition int, a Answer) error
	// Outside makes a mail to somebody who is no user, by the id and the number
	// under which it was posted; nil: none is sent. Gone when there is no reason for it left.
	Outside func(ctx context.Context, id string, number int64) (Outside, error)
	Seal    Sealing // of letters; zero: none is sealed
}

// Outside is a mail to somebody who is no user. It is made when it goes out and
// kept nowhere.
type Outside struct {
	To, Subject, Body string
	FileName          string // of the one attachment, "" for none
	File              []byte
}

func (c Config) withDefaults() Config {
	if c.Tries == 0 {
		c.Tries = 12
	}
	if c.Backoff == nil {
		c.Backoff = func(try int) time.Duration { return min(5*time.Second<<min(try-1, 12), time.Hour) }
	}
	if c.Timeout == 0 {
		c.Timeout = 10 * time.Second
	}
	if c.Sentence == nil {
		c.Sentence = func(_, _, number, _ string) string { return number }
	}
	return c
}

// Notifier sends for one library. Any number of nodes may run one each.
type Notifier struct {
	db     *store.DB
	queue  jobs.Enqueuer
	config Config
	now    func() time.Time
	log    *slog.Logger
	client *http.Client
	mails  chan struct{} // room for so many mails under way
}

// New builds the notifier and tells the queue how its jobs are worked; the
// queue starts later.
func New(db *store.DB, q *jobs.Queue, c Config, now func() time.Time, log *slog.Logger) *Notifier {
	c = c.withDefaults()
	if c.Vault == nil {
		c.Vault = vault.New(db, vault.Source{Now: now})
	}
	n := &Notifier{db: db, queue: q, config: c, now: now, log: log, client: newClient(c), mails: make(chan struct{}, mailsAtOnce)}
	jobs.Handle(q, n.deliver)
	jobs.Handle(q, n.deliverMail)
	jobs.Handle(q, n.deliverSeal)
	return n
}

// relayEvery is how often the log is asked for new rows. Consumers poll,
// because notification channels do not survive a pooler in transaction mode.
const relayEvery = time.Second

// Follow relays the log and the notices until ctx ends.
func (n *Notifier) Follow(ctx context.Context) {
	tick := time.NewTicker(relayEvery)
	defer tick.Stop()
	for {
		if err := errors.Join(n.Relay(ctx), n.RelayNotices(ctx)); err != nil && ctx.Err() == nil {
			n.log.Error("notify", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// State is what became of a message. The names stand in rows: add, never rename.
type State string

// The states of a message.
const (
	Waiting   State = "waiting"
	Sending   State = "sending" // the words of a mail are going out
	Delivered State = "delivered"
	Refused   State = "refused"   // the last try was answered, and not with success
	Unclear   State = "unclear"   // nobody knows whether the last try arrived
	Cancelled State = "cancelled" // what it was for is gone: hook, notice, address
)

// Chinese names the state on a screen.
func (s State) Chinese() string {
	switch s {
	case Waiting:
		return "待送达"
	case Sending:
		return "正在发送"
	case Delivered:
		return "已送达"
	case Refused:
		return "对方拒收"
	case Unclear:
		return "结果不明"
	case Cancelled:
		return "已取消"
	}
	return string(s)
}

// token is so many random bytes in hex.
func token(n int) (string, error) {
	b := make([]byte, n)
	if _, err := rand.Read(b); err != nil {
		return "", err
	}
	return hex.EncodeToString(b), nil
}
