package access

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/alexedwards/scs/v2"

	"gongkai/internal/audit"
	"gongkai/internal/fault"
)

// How long a sign-in lasts.
const (
	IdleLimit     = 30 * time.Minute
	AbsoluteLimit = 12 * time.Hour
	pendingLimit  = 10 * time.Minute // between password and second factor
	touchEvery    = time.Minute      // seen_at is written at most this often
)

// Keys of a session's data. All values are strings, so that the stored form is
// the same whenever the data are.
const (
	keyPerson  = "person"
	keyPending = "pending"
	keyAddress = "address"
	keyAgent   = "agent"
	keyForm    = "form"
)

// CookieName is the session's cookie.
const CookieName = "gongkai_session"

// Sessions makes the session manager over our own store. secure says that the
// site is reached by https. Tokens are stored hashed.
func (s *Service) Sessions(secure bool) *scs.SessionManager {
	m := scs.New()
	m.Lifetime = AbsoluteLimit
	m.Store = sessionStore{s}
	m.Codec = codec{}
	m.HashTokenInStore = true
	m.Cookie.Name = CookieName
	m.Cookie.Persist = false
	m.Cookie.HttpOnly = true
	m.Cookie.SameSite = http.SameSiteLaxMode
	m.Cookie.Secure = secure
	return m
}

// codec keeps a session as JSON with sorted keys.
type codec struct{}

type coded struct {
	Deadline time.Time         `json:"deadline"`
	Values   map[string]string `json:"values"`
}

// Encode implements scs.Codec.
func (codec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	c := coded{deadline.UTC().Truncate(time.Microsecond), map[string]string{}}
	for k, v := range values {
		text, ok := v.(string)
		if !ok {
			return nil, fmt.Errorf("access.codec: %s is no text", k)
		}
		c.Values[k] = text
	}
	return json.Marshal(c)
}

// Decode implements scs.Codec.
func (codec) Decode(b []byte) (time.Time, map[string]any, error) {
	var c coded
	if err := json.Unmarshal(b, &c); err != nil {
		return time.Time{}, nil, fmt.Errorf("access.codec: %w", err)
	}
	values := map[string]any{}
	for k, v := range c.Values {
		values[k] = v
	}
	return c.Deadline, values, nil
}

// sessionStore implements scs.CtxStore over the table sessions.
type sessionStore struct{ s *Service }

// FindCtx gives a live session's data: not ended, not idle too long, not past
// its absolute limit. It notes that the session was seen.
func (st sessionStore) FindCtx(ctx context.Context, token string) (_ []byte, found bool, err error) {
	defer fault.Wrap(&err, "access.sessionStore.Find")
	var data []byte
	var seen, expires int64
	err = st.s.db.Reader().QueryRowContext(ctx, `SELECT data, seen_at, expires_at FROM sessions WHERE token = $1 AND ended_at = 0`, token).Scan(&data, &seen, &expires)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	now := st.s.now()
	if now.UnixMicro() >= expires || now.Sub(time.UnixMicro(seen)) >= IdleLimit {
		return nil, false, nil
	}
	if now.Sub(time.UnixMicro(seen)) >= touchEvery {
		if _, err := st.s.db.Writer().ExecContext(ctx, `UPDATE sessions SET seen_at = $1 WHERE token = $2 AND ended_at = 0`, now.UnixMicro(), token); err != nil {
			return nil, false, err
		}
	}
	return data, true, nil
}

// CommitCtx writes a session. A session that was ended stays ended.
func (st sessionStore) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) (err error) {
	defer fault.Wrap(&err, "access.sessionStore.Commit")
	var c coded
	if err := json.Unmarshal(b, &c); err != nil {
		return err
	}
	var person any
	if id, err := strconv.ParseInt(c.Values[keyPerson], 10, 64); err == nil {
		person = id
	}
	now := st.s.now().UnixMicro()
	_, err = st.s.db.Writer().ExecContext(ctx, `
		INSERT INTO sessions (token, person_id, data, created_at, seen_at, expires_at, address, agent) VALUES ($1, $2, $3, $4, $4, $5, $6, $7)
		ON CONFLICT (token) DO UPDATE SET person_id = excluded.person_id, data = excluded.data, seen_at = excluded.seen_at,
		expires_at = excluded.expires_at WHERE sessions.ended_at = 0`,
		token, person, b, now, expiry.UnixMicro(), c.Values[keyAddress], c.Values[keyAgent])
	return err
}

