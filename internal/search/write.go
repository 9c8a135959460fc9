package search

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"math"
	"strings"
	"unicode/utf8"

	"gongkai/internal/workday"
	"gongkai/internal/zh"
)

// What a key in names stands for, the best match first.
const (
	nameTitle   = 1
	nameShort   = 2
	nameDocNo   = 3
	nameDerived = 4 // the title without 中华人民共和国
)

// prepared is a work ready to be written; edits are its texts.
type prepared struct {
	work  int64
	spans string
	edits []preparedEdition
	size  int
	gone  bool
}

type preparedEdition struct {
	ItemEdition
	digest string
}

// storedSpan is a span as the works table keeps it.
type storedSpan struct {
	From     string `json:"f,omitempty"`
	To       string `json:"t,omitempty"`
	Edition  int    `json:"e,omitempty"`
	Validity string `json:"v,omitempty"`
}

func prepareItem(work int64, item *Item) *prepared {
	if item == nil || len(item.Editions) == 0 {
		return &prepared{work: work, gone: true, spans: "[]"}
	}
	p := &prepared{work: work}
	spans := make([]storedSpan, len(item.Spans))
	for i, s := range item.Spans {
		spans[i] = storedSpan{s.From.String(), s.To.String(), s.Edition, s.Validity}
	}
	p.spans = mustJSON(spans)
	for _, e := range item.Editions {
		e.Articles = boundPieces(e.Articles)
		sum := sha256.Sum256([]byte(mustJSON(e)))
		p.edits = append(p.edits, preparedEdition{e, hex.EncodeToString(sum[:])})
		for _, a := range e.Articles {
			p.size += len(a.Text)
		}
	}
	return p
}

// mustJSON encodes plain structs of strings and numbers, which cannot fail.
func mustJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic("search: " + err.Error())
	}
	return string(b)
}

// boundPieces joins what exceeds the piece numbers to the last piece, so that
// no text is lost to a bound.
func boundPieces(pieces []ItemArticle) []ItemArticle {
	const most = 1 << pieceBits
	if len(pieces) <= most {
		return pieces
	}
	out := append([]ItemArticle(nil), pieces[:most]...)
	last := &out[most-1]
	var b strings.Builder
	b.WriteString(last.Text)
	for _, p := range pieces[most:] {
		b.WriteString("\n" + p.Text)
	}
	last.Text = b.String()
	return out
}

// writer holds the statements of one batch.
type writer struct {
	tx  *sql.Tx
	gen int64
	buf []byte

	work, edition, name, piece, doc, art *sql.Stmt
}

func newWriter(ctx context.Context, tx *sql.Tx, gen int64) (*writer, error) {
	w := &writer{tx: tx, gen: gen}
	for _, s := range []struct {
		to   **sql.Stmt
		text string
	}{
		{&w.work, `INSERT INTO works (work, gen, removed, spans) VALUES ($1, $2, $3, $4)
			ON CONFLICT (work) DO UPDATE SET gen = excluded.gen, removed = excluded.removed, spans = excluded.spans`},
		{&w.edition, `INSERT INTO editions (work, label, digest, external_id, title, short_title, doc_no, kind, region, organ, date, sizes)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`},
		{&w.name, `INSERT INTO names (key, what, edition) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`},
		{&w.piece, `INSERT INTO pieces (id, path, label, heading, text) VALUES ($1, $2, $3, $4, $5)`},
		{&w.doc, `INSERT INTO doc (rowid, title, body) VALUES ($1, $2, $3)`},
		{&w.art, `INSERT INTO art (rowid, title, heading, body) VALUES ($1, $2, $3, $4)`},
	} {
		stmt, err := tx.PrepareContext(ctx, s.text) // closed with the transaction
		if err != nil {
			return nil, err
		}
		*s.to = stmt
	}
	return w, nil
}

// put makes the index hold exactly this state of a work. A text that is
// already there stays as it is, so a change of validity costs two rows.
func (w *writer) put(ctx context.Context, p *prepared) error {
	if _, err := w.work.ExecContext(ctx, p.work, w.gen, p.gone, p.spans); err != nil {
		return err
	}
	have, err := w.stored(ctx, p.work)
	if err != nil {
		return err
	}
	kept := map[int]bool{}
	for _, e := range p.edits {
		if old, ok := have[e.Label]; ok && old.digest == e.digest {
			kept[e.Label] = true
		}
	}
	for label, old := range have {
		if kept[label] {
			continue
		}
		if err := w.remove(ctx, old); err != nil {
			return err
		}
	}
	for _, e := range p.edits {
		if kept[e.Label] {
			continue
		}
		if err := w.add(ctx, p.work, e); err != nil {
			return err
		}
	}
	return nil
}

type storedEdition struct {
	id     int64
	label  int
	digest string
	pieces int64
}

