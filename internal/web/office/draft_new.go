package office

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"path"
	"strconv"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/docfile"
	"gongkai/internal/fault"
	"gongkai/internal/officialdoc"
	"gongkai/internal/org"
	"gongkai/internal/release"
	"gongkai/internal/workday"
)

// maxDraftFile bounds one file of a draft.
const maxDraftFile = 50 << 20

// newDraftView is the page that begins a release: a Word file, pasted words, or
// a slip without its text.
type newDraftView struct {
	frame
	Organs []option
	Organ  string // the only choice, when there is one
	Wrong  string
	Title  string
	Text   string
	Base   string
	For    string // limited audience that the link asks for
	Once   string
	FileMB int
}

func newDraftPage(o *Office, c *call) (*answer, error) { return o.newDraft(c, http.StatusOK, "") }

func (o *Office) newDraft(c *call, status int, wrong string) (*answer, error) {
	d := &newDraftView{frame: o.frame(c, textNewDraft), Wrong: wrong, Once: onceToken(), FileMB: maxDraftFile >> 20, Base: queryValue(c.r, "base")}
	d.Title, d.For = shorten(queryValue(c.r, "title"), 200), shorten(queryValue(c.r, "audience"), 200)
	if wrong != "" && c.r.PostForm != nil {
		d.For = value(c.r, "audience")
		d.Title, d.Text, d.Base = value(c.r, "title"), longValue(c.r, "text"), value(c.r, "base")
	}
	var err error
	if d.Organs, err = o.organOptions(c, access.WriteDraft, textChoose); err != nil {
		return nil, err
	}
	if len(d.Organs) == 2 {
		d.Organ = d.Organs[1].Value
	}
	return o.page(c, "draft_new", status, d)
}

// longValue reads a text of many lines with its line ends as the library keeps them.
func longValue(r *http.Request, name string) string {
	s := strings.ReplaceAll(strings.ToValidUTF8(r.PostFormValue(name), "\uFFFD"), "\x00", "")
	return strings.ReplaceAll(s, "\r\n", "\n")
}

// draftOrgan is the organ that releases, within the reach of the caller.
func (o *Office) draftOrgan(c *call, code string) (int64, string, error) {
	if code == "" {
		return 0, "", fault.Field("office.draftOrgan", "机构", textNoDraftOrgan)
	}
	id, err := org.ByCode(c.ctx(), o.deps.DB.Reader(), code)
	if err != nil {
		return 0, "", err
	}
	if err := o.may(c, access.WriteDraft, id); err != nil {
		return 0, "", err
	}
	found, err := o.deps.Organs.Organ(c.ctx(), code)
	if err != nil {
		return 0, "", err
	}
	return id, found.Name, nil
}

// beginUpload begins a draft from uploaded files: the first that can be read as
// a text becomes the text, the others its attachments.
func beginUpload(o *Office, c *call) (*answer, error) {
	u, err := startUpload(c)
	if err != nil {
		return nil, err
	}
	organ, name, err := o.draftOrgan(c, u.values["organ"])
	if err != nil {
		return o.newDraftWrong(c, err)
	}
	files, err := o.takeFiles(c, u)
	if err != nil {
		return o.newDraftWrong(c, err)
	}
	if len(files) == 0 {
		return o.newDraftWrong(c, fault.New(fault.Invalid, "office.beginUpload", textNoDraftText))
	}
	n := release.NewSlip{Organ: organ, Opened: "word", Token: u.values["once"], Actor: c.who.Actor, Decision: &release.Decision{}}
	if n.BaseWork, err = o.baseWork(c, u.values["base"]); err != nil {
		return o.newDraftWrong(c, err)
	}
	at, notice := -1, textDraftRead
	var shown []release.File
	for _, i := range wordsFirst(files) {
		if doc, ok := readDraft(c, files[i]); ok {
			at = i
			text, taken, lost := o.wordPictures(c, doc)
			n.Paper, n.Decision.Attribute, n.Decision.FormedOn = paperOf(text, name)
			limitTo(&n, u.values["audience"])
			shown = taken
			if len(taken) > 0 {
				notice += fmt.Sprintf(textPicturesIn, len(taken))
			}
			if lost > 0 {
				notice += fmt.Sprintf(textPicturesLost, lost)
			}
			notice += finished(c, &n, files, at, name)
			break
		}
	}
	if at < 0 {
		n.Paper = release.Paper{Title: strings.TrimSuffix(files[0].Name, path.Ext(files[0].Name)), Organs: []string{name}}
		notice = textDraftUnread
	}
	id, err := o.begin(c, n, files, at, shown...)
	if err != nil {
		return o.newDraftWrong(c, err)
	}
	return told(c, fmt.Sprintf("/office/releases/%d/edit", id), notice), nil
}

