package proofread

import (
	"embed"
	"strings"
	"sync"
)

//go:embed data
var dataFiles embed.FS

// readData gives one embedded file. The files are part of the binary, so a
// failure is a broken build and panics.
func readData(name string) string {
	raw, err := dataFiles.ReadFile("data/" + name)
	if err != nil {
		panic("proofread: embedded data: " + err.Error())
	}
	return string(raw)
}

// wrongWord is one line of data/words.tsv.
type wrongWord struct {
	rule, wrong, right string
	// before and after are words that make it right: 规定单位 holds 定单.
	before, after []string
}

// wordList holds the words and the automaton that finds them.
type wordList struct {
	words []wrongWord
	find  *automaton
}

var wrongWordList = sync.OnceValue(func() *wordList {
	list := &wordList{words: parseWords(readData("words.tsv"))}
	keys := make([]string, len(list.words))
	for i, w := range list.words {
		keys[i] = w.wrong
	}
	list.find = newAutomaton(keys)
	return list
})

// parseWords reads lines of rule, wrong, right, and lists of what may stand
// before and behind, parted by tabs; # begins a remark.
func parseWords(text string) []wrongWord {
	var out []wrongWord
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := append(strings.Split(line, "\t"), "", "", "", "")
		if len(f) < 6 || f[1] == "" {
			panic("proofread: words.tsv: " + line)
		}
		out = append(out, wrongWord{f[0], f[1], f[2], strings.Fields(f[3]), strings.Fields(f[4])})
	}
	return out
}

// wrongWords flags words of the shared lists.
func (s *sheet) wrongWords() {
	list := wrongWordList()
	variants := map[int][]span{} // of each word all places: one hit tells them
	var order []int
	list.find.each(s.fold, func(word, start, end int) {
		w := &list.words[word]
		switch {
		case s.excused(w, start, end):
		case w.rule == "WORD.variant":
			if variants[word] == nil {
				order = append(order, word)
			}
			variants[word] = append(variants[word], span{start, end})
		default:
			s.hit(w.rule, start, end, w.right)
		}
	})
	for _, word := range order {
		at := variants[word]
		h := s.hit("WORD.variant", at[0].start, at[0].end, list.words[word].right)
		h.Why = places(h.Why, len(at))
	}
	s.deadlines()
}

// deadlines flags 截止 for 截至 before a date at the head of a clause; behind
// 报名 or 申请 it is right.
func (s *sheet) deadlines() {
	for i := 0; i+6 < len(s.fold); i++ {
		if !s.has(i, "截止") || !isDigit(s.fold[i+2]) || i > 0 && (isHan(s.fold[i-1]) || isLetter(s.fold[i-1])) {
			continue
		}
		k := i + 2
		for isDigit(s.at(k)) {
			k++
		}
		if r := s.at(k); r == '年' || r == '月' {
			s.hit("WORD.usage", i, i+2, "截至")
		}
	}
}

func (s *sheet) excused(w *wrongWord, start, end int) bool {
	for _, b := range w.before {
		if s.hasBefore(start, b) {
			return true
		}
	}
	for _, a := range w.after {
		if s.has(end, a) {
			return true
		}
	}
	return false
}
