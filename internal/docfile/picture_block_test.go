package docfile

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"strings"
	"testing"
)

// A picture that is written is read again: its bytes, its words and its place
// between the paragraphs.
func TestPicture_WrittenAndTakenOutAgain(t *testing.T) {
	var dot bytes.Buffer
	if err := png.Encode(&dot, image.NewGray(image.Rect(0, 0, 3000, 20))); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	err := WriteDOCX(&file, DocxContent{Title: "通知", Blocks: []Block{Paragraph{Text: "一、流程"}, Picture{Data: dot.Bytes(), Alt: `办理“流程”图 <1>`},
		Table{Rows: [][]Cell{{{Text: "车型"}, {Text: "元"}}, {{Text: "小型车"}, {Text: "5"}}}}, Paragraph{Text: "二、期限"}}})
	if err != nil {
		t.Fatal(err)
	}
	lim := DefaultLimits()
	lim.Pictures = true
	doc, err := Read(context.Background(), "a.docx", bytes.NewReader(file.Bytes()), int64(file.Len()), lim)
	if err != nil || doc.Pictures != 1 {
		t.Fatalf("%+v %v", doc, err)
	}
	var got *Picture
	text := doc.TextWith(func(p Picture) string { got = &p; return "[" + p.Alt + "]" })
	if want := "通知\n一、流程\n[办理“流程”图 <1>]\n车型\t元\n小型车\t5\n二、期限"; text != want {
		t.Errorf("%q", text)
	}
	if got == nil || !bytes.Equal(got.Data, dot.Bytes()) {
		t.Error("the picture came back changed")
	}
	if strings.Contains(doc.Text, "办理") {
		t.Error("the plain text changed")
	}
	plain, err := Read(context.Background(), "a.docx", bytes.NewReader(file.Bytes()), int64(file.Len()), DefaultLimits())
	if err != nil || len(plain.Blocks) != len(doc.Blocks)-1 {
		t.Errorf("unasked: %d blocks, %v", len(plain.Blocks), err)
	}
	if err := WriteDOCX(&file, DocxContent{Blocks: []Block{Picture{Data: []byte("GIF89a")}}}); err == nil {
		t.Error("what is neither JPEG nor PNG was written")
	}
}
