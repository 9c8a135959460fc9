package docfile

import (
	"encoding/xml"
	"strconv"
)

const listLevels = 9

// docxLists counts the automatic lists of a document, so that 一、 and 第一条
// are not lost when only the paragraphs' own words are kept.
type docxLists struct {
	abstract map[string][]listLevel
	nums     map[string]*docxNum
	counters map[string][]int // by list: shared by all w:num of one w:abstractNum
}

// docxNum is a w:num: a use of an abstract list with levels of its own.
type docxNum struct {
	abstract  string
	overrides map[int]listLevel
	restarts  map[int]int
	used      bool
}

func newDocxLists() *docxLists {
	return &docxLists{abstract: map[string][]listLevel{}, nums: map[string]*docxNum{}, counters: map[string][]int{}}
}

func (l *docxLists) read(x *xmlReader) error {
	if _, err := x.root(); err != nil {
		return err
	}
	return x.each(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "abstractNum":
			levels := make([]listLevel, listLevels)
			l.abstract[attr(e, "abstractNumId")] = levels
			return x.each(func(e xml.StartElement) error {
				if e.Name.Local != "lvl" {
					return x.skip()
				}
				lvl, err := readListLevel(x)
				levels[atoiIn(attr(e, "ilvl"), 0, listLevels-1)] = lvl
				return err
			})
		case "num":
			n := &docxNum{overrides: map[int]listLevel{}, restarts: map[int]int{}}
			l.nums[attr(e, "numId")] = n
			return l.readNum(x, n)
		}
		return x.skip()
	})
}

func (l *docxLists) readNum(x *xmlReader, n *docxNum) error {
	return x.each(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "abstractNumId":
			n.abstract = attr(e, "val")
		case "lvlOverride":
			i := atoiIn(attr(e, "ilvl"), 0, listLevels-1)
			return x.each(func(e xml.StartElement) error {
				switch e.Name.Local {
				case "startOverride":
					n.restarts[i] = atoiIn(attr(e, "val"), 0, 1<<20)
				case "lvl":
					lvl, err := readListLevel(x)
					n.overrides[i] = lvl
					return err
				}
				return x.skip()
			})
		}
		return x.skip()
	})
}

func readListLevel(x *xmlReader) (listLevel, error) {
	lvl := listLevel{start: 1, format: "decimal", given: true}
	err := x.each(func(e xml.StartElement) error {
		v := attr(e, "val")
		switch e.Name.Local {
		case "start":
			if n, err := strconv.Atoi(v); err == nil && n >= 0 && n < 1<<20 {
				lvl.start = n
			}
		case "numFmt":
			lvl.format = v
		case "lvlText":
			lvl.text = v
		case "isLgl":
			lvl.legal = on(e)
		}
		return x.skip()
	})
	return lvl, err
}

// next counts a paragraph of list numID and gives its number. A bullet has an
// empty, known number; known is false for a list or style that is not there.
func (l *docxLists) next(numID string, ilvl int) (number string, known bool) {
	n := l.nums[numID]
	if n == nil {
		return "", false
	}
	base, ok := l.abstract[n.abstract]
	if !ok || ilvl < 0 || ilvl >= listLevels {
		return "", false
	}
	levels := make([]listLevel, listLevels)
	copy(levels, base)
	for i, o := range n.overrides {
		levels[i] = o
	}
	counters := l.counters[n.abstract]
	if counters == nil {
		counters = make([]int, listLevels)
		for i := range counters {
			counters[i] = levels[i].start - 1
		}
		l.counters[n.abstract] = counters
	}
	if !n.used {
		n.used = true
		for i, start := range n.restarts {
			counters[i] = start - 1
		}
	}
	counters[ilvl]++
	for i := ilvl + 1; i < listLevels; i++ {
		counters[i] = levels[i].start - 1
	}
	// A level above that was never counted prints its start.
	shown := make([]int, listLevels)
	for i := range shown {
		shown[i] = counters[i]
		if i < ilvl && shown[i] < levels[i].start {
			shown[i] = levels[i].start
		}
	}
	if !levels[ilvl].given || levels[ilvl].format == "bullet" {
		return "", levels[ilvl].given
	}
	return fillPattern(levels, shown, ilvl)
}