func (w *writer) stored(ctx context.Context, work int64) (map[int]storedEdition, error) {
	rows, err := w.tx.QueryContext(ctx, `SELECT id, label, digest, sizes FROM editions WHERE work = $1`, work)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[int]storedEdition{}
	for rows.Next() {
		var e storedEdition
		var sizes []byte
		if err := rows.Scan(&e.id, &e.label, &e.digest, &sizes); err != nil {
			return nil, err
		}
		e.pieces = int64(len(unpackSizes(sizes)))
		out[e.label] = e
	}
	return out, rows.Err()
}

func (w *writer) remove(ctx context.Context, e storedEdition) error {
	first := e.id << pieceBits
	for _, s := range []struct {
		text string
		args []any
	}{
		{`DELETE FROM names WHERE edition = $1`, []any{e.id}},
		{`DELETE FROM doc WHERE rowid = $1`, []any{e.id}},
		{`DELETE FROM editions WHERE id = $1`, []any{e.id}},
		{`DELETE FROM pieces WHERE id >= $1 AND id < $2`, []any{first, first + 1<<pieceBits}},
	} {
		if _, err := w.tx.ExecContext(ctx, s.text, s.args...); err != nil {
			return err
		}
	}
	for row := first; row < first+e.pieces; row++ {
		if _, err := w.tx.ExecContext(ctx, `DELETE FROM art WHERE rowid = $1`, row); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) add(ctx context.Context, work int64, e preparedEdition) error {
	res, err := w.edition.ExecContext(ctx, work, e.Label, e.digest, e.ExternalID, e.Title, e.ShortTitle, e.DocNo,
		e.Kind, e.Region, e.Organ, e.Date.String(), packSizes(e.Articles))
	if err != nil {
		return err
	}
	id, err := res.LastInsertId()
	if err != nil {
		return err
	}
	for _, n := range namesOf(e.ItemEdition) {
		if _, err := w.name.ExecContext(ctx, n.key, n.what, id); err != nil {
			return err
		}
	}
	title := string(titleTokens(e.ItemEdition))
	var body []byte
	heading := ""
	for i, a := range e.Articles {
		row := id<<pieceBits | int64(i)
		if _, err := w.piece.ExecContext(ctx, row, a.Path, a.Label, a.Heading, a.Text); err != nil {
			return err
		}
		head := string(appendTokens(nil, zh.Fold(a.Heading)))
		w.buf = appendTokens(w.buf[:0], zh.Fold(a.Text))
		w.buf = appendDocNumbers(w.buf, a.Text)
		if _, err := w.art.ExecContext(ctx, row, title, head, string(w.buf)); err != nil {
			return err
		}
		if a.Heading != heading {
			heading = a.Heading
			body = append(body, head...)
		}
		body = append(body, w.buf...)
	}
	_, err = w.doc.ExecContext(ctx, id, title, string(body))
	return err
}

// titleTokens are the words of the title and the number of the document.
func titleTokens(e ItemEdition) []byte {
	b := appendTokens(nil, zh.Fold(e.Title))
	if e.DocNo != "" {
		b = append(b, docNoMark...)
		b = append(b, zh.DocNumberKey(e.DocNo)...)
		b = append(b, ' ')
	}
	return b
}

// packSizes keeps the lengths of the pieces in runes, two bytes each; a longer
// piece counts as the longest that fits, which is enough for its weight.
func packSizes(pieces []ItemArticle) []byte {
	b := make([]byte, 0, 2*len(pieces))
	for _, p := range pieces {
		b = binary.LittleEndian.AppendUint16(b, uint16(min(utf8.RuneCountInString(p.Text), math.MaxUint16)))
	}
	return b
}

func unpackSizes(b []byte) []uint16 {
	out := make([]uint16, len(b)/2)
	for i := range out {
		out[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return out
}

type nameKey struct {
	key  string
	what int
}

// namesOf lists what an edition is called when it is called by its whole name.
func namesOf(e ItemEdition) []nameKey {
	var out []nameKey
	add := func(key string, what int) {
		if key != "" {
			out = append(out, nameKey{key, what})
		}
	}
	title := zh.TitleKey(e.Title)
	add(title, nameTitle)
	add(zh.TitleKey(e.ShortTitle), nameShort)
	if e.DocNo != "" {
		add(zh.DocNumberKey(e.DocNo), nameDocNo)
	}
	if short := bareTitle(title); short != title {
		add(short, nameDerived)
	}
	return out
}

const republic = "中华人民共和国"

// bareTitle takes the state's name off the front of a title key.
func bareTitle(key string) string {
	if rest := strings.TrimPrefix(key, republic); rest != "" {
		return rest
	}
	return key
}

// parseSpans reads what the works table keeps.
func parseSpans(s string) ([]Span, error) {
	var stored []storedSpan
	if err := json.Unmarshal([]byte(s), &stored); err != nil {
		return nil, err
	}
	out := make([]Span, len(stored))
	for i, v := range stored {
		out[i].Edition, out[i].Validity = v.Edition, v.Validity
		out[i].From, _ = workday.ParseDate(v.From) // "" is the unknown day
		out[i].To, _ = workday.ParseDate(v.To)
	}
	return out, nil
}
