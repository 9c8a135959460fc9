package search

import (
	"crypto/sha256"
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
	nameNumber  = 5 // year and serial of the document number
	nameDate    = 6 // day of publication
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
		if n, _, ok := zh.ParseDocNumber(e.DocNo); ok && n.Year != 0 {
			add(numberedKey(n.Year, n.Serial), nameNumber)
		}
	}
	if !e.Date.IsZero() {
		add(datedKey(e.Date), nameDate)
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
