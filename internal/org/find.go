package org

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"gongkai/internal/fault"
	"gongkai/internal/workday"
	"gongkai/internal/zh"
)

// Found is who a question names (ZC21-1.3a): the best first.
type Found struct {
	Organs  []FoundOrgan
	More    int // organs that answer as well and are not listed
	Leaders []FoundLeader
	Units   []FoundUnit
}

// FoundOrgan is an organ with what a reader first wants of it.
type FoundOrgan struct {
	Code       string
	Name       string // today
	Former     string // the name it bore that the question means, "" for none
	External   bool
	Duties     string
	Phone      string
	Successors []Ref // who took over; nil while it stands
}

// FoundLeader is a leader in office.
type FoundLeader struct {
	Name, Post string
	Organ      Ref
}

// FoundUnit is a unit with its organ.
type FoundUnit struct {
	Name, Duties, Phone string
	Organ               Ref
}

// How a question meets an organ, the better the larger. From meetsHalf on it
// means the organ; below, it only may become its name while one types.
const (
	meetsNot     = iota
	meetsPart    // somewhere within
	meetsBegins  // the beginning
	meetsHalf    // half of the name or more
	meetsDrawn   // an abbreviation: 发改委
	meetsEnd     // the name without its region: 教育局
	meetsFormer  // a former name, whole
	meetsNameNow // a name or short name of today, whole
)

// Bounds of asking: a name longer than any, how many weak answers are so many
// that none is meant, and how few letters or characters are too few.
const (
	maxFindRunes = 60
	maxFaint     = 3
	maxSame      = 4 // units of one name, such as 办公室
	leastLetters = 3
	leastHan     = 2
)

// wanted are what people ask of an organ behind its name.
var wanted = strings.Fields("的电话 电话号码 联系电话 电话 的地址 办公地址 地址 在哪里 在哪儿 在哪 怎么走 的职责 主要职责 职责 是干什么的 干什么的 管什么 办公时间 上班时间 联系方式 官网 网站 领导 有哪些科室")

// asked is a question by a name.
type asked struct {
	key     string
	letters string // "" where it is not typed pinyin
}

func readAsked(text string) asked {
	runes := []rune(strings.ToValidUTF8(text, ""))
	if len(runes) > maxFindRunes {
		return asked{}
	}
	text = string(runes)
	a := asked{key: zh.TitleKey(text)}
	if l, ok := zh.PinyinLetters(text); ok {
		a.letters = l
	}
	for _, w := range wanted {
		if s, ok := strings.CutSuffix(a.key, zh.TitleKey(w)); ok && s != "" {
			a.key = s
			break
		}
	}
	return a
}

// empty is a question too short to mean somebody.
func (a *asked) empty() bool {
	if a.letters != "" {
		return len(a.letters) < leastLetters
	}
	return utf8.RuneCountInString(a.key) < leastHan
}

// meet says how the question meets one spelling of a name.
func (a *asked) meet(s *zh.Spelling) int {
	size, length, from, to := 0, utf8.RuneCountInString(s.Name), 0, 0
	if a.letters != "" {
		how, f, t, whole := s.Meet(a.letters)
		if how == zh.MeetsNot {
			return meetsNot
		}
		if from, to, size = f, t, t-f; !whole { // an unfinished syllable
			if f == 0 {
				return meetsBegins
			}
			return meetsPart
		}
	} else {
		at := strings.Index(s.Name, a.key)
		if at < 0 {
			return meetsNot
		}
		size = utf8.RuneCountInString(a.key)
		from = utf8.RuneCountInString(s.Name[:at])
		to = from + size
	}
	switch rs := []rune(s.Name); {
	case size == length:
		return meetsNameNow
	case to == length && size > 2 && from <= region(rs):
		return meetsEnd
	case from == 0 && size <= region(rs): // the region alone is no organ
		return meetsBegins
	case size*2 >= length && size > 2:
		return meetsHalf
	case from == 0:
		return meetsBegins
	}
	return meetsPart
}

// organ says how the question meets an organ, and by which former name.
func (a *asked) organ(o *listedOrgan) (how int, former string) {
	for i := range o.names {
		n := &o.names[i]
		best := meetsNot
		for j := range n.as {
			best = max(best, a.meet(&n.as[j]))
		}
		if best < meetsDrawn && a.letters == "" && n.draws(a.key) {
			best = meetsDrawn
		}
		if n.former && best == meetsNameNow {
			best = meetsFormer
		}
		if best > how {
			how, former = best, n.shown
		}
	}
	return how, former
}

