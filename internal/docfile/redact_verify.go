package docfile

import (
	"archive/zip"
	"bytes"
	"encoding/hex"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"

	"gongkai/internal/fault"
)

// verify reads the result with none of the code that wrote it and looks for
// every term: through Read, in the parts' own text, and in the unpacked bytes.
func (r *redactor) verify(name string, out []byte) error {
	if len(r.patterns) == 0 {
		return nil
	}
	if err := r.verifyRead(name, out); err != nil {
		return err
	}
	if strings.HasPrefix(string(out[:min(4, len(out))]), "PK\x03\x04") {
		return r.verifyZip(out)
	}
	for _, piece := range unpackedStreams(out) {
		if err := r.verifyBytes("PDF", piece); err != nil {
			return err
		}
	}
	return r.verifyBytes(whereFile, out)
}

func (r *redactor) left(term int, where string) error {
	return fault.Newf(fault.Internal, opRedact, msgRedactLeft, term+1, where)
}

// verifyRead looks through the words that Read finds.
func (r *redactor) verifyRead(name string, out []byte) error {
	doc, err := Read(r.ctx, name, bytes.NewReader(out), int64(len(out)), r.lim)
	if err != nil {
		return err
	}
	texts := strings.FieldsFunc(doc.Text, func(c rune) bool { return c == '\n' || c == '\t' })
	for _, p := range doc.Parts {
		texts = append(texts, strings.Split(p.Text, "\n")...)
	}
	texts = append(texts, doc.Title)
	for _, v := range doc.Meta {
		texts = append(texts, v)
	}
	for _, t := range texts {
		if err := r.verifyText(whereBody, t, r.patterns); err != nil {
			return err
		}
	}
	if doc.Format == FormatDOCX || doc.Format == FormatXLSX || doc.Format == FormatCSV {
		return nil // a term is not looked for across cells; verifyZip reads across paragraphs
	}
	return r.verifyText(whereBody, doc.Text, r.long)
}

func (r *redactor) verifyText(where, text string, patterns []pattern) error {
	if hits := foldText(text).find(patterns); len(hits) > 0 {
		return r.left(hits[0].term, where)
	}
	return nil
}

var (
	zipCellEnd = regexp.MustCompile(`<(?:/?\w+:)?/?(?:tc|txbxContent|footnote|endnote|txBody|c|si|is|v)(?:\s[^>]*)?/?>`)
	zipParaEnd = regexp.MustCompile(`</(?:\w+:)?p>`)
	zipBreak   = regexp.MustCompile(`<(?:\w+:)?noBreakHyphen\s*/>`)
	zipRun     = regexp.MustCompile(`(?s)<(?:\w+:)?(?:t|v|oddHeader|oddFooter|evenHeader|evenFooter|firstHeader|firstFooter)(?:\s[^>]*)?>([^<]*)</|[\x1d\x1e\x1f]`)
	zipValue   = regexp.MustCompile(`[\w:.-]+="([^"]*)"`)
	zipText    = regexp.MustCompile(`>([^<]+)<`)
)

var zipEntity = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&#34;", `"`, "&#39;", "'", "&apos;", "'", "&#10;", "\n", "&#xA;", "\n", "&#9;", "\t", "&#13;", "", "&amp;", "&")

