package search

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// hits fills candidates with what a list shows of them. Texts and pieces are
// read at once, because asking for each costs more than reading it.
func (r *run) hits(list []candidate) ([]Hit, error) {
	out := make([]Hit, len(list))
	if len(list) == 0 {
		return out, nil
	}
	list = slices.Clone(list)
	var bare []int64 // texts with no words but their title
	pieces := make([]int64, 0, len(list))
	for i := range list {
		c := &list[i]
		if c.piece == 0 {
			piece, err := r.bestPiece(c.ed)
			if err != nil {
				return nil, err
			}
			c.piece = piece
		}
		if c.piece == 0 {
			bare = append(bare, c.ed.id)
		} else {
			pieces = append(pieces, c.piece)
		}
	}
	rows, err := readRows(r, hitRows, rowsAtOnce, pieces)
	if err != nil {
		return nil, err
	}
	names, err := readRows(r, bareRows, rowsAtOnce, bare)
	if err != nil {
		return nil, err
	}
	wanted := r.wanted()
	for i, c := range list {
		row := rows[c.piece]
		if c.piece == 0 {
			row = names[c.ed.id]
		}
		h := &out[i]
		*h = Hit{Work: c.ed.work, Edition: c.ed.label, Validity: c.valid, Score: c.score, Kind: c.ed.kind, Organ: c.ed.organ, Date: c.ed.date.String(),
			ExternalID: row[3], Title: row[4], DocNo: row[5]}
		label, path, text := row[0], row[1], withoutMarks(row[2])
		if c.why == whyArticle {
			h.Snippet, h.Marks = firstRunes(text), nil
		} else {
			h.Snippet, h.Marks = cutSnippet(text, wanted)
		}
		if r.q.Level == LevelArticle || c.why == whyArticle || len(h.Marks) > 0 {
			h.Article, h.Path = label, path
		}
		h.Why = r.whyText(c.why, h, label)
	}
	return out, nil
}

// How many rows a statement reads: asking costs more than reading.
const (
	rowsAtOnce  = 10 // a page of hits
	textsAtOnce = 40 // of pieces to weigh
)

// Statements that read up to six texts of rows by number. They are prepared
// once for every connection.
var (
	hitRows = fmt.Sprintf(`SELECT p.id, p.label, p.path, p.text, e.external_id, e.title, e.doc_no
		FROM pieces p CROSS JOIN editions e ON e.id = p.id >> %d WHERE p.id IN (?`, pieceBits) + strings.Repeat(", ?", rowsAtOnce-1) + ")"
	bareRows  = `SELECT id, '', '', '', external_id, title, doc_no FROM editions WHERE id IN (?` + strings.Repeat(", ?", rowsAtOnce-1) + ")"
	pieceRows = `SELECT id, label, heading, text, '', '', '' FROM pieces WHERE id IN (?` + strings.Repeat(", ?", textsAtOnce-1) + ")"
)

// readRows reads the texts of rows, so many at once as the statement asks for.
func readRows(r *run, statement string, atOnce int, ids []int64) (map[int64]*[6]string, error) {
	out := make(map[int64]*[6]string, len(ids))
	for ; len(ids) > 0; ids = ids[min(atOnce, len(ids)):] {
		args := make([]any, atOnce)
		for i := range args {
			args[i] = ids[min(i, len(ids)-1)] // the last one fills up
		}
		if err := readSome(r, statement, args, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func readSome(r *run, statement string, args []any, into map[int64]*[6]string) error {
	rows, err := r.tx.StmtContext(r.ctx, r.x.prepared[statement]).QueryContext(r.ctx, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		v := &[6]string{}
		if err := rows.Scan(&id, &v[0], &v[1], &v[2], &v[3], &v[4], &v[5]); err != nil {
			return err
		}
		into[id] = v
	}
	return rows.Err()
}

// wanted are the words to look for in the text of a hit.
func (r *run) wanted() []weighted {
	if len(r.words) > 0 {
		return r.words
	}
	var out []weighted
	for _, t := range r.p.terms {
		out = append(out, weighted{text: t.text, match: t.match, weight: float64(utf8.RuneCountInString(t.text))})
	}
	return out
}

// bestPiece is the first piece that holds all terms, else the first that holds
// the longest term that any piece holds, else the first piece; 0 without one.
func (r *run) bestPiece(e *edition) (int64, error) {
	at := r.scope.cat.home[r.scope.cat.place[e.id]]
	if at.view == nil || len(e.sizes) == 0 {
		return 0, nil
	}
	terms := slices.Clone(r.p.terms)
	slices.SortStableFunc(terms, func(a, b term) int { return len(b.text) - len(a.text) })
	tries := [][]term{}
	if !r.held { // else no piece of this text holds all terms
		tries = append(tries, terms)
	}
	if len(terms) > 1 {
		for i := range terms[:min(len(terms), 4)] {
			tries = append(tries, terms[i:i+1])
		}
	}
	first, end := at.view.Pieces(int(at.document))
	for _, try := range tries {
		pieces, err := r.every(at.view, try, inPiece, []uint32{at.document})
		if err != nil {
			return 0, err
		}
		if i, _ := slices.BinarySearch(pieces, first); i < len(pieces) && pieces[i] < end {
			return e.row(int(pieces[i] - first)), nil
		}
	}
	return e.row(0), nil
}

// whyText says in Chinese what matched.
func (r *run) whyText(why reason, h *Hit, label string) string {
	switch why {
	case whyWhole:
		return "标题相同"
	case whyShort:
		return "简称相同"
	case whyDocNo:
		return "文号相同"
	case whyNumber:
		return "文号的年份和序号相同"
	case whyDated:
		return "发布日期相同"
	case whyFormer:
		return "原标题或原文号相同"
	case whyArticle:
		return "条号相同：" + label
	case whyTitle:
		return "标题含" + quoteTerms(r.p.terms)
	}
	words := markedWords(h)
	if len(words) == 0 {
		return "标题含" + quoteTerms(r.p.terms)
	}
	return "正文" + h.Article + "含" + strings.Join(words, "")
}

// maxQuoted is how many words a reason names.
const maxQuoted = 3

func quoteTerms(terms []term) string {
	var b strings.Builder
	for _, t := range terms[:min(len(terms), maxQuoted)] {
		b.WriteString("“" + t.text + "”")
	}
	return b.String()
}

// markedWords are the longest marked words of a snippet, in its order.
func markedWords(h *Hit) []string {
	rs := []rune(h.Snippet)
	var words []string
	seen := map[string]bool{}
	for _, m := range h.Marks {
		if w := string(rs[m[0]:m[1]]); !seen[w] {
			seen[w] = true
			words = append(words, w)
		}
	}
	for len(words) > maxQuoted {
		short := 0
		for i, w := range words {
			if len(w) < len(words[short]) {
				short = i
			}
		}
		words = slices.Delete(words, short, short+1)
	}
	for i, w := range words {
		words[i] = "“" + w + "”"
	}
	return words
}
