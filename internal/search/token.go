package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"gongkai/internal/zh"
)

// The analyser turns folded text into tokens so that a phrase of them is exactly
// "these characters stand side by side". Every Han character opens one token:
// with the Han character behind it (a bigram), alone when a word in letters or
// digits follows at once, or with breakMark when its run ends there. Words in
// letters and digits are one token each, with a breakMark token behind when
// something else than a Han character follows. So a phrase never crosses a
// punctuation mark, a line end or the border of two articles, and one
// character is found as the prefix of the tokens it opens.
//
// Both marks are characters that zh.Fold never leaves in a word.
const (
	breakMark = "·"
	docNoMark = "№" // opens the one token of a document number, in any spelling
)

// maxRange bounds the numbers that one cited range of serials adds.
const maxRange = 20

// analyserVersion changes whenever the same text gives other tokens; an index
// built by another version is built anew.
const analyserVersion = 1

// isHan covers the common block without a table search.
func isHan(r rune) bool {
	return r >= 0x4e00 && r <= 0x9fff || r > 0x2e7f && unicode.Is(unicode.Han, r)
}

// isWord is what words in letters and digits are made of.
func isWord(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
	}
	return !isHan(r) && (unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r))
}

// appendTokens writes the tokens of a folded text, each followed by a space.
func appendTokens(dst []byte, folded string) []byte {
	for i := 0; i < len(folded); {
		r, n := utf8.DecodeRuneInString(folded[i:])
		switch {
		case isHan(r):
			next, m := utf8.DecodeRuneInString(folded[i+n:])
			dst = append(dst, folded[i:i+n]...)
			switch {
			case m > 0 && isHan(next):
				dst = append(dst, folded[i+n:i+n+m]...)
			case m > 0 && isWord(next):
			default:
				dst = append(dst, breakMark...)
			}
			dst = append(dst, ' ')
		case isWord(r):
			j := i + n
			for j < len(folded) {
				w, m := utf8.DecodeRuneInString(folded[j:])
				if !isWord(w) {
					break
				}
				j += m
			}
			dst = append(dst, folded[i:j]...)
			dst = append(dst, ' ')
			if next, m := utf8.DecodeRuneInString(folded[j:]); m == 0 || !isHan(next) {
				dst = append(dst, breakMark...)
				dst = append(dst, ' ')
			}
			n = j - i
		}
		i += n
	}
	return dst
}

// appendDocNumbers writes one token for each document number that a text cites.
func appendDocNumbers(dst []byte, text string) []byte {
	if !strings.ContainsAny(text, "号號") {
		return dst
	}
	for _, s := range zh.FindDocNumbers(text) {
		n := s.Number
		for range maxRange { // 1—3号 cites three
			dst = append(dst, docNoMark...)
			dst = append(dst, n.Key()...)
			dst = append(dst, ' ')
			if n.Serial++; n.Serial > s.Last {
				break
			}
		}
	}
	return dst
}

// phrase is words that stand side by side, each a token, parted by blanks. The
// zero phrase holds no word.
type phrase struct {
	tokens string
	open   bool // the last token is only the beginning of one
}

func (p phrase) empty() bool { return p.tokens == "" }

// isDocNo reports the one token of a document number.
func (p phrase) isDocNo() bool { return strings.HasPrefix(p.tokens, docNoMark) }

// phraseOf gives the tokens of a folded term.
func phraseOf(folded string) phrase {
	tokens := strings.Fields(string(appendTokens(nil, folded)))
	open := false
	if n := len(tokens); n > 0 {
		last := strings.TrimSuffix(tokens[n-1], breakMark)
		switch {
		case last == "": // the break behind a word: what follows is open
			tokens = tokens[:n-1]
		case last == tokens[n-1]:
		case n > 1 && !strings.HasSuffix(tokens[n-2], breakMark) && endsHan(tokens[n-2]):
			tokens = tokens[:n-1] // the bigram before already holds the character
		default:
			tokens[n-1], open = last, true
		}
	}
	return phrase{strings.Join(tokens, " "), open}
}

// endsHan reports a bigram: a token of two Han characters.
func endsHan(token string) bool {
	r, n := utf8.DecodeLastRuneInString(token)
	return isHan(r) && n < len(token)
}
