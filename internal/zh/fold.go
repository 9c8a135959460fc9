package zh

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxFoldRounds bounds the search for a stable form; three rounds suffice in practice.
const maxFoldRounds = 8

// Fold gives the form in which two spellings of the same words are equal:
// NFKC, simplified character by character, lower case, variant characters
// folded, and each family of dashes, brackets, quotes and spaces folded to one
// sign. Invisible characters go; line ends stay. It is idempotent, and it works
// character by character so that a part of a text folds as it does in the whole.
func Fold(s string) string {
	f := folder{out: make([]byte, 0, len(s))}
	f.fold(s)
	if string(f.out) == s {
		return s
	}
	return string(f.out)
}

// FoldMap is Fold with the way back: pos[i] is the rune of s that folded rune
// i comes from. pos never falls.
func FoldMap(s string) (folded string, pos []int) {
	f := folder{out: make([]byte, 0, len(s)), track: true, pos: make([]int, 0, len(s)/3+1)}
	f.fold(s)
	return string(f.out), f.pos
}

// appendFold is Fold into a buffer.
func appendFold(dst []byte, s string) []byte {
	f := folder{out: dst}
	f.fold(s)
	return f.out
}

// foldTable maps a simple character of the basic plane to its folded one. 0
// marks the others: those that fold to none or several, or that join the
// character before them.
var foldTable = sync.OnceValue(func() []uint16 {
	table := make([]uint16, 1<<16)
	for r := rune(1); r < 1<<16; r++ {
		if r >= 0xD800 && r < 0xE000 || r == utf8.RuneError || joins(r) {
			continue
		}
		out := settle([]placed{{r, 0}})
		if len(out) == 1 && out[0].r < 1<<16 && !joins(out[0].r) {
			table[r] = uint16(out[0].r)
		}
	}
	return table
})

// joins reports a character that may merge with the one before it, or vanish
// and so let its neighbours merge.
func joins(r rune) bool {
	if invisible(r) {
		return true
	}
	var b [utf8.UTFMax]byte
	n := utf8.EncodeRune(b[:], r)
	return !norm.NFKC.Properties(b[:n]).BoundaryBefore()
}

type placed struct {
	r  rune
	at int // rune index in the source
}

type folder struct {
	out   []byte
	pos   []int
	track bool
}

func (f *folder) fold(s string) {
	table := foldTable()
	lastIn, lastOut := -1, 0 // the simple character just before, if any
	at := 0
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r < 1<<16 && table[r] != 0 {
			lastIn, lastOut = i, len(f.out)
			f.out = utf8.AppendRune(f.out, rune(table[r]))
			if f.track {
				f.pos = append(f.pos, at)
			}
			i += n
			at++
			continue
		}
		from := i
		if lastIn >= 0 && joins(r) {
			from = lastIn
			f.out = f.out[:lastOut]
			at--
			if f.track {
				f.pos = f.pos[:len(f.pos)-1]
			}
		}
		i, at = f.foldHard(s, from, i, at)
		lastIn = -1
	}
}

// foldHard folds from byte `from` up to the next simple character at or after
// byte i; at counts the runes before `from`.
func (f *folder) foldHard(s string, from, i, at int) (int, int) {
	table := foldTable()
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r < 1<<16 && table[r] != 0 {
			break
		}
		i += n
	}
	var chunk []placed
	for _, r := range s[from:i] {
		chunk = append(chunk, placed{r, at})
		at++
	}
	for _, p := range settle(chunk) {
		f.out = utf8.AppendRune(f.out, p.r)
		if f.track {
			f.pos = append(f.pos, p.at)
		}
	}
	return i, at
}

// settle composes and maps until nothing changes: lower case may allow a new
// composition, and a composed character may have a new lower case.
func settle(chunk []placed) []placed {
	for range maxFoldRounds {
		next := mapEach(compose(chunk))
		if sameRunes(chunk, next) {
			return next
		}
		chunk = next
	}
	return chunk
}

