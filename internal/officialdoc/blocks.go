package officialdoc

import (
	"strings"
	"unicode/utf8"
)

// BlockKind is what a run of lines of a text is to somebody who writes it.
type BlockKind string

// The kinds of blocks.
const (
	BlockHeading   BlockKind = "heading"   // 编章节, 一、, （一） alone on a line
	BlockArticle   BlockKind = "article"   // a line that begins an article
	BlockParagraph BlockKind = "paragraph" // any other line
	BlockTable     BlockKind = "table"     // two or more lines whose cells are parted by tabs
	BlockPicture   BlockKind = "picture"   // 〔图片：…〕 alone on a line
	BlockAppendix  BlockKind = "appendix"  // 附件：…
)

// TextBlock is one block of a text. Blank lines belong to no block.
type TextBlock struct {
	Kind  BlockKind
	Line  int // first line, from 0
	Lines int
	Level int    // of a heading, the outermost is 1; of an article one more than what encloses it
	Label string // 第三章, （一）, 第十二条; "" when it bears none
	Words string // the line without marks; a picture's alternative text
	Rows  [][]string
}

// longestHeading is the length in runes past which a numbered line is a
// sentence and not a heading.
const longestHeading = 40

// Blocks cuts a text into its blocks, in order. It only looks: the text keeps
// its form, and its lines can be read off from Line and Lines.
func Blocks(text string) []TextBlock {
	heads := headLines(text)
	lines := strings.Split(text, "\n")
	var out []TextBlock
	for i := 0; i < len(lines); i++ {
		if n := TableAhead(lines[i:]); n > 0 {
			out = append(out, TextBlock{Kind: BlockTable, Line: i, Lines: n, Rows: cells(lines[i : i+n])})
			i += n - 1
			continue
		}
		words := strings.TrimSpace(strings.TrimLeft(strings.Trim(lines[i], " \u3000\t\r"), "#"))
		if words == "" {
			continue
		}
		b := TextBlock{Kind: BlockParagraph, Line: i, Lines: 1, Words: words}
		head, isHead := heads[i]
		alt, isPicture := PictureAlt(words)
		switch {
		case isPicture:
			b.Kind, b.Words = BlockPicture, alt
		case isHead && head.Kind == KindArticle:
			b.Kind, b.Level, b.Label = BlockArticle, head.Depth+1, head.Label
		case isHead && !sentence(words):
			b.Kind, b.Level, b.Label = BlockHeading, head.Depth+1, head.Label
		case strings.HasPrefix(words, "附件") && utf8.RuneCountInString(words) <= 120:
			b.Kind = BlockAppendix
		}
		out = append(out, b)
	}
	return out
}

func sentence(words string) bool {
	last, _ := utf8.DecodeLastRuneInString(words)
	return utf8.RuneCountInString(words) > longestHeading || strings.ContainsRune("。；，：、", last)
}

// headLines are the provisions that begin a line as a heading or an article,
// by the number of that line.
func headLines(text string) map[int]Provision {
	s := Parse(text)
	runes := []rune(text)
	line, at := 0, 0
	out := map[int]Provision{}
	for _, p := range s.Provisions {
		switch p.Kind {
		case KindPart, KindSubpart, KindChapter, KindSection, KindHeading, KindArticle:
		default:
			continue
		}
		start := p.Start
		for start < p.End && runes[start] == '\n' {
			start++
		}
		for ; at < start; at++ {
			if runes[at] == '\n' {
				line++
			}
		}
		if _, taken := out[line]; !taken && (start == 0 || runes[start-1] == '\n') {
			out[line] = p
		}
	}
	return out
}

// TableAhead counts the lines at the head that are rows of one table: cells are
// parted by tabs, and one such line alone is a paragraph.
func TableAhead(lines []string) int {
	n := 0
	for n < len(lines) && strings.Contains(lines[n], "\t") {
		n++
	}
	if n < 2 {
		return 0
	}
	return n
}

func cells(rows []string) (out [][]string) {
	for _, r := range rows {
		row := strings.Split(r, "\t")
		for i := range row {
			row[i] = strings.TrimSpace(row[i])
		}
		out = append(out, row)
	}
	return out
}

// The mark of a picture in a text: a line that holds nothing else. What stands
// between is the picture's alternative text, so that the words alone still say
// what is shown.
const (
	pictureOpen  = "〔图片："
	pictureClose = "〕"
)

// LongestAlt bounds an alternative text, in runes.
const LongestAlt = 100

// PictureLine is the mark of a picture with this alternative text.
func PictureLine(alt string) string { return pictureOpen + alt + pictureClose }

// PictureAlt reads the mark of a picture; ok is false for any other line.
func PictureAlt(line string) (alt string, ok bool) {
	words := strings.Trim(line, " \u3000\r")
	alt, ok = strings.CutPrefix(words, pictureOpen)
	if !ok {
		return "", false
	}
	alt, ok = strings.CutSuffix(alt, pictureClose)
	if !ok || !GoodAlt(alt) {
		return "", false
	}
	return alt, true
}

// GoodAlt reports words that can stand in a mark and name a file.
func GoodAlt(alt string) bool {
	return strings.TrimSpace(alt) == alt && alt != "" && utf8.RuneCountInString(alt) <= LongestAlt && !strings.ContainsAny(alt, "〔〕\n\r\t/\\<>:\"|?*\x00") && strings.Trim(alt, ".") != ""
}

// Pictures lists the alternative texts of the pictures that stand in a text.
func Pictures(text string) (out []string) {
	for line := range strings.SplitSeq(text, "\n") {
		if alt, ok := PictureAlt(line); ok {
			out = append(out, alt)
		}
	}
	return out
}
