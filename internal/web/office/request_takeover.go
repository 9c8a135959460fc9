package office

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/xuri/excelize/v2"

	"gongkai/internal/access"
	"gongkai/internal/fault"
	"gongkai/internal/org"
	"gongkai/internal/request"
)

const (
	textBatchEntry = "批量登记"
	textTakeOver   = "接收旧台账"
)

// importRoutes are the addresses of tables of requests: many new ones at once,
// and old registers.
func importRoutes() []route {
	one := func(method, pattern, page string, h handler) route {
		return route{method: method, pattern: pattern, page: page, act: access.HandleRequest, handler: h}
	}
	file := func(r route) route { r.upload, r.limit = true, request.MaxTableBytes+maxForm; return r }
	return []route{
		one(http.MethodGet, "/office/request-tables/batch", textBatchEntry, uploadPage(request.BatchTable)),
		file(one(http.MethodPost, "/office/request-tables/batch", "上传批量登记表", addTable(request.BatchTable))),
		one(http.MethodGet, "/office/request-tables/batch/blank.xlsx", "空白登记表", blankBatch),
		one(http.MethodGet, "/office/request-tables/register", textTakeOver, uploadPage(request.OldTable)),
		file(one(http.MethodPost, "/office/request-tables/register", "上传旧台账", addTable(request.OldTable))),
		one(http.MethodGet, "/office/request-tables/{import}", "核对申请表格", tablePage),
		one(http.MethodPost, "/office/request-tables/{import}/columns", "改列的对应", saveColumns),
		one(http.MethodPost, "/office/request-tables/{import}", "确认收录", runTable),
		one(http.MethodGet, "/office/request-tables/{import}/losses.xlsx", "收录差异表", lossesFile),
	}
}

// uploadView is the page on which a table is handed in.
type uploadView struct {
	frame
	Heading string
	Old     bool
	Form    form
	Past    []pastTable
}

// pastTable is a table that was handed in before, with the way back to it.
type pastTable struct {
	request.Import
	OrganName, State string
}

// pastTables are the tables of a kind within the caller's reach.
func (o *Office) pastTables(c *call, kind request.ImportKind) (out []pastTable, err error) {
	organs, err := o.ownOrgans(c, access.HandleRequest)
	if err != nil {
		return nil, err
	}
	list, err := o.deps.Requests.Imports(c.ctx(), organs, kind)
	if err != nil {
		return nil, err
	}
	names, err := o.organNames(c.ctx())
	if err != nil {
		return nil, err
	}
	for _, i := range list {
		p := pastTable{Import: i, OrganName: names.name(i.Organ), State: "核对过，还没有写入"}
		switch {
		case !i.Finished.IsZero() && i.Refused > 0:
			p.State = fmt.Sprintf("收录 %d 件，没有收录 %d 行", i.Taken, i.Refused)
		case !i.Finished.IsZero():
			p.State = fmt.Sprintf("收录 %d 件", i.Taken)
		case !i.Started.IsZero():
			p.State = fmt.Sprintf("中断，已收录 %d 件，可以接着做", i.Taken)
		}
		out = append(out, p)
	}
	return out, nil
}

func uploadPage(kind request.ImportKind) handler {
	return func(o *Office, c *call) (*answer, error) { return o.uploadAgain(c, kind, http.StatusOK, nil) }
}

func (o *Office) uploadAgain(c *call, kind request.ImportKind, status int, wrong error) (*answer, error) {
	heading := textBatchEntry
	if kind == request.OldTable {
		heading = textTakeOver
	}
	organs, err := o.requestOrgans(c, access.HandleRequest)
	if err != nil {
		return nil, err
	}
	d := &uploadView{frame: o.frame(c, heading, requestsCrumb), Heading: heading, Old: kind == request.OldTable,
		Form: form{ID: "table", Action: "/office/request-tables/" + string(kind), Token: c.form, Submit: "上传并核对", Upload: true, Fields: []field{
			{Name: "organ", Label: "哪个机关的申请", Kind: "select", Required: true, Options: organs},
			{Name: "file", Label: "文件", Kind: "file", Required: true, Hint: fmt.Sprintf("Excel 文件（.xlsx），最大 %d MB。上传后先核对，点确认以前什么也不写入。", request.MaxTableBytes>>20)}}}}
	if wrong != nil {
		d.Form.fill(c.r)
		d.Form.blame(wrong)
	}
	if d.Past, err = o.pastTables(c, kind); err != nil {
		return nil, err
	}
	return o.page(c, "request_takeover_upload", status, d)
}

