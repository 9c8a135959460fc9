package zh

import (
	"strings"
	"unicode/utf8"
)

// Simplify writes s in simplified characters (OpenCC t2s). Text that is
// already simplified comes back as it is.
func Simplify(s string) string {
	return convert(toSimplified(), s)
}

// Traditional writes s in traditional characters (OpenCC s2t, no regional
// words). A line that is already traditional, that is one with characters
// only traditional script has and none that only simplified script has, stays
// as it is: 皇后 and 公里 would otherwise suffer inside it.
func Traditional(s string) string {
	if isASCII(s) {
		return s
	}
	return convertBytes(s, appendTraditional)
}

func convert(d *dictionary, s string) string {
	if isASCII(s) {
		return s
	}
	return convertBytes(s, d.appendConverted)
}

// convertBytes gives back s itself when nothing changed, so that callers keep one copy.
func convertBytes(s string, f func([]byte, string) []byte) string {
	out := f(make([]byte, 0, len(s)+len(s)/16), s)
	if string(out) == s {
		return s
	}
	return string(out)
}

func appendTraditional(dst []byte, s string) []byte {
	d := toTraditional()
	for s != "" {
		line := s
		if i := strings.IndexByte(s, '\n'); i >= 0 {
			line = s[:i+1]
		}
		if alreadyTraditional(line) {
			dst = append(dst, line...)
		} else {
			dst = d.appendConverted(dst, line)
		}
		s = s[len(line):]
	}
	return dst
}

// alreadyTraditional stops at the first character that only simplified script
// has, so ordinary text costs a look at a few characters.
func alreadyTraditional(s string) bool {
	st, ts := toTraditional(), toSimplified()
	seen := false
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if st.foreign(r) {
			return false
		}
		seen = seen || ts.foreign(r)
		i += n
	}
	return seen
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
