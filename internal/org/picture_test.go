package org_test

import (
	"bytes"
	"database/sql"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"

	"gongkai/internal/fault"
	"gongkai/internal/filestore"
	"gongkai/internal/org"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/workday"
)

// halves is a picture, red on the left and blue on the right.
func halves(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{200, 0, 0, 255}
			if x >= w/2 {
				c = color.RGBA{0, 0, 200, 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

func jpegOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withExif puts an Exif part with an orientation and a secret into a JPEG.
func withExif(b []byte, how uint16) []byte {
	var part bytes.Buffer
	part.WriteString("Exif\x00\x00II*\x00")
	for _, v := range []any{uint32(8), uint16(1), uint16(0x0112), uint16(3), uint32(1), how, uint16(0), uint32(0)} {
		if err := binary.Write(&part, binary.LittleEndian, v); err != nil {
			panic(err) // a buffer takes everything
		}
	}
	part.WriteString("GPS-SECRET")
	head := []byte{0xFF, 0xD8, 0xFF, 0xE1, byte((part.Len() + 2) >> 8), byte(part.Len() + 2)}
	return append(append(head, part.Bytes()...), b[2:]...)
}

func TestPhoto_IsDrawnAnewWithoutMetadataAndUpright(t *testing.T) {
	for how, want := range map[uint16]struct {
		w, h       int
		redX, redY int // a place that must be red
	}{1: {200, 100, 10, 50}, 2: {200, 100, 190, 50}, 3: {200, 100, 190, 50}, 4: {200, 100, 10, 50}, 5: {100, 200, 50, 10}, 6: {100, 200, 50, 10}, 7: {100, 200, 50, 190}, 8: {100, 200, 50, 190}} {
		p, err := org.ReadPicture(bytes.NewReader(withExif(jpegOf(t, halves(200, 100)), how)))
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range [][]byte{p.Full, p.Small} {
			if bytes.Contains(b, []byte("Exif")) || bytes.Contains(b, []byte("SECRET")) {
				t.Error("metadata stays")
			}
		}
		m, err := jpeg.Decode(bytes.NewReader(p.Full))
		if err != nil {
			t.Fatal(err)
		}
		r, _, b, _ := m.At(want.redX, want.redY).RGBA()
		if m.Bounds().Dx() != want.w || m.Bounds().Dy() != want.h || r < 0x8000 || b > 0x8000 {
			t.Errorf("orientation %d: %v, red %x blue %x", how, m.Bounds(), r, b)
		}
	}
}

func TestPhoto_SizesAndTypes(t *testing.T) {
	p, err := org.ReadPicture(bytes.NewReader(pngOf(t, halves(1600, 2000))))
	if err != nil {
		t.Fatal(err)
	}
	full, kind, err := image.DecodeConfig(bytes.NewReader(p.Full))
	if err != nil || kind != "jpeg" || full.Width != 640 || full.Height != 800 {
		t.Errorf("%s %+v %v", kind, full, err)
	}
	small, _, err := image.DecodeConfig(bytes.NewReader(p.Small))
	if err != nil || small.Width != 180 || small.Height != 240 {
		t.Errorf("%+v %v", small, err)
	}
	var anim bytes.Buffer
	if err := gif.Encode(&anim, halves(100, 100), nil); err != nil {
		t.Fatal(err)
	}
	whole := jpegOf(t, halves(300, 300))
	for name, c := range map[string]struct {
		b     []byte
		kind  fault.Kind
		words string
	}{
		"gif":          {anim.Bytes(), fault.Invalid, "只收 JPEG"},
		"text":         {[]byte("<svg onload=alert(1)>"), fault.Invalid, "只收 JPEG"},
		"empty":        {nil, fault.Invalid, "只收 JPEG"},
		"tiny":         {pngOf(t, halves(59, 100)), fault.Invalid, "太小"},
		"bomb":         {bomb(), fault.Invalid, "太大"},
		"cut off":      {whole[:len(whole)/3], fault.Invalid, "读不出来"},
		"heavy":        {bytes.Repeat([]byte{0xFF}, org.MaxPhotoBytes+1), fault.TooLarge, "超过 8 MB"},
		"html as jpeg": {[]byte("\xFF\xD8<html>"), fault.Invalid, "只收 JPEG"},
	} {
		_, err := org.ReadPicture(bytes.NewReader(c.b))
		if fault.KindOf(err) != c.kind || fault.FieldOf(err) != "照片" || !strings.Contains(fault.Text(err), c.words) {
			t.Errorf("%s: %v %q %q", name, err, fault.FieldOf(err), fault.Text(err))
		}
	}
}

// bomb is a PNG head that promises 50,000 × 50,000 pixels.
func bomb() []byte {
	b := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d")
	head := append([]byte("IHDR"), 0, 0, 0xC3, 0x50, 0, 0, 0xC3, 0x50, 8, 2, 0, 0, 0)
	return binary.BigEndian.AppendUint32(append(b, head...), crc32.ChecksumIEEE(head))
}

func FuzzReadPicture(f *testing.F) {
	small := halves(60, 60)
	f.Add(jpegOf(f, small))
	f.Add(withExif(jpegOf(f, small), 6))
	f.Add(pngOf(f, small))
	f.Add([]byte("RIFF\x24\x00\x00\x00WEBPVP8 "))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := org.ReadPicture(bytes.NewReader(b))
		if err != nil && fault.Text(err) == "" || err == nil && (len(p.Full) == 0 || len(p.Small) == 0) {
			t.Error(err)
		}
	})
}

func TestPhoto_ShownOnlyWhileInOffice(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		if _, err := h.r.PutPhoto(bg, bytes.NewReader(nil)); err == nil {
			t.Error("a registry without files takes a photo")
		}
		h.r.KeepIn(filestore.Rows(db))
		id := h.add("澹台明溪", "局长", "")
		p, err := h.r.PutPhoto(bg, bytes.NewReader(pngOf(t, halves(300, 400))))
		if err != nil {
			t.Fatal(err)
		}
		h.must(func(tx *sql.Tx, o *org.Organ) error {
			l := h.leaderIn(tx, o, id)
			f := l.LeaderFacts
			if err := p.Hold(bg, tx, &f, noon); err != nil {
				return err
			}
			return org.ChangeLeader(bg, tx, o, l, f, by)
		})
		l, today := h.leader(id), workday.MustDate("2026-11-20")
		for _, sha := range []string{l.Photo, l.Thumb} {
			f, err := h.r.OpenPhoto(bg, "qh-jyj", sha, today)
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(f)
			if f.Close(); err != nil || len(b) < 100 {
				t.Errorf("%d bytes, %v", len(b), err)
			}
		}
		for _, c := range [][2]string{{"qh-jyj", ""}, {"qh-jyj", strings.Repeat("0", 64)}, {"none", l.Photo}} {
			if _, err := h.r.OpenPhoto(bg, c[0], c[1], today); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%v: %v", c, err)
			}
		}
		h.must(func(tx *sql.Tx, o *org.Organ) error {
			return org.EndLeader(bg, tx, o, h.leaderIn(tx, o, id), today, by)
		})
		if _, err := h.r.OpenPhoto(bg, "qh-jyj", l.Photo, today); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the picture of somebody who left: %v", err)
		}
		if b, err := h.r.LeaderPhoto(bg, h.leader(id)); err != nil || len(b) == 0 {
			t.Errorf("the office: %v", err)
		}
	})
}
