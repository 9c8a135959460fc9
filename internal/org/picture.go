package org

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png" // photos may be PNG
	"io"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // photos may be WebP

	"gongkai/internal/docfile"
	"gongkai/internal/fault"
)

// Bounds of a photo that somebody hands in, and of what is made of it.
const (
	MaxPhotoBytes  = 8 << 20
	maxPhotoPixels = 24_000_000
	minPhotoSide   = 60
	photoSide      = 800 // longer side, in pixels
	thumbWidth     = 180
	thumbHeight    = 240
	photoQuality   = 85
)

const fieldPhoto = "照片"

// Picture is a photo made anew from its pixels: JPEG without any metadata, at
// most 800 pixels a side, and a small one of 180×240.
type Picture struct {
	Full, Small []byte
}

// ReadPicture reads a photo and draws it again. What is not JPEG, PNG or WebP by
// its content, too large, too small or broken is an error of the field 照片.
func ReadPicture(r io.Reader) (p *Picture, err error) {
	defer func() {
		if broken := recover(); broken != nil { // decoders are not ours, and files come from anywhere
			p, err = nil, fault.Field("org.ReadPicture", fieldPhoto, textPhotoBroken)
		}
	}()
	b, err := io.ReadAll(io.LimitReader(r, MaxPhotoBytes+1))
	if err != nil {
		return nil, &fault.Error{Kind: fault.Invalid, Op: "org.ReadPicture", Field: fieldPhoto, Text: textPhotoBroken, Err: err}
	}
	if len(b) > MaxPhotoBytes {
		return nil, &fault.Error{Kind: fault.TooLarge, Op: "org.ReadPicture", Field: fieldPhoto, Text: textPhotoLargeN(), Err: errPicture}
	}
	c, kind, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil || kind != "jpeg" && kind != "png" && kind != "webp" {
		return nil, fault.Field("org.ReadPicture", fieldPhoto, textPhotoType)
	}
	switch {
	case c.Width < minPhotoSide || c.Height < minPhotoSide:
		return nil, fault.Field("org.ReadPicture", fieldPhoto, textPhotoSmall, c.Width, c.Height, minPhotoSide)
	case int64(c.Width)*int64(c.Height) > maxPhotoPixels:
		return nil, fault.Field("org.ReadPicture", fieldPhoto, textPhotoPixels, c.Width, c.Height, maxPhotoPixels/10000)
	}
	m, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, &fault.Error{Kind: fault.Invalid, Op: "org.ReadPicture", Field: fieldPhoto, Text: textPhotoBroken, Err: err}
	}
	full := fit(docfile.Upright(fit(m, photoSide), b), photoSide)
	p = &Picture{}
	if p.Full, err = encode(full); err != nil {
		return nil, err
	}
	p.Small, err = encode(crop(full, thumbWidth, thumbHeight))
	return p, err
}

var errPicture = errors.New("picture out of bounds")

// fit draws a picture on white so that neither side is longer than limit; it
// never makes one larger.
func fit(m image.Image, limit int) *image.RGBA {
	w, h := m.Bounds().Dx(), m.Bounds().Dy()
	if long := max(w, h); long > limit {
		w, h = max(1, w*limit/long), max(1, h*limit/long)
	}
	out := white(w, h)
	draw.CatmullRom.Scale(out, out.Bounds(), m, m.Bounds(), draw.Over, nil)
	return out
}

// crop fills a frame with the middle of a picture; of a tall one it keeps the
// upper part, where the face is.
func crop(m *image.RGBA, w, h int) *image.RGBA {
	from := m.Bounds()
	if from.Dx()*h > from.Dy()*w {
		cut := from.Dx() - max(1, from.Dy()*w/h)
		from.Min.X += cut / 2
		from.Max.X -= cut - cut/2
	} else {
		from.Max.Y = from.Min.Y + max(1, from.Dx()*h/w)
	}
	out := white(w, h)
	draw.CatmullRom.Scale(out, out.Bounds(), m, from, draw.Over, nil)
	return out
}

func white(w, h int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	return out
}

func encode(m image.Image) ([]byte, error) {
	var b bytes.Buffer
	err := jpeg.Encode(&b, m, &jpeg.Options{Quality: photoQuality})
	return b.Bytes(), err
}