// begin opens the slip, hangs its files on it and lets the checks look.
func (o *Office) begin(c *call, n release.NewSlip, files []draftFile, text int, shown ...release.File) (int64, error) {
	slip, err := o.deps.Releases.Begin(c.ctx(), n)
	if err != nil {
		return 0, err
	}
	for i, f := range files {
		role := release.Attachment
		if i == text {
			role = release.Original
		}
		if _, err := o.deps.Releases.AddFile(c.ctx(), c.who.Actor, slip.ID, release.File{Role: role, Name: f.Name, SHA256: f.sha, Size: f.size, MIME: f.mime}); err != nil {
			return 0, err
		}
	}
	for _, f := range shown {
		if _, err := o.deps.Releases.AddFile(c.ctx(), c.who.Actor, slip.ID, f); err != nil {
			return 0, err
		}
	}
	_, err = o.deps.Releases.Recheck(c.ctx(), slip.ID)
	return slip.ID, err
}

// newDraftWrong shows the form again with what is wrong, when that can be mended.
func (o *Office) newDraftWrong(c *call, err error) (*answer, error) {
	if !mendable(err) {
		return nil, err
	}
	return o.newDraft(c, statusFor(err), fault.Text(err))
}

// beginPaste begins a draft from pasted words, or a slip without text.
func beginPaste(o *Office, c *call) (*answer, error) {
	organ, name, err := o.draftOrgan(c, value(c.r, "organ"))
	if err != nil {
		return o.newDraftWrong(c, err)
	}
	n := release.NewSlip{Organ: organ, Opened: "paste", Token: value(c.r, "once"), Actor: c.who.Actor, Decision: &release.Decision{}}
	if n.BaseWork, err = o.baseWork(c, value(c.r, "base")); err != nil {
		return o.newDraftWrong(c, err)
	}
	text := longValue(c.r, "text")
	switch {
	case value(c.r, "doubt") != "":
		n.Opened, n.Traits.SecretDoubt = "doubt", true
		n.Paper = release.Paper{Title: value(c.r, "title"), Organs: []string{name}}
	case strings.TrimSpace(text) == "":
		return o.newDraftWrong(c, fault.New(fault.Invalid, "office.beginPaste", textNoDraftText))
	default:
		n.Paper, n.Decision.Attribute, n.Decision.FormedOn = paperOf(text, name)
		if t := value(c.r, "title"); t != "" {
			n.Paper.Title = t
		}
		limitTo(&n, value(c.r, "audience"))
	}
	id, err := o.begin(c, n, nil, -1)
	if err != nil {
		return o.newDraftWrong(c, err)
	}
	return told(c, fmt.Sprintf("/office/releases/%d/edit", id), textDraftRead), nil
}

// limitTo makes a draft one for a limited audience, which is a way of proactive
// disclosure; nothing for "".
func limitTo(n *release.NewSlip, audience string) {
	if audience = shorten(audience, 200); audience != "" {
		n.Decision.Attribute, n.Decision.Audience = release.Proactive, audience
	}
}

