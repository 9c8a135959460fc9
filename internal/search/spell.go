package search

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gongkai/internal/workday"
	"gongkai/internal/zh"
)

// spelling is a name of a text as people type it: its characters, its pinyin,
// and the first letters of that.
type spelling struct {
	name    string // title key
	pinyin  string
	starts  []int32 // where each character's syllable begins in pinyin
	initial string  // a byte a character
}

func spell(key string) spelling {
	s := spelling{name: key}
	var py, ini strings.Builder
	for _, y := range zh.Pinyin(key) {
		s.starts = append(s.starts, int32(py.Len()))
		py.WriteString(y.Text)
		if y.Text[0] < 0x80 {
			ini.WriteByte(y.Text[0])
		} else {
			ini.WriteByte('?') // no letter of any query
		}
	}
	s.pinyin, s.initial = py.String(), ini.String()
	return s
}

// How letters meet a name, the better the larger.
const (
	meetsNot = iota
	meetsInitialsWithin
	meetsPinyinWithin
	meetsInitialsFirst
	meetsPinyinFirst
)

// meet finds letters in a name, at the beginning of a syllable. whole tells
// that they end with a syllable, too. The span is in characters.
func (s *spelling) meet(letters string) (how, from, to int, whole bool) {
	if at := strings.Index(s.initial, letters); at >= 0 {
		how, from, to, whole = meetsInitialsWithin, at, at+len(letters), true
		if at == 0 {
			how = meetsInitialsFirst
		}
	}
	for at := 0; ; {
		i := strings.Index(s.pinyin[at:], letters)
		if i < 0 {
			return how, from, to, whole
		}
		at += i
		first, ok := slices.BinarySearch(s.starts, int32(at))
		if !ok {
			at++
			continue
		}
		end, ok := slices.BinarySearch(s.starts, int32(at+len(letters)))
		ok = ok || at+len(letters) == len(s.pinyin)
		place := meetsPinyinWithin
		if at == 0 {
			place = meetsPinyinFirst
		}
		if place > how {
			return place, first, end, ok
		}
		return how, from, to, whole
	}
}

// fromPinyin gives the words that typed letters most likely stand for: those
// that most titles in scope write so.
func (r *run) fromPinyin(letters string) string {
	count := map[string]int{}
	for place, e := range r.scope.cat.order {
		if in, stand := r.scope.at(int32(place)); in == nil || standing(stand.validity) == standsGone {
			continue
		}
		how, from, to, whole := e.spelling.meet(letters)
		if how == meetsNot {
			continue
		}
		n := 1
		if whole {
			n = 1000 // an unfinished syllable counts only where nothing else does
		}
		if how == meetsPinyinFirst || how == meetsPinyinWithin {
			n *= 1000
		}
		count[string([]rune(e.spelling.name)[from:to])] += n
	}
	best := ""
	for w, n := range count {
		if best == "" || n > count[best] || n == count[best] && w < best {
			best = w
		}
	}
	return best
}

// datedKey names all texts of one day, numberedKey all documents with one year
// and serial, whoever issued them. Neither sign is in any other key.
func datedKey(d workday.Date) string { return "@" + d.String() }

func numberedKey(year, serial int) string {
	return "#" + strconv.Itoa(year) + "-" + strconv.Itoa(serial)
}

// bareNumber is a year and a serial without an organ: 2025年17号, 〔2025〕17号.
var bareNumber = regexp.MustCompile(`^[(\[〔]?([0-9]{4})[)\]〕]?年?第?([0-9]{1,5})号$`)

// parseBare reads a folded query that is nothing but a year and a serial, or a
// date; "" when it is neither.
func parseBare(folded string) string {
	compact := strings.ReplaceAll(folded, " ", "")
	if m := bareNumber.FindStringSubmatch(compact); m != nil {
		year, yearErr := strconv.Atoi(m[1])
		serial, serialErr := strconv.Atoi(m[2])
		if yearErr == nil && serialErr == nil {
			return numberedKey(year, serial)
		}
	}
	if d, ok := zh.ParseDate(compact); ok {
		return datedKey(d)
	}
	return ""
}
