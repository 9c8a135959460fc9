package publication

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"io"
	"time"
	"unicode/utf8"

	"gongkai/internal/fault"
)

// Entry is one act to be logged. WorkID and EditionID are internal and stand
// only in the row's own columns: gaps between internal ids would tell how much
// lies unpublished. Work (public id) and Edition (label) stand in the leaf.
// Digests are salted (see Digest); Detail holds short machine words. Titles
// and bodies never enter the log, because nothing can ever leave it.
type Entry struct {
	At        time.Time
	Act       Act
	WorkID    int64 // 0 = none
	EditionID int64 // 0 = none
	Work      int64 // public id, 0 = none
	Edition   int   // label; written when EditionID or Edition is not 0
	Digests   map[string]string
	Detail    map[string]string
}

// maxDetail bounds one value of Detail in bytes, so that no title slips in.
const maxDetail = 200

// timeLayout is RFC 3339 in UTC with all six digits of the microseconds; what
// is finer is cut off.
const timeLayout = "2006-01-02T15:04:05.000000Z"

// leaf is the canonical text of a log row: keys sorted (the fields below stand
// in that order, maps are sorted by the encoder), no HTML escaping, no spaces.
type leaf struct {
	Act     Act               `json:"act"`
	At      string            `json:"at"`
	Detail  map[string]string `json:"detail,omitempty"`
	Digests map[string]string `json:"digests,omitempty"`
	Edition *int              `json:"edition,omitempty"`
	Seq     int64             `json:"seq"`
	Work    int64             `json:"work,omitempty"`
}

func (e Entry) check() error {
	bad := func(text string) error { return fault.New(fault.Internal, "publication.Append: "+text, "") }
	switch {
	case e.Act == "":
		return bad("no act")
	case e.At.IsZero():
		return bad("no time")
	case (e.WorkID == 0) != (e.Work == 0) || e.WorkID < 0 || e.Work < 0:
		return bad("a work needs its internal and its public id")
	case e.EditionID != 0 && e.WorkID == 0:
		return bad("an edition needs its work")
	}
	for _, m := range []map[string]string{e.Digests, e.Detail} {
		for k, v := range m {
			if len(v) > maxDetail || !utf8.ValidString(v) || !utf8.ValidString(k) {
				return bad("value of " + k + " is too long or not UTF-8")
			}
		}
	}
	return nil
}

// canonical is the text of the leaf with its sequence number.
func (e Entry) canonical(seq int64) (string, error) {
	l := leaf{Act: e.Act, At: e.At.UTC().Format(timeLayout), Detail: e.Detail, Digests: e.Digests, Seq: seq, Work: e.Work}
	if e.EditionID != 0 || e.Edition != 0 {
		l.Edition = &e.Edition
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(l); err != nil {
		return "", err
	}
	return string(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil
}

func parseLeaf(text string) (leaf, error) {
	var l leaf
	err := json.Unmarshal([]byte(text), &l)
	return l, err
}

// Digest is the hex SHA-256 of salt and data, each after its length in eight
// bytes, so that no two pairs run together. Without the salt the digest
// confirms no guess; deleting the salt makes it mute.
func Digest[S, D ~string | ~[]byte](salt S, data D) string {
	h := sha256.New()
	for _, part := range [][]byte{[]byte(salt), []byte(data)} {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(part)))
		h.Write(n[:])
		h.Write(part)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// NewSalt reads 16 bytes and gives them in hex.
func NewSalt(rand io.Reader) (string, error) {
	b := make([]byte, 16)
	if _, err := io.ReadFull(rand, b); err != nil {
		return "", &fault.Error{Kind: fault.Internal, Op: "publication.NewSalt", Err: err}
	}
	return hex.EncodeToString(b), nil
}
