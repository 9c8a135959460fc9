package office

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/request"
	"gongkai/internal/workday"
)

// sharedFiles is how many documents one asking may show to another organ.
const sharedFiles = 3

// helpChapter asks other organs for help, and brings the addresses of the files
// that go with it.
func helpChapter() requestChapter {
	upload := route{method: http.MethodPost, pattern: "/office/helps/{help}/files", page: "上传协助材料", act: access.HandleRequest, upload: true, limit: 2*request.MaxScanBytes + maxForm, handler: addHelpFiles}
	return requestChapter{
		forms: map[casework.Action]actForm{request.ActAskOrgan: {askOrganFields, readAskOrgan}, request.ActRecallHelp: {recallFields, readRecall}},
		parts: []casePart{{part: "request_helps", read: helpRows}},
		routes: []route{upload,
			{method: http.MethodGet, pattern: "/office/helps/{help}/files/{scan}", page: "看协助材料", act: access.HandleRequest, handler: helpFile},
			{method: http.MethodGet, pattern: "/office/helps/{help}/shared/{material}", page: "看对方给的材料", act: access.HandleRequest, handler: sharedFile},
			{method: http.MethodGet, pattern: "/office/helps/{help}/answer", page: textHelpAnswer, act: access.HandleRequest, handler: helpAnswerPage},
		},
	}
}

const textHelpAnswer = "其他机关的答复"

// helpCases is the page of the organ that was asked: the question, the files
// chosen for it, its own files and the answer.
var helpCases = caseKind{part: "case_help", facts: func(*casework.View) (any, error) { return nil, nil }, more: []casePart{{part: "case_help", read: helpFacts}},
	forms: map[casework.Action]actForm{request.ActHelpAnswer: {func(*casework.View, workday.Date) []field {
		return []field{{Name: "text", Label: "答复", Kind: "area", Required: true, Max: 4000, Hint: "要附文件的，先在右边上传，再答复。答复以后不能再改。"}}
	}, func(r *http.Request) (any, error) { return &request.HelpAnswerForm{Text: longValue(r, "text")}, nil }}}}

func askOrganFields(v *casework.View, today workday.Date) []field {
	files := []option{{Name: "不给"}}
	if q, ok := v.Data.(*request.Request); ok {
		for _, m := range q.Material.Files {
			if !m.Public() {
				files = append(files, option{Value: strconv.FormatInt(m.ID, 10), Name: fmt.Sprintf("材料%d %s", m.No, m.Name)})
			}
		}
	}
	out := []field{{Name: "organ", Label: "请哪个机关协助", Kind: organField, Required: true, Hint: "对方会收到一件自己的协助事项，看不到这件申请和申请人。答复期限照常计算；需要书面征求意见的，用“征求意见”。"},
		{Name: "question", Label: "需要协助的事项", Kind: "area", Required: true, Max: 2000, Hint: "对方只看到这段话和下面选的材料。不写申请人是谁。"},
		{Name: "until", Label: "请对方答复的日期", Kind: "date", Required: true, Value: today.AddDays(7).String()}}
	for i := range min(sharedFiles, len(files)-1) {
		out = append(out, field{Name: fmt.Sprintf("file%d", i+1), Label: fmt.Sprintf("给对方看的材料 %d", i+1), Kind: "select", Options: files, Fold: "给对方看的材料"})
	}
	return out
}

func readAskOrgan(r *http.Request) (any, error) {
	on, err := dayValue(r, "until", "请对方答复的日期")
	f := &request.AskOrganForm{Organ: value(r, "organ"), Question: longValue(r, "question"), DueOn: on}
	for i := range sharedFiles {
		if s := value(r, fmt.Sprintf("file%d", i+1)); s != "" {
			id, bad := strconv.ParseInt(s, 10, 64)
			if bad != nil {
				id = 0 // the check names the field
			}
			f.Files = append(f.Files, id)
		}
	}
	return f, err
}

func recallFields(v *casework.View, _ workday.Date) []field {
	f := field{Name: "help", Label: "撤回哪一件", Kind: "select", Required: true, Options: []option{{Name: textChoose}}}
	if q, ok := v.Data.(*request.Request); ok {
		for _, h := range q.Work.Helps {
			if h.Waits() {
				f.Options = append(f.Options, option{Value: strconv.FormatInt(h.Case, 10), Name: h.Number})
			}
		}
	}
	return []field{f, {Name: "why", Label: textReason, Kind: "area", Required: true, Max: 500, Hint: "只留在这件申请的记录里，对方只收到“不用再答复”的通知。"}}
}

func readRecall(r *http.Request) (any, error) {
	id, err := strconv.ParseInt(value(r, "help"), 10, 64)
	if err != nil {
		id = 0 // the check names the field
	}
	return &request.RecallHelpForm{Help: id, Reason: longValue(r, "why")}, nil
}

// helpRow is an asking with the name of the organ.
type helpRow struct {
	request.Help
	OrganName string
}

// helpRows lists on the page of a request who was asked; the words stand on a
// page of their own, where each look is kept.
func helpRows(o *Office, c *call, v *casework.View) (any, error) {
	q, ok := v.Data.(*request.Request)
	if !ok || len(q.Work.Helps) == 0 {
		return nil, nil
	}
	names, err := o.organNames(c.ctx())
	if err != nil {
		return nil, err
	}
	var out []helpRow
	for _, h := range q.Work.Helps {
		out = append(out, helpRow{h, names.name(h.Organ)})
	}
	return out, nil
}

// helpPart is the page's part of the organ that was asked.
type helpPart struct {
	*request.Help
	AskerName string
	Upload    form
}

