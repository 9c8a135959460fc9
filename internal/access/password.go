package access

import (
	"bytes"
	"context"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"unicode"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"gongkai/internal/fault"
)

// HashParams are the costs of argon2id. They are stored with each hash, and a
// hash made with other costs is made anew at the next sign-in.
type HashParams struct {
	Memory  uint32 // KiB
	Time    uint32
	Threads uint8
}

// DefaultHash is about 30 ms on a small server core and 19 MiB a sign-in.
var DefaultHash = HashParams{Memory: 19 * 1024, Time: 2, Threads: 1}

const (
	saltBytes   = 16
	hashBytes   = 32
	minPassword = 8   // runes
	maxPassword = 200 // bytes; more is a way to make us work
)

//go:embed data/common.txt
var commonText string

var common = func() map[string]bool {
	m := map[string]bool{}
	for _, line := range strings.Fields(commonText) {
		m[line] = true
	}
	return m
}()

// hasher makes and checks hashes, a few at a time, so that a flood of sign-ins
// cannot take all memory.
type hasher struct {
	params HashParams
	rand   io.Reader
	slots  chan struct{}
	decoy  string // checked for accounts that do not exist
}

func newHasher(p HashParams, random io.Reader, slots int) (*hasher, error) {
	h := &hasher{params: p, rand: random, slots: make(chan struct{}, slots)}
	var err error
	h.decoy, err = h.hash(context.Background(), "-")
	return h, err
}

func (h *hasher) slot(ctx context.Context) error {
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// hash gives $argon2id$v=19$m=…,t=…,p=…$salt$hash.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltBytes)
	if _, err := io.ReadFull(h.rand, salt); err != nil {
		return "", err
	}
	if err := h.slot(ctx); err != nil {
		return "", err
	}
	defer func() { <-h.slots }()
	p := h.params
	sum := argon2.IDKey([]byte(norm.NFKC.String(password)), salt, p.Time, p.Memory, p.Threads, hashBytes)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.Memory, p.Time, p.Threads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(sum)), nil
}

// check compares a password with a stored hash; stale means the hash was made
// with other costs than today's.
func (h *hasher) check(ctx context.Context, password, stored string) (ok, stale bool, err error) {
	p, salt, want, err := parseHash(stored)
	if err != nil {
		return false, false, err
	}
	if err := h.slot(ctx); err != nil {
		return false, false, err
	}
	defer func() { <-h.slots }()
	got := argon2.IDKey([]byte(norm.NFKC.String(password)), salt, p.Time, p.Memory, p.Threads, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1, p != h.params, nil
}

func parseHash(s string) (p HashParams, salt, sum []byte, err error) {
	bad := func() (HashParams, []byte, []byte, error) {
		return HashParams{}, nil, nil, fault.New(fault.Internal, "access.parseHash", "")
	}
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return bad()
	}
	if n, e := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.Memory, &p.Time, &p.Threads); e != nil || n != 3 || p.Time == 0 || p.Threads == 0 || p.Memory > 1<<21 {
		return bad()
	}
	salt, e1 := base64.RawStdEncoding.DecodeString(parts[4])
	sum, e2 := base64.RawStdEncoding.DecodeString(parts[5])
	if e1 != nil || e2 != nil || len(sum) < 16 {
		return bad()
	}
	return p, salt, sum, nil
}

// CheckPassword says in a field error why a new password cannot stand: too
// short or long, common, only digits, one pattern, or the login itself.
func CheckPassword(login, password string) error {
	refuse := func(text string, args ...any) error {
		return fault.Field("access.CheckPassword", fieldNewPassword, text, args...)
	}
	folded := strings.ToLower(norm.NFKC.String(password))
	runes := []rune(folded)
	switch {
	case len(runes) < minPassword:
		return refuse(textPasswordShort, minPassword)
	case len(password) > maxPassword:
		return refuse(textPasswordLong, maxPassword)
	case strings.IndexFunc(password, unicode.IsControl) >= 0:
		return refuse(textPasswordControl)
	case distinct(runes) < 4:
		return refuse(textPasswordPattern)
	case strings.TrimFunc(folded, func(r rune) bool { return r >= '0' && r <= '9' }) == "":
		return refuse(textPasswordDigits)
	case isCommon(folded):
		return refuse(textPasswordCommon)
	case login != "" && strings.Contains(folded, strings.ToLower(login)) && len(folded)-len(login) < 6:
		return refuse(textPasswordLogin)
	}
	return nil
}

// isCommon looks the password up, also without the digits and signs that
// people put at its end.
func isCommon(s string) bool {
	if common[s] {
		return true
	}
	base := strings.TrimRightFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
	return common[base] && len(s)-len(base) <= 4
}

func distinct(rs []rune) int {
	seen := map[rune]bool{}
	for _, r := range rs {
		seen[r] = true
	}
	return len(seen)
}

// passwordLetters leaves out letters that are mistaken for others on paper.
const passwordLetters = "abcdefghjkmnpqrstuvwxyz23456789"

// NewPassword makes a random password of three groups of five (74 bits).
func NewPassword(random io.Reader) (string, error) {
	var b bytes.Buffer
	for b.Len() < 17 {
		if b.Len() == 5 || b.Len() == 11 {
			b.WriteByte('-')
			continue
		}
		var c [1]byte
		if _, err := io.ReadFull(random, c[:]); err != nil {
			return "", err
		}
		if n := int(c[0]); n < 256/len(passwordLetters)*len(passwordLetters) { // no letter likelier than another
			b.WriteByte(passwordLetters[n%len(passwordLetters)])
		}
	}
	return b.String(), nil
}
