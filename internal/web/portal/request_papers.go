package portal

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"time"

	"gongkai/internal/fault"
	foi "gongkai/internal/request"
)

// Bounds of the form with files: what is read of it so that a browser gets to
// read the answer to what is too large, the time it may take to arrive, and how
// many are held in memory at once.
const (
	maxUploadRead = 64 << 20
	uploadTime    = 3 * time.Minute
	uploadPlaces  = 16
)

// uploaded is what came beside the fields of a form with files.
type uploaded struct {
	files  [][]byte
	wrong  string // why the files cannot be taken
	passed bool   // the client has used its turn
	place  bool   // one of the uploadPlaces is held, until done
}

// done gives the place back: the files lie in memory until the form is answered.
func (u *uploaded) done(p *Portal) {
	if u.place {
		<-p.uploads
		u.place = false
	}
}

// isMultipart reports a form that carries files.
func isMultipart(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "multipart/form-data"
}

// upload reads the form with files part by part, in memory: what an applicant
// shows of their identity never lies open on a disk. Fields stand before the
// files, so that a file that is refused costs nobody their words. Whoever calls
// says when they are done with it, also after an error.
func (p *Portal) upload(w http.ResponseWriter, r *http.Request) (u uploaded, err error) {
	defer fault.Wrap(&err, "portal.upload")
	secluded(w.Header())
	if err := p.origin.Check(r); err != nil {
		return u, &fault.Error{Kind: fault.Forbidden, Op: "portal.upload", Text: textCrossOrigin, Err: err}
	}
	if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(uploadTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return u, err
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxUploadRead)
	r.PostForm = url.Values{}
	unread := func(err error) error {
		return &fault.Error{Kind: fault.Invalid, Op: "portal.upload", Text: textFormUnread, Err: err}
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return u, unread(err)
	}
	left, total := int64(maxRequestForm), 0
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		var large *http.MaxBytesError
		switch {
		case errors.Is(err, io.EOF):
			return u, nil
		case errors.As(err, &large) && u.wrong != "":
			return u, nil // the rest of what was refused already
		case err != nil:
			return u, unread(err)
		case n >= 64:
			return u, &fault.Error{Kind: fault.TooLarge, Op: "portal.upload", Text: textFormTooLarge}
		}
		if part.FormName() != "papers" {
			b, err := io.ReadAll(io.LimitReader(part, left+1))
			if err != nil {
				return u, unread(err)
			}
			if left -= int64(len(b)); left < 0 {
				return u, &fault.Error{Kind: fault.TooLarge, Op: "portal.upload", Text: textFormTooLarge}
			}
			r.PostForm.Add(part.FormName(), string(b))
			continue
		}
		if part.FileName() == "" || u.wrong != "" {
			continue
		}
		if !u.place {
			select {
			case p.uploads <- struct{}{}:
				u.place = true
			default:
				u.wrong = textUploadsFull
				continue
			}
			if err := p.deps.Asking.pass(w, r); err != nil {
				return u, err
			}
			u.passed = true
		}
		if err := u.take(part, &total); err != nil {
			if errors.As(err, &large) {
				u.wrong = textPapersLarge()
				return u, nil
			}
			return u, unread(err)
		}
	}
}

// take reads one file; one that is too large leaves none of them.
func (u *uploaded) take(part *multipart.Part, total *int) error {
	b, err := io.ReadAll(io.LimitReader(part, foi.MaxProofBytes+1))
	if err != nil {
		return err
	}
	*total += len(b)
	if len(b) > foi.MaxProofBytes || *total > foi.MaxProofsBytes || len(u.files) == foi.MaxProofs {
		u.wrong, u.files = textPapersLarge(), nil
		return nil
	}
	u.files = append(u.files, b)
	return nil
}

func textPapersLarge() string {
	return sprintf(textPapersTooLarge, foi.MaxProofs, foi.MaxProofBytes>>20, foi.MaxProofsBytes>>20)
}
