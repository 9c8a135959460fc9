package api

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/search"
)

// organFeed is what one organ issued, narrowed by the filters of the library.
func (a *API) organFeed(ctx context.Context, r *http.Request) (*feed, error) {
	in, err := readFilter(r, "organ")
	if err != nil {
		return nil, err
	}
	o, err := a.deps.Organs.Organ(ctx, r.PathValue("code"))
	if err != nil {
		return nil, err
	}
	f := &feed{title: o.Name, subtitle: o.Name + "发布的文件。", page: "/organs/" + url.PathEscape(o.Code), self: "/feeds/organs/" + url.PathEscape(o.Code)}
	own := in.filter()
	in.Organ = []string{o.Code}
	return f, a.narrowed(ctx, f, own, in.filter())
}

// columnFeed is what stands in one column and below it, narrowed likewise.
func (a *API) columnFeed(ctx context.Context, r *http.Request) (*feed, error) {
	in, err := readFilter(r, "column")
	if err != nil {
		return nil, err
	}
	id, err := positive(r.PathValue("id"), "没有这个栏目。")
	if err != nil {
		return nil, err
	}
	c, err := a.deps.Library.Column(ctx, id)
	if err != nil {
		return nil, err
	}
	f := &feed{title: c.Name, subtitle: c.Description, page: "/columns/" + number(id), self: "/feeds/columns/" + number(id)}
	own := in.filter()
	in.Column = id
	return f, a.narrowed(ctx, f, own, in.filter())
}

// narrowed fills the feed of an organ or a column. own is the filter of the
// address, whole the one with the organ or the column; a narrowed feed leads to
// the library page that shows the same.
func (a *API) narrowed(ctx context.Context, f *feed, own, whole document.Filter) error {
	if values := filterValues(own).Encode(); values != "" {
		f.self += "?" + values
		f.page = "/policies?" + filterValues(whole).Encode()
		f.subtitle = "按条件筛选的文件，最近变动的在前。"
	}
	return a.listEntries(ctx, f, whole)
}

// searchFeed is any search and any filter of the library, as a feed.
func (a *API) searchFeed(ctx context.Context, r *http.Request) (*feed, error) {
	if err := onlyParameters(r, searchFeedNames); err != nil {
		return nil, err
	}
	v := r.URL.Query()
	list, err := filterOf(v)
	if err != nil {
		return nil, err
	}
	q := list.Q
	if q == "" || slices.ContainsFunc(libraryNames, v.Has) {
		return a.filterFeed(ctx, list)
	}
	in := searchInput{Q: q, Level: v.Get("level"), On: v.Get("on"), National: list.National, Current: list.Current, Kind: v["kind"], Validity: v["validity"],
		Region: v["region"], Organ: v["organ"], From: v.Get("from"), To: v.Get("to"), Limit: feedEntries}
	ask, err := in.query()
	if err != nil {
		return nil, err
	}
	works, err := a.newestHits(ctx, ask)
	if err != nil {
		return nil, err
	}
	values := searchValues(ask).Encode()
	f := &feed{title: "检索：" + shorten(q, 60), subtitle: "符合“" + shorten(q, 60) + "”的文件，最近变动的在前。", page: "/search?" + values, self: "/feeds/search?" + values}
	return f, a.workEntries(ctx, f, works)
}

// newestHits are the works that a feed of a search holds: the newest of those
// with all the words. Where only some words are found, the newest would be
// chance, so there the best are taken.
func (a *API) newestHits(ctx context.Context, ask search.Query) ([]int64, error) {
	ask.Sort = search.SortNewest
	res, err := a.deps.Search.Search(ctx, ask)
	if err == nil && res.Mode == search.ModeRelaxed {
		ask.Sort = search.SortRelevance
		res, err = a.deps.Search.Search(ctx, ask)
	}
	if err != nil {
		return nil, err
	}
	var works []int64
	for _, h := range res.Hits {
		if !slices.Contains(works, h.Work) {
			works = append(works, h.Work)
		}
	}
	return works, nil
}

// filterFeed is a filter of the library page.
func (a *API) filterFeed(ctx context.Context, in *listInput) (*feed, error) {
	filter := in.filter()
	values := filterValues(filter).Encode()
	f := &feed{title: "政策文件", subtitle: "按条件筛选的文件，最近变动的在前。", page: "/policies", self: "/feeds/search"}
	if values != "" {
		f.page, f.self = f.page+"?"+values, f.self+"?"+values
	}
	if in.Q != "" {
		f.title += "：" + shorten(in.Q, 60)
	}
	return f, a.listEntries(ctx, f, filter)
}

// listEntries fills a feed with the newest works of a list.
func (a *API) listEntries(ctx context.Context, f *feed, filter document.Filter) error {
	filter.Sort, filter.Limit, filter.Cursor = "newest", feedEntries, ""
	found, err := a.deps.Library.List(ctx, filter)
	if err != nil {
		return err
	}
	var works []int64
	for _, c := range found.Cards {
		works = append(works, c.Work)
	}
	return a.workEntries(ctx, f, works)
}

// workEntries writes an entry a work, with the time of its newest row in the
// log, the latest first; and tombstones for works that are gone altogether.
func (a *API) workEntries(ctx context.Context, f *feed, works []int64) error {
	for _, id := range works {
		v, err := a.deps.Library.View(ctx, id, document.At{})
		if k := fault.KindOf(err); err != nil && (k == fault.Gone || k == fault.NotFound) {
			continue // gone between the list and now
		}
		if err != nil {
			return err
		}
		if v.Edition == nil {
			continue
		}
		rows, err := a.deps.Log.Changes(ctx, v.LogSeq-1, 1)
		if err != nil {
			return err
		}
		e := feedEntry{name: "works/" + number(id), title: v.Edition.Title, path: workPath(id), summary: summaryOf(v.Edition, v), author: v.Edition.OrganNames(), category: v.Edition.Kind}
		if len(rows) > 0 {
			e.updated = rows[0].At
		}
		f.updated = latest(f.updated, e.updated)
		f.entries = append(f.entries, e)
	}
	slices.SortStableFunc(f.entries, func(x, y feedEntry) int { return y.updated.Compare(x.updated) })
	return a.buried(ctx, f)
}

// buried adds the tombstones of works that were lately expunged whole,
// withdrawn or joined into another. A feed cannot know which of them a reader once got from it, so it names them all:
// a number tells nothing.
func (a *API) buried(ctx context.Context, f *feed) error {
	rows, err := a.recent(ctx, feedWindow*feedWindows)
	if err != nil {
		return err
	}
	seen := map[int64]bool{}
	for _, row := range rows {
		if !row.Removes() || seen[row.Work] {
			continue
		}
		seen[row.Work] = true
		s, err := a.subject(ctx, row.Work)
		if err != nil {
			return err
		}
		if s.view != nil {
			continue
		}
		f.tombstone = append(f.tombstone, feedTombstone{"works/" + number(row.Work), row.At, s.goneNote()})
		f.updated = latest(f.updated, row.At)
	}
	return nil
}