// DeleteCtx ends a session; the row stays as a mark.
func (st sessionStore) DeleteCtx(ctx context.Context, token string) (err error) {
	defer fault.Wrap(&err, "access.sessionStore.Delete")
	_, err = st.s.db.Writer().ExecContext(ctx, `UPDATE sessions SET ended_at = $1, data = $2 WHERE token = $3 AND ended_at = 0`, st.s.now().UnixMicro(), []byte("{}"), token)
	return err
}

// Find, Commit and Delete implement scs.Store for callers without a context.
func (st sessionStore) Find(token string) ([]byte, bool, error) {
	return st.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context.
func (st sessionStore) Commit(token string, b []byte, expiry time.Time) error {
	return st.CommitCtx(context.Background(), token, b, expiry)
}

// Delete is DeleteCtx without a context.
func (st sessionStore) Delete(token string) error { return st.DeleteCtx(context.Background(), token) }

// Session is one sign-in of a person, for their own list.
type Session struct {
	ID      string // names the session without opening it
	Since   time.Time
	Seen    time.Time
	Address string
	Agent   string
	Current bool
}

// storedToken is how the store keeps a cookie's token; it equals what scs does.
func storedToken(token string) string {
	if token == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func sessionID(stored string) string {
	sum := sha256.Sum256([]byte("session " + stored))
	return hex.EncodeToString(sum[:8])
}

// OpenSessions lists a person's live sessions, the newest first. current is
// the token of the session that asks.
func (s *Service) OpenSessions(ctx context.Context, person int64, current string) (out []Session, err error) {
	defer fault.Wrap(&err, "access.OpenSessions(%d)", person)
	now := s.now()
	rows, err := s.db.Reader().QueryContext(ctx, `
		SELECT token, created_at, seen_at, address, agent FROM sessions
		WHERE person_id = $1 AND ended_at = 0 AND expires_at > $2 AND seen_at > $3 ORDER BY created_at DESC, token`,
		person, now.UnixMicro(), now.Add(-IdleLimit).UnixMicro())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var token string
		var since, seen int64
		var e Session
		if err := rows.Scan(&token, &since, &seen, &e.Address, &e.Agent); err != nil {
			return nil, err
		}
		e.ID, e.Current = sessionID(token), token == storedToken(current)
		e.Since, e.Seen = time.UnixMicro(since).UTC(), time.UnixMicro(seen).UTC()
		out = append(out, e)
	}
	return out, rows.Err()
}

// EndSession ends one session of a person's own by its id; NotFound otherwise.
func (s *Service) EndSession(ctx context.Context, a Actor, id string) (err error) {
	defer fault.Wrap(&err, "access.EndSession(%s)", a.Login)
	return s.end(ctx, a, "", id)
}

// EndSessions ends all sessions of a person but the one whose token is keep,
// and forgets all known browsers.
func (s *Service) EndSessions(ctx context.Context, a Actor, keep string) (err error) {
	defer fault.Wrap(&err, "access.EndSessions(%s)", a.Login)
	return s.end(ctx, a, keep, "")
}

func (s *Service) end(ctx context.Context, a Actor, keep, id string) error {
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		n, err := s.endSessions(ctx, tx, a.Person, keep, id)
		if err != nil {
			return err
		}
		if id != "" && n == 0 {
			return fault.New(fault.NotFound, "access.end", textNoSession)
		}
		return audit.Record(ctx, tx, s.event(a, audit.SignOut, personTarget(a.Person), audit.Done, fmt.Sprintf(detailEnded, n)))
	})
}

// endSessions ends the sessions of a person except keep; with id only that one.
func (s *Service) endSessions(ctx context.Context, tx *sql.Tx, person int64, keep, id string) (n int, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT token FROM sessions WHERE person_id = $1 AND ended_at = 0`, person)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	var tokens []string
	for rows.Next() {
		var t string
		if err := rows.Scan(&t); err != nil {
			return 0, err
		}
		if t != storedToken(keep) && (id == "" || sessionID(t) == id) {
			tokens = append(tokens, t)
		}
	}
	if err := rows.Err(); err != nil {
		return 0, err
	}
	for _, t := range tokens {
		if _, err := tx.ExecContext(ctx, `UPDATE sessions SET ended_at = $1, data = $2 WHERE token = $3`, s.now().UnixMicro(), []byte("{}"), t); err != nil {
			return 0, err
		}
	}
	return len(tokens), nil
}
