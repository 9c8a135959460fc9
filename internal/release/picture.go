package release

import (
	"bytes"
	"fmt"
	"image"
	_ "image/gif" // the first frame of one is taken
	"image/jpeg"
	"image/png"
	"slices"
	"strings"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // pictures may be WebP

	"gongkai/internal/docfile"
	"gongkai/internal/fault"
	"gongkai/internal/officialdoc"
)

// Bounds of a picture in a text: what is opened, and what is kept of it.
const (
	MaxPictureBytes  = 20 << 20
	maxPicturePixels = 40_000_000 // told from the header; a decoded pixel costs 4 bytes
	pictureSide      = 2000       // longer side of what is kept, in pixels
	pictureQuality   = 88
)

const (
	fieldPicture = "图片"
	fieldAlt     = "图片说明"
)

// CleanPicture reads a picture that somebody hands in and writes it anew from
// its pixels: upright, without EXIF, places or comments, at most 2000 pixels a
// side. A photo stays JPEG, everything else becomes PNG. The kind is told from
// the content, and the size from the header before anything is decoded.
func CleanPicture(data []byte) (out []byte, mime string, err error) {
	const op = "release.CleanPicture"
	bad := func(format string, args ...any) error {
		return fault.Field(op, fieldPicture, "“"+fieldPicture+"”："+format, args...)
	}
	defer func() {
		if broken := recover(); broken != nil { // decoders are not ours, and files come from anywhere
			out, mime, err = nil, "", bad("打不开，可能已经损坏。")
		}
	}()
	if len(data) > MaxPictureBytes {
		return nil, "", bad("最大 %d MB。", MaxPictureBytes>>20)
	}
	c, kind, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || !slices.Contains([]string{"jpeg", "png", "gif", "webp"}, kind) {
		return nil, "", bad("请上传 JPEG、PNG、WebP 或者 GIF 图片。按文件内容识别，改后缀名没有用。")
	}
	if pixels := int64(c.Width) * int64(c.Height); pixels > maxPicturePixels || pixels == 0 {
		return nil, "", bad("尺寸是 %d×%d，最大 %d 万像素，请缩小后再上传。", c.Width, c.Height, maxPicturePixels/10000)
	}
	m, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, "", &fault.Error{Kind: fault.Invalid, Op: op, Field: fieldPicture, Text: "“图片”：打不开，可能已经损坏。", Err: err}
	}
	m = docfile.Upright(within(m, pictureSide), data)
	var b bytes.Buffer
	if kind == "jpeg" {
		mime, err = "image/jpeg", jpeg.Encode(&b, m, &jpeg.Options{Quality: pictureQuality})
	} else {
		mime, err = "image/png", png.Encode(&b, m)
	}
	return b.Bytes(), mime, err
}

// within makes a picture smaller, never larger.
func within(m image.Image, limit int) image.Image {
	w, h := m.Bounds().Dx(), m.Bounds().Dy()
	if long := max(w, h); long > limit {
		w, h = max(1, w*limit/long), max(1, h*limit/long)
	}
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.CatmullRom.Scale(out, out.Bounds(), m, m.Bounds(), draw.Src, nil)
	return out
}

// PictureName is the file name of a picture with this alternative text: the
// words of its mark, so that an edition's files and its text say the same.
func PictureName(alt, mime string) string {
	if mime == "image/jpeg" {
		return alt + ".jpg"
	}
	return alt + ".png"
}

// Alt is the alternative text of a picture, from its name.
func (f File) Alt() string {
	if i := strings.LastIndexByte(f.Name, '.'); i >= 0 {
		return f.Name[:i]
	}
	return f.Name
}

// checkPicture refuses one without words, or with those of another.
func (s *Slip) checkPicture(f File) error {
	bad := func(format string, args ...any) error {
		return fault.Field("release.checkPicture", fieldAlt, "“"+fieldAlt+"”："+format, args...)
	}
	switch alt := f.Alt(); {
	case f.MIME != "image/png" && f.MIME != "image/jpeg":
		return fault.Field("release.checkPicture", fieldPicture, "“图片”：请上传 JPEG、PNG、WebP 或者 GIF 图片。")
	case strings.TrimSpace(alt) == "":
		return bad("请写明图上是什么，读屏软件和看不到图片的人靠它了解内容。")
	case !officialdoc.GoodAlt(alt):
		return bad("最多 %d 个字，不能有换行和 〔〕/\\<>:\"|?* 这些符号。", officialdoc.LongestAlt)
	case slices.ContainsFunc(s.Files, func(x File) bool { return x.Role == Picture && x.Alt() == alt }):
		return bad("已经有一张图片叫“%s”，请换一个说法。", alt)
	}
	return nil
}

// unplaced says which pictures and marks do not belong together; "" when all do.
func (s *Slip) unplaced() string {
	marks := officialdoc.Pictures(s.Paper.Text)
	have := map[string]bool{}
	for _, f := range s.Files {
		if f.Role == Picture {
			have[f.Alt()] = true
			if !slices.Contains(marks, f.Alt()) {
				return fmt.Sprintf("图片“%s”没有放进正文。请在正文里另起一行写“%s”，或者移出这张图片。", f.Alt(), officialdoc.PictureLine(f.Alt()))
			}
		}
	}
	for _, alt := range marks {
		if !have[alt] {
			return fmt.Sprintf("正文里写着“%s”，但没有这张图片。请上传，或者删去这一行。", officialdoc.PictureLine(alt))
		}
	}
	return ""
}

// PlacePicture writes the mark of a picture as a line of its own behind a line
// of the text; line 0 is its beginning, one past the last its end.
func PlacePicture(text, alt string, line int) string {
	lines := strings.Split(text, "\n")
	line = min(max(line, 0), len(lines))
	return strings.Join(slices.Insert(lines, line, officialdoc.PictureLine(alt)), "\n")
}
