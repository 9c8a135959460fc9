package search

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"gongkai/internal/fault"
)

func stored(t *testing.T, x *Index) (all []storedSegment) {
	t.Helper()
	err := x.snapshot(t.Context(), func(tx *sql.Tx) (err error) {
		all, err = readSegments(t.Context(), tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestSegmentsStayFew: a hundred batches of one work each; the index is that of
// a fresh build all the same.
func TestSegmentsStayFew(t *testing.T) {
	x, src := openIndex(t, t.TempDir()), &memory{works: map[int64]*Item{}}
	ids := map[int64]bool{}
	for i := range int64(100) {
		src.publish(small(i%70+1, 1, fmt.Sprintf("河道%d公开", i)))
		catchUp(t, x, src)
		all := stored(t, x)
		if len(all) > 3*joinAt {
			t.Fatalf("%d segments after %d batches", len(all), i+1)
		}
		for _, s := range all {
			if s.gone*2 > s.texts {
				t.Fatalf("%+v is mostly gone", s)
			}
			ids[s.id] = true
		}
	}
	if len(ids) < 50 {
		t.Errorf("%d numbers of segments: some was used twice", len(ids))
	}
	fresh := openIndex(t, t.TempDir())
	catchUp(t, fresh, src)
	if d := cmp.Diff(dump(t, fresh), dump(t, x)); d != "" {
		t.Error(d)
	}
	for _, q := range []string{"河道", "河", "第7号规定", "河道3公开", "公开 施行", "第二条自发", "怎么施行规定？"} {
		for _, level := range []string{LevelDocument, LevelArticle} {
			q := Query{Text: q, Level: level, Facets: true}
			if d := cmp.Diff(find(t, fresh, q), find(t, x, q)); d != "" {
				t.Errorf("%s: %s", q.Text, d)
			}
		}
	}
}

// TestWithdrawnWordsLeaveWithTheirSegment: what is mostly gone is rewritten
// without an erasure, too.
func TestWithdrawnWordsLeaveWithTheirSegment(t *testing.T) {
	x := openIndex(t, t.TempDir())
	src := newMemory([]*Item{small(1, 1, "绝无"), small(2, 1, "仅有"), small(3, 1, "河道")})
	catchUp(t, x, src)
	words := func(word string) (n int) {
		if err := x.read.QueryRow(`SELECT count(*) FROM words WHERE word = $1`, word).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if words("绝无") != 1 || words("河道") != 1 {
		t.Fatal("words are kept otherwise")
	}
	src.withdraw(1)
	src.withdraw(2)
	catchUp(t, x, src)
	if words("绝无") != 0 || words("仅有") != 0 || words("河道") != 1 || len(stored(t, x)) != 1 {
		t.Error("the segment was not rewritten")
	}
	src.withdraw(3)
	catchUp(t, x, src)
	if words("河道") != 0 || len(stored(t, x)) != 0 {
		t.Error("an empty segment stays")
	}
}

// TestDamagedWordsAreTold: a list that changed on disk is no answer.
func TestDamagedWordsAreTold(t *testing.T) {
	dir := t.TempDir()
	x := openIndex(t, dir)
	catchUp(t, x, newMemory([]*Item{small(1, 1, "河道")}))
	if _, err := x.write.Exec(`UPDATE words SET bodies = bodies || x'00' WHERE word = '河道'`); err != nil {
		t.Fatal(err)
	}
	_, err := x.Search(t.Context(), Query{Text: "河道"}, today)
	if fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), "search.db") {
		t.Errorf("%v", err)
	}
}

// TestStrictEqualsReading: random texts in several batches, some withdrawn,
// asked for random words; documents and pieces are those that hold the words.
func TestStrictEqualsReading(t *testing.T) {
	root, run, usual := t.TempDir(), 0, splitWords
	t.Cleanup(func() { splitWords = usual })
	letters := []string{"甲", "乙", "丙", "。", "7", "a", "\n"}
	text := func(rt *rapid.T, most int) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(letters), 1, most).Draw(rt, "text"), "")
	}
	rapid.Check(t, func(rt *rapid.T) {
		run++
		x, err := Open(context.Background(), fmt.Sprint(root, "/", run))
		if err != nil {
			rt.Fatal(err)
		}
		defer func() { _ = x.Close() }() // its folder goes with the test
		src := &memory{works: map[int64]*Item{}}
		for range rapid.IntRange(1, 6).Draw(rt, "batches") {
			for range rapid.IntRange(1, 4).Draw(rt, "acts") {
				work := rapid.Int64Range(1, 6).Draw(rt, "work")
				if rapid.IntRange(0, 4).Draw(rt, "act") == 0 {
					src.withdraw(work)
					continue
				}
				e := ItemEdition{Label: 1, Title: text(rt, 6)}
				for range rapid.IntRange(1, 3).Draw(rt, "pieces") {
					e.Articles = append(e.Articles, ItemArticle{Heading: text(rt, 4), Text: text(rt, 20)})
				}
				src.publish(&Item{Work: work, Editions: []ItemEdition{e}, Spans: []Span{{Edition: 1, Validity: "有效"}}})
			}
			if _, err := x.CatchUp(context.Background(), src); err != nil {
				rt.Fatal(err)
			}
		}
		for i := range 6 {
			if splitWords = usual; i%2 == 1 {
				splitWords = 0 // as if all words were frequent
			}
			p := &parsed{}
			for range rapid.IntRange(1, 3).Draw(rt, "terms") {
				w := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"甲", "乙", "丙"}), 1, 4).Draw(rt, "word"), "")
				p.terms = append(p.terms, term{text: w, match: phraseOf(w)})
			}
			if rapid.IntRange(0, 3).Draw(rt, "exclude") == 0 {
				p.without = []term{{text: "乙丙", match: phraseOf("乙丙")}}
			}
			documents, pieces := src.reading(p)
			if got := strictly(rt, x, p, inDocument); !slices.Equal(got, documents) {
				rt.Fatalf("%+v: documents %v, want %v", p, got, documents)
			}
			if got := strictly(rt, x, p, inTitleOrPiece); !slices.Equal(got, pieces) {
				rt.Fatalf("%+v: pieces %v, want %v", p, got, pieces)
			}
		}
	})
}

