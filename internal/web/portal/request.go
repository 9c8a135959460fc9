package portal

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/fault"
	foi "gongkai/internal/request"
	"gongkai/internal/workday"
)

// Requests is what the portal needs of disclosure on request.
type Requests interface {
	Consultations
	// SubmitAll takes all parts of a form or none; it gives the same receipts again
	// for the same tokens and words.
	SubmitAll(ctx context.Context, list []foi.Application) ([]*foi.Receipt, error)
	// Track is NotFound for every pair of code and second fact but the right one.
	Track(ctx context.Context, code, second string) (*casework.Case, *foi.Request, error)
	// Due is the latest date of the answer with its sum.
	Due(ctx context.Context, id int64) (clock.Result, error)
	// Reveal reads who asked; each reading stands in the audit log.
	Reveal(ctx context.Context, a access.Actor, id int64) (*foi.Applicant, error)
	// HandedOut reads a file that went out with the answer.
	HandedOut(ctx context.Context, a access.Actor, id, version int64) (*foi.Version, []byte, error)
	// Apply is an act of the applicant on their case.
	Apply(ctx context.Context, d casework.Do) (*casework.Result, error)
	// Similar are earlier answers to similar words, without anybody who asked.
	Similar(ctx context.Context, words string, limit int) ([]foi.Earlier, error)
	// WentTo counts to which organs similar requests went.
	WentTo(ctx context.Context, words string) ([]foi.Went, error)
	// CountUnneeded counts that somebody found a work and need not ask.
	CountUnneeded(ctx context.Context, work int64) error
	// Conversation opens the messages of a case for one side.
	Conversation(ctx context.Context, a access.Actor, id int64) ([]foi.Message, error)
	// OpenLetter notes when the applicant first opened a letter.
	OpenLetter(ctx context.Context, id, letter int64) (time.Time, error)
	// Rate keeps the applicant's opinion of the answer, once.
	Rate(ctx context.Context, id int64, mark int, word string) error
	// Suggest keeps that the applicant wants what was given made public.
	Suggest(ctx context.Context, id int64, why string) error
	// Contest is until when an answer or its absence can be contested.
	Contest(ctx context.Context, c *casework.Case, q *foi.Request) (*foi.Contest, error)
}

// Gate bounds how often one client does a thing; without a turn left it tells
// how long to wait.
type Gate func(r *http.Request) (wait time.Duration, ok bool)

const (
	maxRequestForm = 128 << 10 // bytes of a form; 4,000 characters are 36 KB as a form sends them
	wrongPairWait  = time.Second
	asksRoot       = "/requests/"
)

// errTooOften marks a client that has no turn left.
var errTooOften = errors.New("too many requests")

// pass lets a client through or answers with the seconds to wait.
func (g Gate) pass(w http.ResponseWriter, r *http.Request) error {
	if g == nil {
		return nil
	}
	wait, ok := g(r)
	if ok {
		return nil
	}
	seconds := int(math.Ceil(wait.Seconds()))
	w.Header().Set("Retry-After", strconv.Itoa(seconds))
	return &fault.Error{Kind: fault.Conflict, Op: "portal.Gate", Text: sprintf(textTooOften, waitWords(seconds)), Err: errTooOften}
}

func waitWords(seconds int) string {
	if seconds < 60 {
		return strconv.Itoa(max(1, seconds)) + " 秒"
	}
	return strconv.Itoa((seconds+59)/60) + " 分钟"
}

// formOf reads a posted form that comes from a page of this site. Nothing of
// it may stay in a cache, and no address elsewhere may learn where it came from.
func (p *Portal) formOf(w http.ResponseWriter, r *http.Request) error {
	secluded(w.Header())
	if err := p.origin.Check(r); err != nil {
		return &fault.Error{Kind: fault.Forbidden, Op: "portal.formOf", Text: textCrossOrigin, Err: err}
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxRequestForm)
	if err := r.ParseForm(); err != nil {
		var big *http.MaxBytesError
		if errors.As(err, &big) {
			return &fault.Error{Kind: fault.TooLarge, Op: "portal.formOf", Text: textFormTooLarge, Err: err}
		}
		return &fault.Error{Kind: fault.Invalid, Op: "portal.formOf", Text: textFormUnread, Err: err}
	}
	return nil
}

// posted is a field as it was typed, without what no text holds.
func posted(r *http.Request, name string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(r.PostFormValue(name), ""), "\x00", ""))
}

// narrow turns the wide letters and digits of an input method into plain ones.
func narrow(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= '！' && c <= '～' {
			return c - '！' + '!'
		}
		return c
	}, s)
}

// sumView is the latest date of an answer with the lines of its sum.
type sumView struct {
	Due         workday.Date // zero while the clock stands
	State       clock.State
	Late        bool // still running although the last day has passed
	Provisional string
	Steps       []sumLine
}

type sumLine struct {
	clock.Step
	Excluded bool // days that do not count
}

func viewSum(res clock.Result, today workday.Date) (v sumView) {
	v.State, v.Due = res.State, res.Due.Day
	v.Late = res.State == clock.Running && res.HasDue() && today.After(res.Due.Day)
	if res.Provisional {
		v.Provisional = res.Reason
	}
	for _, s := range res.Steps {
		v.Steps = append(v.Steps, sumLine{s, strings.HasPrefix(s.Rule, "A-76") || s.Rule == "A-77" || s.Rule == "A-78"})
	}
	return v
}
