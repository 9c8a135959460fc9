package office

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/docfile"
	"gongkai/internal/fault"
	"gongkai/internal/officialdoc"
	"gongkai/internal/release"
)

// Where a new picture goes, when no line is named.
const (
	placeNowhere = "none"
	placeEnd     = "end"
)

// addPicture puts a picture into a draft: made anew from its pixels, with its
// words, and its mark behind a line of the text as it is saved.
func addPicture(o *Office, c *call) (*answer, error) {
	v, s, err := o.slipCase(c)
	if err != nil {
		return nil, err
	}
	back := fmt.Sprintf("/office/releases/%d/edit#pictures", v.Case.ID)
	u, err := startUpload(c)
	if err != nil {
		return nil, err
	}
	if err := o.may(c, access.WriteDraft, s.Organ); err != nil {
		return nil, err
	}
	f, err := o.takePicture(c, u)
	if err == nil {
		_, err = o.deps.Releases.AddFile(c.ctx(), c.who.Actor, v.Case.ID, f)
	}
	if err == nil {
		err = o.placePicture(c, v.Case.ID, s, f.Alt(), u.values["after"])
	}
	if err != nil {
		if !mendable(err) {
			return nil, err
		}
		return o.pictureWrong(c, v.Case, s, u.values["alt"], err)
	}
	if _, err := o.deps.Releases.Recheck(c.ctx(), v.Case.ID); err != nil {
		return nil, err
	}
	words := textPicturePlaced
	if u.values["after"] == placeNowhere {
		words = textPictureLoose
	}
	return told(c, back, fmt.Sprintf(words, officialdoc.PictureLine(f.Alt()))), nil
}

// takePicture reads the one picture of the form and stores what is made of it.
func (o *Office) takePicture(c *call, u *upload) (f release.File, err error) {
	part, err := u.file()
	if err != nil {
		return f, err
	}
	if part == nil {
		return f, fault.Field("office.takePicture", "图片", textNoPicture)
	}
	if strings.TrimSpace(u.values["alt"]) == "" {
		return f, fault.Field("office.takePicture", "图片说明", textNoAlt)
	}
	data, err := io.ReadAll(io.LimitReader(part, release.MaxPictureBytes+1))
	if err != nil {
		return f, badUpload(err)
	}
	return o.keepPicture(c, data, u.values["alt"])
}

// keepPicture cleans a picture and stores it.
func (o *Office) keepPicture(c *call, data []byte, alt string) (f release.File, err error) {
	clean, mime, err := release.CleanPicture(data)
	if err != nil {
		return f, err
	}
	blob, err := o.deps.Files.Put(c.ctx(), bytes.NewReader(clean), release.MaxPictureBytes)
	return release.File{Role: release.Picture, Name: release.PictureName(alt, mime), SHA256: blob.SHA256, Size: blob.Size, MIME: mime}, err
}

// placePicture writes the mark into the saved text.
func (o *Office) placePicture(c *call, id int64, s *release.Slip, alt, after string) error {
	line := 0
	switch after {
	case placeNowhere:
		return nil
	case placeEnd, "":
		line = strings.Count(s.Paper.Text, "\n") + 1
	default:
		n, err := strconv.Atoi(after)
		if err != nil {
			return fault.Field("office.placePicture", "放在哪里", textBadPlace)
		}
		line = n
	}
	p := s.Paper
	p.Text = release.PlacePicture(p.Text, alt, line)
	_, err := o.deps.Cases.Apply(c.ctx(), casework.Do{Case: id, Action: release.ActSave, Form: &release.SaveForm{Version: s.Version, Paper: &p, Keep: true}, Actor: c.who.Actor})
	var stale *release.Stale
	if errors.As(err, &stale) {
		return fault.New(fault.Conflict, "office.placePicture", fmt.Sprintf(textPictureStale, officialdoc.PictureLine(alt)))
	}
	return err
}

