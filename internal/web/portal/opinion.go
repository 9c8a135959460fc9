package portal

import (
	"context"
	"crypto/rand"
	"net/http"
	"time"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/org"
	foi "gongkai/internal/request"
	"gongkai/internal/web/ui"
)

// The words of the page on which somebody whose opinion is asked answers.
const (
	textOpinion      = "提出意见"
	textOpinionPair  = "请填写函上的查询码和证件号码的最后四位。"
	textOpinionTaken = "已经收到您的意见。"
)

// Consultations is what the portal needs of those whose opinion is asked.
type Consultations interface {
	// OpinionAsked is NotFound for every pair of code and second fact but the right one.
	OpinionAsked(ctx context.Context, code, second string) (*foi.Asked, error)
	// GiveOpinion takes the answer; Invalid and Forbidden say why not.
	GiveOpinion(ctx context.Context, code, second, opinion, reason, token string) error
}

// opinionPage asks for the code of the letter and the second fact. Both travel
// in forms only, as on the page of tracking.
type opinionPage struct {
	ui.Page
	Error string
	Code  string
}

// askedPage is a consultation as the one who is asked sees it.
type askedPage struct {
	ui.Page
	Code, Second, Token string
	Asked               *foi.Asked
	Organ               *org.Organ
	Said, Error         string
	Opinion, Reason     string // as typed
	Choices             []choice
}

func (p *Portal) opinionForm(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.opinionForm")
	w.Header().Set("Cache-Control", "no-store")
	return p.showOpinion(w, r, "", http.StatusOK)
}

func (p *Portal) showOpinion(w http.ResponseWriter, r *http.Request, wrong string, status int) error {
	d := &opinionPage{Page: p.opinionBase(r), Error: wrong}
	if status != http.StatusOK {
		d.Code = shorten(posted(r, "code"), 40)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
	}
	return p.render(w, r, "opinion", d)
}

func (p *Portal) opinionBase(r *http.Request) ui.Page {
	page := p.base(r, textOpinion)
	page.NoIndex, page.HideSearch = true, true
	page.Crumbs = crumbs(document.Crumb{Name: textDisclosure, Href: "/disclosure/"}, document.Crumb{Name: textOpinion})
	return page
}

// opinion shows the consultation behind a code, after the answer if the form
// carries one.
func (p *Portal) opinion(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.opinion")
	if err := p.formOf(w, r); err != nil {
		return err
	}
	d := &askedPage{Page: p.opinionBase(r), Code: shorten(narrow(posted(r, "code")), 40), Second: shorten(narrow(posted(r, "second")), 40), Token: rand.Text()}
	if d.Code == "" || d.Second == "" {
		return p.showOpinion(w, r, textOpinionPair, http.StatusBadRequest)
	}
	if err := p.deps.Tracking.pass(w, r); err != nil {
		return err
	}
	if d.Asked, err = p.deps.Requests.OpinionAsked(r.Context(), d.Code, d.Second); fault.KindOf(err) == fault.NotFound && err != nil {
		select {
		case <-time.After(p.wrongWait):
		case <-r.Context().Done():
			return r.Context().Err()
		}
		return p.showOpinion(w, r, textWrongPair, http.StatusBadRequest)
	}
	if err != nil {
		return err
	}
	if posted(r, "act") == "answer" {
		if err := p.takeOpinion(w, r, d); err != nil {
			return err
		}
	}
	for _, o := range foi.Opinions {
		d.Choices = append(d.Choices, choice{Value: o.Code, Name: o.Name})
	}
	if d.Organ, err = p.organByID(r.Context(), d.Asked.Organ); err != nil {
		return err
	}
	return p.render(w, r, "opinion_asked", d)
}

// takeOpinion gives the answer to the office; what the one who answers can mend
// is told on the page.
func (p *Portal) takeOpinion(w http.ResponseWriter, r *http.Request, d *askedPage) error {
	d.Opinion, d.Reason = posted(r, "opinion"), posted(r, "reason")
	err := p.deps.Requests.GiveOpinion(r.Context(), d.Code, d.Second, d.Opinion, d.Reason, posted(r, "token"))
	switch kind := fault.KindOf(err); {
	case err == nil:
		d.Said, d.Opinion, d.Reason = textOpinionTaken, "", ""
		d.Asked, err = p.deps.Requests.OpinionAsked(r.Context(), d.Code, d.Second)
		return err
	case kind == fault.Invalid || kind == fault.Forbidden || kind == fault.Conflict:
		d.Error = sprintf(textRefused, fault.Text(err))
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusBadRequest)
		return nil
	default:
		return err
	}
}
