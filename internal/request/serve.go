package request

import (
	"context"
	"strings"
	"time"

	"gongkai/internal/clock"
	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// The ways an answer is served.
const (
	ServeOnline  = "online"
	ServeMail    = "mail"
	ServeCounter = "counter"
	ServePost    = "post"
)

// ServeChannels lists them with their names. There is no courier: a public
// letter goes by the postal enterprise alone.
var ServeChannels = []struct{ Code, Name string }{{ServePost, "中国邮政寄送"}, {ServeCounter, "当面送达"}, {ServeOnline, "网上送达"}, {ServeMail, "电子邮件送达"}}

// ServeResult is how far an attempt has come.
type ServeResult string

// The results of an attempt.
const (
	ServePosted    ServeResult = "posted"    // on its way: posted, or handed to the mail server
	ServeDelivered ServeResult = "delivered" // arrived or signed for: the remedy clock runs
	ServeFailed    ServeResult = "failed"    // came back, or could not be handed over
)

// Name is the result in Chinese.
func (s ServeResult) Name() string {
	return map[ServeResult]string{ServePosted: "已发出，等待签收", ServeDelivered: "已送达", ServeFailed: "没有送达"}[s]
}

// Attempt is one service of an answer as its notes stand now.
type Attempt struct {
	No        int
	Round     int // of the answer: 1, and one more each time it is answered anew
	Channel   string
	On        workday.Date // posted, sent, put online or handed over
	SignedOn  workday.Date // reached the applicant; zero while unknown
	Proof     string       // number of the postal item, or of the certificate of service
	Warning   string       // what looks odd about the number; it was kept all the same
	Result    ServeResult
	Reason    string // why it failed, or why the notes were corrected
	Corrected int    // how often the notes were corrected
	By        string
	At        time.Time
}

// ChannelName is the way in Chinese.
func (a *Attempt) ChannelName() string {
	for _, c := range ServeChannels {
		if c.Code == a.Channel {
			return c.Name
		}
	}
	return a.Channel
}

// answer is the fact by which this attempt answered the request, if it did: by
// post the day of posting, also when the item comes back; otherwise the day it
// reached the applicant.
func (a *Attempt) answer() (clock.Fact, bool) {
	switch {
	case a.Channel == ServePost:
		return clock.Fact{Event: clock.Posted, At: clock.On(a.On)}, true
	case a.Result == ServeDelivered:
		return clock.Fact{Event: clock.AnswerServed, At: clock.On(a.SignedOn)}, true
	}
	return clock.Fact{}, false
}

// Service is what is known of serving a request's answers.
type Service struct {
	Attempts []Attempt
	Rounds   []Round // the answers after the first, see Round
	Erased   []Erasure
	// RetainUntil is the last day on which who asked is kept.
	RetainUntil workday.Date
}

// Round is the number of the answer that is under way or given: 1 at first.
func (s *Service) Round() int { return len(s.Rounds) + 1 }

// of lists the attempts of a round.
func (s *Service) of(round int) (out []Attempt) {
	for _, a := range s.Attempts {
		if a.Round == round {
			out = append(out, a)
		}
	}
	return out
}

// Delivered is the attempt of this round that reached the applicant first; nil
// while none has.
func (s *Service) Delivered() *Attempt { return s.delivered(s.Round()) }

func (s *Service) delivered(round int) (first *Attempt) {
	list := s.of(round)
	for i := range list {
		a := &list[i]
		if a.Result == ServeDelivered && (first == nil || a.SignedOn.Before(first.SignedOn)) {
			first = a
		}
	}
	return first
}

// Pending is the last attempt of this round that is still on its way.
func (s *Service) Pending() *Attempt {
	list := s.of(s.Round())
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Result == ServePosted {
			return &list[i]
		}
	}
	return nil
}

// answered is the earliest attempt of a round that answered the request.
func (s *Service) answered(round int) (a *Attempt, fact clock.Fact) {
	list := s.of(round)
	for i := range list {
		if f, ok := list[i].answer(); ok && (a == nil || f.At.Day.Before(fact.At.Day)) {
			a, fact = &list[i], f
		}
	}
	return a, fact
}

// The kinds of notes about an attempt, as they stand in rows.
const (
	noteSent      = "sent"
	noteSigned    = "signed"
	noteFailed    = "failed"
	noteCorrected = "corrected"
)

// serviceNote is one row.
type serviceNote struct {
	id             int64
	round, attempt int
	kind, channel  string
	on, signed     workday.Date
	proof, reason  string
	login          string
	at             time.Time
}

