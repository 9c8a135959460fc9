package office

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"net/http"

	"gongkai/internal/docfile"
	"gongkai/internal/fault"
	"gongkai/internal/paper"
	"gongkai/internal/request"
)

// paperFile hands out a document as Word, or as PDF where the address asks.
func paperFile(c *call, name string, doc docfile.DocxContent) (*answer, error) {
	kind, ending := "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"
	var b bytes.Buffer
	if c.r.URL.Query().Get("as") == "pdf" {
		kind, ending = "application/pdf", ".pdf"
		p, err := paper.Load()
		if err != nil {
			return nil, err
		}
		pdf, err := p.PDF(doc)
		if err != nil {
			return nil, err
		}
		b.Write(pdf)
	} else if err := docfile.WriteDOCX(&b, doc); err != nil {
		return nil, err
	}
	return attached(kind, name+ending, b.Bytes()), nil
}

func attached(kind, name string, content []byte) *answer {
	return &answer{http.StatusOK, http.Header{"Content-Type": {kind}, "Content-Disposition": {mime.FormatMediaType("attachment", map[string]string{"filename": name})}}, content}
}

// letterFile gives a letter with the name of the addressee in it.
func letterFile(o *Office, c *call) (*answer, error) {
	_, q, err := o.requestCase(c)
	if err != nil {
		return nil, err
	}
	l, err := letterOf(c, q)
	if err != nil {
		return nil, err
	}
	sections, err := o.deps.Requests.LetterSections(c.ctx(), c.actor(), q, l)
	if err != nil {
		return nil, err
	}
	return paperFile(c, l.Title, request.Layout(l.Title, sections, nil))
}

// printForm gives a form of A8.7 with what is known filled in.
func printForm(o *Office, c *call) (*answer, error) {
	v, q, err := o.requestCase(c)
	if err != nil {
		return nil, err
	}
	f, name, err := o.deps.Requests.PrintForm(c.ctx(), c.actor(), v.Case, q, c.r.PathValue("form"))
	if err != nil {
		return nil, err
	}
	return paperFile(c, f.Title, request.Layout(f.Title, f.Sections, name))
}

// addLetterFile takes the stamped letter back: print, stamp, scan, upload.
func addLetterFile(o *Office, c *call) (*answer, error) {
	v, q, err := o.requestCase(c)
	if err != nil {
		return nil, err
	}
	l, err := letterOf(c, q)
	if err != nil {
		return nil, err
	}
	back := fmt.Sprintf("/office/requests/%d/letter", v.Case.ID)
	file, head, err := c.r.FormFile("file")
	switch {
	case errors.Is(err, http.ErrMissingFile), errors.Is(err, http.ErrNotMultipart):
		err = fault.Field("office.addLetterFile", "盖章件", textScanNone)
	case err != nil:
		err = &fault.Error{Kind: fault.Invalid, Op: "office.addLetterFile", Field: "盖章件", Text: textBadForm, Err: err}
	default:
		err = o.deps.Requests.AddLetterFile(c.ctx(), c.actor(), v.Case.ID, l.ID, request.LetterScan, head.Filename, file)
		err = errors.Join(err, file.Close())
	}
	if err != nil {
		if !mendable(err) && fault.KindOf(err) != fault.Unavailable {
			return nil, err
		}
		return told(c, back, fault.Text(err)), nil
	}
	return told(c, back, textScanSaved), nil
}

// stampedFile gives a stamped letter back.
func stampedFile(o *Office, c *call) (*answer, error) {
	_, q, err := o.requestCase(c)
	if err != nil {
		return nil, err
	}
	id, err := pathNumber(c.r, "stamped")
	if err != nil {
		return nil, err
	}
	f, content, err := o.deps.Requests.LetterFile(c.ctx(), c.actor(), q, id)
	if err != nil {
		return nil, err
	}
	return attached(f.MIME, f.Name, content), nil
}

// paperReady says why no PDF can be made on this machine; "" when it can.
func paperReady() string {
	if _, err := paper.Load(); err != nil {
		return fault.Text(err)
	}
	return ""
}
