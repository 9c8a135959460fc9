package portal

import (
	"context"
	"crypto/rand"
	"html/template"
	"net/http"
	"strings"

	"rsc.io/qr"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/org"
	foi "gongkai/internal/request"
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
	Papers askField
	Office *org.Organ // the chosen organ, nil before
	Beside beside
	Parts  int // into how many requests the text can be split at the last step, 0 for one
}

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
	var up uploaded
	defer func() { up.done(p) }()
	read := p.formOf
	if isMultipart(r) {
		read = func(w http.ResponseWriter, r *http.Request) (err error) { up, err = p.upload(w, r); return err }
	}
	if err := read(w, r); err != nil {
		return err
	}
	f := readAsk(r)
	f.Papers, f.Lost = up.files, len(up.files) > 0
	if up.wrong != "" {
		f.bad("papers", "%s", up.wrong)
	}
	if len(f.Token) != tokenLength {
		f.Token = rand.Text()
		f.Shown = min(f.Shown, 2) // a form without its token is looked at once more
	}
	organs, err := p.organChoices(r.Context())
	if err != nil {
		return err
	}
	if f.Take != "" { // a suggested organ was taken: nothing is checked yet
		f.Organ = f.Take
		return p.showAsk(w, r, f, f.Shown, http.StatusOK)
	}
	if !f.check(organs) {
		return p.showAsk(w, r, f, f.Shown, http.StatusBadRequest)
	}
	if f.Shown < 3 {
		return p.showAsk(w, r, f, f.Shown+1, http.StatusOK)
	}
	if !up.passed {
		if err := p.deps.Asking.pass(w, r); err != nil {
			return err
		}
	}
	organ, err := p.deps.Organs.Organ(r.Context(), f.Organ)
	if err != nil {
		return err
	}
	var taken []receiptView
	parts := f.applications(organ.ID)
	list, err := p.deps.Requests.SubmitAll(r.Context(), parts)
	if err != nil {
		switch kind := fault.KindOf(err); {
		case fault.FieldOf(err) == foi.FieldProof:
			f.bad("papers", "%s%s", fault.Text(err), textPapersLater)
			status, _ := statusOf(kind)
			return p.showAsk(w, r, f, 3, status)
		case kind == fault.Invalid && roomFields[fault.FieldOf(err)] != "":
			f.bad(roomFields[fault.FieldOf(err)], "%s", fault.Text(err))
		case kind == fault.Conflict:
			f.Token = rand.Text()
			f.bad("content", textUsedToken)
		default:
			return err // nothing was taken
		}
		return p.showAsk(w, r, f, 3, http.StatusBadRequest)
	}
	for i, rc := range list {
		taken = append(taken, receiptView{What: shorten(parts[i].Content, 60), Number: rc.Number, Code: rc.Code, Sum: viewSum(rc.Due, p.today())})
	}
	return p.receipt(w, r, f, organ, taken)
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
		f.Kind, f.How = string(foi.Natural), "online"
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
	d.Beside = p.beside(r, f.Content, f.Organ)
	if d.Parts = len(d.Beside.Matters); step < 3 {
		d.Parts = 0
	}
	if step >= 2 {
		d.Who, d.Notice = f.who(fresh), f.notice()
	}
	if step == 3 {
		d.Papers = f.papers()
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

// receiptPage is shown once the request is in, or all parts of one that was split.
type receiptPage struct {
	ui.Page
	Receipts []receiptView
	Second   string // the second fact, for the receipt as a file
	Organ    *org.Organ
	Online   bool
	Papers   int           // files that prove who asks
	QR       template.HTML // of the tracking address, without a code
}

type receiptView struct {
	What, Number, Code string
	Sum                sumView
}

func (p *Portal) receipt(w http.ResponseWriter, r *http.Request, f *askForm, organ *org.Organ, taken []receiptView) (err error) {
	d := &receiptPage{Page: p.base(r, textReceipt), Receipts: taken, Organ: organ, Online: f.how().Electronic, Papers: len(f.Papers)}
	proof := []rune(strings.ToUpper(strings.ReplaceAll(f.Proof, " ", "")))
	d.Second = string(proof[max(0, len(proof)-4):])
	d.NoIndex, d.HideSearch = true, true
	d.Crumbs = crumbs(document.Crumb{Name: textDisclosure, Href: "/disclosure/"}, document.Crumb{Name: textReceipt})
	if d.QR, err = trackQR(requestOf(r.Context())); err != nil {
		return err
	}
	return p.render(w, r, "request_receipt", d)
}

// trackQR draws the address of the tracking page; the code never stands in an
// address.
func trackQR(q *request) (template.HTML, error) {
	code, err := qr.Encode(q.base+ui.Variant{Hant: q.variant.Hant}.Link(asksRoot+"track"), qr.M)
	if err != nil {
		return "", err
	}
	return template.HTML(qrSVG(code)), nil // numbers only
}
