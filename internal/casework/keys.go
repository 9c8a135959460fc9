package casework

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/fault"
)

// A calendar program cannot sign in: the address of somebody's duties carries a
// key of 130 bits. Only its hash is kept; a new key ends the old one.

// NewDutyKey makes the key of a person's duty calendar. It is returned once.
func (k *Kernel) NewDutyKey(ctx context.Context, a access.Actor) (key string, err error) {
	defer fault.Wrap(&err, "casework.NewDutyKey(%s)", a.Login)
	key = rand.Text()
	err = k.db.Tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO duty_keys (person_id, hash, made_at) VALUES ($1, $2, $3)
			ON CONFLICT (person_id) DO UPDATE SET hash = excluded.hash, made_at = excluded.made_at`, a.Person, hashKey(key), k.now().UnixMicro()); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Event{At: k.now(), Actor: a.Login, Act: audit.Configure, Target: "person:" + a.Login, Outcome: audit.Done, Detail: "启用日历订阅地址"})
	})
	return key, err
}

// DropDutyKey ends the calendar of a person's duties.
func (k *Kernel) DropDutyKey(ctx context.Context, a access.Actor) (err error) {
	defer fault.Wrap(&err, "casework.DropDutyKey(%s)", a.Login)
	return k.db.Tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM duty_keys WHERE person_id = $1`, a.Person); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Event{At: k.now(), Actor: a.Login, Act: audit.Configure, Target: "person:" + a.Login, Outcome: audit.Done, Detail: "停用日历订阅地址"})
	})
}

// HasDutyKey reports whether a person's duty calendar can be subscribed to.
func (k *Kernel) HasDutyKey(ctx context.Context, person int64) (has bool, err error) {
	defer fault.Wrap(&err, "casework.HasDutyKey(%d)", person)
	var n int
	err = k.db.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM duty_keys WHERE person_id = $1`, person).Scan(&n)
	return n > 0, err
}

// ByDutyKey finds whose duties a key opens, with their rights of today.
// NotFound for a wrong or ended key and for a disabled account.
func (k *Kernel) ByDutyKey(ctx context.Context, key string) (a access.Actor, err error) {
	defer fault.Wrap(&err, "casework.ByDutyKey")
	var id int64
	err = k.db.Reader().QueryRowContext(ctx, `SELECT person_id FROM duty_keys WHERE hash = $1`, hashKey(key)).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return a, fault.New(fault.NotFound, "casework.ByDutyKey", textNoKey)
	}
	if err != nil {
		return a, err
	}
	return access.ActorOf(ctx, k.db.Reader(), id, k.today())
}

func hashKey(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}
