package zh

import (
	"bytes"
	"compress/gzip"
	"embed"
	"io"
	"sort"
	"strings"
	"sync"
	"unicode/utf8"
)

//go:embed data/*.gz data/variants.txt
var dataFiles embed.FS

// dictionary is one direction of OpenCC: single characters and phrases.
//
// The phrase file stays in memory as one text; a phrase is an offset into it.
// Phrases are ordered by first character, second character, then length
// downwards, so that the longest match is the first match in its group.
type dictionary struct {
	bmp     []uint16        // code point -> entry number, 0 when none
	astral  map[rune]uint16 // the same above U+FFFF
	entries []entry
	second  []rune // second character of each phrase
	phrases []phrase
	text    string
}

// entry is what the dictionary knows about one character.
type entry struct {
	to         string // replacement, "" when the character stays
	from, till uint32 // its phrases
	foreign    bool   // the character cannot stand in the target script
}

type phrase struct {
	key, value       uint32
	keyLen, valueLen uint16
}

var (
	toTraditional = sync.OnceValue(func() *dictionary { return loadDictionary("STCharacters", "STPhrases") })
	toSimplified  = sync.OnceValue(func() *dictionary { return loadDictionary("TSCharacters", "TSPhrases") })
)

// readData gives one embedded file, unpacked. The files are part of the
// binary, so a failure is a broken build and panics.
func readData(name string) string {
	raw, err := dataFiles.ReadFile("data/" + name)
	if err != nil {
		panic("zh: embedded data: " + err.Error())
	}
	if !strings.HasSuffix(name, ".gz") {
		return string(raw)
	}
	zr, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		panic("zh: embedded data: " + err.Error())
	}
	b, err := io.ReadAll(zr)
	if err != nil {
		panic("zh: embedded data: " + err.Error())
	}
	return string(b)
}

// eachPair calls f with the key, the values and the key's offset of each line.
func eachPair(text string, f func(key, values string, at int)) {
	for at := 0; at < len(text); {
		end := strings.IndexByte(text[at:], '\n')
		if end < 0 {
			end = len(text)
		} else {
			end += at
		}
		if key, values, ok := strings.Cut(text[at:end], "\t"); ok && !strings.HasPrefix(key, "#") {
			f(key, values, at)
		}
		at = end + 1
	}
}

func loadDictionary(characters, phrases string) *dictionary {
	d := &dictionary{bmp: make([]uint16, 1<<16), astral: map[rune]uint16{}, entries: make([]entry, 1, 8000)}
	eachPair(readData(characters+".txt.gz"), func(key, values string, _ int) {
		r, _ := utf8.DecodeRuneInString(key)
		first, _, _ := strings.Cut(values, " ")
		e := d.ensure(r)
		if first != key {
			e.to = strings.Clone(first)
		}
		// A key that is none of its own values cannot be written in the target script.
		e.foreign = !strings.Contains(" "+values+" ", " "+key+" ")
	})
	d.text = readData(phrases + ".txt.gz")
	d.loadPhrases()
	return d
}

func (d *dictionary) loadPhrases() {
	type line struct {
		first, second rune
		phrase
	}
	var lines []line
	eachPair(d.text, func(key, values string, at int) {
		first, n := utf8.DecodeRuneInString(key)
		second, m := utf8.DecodeRuneInString(key[n:])
		if m == 0 {
			return
		}
		value, _, _ := strings.Cut(values, " ")
		lines = append(lines, line{first, second, phrase{
			key: uint32(at), keyLen: uint16(len(key)),
			value: uint32(at + len(key) + 1), valueLen: uint16(len(value)),
		}})
	})
	sort.SliceStable(lines, func(i, j int) bool {
		a, b := &lines[i], &lines[j]
		if a.first != b.first {
			return a.first < b.first
		}
		if a.second != b.second {
			return a.second < b.second
		}
		return a.keyLen > b.keyLen
	})
	d.second = make([]rune, len(lines))
	d.phrases = make([]phrase, len(lines))
	for i := 0; i < len(lines); {
		j := i
		for ; j < len(lines) && lines[j].first == lines[i].first; j++ {
			d.second[j], d.phrases[j] = lines[j].second, lines[j].phrase
		}
		e := d.ensure(lines[i].first)
		e.from, e.till = uint32(i), uint32(j)
		i = j
	}
}

// ensure finds or makes the entry of a character; the pointer holds until the next call.
func (d *dictionary) ensure(r rune) *entry {
	n := d.number(r)
	if n == 0 {
		n = uint16(len(d.entries))
		d.entries = append(d.entries, entry{})
		if r < 1<<16 {
			d.bmp[r] = n
		} else {
			d.astral[r] = n
		}
	}
	return &d.entries[n]
}

func (d *dictionary) number(r rune) uint16 {
	if r < 1<<16 {
		return d.bmp[r]
	}
	return d.astral[r]
}

// match finds the longest phrase of e at the start of s, whose first character
// ends at byte n.
func (d *dictionary) match(e *entry, s string, n int) (phrase, bool) {
	if e.from == e.till || n >= len(s) {
		return phrase{}, false
	}
	next, _ := utf8.DecodeRuneInString(s[n:])
	lo, hi := e.from, e.till
	for lo < hi {
		mid := (lo + hi) / 2
		if d.second[mid] < next {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	for ; lo < e.till && d.second[lo] == next; lo++ {
		p := d.phrases[lo]
		if int(p.keyLen) <= len(s) && s[:p.keyLen] == d.text[p.key:p.key+uint32(p.keyLen)] {
			return p, true
		}
	}
	return phrase{}, false
}

// appendConverted writes s in the target script: at each place the longest
// phrase, else the character's first value.
func (d *dictionary) appendConverted(dst []byte, s string) []byte {
	done := 0 // s[:done] is written
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		k := d.number(r)
		if k == 0 {
			i += n
			continue
		}
		e := &d.entries[k]
		if p, ok := d.match(e, s[i:], n); ok {
			dst = append(dst, s[done:i]...)
			dst = append(dst, d.text[p.value:p.value+uint32(p.valueLen)]...)
			i += int(p.keyLen)
			done = i
			continue
		}
		if e.to != "" {
			dst = append(dst, s[done:i]...)
			dst = append(dst, e.to...)
			done = i + n
		}
		i += n
	}
	return append(dst, s[done:]...)
}

// foreign reports a character that exists only in the source script of d.
func (d *dictionary) foreign(r rune) bool { return d.entries[d.number(r)].foreign }