// fold makes the attempts of their notes. A correction replaces what was noted
// of channel, days, number and outcome; the older notes stay in their rows.
func fold(notes []serviceNote) (out []Attempt) {
	for _, n := range notes {
		if n.kind == noteSent {
			a := Attempt{No: n.attempt, Round: n.round, By: n.login, At: n.at}
			a.set(n)
			out = append(out, a)
			continue
		}
		i := n.attempt - 1
		if i < 0 || i >= len(out) {
			continue // no attempt of that number: its row was destroyed on order
		}
		a := &out[i]
		switch n.kind {
		case noteSigned:
			a.SignedOn, a.Result = n.signed, ServeDelivered
			if n.proof != "" {
				a.Proof = n.proof
			}
		case noteFailed:
			a.Result, a.Reason = ServeFailed, n.reason
		case noteCorrected:
			a.Corrected++
			a.set(n)
			a.Reason = n.reason
		}
	}
	return out
}

// set takes over what a note says of the attempt as a whole.
func (a *Attempt) set(n serviceNote) {
	a.Channel, a.On, a.SignedOn, a.Proof = n.channel, n.on, n.signed, n.proof
	a.Warning = PostalWarning(n.channel, n.proof)
	a.Result = ServePosted
	if !n.signed.IsZero() {
		a.Result = ServeDelivered
	}
}

// PostalWarning says what looks odd about the number of a postal item: China
// Post gives EMS and registered items two letters, nine digits and CN, or
// thirteen digits. The number is kept as it was written.
func PostalWarning(channel, number string) string {
	if channel != ServePost {
		return ""
	}
	n := strings.ToUpper(strings.ReplaceAll(number, " ", ""))
	digits := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	switch {
	case len(n) == 13 && digits(n):
		return ""
	case len(n) == 13 && strings.Trim(n[:2], "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" && digits(n[2:11]) && n[11:] == "CN":
		if !s10(n[2:11]) {
			return "邮件号码的校验位不对，请核对邮政回执。"
		}
		return ""
	}
	return "不像中国邮政的邮件号码（两个字母、九位数字加 CN，或者十三位数字），请核对邮政回执。"
}

// s10 checks the ninth digit of an item number, by the standard S10 of the
// postal union: weights 8 6 4 2 3 5 9 7, 11 less the rest, 10 is 0 and 11 is 5.
func s10(d string) bool {
	sum := 0
	for i, w := range []int{8, 6, 4, 2, 3, 5, 9, 7} {
		sum += w * int(d[i]-'0')
	}
	c := 11 - sum%11
	switch c {
	case 10:
		c = 0
	case 11:
		c = 5
	}
	return int(d[8]-'0') == c
}

// loadService reads the notes, rounds and erasures of a request.
func (r *Room) loadService(ctx context.Context, q store.Querier, out *Request) (err error) {
	defer fault.Wrap(&err, "request.loadService(%d)", out.Case)
	notes, err := serviceNotes(ctx, q, out.Case)
	if err != nil {
		return err
	}
	out.Service.Attempts = fold(notes)
	if out.Service.Rounds, err = rounds(ctx, q, out.Case); err != nil {
		return err
	}
	if out.Service.Erased, err = erasures(ctx, q, `case_id = $1`, out.Case); err != nil {
		return err
	}
	var until string
	if err := q.QueryRowContext(ctx, `SELECT retain_until FROM requests WHERE case_id = $1`, out.Case).Scan(&until); err != nil {
		return err
	}
	out.Service.RetainUntil, err = day(until)
	return err
}

func serviceNotes(ctx context.Context, q store.Querier, id int64) (out []serviceNote, err error) {
	rows, err := q.QueryContext(ctx, `SELECT id, round, attempt, kind, channel, on_day, signed_on, proof, reason, login, at FROM request_services WHERE case_id = $1 ORDER BY id`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var n serviceNote
		var on, signed string
		var at int64
		if err := rows.Scan(&n.id, &n.round, &n.attempt, &n.kind, &n.channel, &on, &signed, &n.proof, &n.reason, &n.login, &at); err != nil {
			return nil, err
		}
		n.at = instant(at)
		if n.on, err = day(on); err != nil {
			return nil, err
		}
		if n.signed, err = day(signed); err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, rows.Err()
}

// addNote writes one row; it and the event of the act are one transaction.
func addNote(ctx context.Context, t *turn, n serviceNote) error {
	_, err := t.Tx.ExecContext(ctx, `INSERT INTO request_services (case_id, round, attempt, kind, channel, on_day, signed_on, proof, reason, event_no, login, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`, t.Case.ID, n.round, n.attempt, n.kind, n.channel, n.on.String(), n.signed.String(), n.proof, n.reason,
		t.Case.Events+1, t.Actor.Login, t.Now.UnixMicro())
	return err
}
