package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/publication"
	"gongkai/internal/workday"
)

// How far back a feed looks for rows about works: seals of the audit log stand
// between them.
const (
	feedWindow  = 200
	feedWindows = 5
)

// latestFeed is the newest acts of publishing.
func (a *API) latestFeed(ctx context.Context, r *http.Request) (*feed, error) {
	if err := noParameters(r); err != nil {
		return nil, err
	}
	rows, err := a.recent(ctx, feedEntries)
	if err != nil {
		return nil, err
	}
	f := &feed{title: "最新发布", subtitle: "本站最近的发布、更正、撤下和清除。", page: "/policies", self: "/feeds/latest"}
	return f, a.changeEntries(ctx, f, rows)
}

// workFeed is everything that happened to one work.
func (a *API) workFeed(ctx context.Context, r *http.Request) (*feed, error) {
	if err := noParameters(r); err != nil {
		return nil, err
	}
	id, err := positive(r.PathValue("id"), "没有这份文件，或者它还没有公开。")
	if err != nil {
		return nil, err
	}
	rows, err := a.deps.Log.OfWork(ctx, id)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, problem(http.StatusNotFound, "没有这份文件，或者它还没有公开。")
	}
	f := &feed{title: "第 " + number(id) + " 号文件的变动", page: workPath(id), self: "/feeds/works/" + number(id)}
	s, err := a.subject(ctx, id)
	switch {
	case err != nil:
		return nil, err
	case s.into != 0:
		f.title += "（已并入" + s.name() + "）"
		f.page = workPath(s.into)
	case s.view != nil && s.view.Edition != nil:
		f.title = "《" + s.view.Edition.Title + "》的变动"
	}
	return f, a.changeEntries(ctx, f, rows[:min(len(rows), feedEntries)])
}

// recent are the newest rows about works, newest first.
func (a *API) recent(ctx context.Context, n int) ([]publication.Row, error) {
	end, err := a.deps.Log.Head(ctx)
	if err != nil {
		return nil, err
	}
	var out []publication.Row
	for w := 0; w < feedWindows && end > 0 && len(out) < n; w++ {
		start := max(0, end-feedWindow)
		rows, err := a.deps.Log.Changes(ctx, start, int(end-start))
		if err != nil {
			return nil, err
		}
		for _, row := range slices.Backward(rows) {
			if row.Seq <= end && row.Work != 0 && len(out) < n {
				out = append(out, row)
			}
		}
		end = start
	}
	return out, nil
}

// changeEntries writes an entry a row. Words come from the library as it is
// now, never from the log: what was expunged is not named again.
func (a *API) changeEntries(ctx context.Context, f *feed, rows []publication.Row) error {
	known := map[int64]subject{}
	for _, row := range rows {
		s, seen := known[row.Work]
		if !seen {
			var err error
			if s, err = a.subject(ctx, row.Work); err != nil {
				return err
			}
			known[row.Work] = s
		}
		f.add(row, s)
	}
	return nil
}

// subject is a work that a row names, as it is now.
type subject struct {
	view *document.View // nil when nothing of it is public
	into int64          // the work that stays, when this one was a double
	stay *document.View // that work, nil when it is gone too
}

func (a *API) subject(ctx context.Context, work int64) (s subject, err error) {
	if s.view, err = a.readable(ctx, work); err != nil {
		var moved *document.Moved
		if !errors.As(err, &moved) {
			return s, err
		}
		s.into = moved.To
		s.stay, err = a.readable(ctx, moved.To)
	}
	return s, err
}

// readable is a work, or nil when nothing of it is public; a double is an
// error that leads on.
func (a *API) readable(ctx context.Context, work int64) (*document.View, error) {
	v, err := a.deps.Library.View(ctx, work, document.At{})
	if k := fault.KindOf(err); err != nil && (k == fault.Gone || k == fault.NotFound) && !errors.As(err, new(*document.Moved)) {
		return nil, nil
	}
	return v, err
}

