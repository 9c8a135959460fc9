package api

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/publication"
)

type addressKey struct{}

// withAddress keeps the address asked for, so that a redirect can repeat it.
func withAddress(r *http.Request) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), addressKey{}, r.URL))
}

// redirected turns the error of a work that was joined into another into a
// redirect to the same thing there; any other error stays as it is. An edition
// is found under the label it bears in the work that stays.
func (a *API) redirected(ctx context.Context, err error) error {
	var moved *document.Moved
	u, known := ctx.Value(addressKey{}).(*url.URL)
	if !errors.As(err, &moved) || !known {
		return err
	}
	parts := strings.Split(strings.TrimPrefix(u.Path, Root), "/")
	if len(parts) < 2 || parts[0] != "works" {
		return err
	}
	id, e := strconv.ParseInt(parts[1], 10, 64)
	if e != nil {
		return err
	}
	query, to := u.Query(), moved.To
	switch {
	case len(parts) > 3 && parts[2] == "editions":
		into, label, e := a.labelThere(ctx, id, parts[3])
		switch {
		case e != nil:
			return e
		case label == 0:
			parts = parts[:3] // an old row of the log does not tell the label
		default:
			parts[3] = strconv.Itoa(label)
		}
		to = into
	case len(parts) == 3 && parts[2] == "compare":
		for _, name := range []string{"from", "to"} {
			into, label, e := a.labelThere(ctx, id, query.Get(name))
			if e != nil {
				return e
			}
			if to = into; label == 0 {
				parts[2], query = "editions", nil
				break
			}
			query.Set(name, strconv.Itoa(label))
		}
	}
	parts[1] = number(to)
	address := Root + strings.Join(parts, "/")
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	p := problem(http.StatusPermanentRedirect, fault.Text(err))
	p.MergedInto, p.Location = to, address
	return huma.ErrorWithHeaders(p, http.Header{"Location": {address}})
}

// labelThere finds in the log where an edition of a double went on; label 0
// when the row does not say.
func (a *API) labelThere(ctx context.Context, work int64, no string) (into int64, label int, err error) {
	rows, err := a.deps.Log.OfWork(ctx, work)
	if err != nil {
		return 0, 0, err
	}
	for _, row := range rows {
		if strconv.Itoa(row.Edition) != no {
			continue
		}
		if into, label = row.MergedInto(); into != 0 {
			return into, label, nil
		}
		if row.Act == publication.Expunge {
			return 0, 0, problem(http.StatusGone, "第 "+no+" 版的内容已依法清除，只保留这条记录。")
		}
	}
	return 0, 0, problem(http.StatusNotFound, "这份文件没有第 "+shorten(no, 10)+" 版。")
}
