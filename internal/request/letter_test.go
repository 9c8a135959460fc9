package request_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"gongkai/internal/docfile"
	"gongkai/internal/fault"
	"gongkai/internal/filestore"
	"gongkai/internal/proofread"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

// review brings a request to the reviewer's desk with an answer.
func (d *desk) review(items ...request.Item) int64 {
	d.t.Helper()
	rc := d.submit(nil)
	d.must(rc.Case, "clerk", request.ActConfirm, &request.ConfirmForm{})
	d.must(rc.Case, "clerk", request.ActDecide, &request.DecideForm{Decision: request.Decision{Items: items}})
	return rc.Case
}

var grant = request.Item{What: "布局规划", Outcome: request.Grant, Content: "规划文本一份"}

// A letter with a hole passes neither review nor signature, and says what it
// lacks.
func TestA99_AnUnfinishedLetterIsNeitherPassedNorSigned(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		id := d.review(grant)
		if err := d.do(id, "legality_reviewer", request.ActPass, &request.NoteForm{}); fault.KindOf(err) != fault.Forbidden || !strings.Contains(fault.Text(err), "答复设置") {
			t.Fatalf("passed without the organ's record: %v", err)
		}
		d.setProfile()
		d.must(id, "legality_reviewer", request.ActPass, &request.NoteForm{})
		d.must(id, "signer", request.ActSign, &request.NoteForm{})
		partial := d.review(request.Item{What: "布局规划", Outcome: request.Partial, Content: "规划文本", Reason: "含有个人隐私"})
		if err := d.do(partial, "legality_reviewer", request.ActPass, &request.NoteForm{}); fault.KindOf(err) != fault.Forbidden || !strings.Contains(fault.Text(err), "不予公开部分的依据") {
			t.Fatalf("passed without a ground: %v", err)
		}
	})
}

// Other words in a free paragraph are kept beside the template's; the locked
// ones stay; a change after the review goes back to the reviewer.
func TestA8_7_WhatDiffersFromTheTemplateIsKept(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		id := d.review(grant)
		const words = "提供的内容：规划文本一份，随本答复书邮寄。"
		d.must(id, "clerk", request.ActLetter, &request.LetterForm{Texts: map[string]string{"content": words}})
		for section, want := range map[string]string{"remedy": "救济途径", "result": "结果和依据", "nothing": "段落"} {
			if err := d.do(id, "clerk", request.ActLetter, &request.LetterForm{Texts: map[string]string{section: "改掉"}}); fault.FieldOf(err) != want {
				t.Errorf("%s: %v", section, err)
			}
		}
		if err := d.do(id, "clerk", request.ActLetter, &request.LetterForm{Texts: map[string]string{"content": " "}}); fault.FieldOf(err) != "提供的内容" {
			t.Errorf("emptied: %v", err)
		}
		d.must(id, "legality_reviewer", request.ActPass, &request.NoteForm{})
		d.must(id, "clerk", request.ActLetter, &request.LetterForm{Number: "清教公开〔2026〕88号"})
		if c, err := d.kernel.Case(ctx, id); err != nil || c.State != request.Reviewing {
			t.Fatalf("a letter changed after the review is %v, %v", c.State, err)
		}
		d.must(id, "legality_reviewer", request.ActPass, &request.NoteForm{})
		d.must(id, "signer", request.ActSign, &request.NoteForm{})
		q := d.request(id)
		l := q.Letters[len(q.Letters)-1]
		if l.Number != "清教公开〔2026〕88号" || l.Template != "answer/GRANT" || l.Version == 0 || !strings.Contains(l.Body, words) {
			t.Fatalf("%+v", l)
		}
		i := slices.IndexFunc(l.Parts, func(s request.Section) bool { return s.ID == "content" })
		if i < 0 || !l.Parts[i].Changed() || l.Parts[i].Base != "提供的内容：规划文本一份。" {
			t.Errorf("%+v", l.Parts)
		}
	})
}

// A number of the office's own is taken once; the counter steps over it.
func TestA8_5_ANumberOfTheOrganIsGivenOnce(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		sign := func(number string) (string, error) {
			id := d.review(grant)
			if number != "" {
				if err := d.do(id, "clerk", request.ActLetter, &request.LetterForm{Number: number}); err != nil {
					return "", err
				}
			}
			d.must(id, "legality_reviewer", request.ActPass, &request.NoteForm{})
			d.must(id, "signer", request.ActSign, &request.NoteForm{})
			return d.request(id).LetterNo, nil
		}
		if no, err := sign("清教公开〔2026〕2号"); err != nil || no != "清教公开〔2026〕2号" {
			t.Fatalf("%s %v", no, err)
		}
		if _, err := sign("清教公开〔2026〕2号"); fault.FieldOf(err) != "文号" {
			t.Errorf("a number twice: %v", err)
		}
		if _, err := sign("随便写"); fault.FieldOf(err) != "文号" {
			t.Errorf("no number at all: %v", err)
		}
		for _, want := range []string{"清教公开〔2026〕1号", "清教公开〔2026〕3号"} {
			if no, err := sign(""); err != nil || no != want {
				t.Errorf("%s %v, want %s", no, err, want)
			}
		}
	})
}

