package portal

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/org"
	foi "gongkai/internal/request"
	"gongkai/internal/search"
	"gongkai/internal/web/ui"
)

// askPage is the form in up to three steps, one below the other.
type askPage struct {
	ui.Page
	Form   *askForm
	Step   int // the last step that is shown
	Wrong  []askError
	What   []askField
	Who    []askField
	Notice askField
	Office *org.Organ // the chosen organ, nil before
	Known  knownList
}

// knownList is what is public already about the words typed.
type knownList struct {
	Asked bool
	Hits  []hitView
	More  string // the search page with the same words
}

// knownHits is how many public documents are shown beside a request.
const knownHits = 5

// knownRunes is how much of a request is looked for.
const knownRunes = 100

func (p *Portal) askForm(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.askForm")
	w.Header().Set("Cache-Control", "no-store")
	f := &askForm{Shown: 1, Token: rand.Text(), Organ: r.URL.Query().Get("organ")}
	return p.showAsk(w, r, f, 1, http.StatusOK)
}

// ask takes the form: it shows the next step, the same with what is wrong, or
// the receipt.
func (p *Portal) ask(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.ask")
	if err := p.formOf(w, r); err != nil {
		return err
	}
	f := readAsk(r)
	if len(f.Token) != tokenLength {
		f.Token = rand.Text()
		f.Shown = min(f.Shown, 2) // a form without its token is looked at once more
	}
	organs, err := p.organChoices(r.Context())
	if err != nil {
		return err
	}
	if !f.check(organs) {
		return p.showAsk(w, r, f, f.Shown, http.StatusBadRequest)
	}
	if f.Shown < 3 {
		return p.showAsk(w, r, f, f.Shown+1, http.StatusOK)
	}
	if err := p.deps.Asking.pass(w, r); err != nil {
		return err
	}
	organ, err := p.deps.Organs.Organ(r.Context(), f.Organ)
	if err != nil {
		return err
	}
	rc, err := p.deps.Requests.Submit(r.Context(), f.application(organ.ID))
	switch kind := fault.KindOf(err); {
	case err == nil:
		return p.receipt(w, r, f, organ, rc)
	case kind == fault.Invalid && roomFields[fault.FieldOf(err)] != "":
		f.bad(roomFields[fault.FieldOf(err)], "%s", fault.Text(err))
	case kind == fault.Conflict:
		f.Token = rand.Text()
		f.bad("content", textUsedToken)
	default:
		return err
	}
	return p.showAsk(w, r, f, 3, http.StatusBadRequest)
}

// tokenLength is that of rand.Text: a token that somebody else could guess
// would show them the receipt.
const tokenLength = 26

func (p *Portal) showAsk(w http.ResponseWriter, r *http.Request, f *askForm, step, status int) error {
	organs, err := p.organChoices(r.Context())
	if err != nil {
		return err
	}
	fresh := step > f.Shown && step == 2
	if fresh {
		f.Kind, f.Way, f.Delivery = string(foi.Natural), "electronic", "online"
	}
	d := &askPage{Page: p.base(r, textAsk), Form: f, Step: step, Wrong: f.wrong, What: f.what(organs)}
	d.Description = "向政府机关申请公开信息：写想了解什么、怎样给您，提交后马上得到编号和最迟答复日期。"
	d.Crumbs = crumbs(document.Crumb{Name: textDisclosure, Href: "/disclosure/"}, document.Crumb{Name: textAsk})
	d.HideSearch = true
	if f.Organ != "" {
		if d.Office, err = p.deps.Organs.Organ(r.Context(), f.Organ); err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
	}
	if d.Known, err = p.known(r.Context(), f.Content); err != nil {
		p.logFailure(r, err) // one may ask although the search does not answer
	}
	if step >= 2 {
		d.Who, d.Notice = f.who(fresh), f.notice()
	}
	if status != http.StatusOK {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
	}
	return p.render(w, r, "request_new", d)
}

// organChoices are the organs of the city's tree, those below further in.
func (p *Portal) organChoices(ctx context.Context) (out []choice, err error) {
	tree, err := p.deps.Organs.Tree(ctx)
	var walk func([]org.Node, int)
	walk = func(list []org.Node, depth int) {
		for _, n := range list {
			out = append(out, choice{n.Code, strings.Repeat("　", depth) + n.Name})
			walk(n.Children, depth+1)
		}
	}
	walk(tree, 0)
	return out, err
}

// known looks for what is public already, with its passage.
func (p *Portal) known(ctx context.Context, content string) (k knownList, err error) {
	if content == "" || wordless(content) {
		return k, nil
	}
	asked := []rune(strings.Join(strings.Fields(content), " "))
	q := question{Query: search.Query{Text: string(asked[:min(len(asked), knownRunes)])}}
	res, err := p.deps.Search.Search(ctx, search.Query{Text: q.Text, Limit: knownHits})
	if err != nil {
		return k, err
	}
	k.Asked, k.More = true, q.href()
	for _, h := range res.Hits {
		k.Hits = append(k.Hits, viewHit(h, q))
	}
	return k, nil
}

// knownPart is the list alone, for the script that follows the typing. It is
// posted, so that no address holds the words.
func (p *Portal) knownPart(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.knownPart")
	if err := p.formOf(w, r); err != nil {
		return err
	}
	content := posted(r, "content")
	if content == "" {
		return fault.Field("portal.knownPart", askNames["content"], textNeeded, askNames["content"])
	}
	k, err := p.known(r.Context(), content)
	if err != nil {
		return err
	}
	b, err := p.templates.RenderPart(requestOf(r.Context()).variant, "request_new", "known", k)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, err = w.Write(b)
	return err
}

// receiptPage is shown once the request is in.
type receiptPage struct {
	ui.Page
	Number, Code string
	Organ        *org.Organ
	Online       bool
	Sum          sumView
}

func (p *Portal) receipt(w http.ResponseWriter, r *http.Request, f *askForm, organ *org.Organ, rc *foi.Receipt) error {
	d := &receiptPage{Page: p.base(r, textReceipt), Number: rc.Number, Code: rc.Code, Organ: organ, Online: f.Delivery == "online", Sum: viewSum(rc.Due, p.today())}
	d.NoIndex, d.HideSearch = true, true
	d.Crumbs = crumbs(document.Crumb{Name: textDisclosure, Href: "/disclosure/"}, document.Crumb{Name: textReceipt})
	return p.render(w, r, "request_receipt", d)
}
