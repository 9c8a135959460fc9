package office

import (
	"errors"
	"net/http"

	"gongkai/internal/access"
	"gongkai/internal/fault"
)

// importView is the form for a table of people, and then what became of it.
type importView struct {
	frame
	Form   form
	Done   bool
	Whole  bool
	Saved  []access.Saved
	Faults []access.SheetFault
}

func importForm(c *call) form {
	return form{ID: "import", Action: "/office/people/import", Token: c.form, Submit: "上传并导入", Upload: true, Fields: []field{
		{Name: "file", Label: "文件", Kind: "file", Required: true, Hint: "Excel 文件（.xlsx），最大 5 MB。第一行是表头。"},
		{Name: "mode", Label: "有错误时怎么办", Kind: "select", Options: []option{
			{Value: "whole", Name: "有一行不对就都不保存（推荐）"}, {Value: "good", Name: "保存没有错误的行，列出有错误的行"}}},
	}}
}

func importPage(o *Office, c *call) (*answer, error) {
	return o.page(c, "import", http.StatusOK, &importView{frame: o.frame(c, textImport, peopleCrumb), Form: importForm(c)})
}

func importPeople(o *Office, c *call) (*answer, error) {
	d := &importView{frame: o.frame(c, textImport, peopleCrumb), Form: importForm(c), Whole: value(c.r, "mode") != "good"}
	d.Form.fill(c.r)
	err := o.tryImport(c, d)
	if err != nil {
		if !mendable(err) {
			return nil, err
		}
		if fault.FieldOf(err) == "" {
			d.Form.Fields[0].Error = fault.Text(err)
		} else {
			d.Form.blame(err)
		}
		return o.page(c, "import", statusFor(err), d)
	}
	d.Done = true
	status := http.StatusOK
	if len(d.Saved) == 0 {
		status = http.StatusBadRequest
	}
	return o.page(c, "import", status, d)
}

func (o *Office) tryImport(c *call, d *importView) error {
	file, _, err := c.r.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return fault.Field("office.import", "文件", textNoFile)
	}
	if err != nil {
		return &fault.Error{Kind: fault.Invalid, Op: "office.import", Field: "文件", Text: textBadForm, Err: err}
	}
	defer file.Close()
	rows, faults, err := access.ReadSheet(file)
	if err != nil {
		return err
	}
	d.Saved, d.Faults, err = o.access.SaveSheet(c.ctx(), c.actor(), rows, faults, d.Whole)
	return err
}
