package request

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"strings"
	"unicode"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/docfile"
	"gongkai/internal/fault"
)

// Sealer puts the electronic seal of an organ on letters. It keeps the number
// of the letter only: the words are asked for when it goes out (see SealPaper).
type Sealer interface {
	PostSeal(ctx context.Context, tx *sql.Tx, organ, letter int64) error
}

// SealBy says who seals letters and how they are printed as PDF; without one no
// letter is sealed electronically.
func (r *Room) SealBy(s Sealer, print func(docfile.DocxContent) ([]byte, error)) {
	r.sealer, r.print = s, print
}

// SealedFile is the letter as the seal service gave it back; nil without one.
func (l *Letter) SealedFile() *LetterFile {
	for i := range l.Files {
		if l.Files[i].Kind == LetterSealed {
			return &l.Files[i]
		}
	}
	return nil
}

// AskSeal asks for the seal of an organ on an issued letter, or asks
// again after it was not given. Rights are the caller's to check. Errors:
// Invalid without a service, Conflict while it is under way or done.
func (r *Room) AskSeal(ctx context.Context, a access.Actor, q *Request, l Letter) (err error) {
	defer fault.Wrap(&err, "request.AskSeal(%d)", l.ID)
	switch {
	case r.sealer == nil:
		return fault.New(fault.Invalid, "request.AskSeal", "这里没有启用电子印章服务，请打印、盖章后上传扫描件。")
	case l.SealedFile() != nil:
		return fault.New(fault.Conflict, "request.AskSeal", "这份文书已经有电子印章件。")
	case q.Service.Anonymised():
		return fault.New(fault.Gone, "request.AskSeal", textDestroyed)
	}
	if _, err := r.sealPDF(ctx, q, l); err != nil { // what cannot be printed is told at once
		return err
	}
	return r.db.Tx(ctx, func(tx *sql.Tx) error {
		if err := r.sealer.PostSeal(ctx, tx, q.Organ, l.ID); err != nil {
			return err
		}
		return r.kernel.NoteIn(ctx, tx, a, q.Case, string(ActSealAsked), map[string]any{"letter": l.ID})
	})
}

// SealPaper makes the PDF of a letter for the seal service of its organ. Gone
// when the letter was destroyed meanwhile.
func (r *Room) SealPaper(ctx context.Context, letter int64) (organ int64, pdf []byte, err error) {
	defer fault.Wrap(&err, "request.SealPaper(%d)", letter)
	q, l, err := r.letterToSeal(ctx, letter)
	if err != nil {
		return 0, nil, err
	}
	pdf, err = r.sealPDF(ctx, q, l)
	return q.Organ, pdf, err
}

// letterToSeal reads a letter with its request.
func (r *Room) letterToSeal(ctx context.Context, letter int64) (*Request, Letter, error) {
	var id, organ int64
	db := r.db.Reader()
	err := db.QueryRowContext(ctx, `SELECT q.case_id, c.organ_id FROM request_letters l JOIN requests q ON q.case_id = l.case_id JOIN cases c ON c.id = q.case_id WHERE l.id = $1`, letter).Scan(&id, &organ)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.New(fault.Gone, "request.letterToSeal", "这份文书已经不在。")
	}
	if err != nil {
		return nil, Letter{}, err
	}
	q, err := r.read(ctx, db, id, organ)
	if err != nil {
		return nil, Letter{}, err
	}
	if q.Service.Anonymised() {
		return nil, Letter{}, fault.New(fault.Gone, "request.letterToSeal", textDestroyed)
	}
	for _, l := range q.Letters {
		if l.ID == letter {
			return q, l, nil
		}
	}
	return nil, Letter{}, fault.New(fault.Gone, "request.letterToSeal", "这份文书已经不在。")
}

// sealPDF prints a letter with the name of the addressee in it.
func (r *Room) sealPDF(ctx context.Context, q *Request, l Letter) ([]byte, error) {
	names, err := r.marks(ctx, q, l)
	if err != nil {
		return nil, err
	}
	return r.print(Layout(l.Title, l.Sections(), names))
}

// marks are the names that the stored words of a letter lack, without a reading
// on record; for the product's own use.
func (r *Room) marks(ctx context.Context, q *Request, l Letter) (map[string]string, error) {
	for _, p := range q.Work.Parties {
		if l.ID == p.Letter || l.ID == p.ToldLetter {
			who, err := r.openParty(ctx, p.ID)
			return map[string]string{PartyMark: who.Name, CodeMark: who.Code}, err
		}
	}
	who, err := r.applicant(ctx, r.db.Reader(), q.Case)
	return map[string]string{ApplicantMark: who.Name}, err
}

// TakeSealed keeps what the seal service gave back: it must open as PDF and
// still hold the number and every line of the letter that was sent. It may come
// twice. Invalid says in Chinese what is wrong with it.
func (r *Room) TakeSealed(ctx context.Context, letter int64, pdf []byte) (err error) {
	defer fault.Wrap(&err, "request.TakeSealed(%d)", letter)
	q, l, err := r.letterToSeal(ctx, letter)
	if err != nil || l.SealedFile() != nil {
		return err
	}
	sent, err := r.sealPDF(ctx, q, l)
	if err != nil {
		return err
	}
	want, err := linesOf(ctx, sent)
	if err != nil {
		return err
	}
	if err := sameLetter(ctx, l.Number, want, pdf); err != nil {
		return err
	}
	return r.AddLetterFile(ctx, casework.Product, q.Case, l.ID, LetterSealed, l.Title+l.Number+".pdf", bytes.NewReader(pdf))
}

// sameLetter looks whether a PDF is the letter that was sent. What the seal
// itself writes may stand between and beside the lines.
func sameLetter(ctx context.Context, number string, want []string, pdf []byte) error {
	bad := func(text string) error { return fault.New(fault.Invalid, "request.sameLetter", text) }
	if !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		return bad("电子印章服务送回的不是 PDF，没有保存。")
	}
	got, err := linesOf(ctx, pdf)
	switch {
	case fault.KindOf(err) == fault.Unavailable:
		return err
	case err != nil:
		return bad("电子印章服务送回的 PDF 打不开，没有保存。")
	case number != "" && !strings.Contains(strings.Join(got, ""), squeeze(number)):
		return bad("电子印章服务送回的 PDF 里没有这份文书的文号，没有保存。")
	}
	at := 0
	for _, line := range want {
		for at < len(got) && !strings.Contains(got[at], line) {
			at++
		}
		if at == len(got) {
			return bad("电子印章服务送回的 PDF 和送去的文书文字不一样，没有保存。")
		}
		at++
	}
	return nil
}

// linesOf are the lines of a PDF without blanks.
func linesOf(ctx context.Context, pdf []byte) (out []string, err error) {
	d, err := docfile.Read(ctx, "letter.pdf", bytes.NewReader(pdf), int64(len(pdf)), docfile.DefaultLimits())
	if err != nil {
		return nil, err
	}
	for _, line := range strings.Split(d.Text, "\n") {
		if line = squeeze(line); line != "" {
			out = append(out, line)
		}
	}
	return out, nil
}

func squeeze(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsSpace(c) {
			return -1
		}
		return c
	}, s)
}
