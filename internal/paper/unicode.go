package paper

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"unicode/utf16"

	"gongkai/internal/fault"
)

var (
	longTarget  = regexp.MustCompile(`(<[0-9A-F]{4}><[0-9A-F]{4}>)<([0-9A-F]{5,6})>\n`)
	streamHead  = regexp.MustCompile(`/Length (\d+)\n>>\nstream\n$`)
	offsetEntry = regexp.MustCompile(`(\d{10}) 00000 n \n`)
)

// utf16Targets mends the table by which a reader of the PDF finds its text. The
// library writes a character above U+FFFF with five digits; the format wants
// two units of UTF-16, else the character is lost on copying and searching.
// The table grows, so its length and all places after it are written anew.
func utf16Targets(pdf []byte) ([]byte, error) {
	broken := func(what string) error {
		return &fault.Error{Kind: fault.Internal, Op: "paper.utf16Targets", Text: textFailed, Err: fmt.Errorf("the PDF has no %s", what)}
	}
	begin := bytes.Index(pdf, []byte("/CIDInit /ProcSet findresource begin\n"))
	if begin < 0 {
		return nil, broken("table of characters")
	}
	size := bytes.Index(pdf[begin:], []byte("endstream"))
	head := streamHead.FindSubmatchIndex(pdf[:begin])
	refs := bytes.LastIndex(pdf, []byte("\nxref\n"))
	if size < 0 || head == nil || refs < 0 {
		return nil, broken("stream of characters or table of places")
	}
	was := pdf[begin : begin+size]
	now := longTarget.ReplaceAllFunc(was, func(m []byte) []byte {
		p := longTarget.FindSubmatch(m)
		c, err := strconv.ParseUint(string(p[2]), 16, 21)
		if err != nil { // six digits at most were matched
			return m
		}
		hi, lo := utf16.EncodeRune(rune(c))
		return fmt.Appendf(nil, "%s<%04X%04X>\n", p[1], hi, lo)
	})
	if bytes.Equal(was, now) {
		return pdf, nil
	}
	length, err := strconv.Atoi(string(pdf[head[2]:head[3]]))
	if err != nil {
		return nil, broken("length")
	}
	var out bytes.Buffer
	out.Write(pdf[:head[2]])
	fmt.Fprintf(&out, "%d", length+len(now)-len(was))
	out.Write(pdf[head[3]:begin])
	out.Write(now)
	out.Write(pdf[begin+size : refs])
	grown := out.Len() - refs
	moved := func(offset int64) int64 {
		if offset > int64(begin) {
			return offset + int64(grown)
		}
		return offset
	}
	tail := offsetEntry.ReplaceAllFunc(pdf[refs:], func(m []byte) []byte {
		offset, err := strconv.ParseInt(string(m[:10]), 10, 64)
		if err != nil { // ten digits were matched
			return m
		}
		return fmt.Appendf(nil, "%010d 00000 n \n", moved(offset))
	})
	start := bytes.LastIndex(tail, []byte("startxref\n"))
	if start < 0 {
		return nil, broken("place of the table of places")
	}
	out.Write(tail[:start])
	fmt.Fprintf(&out, "startxref\n%d\n%%%%EOF\n", refs+1+grown)
	return out.Bytes(), nil
}