func addTable(kind request.ImportKind) handler {
	return func(o *Office, c *call) (*answer, error) {
		i, err := o.readTable(c, kind)
		if err != nil {
			if !mendable(err) {
				return nil, err
			}
			return o.uploadAgain(c, kind, statusFor(err), err)
		}
		return redirect(fmt.Sprintf("/office/request-tables/%d", i.ID)), nil
	}
}

func (o *Office) readTable(c *call, kind request.ImportKind) (*request.Import, error) {
	code := value(c.r, "organ")
	if code == "" {
		return nil, fault.Field("office.readTable", "哪个机关的申请", "“哪个机关的申请”：请选择。")
	}
	organ, err := org.ByCode(c.ctx(), o.deps.DB.Reader(), code)
	if err == nil {
		err = o.may(c, access.HandleRequest, organ)
	}
	if err != nil {
		return nil, err
	}
	f, _, err := c.r.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return nil, fault.Field("office.readTable", "文件", textNoFile)
	}
	if err != nil {
		return nil, &fault.Error{Kind: fault.Invalid, Op: "office.readTable", Field: "文件", Text: textBadForm, Err: err}
	}
	data, err := io.ReadAll(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	return o.deps.Requests.NewImport(c.ctx(), c.actor(), organ, kind, data)
}

func blankBatch(o *Office, c *call) (*answer, error) {
	var b bytes.Buffer
	if err := request.WriteBatchTable(&b); err != nil {
		return nil, err
	}
	return &answer{http.StatusOK, http.Header{"Content-Type": {excelMIME}, "Content-Disposition": {`attachment; filename="requests-blank.xlsx"`}}, b.Bytes()}, nil
}

// tableOf reads the table of the address within the caller's reach.
func (o *Office) tableOf(c *call) (*request.Import, error) {
	id, err := pathNumber(c.r, "import")
	if err != nil {
		return nil, err
	}
	i, err := o.deps.Requests.Import(c.ctx(), id)
	if err != nil {
		return nil, err
	}
	return i, o.may(c, access.HandleRequest, i.Organ)
}

// shownLines bounds how many rows a page shows of a table.
const shownLines = 100

// tableView shows what a table would do, then what it did.
type tableView struct {
	frame
	*request.Import
	Old              bool
	OrganName        string
	Wrong            string
	Lines            []request.OldLine
	Rows             []request.BatchLine
	Faults           []request.BatchFault
	Written          []request.Written
	Good, Bad, Open  int
	Changed          int
	More             bool
	Columns, Confirm form
}

func tablePage(o *Office, c *call) (*answer, error) {
	i, err := o.tableOf(c)
	if err != nil {
		return nil, err
	}
	return o.tableAgain(c, i, http.StatusOK, nil)
}

func (o *Office) tableAgain(c *call, i *request.Import, status int, wrong error) (*answer, error) {
	organs, err := o.organNames(c.ctx())
	if err != nil {
		return nil, err
	}
	d := &tableView{frame: o.frame(c, "核对申请表格", requestsCrumb), Import: i, Old: i.Kind == request.OldTable, OrganName: organs.name(i.Organ)}
	at := fmt.Sprintf("/office/request-tables/%d", i.ID)
	d.Confirm = form{ID: "confirm", Action: at, Token: d.Token, Submit: "确认收录"}
	if d.Old {
		d.old(i, at)
		if d.Good == 0 {
			d.Confirm.ID = ""
		}
		if !i.Started.IsZero() {
			d.Confirm.Submit = "继续收录"
		}
	} else if i.Finished.IsZero() {
		d.Rows, d.Faults = i.Batch(o.access.Today())
		if d.Good, d.Bad = len(d.Rows), len(d.Faults); d.Bad > 0 || d.Good == 0 {
			d.Confirm.ID = "" // all or nothing
		}
		d.Confirm.Submit = fmt.Sprintf("确认登记 %d 件", d.Good)
	} else if d.Written, err = o.deps.Requests.WrittenBy(c.ctx(), i.ID); err != nil {
		return nil, err
	}
	if !i.Finished.IsZero() {
		d.Confirm.ID = ""
	}
	if wrong != nil {
		if d.Columns.ID != "" && fault.FieldOf(wrong) != "" {
			d.Columns.fill(c.r)
			d.Columns.blame(wrong)
		} else {
			d.Wrong = fault.Text(wrong)
		}
	}
	return o.page(c, "request_takeover_table", status, d)
}

