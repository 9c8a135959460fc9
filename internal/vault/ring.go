package vault

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
)

// keyBytes is the length of every key: AES-256 and HMAC-SHA256.
const keyBytes = 32

// Kinds of keys, as they stand in the file and in vault_keys.
const (
	kindData  = "data"
	kindBlind = "blind"
)

// fileHead is the first line of a key file.
const fileHead = "gongkai-vault-1"

// ring is all keys of a library. New values are sealed with the newest data
// key; older ones only open what they sealed.
type ring struct {
	data    map[string][]byte
	order   []string // ids of data keys, the newest last
	blind   []byte
	blindID string
}

func (r *ring) current() string { return r.order[len(r.order)-1] }

// keyID is read off the key itself, so that a wrong key under a right name
// cannot exist.
func keyID(kind string, key []byte) string {
	sum := sha256.Sum256(append([]byte("gongkai vault "+kind+"\x00"), key...))
	return hex.EncodeToString(sum[:6])
}

func (r *ring) add(kind string, key []byte) error {
	id := keyID(kind, key)
	switch {
	case len(key) != keyBytes:
		return fmt.Errorf("a key of %d bytes", len(key))
	case kind == kindData && r.data[id] == nil:
		r.data[id] = key
		r.order = append(r.order, id)
	case kind == kindBlind && r.blind == nil:
		r.blind, r.blindID = key, id
	default:
		return fmt.Errorf("a second or unknown key of kind %q", kind)
	}
	return nil
}

// whole reports that nothing is missing for work.
func (r *ring) whole() bool { return len(r.order) > 0 && r.blind != nil }

func emptyRing() *ring { return &ring{data: map[string][]byte{}} }

// newRing makes the first keys of a library.
func newRing(random io.Reader) (*ring, error) {
	r := emptyRing()
	for _, kind := range []string{kindData, kindBlind} {
		key, err := newKey(random)
		if err != nil {
			return nil, err
		}
		if err := r.add(kind, key); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func newKey(random io.Reader) ([]byte, error) {
	b := make([]byte, keyBytes)
	_, err := io.ReadFull(random, b)
	return b, err
}

// line is a key as text: kind, id and the key in base64.
func line(kind string, key []byte) string {
	return kind + " " + keyID(kind, key) + " " + base64.StdEncoding.EncodeToString(key)
}

// text is the whole ring as a key file.
func (r *ring) text() string {
	var b strings.Builder
	b.WriteString(fileHead + "\n")
	for _, id := range r.order {
		b.WriteString(line(kindData, r.data[id]) + "\n")
	}
	b.WriteString(line(kindBlind, r.blind) + "\n")
	return b.String()
}

// parseRing reads a key file; every fault is an error, because a key that was
// read wrong would lock everything that it seals.
func parseRing(text string) (*ring, error) {
	head, rest, _ := strings.Cut(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	if strings.TrimSpace(head) != fileHead {
		return nil, fmt.Errorf("the first line is not %q", fileHead)
	}
	r := emptyRing()
	for n, l := range strings.Split(rest, "\n") {
		if strings.TrimSpace(l) == "" {
			continue
		}
		if err := r.addLine(l); err != nil {
			return nil, fmt.Errorf("line %d: %w", n+2, err)
		}
	}
	if !r.whole() {
		return nil, fmt.Errorf("a key is missing: %d data keys, blind key %v", len(r.order), r.blind != nil)
	}
	return r, nil
}

func (r *ring) addLine(l string) error {
	f := strings.Fields(l)
	if len(f) != 3 {
		return fmt.Errorf("%d words instead of 3", len(f))
	}
	key, err := base64.StdEncoding.Strict().DecodeString(f[2])
	if err != nil {
		return fmt.Errorf("not base64")
	}
	if keyID(f[0], key) != f[1] {
		return fmt.Errorf("the key does not fit its id %q", f[1])
	}
	return r.add(f[0], key)
}