// name is the work that stays, by its title while it has one.
func (s subject) name() string {
	if s.stay != nil && s.stay.Edition != nil {
		return "《" + s.stay.Edition.Title + "》"
	}
	return "第 " + number(s.into) + " 号文件"
}

// goneNote tells why a reader finds a text no longer under its number.
func (s subject) goneNote() string {
	if s.into != 0 {
		return "已并入第 " + number(s.into) + " 号文件"
	}
	return "内容已不再公开"
}

// add writes the entry of a row; a text that is gone leaves a tombstone in the
// place of its release.
func (f *feed) add(row publication.Row, s subject) {
	if row.At.After(f.updated) {
		f.updated = row.At
	}
	v := s.view
	e := editionOf(v, row.Edition)
	name := "log/" + number(row.Seq)
	entry := feedEntry{name: name, updated: row.At, category: row.Act.Chinese(), path: workPath(row.Work)}
	into, _ := row.MergedInto()
	switch {
	case into != 0 && s.into != 0:
		entry.category, entry.path = publication.Merge.Chinese(), workPath(s.into)
		entry.title = publication.Merge.Chinese() + s.name() + "：" + unnamed(row)
		entry.summary = "这是重复的文件，已并入第 " + number(s.into) + " 号文件；它的网址从此转到那里。"
	case row.Act == publication.Expunge:
		entry.title = row.Act.Chinese() + "：" + unnamed(row)
		entry.summary = "内容已依法清除，请一并删除您保存的副本。"
	case row.Act == publication.Withdraw && e == nil:
		entry.title = row.Act.Chinese() + "：" + unnamed(row)
		entry.summary = "内容已从公开页面撤下。"
	case e == nil:
		f.tombstone = append(f.tombstone, feedTombstone{name, row.At, s.goneNote()})
		return
	default:
		entry.title = row.Act.Chinese() + "：" + e.Title
		entry.author = e.OrganNames()
		entry.summary = summaryOf(e, v)
		if row.Edition != 0 && v.Edition != nil && v.Edition.Label != row.Edition {
			entry.path = workPath(row.Work) + "/history"
		}
	}
	f.entries = append(f.entries, entry)
}

// editionOf is the edition a row speaks of, or the present one for a row about
// the whole work; nil when it is gone.
func editionOf(v *document.View, label int) *document.Edition {
	if v == nil {
		return nil
	}
	if label == 0 {
		return v.Edition
	}
	for i := range v.Editions {
		if v.Editions[i].Label == label && v.Editions[i].State == "published" {
			return &v.Editions[i]
		}
	}
	return nil
}

func unnamed(row publication.Row) string {
	s := "第 " + number(row.Work) + " 号文件"
	if row.Edition != 0 {
		s += "第 " + strconv.Itoa(row.Edition) + " 版"
	}
	return s
}

func summaryOf(e *document.Edition, v *document.View) string {
	s := ""
	for _, part := range []struct{ name, value string }{
		{"发文字号：", e.DocNo}, {"发文日期：", chinese(e.PublishedOn)}, {"施行日期：", chinese(e.From)}, {"有效性：", string(v.Validity)},
	} {
		if part.value != "" {
			s += part.name + part.value + "。"
		}
	}
	return s
}

// chinese is a day in words, "" when it is unknown.
func chinese(d workday.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.Chinese()
}

// positive reads a number in an address; a word there is simply no such thing.
func positive(s, missing string) (int64, error) {
	id, err := strconv.ParseInt(s, 10, 64)
	if err != nil || id < 1 || s != number(id) {
		return 0, problem(http.StatusNotFound, missing)
	}
	return id, nil
}

// noParameters refuses what a feed would silently ignore.
func noParameters(r *http.Request) error {
	return onlyParameters(r, nil)
}

func onlyParameters(r *http.Request, known []string) error {
	for name := range r.URL.Query() {
		if !slices.Contains(known, name) {
			return badField(shorten(name, 40), "没有这个参数，请检查拼写。")
		}
	}
	return nil
}

// latest is the newer of two moments.
func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
