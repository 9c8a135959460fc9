package proofread

import "strings"

// headingWords make a row a heading row: each is a label of a person's data or
// a common neighbour of one.
var headingWords = []string{"姓名", "身份证", "证件号", "身份号码", "手机", "电话", "联系方式", "卡号", "账号", "帐号", "住址", "地址", "护照", "通行证", "车牌", "号牌",
	"邮箱", "代码", "编号", "编码", "序号", "流水号", "户主", "监护人", "联系人", "单号"}

// findColumns gives each row of a table its headings. A table is a run of lines
// with tabs; its heading row is the last row that holds only words, one of them
// a heading word, above the first row with figures.
func (p *personal) findColumns() {
	p.columns = map[int][]string{}
	var heads []string
	for n, l := range p.lines {
		cells := p.cells(l)
		if len(cells) < 2 {
			heads = nil
			continue
		}
		if texts, ok := p.headingRow(cells); ok {
			heads = texts
			continue
		}
		if heads != nil {
			p.columns[n] = heads
		}
	}
}

// cells are the spans between the tabs of a line.
func (s *sheet) cells(l span) []span {
	var out []span
	from := l.start
	for i := l.start; i < l.end; i++ {
		if s.rs[i] == '\t' {
			out = append(out, span{from, i})
			from = i + 1
		}
	}
	return append(out, span{from, l.end})
}

func (p *personal) headingRow(cells []span) ([]string, bool) {
	out := make([]string, len(cells))
	known := false
	for i, c := range cells {
		digits := 0
		for k := c.start; k < c.end; k++ {
			if isDigit(p.fold[k]) {
				digits++
			}
		}
		if digits > 4 || c.end-c.start > 30 {
			return nil, false
		}
		out[i] = strings.ReplaceAll(string(p.fold[c.start:c.end]), " ", "")
		for _, w := range headingWords {
			known = known || strings.HasSuffix(out[i], w) || strings.HasPrefix(out[i], w) || strings.HasSuffix(out[i], w+"号") || strings.HasSuffix(out[i], w+"号码")
		}
	}
	return out, known
}

// cellCursor remembers a place in a row, because questions come in reading
// order and rows may be long.
type cellCursor struct {
	line, at, column int
}

// heading is the heading of the column in which rune i stands, or "".
func (p *personal) heading(i int) string {
	line := p.lineOf(i)
	heads := p.columns[line]
	if heads == nil {
		return ""
	}
	c := &p.cursor
	if c.line != line || c.at > i || c.at < p.lines[line].start {
		*c = cellCursor{line: line, at: p.lines[line].start}
	}
	for ; c.at < i; c.at++ {
		if p.rs[c.at] == '\t' {
			c.column++
		}
	}
	if c.column >= len(heads) {
		return ""
	}
	return heads[c.column]
}