// reading is what strictly finds, by reading all texts.
func (m *memory) reading(p *parsed) (documents, pieces []string) {
	answers := func(holds func(word string) bool) bool {
		for _, t := range p.terms {
			if !holds(t.text) {
				return false
			}
		}
		for _, t := range p.without {
			if holds(t.text) {
				return false
			}
		}
		return true
	}
	for work, item := range m.works {
		e := item.Editions[0]
		if answers(func(word string) bool {
			in := strings.Contains(e.Title, word)
			for _, a := range e.Articles {
				in = in || strings.Contains(a.Text, word) || strings.Contains(a.Heading, word)
			}
			return in
		}) {
			documents = append(documents, fmt.Sprint(work))
		}
		for i, a := range e.Articles {
			if answers(func(word string) bool { return strings.Contains(e.Title, word) || strings.Contains(a.Text, word) }) {
				pieces = append(pieces, fmt.Sprint(work, " ", i))
			}
		}
	}
	slices.Sort(documents)
	slices.Sort(pieces)
	return documents, pieces
}

func strictly(rt *rapid.T, x *Index, p *parsed, in where) (out []string) {
	ctx := context.Background()
	err := x.snapshot(ctx, func(tx *sql.Tx) error {
		cat, err := x.catalogFor(ctx, tx)
		if err != nil {
			return err
		}
		r := &run{ctx: ctx, x: x, tx: tx, p: p, scope: newScope(cat, &Query{On: today}), memo: map[asked][]uint32{}}
		for _, v := range cat.views {
			found, err := r.strictly(v, in)
			if err != nil {
				return err
			}
			d, i := 0, 0
			for _, n := range found {
				if in == inDocument {
					out = append(out, fmt.Sprint(cat.order[v.place[n]].work))
					continue
				}
				d, i = v.Piece(n, d)
				out = append(out, fmt.Sprint(cat.order[v.place[d]].work, " ", i))
			}
		}
		return nil
	})
	if err != nil {
		rt.Fatal(err)
	}
	slices.Sort(out)
	return out
}
