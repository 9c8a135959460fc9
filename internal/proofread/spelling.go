package proofread

import (
	"bytes"
	"compress/gzip"
	"io"
	"slices"
	"strings"
	"sync"

	"gongkai/internal/zh"
)

// lexicon is what rule WORD.spelling knows of clean writing, learned from laws
// and word lists by internal/proofreadeval -learn.
type lexicon struct {
	seen    map[uint64]bool // pairs of characters that occur
	common  map[uint64]bool // pairs that occur often
	phrases map[uint64]bool // runs of four, words of three
}

var knownWriting = sync.OnceValue(func() *lexicon {
	zr, err := gzip.NewReader(bytes.NewReader([]byte(readData("lexicon.gz"))))
	if err != nil {
		panic("proofread: embedded data: " + err.Error())
	}
	raw, err := io.ReadAll(zr)
	if err != nil {
		panic("proofread: embedded data: " + err.Error())
	}
	sections := strings.SplitN(string(raw), "\n\n", 3)
	if len(sections) != 3 {
		panic("proofread: lexicon.gz: three sections expected")
	}
	l := &lexicon{readPairs(sections[0]), readPairs(sections[1]), map[uint64]bool{}}
	for w := range strings.Lines(sections[2]) {
		l.phrases[packRunes([]rune(strings.TrimSpace(w)))] = true
	}
	return l
})

// readPairs reads lines of a first character and all that follow it.
func readPairs(text string) map[uint64]bool {
	out := map[uint64]bool{}
	for line := range strings.Lines(text) {
		rs := []rune(strings.TrimSpace(line))
		for i := 1; i < len(rs); i++ {
			out[packRunes([]rune{rs[0], rs[i]})] = true
		}
	}
	return out
}

// packRunes is a key of up to four Chinese characters.
func packRunes(rs []rune) uint64 {
	var key uint64
	for _, r := range rs {
		key = key<<16 | uint64(uint16(r))
	}
	return key
}

// misspelled flags a character that stands in no known company on either side
// while one like it in sound or shape makes a known phrase there. It looks at
// Chinese runs only; numerals are never doubted.
func (s *sheet) misspelled() {
	lex := knownWriting()
	told := map[string]bool{}
	for i, r := range s.rs {
		if r < 0x4e00 || r > 0x9fff || hanNumeral(r) || strings.ContainsRune("万两"+capitalRunes, r) {
			continue
		}
		left, right := s.plainHan(i-1), s.plainHan(i+1)
		if !left && !right || left && lex.seen[packRunes(s.rs[i-1:i+1])] || right && lex.seen[packRunes(s.rs[i:i+2])] {
			continue
		}
		around := string(s.rs[max(0, i-1):min(len(s.rs), i+2)])
		if told[around] {
			continue // the same again: one hit is enough
		}
		if fix, ok := s.respell(lex, i, left && right); ok {
			s.hit("WORD.spelling", i, i+1, string(fix))
			told[around] = true
		}
	}
}

func (s *sheet) plainHan(i int) bool {
	return i >= 0 && i < len(s.rs) && s.rs[i] >= 0x4e00 && s.rs[i] <= 0x9fff
}

// respell finds the character meant at i: the first like it in sound, then in
// shape, that completes a phrase, else one that is common with both neighbours.
func (s *sheet) respell(lex *lexicon, i int, between bool) (rune, bool) {
	like := slices.Concat(zh.Homophones(s.rs[i]), zh.Lookalikes(s.rs[i]))
	for _, r := range like {
		if !hanNumeral(r) && s.completes(lex, i, r, between) {
			return r, true
		}
	}
	if !between {
		return 0, false
	}
	for _, r := range like {
		if !hanNumeral(r) && lex.common[packRunes([]rune{s.rs[i-1], r})] && lex.common[packRunes([]rune{r, s.rs[i+1]})] {
			return r, true
		}
	}
	return 0, false
}

// completes says that r at i makes a known run of four or, with characters on
// both sides that do not fit, a known word of three.
func (s *sheet) completes(lex *lexicon, i int, r rune, between bool) bool {
	for _, n := range []int{4, 3} {
		if n == 3 && !between {
			break
		}
		for start := max(0, i-n+1); start <= i && start+n <= len(s.rs); start++ {
			window := [4]rune{}
			ok := true
			for k := range n {
				window[k] = s.rs[start+k]
				ok = ok && (start+k == i || s.plainHan(start+k))
			}
			window[i-start] = r
			if ok && lex.phrases[packRunes(window[:n])] {
				return true
			}
		}
	}
	return false
}
