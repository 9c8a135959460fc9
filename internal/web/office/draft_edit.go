package office

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/ground"
	"gongkai/internal/officialdoc"
	"gongkai/internal/proofread"
	"gongkai/internal/release"
	"gongkai/internal/workday"
)

// editView is the page on which a draft is written: words on the left, what is
// said about them on the right.
type editView struct {
	frame
	Script                   string
	Case                     *casework.Case
	Slip                     *release.Slip
	Form                     draftForm
	Missing                  []release.Refusal
	DocNoDoubt               string // the number bears a code that is not the issuer's
	Outline                  []outlineLine
	Attributes               []option
	Grounds                  []option
	Fors                     []option
	Columns                  []option
	Duties                   []option
	Personal                 []option
	Statutory                []option
	Channels                 []option
	Wrong                    string
	WrongField               string
	Renumber                 []officialdoc.Renumbering
	Pictures                 []pictureLine
	Places                   []option // where a new picture may go
	PictureAlt, PictureWrong string
	Listed                   []listedOption
	Hits                     []release.ListedHit
	Theirs                   []officialdoc.Op // what somebody else changed meanwhile
	TheirName                string
	FileMB                   int
}

// draftForm is the draft as its form shows it.
type draftForm struct {
	Version                                     int
	Title, DocNo, IndexNo, RegistrationNo, Kind string
	Organs, Recipients, Topics                  string
	AdoptedOn, EffectiveOn, ExpiresOn, FormedOn string
	SourceName, SourceURL, Text, Repeals        string
	Reason, Audience                            string
	Traits                                      release.Traits
}

// outlineLine is one block of the text that the outline leads to.
type outlineLine struct {
	Kind  officialdoc.BlockKind
	Words string
	Line  int // from 0
	Depth int
}

// pictureLine is one picture of the draft.
type pictureLine struct {
	release.File
	Mark   string
	Placed bool
}

// listedOption is an entry of the negative list that a drafter may use.
type listedOption struct {
	release.Listed
	Chosen bool
}

// slipCase reads the slip of the address for somebody who may write it.
func (o *Office) slipCase(c *call) (*casework.View, *release.Slip, error) {
	id, err := pathNumber(c.r, "id")
	if err != nil {
		return nil, nil, err
	}
	v, err := o.deps.Cases.View(c.ctx(), c.who.Actor, id)
	if err != nil {
		return nil, nil, err
	}
	s, ok := v.Data.(*release.Slip)
	if !ok {
		return nil, nil, fault.New(fault.NotFound, "office.slipCase", textNotFound)
	}
	return v, s, nil
}

func editDraftPage(o *Office, c *call) (*answer, error) {
	v, s, err := o.slipCase(c)
	if err != nil {
		return nil, err
	}
	if v.Case.State != release.Drafting {
		return told(c, fmt.Sprintf("/office/releases/%d", v.Case.ID), textDraftLocked), nil
	}
	d, err := o.editView(c, v.Case, s, formOf(s))
	if err != nil {
		return nil, err
	}
	return o.page(c, "draft_edit", http.StatusOK, d)
}

func formOf(s *release.Slip) draftForm {
	p := s.Paper
	f := draftForm{Version: s.Version, Title: p.Title, DocNo: p.DocNo, IndexNo: p.IndexNo, RegistrationNo: p.RegistrationNo, Kind: p.Kind,
		Organs: strings.Join(p.Organs, "、"), Recipients: strings.Join(p.Recipients, "、"), Topics: strings.Join(p.Topics, "、"),
		AdoptedOn: p.AdoptedOn.String(), EffectiveOn: p.EffectiveOn.String(), ExpiresOn: p.ExpiresOn.String(), FormedOn: s.FormedOn.String(),
		SourceName: p.SourceName, SourceURL: p.SourceURL, Text: p.Text, Reason: s.Reason, Audience: s.Audience, Traits: s.Traits}
	for _, r := range p.Repeals {
		f.Repeals += strings.TrimSpace(fmt.Sprintf("%d %s", r.Work, r.On)) + "\n"
	}
	return f
}

