package document

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// National is the facet value of texts without a region.
const National = "national"

const cardColumns = `c.public_id, c.title, c.doc_no, c.kind, c.region, COALESCE(o.code, ''), c.organ_name, c.topic_name, c.date_on, c.effective_from, c.validity, c.dateless, c.editions, c.summary`

func scanCards(rows *sql.Rows) ([]Card, error) {
	defer rows.Close()
	var out []Card
	for rows.Next() {
		var c Card
		var date, from string
		var dateless int
		if err := rows.Scan(&c.Work, &c.Title, &c.DocNo, &c.Kind, &c.Region, &c.OrganCode, &c.OrganName, &c.Topic, &date, &from, &c.Validity, &dateless, &c.Editions, &c.Summary); err != nil {
			return nil, err
		}
		c.Date, c.From, c.Dateless = day(date), day(from), dateless != 0
		out = append(out, c)
	}
	return out, rows.Err()
}

// order is a way to sort: the column of card_keys and its direction. The order
// without a column is that of the public ids alone. They never change, so
// whoever follows it misses nothing and gets nothing twice, whatever is
// published or revised meanwhile; a work whose date moves can leap over the
// place that a reader of the others has come to.
type order struct {
	column string
	desc   bool
	of     func(k *keyRow) string
}

var orders = map[string]order{
	"newest": {"date_on", true, func(k *keyRow) string { return k.date }},
	"oldest": {"date_on", false, func(k *keyRow) string { return k.date }},
	"force":  {"effective_from", true, func(k *keyRow) string { return k.from }},
	"title":  {"title_key", false, func(k *keyRow) string { return k.title }},
	"work":   {"", false, func(*keyRow) string { return "" }},
}

// mark is a place in a sorted list.
type mark struct {
	key string
	id  int64 // public
}

func (o order) compare(a, b mark) int {
	c := cmp.Or(strings.Compare(a.key, b.key), cmp.Compare(a.id, b.id))
	if o.desc {
		return -c
	}
	return c
}

// List is one page of the library with true totals and facets, all of one state
// of the database.
func (l *Library) List(ctx context.Context, f Filter) (out *List, err error) {
	defer fault.Wrap(&err, "document.List(%+v)", f)
	if err := l.RefreshCards(ctx); err != nil {
		return nil, err
	}
	if f.Sort == "" {
		f.Sort = "newest"
	}
	by, ok := orders[f.Sort]
	if !ok {
		return nil, fault.Field("document.List", "sort", "没有“%s”这种排序。", clip(f.Sort, 20))
	}
	if f.Limit <= 0 || f.Limit > 100 {
		f.Limit = 20
	}
	var after *mark
	if f.Cursor != "" {
		if after, err = by.readCursor(f.Cursor); err != nil {
			return nil, err
		}
	}
	err = l.db.Snapshot(ctx, func(q *sql.Tx) error {
		out = &List{Previous: f.Cursor != ""}
		return l.list(ctx, q, f, by, after, out)
	})
	return out, err
}

func (l *Library) list(ctx context.Context, q *sql.Tx, f Filter, by order, after *mark, out *List) error {
	all, err := l.census(ctx, q)
	if err != nil {
		return err
	}
	c, err := choose(ctx, q, f)
	if err != nil {
		return err
	}
	var n *counted
	var marks []mark
	if words := strings.TrimSpace(f.Query); words != "" {
		t, err := l.titles(ctx, q, all.version)
		if err != nil {
			return err
		}
		hits := t.find(words, all)
		n = c.count(all, func(i int) int { return hits.counts[i] })
		marks = hits.page(n.pass, by, after, f.Limit+1)
	} else {
		n = c.count(all, func(i int) int { return all.cells[i].works })
		p := &pager{q: q, all: all, n: n, by: by, after: after, want: f.Limit + 1}
		if marks, err = p.page(ctx); err != nil {
			return err
		}
	}
	out.Total = n.total
	if len(marks) > f.Limit {
		marks = marks[:f.Limit]
		last := marks[f.Limit-1]
		out.Next = by.writeCursor(last)
	}
	if out.Cards, err = cardsAt(ctx, q, marks); err != nil || f.CardsOnly {
		return err
	}
	out.Facets, err = c.list(ctx, q, n)
	return err
}

// choose makes a filter ready: codes of organs and the tree below a column.
func choose(ctx context.Context, q store.Querier, f Filter) (*choice, error) {
	c := &choice{Filter: f}
	if len(f.Organ) > 0 {
		args := make([]any, len(f.Organ))
		for i, code := range f.Organ {
			args[i] = code
		}
		found, err := ids(ctx, q, `SELECT id FROM organs WHERE code IN (`+placeholders(1, len(args))+`)`, args...)
		if err != nil {
			return nil, err
		}
		c.organs = nonNil(found)
	}
	if f.Column != 0 {
		col, err := findColumn(ctx, q, f.Column)
		if err != nil {
			return nil, err
		}
		c.columns = columnIDs(col)
	}
	return c, nil
}

