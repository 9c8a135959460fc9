package office

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/officialdoc"
	"gongkai/internal/proofread"
	"gongkai/internal/request"
	"gongkai/internal/workday"
)

const (
	textLetters     = "文书"
	textLetterSaved = "已保存。和模板不同的地方，审核人和签发人都看得到。"
	textLetterBack  = "已保存，退回审核：签发前改过的文书要重新审核。"
	textScanSaved   = "盖章件已保存。"
	textScanNone    = "“盖章件”：请选择文件。"
)

// lettersChapter is the composer and the papers of a request (A8.7).
func lettersChapter() requestChapter {
	get := func(pattern, page string, act access.Act, h handler) route {
		return route{method: http.MethodGet, pattern: pattern, page: page, act: act, handler: h}
	}
	return requestChapter{
		forms: map[casework.Action]actForm{request.ActLetter: {numberFields, readNumber}},
		parts: []casePart{{part: "request_letters", facts: lettersFacts}},
		routes: []route{
			get("/office/requests/{id}/letter", "答复书", access.SeeRequest, composerPage),
			{method: http.MethodPost, pattern: "/office/requests/{id}/letter", page: "改文书", act: access.HandleRequest, handler: saveLetter},
			get("/office/requests/{id}/letters/{letter}", "下载文书", access.HandleRequest, letterFile),
			{method: http.MethodPost, pattern: "/office/requests/{id}/letters/{letter}/files", page: "上传盖章件", act: access.HandleRequest, handler: addLetterFile, upload: true, limit: request.MaxLetterFile + maxForm},
			{method: http.MethodPost, pattern: "/office/requests/{id}/letters/{letter}/seal", page: "请求电子印章", act: access.HandleRequest, handler: askSeal},
			get("/office/requests/{id}/letters/{letter}/files/{stamped}", "下载盖章件", access.HandleRequest, stampedFile),
			get("/office/requests/{id}/forms/{form}", "打印表格", access.HandleRequest, printForm),
		},
	}
}

// numberFields is the short form of the page of a case; words are changed on
// the composer's own page.
func numberFields(v *casework.View, _ workday.Date) []field {
	q, ok := v.Data.(*request.Request)
	if !ok {
		return nil
	}
	return []field{{Name: "number", Label: "文号", Kind: "text", Value: q.Draft.Number, Max: 50, Hint: "用本机关自己的文号才填写，如“清教公开〔2026〕3号”；不填由系统在签发时编。改正文请到“答复书”页。"}}
}

func readNumber(r *http.Request) (any, error) {
	return &request.LetterForm{Number: value(r, "number")}, nil
}

// lettersPart is the list of papers on the page of a request.
type lettersPart struct {
	*request.Request
	Composing bool
	Gaps      []request.Gap
	Forms     []request.Template
	NoPDF     string // why there is no PDF on this machine
}

func lettersFacts(v *casework.View) (any, error) {
	q, ok := v.Data.(*request.Request)
	if !ok {
		return nil, fault.Newf(fault.Internal, "office.lettersFacts", "case %d holds %T", v.Case.ID, v.Data)
	}
	p := lettersPart{Request: q, Composing: composing(v.Case), NoPDF: paperReady()}
	if p.Composing {
		p.Gaps = request.ComposeAnswer(v.Case, q, workday.Date{}).Missing
	}
	for _, id := range request.PrintForms {
		if t, ok := request.FindTemplate(id); ok {
			p.Forms = append(p.Forms, t)
		}
	}
	return p, nil
}

// composing reports a request whose answer is written and not yet signed.
func composing(c *casework.Case) bool {
	return c.State == request.Reviewing || c.State == request.Signing
}

// composerView is the answer as it will print, beside what it still lacks.
type composerView struct {
	frame
	Case     *casework.Case
	Letter   *request.Composed
	Sections []composerSection
	Own      string // the office's own number
	Editable bool
	Findings []proofread.Hit
	Once     string
	Wrong    string
	Issued   []issuedLetter
	Writing  bool
}

// issuedLetter is a letter that went out, with the form that takes its stamped
// copy back.
type issuedLetter struct {
	request.Letter
	Upload form
	Seal   *sealLine // nil where the organ has no seal service, or the letter its seal
	Diffs  []composerSection
}

// composerSection is one paragraph with its difference to the template.
type composerSection struct {
	request.Section
	Place string // class of its place
	Diff  []officialdoc.Op
	Value string // what stands in its control
	Error string
}

