package proofread

import (
	"fmt"
	"slices"
	"strconv"
)

// attachments compares the list of attachments (附件说明) with what follows and
// with the files that go out: the numbers of the list, the annexes in the text,
// the files, and every 详见附件3.
func (s *sheet) attachments() {
	list := s.attachmentList()
	listed := len(list)
	for i, a := range list {
		if a.number != 0 && a.number != i+1 {
			s.hit("F4.attachment-order", a.start, a.end, fmt.Sprintf("%d.", i+1))
			break
		}
	}
	if listed > 0 && s.in.Attachments != nil && len(s.in.Attachments) != listed {
		s.hit("F4.attachment-files", list[0].start, list[0].end, "").Why =
			fmt.Sprintf("附件说明列了%d个附件，随文的附件文件有%d个，两者应当一致。", listed, len(s.in.Attachments))
	}
	annexes := s.annexes()
	if listed > 0 && len(annexes) > 0 && len(annexes) != listed && !(listed == 1 && annexes[0].number == 0) {
		s.hit("F4.attachment-count", list[0].start, list[0].end, "").Why =
			fmt.Sprintf("附件说明列了%d个附件，正文之后有%d个附件，两者应当一致。", listed, len(annexes))
	}
	if listed == 0 && s.in.Attachments == nil && len(annexes) == 0 {
		return // nothing says how many there are
	}
	s.attachmentRefs(max(listed, len(s.in.Attachments), len(annexes)))
}

// numbered is an attachment with its number, 0 without.
type numbered struct {
	number, start, end int
}

// attachmentList reads 附件：1.… and the numbered lines below it.
func (s *sheet) attachmentList() []numbered {
	for k, l := range s.lines {
		l = s.trimmed(l)
		i := l.start
		if !s.has(i, "附件") {
			continue
		}
		i = s.skipBlanks(i + 2)
		if s.at(i) != ':' {
			continue
		}
		i = s.skipBlanks(i + 1)
		if i >= l.end {
			continue
		}
		n, end := s.listNumber(i)
		out := []numbered{{n, i, max(end, min(l.end, i+20))}}
		if n == 0 {
			return out
		}
		for _, l := range s.lines[k+1:] {
			l = s.trimmed(l)
			n, end := s.listNumber(l.start)
			if n == 0 {
				if l.end > l.start && l.end-l.start <= 28 && !s.signs(l) && len(out) > 0 && s.blank(s.lines[k].start) {
					continue // the rest of a long title
				}
				break
			}
			out = append(out, numbered{n, l.start, end})
		}
		return out
	}
	return nil
}

// signs says that a line ends a list of attachments: it holds a date or an
// annex begins.
func (s *sheet) signs(l span) bool {
	return slices.Contains(s.fold[l.start:l.end], '年') || s.has(l.start, "附件")
}

// listNumber reads 1. or 1、 or 1．at i.
func (s *sheet) listNumber(i int) (n, end int) {
	if !isDigit(s.at(i)) {
		return 0, i
	}
	n, end = s.numeral(i)
	if r := s.at(end); n == 0 || n > 99 || r != '.' && r != '、' {
		return 0, i
	}
	return n, end + 1
}

// annexes are the lines that say 附件, 附件1 and nothing else, each number once.
func (s *sheet) annexes() []numbered {
	var out []numbered
	for _, l := range s.lines {
		l = s.trimmed(l)
		if !s.has(l.start, "附件") || l.end-l.start > 6 {
			continue
		}
		i := s.skipBlanks(l.start + 2)
		n, end := s.numeral(i)
		if s.at(end) == ':' {
			end++
		}
		if end != l.end {
			continue
		}
		if !slices.ContainsFunc(out, func(a numbered) bool { return a.number == n }) {
			out = append(out, numbered{n, l.start, l.end})
		}
	}
	return out
}

// attachmentRefs flags 附件5 in a sentence when there are only count.
func (s *sheet) attachmentRefs(count int) {
	for i := 2; i < len(s.fold); i++ {
		if !isDigit(s.fold[i]) || !s.hasBefore(i, "附件") {
			continue
		}
		end := i
		for isDigit(s.at(end)) && end-i < 3 {
			end++
		}
		n, err := strconv.Atoi(string(s.fold[i:end]))
		if err == nil && n > count && s.at(end) != '.' && s.at(end) != '-' {
			s.hit("F4.attachment-absent", i-2, end, "").Why = fmt.Sprintf("这里提到附件%d，但本文只有%d个附件。", n, count)
		}
		i = end
	}
}
