package testcity

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
)

// Size of a drawn picture, in pixels.
const (
	avatarWidth  = 360
	avatarHeight = 480
)

// avatarColours are ground, clothes, skin and hair of the drawn pictures.
var avatarColours = [][4]color.RGBA{
	{{214, 226, 238, 255}, {44, 62, 92, 255}, {236, 205, 178, 255}, {46, 38, 34, 255}},
	{{226, 232, 222, 255}, {72, 78, 86, 255}, {228, 194, 164, 255}, {70, 64, 62, 255}},
	{{236, 228, 216, 255}, {94, 56, 58, 255}, {240, 212, 188, 255}, {38, 32, 30, 255}},
	{{222, 222, 234, 255}, {52, 74, 70, 255}, {232, 200, 172, 255}, {96, 92, 90, 255}},
}

// Avatar draws picture number n as PNG: a head and shoulders without a face, so
// that it is nobody. The same number gives the same bytes.
func Avatar(n int) ([]byte, error) {
	c := avatarColours[n%len(avatarColours)]
	long := n%3 == 0 // hair to the shoulders
	m := image.NewRGBA(image.Rect(0, 0, avatarWidth, avatarHeight))
	for y := range avatarHeight {
		for x := range avatarWidth {
			m.SetRGBA(x, y, avatarAt(float64(x)/avatarWidth, float64(y)/avatarWidth, c, long))
		}
	}
	var b bytes.Buffer
	err := png.Encode(&b, m)
	return b.Bytes(), err
}

// avatarAt is the colour at a place; both measures count widths of the picture.
func avatarAt(x, y float64, c [4]color.RGBA, long bool) color.RGBA {
	ground, clothes, skin, hair := c[0], c[1], c[2], c[3]
	in := func(cx, cy, rx, ry float64) bool {
		return (x-cx)*(x-cx)/(rx*rx)+(y-cy)*(y-cy)/(ry*ry) <= 1
	}
	switch {
	case y > 0.92 && math.Abs(x-0.5) < (y-0.92)*0.28:
		return color.RGBA{248, 248, 248, 255} // shirt
	case in(0.5, 1.42, 0.44, 0.52):
		return clothes
	case math.Abs(x-0.5) < 0.085 && y > 0.7 && y < 0.96:
		return skin
	case in(0.5, 0.56, 0.19, 0.24) && y > 0.44:
		return skin
	case in(0.5, 0.5, 0.215, 0.235) && y < 0.6:
		return hair
	case long && math.Abs(x-0.5) < 0.225 && y >= 0.5 && y < 0.86:
		return hair
	}
	return ground
}
