package notify

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/jobs"
	"gongkai/internal/store"
)

// Headers and bounds of a request to a seal service.
const (
	DigestHeader = "Content-Digest" // sha-256=:base64: of the body, RFC 9530
	eventSeal    = "seal"
	MaxSealed    = 20 << 20 // of a sealed letter, in bytes
	// sealFor is how long a service may have a letter in hand: somebody there may
	// have to look at it first.
	sealFor = 7 * 24 * time.Hour
)

// sealArgs asks for one letter to be sealed.
type sealArgs struct {
	Message int64 `json:"message"`
}

// Kind names the work.
func (sealArgs) Kind() string { return "notify.seal" }

// askLater is the wait before a letter in the service's hand is asked for
// again: the longer it lies there, the less often.
func (n *Notifier) askLater(age time.Duration) time.Duration {
	return min(max(n.config.Backoff(1), age/4), time.Hour)
}

// deliverSeal asks for one letter. The id is the same in every try, so that a
// try whose answer was lost may be repeated.
func (n *Notifier) deliverSeal(ctx context.Context, j jobs.Job[sealArgs]) (err error) {
	defer fault.Wrap(&err, "notify.deliverSeal(%d)", j.Args.Message)
	for {
		m, err := n.hire(ctx, ChannelSeal, j.Args.Message, n.leaseFor())
		if err != nil || m == nil {
			return err
		}
		res, err := n.askSeal(ctx, m)
		if err == nil && res.clear && res.status == 0 && ctx.Err() != nil {
			err = ctx.Err() // the node stops: this try does not count
		}
		if err != nil {
			return errors.Join(err, n.putBack(context.WithoutCancel(ctx), m))
		}
		again, err := n.settleMail(context.WithoutCancel(ctx), m, res)
		if err != nil || again.IsZero() || again.Sub(n.now()) > sitOut || n.nearEnd(ctx) {
			return err
		}
		if err := pause(ctx, again.Sub(n.now())); err != nil {
			return err
		}
	}
}

// askSeal makes one try: the letter goes out, and what comes back is kept.
func (n *Notifier) askSeal(ctx context.Context, m *posted) (result, error) {
	if n.config.Seal.Paper == nil {
		return result{clear: true, reason: textNoSealer}, nil
	}
	p, err := n.config.Seal.Paper(ctx, m.seq)
	if err != nil {
		return judged(err)
	}
	res, pdf, err := n.postSeal(ctx, m, p)
	if err != nil || !res.taken {
		return res, err
	}
	if err := n.config.Seal.Take(ctx, m.seq, pdf); err != nil {
		return judged(err)
	}
	return res, nil
}

// judged makes a result of a failure of our own side: what cannot be changed by
// another try ends it, what can is tried again, and what nobody expected is an
// error of the job.
func judged(err error) (result, error) {
	switch fault.KindOf(err) {
	case fault.Gone, fault.NotFound:
		return result{gone: true, reason: fault.Text(err)}, nil
	case fault.Invalid, fault.TooLarge:
		return result{clear: true, final: true, reason: fault.Text(err)}, nil
	case fault.Unavailable, fault.Unsupported: // a scanner, a font, a key
		return result{clear: true, reason: fault.Text(err)}, nil
	}
	return result{}, err
}

// postSeal sends a letter and reads the answer: 200 with the sealed PDF, 202 for
// later, anything else below 500 is a refusal with its reason as text.
func (n *Notifier) postSeal(ctx context.Context, m *posted, p Paper) (result, []byte, error) {
	var url, secret string
	err := n.db.Reader().QueryRowContext(ctx, `SELECT url, secret FROM seal_services WHERE organ_id = $1`, p.Organ).Scan(&url, &secret)
	if errors.Is(err, sql.ErrNoRows) {
		return result{clear: true, final: true, reason: textNoSealer}, nil, nil
	}
	if err != nil {
		return result{}, nil, store.Sentence("notify.postSeal", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(p.PDF))
	if err != nil {
		return result{clear: true, final: true, reason: "电子印章服务的地址写法不对。"}, nil, nil
	}
	sum := sha256.Sum256(p.PDF)
	for name, value := range map[string]string{"Content-Type": "application/pdf", "Accept": "application/pdf", "User-Agent": "gongkai-seal/1", IDHeader: m.id, EventHeader: eventSeal,
		DigestHeader: "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":", SignatureHeader: Sign(secret, n.now(), p.PDF)} {
		req.Header.Set(name, value)
	}
	res, err := n.client.Do(req)
	if errors.Is(err, errForbidden) {
		return result{clear: true, final: true, reason: "电子印章服务的地址指向内部网络，没有发送。"}, nil, nil
	}
	if err != nil {
		return result{clear: true, reason: textSealSilent}, nil, nil
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, MaxSealed+1))
	err = errors.Join(err, res.Body.Close())
	out := result{status: res.StatusCode, clear: true}
	switch {
	case res.StatusCode == http.StatusAccepted:
		out.later, out.reason = true, textSealLater
		return out, nil, nil
	case res.StatusCode == http.StatusOK && err != nil:
		out.reason = textSealSilent
		return out, nil, nil
	case res.StatusCode == http.StatusOK && len(body) > MaxSealed:
		out.final, out.reason = true, fmt.Sprintf(textSealLarge, MaxSealed>>20)
		return out, nil, nil
	case res.StatusCode == http.StatusOK:
		out.taken = true
		return out, body, nil
	}
	out.reason = fmt.Sprintf(textSealSaid, res.StatusCode)
	if said := words(string(body)); said != "" && strings.HasPrefix(res.Header.Get("Content-Type"), "text/plain") {
		out.reason = fmt.Sprintf(textSealWhy, strings.TrimRight(said, "。"))
	}
	out.final = res.StatusCode < 500 && res.StatusCode != http.StatusTooManyRequests && res.StatusCode != http.StatusRequestTimeout
	return out, nil, nil
}