func composerPage(o *Office, c *call) (*answer, error) {
	v, q, err := o.requestFor(c, access.SeeRequest)
	if err != nil {
		return nil, err
	}
	return o.composer(c, v, q, http.StatusOK, nil)
}

func (o *Office) composer(c *call, v *casework.View, q *request.Request, status int, wrong error) (*answer, error) {
	today := o.access.Today()
	d := &composerView{frame: o.frame(c, "答复书", requestsCrumb, document.Crumb{Name: v.Case.Number, Href: fmt.Sprintf("/office/cases/%d", v.Case.ID)}),
		Case: v.Case, Letter: request.ComposeAnswer(v.Case, q, today), Own: q.Draft.Number, Once: onceToken()}
	d.Writing = composing(v.Case)
	handles := o.may(c, access.HandleRequest, v.Case.Organ) == nil
	d.Editable = d.Writing && handles
	seals, err := o.sealLines(c, v.Case, q, d.Token, handles)
	if err != nil {
		return nil, err
	}
	for _, l := range q.Letters {
		x := issuedLetter{Letter: l, Seal: seals[l.ID]}
		for _, s := range l.Parts {
			if s.Changed() {
				x.Diffs = append(x.Diffs, composerSection{Section: s, Diff: officialdoc.DiffText(s.Base, s.Text)})
			}
		}
		if handles {
			x.Upload = form{ID: fmt.Sprintf("scan%d", l.ID), Action: fmt.Sprintf("/office/requests/%d/letters/%d/files", v.Case.ID, l.ID), Token: d.Token, Submit: "上传", Upload: true, Second: true,
				Fields: []field{{Name: "file", Label: "盖章件", Kind: "file", Accept: ".pdf,.jpg,.jpeg,.png,.tif,.tiff", Hint: "打印、盖章后的扫描件，PDF 或者图片，不超过 20 MB。"}}}
		}
		d.Issued = append(d.Issued, x)
	}
	d.Findings = d.Letter.Findings(today)
	for _, s := range d.Letter.Sections {
		x := composerSection{Section: s, Value: s.Text, Place: []string{"", "letter-left", "letter-centre", "letter-right"}[s.Align]}
		if s.Changed() {
			x.Diff = officialdoc.DiffText(s.Base, s.Text)
		}
		if wrong != nil {
			if sent := longValue(c.r, "t-"+s.ID); sent != "" && s.Locked == "" {
				x.Value = sent
			}
			if fault.FieldOf(wrong) == s.Label {
				x.Error = fault.Text(wrong)
			}
		}
		d.Sections = append(d.Sections, x)
	}
	if wrong != nil {
		d.Wrong, d.Own = fault.Text(wrong), value(c.r, "number")
	}
	return o.page(c, "request_letter", status, d)
}

// saveLetter keeps other words and the office's own number.
func saveLetter(o *Office, c *call) (*answer, error) {
	v, q, err := o.requestCase(c)
	if err != nil {
		return nil, err
	}
	f := &request.LetterForm{Number: value(c.r, "number"), Texts: map[string]string{}}
	for _, s := range request.ComposeAnswer(v.Case, q, o.access.Today()).Sections {
		if _, sent := c.r.PostForm["t-"+s.ID]; sent {
			f.Texts[s.ID] = strings.TrimSpace(longValue(c.r, "t-"+s.ID))
		}
	}
	version, err := seenVersion(c)
	if err == nil {
		_, err = o.deps.Cases.Apply(c.ctx(), casework.Do{Case: v.Case.ID, Action: request.ActLetter, Version: version, Form: f, Token: value(c.r, "once"), Actor: c.actor()})
	}
	if err != nil {
		if !mendable(err) && fault.KindOf(err) != fault.Forbidden {
			return nil, err
		}
		return o.composer(c, v, q, statusFor(err), err)
	}
	words := textLetterSaved
	if v.Case.State == request.Signing {
		words = textLetterBack
	}
	return told(c, fmt.Sprintf("/office/requests/%d/letter", v.Case.ID), words), nil
}

// letterOf is the letter that the address names.
func letterOf(c *call, q *request.Request) (request.Letter, error) {
	id, err := pathNumber(c.r, "letter")
	if err != nil {
		return request.Letter{}, err
	}
	i := slices.IndexFunc(q.Letters, func(l request.Letter) bool { return l.ID == id })
	if i < 0 {
		return request.Letter{}, fault.New(fault.NotFound, "office.letterOf", textNotFound)
	}
	return q.Letters[i], nil
}
