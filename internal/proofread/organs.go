package proofread

import (
	"strings"
	"sync"

	"gongkai/internal/workday"
)

// formerOrgan is one line of data/organs.tsv: a name, the day from which it is
// no longer borne, and today's name.
type formerOrgan struct {
	name, now string
	since     workday.Date
}

type formerOrganList struct {
	organs []formerOrgan
	find   *automaton
}

var formerOrganNames = sync.OnceValue(func() *formerOrganList {
	list := &formerOrganList{}
	var keys []string
	for line := range strings.Lines(readData("organs.tsv")) {
		line = strings.TrimRight(line, "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		list.organs = append(list.organs, formerOrgan{f[0], f[2], workday.MustDate(f[1])})
		keys = append(keys, f[0])
	}
	list.find = newAutomaton(keys)
	return list
})

// formerOrgans flags a former name of an organ in a text that is younger than
// the change. Names in titles of documents, before a document number, in
// brackets behind 原 or in a list after it are history and right.
func (s *sheet) formerOrgans() {
	on := s.facts.AdoptedOn
	if on.IsZero() {
		return
	}
	list := formerOrganNames()
	floor := 0
	list.find.each(s.fold, func(n, start, end int) {
		o := &list.organs[n]
		if start < floor || on.Before(o.since) || s.history(start, end) || s.longerName(start, end) {
			return
		}
		s.hit("ORG.former", start, end, o.now)
		floor = end
	})
}

// longerName says that the name is part of a longer one: 文化部 in 市文化部门.
func (s *sheet) longerName(start, end int) bool {
	switch s.at(end) {
	case '门', '长', '队', '分', '系', '属':
		return true
	}
	return false
}

// history looks on the same line for 原, for title marks around the name, and
// for 令, 公告 or a number behind it.
func (s *sheet) history(start, end int) bool {
	for i := start - 1; i >= 0 && start-i < 60 && s.fold[i] != '\n' && s.fold[i] != '。'; i-- {
		if s.fold[i] == '》' {
			break
		}
		if s.fold[i] == '原' || s.fold[i] == '《' || s.fold[i] == '前' && start-i < 3 {
			return true
		}
	}
	for i := end; i < len(s.fold) && i-end < 24 && s.fold[i] != '\n' && s.fold[i] != '。'; i++ {
		switch s.fold[i] {
		case '令', '〔', '》', '号':
			return true
		}
	}
	return false
}
