package document

import (
	"context"
	"database/sql"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/zh"
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

// where collects conditions and their values.
type where struct {
	parts []string
	args  []any
}

func (w *where) add(format string, args ...any) {
	marks := make([]any, len(args))
	for i, a := range args {
		w.args = append(w.args, a)
		marks[i] = len(w.args)
	}
	w.parts = append(w.parts, fmt.Sprintf(format, marks...))
}

func (w *where) in(expr string, values []string) {
	marks := make([]string, len(values))
	for i, v := range values {
		w.args = append(w.args, v)
		marks[i] = "$" + strconv.Itoa(len(w.args))
	}
	w.parts = append(w.parts, expr+" IN ("+strings.Join(marks, ", ")+")")
}

func (w *where) sql() string {
	if len(w.parts) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.parts, " AND ")
}

// conditions is a filter as SQL; skip leaves one facet out, because the counts
// beside a facet's values are taken under the other choices.
func (l *Library) conditions(ctx context.Context, f Filter, skip string) (*where, error) {
	w := &where{}
	for _, c := range []struct {
		facet, column string
		values        []string
	}{{"validity", "c.validity", f.Validity}, {"kind", "c.kind", f.Kind}, {"year", "c.year", f.Year}, {"topic", "c.topic_name", f.Topic}} {
		if len(c.values) > 0 && c.facet != skip {
			w.in(c.column, c.values)
		}
	}
	if len(f.Region) > 0 && skip != "region" {
		regions := make([]string, len(f.Region))
		for i, r := range f.Region {
			if r != National {
				regions[i] = r
			}
		}
		w.in("c.region", regions)
	}
	if len(f.Organ) > 0 && skip != "organ" {
		sub := &where{args: w.args}
		sub.in("o2.code", f.Organ)
		w.args = sub.args
		w.parts = append(w.parts, "c.edition_id IN (SELECT eo2.edition_id FROM organs o2 JOIN edition_organs eo2 ON eo2.organ_id = o2.id WHERE "+sub.parts[0]+")")
	}
	if f.Column != 0 {
		col, err := l.Column(ctx, f.Column)
		if err != nil {
			return nil, err
		}
		ids := columnIDs(col)
		marks := make([]string, len(ids))
		for i, id := range ids {
			w.args = append(w.args, id)
			marks[i] = "$" + strconv.Itoa(len(w.args))
		}
		w.parts = append(w.parts, "c.work_id IN (SELECT p.work_id FROM placements p WHERE p.to_on = '' AND p.column_id IN ("+strings.Join(marks, ", ")+"))")
	}
	if q := strings.TrimSpace(f.Query); q != "" {
		key := likeEscape(zh.TitleKey(q))
		if key == "" {
			w.parts = append(w.parts, "1 = 0")
		} else {
			w.add(`(c.title_key LIKE $%[1]d ESCAPE '\' OR c.doc_no_key = $%[2]d)`, "%"+key+"%", zh.DocNumberKey(q))
		}
	}
	return w, nil
}

