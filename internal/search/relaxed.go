package search

import (
	"database/sql"
	"slices"
	"strings"

	"gongkai/internal/zh"
)

// weighted is a word of a relaxed query with its weight.
type weighted struct {
	text   string // folded
	match  string
	count  int // rows that hold it
	weight float64
}

// Bounds of a relaxed search: words read, and rows that the rarest of them may
// bring. Commoner words only order what those bring.
const (
	maxWords   = 60
	rowsBudget = 9000
)

// relaxed ranks pieces by the weight of the words they hold. A document stands
// where its best pieces put it.
func (r *run) relaxed() ([]candidate, error) {
	if err := r.weigh(); err != nil || len(r.words) == 0 {
		return nil, err
	}
	best := map[*edition]*candidate{}
	var out []candidate
	err := r.rows(`SELECT rowid, bm25(art, 0.6, 0.6, 1.0) FROM art WHERE art MATCH $1`, r.relaxedMatch(), func(row int64, bm25 float64) {
		e, valid := r.scope.find(row >> pieceBits)
		if e == nil {
			return
		}
		c := candidate{ed: e, valid: valid, piece: row, why: whyWeighted, score: -bm25 * relaxedFactor(e, valid)}
		if r.q.Level == LevelArticle {
			out = append(out, c)
			return
		}
		old := best[e]
		switch {
		case old == nil:
			best[e] = &c
		case c.score > old.score:
			c.score += old.score * otherPieces
			best[e] = &c
		default:
			old.score += c.score * otherPieces * otherPieces
		}
	})
	if err != nil {
		return nil, err
	}
	for _, c := range best {
		out = append(out, *c)
	}
	return out, nil
}

const otherPieces = 0.1

// relaxedFactor leans towards valid texts of high rank without shutting others out.
func relaxedFactor(e *edition, valid string) float64 {
	stands := [...]float64{standsGone: 0.6, standsAhead: 0.85, standsValid: 1}
	return stands[standing(valid)] * (0.9 + 0.1*e.weight)
}

// stopWords are pairs of characters that say nothing about a subject.
var stopWords = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(`什么 怎么 怎样 如何 是否 能否 可否 能不 不能 可以 以不 是不 不是 有没 没有 哪些 哪个
		哪里 为何 多少 多久 的话 请问 我的 了吗 的吗 是什 么是 么办 怎办 应该 需要 还是 如果 吗 呢 的 了 是 在 和 与 及 或 吧 啊`) {
		m[w] = true
	}
	return m
}()

// weigh lists the words of the query with the number of rows that hold each.
func (r *run) weigh() error {
	var all int
	if err := r.tx.QueryRowContext(r.ctx, `SELECT count(*) FROM pieces`).Scan(&all); err != nil || all == 0 {
		return err
	}
	seen := map[string]bool{}
	count, err := r.tx.PrepareContext(r.ctx, `SELECT count(*) FROM art WHERE art MATCH $1`)
	if err != nil {
		return err
	}
	defer count.Close()
	for _, t := range r.p.terms {
		words := zh.Terms(t.text)
		if t.docNo {
			words = append(words, "")
		}
		for _, w := range words {
			match := phrase(w)
			if w == "" {
				w, match = t.text, t.match
			}
			if stopWords[w] || match == "" || seen[match] || len(r.words) == maxWords {
				continue
			}
			seen[match] = true
			if err := r.weighOne(count, weighted{text: w, match: match}, all); err != nil {
				return err
			}
		}
	}
	slices.SortStableFunc(r.words, func(a, b weighted) int { return a.count - b.count })
	return nil
}

func (r *run) weighOne(count *sql.Stmt, w weighted, all int) error {
	if err := count.QueryRowContext(r.ctx, w.match).Scan(&w.count); err != nil {
		return err
	}
	if w.count > 0 {
		w.weight = idf(w.count, all)
		r.words = append(r.words, w)
	}
	return nil
}

// relaxedMatch is any of the words; quoted words must be there, excluded ones not.
func (r *run) relaxedMatch() string {
	rare := r.words
	parts := make([]string, len(rare))
	for i, w := range rare {
		parts[i] = w.match
	}
	m := "(" + strings.Join(parts, " OR ") + ")"
	if len(r.p.quoted) > 0 {
		m = "(" + m + " AND " + joinTerms(r.p.quoted, " AND ") + ")"
	}
	if len(r.p.without) > 0 {
		m = "(" + m + " NOT " + joinTerms(r.p.without, " OR ") + ")"
	}
	return m
}
