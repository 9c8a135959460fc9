package proofread

import "strings"

// token is a run of ASCII letters, digits and masks, in capitals; blanks and
// hyphens inside a grouped number are left out.
type token struct {
	start, end int
	text       string
	masked     bool
	joined     bool // a hyphen, stroke or point ties it to more letters or digits
	grouped    bool // put together from pieces
}

// maskRunes hide a character of a number.
const maskRunes = "*●•□■×✱※﹡∗"

func (s *sheet) tokenRune(i int) (byte, bool) {
	switch r := s.at(i); {
	case isDigit(r), r >= 'A' && r <= 'Z':
		return byte(r), true
	case r >= 'a' && r <= 'z':
		return byte(r - 'a' + 'A'), true
	case r > 0 && strings.ContainsRune(maskRunes, r):
		return '*', true
	}
	return 0, false
}

// findTokens cuts the text into tokens and puts grouped numbers together.
func (p *personal) findTokens() {
	var pieces []token
	for i := 0; i < len(p.fold); {
		var b strings.Builder
		start := i
		for {
			c, ok := p.tokenRune(i)
			if !ok {
				break
			}
			b.WriteByte(c)
			i++
		}
		if b.Len() == 0 {
			i++
			continue
		}
		t := token{start: start, end: i, text: b.String()}
		t.masked = strings.Contains(t.text, "*")
		pieces = append(pieces, t)
	}
	for i := 0; i < len(pieces); {
		n := p.group(pieces[i:])
		t := pieces[i]
		for _, more := range pieces[i+1 : i+n] {
			t.text, t.end, t.masked, t.grouped = t.text+more.text, more.end, t.masked || more.masked, true
		}
		t.joined = p.tied(t.start-1, t.start-2) || p.tied(t.end, t.end+1)
		p.tokens = append(p.tokens, t)
		i += n
	}
}

// tied says that the sign at i joins the token to the letter or digit at j.
func (s *sheet) tied(i, j int) bool {
	switch s.at(i) {
	case '-', '_', '/', '.', '—', '–', '+', '=', '@', '&', '%':
		_, ok := s.tokenRune(j)
		return ok
	}
	return false
}

// groupings are the ways in which people part long numbers, as lengths.
var groupings = [][]int{
	{6, 8, 4},       // ID number
	{6, 4, 4, 4},    // ID number
	{3, 4, 4},       // mobile number
	{4, 4, 4, 4, 3}, // bank card
	{4, 4, 4, 4, 2}, // bank card
	{4, 4, 4, 4},    // bank card
	{6, 13},         // bank card
	{4, 4, 4, 4, 1}, // bank card
	{2, 3, 4, 4},    // 86 138 0013 8000
	{6, 3, 5, 4},    // bank card
	{4, 4, 4, 6},    // ID number
	{3, 3, 4, 4, 4}, // ID number
	{6, 4, 2, 2, 4}, // ID number
	{4, 4, 4, 4, 4}, // too long for any card: kept whole, so that no part counts
}

// group says how many pieces make one number.
func (p *personal) group(pieces []token) int {
	best := 1
	for _, g := range groupings {
		if len(g) <= best || len(g) > len(pieces) || !p.fits(g, pieces) {
			continue
		}
		best = len(g)
	}
	return best
}

func (p *personal) fits(g []int, pieces []token) bool {
	for i, n := range g {
		t := pieces[i]
		if len(t.text) != n || strings.ContainsFunc(t.text[:n-1], func(r rune) bool { return !isDigit(r) && r != '*' }) {
			return false
		}
		if i == 0 {
			continue
		}
		sep := p.at(t.start - 1)
		if t.start-pieces[i-1].end != 1 || sep != ' ' && sep != '-' && sep != '–' {
			return false
		}
	}
	return true
}

// number judges a token by everything it could be but a mobile number.
func (p *personal) number(t token) {
	if len(t.text) < 7 || len(t.text) > 22 {
		return
	}
	class := p.class(t.start)
	if t.masked {
		p.thinMask(t, class)
		return
	}
	if p.identity(t, class) || p.oldIdentity(t, class) || p.bank(t, class) {
		return
	}
	p.passport(t, class)
}
