package request

import (
	"bytes"

	"gongkai/internal/docfile"
)

// LetterContent is a letter laid out for Word and PDF, with the applicant's
// name in it.
func LetterContent(l Letter, name string) docfile.DocxContent {
	return Layout(l.Title, l.Sections(), map[string]string{ApplicantMark: name})
}

// LetterDOCX is a letter as a Word file.
func LetterDOCX(l Letter, name string) ([]byte, error) {
	var b bytes.Buffer
	if err := docfile.WriteDOCX(&b, LetterContent(l, name)); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