func helpFacts(o *Office, c *call, v *casework.View) (any, error) {
	h, ok := v.Data.(*request.Help)
	if !ok {
		return nil, fault.Newf(fault.Internal, "office.helpFacts", "case %d holds %T", v.Case.ID, v.Data)
	}
	if err := o.may(c, access.HandleRequest, h.Organ); err != nil { // who only supervises does not read it
		if fault.KindOf(err) != fault.NotFound && fault.KindOf(err) != fault.Forbidden {
			return nil, err
		}
		return nil, nil
	}
	if err := o.deps.Requests.OpenHelp(c.ctx(), c.actor(), h); err != nil {
		return nil, err
	}
	names, err := o.organNames(c.ctx())
	if err != nil {
		return nil, err
	}
	p := helpPart{Help: h, AskerName: names.name(h.Asker)}
	if h.Waits() {
		p.Upload = o.helpUpload(c, h)
	}
	return p, nil
}

func (o *Office) helpUpload(c *call, h *request.Help) form {
	return form{ID: "help-files", Action: fmt.Sprintf("/office/helps/%d/files", h.Case), Token: o.frame(c, textHelpAnswer).Token, Submit: "上传", Upload: true, Second: true, Fields: []field{
		{Name: "file", Label: "文件", Kind: "file", Accept: ".pdf,.jpg,.jpeg,.png,.tif,.tiff,.webp,.bmp,.doc,.docx", Hint: "图片、PDF 或者 Word，最大 20 MB。", Required: true}}}
}

// help reads the asking of the address for the organ that was asked or, where
// asker is true, for the one that asks too.
func (o *Office) help(c *call, asker bool) (*request.Help, error) {
	id, err := pathNumber(c.r, "help")
	if err != nil {
		return nil, err
	}
	h, err := o.deps.Requests.FindHelp(c.ctx(), id)
	if err != nil {
		return nil, err
	}
	err = o.may(c, access.HandleRequest, h.Organ)
	if err != nil && asker {
		err = o.may(c, access.HandleRequest, h.Asker)
	}
	return h, err
}

func addHelpFiles(o *Office, c *call) (*answer, error) {
	h, err := o.help(c, false)
	if err != nil {
		return nil, err
	}
	if !h.Waits() {
		return nil, fault.New(fault.Conflict, "office.addHelpFiles", "这件协助请求已经"+map[bool]string{true: "答复", false: "撤回"}[h.State == request.HelpAnswered]+"，不能再上传材料。")
	}
	files, done, err := sentFiles(c)
	defer done()
	if err == nil {
		err = o.deps.Requests.AddScans(c.ctx(), c.actor(), h.Case, request.ScanHelp, 0, files)
	}
	if err != nil {
		if !mendable(err) && fault.KindOf(err) != fault.Unavailable {
			return nil, err
		}
		d := &formView{frame: o.frame(c, "上传协助材料", casesCrumb), Heading: "上传协助材料", Lead: h.Number, Form: o.helpUpload(c, h)}
		d.Form.blame(err)
		return o.page(c, "request_form", statusFor(err), d)
	}
	return told(c, caseAddress(request.HelpCases, h.Case), "材料已保存，请答复。"), nil
}

func helpFile(o *Office, c *call) (*answer, error) {
	h, err := o.help(c, true)
	if err != nil {
		return nil, err
	}
	id, err := pathNumber(c.r, "scan")
	if err != nil {
		return nil, err
	}
	s, b, err := o.deps.Requests.ReadScan(c.ctx(), c.actor(), h.Case, id)
	if err != nil {
		return nil, err
	}
	return fileAnswer(fmt.Sprintf("%s %d%s", h.Number, s.ID, s.Ending()), b), nil
}

func sharedFile(o *Office, c *call) (*answer, error) {
	h, err := o.help(c, true)
	if err != nil {
		return nil, err
	}
	id, err := pathNumber(c.r, "material")
	if err != nil {
		return nil, err
	}
	m, b, err := o.deps.Requests.SharedOriginal(c.ctx(), c.actor(), h, id)
	if err != nil {
		return nil, err
	}
	return fileAnswer(m.Name, b), nil
}

// helpAnswerPage opens question and answer to the organ that asked.
func helpAnswerPage(o *Office, c *call) (*answer, error) {
	h, err := o.help(c, true)
	if err != nil {
		return nil, err
	}
	if err := o.deps.Requests.OpenHelp(c.ctx(), c.actor(), h); err != nil {
		return nil, err
	}
	names, err := o.organNames(c.ctx())
	if err != nil {
		return nil, err
	}
	d := &formView{frame: o.frame(c, textHelpAnswer, requestsCrumb, document.Crumb{Name: "申请的办理页", Href: caseAddress(request.Kind, h.Request)}), Heading: textHelpAnswer, Lead: h.Number + "，" + h.StateName() + "。这次查看已经记入审计记录。"}
	d.Facts = []applicantLine{{"对方机关", names.name(h.Organ)}, {"协助事项", h.Question}, {"答复期限", h.DueOn.Chinese()}, {"答复", cmp.Or(h.Answer, h.StateName())}}
	for _, s := range h.Shared {
		d.Doors = append(d.Doors, door{s.Name, fmt.Sprintf("/office/helps/%d/shared/%d", h.Case, s.ID), "给对方看的材料"})
	}
	for i, s := range h.Files {
		d.Doors = append(d.Doors, door{fmt.Sprintf("答复附的材料 %d（%s）", i+1, s.Ending()), fmt.Sprintf("/office/helps/%d/files/%d", h.Case, s.ID), "每次查看都会记录"})
	}
	return o.page(c, "request_form", http.StatusOK, d)
}