// verifyZip reads every entry with zip and regular expressions only.
func (r *redactor) verifyZip(out []byte) error {
	z, err := zip.NewReader(bytes.NewReader(out), int64(len(out)))
	if err != nil {
		return &fault.Error{Kind: fault.Internal, Op: opRedact, Text: msgWriteFailed, Err: err}
	}
	for _, f := range z.File {
		rc, err := f.Open()
		if err != nil {
			return &fault.Error{Kind: fault.Internal, Op: opRedact, Text: msgWriteFailed, Err: err}
		}
		data, err := io.ReadAll(io.LimitReader(rc, r.lim.MaxUncompressed))
		if cerr := rc.Close(); err != nil || cerr != nil {
			return &fault.Error{Kind: fault.Internal, Op: opRedact, Text: msgWriteFailed, Err: err}
		}
		if err := r.verifyText(f.Name, f.Name, r.patterns); err != nil {
			return err
		}
		if err := r.verifyBytes(f.Name, data); err != nil {
			return err
		}
		if strings.HasSuffix(f.Name, ".xml") || strings.HasSuffix(f.Name, ".rels") {
			if err := r.verifyXML(f.Name, string(data)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *redactor) verifyXML(name, s string) error {
	if err := r.check(); err != nil {
		return err
	}
	runs := zipBreak.ReplaceAllString(zipParaEnd.ReplaceAllString(zipCellEnd.ReplaceAllString(s, "$0\x1d"), "$0\x1e"), "<t>-</t>")
	var words strings.Builder
	for _, m := range zipRun.FindAllStringSubmatch(runs, -1) {
		if len(m[0]) == 1 {
			words.WriteString(m[0])
		} else {
			words.WriteString(zipEntity.Replace(m[1]))
		}
	}
	for _, cell := range strings.Split(words.String(), "\x1d") {
		if err := r.verifyText(name, strings.ReplaceAll(cell, "\x1e", ""), r.long); err != nil {
			return err
		}
		for _, para := range strings.Split(cell, "\x1e") {
			if err := r.verifyText(name, para, r.patterns); err != nil {
				return err
			}
		}
	}
	for _, re := range []*regexp.Regexp{zipValue, zipText} {
		for _, m := range re.FindAllStringSubmatch(s, -1) {
			if len(m[1]) < 2 {
				continue
			}
			if term, hit := r.hitsCertain(zipEntity.Replace(m[1])); hit {
				return r.left(term, name)
			}
		}
	}
	return nil
}

// verifyBytes looks for the terms as they were given, in the codes that
// programs write.
func (r *redactor) verifyBytes(where string, data []byte) error {
	var certain []pattern
	for _, p := range r.patterns {
		if p.certain() && len([]rune(p.fold)) > 1 {
			certain = append(certain, p)
		}
	}
	lower := bytes.ToLower(data)
	for _, p := range certain {
		term := r.removals[p.term].Term
		for _, form := range [][]byte{[]byte(term), []byte(p.fold), wideBytes(term, false), wideBytes(term, true), gbBytes(term), []byte(hex.EncodeToString(wideBytes(term, true)))} {
			if len(form) >= 6 && (bytes.Contains(data, form) || bytes.Contains(lower, form)) {
				return r.left(p.term, where)
			}
		}
	}
	return nil
}

func wideBytes(s string, big bool) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		if big {
			out = append(out, byte(u>>8), byte(u))
		} else {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	return out
}

func gbBytes(s string) []byte {
	out, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(s))
	if err != nil {
		return nil // a sign that GBK lacks cannot stand in it
	}
	return out
}

// unpackedStreams gives every stream of a PDF unpacked, found by its marks and
// not through the file's tables.
func unpackedStreams(data []byte) [][]byte {
	var out [][]byte
	for {
		i := bytes.Index(data, []byte("stream\n"))
		if i < 0 {
			return out
		}
		data = data[i+7:]
		end := bytes.Index(data, []byte("endstream"))
		if end < 0 {
			return out
		}
		if raw := inflateSome(data[:end], 64<<20); len(raw) > 0 {
			out = append(out, raw)
		}
		data = data[end:]
	}
}

// FindRemovals looks for the terms of removals in a text that another reader
// took from a redacted file, and gives the indexes of those found. Short terms
// are looked for within a line, long ones over the ends of lines too.
func FindRemovals(text string, removals []Removal) []int {
	patterns := patternsOf(removals)
	var found []int
	note := func(hits []hit) {
		for _, h := range hits {
			if !slices.Contains(found, h.term) {
				found = append(found, h.term)
			}
		}
	}
	note(foldText(text).find(slices.DeleteFunc(slices.Clone(patterns), func(p pattern) bool { return !p.isLong() })))
	for _, l := range strings.Split(text, "\n") {
		// A wide gap parts columns, over which no short term runs.
		for _, piece := range strings.Split(l, "   ") {
			note(foldText(piece).find(patterns))
		}
	}
	slices.Sort(found)
	return found
}
