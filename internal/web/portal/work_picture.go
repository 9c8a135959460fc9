package portal

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"html"
	"image"
	_ "image/jpeg" // sizes only
	_ "image/png"
	"io"
	"strings"

	"gongkai/internal/document"
	"gongkai/internal/officialdoc"
)

// rolePicture is the role of a file that stands in the text of its edition.
const rolePicture = "picture"

// pictures are the addresses of an edition's pictures by their words.
type pictures map[string]string

// picturesOf finds the pictures among files; at gives the address of one.
func picturesOf(files []document.File, at func(document.File) string) pictures {
	out := pictures{}
	for _, f := range files {
		if alt, ok := altOf(f); ok {
			out[alt] = at(f)
		}
	}
	return out
}

// altOf is the alternative text of a picture: its file name without the ending.
func altOf(f document.File) (string, bool) {
	i := strings.LastIndexByte(f.Name, '.')
	if f.Role != rolePicture || i < 1 || !shownInPlace[f.MIME] {
		return "", false
	}
	return f.Name[:i], true
}

// shownInText reports a picture that the reader sees in the text, so that the
// list of files need not name it again.
func shownInText(text string, f document.File) bool {
	alt, ok := altOf(f)
	return ok && strings.Contains(text, officialdoc.PictureLine(alt))
}

// figure writes a line that is the mark of a picture; false when it is none,
// or when its file is not there and the words must do.
func (w *textWriter) figure(line string) bool {
	alt, ok := officialdoc.PictureAlt(line)
	href := w.shown[alt]
	if !ok || href == "" || w.pending != "" {
		return false
	}
	w.b.WriteString(`<figure class="text-picture"><img src="` + html.EscapeString(href) + `" alt="` + html.EscapeString(alt) + `" loading="lazy"><figcaption>` + html.EscapeString(alt))
	w.anchor()
	w.b.WriteString("</figcaption></figure>\n")
	return true
}

// Bounds of the pictures that a download carries along; past them the words of
// the mark stand alone, and the page shows the picture.
const (
	maxCarried      = 60 << 20
	maxCarriedSide  = 20_000
	maxCarriedBytes = 20 << 20 // of one
)

// pictureBytes reads the pictures of a work's edition by their words.
func (p *Portal) pictureBytes(ctx context.Context, v *document.View) (map[string][]byte, error) {
	out, total := map[string][]byte{}, 0
	for _, f := range v.Files {
		alt, ok := altOf(f)
		if !ok || f.Size > maxCarriedBytes || total+int(f.Size) > maxCarried {
			continue
		}
		body, _, err := p.deps.Library.OpenFile(ctx, v.Work, v.Edition.Label, f.Position)
		if err != nil {
			return nil, err
		}
		b, err := io.ReadAll(io.LimitReader(body, maxCarriedBytes))
		if err = errors.Join(err, body.Close()); err != nil {
			return nil, err
		}
		if c, kind, err := image.DecodeConfig(bytes.NewReader(b)); err != nil || kind != "jpeg" && kind != "png" || c.Width > maxCarriedSide || c.Height > maxCarriedSide {
			continue // an import may hold others; the page shows them
		}
		out[alt], total = b, total+len(b)
	}
	return out, nil
}

// embedded are the pictures as addresses that hold the bytes themselves, for a
// page that is kept as a file.
func (p *Portal) embedded(ctx context.Context, v *document.View) (pictures, error) {
	list, err := p.pictureBytes(ctx, v)
	out := pictures{}
	for alt, b := range list {
		mime := "image/png"
		if bytes.HasPrefix(b, []byte("\xff\xd8")) {
			mime = "image/jpeg"
		}
		out[alt] = "data:" + mime + ";base64," + base64.StdEncoding.EncodeToString(b)
	}
	return out, err
}
