package office

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/document"
	"gongkai/internal/fault"
)

// uploadTime is how long one upload may take on a slow line.
const uploadTime = 15 * time.Minute

// pathNumber reads a number of the address; what is none does not exist.
func pathNumber(r *http.Request, name string) (int64, error) {
	n, err := strconv.ParseInt(r.PathValue(name), 10, 64)
	if err != nil || n < 1 {
		return 0, fault.New(fault.NotFound, "office.pathNumber", textNotFound)
	}
	return n, nil
}

// may reports that the caller may do an act to a thing of an organ; a thing out
// of reach does not exist for them.
func (o *Office) may(c *call, act access.Act, organ int64) error {
	t := access.Thing{}
	if organ != 0 {
		tree, err := o.access.Tree(c.ctx())
		if err != nil {
			return err
		}
		t.Above = tree.Above(organ)
	}
	if ok, _ := access.Can(c.who.Actor, act, t); !ok {
		return fault.New(fault.NotFound, "office.may", textNotFound)
	}
	return nil
}

// deskBatch finds the batch of the address within the caller's reach.
func (o *Office) deskBatch(c *call, act access.Act) (*document.DeskBatch, error) {
	id, err := pathNumber(c.r, "batch")
	if err != nil {
		return nil, err
	}
	b, err := o.deps.Library.DeskBatch(c.ctx(), id)
	if err != nil {
		return nil, err
	}
	return b, o.may(c, act, b.Organ)
}

// deskItem finds the item of the address within the caller's reach.
func (o *Office) deskItem(c *call, act access.Act) (*document.DeskBatch, *document.DeskItem, error) {
	b, err := o.deskBatch(c, act)
	if err != nil {
		return nil, nil, err
	}
	id, err := pathNumber(c.r, "item")
	if err != nil {
		return nil, nil, err
	}
	it, err := o.deps.Library.DeskItem(c.ctx(), b.ID, id)
	return b, it, err
}

// onceToken makes the number of one form: sent twice it counts once.
func onceToken() string { return rand.Text() }

// openUpload gives a request that streams files its time and its limit.
func openUpload(w http.ResponseWriter, c *call) error {
	if c.r.ContentLength > document.DeskMaxUpload {
		return fault.Newf(fault.TooLarge, "office.openUpload", textUploadLarge, document.DeskMaxUpload>>20)
	}
	rc := http.NewResponseController(w)
	if err := rc.SetReadDeadline(time.Now().Add(uploadTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if err := rc.SetWriteDeadline(time.Now().Add(uploadTime + time.Minute)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	c.r.Body = http.MaxBytesReader(w, c.r.Body, document.DeskMaxUpload)
	return nil
}

// upload is a form with files that is read as it comes. The form's token and
// its other fields stand before the files, so a foreign form stores nothing.
type upload struct {
	parts  *multipart.Reader
	values map[string]string
	next   *multipart.Part // the first file, nil when there is none
}

// startUpload reads the fields in front of the files and checks the token.
func startUpload(c *call) (*upload, error) {
	kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return nil, fault.New(fault.Invalid, "office.startUpload", textOldForm)
	}
	u := &upload{values: map[string]string{}}
	if u.parts, err = c.r.MultipartReader(); err != nil {
		return nil, badUpload(err)
	}
	for len(u.values) < 20 {
		part, err := u.parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, badUpload(err)
		}
		if part.FormName() == "file" {
			u.next = part
			break
		}
		v, err := io.ReadAll(io.LimitReader(part, 1<<10))
		if err != nil {
			return nil, badUpload(err)
		}
		u.values[part.FormName()] = strings.TrimSpace(strings.ToValidUTF8(string(v), ""))
	}
	if c.form == "" || subtle.ConstantTimeCompare([]byte(u.values[fieldToken]), []byte(c.form)) != 1 {
		return nil, fault.New(fault.Invalid, "office.startUpload", textOldForm)
	}
	return u, nil
}

// file gives the next file; nil at the end. A field left empty is no file.
func (u *upload) file() (*multipart.Part, error) {
	for {
		part := u.next
		u.next = nil
		if part == nil {
			var err error
			if part, err = u.parts.NextPart(); errors.Is(err, io.EOF) {
				return nil, nil
			} else if err != nil {
				return nil, badUpload(err)
			}
		}
		if part.FormName() == "file" && part.FileName() != "" {
			return part, nil
		}
	}
}

func badUpload(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return fault.Newf(fault.TooLarge, "office.upload", textUploadLarge, document.DeskMaxUpload>>20)
	}
	return &fault.Error{Kind: fault.Invalid, Op: "office.upload", Text: textUploadCut, Err: err}
}

// take stores the files of an upload in a batch, in order.
func (o *Office) take(c *call, u *upload, batch int64) (items []int64, err error) {
	for {
		part, err := u.file()
		if err != nil || part == nil {
			return items, err
		}
		id, err := o.deps.Library.AddDeskFile(c.ctx(), batch, part.FileName(), c.who.Login, part)
		if err != nil {
			var large *http.MaxBytesError
			if errors.As(err, &large) || errors.Is(err, io.ErrUnexpectedEOF) {
				err = badUpload(err) // the line broke, or the limit of the whole upload was reached
			}
			return items, err
		}
		items = append(items, id)
	}
}

// wantsJSON reports a script that asks.
func wantsJSON(r *http.Request) bool { return r.Header.Get("Accept") == "application/json" }

func jsonAnswer(status int, v any) (*answer, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return &answer{status, http.Header{"Content-Type": {"application/json"}}, b}, nil
}
