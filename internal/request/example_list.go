package request

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
	"gongkai/internal/zh"
)

// Example is one edition of an entry in the library of cases (Z25-2.3c). It
// names nobody.
type Example struct {
	ID       int64
	Case     int64
	Edition  int
	Number   string // of the request, for those who may see it
	Organ    int64
	Title    string
	Facts    string
	Gist     string
	Outcome  Outcome   // as it was when the edition was written
	Grounds  []Outcome // on which something was kept back
	Year     int       // in which the request was closed
	Login    string    // who wrote the edition
	On       workday.Date
	EndedOn  workday.Date // zero while it stands
	Why      string       // it was taken out; "" for a revision
	Disputes []*Dispute   // about the answer, the newest first
	Now      Outcome      // of the request as it stands today
}

// Basis are the articles on which the answer stands, with what each is called.
func (e Example) Basis() (out []string) {
	for _, o := range append([]Outcome{e.Outcome}, e.Grounds...) {
		info, ok := o.Info()
		if !ok {
			continue
		}
		if line := info.Name + "：" + info.Law; len(out) == 0 || out[0] != line {
			out = append(out, line)
		}
	}
	return out
}

// Contested says in Chinese whether the answer was contested and how it ended.
func (e Example) Contested() string {
	var out []string
	for _, d := range e.Disputes {
		line := d.Kind.Name() + "：" + d.Result.Name()
		if d.Redo {
			line += "，责令重新答复"
		}
		out = append(out, line)
	}
	if len(out) == 0 {
		return "没有争议"
	}
	return strings.Join(out, "；")
}

// Changed reports that the request has another outcome today than when the
// entry was written.
func (e Example) Changed() bool { return e.Now != e.Outcome }

// ExampleFilter narrows the library; a zero field does not narrow.
type ExampleFilter struct {
	Words   string // every one of them must stand in title, facts or gist
	Outcome Outcome
	Ground  Outcome
	Organ   int64
	Year    int // in which the request was closed
	Before  int64
	Limit   int // at most 200, 0 means 50
}

const exampleColumns = `e.id, e.case_id, e.edition, c.number, c.organ_id, e.title, e.facts, e.gist, e.outcome, e.grounds, e.closed_year, e.login, e.at, e.ended_at, e.why, q.outcome
	FROM request_examples e JOIN cases c ON c.id = e.case_id JOIN requests q ON q.case_id = e.case_id`

func scanExample(row interface{ Scan(...any) error }) (e Example, err error) {
	var grounds string
	var at, ended int64
	if err := row.Scan(&e.ID, &e.Case, &e.Edition, &e.Number, &e.Organ, &e.Title, &e.Facts, &e.Gist, &e.Outcome, &grounds, &e.Year, &e.Login, &at, &ended, &e.Why, &e.Now); err != nil {
		return e, err
	}
	e.On = workday.DateOf(instant(at))
	if ended != 0 {
		e.EndedOn = workday.DateOf(instant(ended))
	}
	for _, g := range strings.Split(grounds, ",") {
		if g != "" {
			e.Grounds = append(e.Grounds, Outcome(g))
		}
	}
	return e, nil
}

