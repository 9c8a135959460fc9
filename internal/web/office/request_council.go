package office

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/org"
	"gongkai/internal/request"
)

const (
	textCouncils     = "会商记录"
	textCouncilSaved = "会商记录已保存，记入 %d 件申请。"
)

// maxMinutes bounds the file of the minutes.
const maxMinutes = 20 << 20

// councilChapter is the page's share of meetings about hard requests.
func councilChapter() requestChapter {
	return requestChapter{routes: []route{
		{method: http.MethodGet, pattern: "/office/requests/councils", page: textCouncils, act: access.HandleRequest, handler: councilsPage},
		{method: http.MethodPost, pattern: "/office/requests/councils", page: textCouncils, act: access.HandleRequest, upload: true, limit: maxMinutes + maxForm, handler: addCouncil},
		{method: http.MethodGet, pattern: "/office/requests/councils.xlsx", page: textCouncils, act: access.HandleRequest, handler: councilSheet},
		{method: http.MethodGet, pattern: "/office/requests/councils/minutes/{council}", page: "会商纪要", act: access.HandleRequest, handler: councilMinutes},
	}}
}

// councilsView is the list of meetings with the form of a new one.
type councilsView struct {
	frame
	Form form
	Rows []councilRow
}

type councilRow struct {
	request.Council
	OrganName string
	Links     []casework.Case
}

func councilsPage(o *Office, c *call) (*answer, error) { return o.councils(c, http.StatusOK, nil) }

func (o *Office) councilRows(c *call) (out []councilRow, err error) {
	list, err := o.deps.Requests.Councils(c.ctx(), func(organ int64) bool { return o.may(c, access.HandleRequest, organ) == nil })
	if err != nil {
		return nil, err
	}
	names, err := o.organNames(c.ctx())
	if err != nil {
		return nil, err
	}
	for _, k := range list {
		row := councilRow{Council: k, OrganName: names.name(k.Organ)}
		for i, id := range k.Cases {
			row.Links = append(row.Links, casework.Case{ID: id, Number: k.Numbers[i]})
		}
		out = append(out, row)
	}
	return out, nil
}

func (o *Office) councils(c *call, status int, wrong error) (*answer, error) {
	d := &councilsView{frame: o.frame(c, textCouncils, requestsCrumb)}
	var err error
	if d.Rows, err = o.councilRows(c); err != nil {
		return nil, err
	}
	organs, err := o.requestOrgans(c, access.HandleRequest)
	if err != nil {
		return nil, err
	}
	d.Form = form{ID: "council", Action: "/office/requests/councils", Token: d.Token, Submit: "保存", Upload: true, Fields: []field{
		{Name: "organ", Label: "机构", Kind: "select", Options: organs, Required: true},
		{Name: "on", Label: "会商日期", Kind: "date", Required: true, Value: o.access.Today().String()},
		{Name: "numbers", Label: "申请编号", Kind: "area", Required: true, Max: 1000, Hint: "会商的是哪几件申请，每行一件，例如：依申请〔2026〕3号。"},
		{Name: "people", Label: "参加人", Kind: "area", Required: true, Max: 1000, Hint: "参加的处室、单位和人员。"},
		{Name: "matter", Label: "会商事项", Kind: "area", Required: true, Max: 2000, Hint: "难在哪里，有哪些不同意见。不写申请人是谁。"},
		{Name: "conclusion", Label: "结论", Kind: "area", Required: true, Max: 2000},
		{Name: "file", Label: "会议纪要", Kind: "file", Hint: "可以不传，最大 20 MB。", Accept: ".docx,.doc,.pdf,.ofd,.txt"}}}
	if wrong != nil {
		d.Form.fill(c.r)
		d.Form.blame(wrong)
	}
	return o.page(c, "request_councils", status, d)
}

func addCouncil(o *Office, c *call) (*answer, error) {
	k, err := o.readCouncil(c)
	if err == nil {
		_, err = o.deps.Requests.RecordCouncil(c.ctx(), c.who.Actor, k)
	}
	if err != nil {
		if !mendable(err) {
			return nil, err
		}
		return o.councils(c, statusFor(err), err)
	}
	return told(c, "/office/requests/councils", fmt.Sprintf(textCouncilSaved, len(k.Numbers))), nil
}

