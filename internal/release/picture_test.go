package release_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/release"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/workday"
)

func drawn(w, h int) image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for x := range w {
		m.Set(x, 0, color.NRGBA{uint8(x), 9, 9, 255})
	}
	return m
}

func pngOf(t *testing.T, m image.Image) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withEXIF is a photo that was taken sideways and says where.
func withEXIF(t *testing.T, m image.Image) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	exif := []byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x02" + "\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00" + "\x01\x0f\x00\x02\x00\x00\x00\x14\x00\x00\x00\x26" + "\x00\x00\x00\x00" + "QINGHE-CAMERA-36.12N\x00")
	out := append([]byte("\xff\xd8\xff\xe1"), 0, 0)
	binary.BigEndian.PutUint16(out[4:], uint16(len(exif)+2))
	return append(append(out, exif...), b.Bytes()[2:]...)
}

// huge is a picture whose header says 20000×10000 and that holds nothing else:
// who decodes before looking at the header fails on its end, with other words.
func huge(t *testing.T) []byte {
	b := pngOf(t, drawn(4, 4))[:33]
	binary.BigEndian.PutUint32(b[16:], 20000)
	binary.BigEndian.PutUint32(b[20:], 10000)
	sum := crc(b[12:29])
	binary.BigEndian.PutUint32(b[29:], sum)
	return b
}

func crc(b []byte) uint32 {
	c := ^uint32(0)
	for _, x := range b {
		c ^= uint32(x)
		for range 8 {
			c = c>>1 ^ 0xedb88320&-(c&1)
		}
	}
	return ^c
}

func TestCleanPicture(t *testing.T) {
	taken := withEXIF(t, drawn(300, 200))
	if !bytes.Contains(taken, []byte("QINGHE-CAMERA")) {
		t.Fatal("the photo of the test says nothing")
	}
	out, mime, err := release.CleanPicture(taken)
	if err != nil || mime != "image/jpeg" || bytes.Contains(out, []byte("QINGHE")) || bytes.Contains(out, []byte("Exif")) {
		t.Fatalf("%s %v", mime, err)
	}
	if c, err := jpeg.DecodeConfig(bytes.NewReader(out)); err != nil || c.Width != 200 || c.Height != 300 {
		t.Errorf("the photo stands %d×%d: %v", c.Width, c.Height, err)
	}
	out, mime, err = release.CleanPicture(pngOf(t, drawn(4100, 50)))
	if c, _ := png.DecodeConfig(bytes.NewReader(out)); err != nil || mime != "image/png" || c.Width != 2000 || c.Height != 24 {
		t.Errorf("%s %d×%d %v", mime, c.Width, c.Height, err)
	}
	for name, x := range map[string]struct {
		data []byte
		want string
	}{
		"200 megapixels": {huge(t), "20000×10000"}, "a program by another name": {[]byte("MZ\x90\x00" + strings.Repeat("x", 200)), "按文件内容识别"}, "svg": {[]byte("<svg xmlns='http://www.w3.org/2000/svg'/>"), "请上传 JPEG"},
		"cut off": {pngOf(t, drawn(400, 400))[:60], "打不开"}, "empty": {nil, "请上传 JPEG"}, "heavy": {make([]byte, release.MaxPictureBytes+1), "最大 20 MB"},
	} {
		if _, _, err := release.CleanPicture(x.data); fault.FieldOf(err) != "图片" || !strings.Contains(fault.Text(err), x.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPictures_EachHasItsWordsAndItsPlace(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		ctx := context.Background()
		id := o.begin(nil)
		add := func(name string) error {
			_, err := o.room.AddFile(ctx, o.people["clerk"], id, release.File{Role: release.Picture, Name: name, SHA256: strings.Repeat("a", 64), Size: 9, MIME: "image/png"})
			return err
		}
		for name, want := range map[string]string{".png": "请写明图上是什么", "甲〕.png": "不能有换行", strings.Repeat("长", 101) + ".png": "最多 100 个字"} {
			if err := add(name); fault.FieldOf(err) != "图片说明" || !strings.Contains(fault.Text(err), want) {
				t.Errorf("%q: %v", name, err)
			}
		}
		if err := add("办理流程图.png"); err != nil {
			t.Fatal(err)
		}
		if err := add("办理流程图.jpg"); !strings.Contains(fault.Text(err), "已经有一张图片") {
			t.Errorf("%v", err)
		}
		if err := o.do(id, "clerk", release.ActSubmit, nil); !strings.Contains(fault.Text(err), "没有放进正文") && !strings.Contains(o.missing(id), "没有放进正文") {
			t.Errorf("submitted with a picture nowhere: %v", err)
		}
		s := o.slip(id)
		p := s.Paper
		p.Text = release.PlacePicture(p.Text, "办理流程图", 5)
		p.Text = release.PlacePicture(p.Text, "没有的图", 99)
		o.must(id, "clerk", release.ActSave, &release.SaveForm{Version: s.Version, Paper: &p})
		if !strings.Contains(o.missing(id), "没有这张图片") {
			t.Errorf("a mark without a picture: %s", o.missing(id))
		}
		s = o.slip(id)
		p.Text = strings.ReplaceAll(p.Text, "\n〔图片：没有的图〕", "")
		o.must(id, "clerk", release.ActSave, &release.SaveForm{Version: s.Version, Paper: &p})
		if _, err := o.room.Recheck(ctx, id); err != nil {
			t.Fatal(err)
		}
		o.gates(id)
		o.must(id, "signer", release.ActSign, &release.SignForm{})
		o.now = o.now.Add(5 * time.Minute)
		if o.sweep() != 1 {
			t.Fatal("it did not go out")
		}
		if f := o.shelf.orders[0].Files; len(f) != 1 || f[0].Role != release.Picture || f[0].Name != "办理流程图.png" {
			t.Errorf("the library got %+v", f)
		}
	})
}

// missing is everything that keeps a slip from its gates, in words.
func (o *office) missing(id int64) string {
	var b strings.Builder
	for _, r := range o.slip(id).Missing(false, workday.DateOf(o.now)) {
		b.WriteString(r.Text)
	}
	return b.String()
}
