package docfile

import (
	"strings"
	"testing"
)

// 主送机关 stands flush left, 发文字号 in the middle, 署名 at the right with
// characters left empty after it (GB/T 9704-2012, 7.2.5, 7.3.2, 7.3.5).
func TestWriteDOCX_Places(t *testing.T) {
	for _, c := range []struct {
		name string
		p    Paragraph
		want string
	}{
		{"body", Paragraph{Text: "正文"}, `<w:p><w:r>`},
		{"left", Paragraph{Text: "某人：", Align: AlignLeft}, `<w:pPr><w:pStyle w:val="Addressee"/></w:pPr>`},
		{"centre", Paragraph{Text: "文号", Align: AlignCentre}, `<w:pPr><w:ind w:firstLine="0" w:firstLineChars="0"/><w:jc w:val="center"/></w:pPr>`},
		{"right", Paragraph{Text: "日期", Align: AlignRight, Right: 4.5}, `<w:pPr><w:spacing w:before="1120" w:after="0" w:line="560" w:lineRule="exact"/><w:ind w:right="1440" w:rightChars="450" w:firstLine="0" w:firstLineChars="0"/><w:jc w:val="right"/></w:pPr>`},
	} {
		body, _, err := docxBody(DocxContent{Blocks: []Block{c.p}})
		if err != nil || !strings.Contains(body, c.want) {
			t.Errorf("%s: %s, %v", c.name, body, err)
		}
	}
}

// 署名 and 成文日期 stay with the end of the text, with room for the seal above
// them (GB/T 9704-2012, 7.3.5.1, 7.3.5.4).
func TestWriteDOCX_TheSignatureStaysWithTheText(t *testing.T) {
	body, _, err := docxBody(DocxContent{Blocks: []Block{Paragraph{Text: "前文"}, Paragraph{Text: "末段"}, Paragraph{Text: "机关", Align: AlignRight}, Paragraph{Text: "日期", Align: AlignRight}, Paragraph{Text: "附注"}}})
	if err != nil {
		t.Fatal(err)
	}
	for text, keep := range map[string]bool{"前文": false, "末段": true, "机关": true, "日期": false, "附注": false} {
		p := body[:strings.Index(body, text)]
		if p = p[strings.LastIndex(p, "<w:p>"):]; strings.Contains(p, "<w:keepNext/>") != keep {
			t.Errorf("%s: %s", text, p)
		}
	}
	if n := strings.Count(body, `w:before="1120"`); n != 1 {
		t.Errorf("room for %d seals", n)
	}
}