func (o *Office) readCouncil(c *call) (k request.Council, err error) {
	if k.HeldOn, err = dayValue(c.r, "on", "会商日期"); err != nil {
		return k, err
	}
	k.People, k.Matter, k.Conclusion = longValue(c.r, "people"), longValue(c.r, "matter"), longValue(c.r, "conclusion")
	seen := map[string]bool{}
	for _, line := range strings.Split(longValue(c.r, "numbers"), "\n") {
		if line = strings.TrimSpace(line); line != "" && !seen[line] {
			seen[line] = true
			k.Numbers = append(k.Numbers, line)
		}
	}
	code := value(c.r, "organ")
	if code == "" {
		return k, fault.Field("office.readCouncil", "机构", textNoDraftOrgan)
	}
	if k.Organ, err = org.ByCode(c.ctx(), o.deps.DB.Reader(), code); err != nil {
		return k, err
	}
	if err := o.may(c, access.HandleRequest, k.Organ); err != nil {
		return k, err
	}
	k.Minutes, err = o.takeMinutes(c)
	return k, err
}

// takeMinutes stores the file of a form; none is none.
func (o *Office) takeMinutes(c *call) (p request.Paper, err error) {
	file, head, err := c.r.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return p, nil
	}
	if err != nil {
		return p, &fault.Error{Kind: fault.Invalid, Op: "office.takeMinutes", Field: "会议纪要", Text: textBadForm, Err: err}
	}
	defer file.Close()
	if head.Size == 0 {
		return p, fault.Field("office.takeMinutes", "会议纪要", "“会议纪要”：这是一个空文件。")
	}
	blob, err := o.deps.Files.Put(c.ctx(), file, maxMinutes)
	if err != nil {
		return p, err
	}
	if blob.Executable() {
		return p, fault.Field("office.takeMinutes", "会议纪要", "“会议纪要”：程序文件不能上传。")
	}
	name := path.Base(strings.ReplaceAll(strings.ReplaceAll(strings.ToValidUTF8(head.Filename, ""), "\x00", ""), `\`, "/"))
	return request.Paper{SHA: blob.SHA256, Name: shorten(name, 200), MIME: blob.MIME, Size: blob.Size}, nil
}

func councilMinutes(o *Office, c *call) (*answer, error) {
	id, err := pathNumber(c.r, "council")
	if err != nil {
		return nil, err
	}
	rows, err := o.councilRows(c)
	if err != nil {
		return nil, err
	}
	for _, k := range rows {
		if k.ID != id || k.Minutes.SHA == "" {
			continue
		}
		f, err := o.deps.Files.Open(c.ctx(), k.Minutes.SHA)
		if err != nil {
			return nil, err
		}
		b, err := io.ReadAll(f)
		if err := errors.Join(err, f.Close()); err != nil {
			return nil, err
		}
		h := http.Header{"Content-Type": {"application/octet-stream"}, "Content-Disposition": {mime.FormatMediaType("attachment", map[string]string{"filename": k.Minutes.Name})}, "X-Content-Type-Options": {"nosniff"}}
		return &answer{http.StatusOK, h, b}, o.access.Record(c.ctx(), c.who.Actor, audit.Download, fmt.Sprintf("council:%d", id), audit.Done, "会商纪要") // the file may be named after a person
	}
	return nil, fault.New(fault.NotFound, "office.councilMinutes", textNotFound)
}

func councilSheet(o *Office, c *call) (*answer, error) {
	rows, err := o.councilRows(c)
	if err != nil {
		return nil, err
	}
	lines := [][]any{{"会商日期", "机构", "申请编号", "参加人", "会商事项", "结论", "会议纪要"}}
	for _, k := range rows {
		lines = append(lines, []any{k.HeldOn.String(), k.OrganName, strings.Join(k.Numbers, "、"), k.People, k.Matter, k.Conclusion, k.Minutes.Name})
	}
	return excelAnswer(textCouncils+".xlsx", func(b *bytes.Buffer) error { return writeLines(b, textCouncils, 24, lines) })
}
