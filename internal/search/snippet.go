package search

import (
	"database/sql"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"gongkai/internal/zh"
)

// snippetRunes is about how long a snippet is.
const snippetRunes = 90

// hit fills a candidate with what a list shows of it.
func (r *run) hit(c candidate) (Hit, error) {
	e := c.ed
	h := Hit{Work: e.work, Edition: e.label, Validity: c.valid, Score: c.score, Kind: e.kind, Date: e.date.String()}
	err := r.tx.QueryRowContext(r.ctx, `SELECT external_id, title, doc_no, organ FROM editions WHERE id = $1`, e.id).
		Scan(&h.ExternalID, &h.Title, &h.DocNo, &h.Organ)
	if err != nil {
		return h, err
	}
	wanted := r.wanted()
	if c.piece == 0 {
		if c.piece, err = r.bestPiece(e); err != nil {
			return h, err
		}
	}
	var label, path, text string
	err = r.tx.QueryRowContext(r.ctx, `SELECT label, path, text FROM pieces WHERE id = $1`, c.piece).Scan(&label, &path, &text)
	if err != nil && !errors.Is(err, sql.ErrNoRows) { // a text may have no words but its title
		return h, err
	}
	if c.why == whyArticle {
		h.Snippet, h.Marks = firstRunes(text), nil
	} else {
		h.Snippet, h.Marks = cutSnippet(text, wanted)
	}
	if r.q.Level == LevelArticle || c.why == whyArticle || len(h.Marks) > 0 {
		h.Article, h.Path = label, path
	}
	h.Why = r.whyText(c.why, &h, label)
	return h, nil
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
	terms := slices.Clone(r.p.terms)
	slices.SortStableFunc(terms, func(a, b term) int { return len(b.text) - len(a.text) })
	for _, t := range terms {
		if strings.HasSuffix(t.match, "*") { // costs a merge of thousands of lists
			return r.scanPieces(e, terms)
		}
	}
	tries := []string{"body : " + joinTerms(terms, " AND ")}
	if len(terms) > 1 {
		for _, t := range terms[:min(len(terms), 4)] {
			tries = append(tries, "body : "+t.match)
		}
	}
	for _, match := range tries {
		var row int64
		err := r.tx.QueryRowContext(r.ctx, `SELECT rowid FROM art WHERE art MATCH $1 AND rowid >= $2 AND rowid < $3 ORDER BY rowid LIMIT 1`,
			match, e.id<<pieceBits, (e.id+1)<<pieceBits).Scan(&row)
		if err == nil {
			return row, nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return 0, err
		}
	}
	var row sql.NullInt64
	err := r.tx.QueryRowContext(r.ctx, `SELECT min(id) FROM pieces WHERE id >= $1 AND id < $2`,
		e.id<<pieceBits, (e.id+1)<<pieceBits).Scan(&row)
	return row.Int64, err
}

// scanPieces is bestPiece by reading the text.
func (r *run) scanPieces(e *edition, terms []term) (int64, error) {
	rows, err := r.tx.QueryContext(r.ctx, `SELECT id, text FROM pieces WHERE id >= $1 AND id < $2 ORDER BY id`,
		e.id<<pieceBits, (e.id+1)<<pieceBits)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	best, most := int64(0), -1
	for rows.Next() && most < len(terms) {
		var id int64
		var text string
		if err := rows.Scan(&id, &text); err != nil {
			return 0, err
		}
		folded, n := zh.Fold(text), 0
		for _, t := range terms {
			if strings.Contains(folded, t.text) {
				n++
			}
		}
		if n > most {
			best, most = id, n
		}
	}
	return best, rows.Err()
}

// found is a match in a folded text, in runes.
type found struct {
	start, end int
	weight     float64
}

