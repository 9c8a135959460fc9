package portal

import (
	"context"
	"crypto/rand"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/org"
	foi "gongkai/internal/request"
	"gongkai/internal/web/ui"
	"gongkai/internal/workday"
)

// trackPage asks for the code and the second fact. Both travel in forms only,
// so that no address, history or log holds them.
type trackPage struct {
	ui.Page
	Error string
	Code  string
}

// trackedPage is a request as its applicant sees it.
type trackedPage struct {
	ui.Page
	Code, Second, Token string
	Case                *casework.Case
	Request             *foi.Request
	State               stateWord
	Organ               *org.Organ
	Sum                 sumView
	Events              []trackEvent
	Letters             []foi.Letter
	Messages            []foi.Message
	Way, Delivery       string
	Papers              int    // files that prove who asks, added with the form
	Said                string // what an act did
	Error               string // why an act was refused
	Content, Reason     string // of the forms, as typed
	Message, Word       string
	CanMend, CanLeave   bool
	CanTalk, CanConsent bool
	CanRate, CanSuggest bool
	Suggest             string
	Marks               []choice
	Remedy              string // of a served answer
	Contest             *foi.Contest
	Service             []servedLine
	Pick                string // where the letter lies ready, "" when it comes by itself
	Closed              bool
}

// servedLine is one service of an answer.
type servedLine struct {
	On       workday.Date
	What     string
	SignedOn workday.Date
	Proof    string // number of the postal item
	Again    bool   // it did not arrive
}

// servedLines tell how answers were served, the newest first. Why one came back
// stays with the office: its words may name others.
func servedLines(q *foi.Request) (out []servedLine) {
	for _, a := range slices.Backward(q.Service.Attempts) {
		l := servedLine{On: a.On, What: a.ChannelName(), SignedOn: a.SignedOn, Again: a.Result == foi.ServeFailed}
		if a.Channel == foi.ServePost {
			l.Proof = a.Proof
		}
		if a.Round < q.Service.Round() {
			l.What += "（原来的答复）"
		}
		out = append(out, l)
	}
	return out
}

type trackEvent struct {
	On   workday.Date
	Text string
}

func (p *Portal) trackForm(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.trackForm")
	w.Header().Set("Cache-Control", "no-store")
	return p.showTrack(w, r, "", http.StatusOK)
}

func (p *Portal) showTrack(w http.ResponseWriter, r *http.Request, wrong string, status int) error {
	d := &trackPage{Page: p.base(r, textTrack), Error: wrong}
	d.HideSearch = true
	d.Crumbs = crumbs(document.Crumb{Name: textDisclosure, Href: "/disclosure/"}, document.Crumb{Name: textTrack})
	if status != http.StatusOK {
		d.Code = shorten(posted(r, "code"), 40)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
	}
	return p.render(w, r, "request_track", d)
}

// track shows the request behind a code, after the applicant's act if the form
// carries one: mending what the office asked for, or withdrawing.
func (p *Portal) track(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.track")
	d, err := p.tracked(w, r)
	if d == nil || err != nil {
		return err
	}
	switch posted(r, "act") {
	case "mend":
		return p.act(w, r, d, foi.ActApplicant, textMended, &foi.CorrectedForm{Content: posted(r, "content"), On: p.today()})
	case "withdraw":
		return p.act(w, r, d, foi.ActTakeBack, textTakenBack, &foi.NoteForm{Text: shorten(posted(r, "reason"), 1000)})
	case "message":
		return p.act(w, r, d, foi.ActMessage, textMessageSent, &foi.MessageForm{Text: posted(r, "message")})
	case "consent":
		return p.act(w, r, d, foi.ActConsent, textConsented, nil)
	case "rate":
		return p.rate(w, r, d)
	case "suggest":
		return p.after(w, r, d, textSuggested, p.deps.Requests.Suggest(r.Context(), d.Case.ID, posted(r, "suggest")))
	case "letter":
		return p.letter(w, r, d)
	}
	return p.render(w, r, "request_tracked", d)
}

