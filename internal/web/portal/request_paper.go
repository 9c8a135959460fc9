package portal

import (
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"gongkai/internal/docfile"
	"gongkai/internal/fault"
	"gongkai/internal/paper"
	"gongkai/internal/web/ui"
)

// printer is loaded when somebody first wants a file; the font is large.
var printer = sync.OnceValues(paper.Load)

// receiptPDF is the receipt of a request as a file to keep. The code comes in
// a form, never in an address.
func (p *Portal) receiptPDF(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.receiptPDF")
	d, err := p.tracked(w, r)
	if d == nil || err != nil {
		return err
	}
	lines := []string{"登记编号：" + d.Case.Number, "查询码：" + strings.ToUpper(d.Code)}
	if d.Organ != nil {
		line := "受理机关：" + d.Organ.Name
		if d.Organ.Phone != "" {
			line += "，电话 " + d.Organ.Phone
		}
		lines = append(lines, line)
	}
	if !d.Sum.Due.IsZero() {
		lines = append(lines, "最迟答复："+d.Sum.Due.Chinese())
		if d.Sum.Provisional != "" {
			lines = append(lines, d.Sum.Provisional)
		}
	}
	q := requestOf(r.Context())
	lines = append(lines, "申请内容："+d.Request.Content, "获取方式："+d.Way+"；送达途径："+d.Delivery, "最迟答复日期是这样算的：")
	for i, s := range d.Sum.Steps {
		line := strconv.Itoa(i+1) + "．"
		if !s.On.IsZero() {
			line += s.On.Chinese() + "，"
		}
		lines = append(lines, line+s.Text)
	}
	lines = append(lines, "查询进度："+q.base+ui.Variant{}.Link(asksRoot+"track")+"，要用查询码和申请时所填证件号码的最后四位。需要补正、征求第三方意见或者延期的，日期会变，以查询页为准。")
	return sendPDF(w, "政府信息公开申请回执", "申请回执.pdf", lines)
}

// letterPDF is a letter to the applicant as a file; it counts as opened.
func (p *Portal) letterPDF(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.letterPDF")
	d, err := p.tracked(w, r)
	if d == nil || err != nil {
		return err
	}
	id, _ := strconv.ParseInt(posted(r, "letter"), 10, 64) // nonsense is no letter
	for _, l := range d.Letters {
		if l.ID == id {
			if _, err := p.deps.Requests.OpenLetter(r.Context(), d.Case.ID, l.ID); err != nil {
				return err
			}
			return sendPDF(w, l.Title, l.Title+".pdf", strings.Split(l.Body, "\n"))
		}
	}
	return fault.New(fault.NotFound, "portal.letterPDF", textNoLetter)
}

func sendPDF(w http.ResponseWriter, title, file string, lines []string) error {
	doc := docfile.DocxContent{Title: title}
	for _, line := range lines {
		if strings.TrimSpace(line) != "" && strings.TrimSpace(line) != title {
			doc.Blocks = append(doc.Blocks, docfile.Paragraph{Text: line})
		}
	}
	with, err := printer()
	if err != nil {
		return err
	}
	b, err := with.PDF(doc)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": file}))
	h.Set("Content-Length", fmt.Sprint(len(b)))
	_, err = w.Write(b)
	return err
}