// cutSnippet cuts the part of an original text where the words weigh most, and
// marks them there.
func cutSnippet(text string, words []weighted) (string, [][2]int) {
	folded, pos := zh.FoldMap(text)
	spans := findWords(folded, words)
	if len(spans) == 0 {
		return firstRunes(text), nil
	}
	rs := []rune(text)
	back := func(i int) int { // a folded place in the original
		if i >= len(pos) {
			return len(rs)
		}
		return pos[i]
	}
	for i, s := range spans {
		spans[i].start, spans[i].end = back(s.start), max(back(s.end), back(s.end-1)+1)
	}
	start := bestWindow(spans)
	start = sentenceStart(rs, start)
	end := min(start+snippetRunes, len(rs))
	if start = max(min(start, end-snippetRunes), 0); start < sentenceSlack/2 {
		start = 0
	}
	for end > start && rs[end-1] == '\n' {
		end--
	}
	var marks [][2]int
	for _, s := range spans {
		a, b := max(s.start, start)-start, min(s.end, end)-start
		if a >= b {
			continue
		}
		if n := len(marks); n > 0 && a <= marks[n-1][1] {
			marks[n-1][1] = max(marks[n-1][1], b)
			continue
		}
		marks = append(marks, [2]int{a, b})
	}
	return string(rs[start:end]), marks
}

// findWords lists where the words stand in a folded text, in order.
func findWords(folded string, words []weighted) []found {
	var out []found
	for _, w := range words {
		if w.text == "" {
			continue
		}
		if key, ok := strings.CutPrefix(w.match, `"`+docNoMark); ok {
			for _, n := range zh.FindDocNumbers(folded) {
				if n.Number.Key()+`"` == key {
					out = append(out, found{n.Start, n.End, w.weight})
				}
			}
			continue
		}
		n := utf8.RuneCountInString(w.text)
		at, runes := 0, 0
		for {
			i := strings.Index(folded[at:], w.text)
			if i < 0 {
				break
			}
			runes += utf8.RuneCountInString(folded[at : at+i])
			if wholeWord(folded, at+i, w.text) {
				out = append(out, found{runes, runes + n, w.weight})
			}
			runes += n
			at += i + len(w.text)
		}
	}
	slices.SortStableFunc(out, func(a, b found) int { return a.start - b.start })
	return out
}

// wholeWord reports that a word in letters or digits does not go on at either
// end: 12 is not in 2012.
func wholeWord(folded string, at int, w string) bool {
	first, _ := utf8.DecodeRuneInString(w)
	before, n := utf8.DecodeLastRuneInString(folded[:at])
	if isWord(first) && n > 0 && isWord(before) {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(w)
	after, n := utf8.DecodeRuneInString(folded[at+len(w):])
	return !(isWord(last) && n > 0 && isWord(after))
}

// bestWindow gives the start of the first match from which the most weight
// follows within a snippet. A word counts once for each place, repeated words
// less, so that a place with different words wins.
func bestWindow(spans []found) int {
	best, at, sum := 0.0, spans[0].start, 0.0
	j := 0
	for i := range spans {
		for j < len(spans) && spans[j].end <= spans[i].start+snippetRunes-sentenceSlack {
			sum += spans[j].weight
			j++
		}
		if sum > best {
			best, at = sum, spans[i].start
		}
		if j > i {
			sum -= spans[i].weight
		} else {
			j = i + 1
		}
	}
	return at
}

// sentenceSlack is how far before the first mark a snippet may begin.
const sentenceSlack = 24

// sentenceStart moves a start back to the beginning of its sentence or clause
// when that is near.
func sentenceStart(rs []rune, at int) int {
	for i := at; i > 0 && at-i < sentenceSlack; i-- {
		if strings.ContainsRune("。；\n！？", rs[i-1]) {
			return i
		}
	}
	if at < sentenceSlack {
		return 0
	}
	for i := at; i > 0 && at-i < sentenceSlack; i-- {
		if strings.ContainsRune("，、：, ", rs[i-1]) {
			return i
		}
	}
	return at - sentenceSlack/2
}

func firstRunes(text string) string {
	n := 0
	for i := range text {
		if n == snippetRunes {
			return text[:i]
		}
		n++
	}
	return text
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
