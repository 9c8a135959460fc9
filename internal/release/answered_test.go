package release_test

import (
	"context"
	"database/sql"
	"strings"
	"testing"
	"time"

	"gongkai/internal/release"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

// What an adapter says fills the channel once; a person's entry stays, and what
// cannot be right is for a person to look at.
func TestChannelAnswered_OnceAndNeverOverAPerson(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		ctx := context.Background()
		id := o.begin(func(n *release.NewSlip) { n.Traits.Channels = []string{"province", "weibo"} })
		o.gates(id)
		o.must(id, "signer", release.ActSign, &release.SignForm{})
		o.now = o.now.Add(5 * time.Minute)
		if o.sweep() != 1 {
			t.Fatal("it did not go out")
		}
		s := o.slip(id)
		say := func(work int64, c release.Channel) string {
			t.Helper()
			if err := db.Tx(ctx, func(tx *sql.Tx) error { return o.room.ChannelAnswered(ctx, tx, work, s.Label, c) }); err != nil {
				t.Fatal(err)
			}
			for _, x := range o.slip(id).Channels {
				if x.Name == c.Name {
					return strings.TrimSpace(x.State + " " + x.Address + " " + x.Note)
				}
			}
			return "no channel"
		}
		for _, x := range []struct {
			work int64
			c    release.Channel
			want string
		}{
			{s.Work + 9, release.Channel{Name: "province", State: "done", Address: "https://p.example/1"}, "waiting"},
			{s.Work, release.Channel{Name: "province", State: "published", Address: "https://p.example/1"}, "waiting"},
			{s.Work, release.Channel{Name: "province", State: "done", Address: "javascript:alert(1)"}, "unclear  平台说已经发布，但没有给出能打开的网址。"},
			{s.Work, release.Channel{Name: "province", State: "failed"}, "failed  平台没有收下，也没有说明原因。"},
			{s.Work, release.Channel{Name: "province", State: "done", Address: "https://p.example/1"}, "done https://p.example/1"},
			{s.Work, release.Channel{Name: "province", State: "done", Address: "https://p.example/2"}, "done https://p.example/1"},
			{s.Work, release.Channel{Name: "wechat", State: "done", Address: "https://p.example/1"}, "no channel"},
		} {
			if got := say(x.work, x.c); got != x.want {
				t.Errorf("%+v: %q, want %q", x.c, got, x.want)
			}
		}
		if err := o.room.SetChannel(ctx, o.people["clerk"], id, release.Channel{Name: "weibo", State: "done", Address: "https://w.example/7"}); err != nil {
			t.Fatal(err)
		}
		if got := say(s.Work, release.Channel{Name: "weibo", State: "failed", Note: "稍后"}); got != "done https://w.example/7" {
			t.Errorf("over a person: %q", got)
		}
		if n := o.id(`SELECT COUNT(*) FROM case_events WHERE case_id = $1 AND action = 'channel'`, id); n != 4 {
			t.Errorf("%d events", n)
		}
	})
}
