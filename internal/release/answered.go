package release

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"slices"
	"unicode/utf8"

	"gongkai/internal/casework"
	"gongkai/internal/fault"
)

// maxAddress bounds an address that another platform gives, in bytes.
const maxAddress = 1000

// ChannelAnswered notes what the adapter of a platform said of a released text.
// It may say it twice: what stands as published stays, whoever wrote it. A text
// that did not go to that channel, or did not come from a slip, is none of its
// business and changes nothing. An answer that cannot be right is kept as
// 结果不明, for a person to look at.
func (r *Room) ChannelAnswered(ctx context.Context, tx *sql.Tx, work int64, edition int, c Channel) (err error) {
	defer fault.Wrap(&err, "release.ChannelAnswered(%d, %d, %s)", work, edition, c.Name)
	if !slices.Contains([]string{"done", "failed", "unclear"}, c.State) || !utf8.ValidString(c.Address+c.Note) {
		return nil
	}
	c.Note = clip(c.Note)
	if c.State == "done" && !goodAddress(c.Address) {
		c.State, c.Note = "unclear", "平台说已经发布，但没有给出能打开的网址。"
	}
	if c.State != "done" {
		c.Address = ""
	}
	if c.State == "failed" && c.Note == "" {
		c.Note = "平台没有收下，也没有说明原因。"
	}
	var id int64
	err = tx.QueryRowContext(ctx, `UPDATE release_channels SET state = $4, address = $5, note = $6, at = $7
		WHERE channel = $3 AND state <> 'done' AND NOT (state = $4 AND note = $6) AND case_id = (SELECT case_id FROM releases WHERE work = $1 AND label = $2 AND released_at > 0)
		RETURNING case_id`, work, edition, c.Name, c.State, c.Address, c.Note, r.now().UnixMicro()).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return r.kernel.NoteIn(ctx, tx, casework.Product, id, noteChannel, c)
}

func goodAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && len(s) <= maxAddress && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil
}
