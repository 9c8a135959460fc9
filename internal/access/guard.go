package access

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"gongkai/internal/audit"
	"gongkai/internal/fault"
)

// Guessing is slowed, not forbidden. After a few failures each further attempt
// must wait twice as long as the one before, up to maxDelay. An attempt during
// the wait is refused without looking at the password and does not lengthen
// the wait, so nobody can be locked out for ever; a browser in which the person
// has signed in before has a counter of its own, so a flood from elsewhere does
// not touch it. An attempt is charged before it is checked, so that many at
// once cannot slip through.
const (
	freeAccount = 5
	freeAddress = 30 // an office may share one address
	maxDelay    = 5 * time.Minute
	forget      = 24 * time.Hour
	forgetAddr  = time.Hour
)

// Throttled is the refusal of an attempt that came too early.
type Throttled struct{ Wait time.Duration }

// Error names the wait for the log.
func (t *Throttled) Error() string { return "throttled for " + t.Wait.String() }

func throttled(wait time.Duration) error {
	words := fmt.Sprintf(textSeconds, max(1, int((wait+time.Second-1)/time.Second)))
	if wait >= 2*time.Minute {
		words = fmt.Sprintf(textMinutes, int((wait+time.Minute-1)/time.Minute))
	}
	return &fault.Error{Kind: fault.Forbidden, Op: "access.guard", Text: fmt.Sprintf(textTooMany, words), Err: &Throttled{wait}}
}

type guard struct {
	key    string
	free   int
	forget time.Duration
}

func accountGuard(login string) guard {
	// Hashed, because people type their password into the wrong field.
	sum := sha256.Sum256([]byte(login))
	return guard{"account:" + hex.EncodeToString(sum[:12]), freeAccount, forget}
}

func deviceGuard(mark string) guard { return guard{"device:" + mark, freeAccount, forget} }

func codeGuard(person int64) guard {
	return guard{fmt.Sprintf("code:%d", person), freeAccount, forget}
}

// addressGuard counts an IPv6 client by its network, because one client owns
// a whole /64.
func addressGuard(address string) guard {
	if ip, err := netip.ParseAddr(address); err == nil && ip.Is6() && !ip.Is4In6() {
		if p, err := ip.Prefix(64); err == nil {
			address = p.String()
		}
	}
	return guard{"address:" + address, freeAddress, forgetAddr}
}

// delay is the wait that an attempt leaves behind when it is the n-th in a row.
func (g guard) delay(n int) time.Duration {
	over := n - g.free
	if over <= 0 {
		return 0
	}
	if over > 10 {
		return maxDelay
	}
	return min(maxDelay, time.Second<<(over-1))
}

// charge counts an attempt, or says how long to wait when it came too early;
// then early is recorded.
func (s *Service) charge(ctx context.Context, early audit.Event, guards ...guard) (wait time.Duration, err error) {
	defer fault.Wrap(&err, "access.charge")
	slices.SortFunc(guards, func(a, b guard) int { return strings.Compare(a.key, b.key) }) // one order of locks
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		wait = 0
		now := s.now()
		fails := make([]int, len(guards))
		for i, g := range guards {
			if _, err := tx.ExecContext(ctx, `INSERT INTO sign_in_guards (key, fails, last_at, until) VALUES ($1, 0, $2, 0) ON CONFLICT (key) DO NOTHING`, g.key, now.UnixMicro()); err != nil {
				return err
			}
			var last, until int64
			if err := tx.QueryRowContext(ctx, `SELECT fails, last_at, until FROM sign_in_guards WHERE key = $1`+s.db.Dialect.ForUpdate(), g.key).Scan(&fails[i], &last, &until); err != nil {
				return err
			}
			if now.Sub(time.UnixMicro(last)) > g.forget {
				fails[i], until = 0, 0
			}
			wait = max(wait, time.UnixMicro(until).Sub(now))
		}
		if wait > 0 {
			return audit.Record(ctx, tx, early)
		}
		for i, g := range guards {
			until := now.Add(g.delay(fails[i] + 1)).UnixMicro()
			if _, err := tx.ExecContext(ctx, `UPDATE sign_in_guards SET fails = $1, last_at = $2, until = $3 WHERE key = $4`, fails[i]+1, now.UnixMicro(), until, g.key); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = s.forgetGuards(ctx) // not in the transaction, which holds rows that another may forget
	}
	return max(wait, 0), err
}

// forgetGuards removes what no delay counts any more, at most once an hour: a
// flood that nobody's success follows must not fill the database either.
func (s *Service) forgetGuards(ctx context.Context) error {
	now, last := s.now(), s.forgot.Load()
	if now.Sub(time.UnixMicro(last)) < forgetAddr || !s.forgot.CompareAndSwap(last, now.UnixMicro()) {
		return nil
	}
	_, err := s.db.Writer().ExecContext(ctx, `DELETE FROM sign_in_guards WHERE last_at < $1`, now.Add(-forget).UnixMicro())
	return err
}

// release takes the charge back after a success. An address keeps its other
// failures and the wait they made, so that an attacker's own account does not
// wash them away.
func (s *Service) release(ctx context.Context, tx *sql.Tx, guards ...guard) error {
	for _, g := range guards {
		query := `DELETE FROM sign_in_guards WHERE key = $1`
		if strings.HasPrefix(g.key, "address:") {
			query = fmt.Sprintf(`UPDATE sign_in_guards SET fails = CASE WHEN fails > 0 THEN fails - 1 ELSE 0 END, until = CASE WHEN fails > %d THEN until ELSE 0 END WHERE key = $1`, freeAddress+1)
		}
		if _, err := tx.ExecContext(ctx, query, g.key); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE expires_at < $1`, s.now().Add(-time.Hour).UnixMicro())
	return err
}