// baseWork reads the public id of the work that the draft amends.
func (o *Office) baseWork(c *call, s string) (int64, error) {
	if strings.TrimSpace(s) == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err == nil && n > 0 {
		if _, err := o.deps.Library.Newest(c.ctx(), o.deps.DB.Reader(), n); err == nil {
			return n, nil
		} else if fault.KindOf(err) != fault.NotFound {
			return 0, err
		}
	}
	return 0, fault.Field("office.baseWork", "修改哪份文件", textNoBase, shorten(s, 20))
}

// paperOf fills the fields of a draft from its own words; an absent fact stays
// empty for the clerk to fill.
func paperOf(text, organ string) (p release.Paper, attribute release.Attribute, formed workday.Date) {
	f := officialdoc.Extract(text)
	p = release.Paper{Title: f.Title, DocNo: f.DocNo, IndexNo: f.IndexNo, RegistrationNo: f.RegistrationNo, Kind: f.Kind, Organs: f.Organs, AdoptedOn: f.AdoptedOn,
		ExpiresOn: f.ExpiresOn, Recipients: f.Recipients, Topics: f.Topics, Text: text}
	if clause, ok := officialdoc.EffectiveClause(text); !f.EffectiveOn.IsZero() && (!ok || clause.Date != f.EffectiveOn) {
		p.EffectiveOn = f.EffectiveOn
	}
	if len(p.Organs) == 0 {
		p.Organs = []string{organ}
	}
	return p, release.Attribute(f.Attribute), f.AdoptedOn
}

// draftFile is an uploaded file whose bytes are stored.
type draftFile struct {
	Name string
	sha  string
	size int64
	mime string
	data []byte
}

// maxDraftFiles bounds one upload.
const maxDraftFiles = 20

// takeFiles stores the files of an upload and keeps their bytes for reading.
func (o *Office) takeFiles(c *call, u *upload) (out []draftFile, err error) {
	for {
		part, err := u.file()
		if err != nil || part == nil {
			return out, err
		}
		if len(out) == maxDraftFiles {
			return nil, fault.Newf(fault.TooLarge, "office.takeFiles", "一次最多上传 %d 个文件。", maxDraftFiles)
		}
		f, err := o.takeFile(c, part)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
}

func (o *Office) takeFile(c *call, part *multipart.Part) (f draftFile, err error) {
	f.Name = shorten(strings.TrimSpace(path.Base(strings.ReplaceAll(strings.ReplaceAll(strings.ToValidUTF8(part.FileName(), ""), "\x00", ""), `\`, "/"))), 200)
	f.data, err = io.ReadAll(io.LimitReader(part, maxDraftFile+1))
	if err != nil {
		return f, badUpload(err)
	}
	if len(f.data) > maxDraftFile {
		return f, fault.Newf(fault.TooLarge, "office.takeFile", textFileTooLarge, maxDraftFile>>20)
	}
	if len(f.data) == 0 {
		return f, fault.Newf(fault.Invalid, "office.takeFile", "“%s”是空文件。", f.Name)
	}
	blob, err := o.deps.Files.Put(c.ctx(), bytes.NewReader(f.data), maxDraftFile)
	if err != nil {
		return f, err
	}
	if blob.Executable() {
		return f, fault.Newf(fault.Invalid, "office.takeFile", "“%s”是程序文件，不能上传。", f.Name)
	}
	f.sha, f.size, f.mime = blob.SHA256, blob.Size, blob.MIME
	return f, nil
}

// readDraft reads a file as the text of a draft; spreadsheets and scans are not.
func readDraft(c *call, f draftFile) (doc *docfile.Document, ok bool) {
	switch strings.ToLower(path.Ext(f.Name)) {
	case ".docx", ".odt", ".rtf", ".txt", ".md", ".html", ".htm", ".ofd", ".pdf":
	default:
		return nil, false
	}
	lim := docfile.DefaultLimits()
	lim.MaxBytes, lim.Pictures = maxDraftFile, true
	doc, err := docfile.Read(c.ctx(), f.Name, bytes.NewReader(f.data), int64(len(f.data)), lim)
	if err != nil || doc.State == docfile.StateNone || strings.TrimSpace(doc.Text) == "" {
		return nil, false
	}
	return doc, true
}
