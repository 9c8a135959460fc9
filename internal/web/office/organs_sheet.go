package office

import (
	"bytes"
	"errors"
	"net/http"

	"gongkai/internal/access"
	"gongkai/internal/fault"
	"gongkai/internal/org"
)

// organSheetView is the form for a table of organs, then what it would do, then
// what it did.
type organSheetView struct {
	frame
	Form    form
	Confirm form
	Preview bool // looked at only
	Done    bool
	Whole   bool
	Lines   []org.SheetLine
	Faults  []org.SheetFault
	Count   string
}

const excelMIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

func organSheetForm(c *call) form {
	return form{ID: "import", Action: "/office/organs/import", Token: c.form, Submit: "上传并预览", Upload: true, Fields: []field{
		{Name: "file", Label: "文件", Kind: "file", Required: true, Hint: "Excel 文件（.xlsx），最大 5 MB。先预览，确认以后才保存。"},
		{Name: "mode", Label: "有错误时怎么办", Kind: "select", Options: []option{
			{Value: "whole", Name: "有一行不对就都不保存（推荐）"}, {Value: "good", Name: "保存没有错误的行，列出有错误的行"}}},
	}}
}

func organSheetPage(o *Office, c *call) (*answer, error) {
	return o.page(c, "organsheet", http.StatusOK, &organSheetView{frame: o.frame(c, textOrganImport, organsCrumb), Form: organSheetForm(c)})
}

// previewOrganSheet reads a table and says what it would do. The file waits in
// the file store, without a row, and its digest in the session.
func previewOrganSheet(o *Office, c *call) (*answer, error) {
	d := &organSheetView{frame: o.frame(c, textOrganImport, organsCrumb), Form: organSheetForm(c), Preview: true, Whole: value(c.r, "mode") != "good"}
	d.Form.fill(c.r)
	err := o.lookAtSheet(c, d)
	if err != nil {
		if !mendable(err) {
			return nil, err
		}
		d.Preview = false
		d.Form.blame(err)
		return o.page(c, "organsheet", statusFor(err), d)
	}
	status := http.StatusOK
	if len(d.Lines) == 0 || d.Whole && len(d.Faults) > 0 {
		status = http.StatusBadRequest
	} else {
		d.Confirm = form{ID: "confirm", Action: "/office/organs/import/confirm", Token: c.form, Submit: "确认保存"}
	}
	return o.page(c, "organsheet", status, d)
}

func (o *Office) lookAtSheet(c *call, d *organSheetView) error {
	file, _, err := c.r.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return fault.Field("office.lookAtSheet", "文件", textNoFile)
	}
	if err != nil {
		return &fault.Error{Kind: fault.Invalid, Op: "office.lookAtSheet", Field: "文件", Text: textBadForm, Err: err}
	}
	defer file.Close()
	sha, err := o.deps.Organs.KeepSheet(c.ctx(), file)
	if err != nil {
		return err
	}
	if err := o.saveSheet(c, d, sha, true); err != nil {
		return err
	}
	mode := "good"
	if d.Whole {
		mode = "whole"
	}
	c.visit.SetSecret("organ_sheet", sha)
	c.visit.SetSecret("organ_sheet_mode", mode)
	return nil
}

// saveSheet takes a kept table in within the person's reach.
func (o *Office) saveSheet(c *call, d *organSheetView, sha string, dry bool) error {
	rows, faults, err := o.deps.Organs.KeptSheet(c.ctx(), sha)
	if err != nil {
		return err
	}
	reach, err := o.organReach(c, access.ManageOrgans)
	if err != nil {
		return err
	}
	codes := map[string]bool{}
	for _, code := range reach {
		codes[code] = true
	}
	d.Lines, d.Faults, err = o.deps.Organs.SaveSheets(c.ctx(), rows, faults, org.SheetOptions{By: o.now(c), Whole: d.Whole, Dry: dry, Reach: codes})
	d.Count = org.SheetCount(d.Lines)
	return err
}

// organReach lists the codes of the organs that an act may be done to.
func (o *Office) organReach(c *call, act access.Act) ([]string, error) {
	options, err := o.organOptions(c, act, "")
	if err != nil {
		return nil, err
	}
	var codes []string
	for _, x := range options {
		if x.Value != "" {
			codes = append(codes, x.Value)
		}
	}
	return codes, nil
}

// confirmOrganSheet saves the table that was looked at last.
func confirmOrganSheet(o *Office, c *call) (*answer, error) {
	d := &organSheetView{frame: o.frame(c, textOrganImport, organsCrumb), Form: organSheetForm(c), Done: true, Whole: c.visit.Secret("organ_sheet_mode") != "good"}
	sha := c.visit.Secret("organ_sheet")
	err := fault.Field("office.confirm", "文件", textSheetAgain)
	if sha != "" {
		if e := o.saveSheet(c, d, sha, false); e == nil {
			c.visit.SetSecret("organ_sheet", "")
			status := http.StatusOK
			if len(d.Lines) == 0 {
				status = http.StatusBadRequest
			}
			return o.page(c, "organsheet", status, d)
		} else if !mendable(e) && fault.KindOf(e) != fault.NotFound {
			return nil, e
		}
	}
	d.Done = false
	d.Form.blame(err)
	return o.page(c, "organsheet", http.StatusBadRequest, d)
}

func blankOrganSheet(o *Office, c *call) (*answer, error) {
	return o.organSheet(c, nil, "organs-blank.xlsx")
}

func exportOrgans(o *Office, c *call) (*answer, error) {
	codes, err := o.organReach(c, access.ManageOrgans)
	if err != nil {
		return nil, err
	}
	return o.organSheet(c, codes, "organs.xlsx")
}

func (o *Office) organSheet(c *call, codes []string, name string) (*answer, error) {
	var b bytes.Buffer
	if err := o.deps.Organs.WriteSheets(c.ctx(), codes, &b); err != nil {
		return nil, err
	}
	return &answer{http.StatusOK, http.Header{"Content-Type": {excelMIME}, "Content-Disposition": {`attachment; filename="` + name + `"`}}, b.Bytes()}, nil
}
