package office

import (
	"crypto/sha256"
	_ "embed" // the script
	"encoding/hex"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/request"
)

//go:embed js/redact.js
var redactScript []byte

// redactURL is the address of the script; its name changes with its bytes.
var redactURL = func() string {
	sum := sha256.Sum256(redactScript)
	return "/office/assets/" + hex.EncodeToString(sum[:8]) + "/redact.js"
}()

func redactScriptFile(*Office, *call) (*answer, error) {
	return &answer{http.StatusOK, http.Header{"Content-Type": {"text/javascript; charset=utf-8"}}, redactScript}, nil
}

// The words of the page of a document.
const (
	textRuled     = "决定已保存。"
	textMarked    = "已加上遮盖。"
	textUnmarked  = "已取消这处遮盖。"
	textDismissed = "已记下：这里不用遮盖。"
	textBuilt     = "提供件已生成，各读取程序都没有再找到遮盖的内容。"
	textBuiltTwo  = "提供件已生成，各读取程序都没有再找到遮盖的内容。还要由另一位同事逐页复核。"
)

// pointsPerMM turns millimetres into points.
const pointsPerMM = 72 / 25.4

// materialView is the page of one document.
type materialView struct {
	frame
	Case    *casework.Case
	File    materialRow
	Base    string
	Script  string
	Page    int // that is shown, 0 for a document without pages
	Size    request.PageSize
	Boxes   []boxView
	Pages   []pageLink
	Text    string
	Look    *request.Look
	Result  bool // the built version is shown instead of the original
	Handles bool // may change it; who reviews or signs only looks
	Open    bool // may still be changed
	Ruling  string
	Rule    form
	Box     form
	Words   form
	Build   form
	Drop    form
	Check   form
	Marks   []markView
	Offers  []offerView
	Version *request.Version
	Earlier []request.Version
	Wrong   string
}

type pageLink struct {
	No    int
	Name  string
	Class string
	Here  bool
}

type boxView struct {
	X, Y, W, H float64
	Title      string
	Words      bool
}

type markView struct {
	request.Mark
	What   string
	Layer  string
	Lifted bool
	Drop   form
}

type offerView struct {
	request.Suggestion
	Accept form
	Pass   form
}

func materialPage(o *Office, c *call) (*answer, error) {
	return o.materialShown(c, http.StatusOK, "", nil)
}

func (o *Office) materialShown(c *call, status int, at string, wrong error) (*answer, error) {
	v, q, f, err := o.requestMaterial(c, access.SeeRequest)
	if err != nil {
		return nil, err
	}
	x := v.Case
	handles := o.may(c, access.HandleRequest, x.Organ) == nil
	files := fmt.Sprintf("/office/requests/%d/files", x.ID)
	title := fmt.Sprintf("材料%d", f.No)
	d := &materialView{frame: o.frame(c, title, requestsCrumb, document.Crumb{Name: x.Number, Href: fmt.Sprintf("/office/cases/%d", x.ID)},
		document.Crumb{Name: textMaterials, Href: files}), Case: x, Base: fmt.Sprintf("%s/%d", files, f.ID), Script: redactURL, Handles: handles, Open: handles && request.Collecting(x.State), Version: f.Current(), Result: queryValue(c.r, "of") == "result"}
	for _, row := range materialRows(x.ID, q) {
		if row.ID == f.ID {
			d.File = row
		}
	}
	for _, old := range f.Versions {
		if d.Version == nil || old.ID != d.Version.ID {
			d.Earlier = append(d.Earlier, old)
		}
	}
	d.Result = d.Result && d.Version != nil
	if !f.Public() {
		if _, d.Look, err = o.deps.Requests.Study(c.ctx(), c.actor(), x.ID, f.ID); err != nil {
			return nil, err
		}
		o.layPage(c, d, f)
		o.layForms(c, d, v, f, handles)
	}
	if wrong != nil {
		d.Wrong = fault.Text(wrong)
		for _, x := range []*form{&d.Rule, &d.Box, &d.Words} {
			if x.ID == at && at != "" {
				x.fill(c.r)
				x.blame(wrong)
				d.Wrong = ""
			}
		}
	}
	return o.page(c, "request_redact", status, d)
}

