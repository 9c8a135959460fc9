package publication

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"gongkai/internal/fault"
	"gongkai/internal/filestore"
	"gongkai/internal/store"
)

// KeySource says where the private key that signs heads lives, in this order:
// File, made with mode 0600 when missing (a library in a data folder); Env,
// the key's text as configuration gives it (PRIVATE+KEY+…); the database
// itself when both are empty, shared by all nodes and no better guarded than
// the database.
type KeySource struct {
	File string
	Env  string
	Now  func() time.Time // nil is time.Now
	Rand io.Reader        // nil is crypto/rand
}

// Key signs heads of the log.
type Key struct {
	signer note.Signer
	// Verifier is the public half as text (name+hash+base64). Print it outside
	// the library: it is what others check heads with.
	Verifier string
}

// LoadKey loads the key or makes one, and writes its verifier to log_keys,
// where the verifiers of all earlier keys stay.
func LoadKey(ctx context.Context, db *store.DB, src KeySource) (key *Key, err error) {
	defer fault.Wrap(&err, "publication.LoadKey")
	if src.Now == nil {
		src.Now = time.Now
	}
	if src.Rand == nil {
		src.Rand = rand.Reader
	}
	// The head row is locked so that of several processes one makes the key.
	err = db.Tx(ctx, func(tx *sql.Tx) error {
		var id int
		err := tx.QueryRowContext(ctx, `SELECT id FROM log_head WHERE id = 1`+db.Dialect.ForUpdate()).Scan(&id)
		if err != nil && !errors.Is(err, sql.ErrNoRows) { // without a head the library opens, so that verify can say so
			return err
		}
		skey, stored, err := src.signer(ctx, tx)
		if err != nil {
			return err
		}
		if key, err = openKey(skey); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO log_keys (name, verifier, signer, created_at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (name) DO NOTHING`,
			key.signer.Name(), key.Verifier, stored, src.Now().UTC().UnixMicro())
		return err
	})
	if err != nil {
		return nil, err
	}
	return key, nil
}

// signer gives the private key's text, and what of it the database keeps.
func (src KeySource) signer(ctx context.Context, tx *sql.Tx) (skey, stored string, err error) {
	switch {
	case src.File != "":
		b, err := os.ReadFile(src.File)
		if errors.Is(err, fs.ErrNotExist) {
			if skey, err = src.generate(); err == nil {
				err = writeSecret(src.File, skey+"\n")
			}
			return skey, "", err
		}
		if err != nil {
			err = &fault.Error{Kind: fault.Unavailable, Op: "publication.LoadKey", Text: "读不了存证签名的私钥文件 keys/log.key，请检查权限。", Err: err}
		}
		return strings.TrimSpace(string(b)), "", err
	case src.Env != "":
		return strings.TrimSpace(src.Env), "", nil
	}
	err = tx.QueryRowContext(ctx, `SELECT signer FROM log_keys WHERE signer <> '' ORDER BY created_at DESC, name LIMIT 1`).Scan(&skey)
	if errors.Is(err, sql.ErrNoRows) {
		skey, err = src.generate()
	}
	return skey, skey, err
}

// generate makes a key with a name of its own, so that keys can follow one another.
func (src KeySource) generate() (string, error) {
	b := make([]byte, 4)
	if _, err := io.ReadFull(src.Rand, b); err != nil {
		return "", err
	}
	skey, _, err := note.GenerateKey(src.Rand, "gongkai-"+hex.EncodeToString(b))
	return skey, err
}

func openKey(skey string) (*Key, error) {
	bad := func(err error) error {
		return &fault.Error{Kind: fault.Invalid, Op: "publication.LoadKey", Text: "存证签名的私钥不完整或写法不对，请从保管处重新取得。", Err: err}
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		return nil, bad(err)
	}
	verifier, err := verifierOf(skey)
	if err != nil {
		return nil, bad(err)
	}
	return &Key{signer: signer, Verifier: verifier}, nil
}

// writeSecret writes a file that only its owner reads, whole or not at all.
func writeSecret(path, text string) (err error) {
	defer func() {
		if err != nil {
			err = &fault.Error{Kind: fault.Unavailable, Op: "publication.LoadKey", Text: "不能保存存证签名的私钥，请检查数据文件夹的空间和权限。", Err: err}
		}
	}()
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return filestore.WriteWhole(path, 0o600, func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
}

// sign makes the signed note of a head.
func (k *Key) sign(text string) (string, error) {
	b, err := note.Sign(&note.Note{Text: text}, k.signer)
	return string(b), err
}

// Verifiers lists the public keys that may sign heads of this library.
func Verifiers(ctx context.Context, q store.Querier) (out []string, err error) {
	defer fault.Wrap(&err, "publication.Verifiers")
	rows, err := q.QueryContext(ctx, `SELECT verifier FROM log_keys ORDER BY created_at, name`)
	if err != nil {
		return nil, store.Sentence("publication.Verifiers", err)
	}
	defer rows.Close()
	for rows.Next() {
		var v string
		if err := rows.Scan(&v); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// verifierOf derives the public key's text; note itself gives it only when a
// key is made.
func verifierOf(skey string) (string, error) {
	parts := strings.SplitN(skey, "+", 5)
	if len(parts) != 5 {
		return "", fmt.Errorf("private key has %d parts", len(parts))
	}
	b, err := base64.StdEncoding.DecodeString(parts[4])
	if err != nil || len(b) != 33 {
		return "", fmt.Errorf("private key of %d bytes: %w", len(b), err)
	}
	return note.NewEd25519VerifierKey(parts[2], ed25519.PublicKey(ed25519.NewKeyFromSeed(b[1:])[ed25519.SeedSize:]))
}
