package search

import (
	"regexp"
	"strings"

	"gongkai/internal/zh"
)

// Bounds of a query. A longer one is read up to the bound and only ranked.
const (
	maxQueryRunes = 600
	maxTerms      = 24
)

// term is one thing that must (or must not) be in a text: characters that
// stand side by side, or a document number.
type term struct {
	text  string // folded, as the query has it
	match phrase
	docNo bool
}

// parsed is a query as the index understands it.
type parsed struct {
	terms    []term
	quoted   []term // also in terms
	without  []term
	question bool // asks in words; only ranking can answer it
	cut      bool // longer than the bounds: not all terms are here
	folded   string
	titleKey string
	docKey   string // the whole query is this document number
	bareKey  string // the whole query is a date, or a year and serial
	law      *lawRef
}

// parseQuery never fails: signs that mean nothing are spaces.
func parseQuery(text string) *parsed {
	text = strings.ToValidUTF8(text, " ")
	p := &parsed{}
	runes := []rune(text)
	if len(runes) > maxQueryRunes {
		runes, p.cut = runes[:maxQueryRunes], true
		text = string(runes)
	}
	folded, pos := zh.FoldMap(text)
	p.folded = folded
	s := &queryScan{p: p, source: runes, rs: []rune(folded), pos: pos, seen: map[phrase]bool{}}
	for _, n := range zh.FindDocNumbers(text) {
		if n.Last == n.Number.Serial {
			s.numbers = append(s.numbers, n)
		}
	}
	s.run()
	if len(p.terms) > maxTerms {
		p.terms, p.cut = p.terms[:maxTerms], true
	}
	if len(p.without) > maxTerms {
		p.without = p.without[:maxTerms]
	}
	p.titleKey = fullLaw(zh.TitleKey(text))
	if number, _, ok := zh.ParseDocNumber(strings.TrimSpace(text)); ok {
		p.docKey = number.Key()
		p.terms = []term{docNoTerm(number.String(), p.docKey)}
	}
	if p.docKey == "" {
		p.looseNumber()
	}
	if serial, ok := strings.CutPrefix(p.docKey, "国令"); ok { // how the State Council heads its own decrees
		p.docKey = "国务院令" + serial
		p.terms = []term{docNoTerm(p.docKey, p.docKey)}
	}
	p.bareKey = parseBare(folded)
	if len(p.quoted) == 0 && len(p.without) == 0 {
		p.question = asks(folded)
		p.law = parseLawRef(folded)
	}
	return p
}

// Numbers as people type them, without brackets or 第: 法释2024年12号, 国务院令760号.
var (
	looseYear   = regexp.MustCompile(`^(\p{Han}{2,20}?)([0-9]{4})年?第?([0-9]{1,5})号$`)
	looseDecree = regexp.MustCompile(`^(\p{Han}{1,20}令)([0-9]{1,5})号$`)
)

// looseNumber reads the whole query as such a number.
func (p *parsed) looseNumber() {
	compact := strings.ReplaceAll(p.folded, " ", "")
	spelled := ""
	if m := looseYear.FindStringSubmatch(compact); m != nil {
		spelled = m[1] + "〔" + m[2] + "〕" + m[3] + "号"
	} else if m := looseDecree.FindStringSubmatch(compact); m != nil {
		spelled = m[1] + "第" + m[2] + "号"
	}
	if number, _, ok := zh.ParseDocNumber(spelled); ok {
		p.docKey = number.Key()
		p.terms = []term{docNoTerm(number.String(), p.docKey)}
	}
}

func docNoTerm(text, key string) term {
	return term{text: zh.Fold(text), match: phrase{tokens: docNoMark + key}, docNo: true}
}

// queryScan walks over the folded query.
type queryScan struct {
	p       *parsed
	source  []rune
	rs      []rune
	pos     []int
	numbers []zh.DocNumberSpan
	seen    map[phrase]bool
}

func (s *queryScan) run() {
	without := false
	for i := 0; i < len(s.rs); {
		switch r := s.rs[i]; {
		case r == ' ' || r == '\n':
			without = false
			i++
		case r == '-' && (i == 0 || blankRune(s.rs[i-1])) && s.excludes(i):
			without = true
			i++
		case r == '"':
			i = s.quote(i, without)
		case isHan(r) || isWord(r):
			i = s.word(i, without)
		default:
			i++
		}
	}
}

// excludes tells a minus before a word from a dash, which folds to the same.
func (s *queryScan) excludes(i int) bool {
	switch s.source[s.pos[i]] {
	case '-', '－', '−':
		return i+1 < len(s.rs) && s.rs[i+1] != '-' && !blankRune(s.rs[i+1])
	}
	return false
}

func blankRune(r rune) bool { return r == ' ' || r == '\n' }

// quote reads "…"; a quotation mark that nothing closes is a blank.
func (s *queryScan) quote(i int, without bool) int {
	for j := i + 1; j < len(s.rs); j++ {
		if s.rs[j] != '"' {
			continue
		}
		text := strings.TrimSpace(string(s.rs[i+1 : j]))
		if match := phraseOf(text); !match.empty() {
			t := term{text: text, match: match}
			s.add(t, without)
			if !without {
				s.p.quoted = append(s.p.quoted, t)
			}
		}
		return j + 1
	}
	return i + 1
}

// word reads a document number, or characters up to the next sign.
func (s *queryScan) word(i int, without bool) int {
	at := s.pos[i]
	next := len(s.source)
	for _, n := range s.numbers {
		if at >= n.Start && at < n.End {
			s.add(docNoTerm(n.Number.String(), n.Number.Key()), without)
			for i < len(s.rs) && s.pos[i] < n.End {
				i++
			}
			return i
		}
		if n.Start > at {
			next = min(next, n.Start)
		}
	}
	j := i
	for j < len(s.rs) && s.pos[j] < next && (isHan(s.rs[j]) || isWord(s.rs[j])) {
		j++
	}
	text := string(s.rs[i:j])
	s.add(term{text: text, match: phraseOf(text)}, without)
	return j
}

func (s *queryScan) add(t term, without bool) {
	if s.seen[t.match] {
		return
	}
	s.seen[t.match] = true
	if without {
		s.p.without = append(s.p.without, t)
	} else {
		s.p.terms = append(s.p.terms, t)
	}
}

// asking are words that only a question has; each is folded.
var asking = strings.Fields(`什么 怎么 怎样 怎办 如何 多少 多久 多长 是否 能否 可否 能不能 可不可以 可以不可以 要不要
	该不该 会不会 是不是 有没有 算不算 需不需要 哪些 哪个 哪里 哪种 哪类 为何 为啥 几天 几年 几个 几次 几种 几岁 几日 谁`)

// asks tells a question from key words.
func asks(folded string) bool {
	if strings.Contains(folded, "?") {
		return true
	}
	han := 0
	for _, r := range folded {
		if isHan(r) {
			han++
		}
	}
	if han < 5 { // 是否 by itself is a word to look for
		return false
	}
	for _, w := range asking {
		if strings.Contains(folded, w) {
			return true
		}
	}
	trimmed := strings.TrimRight(folded, " \n.,;!。,;!")
	return strings.HasSuffix(trimmed, "吗") || strings.HasSuffix(trimmed, "呢") || strings.HasSuffix(trimmed, "么")
}