// layPage chooses the page that is shown, with its boxes.
func (o *Office) layPage(c *call, d *materialView, f *request.Material) {
	n, err := strconv.Atoi(queryValue(c.r, "page"))
	if err != nil || n < 1 || n > len(f.Pages) {
		n = 1
	}
	if c.r.Method == http.MethodPost {
		if p, err := strconv.Atoi(value(c.r, "page")); err == nil && p >= 1 && p <= len(f.Pages) {
			n = p
		}
	}
	if len(f.Pages) == 0 {
		d.Text = strings.Join(d.Look.Texts, "\n")
		d.Ruling = f.On(0).Name()
		return
	}
	d.Page, d.Size, d.Ruling = n, f.Pages[n-1], f.On(n).Name()
	for i := range f.Pages {
		on := f.On(i + 1)
		d.Pages = append(d.Pages, pageLink{No: i + 1, Name: on.Name(), Here: i+1 == n, Class: map[request.Choice]string{"": "soon", request.GiveAll: "give", request.GivePart: "part", request.KeepBack: "keep"}[on]})
	}
	if n <= len(d.Look.Texts) {
		d.Text = d.Look.Texts[n-1]
	}
	if d.Result {
		return
	}
	for _, k := range f.Marks {
		if l, ok := f.Layer(k.Layer); ok && l.Stands() && k.Kind == request.MarkBox && k.Page == n {
			d.Boxes = append(d.Boxes, boxView{X: k.X, Y: k.Y, W: k.W, H: k.H, Title: l.Title()})
		}
	}
	for _, p := range d.Look.Places {
		if p.Page == n {
			d.Boxes = append(d.Boxes, boxView{X: p.X, Y: p.Y, W: p.W, H: p.H, Title: "按词语遮盖", Words: true})
		}
	}
}

// layForms makes the forms of a document that may still be changed, and those
// of its version.
func (o *Office) layForms(c *call, d *materialView, v *casework.View, f *request.Material, handles bool) {
	page := strconv.Itoa(d.Page)
	mk := func(id, path, submit string, fields ...field) form {
		return form{ID: id, Action: d.Base + "/" + path, Token: d.Token, Submit: submit, Fields: fields, Hidden: []option{{Name: "page", Value: page}}}
	}
	ground := field{Name: "ground", Label: "依据", Kind: "select", Required: true, Options: groundOptions("")}
	layer := field{Name: "layer", Label: "层的名称", Kind: "text", Max: 40, Hint: "一般不填：同一依据归为一层，以后可以单独解除。"}
	reason := field{Name: "why", Label: "理由", Kind: "text", Required: true, Max: 300}
	if d.Open {
		choices := []option{{Name: textChoose}}
		for _, x := range request.Choices {
			choices = append(choices, option{Value: string(x.Choice), Name: x.Name})
		}
		fields := []field{{Name: "choice", Label: "决定", Kind: "select", Required: true, Options: choices}}
		if d.Page > 0 {
			fields = append(fields, field{Name: "pages", Label: "页码", Kind: "text", Max: 200, Value: page, Hint: "写成 1、3-5 这样；不填就是整份。"})
		}
		need := ground
		need.Required, need.Hint = false, "不提供的必须选。"
		why := reason
		why.Required, why.Hint = false, "不提供的必须写。"
		d.Rule = mk("rule", "rule", "保存决定", append(fields, need, layer, why)...)
		d.Drop = mk("drop", "drop", "移出这份材料")
		d.Drop.Second = true
		kind := option{Name: "act", Value: "mark"}
		if d.Page > 0 {
			mm := func(name, label string) field {
				return field{Name: name, Label: label, Kind: "text", Required: true, Max: 8}
			}
			d.Box = mk("box", "mark", "遮盖这个方框", mm("x", "左"), mm("y", "上"), mm("w", "宽"), mm("h", "高"), ground, layer, reason)
			d.Box.Hidden = append(d.Box.Hidden, kind)
		}
		if !strings.HasPrefix(f.MIME, "image/") {
			d.Words = mk("words", "mark", "遮盖所有出现的地方", field{Name: "words", Label: "要遮盖的词语", Kind: "text", Required: true, Max: 200}, ground, layer, reason)
			d.Words.Hidden = append(d.Words.Hidden, kind)
		}
	}
	if handles && (d.Open || v.Case.State == request.Served || v.Case.State == request.Archived) && len(f.Undecided()) == 0 && f.Goes() && d.Version == nil {
		d.Build = mk("build", "build", "生成提供件并核验")
	}
	if x := d.Version; handles && x != nil && x.Redacted && x.CheckedAt.IsZero() {
		d.Check = o.caseForm(c, v.Case, "check", "act", "复核通过", []field{lookedField})
		d.Check.Hidden = append(d.Check.Hidden, option{Value: string(request.ActChecked), Name: "action"}, option{Value: strconv.FormatInt(f.ID, 10), Name: "file"})
	}
	d.layMarks(f, mk)
}

