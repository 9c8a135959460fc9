package zh

import (
	"slices"
	"strings"
)

// Spelling is a name as people type it: its characters, its pinyin,
// and the first letters of that.
type Spelling struct {
	Name    string // title key
	pinyin  string
	starts  []int32 // where each character's syllable begins in pinyin
	initial string  // a byte a character
}

// Spell reads a title key aloud.
func Spell(key string) Spelling {
	s := Spelling{Name: key}
	var py, ini strings.Builder
	for _, y := range Pinyin(key) {
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

// How letters meet a name, the better the larger; First is at its beginning.
const (
	MeetsNot = iota
	MeetsInitialsWithin
	MeetsPinyinWithin
	MeetsInitialsFirst
	MeetsPinyinFirst
)

// Meet finds letters in a name, at the beginning of a syllable. whole tells
// that they end with a syllable, too. The span is in characters.
func (s *Spelling) Meet(letters string) (how, from, to int, whole bool) {
	if at := strings.Index(s.initial, letters); at >= 0 {
		how, from, to, whole = MeetsInitialsWithin, at, at+len(letters), true
		if at == 0 {
			how = MeetsInitialsFirst
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
		place := MeetsPinyinWithin
		if at == 0 {
			place = MeetsPinyinFirst
		}
		if place > how {
			return place, first, end, ok
		}
		return how, from, to, whole
	}
}
