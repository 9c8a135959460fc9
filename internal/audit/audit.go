// Package audit records who did, saw or was refused what. A row is written in
// the transaction of the act itself, or alone when a read or a refusal is
// recorded; nothing updates or deletes a row. Each row carries a salted digest
// of itself, and the publication log seals the digests (package publication).
package audit

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// Event is one attempt. Actor is a login or "console"; Target is a kind and a
// public number ("work:12"), never a name; Detail is a short note. Telephone,
// identity and card numbers and mail addresses in Detail are blotted out.
type Event struct {
	At      time.Time
	Actor   string
	Act     Act
	Target  string
	Outcome Outcome
	Detail  string
}

// Row is a stored event. Seal is the sequence number of the log row that seals
// it, 0 while it waits.
type Row struct {
	ID int64
	Event
	Seal int64
}

// maxDetail bounds a detail in runes: it is a note, not a place for documents.
const maxDetail = 500

// Record writes one event. q is the transaction of the act it speaks of, or
// any writer when the act changed nothing. Errors: Invalid without actor, act
// or outcome.
func Record(ctx context.Context, q store.Querier, e Event) (err error) {
	defer fault.Wrap(&err, "audit.Record(%s)", e.Act)
	if e.Actor == "" || e.Act == "" || e.Outcome == "" {
		return fault.New(fault.Invalid, "audit.Record", "审计记录缺少办理人、事项或结果。")
	}
	e.At = e.At.UTC().Truncate(time.Microsecond)
	e.Actor, e.Target, e.Detail = clean(e.Actor), clean(e.Target), shorten(blot(clean(e.Detail)))
	salt := make([]byte, 16)
	if _, err := rand.Read(salt); err != nil {
		return err
	}
	_, err = q.ExecContext(ctx, `
		INSERT INTO audit_log (at, actor, act, target, outcome, detail, digest) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		e.At.UnixMicro(), e.Actor, string(e.Act), e.Target, string(e.Outcome), e.Detail, digest(hex.EncodeToString(salt), e))
	return store.Sentence("audit.Record", err)
}

// digest is "salt:hex": the salt keeps the seal in the public log from
// confirming a guess about who did what.
func digest(salt string, e Event) string {
	// A []string of valid UTF-8 always encodes.
	b, _ := json.Marshal([]string{salt, e.At.UTC().Format(time.RFC3339Nano), e.Actor, string(e.Act), e.Target, string(e.Outcome), e.Detail})
	sum := sha256.Sum256(b)
	return salt + ":" + hex.EncodeToString(sum[:])
}

// Intact reports whether a stored row is what was recorded, by its digest.
func Intact(e Event, stored string) bool {
	salt, _, ok := strings.Cut(stored, ":")
	for _, s := range []string{e.Actor, string(e.Act), e.Target, string(e.Outcome), e.Detail} {
		ok = ok && utf8.ValidString(s) // encoding would make different bad bytes look alike
	}
	return ok && digest(salt, e) == stored
}

var personal = []*regexp.Regexp{
	regexp.MustCompile(`\b(?:[0-9]{17}[0-9Xx]|[0-9]{15,19})\b`),                 // identity and card numbers
	regexp.MustCompile(`\b(?:86[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}\b`), // mobile telephones
	regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}`),
}

func blot(s string) string {
	for _, re := range personal {
		s = re.ReplaceAllString(s, "［已隐去］")
	}
	return s
}

// clean keeps what both engines can store.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

func shorten(s string) string {
	if r := []rune(s); len(r) > maxDetail {
		return string(r[:maxDetail-1]) + "…"
	}
	return s
}