// met is an organ with how it was met.
type met struct {
	FoundOrgan
	how int
}

// answering lists the organs that answer at least so well, the best first; own
// organs before others, those that stand before those taken over.
func (b *directory) answering(a asked, least int) []met {
	var out []met
	for i := range b.organs {
		o := &b.organs[i]
		if how, former := a.organ(o); how >= least {
			f := o.FoundOrgan
			f.Former = former
			out = append(out, met{f, how})
		}
	}
	slices.SortStableFunc(out, func(x, y met) int { return y.rank() - x.rank() })
	return out
}

func (m *met) rank() int {
	n := m.how * 4
	if !m.External {
		n += 2
	}
	if m.Successors == nil {
		n++
	}
	return n
}

// Find gives the organs, leaders in office on a day, and units that a question
// names: by today's, former and short names, halves and abbreviations of them,
// by pinyin and by initials. A question that is only a word within many names
// finds nobody. At most limit organs are listed.
func (r *Registry) Find(ctx context.Context, text string, on workday.Date, limit int) (f *Found, err error) {
	defer fault.Wrap(&err, "org.Find")
	f = &Found{}
	a := readAsked(text)
	if a.empty() {
		return f, nil
	}
	b, err := r.directory(ctx)
	if err != nil {
		return nil, err
	}
	list := b.answering(a, meetsHalf)
	if len(list) > 0 && list[0].how >= meetsFormer { // a whole name means nobody else
		list = slices.DeleteFunc(list, func(m met) bool { return m.how < meetsFormer })
	} else if len(list) > 0 {
		best := list[0].how
		list = slices.DeleteFunc(list, func(m met) bool { return m.how < best })
		if best == meetsHalf && len(list) > maxFaint {
			list = nil
		}
	}
	for _, m := range list[:min(limit, len(list))] {
		f.Organs = append(f.Organs, m.FoundOrgan)
	}
	f.More = len(list) - len(f.Organs)
	for _, l := range b.leaders {
		if l.On(on) && a.meet(&l.as) == meetsNameNow && a.spelt(&l.as) {
			f.Leaders = append(f.Leaders, FoundLeader{l.Name, l.Post, b.ref(l.Organ)})
		}
	}
	f.Units = b.unitsOf(a)
	return f, nil
}

// spelt tells a name typed in full from initials, which many people share.
func (a *asked) spelt(s *zh.Spelling) bool {
	return a.letters == "" || len(a.letters) > utf8.RuneCountInString(s.Name)
}

// unitsOf finds units by name, alone or behind a name of their organ.
func (b *directory) unitsOf(a asked) []FoundUnit {
	var out []FoundUnit
	for i := range b.units {
		u := &b.units[i]
		how := a.meet(&u.as)
		behind := false
		if head, ok := strings.CutSuffix(a.key, u.as.Name); ok && head != "" && a.letters == "" {
			how, _ = (&asked{key: head}).organ(&b.organs[b.byID[u.Organ]])
			behind = how >= meetsEnd
		}
		if behind || how >= meetsHalf {
			out = append(out, FoundUnit{u.Name, u.Duties, u.Phone, b.ref(u.Organ)})
		}
	}
	if len(out) > maxSame {
		return nil
	}
	return out
}

func (b *directory) ref(id int64) Ref {
	o := &b.organs[b.byID[id]]
	return Ref{ID: id, Code: o.Code, Name: o.Name}
}

// Suggest lists organs whose names the typed characters may become, the best
// first; none is no error. Those outside the tree answer only to the beginning
// of a name.
func (r *Registry) Suggest(ctx context.Context, typed string, limit int) (out []FoundOrgan, err error) {
	defer fault.Wrap(&err, "org.Suggest")
	a := readAsked(typed)
	if a.key == "" || a.letters != "" && len(a.letters) < leastHan {
		return nil, nil
	}
	b, err := r.directory(ctx)
	if err != nil {
		return nil, err
	}
	for _, m := range b.answering(a, meetsPart) {
		if len(out) < limit && (!m.External || m.how >= meetsBegins) {
			out = append(out, m.FoundOrgan)
		}
	}
	return out, nil
}