func likeEscape(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

// order is a way to sort: the column, its direction and a readable name.
type order struct{ column, dir, op string }

var orders = map[string]order{
	"newest": {"c.date_on", "DESC", "<"},
	"oldest": {"c.date_on", "ASC", ">"},
	"force":  {"c.effective_from", "DESC", "<"},
	"title":  {"c.title_key", "ASC", ">"},
}

// List is one page of the library with true totals and facets.
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
	err = l.db.Snapshot(ctx, func(q *sql.Tx) error {
		w, err := l.conditions(ctx, f, "")
		if err != nil {
			return err
		}
		out = &List{Previous: f.Cursor != ""}
		if err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM work_cards c`+w.sql(), w.args...).Scan(&out.Total); err != nil {
			return err
		}
		if err := l.page(ctx, q, f, by, w, out); err != nil {
			return err
		}
		if f.CardsOnly {
			return nil
		}
		return l.facets(ctx, q, f, out)
	})
	return out, err
}

func (l *Library) page(ctx context.Context, q *sql.Tx, f Filter, by order, w *where, out *List) error {
	if f.Cursor != "" {
		key, id, err := readCursor(f.Cursor)
		if err != nil {
			return err
		}
		w.add(`(`+by.column+`, c.public_id) `+by.op+` ($%d, $%d)`, key, id)
	}
	w.args = append(w.args, f.Limit+1)
	rows, err := q.QueryContext(ctx, `SELECT `+cardColumns+`, `+by.column+` FROM work_cards c LEFT JOIN organs o ON o.id = c.organ_id`+w.sql()+
		` ORDER BY `+by.column+` `+by.dir+`, c.public_id `+by.dir+` LIMIT $`+strconv.Itoa(len(w.args)), w.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	last := ""
	for rows.Next() {
		var c Card
		var date, from, key string
		var dateless int
		if err := rows.Scan(&c.Work, &c.Title, &c.DocNo, &c.Kind, &c.Region, &c.OrganCode, &c.OrganName, &c.Topic, &date, &from, &c.Validity, &dateless, &c.Editions, &c.Summary, &key); err != nil {
			return err
		}
		if len(out.Cards) == f.Limit {
			out.Next = writeCursor(last, out.Cards[len(out.Cards)-1].Work)
			break
		}
		c.Date, c.From, c.Dateless, last = day(date), day(from), dateless != 0, key
		out.Cards = append(out.Cards, c)
	}
	return rows.Err()
}

func writeCursor(key string, id int64) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(id, 10) + ":" + key))
}

func readCursor(s string) (key string, id int64, err error) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		if n, k, ok := strings.Cut(string(b), ":"); ok {
			if id, err = strconv.ParseInt(n, 10, 64); err == nil {
				return k, id, nil
			}
		}
	}
	return "", 0, fault.Field("document.readCursor", "cursor", "翻页地址不完整，请从第一页重新开始。")
}

// facetQueries are the choices a list offers; each query counts works by value.
var facetQueries = []struct {
	name, value, label, from, order string
	limit                           int
}{
	{"validity", "c.validity", "c.validity", "", "COUNT(*) DESC", 10},
	{"kind", "c.kind", "c.kind", "", "COUNT(*) DESC", 12},
	{"region", "c.region", "c.region", "", "COUNT(*) DESC", 12},
	{"organ", "o.code", "MAX(n.name)", ` JOIN edition_organs eo ON eo.edition_id = c.edition_id JOIN organs o ON o.id = eo.organ_id
		JOIN organ_names n ON n.organ_id = o.id AND n.valid_to = '' AND n.alias = 0`, "COUNT(*) DESC", 10},
	{"topic", "c.topic_name", "c.topic_name", "", "COUNT(*) DESC", 12},
	{"year", "c.year", "c.year", "", "c.year DESC", 12},
}

func (l *Library) facets(ctx context.Context, q *sql.Tx, f Filter, out *List) error {
	for _, d := range facetQueries {
		w, err := l.conditions(ctx, f, d.name)
		if err != nil {
			return err
		}
		if d.name != "region" {
			w.parts = append(w.parts, d.value+" <> ''")
		}
		rows, err := q.QueryContext(ctx, `SELECT `+d.value+`, `+d.label+`, COUNT(*) FROM work_cards c`+d.from+w.sql()+
			` GROUP BY `+d.value+` ORDER BY `+d.order+`, `+d.value, w.args...)
		if err != nil {
			return err
		}
		facet := Facet{Name: d.name}
		err = func() error {
			defer rows.Close()
			for rows.Next() {
				var v FacetValue
				if err := rows.Scan(&v.Value, &v.Label, &v.Count); err != nil {
					return err
				}
				if d.name == "region" && v.Value == "" {
					v.Value, v.Label = National, "全国"
				}
				if len(facet.Values) < d.limit || chosen(f, d.name, v.Value) {
					facet.Values = append(facet.Values, v)
				} else {
					facet.More++
				}
			}
			return rows.Err()
		}()
		if err != nil {
			return err
		}
		out.Facets = append(out.Facets, facet)
	}
	return nil
}

func chosen(f Filter, facet, value string) bool {
	for _, v := range map[string][]string{"validity": f.Validity, "kind": f.Kind, "region": f.Region, "organ": f.Organ, "topic": f.Topic, "year": f.Year}[facet] {
		if v == value {
			return true
		}
	}
	return false
}

// Recent is the newest works by their own date.
func (l *Library) Recent(ctx context.Context, n int) (_ []Card, err error) {
	defer fault.Wrap(&err, "document.Recent(%d)", n)
	rows, err := l.db.Reader().QueryContext(ctx, `
		SELECT `+cardColumns+` FROM work_cards c LEFT JOIN organs o ON o.id = c.organ_id ORDER BY c.date_on DESC, c.public_id DESC LIMIT $1`, n)
	if err != nil {
		return nil, store.Sentence("document.Recent", err)
	}
	return scanCards(rows)
}

// Revised is the newest works that have several texts.
func (l *Library) Revised(ctx context.Context, n int) (_ []Card, err error) {
	defer fault.Wrap(&err, "document.Revised(%d)", n)
	rows, err := l.db.Reader().QueryContext(ctx, `
		SELECT `+cardColumns+` FROM work_cards c LEFT JOIN organs o ON o.id = c.organ_id WHERE c.editions > 1 ORDER BY c.date_on DESC, c.public_id DESC LIMIT $1`, n)
	if err != nil {
		return nil, store.Sentence("document.Revised", err)
	}
	return scanCards(rows)
}

// Totals counts what the library holds.
func (l *Library) Totals(ctx context.Context) (t Totals, err error) {
	defer fault.Wrap(&err, "document.Totals")
	err = l.db.Reader().QueryRowContext(ctx, `
		SELECT (SELECT COUNT(*) FROM work_cards), (SELECT COALESCE(SUM(editions), 0) FROM work_cards),
			(SELECT COUNT(*) FROM work_cards WHERE editions > 1), (SELECT COUNT(DISTINCT organ_id) FROM edition_organs), (SELECT size FROM log_head WHERE id = 1)`).
		Scan(&t.Works, &t.Editions, &t.MultiEdition, &t.Organs, &t.LogSize)
	return t, err
}

// Topics is the first level of topics with the number of works today.
func (l *Library) Topics(ctx context.Context) (out []FacetValue, err error) {
	defer fault.Wrap(&err, "document.Topics")
	rows, err := l.db.Reader().QueryContext(ctx, `
		SELECT t.name, t.name, (SELECT COUNT(*) FROM work_cards c WHERE c.topic_id = t.id) FROM topics t WHERE t.parent_id IS NULL ORDER BY t.position, t.id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var v FacetValue
		if err := rows.Scan(&v.Value, &v.Label, &v.Count); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// WorkIDs lists published works after a public id.
func (l *Library) WorkIDs(ctx context.Context, after int64, limit int) (_ []int64, err error) {
	defer fault.Wrap(&err, "document.WorkIDs(%d)", after)
	return ids(ctx, l.db.Reader(), `SELECT public_id FROM work_cards WHERE public_id > $1 ORDER BY public_id LIMIT $2`, after, limit)
}
