package app

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/publication"
)

// maxLag is how old the oldest act may be that the index of a ready node lacks.
const maxLag = 30 * time.Second

// readiness is what /readyz answers. Reason is for the person who is woken up.
type readiness struct {
	Ready    bool     `json:"ready"`
	Reason   string   `json:"reason,omitempty"`
	Database string   `json:"database"` // ok or down
	Index    indexLag `json:"index"`
}

// indexLag is how far this node's index is behind the publication log.
type indexLag struct {
	State   string `json:"state"` // ok, behind, down, unknown
	Rows    int64  `json:"rows_behind"`
	Seconds int64  `json:"seconds_behind"` // age of the oldest row that is missing
}

// ready tells the truth: the database answers and the index is at most maxLag
// behind. It looks for itself at each question, so that a background task that
// hangs, or has not begun, cannot make a stale node look ready.
func (a *App) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 3*time.Second)
	defer cancel()
	state := a.readiness(ctx)
	status := http.StatusOK
	if !state.Ready {
		status = http.StatusServiceUnavailable
	}
	body, err := document.Line(state)
	if err != nil {
		status, body = http.StatusServiceUnavailable, []byte(`{"ready":false}`+"\n") // strings and numbers always encode
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if _, err := w.Write(body); err != nil {
		return // the asker has gone
	}
}

func (a *App) readiness(ctx context.Context) readiness {
	if err := a.DB.Ping(ctx); err != nil {
		a.Log.Error("readyz", "err", err)
		return readiness{Reason: textDatabaseDown, Database: "down", Index: indexLag{State: "unknown"}}
	}
	out := readiness{Database: "ok", Index: indexLag{State: "ok"}}
	rows, age, err := a.behind(ctx)
	out.Index.Rows, out.Index.Seconds = rows, int64(age/time.Second)
	switch {
	case err != nil:
		a.Log.Error("readyz", "err", err)
		out.Index.State, out.Reason = "down", fmt.Sprintf(textIndexDown, fault.Text(err))
	case age > maxLag:
		out.Index.State, out.Reason = "behind", fmt.Sprintf(textIndexBehind, rows, out.Index.Seconds)
	default:
		out.Ready = true
		if rows > 0 {
			out.Index.State = "behind"
		}
	}
	return out
}

// behind counts the rows of the log that the index lacks, and how long ago the
// oldest of them was written.
func (a *App) behind(ctx context.Context) (rows int64, age time.Duration, err error) {
	defer fault.Wrap(&err, "app.behind")
	x, err := a.Index(ctx)
	if err != nil {
		return 0, 0, err
	}
	if rows, err = x.Lag(ctx, a.searchSource()); err != nil || rows <= 0 {
		return 0, 0, err
	}
	// Read after the lag: a log that grew meanwhile makes the age too small for
	// a moment, never too large.
	head, err := publication.HeadSeq(ctx, a.DB.Reader())
	if err != nil {
		return rows, 0, err
	}
	first, err := publication.Changes(ctx, a.DB.Reader(), max(head-rows, 0), 1)
	if err != nil || len(first) == 0 {
		return rows, 0, err
	}
	return rows, max(a.Now().Sub(first[0].At), 0), nil
}

const (
	textDatabaseDown = "数据库没有回答，本节点暂时不能使用。"
	textIndexDown    = "读不了本节点的检索索引：%s"
	textIndexBehind  = "本节点的检索索引还差 %d 条发布记录，最早的一条已过去 %d 秒，正在补齐。"
)
