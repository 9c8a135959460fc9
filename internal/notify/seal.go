package notify

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// Sealing is how letters get the electronic seal of their organ.
type Sealing struct {
	// Paper makes the PDF of a letter each time it is sent; the same number gives
	// the same words. Gone when there is no reason for it left.
	Paper func(ctx context.Context, number int64) (Paper, error)
	// Take keeps the sealed letter; it may come twice. Invalid when it is not what
	// was sent; Unavailable when it cannot be looked at now.
	Take func(ctx context.Context, number int64, pdf []byte) error
}

// Paper is a letter to be sealed.
type Paper struct {
	Organ int64
	PDF   []byte
}

// NewSealService is where an organ's letters are sealed.
type NewSealService struct {
	Organ  int64
	URL    string
	Secret string // "" makes one
}

// SealService is one in use; its secret is never shown again.
type SealService struct {
	Organ     int64
	Code      string // of the organ
	URL       string
	CreatedAt time.Time
}

// SetSealService enters or replaces the seal service of an organ and returns
// the secret, which is shown once.
func (n *Notifier) SetSealService(ctx context.Context, s NewSealService, actor string) (secret string, err error) {
	defer fault.Wrap(&err, "notify.SetSealService(%d)", s.Organ)
	if err := n.checkHook(&NewHook{URL: s.URL, Secret: s.Secret}); err != nil {
		return "", err
	}
	if s.Secret == "" {
		if s.Secret, err = token(32); err != nil {
			return "", err
		}
	}
	err = n.db.Tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO seal_services (organ_id, url, secret, set_by, created_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (organ_id) DO UPDATE SET url = excluded.url, secret = excluded.secret, set_by = excluded.set_by, created_at = excluded.created_at`,
			s.Organ, s.URL, s.Secret, actor, n.now().UnixMicro()); err != nil {
			return err
		}
		return n.recordSeal(ctx, tx, actor, s.Organ, "登记电子印章服务")
	})
	return s.Secret, store.Sentence("notify.SetSealService", err)
}

// RemoveSealService ends the service of an organ; what waits for it is refused
// at its next try.
func (n *Notifier) RemoveSealService(ctx context.Context, organ int64, actor string) (err error) {
	defer fault.Wrap(&err, "notify.RemoveSealService(%d)", organ)
	return n.db.Tx(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `DELETE FROM seal_services WHERE organ_id = $1`, organ)
		if err != nil {
			return err
		}
		if k, err := res.RowsAffected(); err != nil || k == 0 {
			if err == nil {
				err = fault.New(fault.NotFound, "notify.RemoveSealService", "这个机关没有登记电子印章服务。")
			}
			return err
		}
		return n.recordSeal(ctx, tx, actor, organ, "撤销电子印章服务")
	})
}

func (n *Notifier) recordSeal(ctx context.Context, tx *sql.Tx, actor string, organ int64, what string) error {
	return audit.Record(ctx, tx, audit.Event{At: n.now(), Actor: actor, Act: audit.Configure, Target: fmt.Sprintf("organ:%d", organ), Outcome: audit.Done, Detail: what})
}

// SealServices lists them by organ, without their secrets.
func (n *Notifier) SealServices(ctx context.Context) (out []SealService, err error) {
	defer fault.Wrap(&err, "notify.SealServices")
	rows, err := n.db.Reader().QueryContext(ctx, `SELECT s.organ_id, o.code, s.url, s.created_at FROM seal_services s JOIN organs o ON o.id = s.organ_id ORDER BY s.organ_id`)
	if err != nil {
		return nil, store.Sentence("notify.SealServices", err)
	}
	defer rows.Close()
	for rows.Next() {
		var s SealService
		var at int64
		if err := rows.Scan(&s.Organ, &s.Code, &s.URL, &at); err != nil {
			return nil, err
		}
		s.CreatedAt = time.UnixMicro(at).UTC()
		out = append(out, s)
	}
	return out, rows.Err()
}

// SealState is what became of a letter that was to be sealed.
type SealState struct {
	State  State
	Reason string // Chinese
}

// SealStates tells whether an organ has a seal service, and what became of the
// letters that it was asked to seal, by their numbers.
func (n *Notifier) SealStates(ctx context.Context, organ int64, numbers []int64) (on bool, out map[int64]SealState, err error) {
	defer fault.Wrap(&err, "notify.SealStates(%d)", organ)
	db := n.db.Reader()
	if on, err = sealed(ctx, db, organ); err != nil {
		return false, nil, err
	}
	out = map[int64]SealState{}
	for _, no := range numbers {
		var s SealState
		err := db.QueryRowContext(ctx, `SELECT state, reason FROM outbox WHERE message = $1`, sealID(no)).Scan(&s.State, &s.Reason)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return false, nil, store.Sentence("notify.SealStates", err)
		}
		out[no] = s
	}
	return on, out, nil
}

func sealed(ctx context.Context, q store.Querier, organ int64) (bool, error) {
	var k int
	err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM seal_services WHERE organ_id = $1`, organ).Scan(&k)
	return k > 0, store.Sentence("notify.sealed", err)
}

// sealID is the stable id of a letter at the seal service: the same however
// often it is asked for, so that no letter is sealed twice.
func sealID(number int64) string { return fmt.Sprintf("seal-%d", number) }

// PostSeal queues a letter for the seal service of its organ, in the caller's
// transaction; one that was given up is asked for again under the same id.
// Errors: Invalid without a service, Conflict while the letter waits or is sealed.
func (n *Notifier) PostSeal(ctx context.Context, tx *sql.Tx, organ, number int64) (err error) {
	defer fault.Wrap(&err, "notify.PostSeal(%d)", number)
	on, err := sealed(ctx, tx, organ)
	if err == nil && !on {
		err = fault.New(fault.Invalid, "notify.PostSeal", textNoSealer)
	}
	if err != nil {
		return err
	}
	var row int64
	now := n.now()
	err = tx.QueryRowContext(ctx, `
		INSERT INTO outbox (message, channel, topic, seq, state, next_at, created_at) VALUES ($1, 'seal', 'seal', $2, 'waiting', $3, $3)
		ON CONFLICT (message) DO UPDATE SET state = 'waiting', tries = 0, status = 0, reason = '', next_at = excluded.next_at, created_at = excluded.created_at, done_at = 0, lease = '', lease_until = 0
		WHERE outbox.state IN ('refused', 'unclear', 'cancelled') RETURNING id`, sealID(number), number, now.UnixMicro()).Scan(&row)
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.Conflict, "notify.PostSeal", textSealWaits)
	}
	if err != nil {
		return store.Sentence("notify.PostSeal", err)
	}
	return n.scheduleSingle(ctx, tx, ChannelSeal, row, now)
}