// editView fills the lists of the page around a form.
func (o *Office) editView(c *call, k *casework.Case, s *release.Slip, f draftForm) (*editView, error) {
	d := &editView{frame: o.frame(c, textEditDraft, document.Crumb{Name: textDrafts, Href: "/office/releases"}, document.Crumb{Name: k.Number, Href: fmt.Sprintf("/office/releases/%d", k.ID)}),
		Script: o.draftURL, Case: k, Slip: s, Form: f, Missing: s.Missing(false, o.access.Today()), FileMB: maxDraftFile >> 20}
	for _, a := range release.Attributes {
		d.Attributes = append(d.Attributes, option{string(a), string(a), a == s.Attribute})
	}
	d.Grounds = []option{{Name: textChoose}}
	for _, g := range ground.All {
		d.Grounds = append(d.Grounds, option{g.Code, g.Name + "（" + g.Law + "）", g.Code == s.Ground})
	}
	d.Duties = []option{}
	for _, x := range release.Duties {
		d.Duties = append(d.Duties, option{x.Rule, x.Name, x.Rule == s.Traits.Duty})
	}
	d.Personal = []option{{Name: "不保留个人信息"}}
	for _, x := range release.PersonalGrounds {
		d.Personal = append(d.Personal, option{x.Code, x.Name, x.Code == s.Traits.Personal})
	}
	d.Statutory = []option{{Name: "不属于第二十条列明的事项"}}
	for _, x := range release.StatutoryItems {
		d.Statutory = append(d.Statutory, option{x.Code, x.Name, x.Code == s.Traits.Statutory})
	}
	for _, x := range release.ChannelNames {
		if x.Code != "archive" {
			d.Channels = append(d.Channels, option{x.Code, x.Name, contains(s.Traits.Channels, x.Code)})
		}
	}
	for _, x := range s.Findings {
		if x.Place == proofread.WhereDocNo && x.State == release.Open && x.Words == f.DocNo {
			_, d.DocNoDoubt, _ = strings.Cut(x.Why, "\n")
		}
	}
	d.blocks()
	if err := o.listed(c, d); err != nil {
		return nil, err
	}
	columns, err := o.deps.Library.Columns(c.ctx())
	if err != nil {
		return nil, err
	}
	var walk func(list []document.Column, indent string)
	walk = func(list []document.Column, indent string) {
		for _, x := range list {
			d.Columns = append(d.Columns, option{x.Code, indent + x.Name, contains(s.Paper.Columns, x.Code)})
			walk(x.Children, indent+"　")
		}
	}
	walk(columns, "")
	if d.Fors, err = o.forOptions(c, s); err != nil {
		return nil, err
	}
	return d, nil
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// forOptions are the governments for which a department may draft.
func (o *Office) forOptions(c *call, s *release.Slip) ([]option, error) {
	tree, err := o.access.Tree(c.ctx())
	if err != nil {
		return nil, err
	}
	out := []option{{Value: "0", Name: "本机关自己的文件"}}
	for _, id := range tree.Above(s.Organ)[1:] {
		name, err := o.organName(c, id)
		if err != nil {
			return nil, err
		}
		out = append(out, option{strconv.FormatInt(id, 10), "代" + name + "拟稿", id == s.For})
	}
	return out, nil
}

// organName is the name that an organ bears today.
func (o *Office) organName(c *call, id int64) (name string, err error) {
	err = o.deps.DB.Reader().QueryRowContext(c.ctx(), `SELECT n.name FROM organ_names n WHERE n.organ_id = $1 AND n.alias = 0 ORDER BY n.valid_from DESC, n.id DESC LIMIT 1`, id).Scan(&name)
	return name, err
}

// saveDraft keeps what the form says. The button decides where the writer goes
// next; a script that saves by itself gets the new version number.
func saveDraft(o *Office, c *call) (*answer, error) {
	v, s, err := o.slipCase(c)
	if err != nil {
		return nil, err
	}
	form, save, err := readDraftForm(c.r, s)
	if err == nil && value(c.r, "use_listed") != "" {
		err = o.useListed(c, s, &form, save)
	}
	if err == nil {
		_, err = o.deps.Cases.Apply(c.ctx(), casework.Do{Case: v.Case.ID, Action: release.ActSave, Form: save, Actor: c.who.Actor})
	}
	if err != nil {
		return o.draftNotSaved(c, v.Case, s, form, save, err)
	}
	s, err = o.deps.Releases.Recheck(c.ctx(), v.Case.ID)
	if err != nil {
		return nil, err
	}
	if wantsJSON(c.r) {
		return jsonAnswer(http.StatusOK, map[string]any{"version": s.Version, "missing": len(s.Missing(false, o.access.Today()))})
	}
	to := fmt.Sprintf("/office/releases/%d", v.Case.ID)
	if value(c.r, "stay") != "" || value(c.r, "use_listed") != "" {
		to += "/edit"
	}
	return told(c, to, fmt.Sprintf(textDraftSaved, s.Version)), nil
}

// draftNotSaved shows the form again with the writer's words, and beside them
// what somebody else saved meanwhile.
func (o *Office) draftNotSaved(c *call, k *casework.Case, s *release.Slip, f draftForm, save *release.SaveForm, err error) (*answer, error) {
	var stale *release.Stale
	if errors.As(err, &stale) {
		if wantsJSON(c.r) {
			return jsonAnswer(http.StatusConflict, map[string]any{"text": fault.Text(err)})
		}
		who := ""
		for _, d := range k.Done {
			if d.Action == release.ActSave {
				who = d.Actor
			}
		}
		f.Version = s.Version // the next save knows of the other text
		d, e := o.editView(c, k, s, f)
		if e != nil {
			return nil, e
		}
		d.Wrong, d.TheirName = fmt.Sprintf(textMergeNeeded, who), who
		d.Theirs = officialdoc.DiffText(stale.Now.Text, f.Text)
		return o.page(c, "draft_edit", http.StatusConflict, d)
	}
	if !mendable(err) {
		return nil, err
	}
	if wantsJSON(c.r) {
		return jsonAnswer(statusFor(err), map[string]any{"text": fault.Text(err)})
	}
	if save != nil && save.Decision != nil {
		s.Attribute, s.Ground, s.For, s.Listed = save.Decision.Attribute, save.Decision.Ground, save.Decision.For, save.Decision.Listed
	}
	d, e := o.editView(c, k, s, f)
	if e != nil {
		return nil, e
	}
	d.Wrong, d.WrongField = fault.Text(err), fault.FieldOf(err)
	return o.page(c, "draft_edit", statusFor(err), d)
}

// readDraftForm reads the form of a draft; the form comes back filled as sent,
// also when a field cannot be read.
func readDraftForm(r *http.Request, s *release.Slip) (f draftForm, save *release.SaveForm, err error) {
	f = draftForm{Title: value(r, "title"), DocNo: value(r, "doc_no"), IndexNo: value(r, "index_no"), RegistrationNo: value(r, "registration_no"), Kind: value(r, "kind"),
		Organs: value(r, "organs"), Recipients: value(r, "recipients"), Topics: value(r, "topics"), AdoptedOn: value(r, "adopted_on"), EffectiveOn: value(r, "effective_on"),
		ExpiresOn: value(r, "expires_on"), FormedOn: value(r, "formed_on"), SourceName: value(r, "source_name"), SourceURL: value(r, "source_url"), Text: longValue(r, "text"),
		Repeals: longValue(r, "repeals"), Reason: value(r, "reason"), Audience: value(r, "audience"), Traits: traitsOf(r, s)}
	if f.Version, err = strconv.Atoi(value(r, "version")); err != nil {
		return f, nil, fault.New(fault.Invalid, "office.readDraftForm", textOldForm)
	}
	p := release.Paper{Title: f.Title, DocNo: f.DocNo, IndexNo: f.IndexNo, RegistrationNo: f.RegistrationNo, Kind: f.Kind, Organs: names(f.Organs), Recipients: names(f.Recipients),
		Topics: names(f.Topics), Columns: r.PostForm["columns"], SourceName: f.SourceName, SourceURL: f.SourceURL, Text: f.Text}
	d := release.Decision{Attribute: release.Attribute(value(r, "attribute")), Reason: f.Reason, Ground: value(r, "ground"), Audience: f.Audience}
	d.Listed, _ = strconv.ParseInt(value(r, "listed"), 10, 64) // an unknown number means none
	d.For, _ = strconv.ParseInt(value(r, "for"), 10, 64)       // an unknown number means the organ itself
	save = &release.SaveForm{Version: f.Version, Paper: &p, Decision: &d, Traits: &f.Traits, Keep: value(r, "keep") != ""}
	for _, x := range []struct {
		to          *workday.Date
		name, label string
	}{{&p.AdoptedOn, "adopted_on", "成文日期"}, {&p.EffectiveOn, "effective_on", "施行日期"}, {&p.ExpiresOn, "expires_on", "失效日期"}, {&d.FormedOn, "formed_on", "形成日期"}} {
		if *x.to, err = dayValue(r, x.name, x.label); err != nil {
			return f, save, err
		}
	}
	p.Repeals, err = repealsOf(f.Repeals)
	return f, save, err
}

// names splits 甲、乙 and lines.
func names(s string) []string {
	var out []string
	for _, x := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("、；;\n", r) }) {
		if x = strings.TrimSpace(x); x != "" {
			out = append(out, x)
		}
	}
	return out
}

