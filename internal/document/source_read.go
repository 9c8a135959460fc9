package document

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"gongkai/internal/docfile"
	"gongkai/internal/fault"
	"gongkai/internal/officialdoc"
)

// content reads raw input: a JSONL record as it states itself, a file through
// its format and then through the anatomy of official documents.
func (l *Library) content(ctx context.Context, raw *Raw) (*Content, []string, error) {
	if raw.JSON == nil {
		return l.contentOfFile(ctx, raw.Path)
	}
	c, inline, warnings, err := parseRecord(raw.JSON)
	if err != nil {
		return c, warnings, err
	}
	for _, f := range inline {
		file, _, warns, err := l.keep(ctx, f.name, bytes.NewReader(f.data), int64(len(f.data)), "attachment")
		if err != nil {
			return c, warnings, err
		}
		c.Files = append(c.Files, *file)
		warnings = append(warnings, warns...)
	}
	return c, warnings, nil
}

// keep stores a file and reads its text; a file whose text cannot be read is
// kept all the same, in the state 未提取正文.
func (l *Library) keep(ctx context.Context, name string, r io.ReaderAt, size int64, role string) (*ContentFile, *docfile.Document, []string, error) {
	name = filepath.Base(strings.ReplaceAll(name, `\`, "/"))
	doc, err := docfile.Read(ctx, name, r, size, docfile.DefaultLimits())
	if err != nil {
		return nil, nil, nil, err
	}
	blob, err := l.files.Put(ctx, io.NewSectionReader(r, 0, size), docfile.DefaultLimits().MaxBytes)
	if err != nil {
		return nil, nil, nil, err
	}
	var warnings []string
	for _, w := range doc.Warnings {
		warnings = append(warnings, name+"："+w.Text)
	}
	file := &ContentFile{SHA256: blob.SHA256, Name: name, Size: blob.Size, MIME: doc.MIME, Role: role, TextState: string(doc.State), Body: doc.Text}
	if file.MIME == "" {
		file.MIME = blob.MIME
	}
	return file, doc, warnings, nil
}

// contentOfFile reads one document file: its text is the document proper, the
// file itself is kept beside it as the source.
func (l *Library) contentOfFile(ctx context.Context, path string) (*Content, []string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, &fault.Error{Kind: fault.Invalid, Op: "document.contentOfFile", Err: err, Text: "文件打不开，请检查权限。"}
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	file, doc, warnings, err := l.keep(ctx, path, f, info.Size(), "source")
	if err != nil {
		return nil, nil, err
	}
	facts := officialdoc.Extract(doc.Text)
	warnings = append(warnings, facts.Warnings...)
	c := contentOfFacts(&facts, doc.Text)
	if c.Title == "" {
		c.Title = strings.TrimSuffix(file.Name, filepath.Ext(file.Name))
		warnings = append(warnings, "正文里没有标题，暂用文件名作标题，请核对。")
	}
	if !facts.EffectiveOn.IsZero() {
		// A clause of the text is computed again from the text (design section
		// 8); only a header field is what the source gives.
		if clause, ok := officialdoc.EffectiveClause(c.Text); !ok || clause.Date != facts.EffectiveOn {
			c.EffectiveOn = facts.EffectiveOn
		}
	}
	// The text of the source file is the text of the edition; it is not kept twice.
	file.Body = ""
	c.Files = append(c.Files, *file)
	return c, warnings, c.check()
}

func contentOfFacts(f *officialdoc.Facts, text string) *Content {
	return &Content{
		Title: f.Title, DocNo: f.DocNo, IndexNo: f.IndexNo, RegistrationNo: f.RegistrationNo, Kind: f.Kind,
		Organs: f.Organs, Attribute: f.Attribute, AdoptedOn: f.AdoptedOn, PublishedOn: f.PublishedOn, ExpiresOn: f.ExpiresOn,
		Recipients: f.Recipients, Topics: f.Topics, SourceName: f.Source, Text: runeSlice(text, f.Body.Start, f.Body.End),
	}
}

// runeSlice cuts a text by runes without copying it into a rune slice. An end
// of 0 is the whole text.
func runeSlice(s string, start, end int) string {
	if end <= 0 {
		return s
	}
	n, from, to := 0, len(s), len(s)
	for i := range s {
		if n == start {
			from = i
		}
		if n == end {
			to = i
			break
		}
		n++
	}
	if from > to || !utf8.ValidString(s[from:to]) {
		return s
	}
	return s[from:to]
}