func (d *materialView) layMarks(f *request.Material, mk func(id, path, submit string, fields ...field) form) {
	for _, k := range f.Marks {
		if k.Kind == request.MarkPass {
			continue
		}
		row := markView{Mark: k, What: "词语“" + d.Look.Words[k.ID] + "”"}
		if k.Kind == request.MarkBox {
			row.What = fmt.Sprintf("第 %d 页方框，%.0f × %.0f 毫米", k.Page, k.W/pointsPerMM, k.H/pointsPerMM)
		}
		if l, ok := f.Layer(k.Layer); ok {
			row.Layer, row.Lifted = l.Title(), !l.Stands()
		}
		if d.Open {
			row.Drop = mk(fmt.Sprintf("unmark-%d", k.ID), "mark", "取消")
			row.Drop.Second = true
			row.Drop.Hidden = append(row.Drop.Hidden, option{Name: "act", Value: "unmark"}, option{Name: "mark", Value: strconv.FormatInt(k.ID, 10)})
		}
		d.Marks = append(d.Marks, row)
	}
	if !d.Open {
		return
	}
	for i, s := range d.Look.Suggestions {
		row := offerView{Suggestion: s, Accept: mk(fmt.Sprintf("accept-%d", i), "mark", "遮盖"), Pass: mk(fmt.Sprintf("pass-%d", i), "mark", "不用遮盖")}
		row.Accept.Second, row.Pass.Second = true, true
		row.Accept.Hidden = append(row.Accept.Hidden, option{Name: "act", Value: "mark"}, option{Name: "words", Value: s.Words}, option{Name: "ground", Value: "DENY_THIRD"}, option{Name: "why", Value: "个人信息：" + s.Name})
		row.Pass.Hidden = append(row.Pass.Hidden, option{Name: "act", Value: "pass"}, option{Name: "words", Value: s.Words})
		d.Offers = append(d.Offers, row)
	}
}

// backTo is the page of a document on the page of it that a form was sent from.
func backTo(c *call, v *casework.View, f *request.Material) string {
	to := fmt.Sprintf("/office/requests/%d/files/%d", v.Case.ID, f.ID)
	if n, err := strconv.Atoi(value(c.r, "page")); err == nil && n > 1 && n <= len(f.Pages) {
		to += fmt.Sprintf("?page=%d", n)
	}
	return to
}

