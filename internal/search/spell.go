package search

import (
	"regexp"
	"strconv"
	"strings"

	"gongkai/internal/workday"
	"gongkai/internal/zh"
)

// fromPinyin gives the words that typed letters most likely stand for: those
// that most titles in scope write so.
func (r *run) fromPinyin(letters string) string {
	count := map[string]int{}
	for place, e := range r.scope.cat.order {
		if in, stand := r.scope.at(int32(place)); in == nil || standing(stand.validity) == standsGone {
			continue
		}
		how, from, to, whole := e.spelling.Meet(letters)
		if how == zh.MeetsNot {
			continue
		}
		n := 1
		if whole {
			n = 1000 // an unfinished syllable counts only where nothing else does
		}
		if how == zh.MeetsPinyinFirst || how == zh.MeetsPinyinWithin {
			n *= 1000
		}
		count[string([]rune(e.spelling.Name)[from:to])] += n
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
