package zh

import "unicode"

// maxOrgan is the longest organ code or name before a number, in runes.
const maxOrgan = 40

// numberMatch is the part of a document number after the organ.
type numberMatch struct {
	number   DocNumber // organ still empty
	word     string    // 令 when it stands behind the number
	last     int       // last serial of a range, else the serial
	ordinal  bool      // 第 before the serial
	square   bool      // other brackets than 〔〕
	bare     bool      // year without brackets
	end      int
	warnings []string
}

// warn notes a departure once.
func (m *numberMatch) warn(text string) {
	for _, w := range m.warnings {
		if w == text {
			return
		}
	}
	m.warnings = append(m.warnings, text)
}

// organRune is what organ codes and names are made of.
func organRune(r rune) bool { return unicode.Is(unicode.Han, r) || unicode.IsLetter(r) }

// numberAt reads 〔2025〕17号, 2020年第3号 or 第711号[令] at i, in any spelling.
// lone forgives a missing 号 at the end.
func numberAt(rs []rune, i int, lone bool) (numberMatch, bool) {
	var m numberMatch
	k := i
	switch {
	case bracketOpen(rs[i]):
		if k = m.readBracketYear(rs, i); k == 0 {
			return m, false
		}
	case isArabic(rs[i]) && !isArabic(at(rs, i-1)):
		if k = m.readBareYear(rs, i); k == 0 {
			return m, false
		}
	case rs[i] == '第':
		m.number.Kind = Decree
	default:
		return m, false
	}
	if k = m.readSerial(rs, k, lone); k == 0 {
		return m, false
	}
	m.end = k
	if m.number.Kind == Decree && at(rs, k) == '令' {
		m.word, m.end = "令", k+1
	}
	return m, true
}

// bracketOpen accepts round, square and angle brackets around a year.
func bracketOpen(r rune) bool {
	f := foldSign(r)
	return f == '(' || f == '《' || r == '<' || r == '＜'
}

func bracketClose(r rune) bool {
	f := foldSign(r)
	return f == ')' || f == '》' || r == '>' || r == '＞'
}

func (m *numberMatch) readBracketYear(rs []rune, i int) int {
	m.square = rs[i] != '〔'
	k := m.readYearDigits(rs, m.gap(rs, i+1))
	if k == 0 {
		return 0
	}
	k = m.gap(rs, k)
	if at(rs, k) == '年' {
		m.warn("括号内只写年份数字")
		k = m.gap(rs, k+1)
	}
	if !bracketClose(at(rs, k)) {
		return 0
	}
	m.square = m.square || rs[k] != '〕'
	return k + 1
}

func (m *numberMatch) readBareYear(rs []rune, i int) int {
	k := m.readYearDigits(rs, i)
	if k == 0 {
		return 0
	}
	m.bare, m.square = true, true
	if k = m.gap(rs, k); at(rs, k) != '年' {
		return 0
	}
	return k + 1
}

func (m *numberMatch) readYearDigits(rs []rune, i int) int {
	end := readRun(rs, i, 5, isArabic)
	if end-i != 4 {
		return 0
	}
	m.halfWidth(rs[i:end])
	m.number.Year, _ = readDigits(rs[i:end], arabicDigit)
	if m.number.Year < 1000 || m.number.Year > 2999 {
		return 0
	}
	return end
}

// readSerial reads [第]17[—19]号.
func (m *numberMatch) readSerial(rs []rune, i int, lone bool) int {
	i = m.gap(rs, i)
	if at(rs, i) == '第' {
		m.ordinal = true
		i = m.gap(rs, i+1)
	}
	n, k := m.readCount(rs, i)
	if k == 0 {
		return 0
	}
	m.number.Serial, m.last = n, n
	k = m.readRange(rs, k)
	j := m.gap(rs, k)
	switch r := at(rs, j); {
	case r == '号' || r == '號':
		return j + 1
	case lone && k == len(rs) && m.number.Kind != Decree:
		m.warn("文号末尾应有“号”字")
		return k
	}
	return 0
}

// readRange reads the rest of 1—3 or 1号至3号; without one it gives back i.
func (m *numberMatch) readRange(rs []rune, i int) int {
	k := skipBlanks(rs, i)
	if r := at(rs, k); r == '号' || r == '號' {
		k = skipBlanks(rs, k+1)
	}
	r := at(rs, k)
	if r == -1 || (foldSign(r) != '-' && foldSign(r) != '~' && r != '至' && r != '到') {
		return i
	}
	for k++; foldSign(at(rs, k)) == '-' && k-i < maxGap; k++ { // —— is one dash
	}
	k = skipBlanks(rs, k)
	if at(rs, k) == '第' {
		k = skipBlanks(rs, k+1)
	}
	n, end := m.readCount(rs, k)
	if end == 0 || n <= m.number.Serial {
		return i
	}
	if r := at(rs, skipBlanks(rs, end)); r != '号' && r != '號' {
		return i
	}
	m.last = n
	return end
}

// readCount reads a serial above zero, Arabic or Chinese.
func (m *numberMatch) readCount(rs []rune, i int) (n, end int) {
	if end = readRun(rs, i, 9, isArabic); end > i {
		if end-i > 8 {
			return 0, 0
		}
		m.halfWidth(rs[i:end])
		if arabicDigit(rs[i]) == 0 {
			m.warn("序号不编虚位，前面不加0")
		}
		n, _ = readDigits(rs[i:end], arabicDigit)
	} else {
		end = readRun(rs, i, 12, func(r rune) bool { return hanDigit(r) >= 0 || unitValue(r) > 0 || r == '廿' })
		n, _ = ParseNumeral(string(rs[i:end]))
		if m.number.Kind == Numbered {
			m.warn("序号应使用阿拉伯数字")
		}
	}
	if n <= 0 {
		return 0, 0
	}
	return n, end
}

func (m *numberMatch) halfWidth(rs []rune) {
	for _, r := range rs {
		if r > '9' {
			m.warn("数字应使用半角")
			return
		}
	}
}

// gap steps over blanks and notes them.
func (m *numberMatch) gap(rs []rune, i int) int {
	k := skipBlanks(rs, i)
	if k > i {
		m.warn("文号中不应有空格")
	}
	return k
}
