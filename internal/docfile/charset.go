package docfile

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	utf "golang.org/x/text/encoding/unicode"
)

// decodeText finds the encoding of plain text by byte order mark and validity
// and gives the text in UTF-8. It answers false when no encoding fits well
// enough to be trusted: a wrong guess would publish nonsense.
func decodeText(data []byte) (text, charset string, ok bool) {
	if text, charset, ok := decodeBOM(data); charset != "" {
		return text, charset, ok
	}
	if utf8.Valid(data) {
		s := string(data)
		// Many NULs in valid UTF-8 are a binary file or UTF-16 of ASCII.
		if n := strings.Count(s, "\x00"); n*100 <= len(s) {
			return s, "UTF-8", !binaryControls(s)
		}
	}
	if text, charset, ok := decodeUTF16(data); ok {
		return text, charset, true
	}
	if nearlyUTF8(data) {
		return strings.ToValidUTF8(string(data), "�"), "UTF-8", true
	}
	return decodeDoubleByte(data)
}

func decodeBOM(data []byte) (text, charset string, ok bool) {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		s := strings.ToValidUTF8(string(data[3:]), "�")
		return s, "UTF-8", strings.Count(s, "�")*20 <= utf8.RuneCountInString(s)
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		text, ok = decodeWith(utf.UTF16(utf.LittleEndian, utf.IgnoreBOM), data[2:])
		return text, "UTF-16LE", ok
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		text, ok = decodeWith(utf.UTF16(utf.BigEndian, utf.IgnoreBOM), data[2:])
		return text, "UTF-16BE", ok
	}
	return "", "", false
}

// decodeWith decodes and accepts at most one bad character in twenty.
func decodeWith(e encoding.Encoding, data []byte) (string, bool) {
	out, err := e.NewDecoder().Bytes(data)
	if err != nil {
		return "", false
	}
	s := string(out)
	return s, strings.Count(s, "�")*20 <= utf8.RuneCountInString(s)
}

// decodeUTF16 tries both byte orders without a mark and wants nearly all
// characters to be ones that Chinese papers use.
func decodeUTF16(data []byte) (text, charset string, ok bool) {
	if len(data)%2 != 0 || len(data) < 4 {
		return "", "", false
	}
	for _, c := range []struct {
		name  string
		order utf.Endianness
	}{{"UTF-16LE", utf.LittleEndian}, {"UTF-16BE", utf.BigEndian}} {
		s, fits := decodeWith(utf.UTF16(c.order, utf.IgnoreBOM), data)
		if fits && plainShare(s) > 0.97 && strings.ContainsFunc(s, func(r rune) bool { return r < 0x80 || r >= 0x3000 && r <= 0x3002 || r == '，' }) {
			return s, c.name, true
		}
	}
	return "", "", false
}

// plainShare is the share of runes that stand in ordinary Chinese text.
func plainShare(s string) float64 {
	good, all := 0, 0
	for _, r := range s {
		all++
		switch {
		case r == '\n', r == '\r', r == '\t', r >= ' ' && r < 0x7f,
			r >= 0x3000 && r <= 0x303f, r >= 0x4e00 && r <= 0x9fff, r >= 0xff00 && r <= 0xff65,
			r >= 0x2010 && r <= 0x203b, r >= 0x2460 && r <= 0x2473, r == 0xb7, r == 0xd7:
			good++
		}
	}
	if all == 0 {
		return 0
	}
	return float64(good) / float64(all)
}

// nearlyUTF8 accepts text with a rare broken sequence (a file cut in mid-rune,
// a bad paste) as UTF-8: at most one in a hundred multi-byte characters.
func nearlyUTF8(data []byte) bool {
	good, bad := 0, 0
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		switch {
		case r == utf8.RuneError && n == 1:
			bad++
		case n > 1:
			good++
		}
		data = data[n:]
	}
	return good >= 10 && bad*100 <= good
}

// binaryControls tells text from bytes that happen to be valid UTF-8.
func binaryControls(s string) bool {
	n := 0
	for _, r := range s {
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != '\f' && r != 0x1a && r != 0x1b {
			n++
		}
	}
	return n*20 > len(s)
}

// decodeDoubleByte chooses between GB18030 and Big5: both accept most byte
// pairs of the other, but the everyday characters of each stand in its first
// level, so the share of first-level pairs decides.
func decodeDoubleByte(data []byte) (text, charset string, ok bool) {
	gb, gbOK := decodeWith(simplifiedchinese.GB18030, data)
	big5, big5OK := decodeWith(traditionalchinese.Big5, data)
	gbScore := pairShare(data, func(hi, lo byte) bool {
		return lo >= 0xa1 && (hi >= 0xb0 && hi <= 0xd7 || hi >= 0xa1 && hi <= 0xa3)
	})
	big5Score := pairShare(data, func(hi, lo byte) bool {
		return hi >= 0xa4 && hi <= 0xc6 || hi >= 0xa1 && hi <= 0xa3
	})
	gbOK = gbOK && strings.Count(gb, "�")*100 <= len(gb) && gbScore > 0.5 && plainLetters(gb)
	big5OK = big5OK && strings.Count(big5, "�")*100 <= len(big5) && big5Score > 0.7 && plainLetters(big5)
	switch {
	case gbOK && (!big5OK || gbScore >= big5Score):
		return gb, "GB18030", true
	case big5OK:
		return big5, "Big5", true
	}
	return "", "", false
}

// pairShare is the share of double-byte characters for which common holds.
func pairShare(data []byte, common func(hi, lo byte) bool) float64 {
	good, all := 0, 0
	for i := 0; i < len(data); i++ {
		if data[i] < 0x80 {
			continue
		}
		all++
		if i+1 < len(data) {
			if common(data[i], data[i+1]) {
				good++
			}
			i++
		}
	}
	if all == 0 {
		return 0
	}
	return float64(good) / float64(all)
}

// plainLetters refuses a decoding full of private-use signs or controls.
func plainLetters(s string) bool {
	odd, all := 0, 0
	for _, r := range s {
		all++
		if unicode.Is(unicode.Co, r) || r < ' ' && r != '\n' && r != '\r' && r != '\t' {
			odd++
		}
	}
	return odd*20 <= all
}
