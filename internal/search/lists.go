package search

import (
	"context"
	"database/sql"
	"strings"
	"sync"

	"gongkai/internal/search/posting"
)

// listBytes bounds the lists that stay in memory; half of them may be old ones.
const listBytes = 32 << 20

// lists keeps the word lists of segments in memory. Segments never change, so
// a list stays true as long as its segment is there. What was not asked for
// since the young half filled up is forgotten.
type lists struct {
	mu         sync.Mutex
	young, old map[listKey]wordLists
	size       int // of young
}

type listKey struct {
	segment int64
	word    string
	open    bool // all words that begin so
}

// wordLists are the lists of a word, in titles and behind them; both are empty
// for a word that is not there.
type wordLists struct{ titles, bodies posting.List }

func newLists() *lists { return &lists{young: map[listKey]wordLists{}} }

func (c *lists) get(k listKey) (wordLists, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if l, ok := c.young[k]; ok {
		return l, true
	}
	l, ok := c.old[k]
	if ok {
		c.keep(k, l)
	}
	return l, ok
}

func (c *lists) put(k listKey, l wordLists) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keep(k, l)
}

func (c *lists) keep(k listKey, l wordLists) {
	const overhead = 150 // of a place in the map
	if c.size += l.titles.Size() + l.bodies.Size() + len(k.word) + overhead; c.size > listBytes/2 {
		c.young, c.old, c.size = map[listKey]wordLists{}, c.young, 0
	}
	c.young[k] = l
}

// fetch reads lists that are not in memory yet, of all segments at once.
func (c *lists) fetch(ctx context.Context, tx *sql.Tx, views []*view, words []string) error {
	missing := map[listKey]bool{}
	var args []any
	for _, word := range words {
		n := len(missing)
		for _, v := range views {
			if k := (listKey{v.id, word, false}); !missing[k] {
				if _, ok := c.get(k); !ok {
					missing[k] = true
				}
			}
		}
		if len(missing) > n {
			args = append(args, word)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	rows, err := tx.QueryContext(ctx, `SELECT segment, word, titles, bodies FROM words
		WHERE segment IN (SELECT id FROM segments) AND word IN (?`+strings.Repeat(", ?", len(args)-1)+`)`, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var k listKey
		l, err := scanLists(rows, &k.segment, &k.word)
		if err != nil {
			return err
		}
		if missing[k] {
			c.put(k, l)
			delete(missing, k)
		}
	}
	for k := range missing {
		c.put(k, wordLists{})
	}
	return rows.Err()
}

// opening joins the lists of all words of a segment that begin so.
func (c *lists) opening(ctx context.Context, tx *sql.Tx, segment int64, beginning string) (wordLists, error) {
	k := listKey{segment, beginning, true}
	if l, ok := c.get(k); ok {
		return l, nil
	}
	// No word has a sign behind this one in second place.
	rows, err := tx.QueryContext(ctx, `SELECT segment, word, titles, bodies FROM words WHERE segment = $1 AND word >= $2 AND word < $3`,
		segment, beginning, beginning+"\U0010ffff")
	if err != nil {
		return wordLists{}, err
	}
	defer rows.Close()
	var titles, bodies []posting.List
	for rows.Next() {
		var word string
		l, err := scanLists(rows, &segment, &word)
		if err != nil {
			return wordLists{}, err
		}
		titles, bodies = append(titles, l.titles), append(bodies, l.bodies)
	}
	if err := rows.Err(); err != nil {
		return wordLists{}, err
	}
	var l wordLists
	if l.titles, err = posting.Union(titles); err != nil {
		return l, err
	}
	if l.bodies, err = posting.Union(bodies); err != nil {
		return l, err
	}
	c.put(k, l)
	return l, nil
}

// scanLists reads a row of words.
func scanLists(rows *sql.Rows, segment *int64, word *string) (l wordLists, err error) {
	var titles, bodies []byte
	if err := rows.Scan(segment, word, &titles, &bodies); err != nil {
		return l, err
	}
	if l.titles, err = posting.ReadList(titles); err != nil {
		return l, err
	}
	l.bodies, err = posting.ReadList(bodies)
	return l, err
}