// repealsOf reads a line a repealed work: its public id and, where it differs
// from the day this text takes effect, the day (F-17).
func repealsOf(s string) (out []release.Repeal, err error) {
	for i, line := range strings.Split(s, "\n") {
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		work, e := strconv.ParseInt(f[0], 10, 64)
		r := release.Repeal{Work: work}
		ok := e == nil && work > 0 && len(f) <= 2
		if ok && len(f) == 2 {
			r.On, ok = workday.ParseDate(f[1])
		}
		if !ok {
			return nil, fault.Field("office.repealsOf", "废止清单", textBadRepealLine, i+1)
		}
		out = append(out, r)
	}
	return out, nil
}

// traitsOf reads the part of the form that tells what the office knows of a text.
func traitsOf(r *http.Request, s *release.Slip) release.Traits {
	on := func(name string) bool { return value(r, name) != "" }
	t := release.Traits{Policy: on("policy"), PublicInterest: on("public_interest"), Disclosure: value(r, "disclosure"), Normative: on("normative"), VitalInterest: on("vital_interest"),
		Consulted: value(r, "consulted"), Materials: value(r, "materials"), OwnLegality: value(r, "own_legality"), Discussion: value(r, "discussion"), Market: on("market"),
		FairOutcome: value(r, "fair_outcome"), Others: on("others"), Agreed: value(r, "agreed"), Cosigned: longValue(r, "cosigned"), NeedsApproval: on("needs_approval"), Approval: value(r, "approval"),
		Statutory: value(r, "statutory"), Duty: value(r, "duty"), Personal: value(r, "personal"), PersonalNote: value(r, "personal_note"), Assessment: value(r, "assessment"),
		SecretDoubt: s.Traits.SecretDoubt, Late: value(r, "late"), Clarifies: value(r, "clarifies"), Channels: r.PostForm["channels"]}
	if t.Duty == "A-30" {
		t.Duty = ""
	}
	return t
}