// act does an act of the applicant and shows the request as it then stands.
func (p *Portal) act(w http.ResponseWriter, r *http.Request, d *trackedPage, action casework.Action, said string, form any) error {
	version, _ := strconv.Atoi(posted(r, "version")) // nonsense is 0: the case as it is now
	if action == foi.ActMessage {
		version = 0 // a word is not about the state that one saw
	}
	_, err := p.deps.Requests.Apply(r.Context(), casework.Do{Case: d.Case.ID, Action: action, Version: version, Form: form, Token: posted(r, "token"), Actor: casework.Applicant})
	return p.after(w, r, d, said, err)
}

// after shows the request as it stands after an act of the applicant, or why it
// was refused with what was typed.
func (p *Portal) after(w http.ResponseWriter, r *http.Request, d *trackedPage, said string, err error) error {
	switch kind := fault.KindOf(err); {
	case err == nil:
		c, q, err := p.deps.Requests.Track(r.Context(), d.Code, d.Second)
		if err != nil {
			return err
		}
		if err := p.lay(r.Context(), d, c, q); err != nil {
			return err
		}
		d.Said = said
	case kind == fault.Invalid || kind == fault.Forbidden || kind == fault.Conflict:
		d.Error, d.Reason, d.Message, d.Word, d.Suggest = sprintf(textRefused, fault.Text(err)), posted(r, "reason"), posted(r, "message"), posted(r, "word"), posted(r, "suggest")
		if posted(r, "act") == "mend" {
			d.Content = posted(r, "content")
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusBadRequest)
	default:
		return err
	}
	return p.render(w, r, "request_tracked", d)
}

// rate keeps the applicant's opinion of the answer.
func (p *Portal) rate(w http.ResponseWriter, r *http.Request, d *trackedPage) error {
	mark, _ := strconv.Atoi(posted(r, "mark")) // nonsense is 0, which the room refuses by name
	return p.after(w, r, d, textRated, p.deps.Requests.Rate(r.Context(), d.Case.ID, mark, posted(r, "word")))
}

// letterPage is one letter that the applicant opened.
type letterPage struct {
	ui.Page
	Code, Second string
	Number       string // of the case
	Letter       foi.Letter
}

// letter shows a letter of the request by itself, and notes that it was opened.
func (p *Portal) letter(w http.ResponseWriter, r *http.Request, d *trackedPage) error {
	id, _ := strconv.ParseInt(posted(r, "letter"), 10, 64) // nonsense is no letter
	for _, l := range d.Letters {
		if l.ID != id {
			continue
		}
		if _, err := p.deps.Requests.OpenLetter(r.Context(), d.Case.ID, l.ID); err != nil {
			return err
		}
		return p.render(w, r, "request_letter", &letterPage{Page: d.Page, Code: d.Code, Second: d.Second, Number: d.Case.Number, Letter: l})
	}
	return fault.New(fault.NotFound, "portal.letter", textNoLetter)
}

