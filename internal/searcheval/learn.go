package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"gongkai/internal/search"
	"gongkai/internal/zh"
)

// writeLearned writes search's learned data. It sees four fifths of the
// questions and no other part of them.
func writeLearned(file string, questions []question, texts []search.ItemEdition) error {
	var b bytes.Buffer
	learn(&b, questions, texts)
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write(b.Bytes()); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile(file, packed.Bytes(), 0o644)
}

// lesson is an article and what was asked about it.
type lesson struct {
	article search.ItemArticle
	law     string
	asked   []int // numbers of questions
}

func learn(out io.Writer, questions []question, texts []search.ItemEdition) {
	at := map[place]search.ItemArticle{}
	laws := map[string]string{}
	for _, e := range texts {
		laws[e.ExternalID] = search.LawName(e.Title)
		for _, a := range e.Articles {
			if a.Label != "" {
				at[place{e.ExternalID, a.Label}] = a
			}
		}
	}
	var asked [][]string
	lessons := map[uint64]*lesson{}
	byLaw, prior := map[string][]int{}, map[string]float64{}
	var pairs []pair
	frequency := pieceFrequency(texts)
	for i := range questions {
		q := &questions[i]
		if !q.learned() {
			continue
		}
		n := len(asked)
		words := search.QuestionWords(q.Text)
		asked = append(asked, words)
		for _, r := range q.Relevant {
			for _, id := range r.DocIDs {
				a, ok := at[place{id, r.Article}]
				if !ok {
					continue
				}
				key := search.PieceKey(a.Label, a.Text)
				if lessons[key] == nil {
					lessons[key] = &lesson{article: a, law: laws[id]}
				}
				lessons[key].asked = append(lessons[key].asked, n)
				if law := laws[id]; !slices.Contains(byLaw[law], n) {
					byLaw[law] = append(byLaw[law], n)
				}
				prior[laws[id]] += 1 / float64(len(q.Relevant))
				pairs = append(pairs, pair{words, legalWords(a, frequency)})
				break
			}
		}
	}
	writeChars(out, texts)
	writeMap(out, translate(pairs, frequency))
	for _, words := range asked {
		fmt.Fprintf(out, "ask\t%s\n", strings.Join(words, "\t"))
	}
	for _, law := range slices.Sorted(maps.Keys(byLaw)) {
		fmt.Fprintf(out, "law\t%s\t%.2f\t%s\n", law, prior[law], numbers(byLaw[law]))
	}
	for _, key := range slices.Sorted(maps.Keys(lessons)) {
		l := lessons[key]
		fmt.Fprintf(out, "art\t%016x\t%d\t%s\n", key, len(l.asked), numbers(l.asked))
	}
}

func numbers(list []int) string {
	s := make([]string, len(list))
	for i, n := range list {
		s[i] = strconv.Itoa(n)
	}
	return strings.Join(s, "\t")
}

// pieceFrequency is the share of articles that hold a word.
func pieceFrequency(texts []search.ItemEdition) map[string]float64 {
	count, all := map[string]float64{}, 0.0
	for _, e := range texts {
		for _, a := range e.Articles {
			all++
			words := zh.Terms(a.Text)
			slices.Sort(words)
			for _, w := range slices.Compact(words) {
				count[w]++
			}
		}
	}
	for w := range count {
		count[w] /= all
	}
	return count
}

// commonShare is from which share of articles a word explains nothing.
const commonShare = 1.0 / 6

func legalWords(a search.ItemArticle, frequency map[string]float64) []string {
	words := zh.Terms(strings.TrimPrefix(a.Text, a.Label))
	slices.Sort(words)
	return slices.DeleteFunc(slices.Compact(words), func(w string) bool { return frequency[w] >= commonShare })
}

// writeChars writes how rare each character is among articles, the idf in
// steps of a tenth.
func writeChars(out io.Writer, texts []search.ItemEdition) {
	count, all := map[rune]int{}, 0
	for _, e := range texts {
		for _, a := range e.Articles {
			all++
			seen := map[rune]bool{}
			for _, r := range zh.Fold(a.Text) {
				if r >= 0x4e00 && r <= 0x9fff && !seen[r] {
					seen[r] = true
					count[r]++
				}
			}
		}
	}
	steps := map[int][]rune{}
	for r, n := range count {
		w := math.Log(1 + (float64(all)-float64(n)+0.5)/(float64(n)+0.5))
		step := max(int(math.Round(w*10)), 1)
		steps[step] = append(steps[step], r)
	}
	for _, step := range slices.Sorted(maps.Keys(steps)) {
		slices.Sort(steps[step])
		fmt.Fprintf(out, "char\t%.1f\t%s\n", float64(step)/10, string(steps[step]))
	}
}

func writeMap(out io.Writer, table map[string][]meaning) {
	for _, word := range slices.Sorted(maps.Keys(table)) {
		var b strings.Builder
		for _, m := range table[word] {
			fmt.Fprintf(&b, "\t%s:%.3f", m.term, m.share)
		}
		fmt.Fprintf(out, "map\t%s%s\n", word, b.String())
	}
}

// meaning is a legal term and how much of a word's questions it explains.
type meaning struct {
	term  string
	share float64
}

func byShare(a, b meaning) int {
	return cmp.Or(cmp.Compare(b.share, a.share), cmp.Compare(a.term, b.term))
}
