package portal

import (
	"bytes"
	"net/http"
	"strings"

	"gongkai/internal/docfile"
	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/officialdoc"
)

const docxType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

func (p *Portal) downloadWord(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.downloadWord %s", r.PathValue("id"))
	v, err := p.textForDownload(r)
	if err != nil {
		return err
	}
	shown, err := p.pictureBytes(r.Context(), v)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := docfile.WriteDOCX(&b, docfile.DocxContent{Title: v.Edition.Title, Blocks: wordBlocks(v, shown)}); err != nil {
		return err
	}
	attach(w, docxType, v.Edition.Title, ".docx")
	_, err = w.Write(b.Bytes())
	return err
}

// wordBlocks are the lines of the text, headings by their provision, rows of
// tabs as tables, marks of pictures as the pictures.
func wordBlocks(v *document.View, shown map[string][]byte) []docfile.Block {
	levels := map[int]int{} // rune offset of a line that is a heading -> level
	for _, p := range v.Provisions {
		switch p.Kind {
		case "part", "subpart", "chapter", "section", "heading":
			levels[p.Start] = min(p.Depth+1, 4)
		}
	}
	var blocks []docfile.Block
	if v.Edition.DocNo != "" {
		blocks = append(blocks, docfile.Paragraph{Text: v.Edition.DocNo})
	}
	at := 0
	lines := strings.Split(v.Text, "\n")
	for i := 0; i < len(lines); i++ {
		if n := officialdoc.TableAhead(lines[i:]); n > 0 {
			blocks = append(blocks, wordTable(lines[i:i+n]))
			for _, row := range lines[i : i+n] {
				at += len([]rune(row)) + 1
			}
			i += n - 1
			continue
		}
		if alt, ok := officialdoc.PictureAlt(lines[i]); ok && shown[alt] != nil {
			blocks = append(blocks, docfile.Picture{Data: shown[alt], Alt: alt})
			at += len([]rune(lines[i])) + 1
			continue
		}
		text := strings.TrimSpace(strings.TrimLeft(lines[i], "# "))
		if text != "" && text != v.Edition.Title {
			blocks = append(blocks, docfile.Paragraph{Text: text, Level: levels[at]})
		}
		at += len([]rune(lines[i])) + 1
	}
	return blocks
}

func wordTable(rows []string) docfile.Table {
	width := 0
	for _, r := range rows {
		width = max(width, strings.Count(r, "\t")+1)
	}
	t := docfile.Table{}
	for _, r := range rows {
		cells := make([]docfile.Cell, width)
		for i := range cells {
			cells[i] = docfile.Cell{ColSpan: 1, RowSpan: 1}
		}
		for i, c := range strings.Split(r, "\t") {
			cells[i].Text = strings.TrimSpace(c)
		}
		t.Rows = append(t.Rows, cells)
	}
	return t
}