// pictureWrong shows the editor again with what is wrong about the picture.
func (o *Office) pictureWrong(c *call, k *casework.Case, s *release.Slip, alt string, err error) (*answer, error) {
	v, now, again := o.slipCase(c)
	if again != nil {
		return nil, again
	}
	d, e := o.editView(c, v.Case, now, formOf(now))
	if e != nil {
		return nil, e
	}
	d.PictureAlt, d.PictureWrong = alt, fault.Text(err)
	return o.page(c, "draft_edit", statusFor(err), d)
}

// draftPicture shows a picture of a slip in place, to somebody who may see it.
func draftPicture(o *Office, c *call) (*answer, error) {
	_, s, err := o.slipCase(c)
	if err != nil {
		return nil, err
	}
	id, err := pathNumber(c.r, "picture")
	if err != nil {
		return nil, err
	}
	for _, f := range s.Files {
		if f.ID != id || f.Role != release.Picture {
			continue
		}
		b, err := o.stored(c, f.SHA256)
		return &answer{http.StatusOK, http.Header{"Content-Type": {f.MIME}, "X-Content-Type-Options": {"nosniff"}, "Content-Security-Policy": {"default-src 'none'; sandbox"}}, b}, err
	}
	return nil, fault.New(fault.NotFound, "office.draftPicture", textNotFound)
}

func (o *Office) stored(c *call, sha string) (b []byte, err error) {
	r, err := o.deps.Files.Open(c.ctx(), sha)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	return io.ReadAll(r)
}

// fileAddress is where the staff see a file of a slip.
func fileAddress(id int64, f release.File) string {
	if f.Role == release.Picture {
		return fmt.Sprintf("/office/releases/%d/pictures/%d", id, f.ID)
	}
	return fmt.Sprintf("/office/releases/%d/files/%d", id, f.ID)
}

// previewDraft is the public page of a slip as visitors will see it.
func previewDraft(o *Office, c *call) (*answer, error) {
	v, s, err := o.slipCase(c)
	if err != nil {
		return nil, err
	}
	switch {
	case o.deps.Preview == nil:
		return nil, fault.New(fault.NotFound, "office.previewDraft", textNotFound)
	case s.Traits.SecretDoubt:
		return told(c, slipPath(v.Case.ID), textNoPreview), nil
	case strings.TrimSpace(s.Paper.Title) == "":
		return told(c, slipPath(v.Case.ID), textPreviewTitle), nil
	}
	b, err := o.deps.Preview(c.ctx(), s, func(f release.File) string { return fileAddress(v.Case.ID, f) })
	if err != nil {
		return nil, err
	}
	return &answer{http.StatusOK, http.Header{"Content-Type": {"text/html; charset=utf-8"}, "Cache-Control": {"no-store"}}, b}, nil
}

// wordPictures takes the pictures out of a file that was read as a text and
// writes their marks; lost counts those that could not be taken along.
func (o *Office) wordPictures(c *call, doc *docfile.Document) (text string, files []release.File, lost int) {
	seen := map[string]bool{}
	text = doc.TextWith(func(p docfile.Picture) string {
		f, err := o.keepPicture(c, p.Data, wordAlt(p.Alt, seen))
		if err != nil {
			return "" // counted below and said to the writer
		}
		seen[f.Alt()] = true
		files = append(files, f)
		return officialdoc.PictureLine(f.Alt())
	})
	return text, files, max(0, doc.Pictures-len(files))
}

// wordAlt makes words for a mark of what a Word file says of a picture; each
// stands once.
func wordAlt(alt string, seen map[string]bool) string {
	alt = strings.Map(func(r rune) rune {
		if strings.ContainsRune("〔〕\n\r\t/\\<>:\"|?*\x00", r) {
			return -1
		}
		return r
	}, alt)
	if r := []rune(strings.Trim(alt, " .\u3000")); len(r) > officialdoc.LongestAlt-4 {
		alt = string(r[:officialdoc.LongestAlt-4])
	} else {
		alt = string(r)
	}
	base := alt
	if base == "" {
		base = textPictureNo
	}
	for n := 1; alt == "" || seen[alt]; n++ {
		alt = fmt.Sprintf("%s%d", base, n)
	}
	return strings.TrimSpace(alt)
}