func ruleMaterial(o *Office, c *call) (*answer, error) {
	v, _, f, err := o.requestMaterial(c, access.HandleRequest)
	if err != nil {
		return nil, err
	}
	form := request.RuleForm{Choice: request.Choice(value(c.r, "choice")), Ground: value(c.r, "ground"), Layer: value(c.r, "layer"), Reason: value(c.r, "why")}
	if form.Pages, err = request.PageNumbers(value(c.r, "pages")); err == nil {
		err = o.deps.Requests.Rule(c.ctx(), c.actor(), v.Case.ID, f.ID, form)
	}
	return o.materialDone(c, v, f, "rule", textRuled, err)
}

// materialDone leads back to the document, or shows it with what is wrong.
func (o *Office) materialDone(c *call, v *casework.View, f *request.Material, at, words string, err error) (*answer, error) {
	if err == nil {
		return told(c, backTo(c, v, f), words), nil
	}
	if kind := fault.KindOf(err); !mendable(err) && !slices.Contains([]fault.Kind{fault.Forbidden, fault.Internal, fault.Unavailable}, kind) || fault.Text(err) == "" {
		return nil, err
	}
	return o.materialShown(c, statusFor(err), at, err)
}

func markMaterial(o *Office, c *call) (*answer, error) {
	v, _, f, err := o.requestMaterial(c, access.HandleRequest)
	if err != nil {
		return nil, err
	}
	room, id := o.deps.Requests, v.Case.ID
	switch value(c.r, "act") {
	case "unmark":
		mark, err := strconv.ParseInt(value(c.r, "mark"), 10, 64)
		if err != nil {
			return nil, fault.New(fault.NotFound, "office.markMaterial", textNotFound)
		}
		return o.materialDone(c, v, f, "", textUnmarked, room.DropMark(c.ctx(), c.actor(), id, f.ID, mark))
	case "pass":
		return o.materialDone(c, v, f, "", textDismissed, room.Dismiss(c.ctx(), c.actor(), id, f.ID, value(c.r, "words")))
	}
	form := request.MarkForm{Words: value(c.r, "words"), Ground: value(c.r, "ground"), Layer: value(c.r, "layer"), Reason: value(c.r, "why")}
	at := "words"
	if _, boxed := c.r.PostForm["x"]; boxed {
		at = "box"
		if err := readBox(c.r, &form); err != nil {
			return o.materialDone(c, v, f, at, "", err)
		}
	} else if form.Words == "" {
		return o.materialDone(c, v, f, at, "", fault.Field("office.markMaterial", "要遮盖的词语", "“要遮盖的词语”：请填写。"))
	}
	return o.materialDone(c, v, f, at, textMarked, room.Mark(c.ctx(), c.actor(), id, f.ID, form))
}

// readBox reads a box in millimetres.
func readBox(r *http.Request, f *request.MarkForm) error {
	page, err := strconv.Atoi(value(r, "page"))
	if err != nil {
		page = 0 // the room names the field
	}
	f.Page = page
	for name, into := range map[string]*float64{"左": &f.X, "上": &f.Y, "宽": &f.W, "高": &f.H} {
		key := map[string]string{"左": "x", "上": "y", "宽": "w", "高": "h"}[name]
		n, err := strconv.ParseFloat(value(r, key), 64)
		if err != nil || math.IsNaN(n) || n < 0 || n > 100_000 {
			return fault.Field("office.readBox", name, "“%s”：请填毫米数，例如 35 或者 35.5。", name)
		}
		*into = n * pointsPerMM
	}
	return nil
}

func buildMaterial(o *Office, c *call) (*answer, error) {
	v, _, f, err := o.requestMaterial(c, access.HandleRequest)
	if err != nil {
		return nil, err
	}
	x, err := o.deps.Requests.Build(c.ctx(), c.actor(), v.Case.ID, f.ID)
	words := textBuilt
	if x != nil && x.Redacted {
		words = textBuiltTwo
	}
	return o.materialDone(c, v, f, "", words, err)
}
