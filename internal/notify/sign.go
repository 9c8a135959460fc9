package notify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"gongkai/internal/fault"
)

// SignatureHeader carries "t=<Unix seconds>,v1=<hex>". The hex is the
// HMAC-SHA256, under the hook's secret, of the seconds, a full stop, and the
// body to the byte. With the time inside, an old message cannot be sent again
// as a new one.
const SignatureHeader = "Gongkai-Signature"

// Other headers of a request: the message's stable id, and its event.
const (
	IDHeader    = "Gongkai-Id"
	EventHeader = "Gongkai-Event"
)

// Sign makes the value of SignatureHeader.
func Sign(secret string, at time.Time, body []byte) string {
	t := strconv.FormatInt(at.Unix(), 10)
	return "t=" + t + ",v1=" + hex.EncodeToString(mac(secret, t, body))
}

func mac(secret, t string, body []byte) []byte {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(t + "."))
	h.Write(body)
	return h.Sum(nil)
}

// Verify is what a receiver does: it refuses a signature of another secret,
// another body, or a time further from now than tolerance.
func Verify(secret, header string, body []byte, now time.Time, tolerance time.Duration) error {
	bad := func(why string) error {
		return fault.New(fault.Forbidden, "notify.Verify: "+why, "签名不对或者已经过时。")
	}
	var t, v1 string
	for part := range strings.SplitSeq(header, ",") {
		switch name, value, _ := strings.Cut(part, "="); name {
		case "t":
			t = value
		case "v1":
			v1 = value
		}
	}
	seconds, err := strconv.ParseInt(t, 10, 64)
	if err != nil {
		return bad("no time")
	}
	given, err := hex.DecodeString(v1)
	if err != nil || !hmac.Equal(given, mac(secret, t, body)) {
		return bad("another signature")
	}
	if d := now.Sub(time.Unix(seconds, 0)); d > tolerance || d < -tolerance {
		return bad("another time")
	}
	return nil
}