// compose is NFKC segment by segment; each result is placed at its segment's start.
func compose(chunk []placed) []placed {
	var b strings.Builder
	at := make([]int, 0, len(chunk)*3)
	for _, p := range chunk {
		n, _ := b.WriteRune(p.r) // a strings.Builder never fails
		for range n {
			at = append(at, p.at)
		}
	}
	s := b.String()
	out := make([]placed, 0, len(chunk))
	for i := 0; i < len(s); {
		n := norm.NFKC.NextBoundaryInString(s[i:], true)
		if n <= 0 {
			n = len(s) - i
		}
		for _, r := range norm.NFKC.String(s[i : i+n]) {
			out = append(out, placed{r, at[i]})
		}
		i += n
	}
	return out
}

func mapEach(chunk []placed) []placed {
	out := chunk[:0]
	for _, p := range chunk {
		if invisible(p.r) {
			continue
		}
		out = append(out, placed{foldRune(p.r), p.at})
	}
	return out
}

func sameRunes(a, b []placed) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].r != b[i].r {
			return false
		}
	}
	return true
}

// foldRune folds one composed character. A character keeps itself in
// simplified text when OpenCC calls it ambiguous (著, 藉, 瞭).
func foldRune(r rune) rune {
	if r < utf8.RuneSelf {
		return foldSign(unicode.ToLower(r))
	}
	r = foldSign(unicode.ToLower(r))
	if v, ok := variants()[r]; ok {
		r = v
	}
	d := toSimplified()
	if to := d.entries[d.number(r)].to; to != "" {
		r, _ = utf8.DecodeRuneInString(to)
	}
	return r
}

// variants are the 异体字 pairs of data/variants.txt.
var variants = sync.OnceValue(func() map[rune]rune {
	m := map[rune]rune{}
	eachPair(readData("variants.txt"), func(key, value string, _ int) {
		from, _ := utf8.DecodeRuneInString(key)
		to, _ := utf8.DecodeRuneInString(value)
		m[from] = to
	})
	return m
})

// foldSign folds dashes to -, waves to ~, brackets to ( and ), title marks to
// 《 and 》, quotes to ", middle dots to · and blanks to a space.
func foldSign(r rune) rune {
	switch r {
	case '\t', '\v', '\f', '\r', '\u0085', '\u00a0', '\u1680', '\u2028', '\u2029', '\u202f', '\u205f', '\u3000':
		return ' '
	case '-', '‐', '‑', '‒', '–', '—', '―', '−', '﹘', '﹣', '－', '⸺', '⸻', '─', '━', '⁃':
		return '-'
	case '~', '〜', '～', '∼', '﹋', '﹌', '〰':
		return '~'
	case '(', '[', '{', '（', '〔', '［', '【', '〖', '〘', '〚', '｛', '⟮', '❲', '﹝':
		return '('
	case ')', ']', '}', '）', '〕', '］', '】', '〗', '〙', '〛', '｝', '⟯', '❳', '﹞':
		return ')'
	case '《', '〈', '«', '‹', '⟨', '⟪', '\u2329':
		return '《'
	case '》', '〉', '»', '›', '⟩', '⟫', '\u232a':
		return '》'
	case '"', '\'', '`', '“', '”', '„', '‟', '‘', '’', '‚', '‛', '「', '」', '『', '』', '〝', '〞', '〟', '′', '″', '´':
		return '"'
	case '·', '•', '・', '‧', '∙', '⋅', '●':
		return '·'
	}
	if r >= '\u2000' && r <= '\u200a' {
		return ' '
	}
	return r
}

// invisible reports characters that carry no text: zero-width spaces and
// joiners, direction marks, variation selectors, soft hyphens.
func invisible(r rune) bool {
	switch {
	case r == '\u00ad' || r == '\u180e' || r == '\ufeff':
		return true
	case r >= '\u200b' && r <= '\u200f', r >= '\u202a' && r <= '\u202e', r >= '\u2060' && r <= '\u2069':
		return true
	case r >= '\ufe00' && r <= '\ufe0f', r >= '\U000e0100' && r <= '\U000e01ef':
		return true
	}
	return false
}
