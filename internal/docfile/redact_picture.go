package docfile

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"

	"gongkai/internal/fault"
)

// decodePicture opens a picture after its header told that it is small enough.
func decodePicture(data []byte) (image.Image, string, error) {
	c, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, "", &fault.Error{Kind: fault.Unsupported, Op: opRedact, Text: msgRedactPicture, Err: err}
	}
	if c.Width*c.Height > maxPixels {
		return nil, "", fault.Newf(fault.TooLarge, opRedact, msgRedactPixels, c.Width, c.Height)
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, "", &fault.Error{Kind: fault.Invalid, Op: opRedact, Text: msgRedactPicture, Err: err}
	}
	return img, format, nil
}

// remakePicture writes a picture from its pixels only, or an empty one.
func (r *redactor) remakePicture(data []byte, name string, blank bool) (out []byte, ext string, err error) {
	img, format, err := decodePicture(data)
	if err != nil {
		if fault.KindOf(err) == fault.TooLarge {
			return nil, "", err
		}
		r.unsure(unsurePicture, name)
		out, err = encodePNG(image.NewGray(image.Rect(0, 0, 8, 8)))
		return out, ".png", err
	}
	if blank {
		black := image.NewGray(image.Rect(0, 0, max(1, min(img.Bounds().Dx(), 4000)), max(1, min(img.Bounds().Dy(), 4000))))
		out, err = encodePNG(black)
		return out, ".png", err
	}
	if format == "jpeg" {
		out, err = encodeJPEG(img)
		return out, ".jpeg", err
	}
	out, err = encodePNG(img)
	return out, ".png", err
}

func encodePNG(img image.Image) ([]byte, error) {
	var buf bytes.Buffer
	if err := png.Encode(&buf, img); err != nil {
		return nil, &fault.Error{Kind: fault.Invalid, Op: opRedact, Text: msgRedactPicture, Err: err}
	}
	return buf.Bytes(), nil
}

func encodeJPEG(img image.Image) ([]byte, error) {
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, img, &jpeg.Options{Quality: 92}); err != nil {
		return nil, &fault.Error{Kind: fault.Invalid, Op: opRedact, Text: msgRedactPicture, Err: err}
	}
	return buf.Bytes(), nil
}

// pictureFile blanks the boxes of a picture and writes it without its facts.
func (r *redactor) pictureFile(data []byte) ([]byte, error) {
	img, format, err := decodePicture(data)
	if err != nil {
		return nil, err
	}
	if format == "jpeg" {
		img = turned(img, exifOrientation(data))
	}
	canvas := image.NewNRGBA(image.Rect(0, 0, img.Bounds().Dx(), img.Bounds().Dy()))
	draw.Draw(canvas, canvas.Bounds(), img, img.Bounds().Min, draw.Src)
	for i, m := range r.removals {
		switch {
		case m.Term != "":
			return nil, fault.Newf(fault.Invalid, opRedact, msgRedactScan, 1)
		case m.Page != 1:
			return nil, fault.Field(opRedact, "page", msgRedactPage, i+1, m.Page)
		}
		blacken(canvas, image.Rect(int(m.X), int(m.Y), int(m.X+m.W+1), int(m.Y+m.H+1)))
		r.found(i, sprintf(wherePDFShown, 1))
	}
	if format == "jpeg" {
		return encodeJPEG(canvas)
	}
	return encodePNG(canvas)
}

func blacken(img draw.Image, box image.Rectangle) {
	draw.Draw(img, box.Intersect(img.Bounds()), image.NewUniform(color.Black), image.Point{}, draw.Src)
}

// Upright turns a picture as the EXIF note in its file says, for writing it anew
// without that note.
func Upright(img image.Image, data []byte) image.Image { return turned(img, exifOrientation(data)) }

// turned applies an EXIF orientation, which the new file does not carry.
func turned(img image.Image, orientation int) image.Image {
	if orientation <= 1 || orientation > 8 {
		return img
	}
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	ow, oh := w, h
	if orientation >= 5 {
		ow, oh = h, w
	}
	out := image.NewNRGBA(image.Rect(0, 0, ow, oh))
	for y := range h {
		for x := range w {
			tx, ty := x, y
			switch orientation {
			case 2:
				tx = w - 1 - x
			case 3:
				tx, ty = w-1-x, h-1-y
			case 4:
				ty = h - 1 - y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = h-1-y, x
			case 7:
				tx, ty = h-1-y, w-1-x
			case 8:
				tx, ty = y, w-1-x
			}
			out.Set(tx, ty, img.At(b.Min.X+x, b.Min.Y+y))
		}
	}
	return out
}