// draftRoutes are the addresses that begin and edit a draft.
func draftRoutes() []route {
	get := func(pattern, page string, h handler) route {
		return route{method: http.MethodGet, pattern: pattern, page: page, act: access.WriteDraft, handler: h}
	}
	post := func(pattern, page string, h handler) route {
		return route{method: http.MethodPost, pattern: pattern, page: page, act: access.WriteDraft, limit: maxCorrect, handler: h}
	}
	stream := func(r route) route { r.stream = true; return r }
	seen := func(r route) route { r.act = access.ReadDraft; return r }
	unit := func(r route) route { r.act = access.ReviewAttribute; return r }
	return []route{
		get("/office/releases/new", textNewDraft, newDraftPage),
		post("/office/releases/new", "粘贴正文新建发布", beginPaste),
		stream(post("/office/releases/new/upload", "上传文件新建发布", beginUpload)),
		get("/office/releases/{id}/edit", textEditDraft, editDraftPage),
		post("/office/releases/{id}/edit", "保存文稿", saveDraft),
		stream(post("/office/releases/{id}/files", "上传文稿文件", addDraftFiles)),
		seen(get("/office/releases/{id}/files/{file}", "下载文稿文件", draftFileBytes)),
		stream(post("/office/releases/{id}/pictures", "上传正文图片", addPicture)),
		seen(get("/office/releases/{id}/pictures/{picture}", "看正文图片", draftPicture)),
		seen(get("/office/releases/{id}/preview", "预览公开页面", previewDraft)),
		post("/office/releases/{id}/renumber", "重排条文序号", renumberDraft),
		post("/office/releases/{id}/files/{file}/drop", "移出文稿文件", dropDraftFile),
		seen(get("/office/releases/{id}/versions", "历次文稿", draftVersionsPage)),
		post("/office/releases/{id}/versions", "取回旧稿", takeBackVersion),
		get("/office/releases/batch", textBatch, attributeBatchPage),
		post("/office/releases/batch", textBatch, setAttributes),
		unit(get("/office/exceptions", textExceptions, exceptionsPage)),
		unit(post("/office/exceptions", "设置检查例外", addException)),
		unit(post("/office/exceptions/{exception}/end", "结束检查例外", endException)),
	}
}