func examples(ctx context.Context, q store.Querier, where string, args ...any) (out []Example, err error) {
	rows, err := q.QueryContext(ctx, `SELECT `+exampleColumns+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		e, err := scanExample(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, rows.Err()
}

// exampleEditions are all editions of a request's entry, the newest first.
func exampleEditions(ctx context.Context, q store.Querier, id int64) (out []Example, err error) {
	defer fault.Wrap(&err, "request.exampleEditions(%d)", id)
	return examples(ctx, q, ` WHERE e.case_id = $1 ORDER BY e.edition DESC`, id)
}

// Example is the entry of a request that stands. Errors: Gone after it was taken
// out, NotFound when there never was one.
func (r *Room) Example(ctx context.Context, id int64) (out *Example, err error) {
	defer fault.Wrap(&err, "request.Example(%d)", id)
	list, err := exampleEditions(ctx, r.db.Reader(), id)
	switch {
	case err != nil:
		return nil, err
	case len(list) == 0:
		return nil, fault.New(fault.NotFound, "request.Example", "没有找到这个案例。")
	case !list[0].EndedOn.IsZero():
		return nil, fault.New(fault.Gone, "request.Example", "这个案例已经移出案例库。")
	}
	return &list[0], r.contested(ctx, list[:1])
}

// contested reads the disputes about the answers of entries.
func (r *Room) contested(ctx context.Context, list []Example) error {
	if len(list) == 0 {
		return nil
	}
	at := map[int64]int{}
	var ids []int64
	for i, e := range list {
		at[e.Case], ids = i, append(ids, e.Case)
	}
	rows, err := r.db.Reader().QueryContext(ctx, `SELECT `+disputeColumns+` FROM disputes d WHERE d.request_id IN (`+idList(ids)+`) ORDER BY d.case_id DESC`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		d, err := scanDispute(rows)
		if err != nil {
			return err
		}
		i := at[d.Request]
		list[i].Disputes = append(list[i].Disputes, d)
	}
	return rows.Err()
}

// Examples lists the entries that stand, the newest first, with their true
// total; next continues, 0 at the end.
func (r *Room) Examples(ctx context.Context, f ExampleFilter) (out []Example, total int, next int64, err error) {
	defer fault.Wrap(&err, "request.Examples")
	var args []any
	arg := func(v any) string { args = append(args, v); return fmt.Sprintf("$%d", len(args)) }
	like := func(s string) string {
		return arg("%"+strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)+"%") + ` ESCAPE '\'`
	}
	where := ` WHERE e.ended_at = 0`
	for _, w := range strings.Fields(zh.Fold(f.Words)) {
		where += ` AND e.folded LIKE ` + like(w)
	}
	if f.Outcome != "" {
		where += ` AND e.outcome = ` + arg(string(f.Outcome))
	}
	if f.Ground != "" {
		where += ` AND ',' || e.grounds || ',' LIKE ` + like(","+string(f.Ground)+",")
	}
	if f.Organ != 0 {
		where += ` AND c.organ_id = ` + arg(f.Organ)
	}
	if f.Year != 0 {
		where += ` AND e.closed_year = ` + arg(f.Year)
	}
	q := r.db.Reader()
	if err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM request_examples e JOIN cases c ON c.id = e.case_id`+where, args...).Scan(&total); err != nil {
		return nil, 0, 0, err
	}
	limit := f.Limit
	if limit <= 0 || limit > 200 {
		limit = 50
	}
	if f.Before > 0 {
		where += ` AND e.id < ` + arg(f.Before)
	}
	if out, err = examples(ctx, q, where+` ORDER BY e.id DESC LIMIT `+arg(limit+1), args...); err != nil {
		return nil, 0, 0, err
	}
	if len(out) > limit {
		out = out[:limit]
		next = out[limit-1].ID
	}
	return out, total, next, r.contested(ctx, out)
}

// ExampleChoices are the organs and the years, the newest first, of which there
// is an entry.
func (r *Room) ExampleChoices(ctx context.Context) (organs []int64, years []int, err error) {
	defer fault.Wrap(&err, "request.ExampleChoices")
	rows, err := r.db.Reader().QueryContext(ctx, `SELECT DISTINCT c.organ_id, e.closed_year FROM request_examples e JOIN cases c ON c.id = e.case_id WHERE e.ended_at = 0 ORDER BY e.closed_year DESC, c.organ_id`)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var organ int64
		var year int
		if err := rows.Scan(&organ, &year); err != nil {
			return nil, nil, err
		}
		if !slices.Contains(organs, organ) {
			organs = append(organs, organ)
		}
		if !slices.Contains(years, year) {
			years = append(years, year)
		}
	}
	return organs, years, rows.Err()
}

// ExamplesLike are the entries whose title or facts say what words say, the
// nearest first: how such a request was answered before (Z25-2.3c, 有例可循).
// The newest 1,000 entries are looked at.
func (r *Room) ExamplesLike(ctx context.Context, words string, limit int) (out []Example, err error) {
	defer fault.Wrap(&err, "request.ExamplesLike")
	list, err := examples(ctx, r.db.Reader(), ` WHERE e.ended_at = 0 ORDER BY e.id DESC LIMIT 1000`)
	if err != nil {
		return nil, err
	}
	asked := pairsOf(words)
	near := map[int64]float64{}
	for _, e := range list {
		if share := max(alike(asked, pairsOf(e.Title)), alike(asked, pairsOf(e.Facts))); share > 0 {
			near[e.ID] = share
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(a, b Example) int { return cmp.Compare(near[b.ID], near[a.ID]) })
	return out[:min(limit, len(out))], nil
}
