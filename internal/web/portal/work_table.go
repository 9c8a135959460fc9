package portal

import (
	"fmt"
	"html"
	"strings"
)

func (w *textWriter) table(rows []string) {
	w.pending = ""
	w.openTable()
	for i, r := range rows {
		w.row(r, i == 0, "")
	}
	w.b.WriteString("</table></div>\n")
}

// tableOf counts the 款 from i on that are rows of one table.
func (w *textWriter) tableOf(i int) int {
	n := 0
	for k := i; k < len(w.list); k++ {
		p := &w.list[k]
		leaf := k+1 == len(w.list) || w.list[k+1].Depth <= p.Depth
		if p.Kind != "paragraph" || !leaf || p.Depth != w.list[i].Depth || w.pending != "" {
			break
		}
		if _, dead := w.dead[p.Path]; dead || !strings.ContainsRune(string(w.runes[p.Start:p.End]), '\t') {
			break
		}
		n++
	}
	if n < 2 {
		return 0
	}
	return n
}

// tableRows writes n 款 from i on as a table; each row keeps its anchor.
func (w *textWriter) tableRows(i, n int) {
	w.openTable()
	for k := i; k < i+n; k++ {
		p := &w.list[k]
		w.row(strings.Trim(string(w.runes[p.Start:p.End]), "\n"), k == i, p.Path)
	}
	w.b.WriteString("</table></div>\n")
}

func (w *textWriter) openTable() {
	w.tables++
	name := fmt.Sprintf(textTable, w.tables)
	w.b.WriteString(`<div class="table-scroll" tabindex="0" role="region" aria-label="` + name + `"><table class="table"><caption class="visually-hidden">` + name + `</caption>`)
}

func (w *textWriter) row(text string, head bool, id string) {
	cell, scope := "td", ""
	if head {
		cell, scope = "th", ` scope="col"`
	}
	w.b.WriteString("<tr")
	if id != "" {
		w.b.WriteString(` id="` + html.EscapeString(id) + `"`)
	}
	w.b.WriteString(">")
	for _, c := range strings.Split(text, "\t") {
		w.b.WriteString("<" + cell + scope + ">" + html.EscapeString(strings.TrimSpace(c)) + "</" + cell + ">")
	}
	w.b.WriteString("</tr>\n")
}
