package office

import (
	"fmt"
	"io"
	"mime"
	"net/http"

	"gongkai/internal/casework"
	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/request"
)

// scansView lists the scans of a request with the form for more.
type scansView struct {
	frame
	Number string
	Case   int64
	Scans  []request.Scan
	Form   form
}

func (o *Office) requestFrame(c *call, title string, x *casework.Case) frame {
	return o.frame(c, title, requestsCrumb, document.Crumb{Name: x.Number, Href: fmt.Sprintf("/office/cases/%d", x.ID)})
}

func scansPage(o *Office, c *call) (*answer, error) { return o.scansAgain(c, http.StatusOK, nil) }

func (o *Office) scansAgain(c *call, status int, wrong error) (*answer, error) {
	v, q, err := o.requestCase(c)
	if err != nil {
		return nil, err
	}
	d := &scansView{frame: o.requestFrame(c, textScans, v.Case), Number: v.Case.Number, Case: v.Case.ID, Scans: q.Intake.Scans}
	d.Form = form{ID: "scans", Action: fmt.Sprintf("/office/requests/%d/scans", v.Case.ID), Token: d.Token, Submit: "上传", Upload: true, Fields: []field{
		{Name: "role", Label: "是什么材料", Kind: "select", Required: true, Options: named(request.ScanRoles)}}}
	if wrong != nil {
		d.Form.fill(c.r)
		d.Form.blame(wrong)
	}
	return o.page(c, "request_intake_scans", status, d)
}

func addScans(o *Office, c *call) (*answer, error) {
	v, _, err := o.requestCase(c)
	if err != nil {
		return nil, err
	}
	var files []io.Reader
	if c.r.MultipartForm != nil {
		for _, h := range c.r.MultipartForm.File["file"] {
			if h.Filename == "" && h.Size == 0 { // the control was left empty
				continue
			}
			f, err := h.Open()
			if err != nil {
				return nil, &fault.Error{Kind: fault.Invalid, Op: "office.addScans", Field: "文件", Text: textUploadCut, Err: err}
			}
			defer f.Close()
			files = append(files, f)
		}
	}
	if err := o.deps.Requests.AddScans(c.ctx(), c.actor(), v.Case.ID, value(c.r, "role"), files); err != nil {
		if !mendable(err) && fault.KindOf(err) != fault.Unavailable {
			return nil, err
		}
		return o.scansAgain(c, statusFor(err), err)
	}
	return told(c, fmt.Sprintf("/office/requests/%d/scans", v.Case.ID), fmt.Sprintf("已保存 %d 个扫描件。", len(files))), nil
}

func scanFile(o *Office, c *call) (*answer, error) {
	v, _, err := o.requestCase(c)
	if err != nil {
		return nil, err
	}
	id, err := pathNumber(c.r, "scan")
	if err != nil {
		return nil, err
	}
	s, b, err := o.deps.Requests.ReadScan(c.ctx(), c.actor(), v.Case.ID, id)
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("%s %s %d%s", v.Case.Number, s.Name(), s.ID, s.Ending())
	return &answer{http.StatusOK, http.Header{"Content-Type": {"application/octet-stream"}, "X-Content-Type-Options": {"nosniff"},
		"Content-Disposition": {mime.FormatMediaType("attachment", map[string]string{"filename": name})}}, b}, nil
}

// contactsView shows the notes of talks with their words.
type contactsView struct {
	frame
	Number string
	Case   int64
	Notes  []request.Contact
	Names  map[string]string
}

func contactsPage(o *Office, c *call) (*answer, error) {
	v, _, err := o.requestCase(c)
	if err != nil {
		return nil, err
	}
	d := &contactsView{frame: o.requestFrame(c, textContacts, v.Case), Number: v.Case.Number, Case: v.Case.ID}
	if d.Notes, err = o.deps.Requests.ReadContacts(c.ctx(), c.actor(), v.Case.ID); err != nil {
		return nil, err
	}
	var logins []string
	for _, n := range d.Notes {
		logins = append(logins, n.Login)
	}
	if d.Names, _, err = o.deps.Cases.Names(c.ctx(), logins, nil); err != nil {
		return nil, err
	}
	return o.page(c, "request_intake_contacts", http.StatusOK, d)
}
