package portal

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/search"
	"gongkai/internal/workday"
)

// Bounds of an export. A list is gathered in memory before the first byte is
// sent, so that every file is whole and of one state of the index; maxExport
// rows weigh about 20 MB. The page and the file say when a list is longer.
const (
	maxExport     = 20000
	exportStep    = 100 // hits that the index gives at once
	exportTries   = 6
	exportSlots   = 3
	exportTime    = time.Minute
	exportBetween = 150 * time.Millisecond
)

// exported is a whole list, all of one state of the index.
type exported struct {
	Question question
	Total    int // of the list; more than the hits when it is longer than maxExport
	Mode     string
	Instead  string // the words that were looked for in place of those typed
	Position int64  // row of the publication log up to which the index had read
	Day      workday.Date
	Base     string // https://host
	Hits     []search.Hit
}

// cut reports that the list is longer than the file.
func (e *exported) cut() bool { return e.Total > len(e.Hits) }

// href is the full address of a hit.
func (e *exported) href(h search.Hit) string {
	return e.Base + viewHit(h, e.Question).Href
}

// export sends the whole list that a page shows the beginning of.
func (p *Portal) export(format string) handler {
	write := exportWriters[format]
	return func(w http.ResponseWriter, r *http.Request) (err error) {
		defer fault.Wrap(&err, "portal.export %s", shorten(r.URL.RawQuery, 200))
		if _, err := url.ParseQuery(r.URL.RawQuery); err != nil {
			return errBadAddress()
		}
		q, err := readQuestion(r)
		if err != nil {
			return err
		}
		if q.Text == "" || wordless(q.Text) {
			return fault.Field("portal.export", "搜索词", textExportNoQ)
		}
		select {
		case p.exports <- struct{}{}:
			defer func() { <-p.exports }()
		default:
			return fault.New(fault.Unavailable, "portal.export", textExportBusy)
		}
		list, err := p.gather(r.Context(), q.first())
		if err != nil {
			return err
		}
		list.Base = requestOf(r.Context()).base
		attach(w, write.mime, "搜索结果-"+shorten(q.Text, 20)+"-"+list.Day.String(), "."+format)
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Robots-Tag", "noindex")
		h.Set("X-Total-Count", strconv.Itoa(list.Total))
		h.Set("X-Index-Position", strconv.FormatInt(list.Position, 10))
		if r.Method == http.MethodHead {
			return nil
		}
		return write.to(w, list)
	}
}

// errMoved tells that the index read on while a list was gathered.
var errMoved = errors.New("the index moved")

// gather reads a list until all of it is of one state of the index.
func (p *Portal) gather(ctx context.Context, q question) (*exported, error) {
	ctx, cancel := context.WithTimeout(ctx, exportTime)
	defer cancel()
	day := p.today()
	for try := range exportTries {
		if try > 0 {
			select {
			case <-ctx.Done():
			case <-time.After(exportBetween):
			}
		}
		list, err := p.gatherOnce(ctx, q, day)
		switch {
		case err == nil:
			return list, nil
		case errors.Is(ctx.Err(), context.DeadlineExceeded):
			return nil, &fault.Error{Kind: fault.Unavailable, Op: "portal.gather", Text: textExportSlow, Err: err}
		case !errors.Is(err, errMoved):
			return nil, err
		}
	}
	return nil, &fault.Error{Kind: fault.Unavailable, Op: "portal.gather", Text: textExportMoving, Err: errMoved}
}

// gatherOnce pages through the list; errMoved when the pages are not of one
// state. Each page by itself is.
func (p *Portal) gatherOnce(ctx context.Context, q question, day workday.Date) (*exported, error) {
	before, err := p.deps.Search.Position(ctx)
	if err != nil {
		return nil, err
	}
	list := &exported{Question: q, Position: before, Day: day}
	ask := q.ask()
	ask.Limit = exportStep
	if ask.On.IsZero() {
		ask.On = day // midnight does not part the list
	}
	for {
		ask.Offset = len(list.Hits)
		res, err := p.deps.Search.Search(ctx, ask)
		if err != nil {
			return nil, err
		}
		after, err := p.deps.Search.Position(ctx)
		if err != nil {
			return nil, err
		}
		if after != before || ask.Offset > 0 && res.Total != list.Total {
			return nil, errMoved
		}
		list.Total, list.Mode, list.Instead = res.Total, res.Mode, res.Corrected
		list.Hits = append(list.Hits, res.Hits...)
		if len(list.Hits) >= min(list.Total, maxExport) {
			return list, nil
		}
		if len(res.Hits) == 0 {
			return nil, errMoved // fewer hits than it counted
		}
	}
}
