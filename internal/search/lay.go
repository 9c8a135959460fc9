package search

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"hash/crc32"
	"hash/fnv"
	"io"
	"math"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"gongkai/internal/zh"
)

// layFile is what four fifths of a set of lay questions with their articles
// teach (data/NOTICE.md). `go run ./internal/searcheval -learn FILE` writes it.
// Its lines, fields parted by tabs:
//
//	char  WEIGHT  CHARACTERS        how rare single characters are in articles
//	map   WORD  TERM:WEIGHT …       what the law says for a word of a question
//	ask   WORD …                    the words of one question, numbered from 0
//	law   NAME  PRIOR  QUESTION …   a law, how often it answered, and whom
//	art   KEY  COUNT  QUESTION …    an article by its first words (pieceKey)
//
//go:embed data/lay.txt.gz
var layFile []byte

// layWords are further map lines, written by hand for everyday words that no
// question of the set taught.
//
//go:embed data/lay_words.txt
var layWords string

// layMap is the file, with layWords, ready for use. It never changes.
type layMap struct {
	sum   uint32 // of the files
	chars map[rune]float64
	terms map[string][]layTerm
	laws  map[string]int // title key → number
	arts  map[uint64]int // pieceKey → number
	lawN  []float64      // log(1 + how often it answered)
	artN  []float64
	asked [2]layField // words of the questions that articles, and laws, answered
}

type layTerm struct {
	text   string
	weight float64
}

// layField is a small BM25 index of question words.
type layField struct {
	posts map[string][]layPost
	sizes []float64
	mean  float64
}

type layPost struct {
	slot  int
	times float64
}

const (
	askedArticles = 0
	askedLaws     = 1
)

var lay = sync.OnceValue(func() *layMap {
	z, err := gzip.NewReader(bytes.NewReader(layFile))
	if err != nil {
		panic("search: embedded data: " + err.Error())
	}
	text, err := io.ReadAll(z)
	if err != nil {
		panic("search: embedded data: " + err.Error())
	}
	text = append(text, layWords...)
	m, err := parseLay(string(text))
	if err != nil {
		panic("search: embedded data: " + err.Error())
	}
	m.sum = crc32.ChecksumIEEE(text)
	return m
})

func parseLay(text string) (*layMap, error) {
	m := &layMap{chars: map[rune]float64{}, terms: map[string][]layTerm{}, laws: map[string]int{}, arts: map[uint64]int{}}
	for i := range m.asked {
		m.asked[i].posts = map[string][]layPost{}
	}
	var asks [][]string
	for line := range strings.Lines(text) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if len(f) < 3 && f[0] != "ask" {
			continue
		}
		switch f[0] {
		case "char":
			w, err := strconv.ParseFloat(f[1], 64)
			if err != nil {
				return nil, err
			}
			for _, r := range f[2] {
				m.chars[r] = w
			}
		case "map":
			for _, t := range f[2:] {
				name, weight, _ := strings.Cut(t, ":")
				w, err := strconv.ParseFloat(weight, 64)
				if err != nil {
					return nil, err
				}
				m.terms[f[1]] = append(m.terms[f[1]], layTerm{name, w})
			}
		case "ask":
			asks = append(asks, f[1:])
		case "law", "art":
			n, err := strconv.ParseFloat(f[2], 64)
			if err != nil {
				return nil, err
			}
			which := askedLaws
			if f[0] == "law" {
				m.laws[f[1]] = len(m.lawN)
				m.lawN = append(m.lawN, math.Log1p(n))
			} else {
				which = askedArticles
				key, err := strconv.ParseUint(f[1], 16, 64)
				if err != nil {
					return nil, err
				}
				m.arts[key] = len(m.artN)
				m.artN = append(m.artN, math.Log1p(n))
			}
			if err := m.asked[which].add(asks, f[3:]); err != nil {
				return nil, err
			}
		}
	}
	for i := range m.asked {
		m.asked[i].mean /= math.Max(float64(len(m.asked[i].sizes)), 1)
	}
	return m, nil
}

// add gives the next slot the words of these questions.
func (f *layField) add(asks [][]string, numbers []string) error {
	times := map[string]float64{}
	size := 0.0
	for _, s := range numbers {
		n, err := strconv.Atoi(s)
		if err != nil {
			return err
		}
		if n < 0 || n >= len(asks) {
			return strconv.ErrRange
		}
		for _, w := range asks[n] {
			times[w]++
			size++
		}
	}
	slot := len(f.sizes)
	for w, n := range times {
		f.posts[w] = append(f.posts[w], layPost{slot, n})
	}
	f.sizes = append(f.sizes, size)
	f.mean += size
	return nil
}

// score gives BM25 of the words for every slot, with b as told.
func (f *layField) score(words []string, b float64) []float64 {
	out := make([]float64, len(f.sizes))
	for _, w := range words {
		posts := f.posts[w]
		weight := idf(len(posts), len(f.sizes))
		for _, p := range posts {
			out[p.slot] += weight * saturate(p.times, f.sizes[p.slot]/math.Max(f.mean, 1), bm25K1, b)
		}
	}
	return out
}

// saturate is BM25's share of a word's weight for tf appearances in a text
// that is so many times as long as the mean.
func saturate(tf, length, k1, b float64) float64 {
	return tf * (k1 + 1) / (tf + k1*(1-b+b*length))
}

// legal lists what the law says for the words of a question, the likeliest
// first, with a weight between 0 and 1; at most n.
func (m *layMap) legal(words []string, n int) []layTerm {
	miss := map[string]float64{} // 1 - weight
	var order []string
	for _, w := range words {
		for _, t := range m.terms[w] {
			if _, ok := miss[t.text]; !ok {
				order = append(order, t.text)
				miss[t.text] = 1
			}
			miss[t.text] *= 1 - t.weight
		}
	}
	out := make([]layTerm, len(order))
	for i, t := range order {
		out[i] = layTerm{t, 1 - miss[t]}
	}
	sortTerms(out)
	return out[:min(n, len(out))]
}

// keyRunes is how many characters of an article name it in the learned data:
// enough to tell articles apart, few enough to outlive a change at the end.
const keyRunes = 40

// PieceKey names an article by its first Chinese characters behind its label,
// so that what was learned of it follows it into another edition or number.
func PieceKey(label, text string) uint64 {
	h := fnv.New64a()
	n := 0
	for _, r := range strings.TrimPrefix(zh.Fold(text), zh.Fold(label)) {
		if !isHan(r) {
			continue
		}
		var b [utf8.UTFMax]byte
		h.Write(b[:utf8.EncodeRune(b[:], r)]) // a hash never fails
		if n++; n == keyRunes {
			break
		}
	}
	return h.Sum64()
}

// LawName is how the learned data calls a law.
func LawName(title string) string { return bareTitle(zh.TitleKey(title)) }

// QuestionWords are the words of a question that say something about its
// subject, each once, in order.
func QuestionWords(text string) []string {
	seen := map[string]bool{}
	var out []string
	for _, w := range zh.Terms(zh.Fold(text)) {
		if !stopWords[w] && !seen[w] {
			seen[w] = true
			out = append(out, w)
		}
	}
	return out
}
