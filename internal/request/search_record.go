package request

import (
	"context"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// ActSearched enters a line of the record of a search.
const ActSearched casework.Action = "searched"

// SearchResults are what a search in one place brought.
var SearchResults = []struct{ Code, Name string }{{"none", "没有找到"}, {"part", "找到一部分"}, {"found", "找到"}}

// SearchLine is one place where was looked: by whom, with which words, when.
type SearchLine struct {
	Place    string
	Searcher string
	Words    string
	On       workday.Date
	Result   string
	Note     string
}

// ResultName is the result in Chinese.
func (l SearchLine) ResultName() string { return nameOf(SearchResults, l.Result) }

// SearchForm enters a line.
type SearchForm struct{ SearchLine }

// searching is the chapter of the record that "does not exist" needs.
func (r *Room) searching() chapter {
	return chapter{
		steps: []step{
			{Action: ActSearched, Name: "登记检索", From: []casework.State{Working}, Task: "handle", Right: access.HandleRequest, Form: func() any { return &SearchForm{} }, Check: checkSearch, Effect: r.searched},
		},
		load:   r.loadSearches,
		guards: map[casework.Action]guard{ActDecide: {check: checkNotHeld}},
	}
}

func checkSearch(_ *casework.Case, _ *Request, form any, today workday.Date) error {
	f := form.(*SearchForm)
	for _, x := range []struct {
		field, text string
		need        bool
	}{{"检索地点", f.Place, true}, {"检索人", f.Searcher, true}, {"检索词", f.Words, true}, {"说明", f.Note, f.Result == "part"}} {
		if err := words(x.field, x.text, x.need); err != nil {
			return err
		}
	}
	if err := choose("检索结果", f.Result, SearchResults); err != nil {
		return err
	}
	// A search of before the request came in counts too, as for an earlier one.
	return onDay("检索日期", f.On, today.AddDays(-366), today)
}

func (r *Room) searched(ctx context.Context, t *turn) error {
	f := t.Form.(*SearchForm)
	t.Record(map[string]string{"place": f.Place, "on": f.On.String(), "result": f.ResultName()})
	_, err := t.Tx.ExecContext(ctx, `INSERT INTO request_searches (case_id, place, searcher, words, done_on, result, note, entered_by, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		t.Case.ID, strings.TrimSpace(f.Place), strings.TrimSpace(f.Searcher), strings.TrimSpace(f.Words), f.On.String(), f.Result, strings.TrimSpace(f.Note), t.Actor.Login, t.Now.UnixMicro())
	return err
}

// checkNotHeld is art. 36 (4): "does not exist" needs a record of the search,
// in which nothing was found.
func checkNotHeld(_ *casework.Case, r *Request, form any, _ workday.Date) error {
	for _, it := range form.(*DecideForm).Decision.Items {
		if it.Outcome != NotHeld {
			continue
		}
		if len(r.Work.Searches) == 0 {
			return fault.Field("request.checkNotHeld", "检索记录", "“检索记录”：答复信息不存在，要先办理“登记检索”：在哪里、由谁、用什么词、哪天检索，结果是什么。")
		}
		for _, l := range r.Work.Searches {
			if l.Result == "found" && len(form.(*DecideForm).Decision.Items) == 1 {
				return fault.Field("request.checkNotHeld", "答复结果", "“答复结果”：检索记录写着在“%s”找到，不能答复信息不存在。", l.Place)
			}
		}
	}
	return nil
}

func (r *Room) loadSearches(ctx context.Context, q store.Querier, out *Request) error {
	rows, err := q.QueryContext(ctx, `SELECT place, searcher, words, done_on, result, note FROM request_searches WHERE case_id = $1 ORDER BY id`, out.Case)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var l SearchLine
		var on string
		if err := rows.Scan(&l.Place, &l.Searcher, &l.Words, &on, &l.Result, &l.Note); err != nil {
			return err
		}
		if l.On, err = day(on); err != nil {
			return err
		}
		out.Work.Searches = append(out.Work.Searches, l)
	}
	return rows.Err()
}
