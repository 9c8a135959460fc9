// Package vault encrypts personal columns. A sealed value names the key it was
// sealed with and is bound to its table, column and row, so that it opens
// nowhere else. Keys lie in a file outside every backup; without the key a
// value cannot be read, and nothing is sealed with a new key in its stead.
package vault

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// Source says where the keys lie. File is made with mode 0600 at the first use;
// without it the database keeps them (table vault_keys), shared by all nodes:
// that guards archives, which never carry them, but not the database itself.
type Source struct {
	File string
	Now  func() time.Time // nil is time.Now
	Rand io.Reader        // nil is crypto/rand
}

// Vault seals and opens for one library. Safe for concurrent use.
type Vault struct {
	db  *store.DB
	src Source

	mu   sync.Mutex
	ring *ring
}

// New names the vault of a library; keys are read or made when first needed.
func New(db *store.DB, src Source) *Vault {
	if src.Now == nil {
		src.Now = time.Now
	}
	if src.Rand == nil {
		src.Rand = rand.Reader
	}
	return &Vault{db: db, src: src}
}

// Place is where a value stands. A sealed value opens only at its place.
type Place struct {
	Table, Column string
	Row           int64
}

func (p Place) bytes() []byte {
	return []byte(p.Table + "\x00" + p.Column + "\x00" + strconv.FormatInt(p.Row, 10))
}

// mark begins every sealed value: mark, key id, colon, base64.
const mark = "vault1:"

// Sealed tells a sealed value from one that was stored before the vault.
func Sealed(value string) bool { return strings.HasPrefix(value, mark) }

// KeyOf is the id of the key that a value was sealed with; "" for a plain one.
func KeyOf(value string) string {
	if !Sealed(value) {
		return ""
	}
	id, _, _ := strings.Cut(value[len(mark):], ":")
	return id
}

// Seal encrypts a value for its place. It must not be called inside a write
// transaction before Ready: the first call makes the keys. Errors: Unavailable
// when the keys are missing.
func (v *Vault) Seal(ctx context.Context, p Place, plain string) (sealed string, err error) {
	defer fault.Wrap(&err, "vault.Seal(%s.%s)", p.Table, p.Column)
	r, err := v.keys(ctx, true)
	if err != nil {
		return "", err
	}
	return v.seal(r, p, plain)
}

func (v *Vault) seal(r *ring, p Place, plain string) (string, error) {
	id := r.current()
	aead, err := gcm(r.data[id])
	if err != nil {
		return "", err
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	if _, err := io.ReadFull(v.src.Rand, nonce); err != nil {
		return "", err
	}
	return mark + id + ":" + base64.RawStdEncoding.EncodeToString(aead.Seal(nonce, nonce, []byte(plain), p.bytes())), nil
}

func gcm(key []byte) (cipher.AEAD, error) {
	b, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(b)
}

// Open decrypts what Seal made for this place. It never makes keys. Errors:
// Unavailable when the key is missing; Internal when the value was changed or
// belongs elsewhere.
func (v *Vault) Open(ctx context.Context, p Place, sealed string) (plain string, err error) {
	defer fault.Wrap(&err, "vault.Open(%s.%s)", p.Table, p.Column)
	id := KeyOf(sealed)
	if id == "" {
		return "", broken(errors.New("not a sealed value"))
	}
	r, err := v.keys(ctx, false)
	if err != nil {
		return "", err
	}
	if r.data[id] == nil { // another process may have added a key since
		if r, err = v.reload(ctx); err != nil {
			return "", err
		}
	}
	if r.data[id] == nil {
		return "", v.missing(id)
	}
	aead, err := gcm(r.data[id])
	if err != nil {
		return "", err
	}
	b, err := base64.RawStdEncoding.Strict().DecodeString(sealed[len(mark)+len(id)+1:])
	if err != nil || len(b) < aead.NonceSize() {
		return "", broken(errors.New("cut off"))
	}
	out, err := aead.Open(nil, b[:aead.NonceSize()], b[aead.NonceSize():], p.bytes())
	if err != nil {
		return "", broken(err)
	}
	return string(out), nil
}

func broken(err error) error {
	return &fault.Error{Kind: fault.Internal, Op: "vault.Open", Text: textBroken, Err: err}
}

// Blind is a keyed digest by which equal values are found without reading
// them. The caller normalises the value; equal values under different purposes
// give different digests.
func (v *Vault) Blind(ctx context.Context, purpose, value string) (digest string, err error) {
	defer fault.Wrap(&err, "vault.Blind(%s)", purpose)
	r, err := v.keys(ctx, true)
	if err != nil {
		return "", err
	}
	h := hmac.New(sha256.New, r.blind)
	h.Write([]byte(strconv.Itoa(len(purpose)) + ":" + purpose))
	h.Write([]byte(value))
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Ready reads the keys, making them for a library that has none yet.
func (v *Vault) Ready(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "vault.Ready")
	_, err = v.keys(ctx, true)
	return err
}
