package release

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"slices"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// publish makes a signed text public in the transaction of its act, or files
// it away when it is not for the public; then a withheld text comes up for
// review again within a year.
func (r *Room) publish(ctx context.Context, t *turn) (err error) {
	s := t.Data
	// Since the look at what is due it may have been signed anew, for later.
	if t.Now.Before(s.ReleaseAt) {
		return fault.New(fault.Forbidden, "release.publish", "还没有到发布时间。")
	}
	s.Released = t.Now
	signer := lastActor(t.Case, signatures...)
	if s.Public() {
		// Since the signature somebody else may have published an edition.
		if reason := s.overtaken(); reason != "" {
			return fault.New(fault.Conflict, "release.publish", reason)
		}
		o := s.Order(t.Today)
		o.Actor = signer
		if s.Work, s.Label, err = r.library.Issue(ctx, t.Tx, o); err != nil {
			return err
		}
		if err := r.openChannels(ctx, t.Tx, s, t.Now); err != nil {
			return err
		}
		t.Link("published", s.Work)
	} else if s.Attribute == Withheld {
		if err := r.openWithheld(ctx, t); err != nil {
			return err
		}
	}
	if s.Public() && s.Urgent != "" {
		s.tellAfter(t)
	}
	for _, login := range []string{s.Drafter, signer} {
		t.Tell("published", login, 0)
	}
	t.Record(map[string]int64{"work": s.Work, "edition": int64(s.Label)})
	return s.update(ctx, t.Tx)
}

// Order is the text as it would go out on a day, with what goes with it.
func (s *Slip) Order(on workday.Date) Order {
	o := Order{Organ: s.Owner(), Paper: s.Paper, Work: s.BaseWork, Audience: s.Audience, On: on}
	for _, f := range s.Files {
		if f.Role == Attachment || f.Role == Picture {
			o.Files = append(o.Files, f)
		}
	}
	return o
}

// signatures are the acts after which a text waits for its time.
var signatures = []casework.Action{ActSign, ActSignUrgent, ActPaper}

func lastDone(c *casework.Case, actions ...casework.Action) (casework.Done, bool) {
	for i := len(c.Done) - 1; i >= 0; i-- {
		if slices.Contains(actions, c.Done[i].Action) {
			return c.Done[i], true
		}
	}
	return casework.Done{}, false
}

func lastActor(c *casework.Case, actions ...casework.Action) string {
	d, _ := lastDone(c, actions...)
	return d.Actor
}

// fail sends a text back that the library refused, with its reason.
func (r *Room) fail(ctx context.Context, t *turn) error {
	s := t.Data
	s.Failed = t.Form.(*ReasonForm).Reason
	s.unsigned()
	s.Released = time.Time{}
	t.CancelNotices()
	t.Tell("failed", s.Drafter, 0)
	t.Tell("failed", lastActor(t.Case, signatures...), 0)
	t.Record(t.Form)
	return s.update(ctx, t.Tx)
}

// sweepBatch is how many due releases one look takes.
const sweepBatch = 100

// Sweep publishes every text whose time has come, each in a transaction of its
// own: killed in the middle, none is lost and none goes out twice, whichever
// node looks. It reports how many it released.
func (r *Room) Sweep(ctx context.Context, log *slog.Logger) (released int, err error) {
	defer fault.Wrap(&err, "release.Sweep")
	after := [2]int64{}
	for {
		due, err := r.due(ctx, after)
		if err != nil || len(due) == 0 {
			return released, err
		}
		for _, d := range due {
			after = d
			ok, err := r.releaseOne(ctx, d[1], log)
			if err != nil {
				return released, err
			}
			if ok {
				released++
			}
		}
	}
}

