package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"hash/fnv"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"gongkai/internal/testcity"
)

// What must be seen how often to be known: a pair of characters at all, a run
// of four as a phrase, a pair as common.
const (
	pairSeen   = 2
	phraseSeen = 30
	pairCommon = 100
)

// learned says that the rule may learn from a law: three of four, by a hash of
// the work, so that two revisions fall on one side. The rest is kept to measure
// with.
func learned(work string) bool {
	h := fnv.New32a()
	h.Write([]byte(work))
	return h.Sum32()%4 != 0
}

// counts are what is counted over texts.
type counts struct {
	pairs, phrases map[string]int
	words          map[string]bool // of three characters
}

// writeLearned counts the laws it may learn from and the words of the lists
// (a word a line, anything after a tab left out), and writes data/lexicon.gz.
func writeLearned(name string, lists []string) error {
	c := &counts{map[string]int{}, map[string]int{}, map[string]bool{}}
	err := testcity.Each(func(d testcity.Document) error {
		if d.SourceName != "" && d.URL == "" && learned(d.WorkID) {
			c.text(d.Text)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, list := range lists {
		docs, err := readFiles([]string{list})
		if err != nil {
			return err
		}
		for line := range strings.Lines(docs[0].text) {
			word, _, _ := strings.Cut(strings.TrimSpace(line), "\t")
			c.word(word)
		}
	}
	return os.WriteFile(name, c.pack(), 0o644)
}

func (c *counts) text(text string) {
	eachRun(text, 2, func(s string) { c.pairs[s]++ })
	eachRun(text, 4, func(s string) { c.phrases[s]++ })
}

// word takes a word of a list as seen often enough.
func (c *counts) word(word string) {
	eachRun(word, 2, func(s string) { c.pairs[s] += pairSeen })
	if utf8.RuneCountInString(word) == 3 {
		eachRun(word, 3, func(s string) { c.words[s] = true })
	}
	eachRun(word, 4, func(s string) { c.phrases[s] += phraseSeen })
}

// eachRun calls visit for every run of n Chinese characters.
func eachRun(text string, n int, visit func(string)) {
	var at []int // where the last n characters begin
	for i, r := range text {
		if r < 0x4e00 || r > 0x9fff {
			at = at[:0]
			continue
		}
		if at = append(at, i); len(at) > n {
			at = at[1:]
		}
		if len(at) == n {
			visit(text[at[0] : i+utf8.RuneLen(r)])
		}
	}
}

// pack writes three sections: a line for each first character of seen pairs
// with all that follow it, the same of common pairs, then phrases and words.
func (c *counts) pack() []byte {
	var b bytes.Buffer
	writePairs(&b, c.pairs, pairSeen)
	b.WriteString("\n")
	writePairs(&b, c.pairs, pairCommon)
	b.WriteString("\n")
	var known []string
	for p, n := range c.phrases {
		if n >= phraseSeen {
			known = append(known, p)
		}
	}
	for w := range c.words {
		known = append(known, w)
	}
	slices.Sort(known)
	for _, w := range known {
		b.WriteString(w + "\n")
	}
	var out bytes.Buffer
	zw, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // the level is a valid constant
	zw.Write(b.Bytes())                                      // a bytes.Buffer does not fail
	zw.Close()
	return out.Bytes()
}

func writePairs(b *bytes.Buffer, pairs map[string]int, least int) {
	var list []string
	for p, n := range pairs {
		if n >= least {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, cmp.Compare[string])
	first := ""
	for _, p := range list {
		_, size := utf8.DecodeRuneInString(p)
		if p[:size] != first {
			if first != "" {
				b.WriteByte('\n')
			}
			first = p[:size]
			b.WriteString(first)
		}
		b.WriteString(p[size:])
	}
	b.WriteByte('\n')
}
