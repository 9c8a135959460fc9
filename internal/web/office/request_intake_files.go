package office

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
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

// scansView lists the scans of a request with the form for more.
type scansView struct {
	frame
	Number string
	Case   int64
	Scans  []request.Scan
	With   string // opinion or answer to which more are added
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
	roles := named(request.ScanRoles)
	with := cmp.Or(value(c.r, "with"), queryValue(c.r, "with"))
	if role, of := cameWith(with); of > 0 {
		if name, ok := q.CameWith(role, of); ok {
			d.With = name
		}
		roles = slices.DeleteFunc(roles, func(x option) bool { return x.Value != role })
	}
	d.Form = form{ID: "scans", Action: fmt.Sprintf("/office/requests/%d/scans", v.Case.ID), Token: d.Token, Submit: "上传", Upload: true, Hidden: []option{{Name: "with", Value: with}}, Fields: []field{
		{Name: "role", Label: "是什么材料", Kind: "select", Required: true, Options: roles}}}
	if wrong != nil {
		d.Form.fill(c.r)
		d.Form.blame(wrong)
	}
	return o.page(c, "request_intake_scans", status, d)
}

func addScans(o *Office, c *call) (*answer, error) {
	v, q, err := o.requestCase(c)
	if err != nil {
		return nil, err
	}
	role, of := cameWith(value(c.r, "with"))
	if of > 0 {
		if _, ok := q.CameWith(role, of); !ok || role != value(c.r, "role") {
			return nil, fault.New(fault.NotFound, "office.addScans", textNotFound)
		}
	}
	files, done, err := sentFiles(c)
	defer done()
	if err != nil {
		return nil, err
	}
	if err := o.deps.Requests.AddScans(c.ctx(), c.actor(), v.Case.ID, value(c.r, "role"), of, files); err != nil {
		if !mendable(err) && fault.KindOf(err) != fault.Unavailable {
			return nil, err
		}
		return o.scansAgain(c, statusFor(err), err)
	}
	return told(c, fmt.Sprintf("/office/requests/%d/scans", v.Case.ID), fmt.Sprintf("已保存 %d 个扫描件。", len(files))), nil
}

// maxScanForm bounds a form with scans, in bytes.
const maxScanForm = 2*request.MaxScanBytes + maxForm

// withScans lets a route take scans.
func withScans(rt route) route {
	rt.upload, rt.limit = true, maxScanForm
	return rt
}

const textScansAgain = "刚才选的文件没有保存，请再选一次。"

// chosenFiles are the files of a control; one that was left empty has none.
func chosenFiles(r *http.Request, name string) (out []*multipart.FileHeader) {
	if r.MultipartForm == nil {
		return nil
	}
	for _, h := range r.MultipartForm.File[name] {
		if h.Filename != "" || h.Size != 0 {
			out = append(out, h)
		}
	}
	return out
}

// entryScans are what the scans of the counter form show; others follow on the
// page of scans.
var entryScans = []string{"form", "proof", "envelope"}

// scanFields are the controls for scans with the entry; a browser never fills
// them again.
func scanFields(r *http.Request) (out []field) {
	for _, role := range entryScans {
		f := field{Name: "scan_" + role, Label: request.FieldScan(role), Kind: "file", Many: true, Fold: "随登记上传扫描件", Accept: ".pdf,.jpg,.jpeg,.png,.tif,.tiff,.webp,.bmp,.doc,.docx"}
		if role == "form" {
			f.Hint = "可以一次选几个；没有的不选，登记后也能补传。图片、PDF 或者 Word，一个最大 20 MB，三处合计最大 40 MB。"
		}
		if len(chosenFiles(r, f.Name)) > 0 {
			f.Error = textScansAgain
		}
		out = append(out, f)
	}
	return out
}

// readScans reads the scans of the counter form.
func readScans(r *http.Request) (out []request.Enclosure, err error) {
	for _, role := range entryScans {
		for _, h := range chosenFiles(r, "scan_"+role) {
			f, err := h.Open()
			if err != nil {
				return nil, &fault.Error{Kind: fault.Invalid, Op: "office.readScans", Field: request.FieldScan(role), Text: textUploadCut, Err: err}
			}
			data, err := io.ReadAll(io.LimitReader(f, request.MaxScanBytes+1))
			if err := errors.Join(err, f.Close()); err != nil {
				return nil, &fault.Error{Kind: fault.Invalid, Op: "office.readScans", Field: request.FieldScan(role), Text: textUploadCut, Err: err}
			}
			out = append(out, request.Enclosure{Role: role, Data: data})
		}
	}
	return out, nil
}

// cameWith reads what files are added to: counsel-3 is the third opinion.
func cameWith(s string) (role string, of int64) {
	role, id, _ := strings.Cut(s, "-")
	of, err := strconv.ParseInt(id, 10, 64)
	if err != nil || of < 1 {
		return "", 0
	}
	return role, of
}

// sentFiles opens the files of an upload; done closes them.
func sentFiles(c *call) (files []io.Reader, done func(), err error) {
	var open []io.Closer
	done = func() {
		for _, f := range open {
			_ = f.Close() // only read
		}
	}
	for _, h := range chosenFiles(c.r, "file") {
		f, err := h.Open()
		if err != nil {
			return nil, done, &fault.Error{Kind: fault.Invalid, Op: "office.sentFiles", Field: "文件", Text: textUploadCut, Err: err}
		}
		open = append(open, f)
		files = append(files, f)
	}
	return files, done, nil
}

// scanFile hands out a file to who handles the request: it may show who asked.
func scanFile(o *Office, c *call) (*answer, error) {
	v, _, err := o.requestCase(c)
	if err != nil {
		return nil, err
	}
	return o.scan(c, v, "scan")
}

// opinionFile hands out what came with an opinion or an answer to who reviews
// and signs too; any other scan is not there for them.
func opinionFile(o *Office, c *call) (*answer, error) {
	v, q, err := o.requestFor(c, access.SeeRequest)
	if err != nil {
		return nil, err
	}
	id, err := pathNumber(c.r, "opinion")
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(q.Intake.Scans, func(s request.Scan) bool { return s.ID == id && s.Of > 0 }) {
		return nil, fault.New(fault.NotFound, "office.opinionFile", textNotFound)
	}
	return o.scan(c, v, "opinion")
}

func (o *Office) scan(c *call, v *casework.View, name string) (*answer, error) {
	id, err := pathNumber(c.r, name)
	if err != nil {
		return nil, err
	}
	s, b, err := o.deps.Requests.ReadScan(c.ctx(), c.actor(), v.Case.ID, id)
	if err != nil {
		return nil, err
	}
	return fileAnswer(fmt.Sprintf("%s %s %d%s", v.Case.Number, s.Name(), s.ID, s.Ending()), b), nil
}

// fileAnswer hands bytes out to be kept, never to be shown by the browser.
func fileAnswer(name string, b []byte) *answer {
	return &answer{http.StatusOK, http.Header{"Content-Type": {"application/octet-stream"}, "X-Content-Type-Options": {"nosniff"},
		"Content-Disposition": {mime.FormatMediaType("attachment", map[string]string{"filename": name})}}, b}
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
