package request

import (
	"bytes"
	"strings"

	"gongkai/internal/docfile"
)

// LetterContent is a letter laid out for Word and PDF, with the applicant's
// name in it.
func LetterContent(l Letter, name string) docfile.DocxContent {
	doc := docfile.DocxContent{Title: l.Title}
	for _, line := range strings.Split(strings.ReplaceAll(l.Body, ApplicantMark, name), "\n") {
		if strings.TrimSpace(line) != "" {
			doc.Blocks = append(doc.Blocks, docfile.Paragraph{Text: line})
		}
	}
	return doc
}

// LetterDOCX is a letter as a Word file.
func LetterDOCX(l Letter, name string) ([]byte, error) {
	var b bytes.Buffer
	if err := docfile.WriteDOCX(&b, LetterContent(l, name)); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