// tracked finds the request of a posted pair. For a wrong pair it answers by
// itself and gives nil: the same words whatever is wrong, after a wait.
func (p *Portal) tracked(w http.ResponseWriter, r *http.Request) (*trackedPage, error) {
	if err := p.formOf(w, r); err != nil {
		return nil, err
	}
	d := &trackedPage{Page: p.base(r, textTrack), Code: narrow(posted(r, "code")), Second: narrow(posted(r, "second")), Token: rand.Text()}
	if d.Code == "" || d.Second == "" {
		return nil, p.showTrack(w, r, textPairNeeded, http.StatusBadRequest)
	}
	if err := p.deps.Tracking.pass(w, r); err != nil {
		return nil, err
	}
	c, q, err := p.deps.Requests.Track(r.Context(), shorten(d.Code, 40), shorten(d.Second, 40))
	if fault.KindOf(err) == fault.NotFound && err != nil {
		select {
		case <-time.After(p.wrongWait):
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
		return nil, p.showTrack(w, r, textWrongPair, http.StatusBadRequest)
	}
	if err != nil {
		return nil, err
	}
	d.NoIndex, d.HideSearch = true, true
	d.Crumbs = crumbs(document.Crumb{Name: textDisclosure, Href: "/disclosure/"}, document.Crumb{Name: textTrack})
	return d, p.lay(r.Context(), d, c, q)
}

// mayLeave are the states in which a request can be withdrawn.
var mayLeave = []casework.State{foi.Submitted, foi.Working, foi.Correcting, foi.FeeDue, foi.Reviewing, foi.Signing}

// lay puts a request before its applicant: the acts and letters that are
// theirs to know, and nothing of the office's own.
func (p *Portal) lay(ctx context.Context, d *trackedPage, c *casework.Case, q *foi.Request) error {
	who, err := p.deps.Requests.Reveal(ctx, casework.Applicant, c.ID)
	if err != nil {
		return err
	}
	due, err := p.deps.Requests.Due(ctx, c.ID)
	if err != nil {
		return err
	}
	d.Case, d.Request, d.State, d.Sum, d.Content = c, q, p.wordsOf(c.State, q), viewSum(due, p.today()), q.Content
	d.Way, d.Delivery = nameOf(askWays, q.Way), nameOf(askDeliveries, q.Delivery)
	d.Papers = 0
	for _, s := range q.Intake.Scans {
		if s.Online() {
			d.Papers++
		}
	}
	d.CanMend, d.CanLeave, d.Closed = c.State == foi.Correcting, slices.Contains(mayLeave, c.State), !c.Open()
	served := !q.ServedOn.IsZero()
	d.CanTalk, d.CanConsent, d.CanRate, d.Marks = c.Open(), c.Open() && !served && !q.Electronic, served && q.Rating == nil, askMarks
	d.CanSuggest = foi.Suggestible(served, q.Outcome) && !q.Work.Suggested()
	if d.Messages, err = p.deps.Requests.Conversation(ctx, casework.Applicant, c.ID); err != nil {
		return err
	}
	if d.Contest, err = p.deps.Requests.Contest(ctx, c, q); err != nil {
		return err
	}
	if d.Organ, err = p.organByID(ctx, c.Organ); err != nil {
		return err
	}
	d.Events, d.Letters, d.Remedy, d.Pick = nil, nil, "", ""
	d.Service = servedLines(q)
	if c.State == foi.Answered && q.Delivery == foi.ServeCounter && q.Service.Pending() == nil && d.Organ != nil {
		d.Pick = strings.TrimSpace(d.Organ.Name + " " + d.Organ.Address)
	}
	sent := 0
	for _, x := range c.Done {
		if words := eventWords[x.Action]; words != "" {
			e := trackEvent{workday.DateOf(x.At), words}
			if x.Action == foi.ActServe || x.Action == foi.ActOnSpot {
				if sent < len(q.Service.Attempts) { // the day of posting, not of writing it down
					e.On = q.Service.Attempts[sent].On
				}
				sent++
			}
			d.Events = append(d.Events, e)
		}
	}
	for _, l := range q.ForApplicant() {
		l.Body = strings.ReplaceAll(l.Body, foi.ApplicantMark, who.Name)
		d.Letters = append(d.Letters, l)
	}
	if served && q.Profile != nil {
		d.Remedy = q.Remedy().Text
	}
	return nil
}

// askMarks are what an applicant may give an answer, the best first.
var askMarks = func() (out []choice) {
	for _, m := range slices.Backward(foi.Marks) {
		out = append(out, choice{strconv.Itoa(m.Mark), m.Name})
	}
	return out
}()

func nameOf(list []choice, value string) string {
	for _, c := range list {
		if c.Value == value {
			return c.Name
		}
	}
	return ""
}

// organByID finds an organ of the tree; nil when it has left it.
func (p *Portal) organByID(ctx context.Context, id int64) (*org.Organ, error) {
	tree, err := p.deps.Organs.Tree(ctx)
	if err != nil {
		return nil, err
	}
	var find func([]org.Node) string
	find = func(list []org.Node) string {
		for _, n := range list {
			if n.ID == id {
				return n.Code
			}
			if code := find(n.Children); code != "" {
				return code
			}
		}
		return ""
	}
	code := find(tree)
	if code == "" {
		return nil, nil
	}
	return p.deps.Organs.Organ(ctx, code)
}

// Stopped reports a clock that stands still, for the words of the page.
func (v sumView) Stopped() bool { return v.State == clock.Stopped }

// Met reports an answer in time.
func (v sumView) Met() bool { return v.State == clock.Met }

// Lapsed reports an answer that came too late.
func (v sumView) Lapsed() bool { return v.State == clock.Lapsed }
