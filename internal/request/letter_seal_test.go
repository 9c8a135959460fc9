package request_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"io"
	"strings"
	"testing"

	"gongkai/internal/docfile"
	"gongkai/internal/fault"
	"gongkai/internal/filestore"
	"gongkai/internal/paper"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

// sealers notes what is asked to be sealed.
type sealers struct {
	asked []int64
	err   error
}

func (s *sealers) PostSeal(_ context.Context, _ *sql.Tx, _, letter int64) error {
	if s.err == nil {
		s.asked = append(s.asked, letter)
	}
	return s.err
}

func printer(t *testing.T) *paper.Printer {
	t.Helper()
	p, err := paper.Load()
	if err != nil {
		t.Fatalf("%v: scripts/need-packages installs the font", err)
	}
	return p
}

// blind is a scanner that finds what it is told, or cannot look.
type blind struct {
	virus string
	err   error
}

func (b *blind) Scan(_ context.Context, r io.Reader) (string, error) {
	_, err := io.Copy(io.Discard, r)
	return b.virus, errors.Join(b.err, err)
}

// A sealed letter is kept when it opens, holds the number and every line that
// was sent; whatever else comes back is refused in words and nothing is kept.
// Nothing is kept while the virus scanner is silent.
func TestA107_OnlyTheLetterThatWasSentComesBackSealed(t *testing.T) {
	p := printer(t)
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		scanner, service := &blind{}, &sealers{}
		d.room.KeepIn(filestore.Scanned(filestore.Rows(db), scanner))
		d.room.SealBy(service, p.PDF)
		rc := d.signed(nil)
		_, q := d.view(rc.Case)
		l := q.Letters[len(q.Letters)-1]
		clerk := d.people["clerk"]
		if err := d.room.AskSeal(ctx, clerk, q, l); err != nil || len(service.asked) != 1 || service.asked[0] != l.ID {
			t.Fatalf("%v %v", service.asked, err)
		}
		organ, sent, err := d.room.SealPaper(ctx, l.ID)
		if err != nil || organ != d.organ || !bytes.HasPrefix(sent, []byte("%PDF-")) {
			t.Fatal(organ, err)
		}
		name := map[string]string{request.ApplicantMark: secretName}
		print := func(change func(*request.Section)) []byte {
			parts := append([]request.Section(nil), l.Sections()...)
			for i := range parts {
				change(&parts[i])
			}
			b, err := p.PDF(request.Layout(l.Title, parts, name))
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		other := print(func(s *request.Section) {
			if s.ID == "content" {
				s.Text = strings.Replace(s.Text, "规划文本一份", "规划文本两份", 1)
			}
		})
		unnumbered := print(func(s *request.Section) {
			if s.ID == "number" {
				s.Text = "清教公开〔2026〕99号"
			}
		})
		for _, x := range []struct {
			what string
			pdf  []byte
			says string
		}{
			{"nothing", nil, "不是 PDF"}, {"a page of an error", []byte("<html>busy</html>"), "不是 PDF"}, {"half a file", sent[:len(sent)/2], "打不开"},
			{"another number", unnumbered, "没有这份文书的文号"}, {"other words", other, "文字不一样"},
		} {
			if err := d.room.TakeSealed(ctx, l.ID, x.pdf); fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Text(err), x.says) {
				t.Errorf("%s: %v", x.what, err)
			}
		}
		// What a service appends is its own: another revision of the same file.
		sealed := append(bytes.Clone(sent), []byte("\n% seal of the organ\n")...)
		scanner.err = errors.New("down")
		if err := d.room.TakeSealed(ctx, l.ID, sealed); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("kept without the scanner's word: %v", err)
		}
		scanner.err, scanner.virus = nil, "Test.Mark"
		if err := d.room.TakeSealed(ctx, l.ID, sealed); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a virus was kept: %v", err)
		}
		if _, q = d.view(rc.Case); len(q.Letters[len(q.Letters)-1].Files) != 0 {
			t.Fatalf("%+v", q.Letters[len(q.Letters)-1].Files)
		}
		scanner.virus = ""
		for range 2 { // the same answer twice
			if err := d.room.TakeSealed(ctx, l.ID, sealed); err != nil {
				t.Fatal(err)
			}
		}
		c, q := d.view(rc.Case)
		l = q.Letters[len(q.Letters)-1]
		f := l.SealedFile()
		if f == nil || len(l.Files) != 1 || f.Name != "政府信息公开答复书清教公开〔2026〕1号.pdf" || f.By != "system" {
			t.Fatalf("%+v", l.Files)
		}
		if _, b, err := d.room.LetterFile(ctx, clerk, q, f.ID); err != nil || !bytes.Equal(b, sealed) {
			t.Errorf("%d bytes, %v", len(b), err)
		}
		events, err := d.kernel.Timeline(ctx, c.ID)
		if err != nil || len(events) < 2 || events[len(events)-1].Action != request.ActSealed || events[len(events)-2].Action != request.ActSealAsked {
			t.Errorf("%v %+v", err, events)
		}
		if err := d.room.AskSeal(ctx, clerk, q, l); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a sealed letter was asked for: %v", err)
		}
	})
}

// What cannot be asked for leaves nothing behind: no service, no font, a file
// that was destroyed.
func TestA107_WhatCannotBeSealedIsSaidAtOnce(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		rc := d.closed()
		_, q := d.view(rc.Case)
		l, clerk := q.Letters[len(q.Letters)-1], d.people["clerk"]
		if err := d.room.AskSeal(ctx, clerk, q, l); fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Text(err), "上传扫描件") {
			t.Errorf("without a service: %v", err)
		}
		noFont := fault.New(fault.Unsupported, "test", "没有字体。")
		service := &sealers{}
		d.room.SealBy(service, func(docfile.DocxContent) ([]byte, error) { return nil, noFont })
		if err := d.room.AskSeal(ctx, clerk, q, l); fault.Text(err) != "没有字体。" || len(service.asked) != 0 {
			t.Errorf("without a font: %v", err)
		}
		d.room.SealBy(&sealers{err: fault.New(fault.Conflict, "test", "已经在请求。")}, func(docfile.DocxContent) ([]byte, error) { return []byte("%PDF-"), nil })
		if err := d.room.AskSeal(ctx, clerk, q, l); fault.Text(err) != "已经在请求。" {
			t.Error(err)
		}
		var events int
		if err := db.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM case_events WHERE case_id = $1 AND action = $2`, rc.Case, string(request.ActSealAsked)).Scan(&events); err != nil || events != 0 {
			t.Errorf("%d events of what was not asked: %v", events, err)
		}
		d.later(3700)
		d.must(rc.Case, "disclosure_officer", request.ActAnonymise, &request.AnonymiseForm{Number: rc.Number})
		if _, _, err := d.room.SealPaper(ctx, l.ID); fault.KindOf(err) != fault.Gone {
			t.Errorf("a destroyed letter went out: %v", err)
		}
	})
}