// cardsAt reads the cards of a page, in its order.
func cardsAt(ctx context.Context, q store.Querier, marks []mark) ([]Card, error) {
	if len(marks) == 0 {
		return nil, nil
	}
	at, args := map[int64]int{}, make([]any, len(marks))
	for i, m := range marks {
		at[m.id], args[i] = i, m.id
	}
	rows, err := q.QueryContext(ctx, `
		SELECT `+cardColumns+` FROM work_cards c LEFT JOIN organs o ON o.id = c.organ_id WHERE c.public_id IN (`+placeholders(1, len(args))+`)`, args...)
	if err != nil {
		return nil, err
	}
	cards, err := scanCards(rows)
	slices.SortFunc(cards, func(a, b Card) int { return at[a.Work] - at[b.Work] })
	return cards, err
}

// longestCursor is more than any cursor that a list gives: no index of
// PostgreSQL holds a title key of more than 2,704 bytes.
const longestCursor = 4000

// writeCursor names a place: the public id, and the key where there is one.
func (o order) writeCursor(m mark) string {
	s := strconv.FormatInt(m.id, 10)
	if o.column != "" {
		s += ":" + m.key
	}
	return base64.RawURLEncoding.EncodeToString([]byte(s))
}

// readCursor reads what writeCursor wrote. It refuses what no database column
// may see, and a place without a key in an order that needs one: it would skip
// works without a word.
func (o order) readCursor(s string) (*mark, error) {
	if b, err := base64.RawURLEncoding.DecodeString(s); err == nil && len(s) <= longestCursor {
		n, key, keyed := strings.Cut(string(b), ":")
		id, err := strconv.ParseInt(n, 10, 64)
		if err == nil && keyed == (o.column != "") && utf8.ValidString(key) && !strings.ContainsRune(key, 0) {
			return &mark{key, id}, nil
		}
	}
	return nil, fault.Field("document.readCursor", "cursor", "翻页地址不完整，请从第一页重新开始。")
}

const (
	recentQuery  = `SELECT ` + cardColumns + ` FROM work_cards c LEFT JOIN organs o ON o.id = c.organ_id ORDER BY c.date_on DESC, c.public_id DESC LIMIT $1`
	revisedQuery = `SELECT ` + cardColumns + ` FROM work_cards c LEFT JOIN organs o ON o.id = c.organ_id WHERE c.editions > 1 ORDER BY c.date_on DESC, c.public_id DESC LIMIT $1`
	workIDsQuery = `SELECT public_id FROM work_cards WHERE public_id > $1 ORDER BY public_id LIMIT $2`
)

// Recent is the newest works by their own date.
func (l *Library) Recent(ctx context.Context, n int) (_ []Card, err error) {
	defer fault.Wrap(&err, "document.Recent(%d)", n)
	rows, err := l.db.Reader().QueryContext(ctx, recentQuery, n)
	if err != nil {
		return nil, store.Sentence("document.Recent", err)
	}
	return scanCards(rows)
}

// Revised is the newest works that have several texts.
func (l *Library) Revised(ctx context.Context, n int) (_ []Card, err error) {
	defer fault.Wrap(&err, "document.Revised(%d)", n)
	rows, err := l.db.Reader().QueryContext(ctx, revisedQuery, n)
	if err != nil {
		return nil, store.Sentence("document.Revised", err)
	}
	return scanCards(rows)
}

// Totals counts what the library holds.
func (l *Library) Totals(ctx context.Context) (t Totals, err error) {
	defer fault.Wrap(&err, "document.Totals")
	err = l.counting(ctx, func(q *sql.Tx, all *census) error {
		t.Works, t.Editions, t.MultiEdition = all.total.works, all.total.editions, all.total.revised
		return q.QueryRowContext(ctx, `
			SELECT (SELECT COUNT(*) FROM organs o WHERE EXISTS (SELECT 1 FROM edition_organs eo WHERE eo.organ_id = o.id)), (SELECT size FROM log_head WHERE id = 1)`).
			Scan(&t.Organs, &t.LogSize)
	})
	return t, err
}

// Topics is the first level of topics with the number of works today.
func (l *Library) Topics(ctx context.Context) (out []FacetValue, err error) {
	defer fault.Wrap(&err, "document.Topics")
	err = l.counting(ctx, func(q *sql.Tx, all *census) error {
		works := map[string]int{}
		for i := range all.cells {
			works[all.cells[i].key.topic] += all.cells[i].works
		}
		rows, err := q.QueryContext(ctx, `SELECT name FROM topics WHERE parent_id IS NULL ORDER BY position, id`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var v FacetValue
			if err := rows.Scan(&v.Value); err != nil {
				return err
			}
			v.Label, v.Count = v.Value, works[v.Value]
			out = append(out, v)
		}
		return rows.Err()
	})
	return out, err
}

// counting runs fn over one state of the database with all counts of it.
func (l *Library) counting(ctx context.Context, fn func(q *sql.Tx, all *census) error) error {
	if err := l.RefreshCards(ctx); err != nil {
		return err
	}
	return l.db.Snapshot(ctx, func(q *sql.Tx) error {
		all, err := l.census(ctx, q)
		if err != nil {
			return err
		}
		return fn(q, all)
	})
}

// WorkIDs lists published works after a public id.
func (l *Library) WorkIDs(ctx context.Context, after int64, limit int) (_ []int64, err error) {
	defer fault.Wrap(&err, "document.WorkIDs(%d)", after)
	return ids(ctx, l.db.Reader(), workIDsQuery, after, limit)
}