// The stamped letter comes back as a scan and is read only on record.
func TestA107_TheStampedLetterIsKeptWithItsLetter(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		id, other := d.review(grant), d.review(grant)
		q, clerk := d.request(id), d.people["clerk"]
		d.room.KeepIn(filestore.Rows(db))
		letter := q.Letters[0].ID
		scan := []byte("%PDF-1.4\nstamped\n%%EOF\n")
		add := func(of int64, content []byte) error {
			return d.room.AddLetterFile(ctx, clerk, of, letter, request.LetterScan, `C:\扫描\回执.pdf`, bytes.NewReader(content))
		}
		if err := add(id, []byte("MZ not a paper")); fault.FieldOf(err) != "盖章件" {
			t.Errorf("a program: %v", err)
		}
		if err := add(id, nil); fault.FieldOf(err) != "盖章件" {
			t.Errorf("nothing: %v", err)
		}
		if err := add(other, scan); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a letter of another request: %v", err)
		}
		if err := add(id, scan); err != nil {
			t.Fatal(err)
		}
		q = d.request(id)
		if f := q.Letters[0].Files; len(f) != 1 || f[0].Name != "回执.pdf" || f[0].KindName() != "盖章扫描件" {
			t.Fatalf("%+v", f)
		}
		if _, b, err := d.room.LetterFile(ctx, clerk, q, q.Letters[0].Files[0].ID); err != nil || !bytes.Equal(b, scan) {
			t.Errorf("%q %v", b, err)
		}
		if _, _, err := d.room.LetterFile(ctx, clerk, d.request(other), q.Letters[0].Files[0].ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("through another request: %v", err)
		}
	})
}

// The forms that people fill in by hand carry what is known (A8.7).
func TestA50_TheFormsCarryWhatIsKnown(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		rc := d.submit(nil)
		c, err := d.kernel.Case(ctx, rc.Case)
		if err != nil {
			t.Fatal(err)
		}
		for form, want := range map[string]string{request.LetterApplication: secretProof, request.LetterDelivery: secretName, request.LetterOpinion: rc.Number} {
			f, name, err := d.room.PrintForm(ctx, d.people["clerk"], c, d.request(rc.Case), form)
			if err != nil {
				t.Fatal(err)
			}
			if text := printed(request.Layout(f.Title, f.Sections, name)); !strings.Contains(text, want) || strings.Contains(text, "〔") && strings.Contains(text, request.ApplicantMark) {
				t.Errorf("%s lacks %s:\n%s", form, want, text)
			}
		}
		if _, _, err := d.room.PrintForm(ctx, d.people["clerk"], c, d.request(rc.Case), "receipt"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a letter as a form: %v", err)
		}
	})
}

func printed(doc docfile.DocxContent) string {
	out := doc.Title + "\n"
	for _, b := range doc.Blocks {
		switch b := b.(type) {
		case docfile.Paragraph:
			out += b.Text + "\n"
		case docfile.Table:
			for _, row := range b.Rows {
				for _, c := range row {
					out += c.Text + "\t"
				}
				out += "\n"
			}
		}
	}
	return out
}

// What the program itself writes has no wrong word and no wrong mark; what
// somebody types is found (ZC21-T17).
func TestT17_ALetterIsReadForErrors(t *testing.T) {
	organs := rows(t, "letters_organs.tsv", 10)
	for _, x := range rows(t, "letters_outcomes.tsv", 6) {
		p := answering(organs[0])
		for _, h := range compose(&p, request.Natural, false, item(x[0], x[1])).Findings(letterDay) {
			t.Errorf("%s: %s %q %s", x[0], h.Rule, h.Text, h.Why)
		}
	}
	p := answering(organs[0])
	it := item("GRANT", "")
	it.Content = "规划文本一份，，详见布署方案，联系人电话13812345678"
	found := compose(&p, request.Natural, false, it).Findings(letterDay)
	for _, want := range []string{"布署", "13812345678"} {
		if !slices.ContainsFunc(found, func(h proofread.Hit) bool { return strings.Contains(h.Text, want) }) {
			t.Errorf("%q is not found: %+v", want, found)
		}
	}
}
