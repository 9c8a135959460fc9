package main

import (
	"fmt"
	"math/rand"
	"strings"

	"gongkai/internal/testcity"
)

// stretchRunes is about how long a document is.
const stretchRunes = 400

// corpus makes documents out of real ones.
type corpus struct {
	base []baseText
	n    int
}

type baseText struct {
	title string
	kind  string
	lines []string
}

type document struct {
	title, kind, text string
}

func readCorpus(n int) (*corpus, error) {
	c := &corpus{n: n}
	err := testcity.Each(func(d testcity.Document) error {
		if lines := strings.FieldsFunc(d.Text, func(r rune) bool { return r == '\n' }); len(lines) > 0 {
			c.base = append(c.base, baseText{d.Title, d.Type, lines})
		}
		return nil
	})
	return c, err
}

// at gives the i-th document, from 0.
func (c *corpus) at(i int) document {
	b, round := c.base[i%len(c.base)], i/len(c.base)
	var text strings.Builder
	for k, have := 0, 0; k < len(b.lines); k++ {
		line := b.lines[(round*7+k)%len(b.lines)]
		if have += len([]rune(line)); have > stretchRunes && k > 0 {
			break
		}
		text.WriteString(line + "\n")
	}
	title := b.title
	if round > 0 {
		title = fmt.Sprintf("%s（样本%d）", b.title, round)
	}
	return document{title, b.kind, text.String()}
}

// queryCount is how many different queries are asked.
const queryCount = 240

// queries cuts words from titles and texts; every third query has two words of
// one document.
func (c *corpus) queries() [][]string {
	chance := rand.New(rand.NewSource(3))
	word := func(text string) string {
		runs := strings.FieldsFunc(text, func(r rune) bool { return r < 0x4e00 || r > 0x9fff })
		if len(runs) == 0 {
			return "规定"
		}
		rs := []rune(runs[chance.Intn(len(runs))])
		n := min(2+chance.Intn(5), len(rs))
		at := chance.Intn(len(rs) - n + 1)
		return string(rs[at : at+n])
	}
	out := make([][]string, queryCount)
	for i := range out {
		d := c.at(chance.Intn(min(c.n, len(c.base))))
		switch i % 3 {
		case 0:
			out[i] = []string{word(d.title)}
		case 1:
			out[i] = []string{word(d.text)}
		default:
			out[i] = []string{word(d.title), word(d.text)}
		}
		for k, w := range out[i] {
			if len([]rune(w)) < 2 { // one character is no bigram: the peers could not answer
				out[i][k] = "管理"
			}
		}
	}
	return out
}