// due lists signed texts whose time has come, by time and case.
func (r *Room) due(ctx context.Context, after [2]int64) (out [][2]int64, err error) {
	rows, err := r.db.Reader().QueryContext(ctx, `SELECT s.release_at, s.case_id FROM releases s JOIN cases c ON c.id = s.case_id
		WHERE s.released_at = 0 AND s.release_at > 0 AND s.release_at <= $1 AND c.state = $2 AND (s.release_at > $3 OR s.release_at = $3 AND s.case_id > $4)
		ORDER BY s.release_at, s.case_id LIMIT $5`, r.now().UnixMicro(), string(Releasing), after[0], after[1], sweepBatch)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var d [2]int64
		if err := rows.Scan(&d[0], &d[1]); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, rows.Err()
}

// releaseOne publishes one text. Another node may have been quicker, and its
// signer may have taken it back: both are fine. What the library refuses goes
// back to its drafter; a passing trouble is tried again at the next look.
func (r *Room) releaseOne(ctx context.Context, id int64, log *slog.Logger) (bool, error) {
	err := r.db.Tx(ctx, func(tx *sql.Tx) error {
		_, err := r.kernel.ApplyIn(ctx, tx, casework.Do{Case: id, Action: ActPublish, Actor: casework.Product})
		return err
	})
	if err == nil {
		return true, nil
	}
	if ctx.Err() != nil {
		return false, err
	}
	switch fault.KindOf(err) {
	case fault.Forbidden:
		return false, nil
	case fault.Unavailable:
		log.WarnContext(ctx, "release waits", "case", id, "error", err)
		return false, nil
	}
	log.ErrorContext(ctx, "release refused", "case", id, "error", err)
	_, again := r.kernel.Apply(ctx, casework.Do{Case: id, Action: ActFail, Actor: casework.Product, Form: &ReasonForm{Reason: fault.Text(err)}})
	if fault.KindOf(again) == fault.Forbidden {
		return false, nil
	}
	return false, again
}

// ChannelNames are the places beside the site where a text may go; what goes
// there is packed for upload, and its address is filled in afterwards.
var ChannelNames = []struct{ Code, Name string }{
	{"province", "省级平台"}, {"wechat", "微信公众号"}, {"weibo", "微博"}, {"hotline", "12345 知识库"}, {"archive", "国家档案馆、公共图书馆"},
}

// openChannels notes the channels of a released text as waiting; the archive
// and the library always get what is proactively disclosed.
func (r *Room) openChannels(ctx context.Context, tx *sql.Tx, s *Slip, now time.Time) error {
	if s.Audience != "" {
		return nil
	}
	want := append([]string{"archive"}, s.Traits.Channels...)
	for _, c := range want {
		if _, err := tx.ExecContext(ctx, `INSERT INTO release_channels (case_id, channel, state, at) VALUES ($1, $2, 'waiting', $3) ON CONFLICT DO NOTHING`, s.Case, c, now.UnixMicro()); err != nil {
			return err
		}
	}
	return nil
}

// SetChannel fills in what became of a text in a channel: its address there,
// or why it failed.
func (r *Room) SetChannel(ctx context.Context, a access.Actor, id int64, c Channel) (err error) {
	defer fault.Wrap(&err, "release.SetChannel(%d, %s)", id, c.Name)
	if !slices.Contains([]string{"waiting", "done", "failed", "unclear"}, c.State) {
		return fault.Field("release.SetChannel", "结果", "“结果”：请选已发布、没有成功或者结果不明。")
	}
	if c.State == "done" && c.Address == "" {
		return fault.Field("release.SetChannel", "网址", "“网址”：请填写发布后的网址，以便核对。")
	}
	if err := checkWords("说明", c.Note, c.State == "failed"); err != nil {
		return err
	}
	return r.db.Tx(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE release_channels SET state = $3, address = $4, note = $5, at = $6 WHERE case_id = $1 AND channel = $2`,
			id, c.Name, c.State, c.Address, c.Note, r.now().UnixMicro())
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, fault.New(fault.NotFound, "release.SetChannel", "这份文件没有这个发布渠道。"))
		}
		return r.kernel.NoteIn(ctx, tx, a, id, noteChannel, c)
	})
}