func (d *tableView) old(i *request.Import, at string) {
	for _, l := range i.Lines() {
		switch {
		case l.Entry == nil:
			d.Bad++
		case !l.Entry.Closed:
			d.Open++
			d.Good++
		default:
			d.Good++
		}
		d.Changed += len(l.Losses)
		if len(d.Lines) < shownLines {
			d.Lines = append(d.Lines, l)
		} else {
			d.More = true
		}
	}
	if !i.Started.IsZero() {
		return
	}
	d.Columns = form{ID: "columns", Action: at + "/columns", Token: d.Token, Submit: "按新的对应重新核对", Second: true}
	for n, heading := range i.Headings() {
		options := []option{{Name: "不收录这一列"}}
		for _, f := range request.OldFields {
			options = append(options, option{Value: f.Code, Name: f.Name, Chosen: n < len(i.Mapping) && i.Mapping[n] == f.Code})
		}
		d.Columns.Fields = append(d.Columns.Fields, field{Name: fmt.Sprintf("c%d", n), Label: i.Column(n) + "列", Kind: "select", Options: options, Hint: "表头：" + shorten(heading, 40)})
	}
}

func saveColumns(o *Office, c *call) (*answer, error) {
	i, err := o.tableOf(c)
	if err != nil {
		return nil, err
	}
	mapping := make([]string, len(i.Headings()))
	for n := range mapping {
		mapping[n] = value(c.r, fmt.Sprintf("c%d", n))
	}
	if err := o.deps.Requests.SetMapping(c.ctx(), i.ID, mapping); err != nil {
		if !mendable(err) {
			return nil, err
		}
		return o.tableAgain(c, i, statusFor(err), err)
	}
	return told(c, fmt.Sprintf("/office/request-tables/%d", i.ID), "列的对应已经改好，下面是按新的对应核对的结果。"), nil
}

func runTable(o *Office, c *call) (*answer, error) {
	i, err := o.tableOf(c)
	if err != nil {
		return nil, err
	}
	said := "登记完毕，编号和查询码见下表。"
	if i.Kind == request.OldTable {
		said = "收录完毕。请下载收录差异表核对。"
		err = o.deps.Requests.RunTakeOver(c.ctx(), c.actor(), i.ID)
	} else {
		err = o.deps.Requests.RunBatch(c.ctx(), c.actor(), i.ID)
	}
	if err != nil {
		if !mendable(err) {
			return nil, err
		}
		return o.tableAgain(c, i, statusFor(err), err)
	}
	return told(c, fmt.Sprintf("/office/request-tables/%d", i.ID), said), nil
}

func lossesFile(o *Office, c *call) (*answer, error) {
	i, err := o.tableOf(c)
	if err != nil {
		return nil, err
	}
	if i.Kind != request.OldTable {
		return nil, fault.New(fault.NotFound, "office.lossesFile", textNotFound)
	}
	totals, cells, err := o.deps.Requests.Losses(c.ctx(), c.actor(), i)
	if err != nil {
		return nil, err
	}
	b, err := twoSheets("合计", totals, "逐格", cells)
	if err != nil {
		return nil, err
	}
	return &answer{http.StatusOK, http.Header{"Content-Type": {excelMIME}, "Content-Disposition": {fmt.Sprintf(`attachment; filename="losses-%d.xlsx"`, i.ID)}}, b}, nil
}

func twoSheets(first string, a [][]any, second string, b [][]any) (out []byte, err error) {
	x := excelize.NewFile()
	defer func() { err = errors.Join(err, x.Close()) }()
	if err := x.SetSheetName("Sheet1", first); err != nil {
		return nil, err
	}
	if _, err := x.NewSheet(second); err != nil {
		return nil, err
	}
	for name, lines := range map[string][][]any{first: a, second: b} {
		w, err := x.NewStreamWriter(name)
		if err != nil {
			return nil, err
		}
		if err := w.SetColWidth(1, max(1, len(lines[0])), 22); err != nil {
			return nil, err
		}
		for n, line := range lines {
			if err := w.SetRow(fmt.Sprintf("A%d", n+1), line); err != nil {
				return nil, err
			}
		}
		if err := w.Flush(); err != nil {
			return nil, err
		}
	}
	var buf bytes.Buffer
	_, err = x.WriteTo(&buf)
	return buf.Bytes(), err
}
