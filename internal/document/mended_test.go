package document_test

import (
	"testing"
	"time"

	"gongkai/internal/document"
)

func TestMended_TellsWhatWasDoneAboutAText(t *testing.T) {
	each(t, func(b *bench) {
		b.anOrgan()
		serial := 0
		for _, audience := range []string{"", "甲村"} {
			begin := func() int64 {
				serial++
				w, label := b.mustIssue(document.Issue{Audience: audience, Content: text("关于停水的通知", "2026-11-01", "", "停水"+string(rune('甲'+serial))+"天。")})
				if label != 1 {
					t.Fatal(label)
				}
				return w
			}
			look := func(what string, w int64, since time.Time, want string) {
				t.Helper()
				if how, err := b.lib.Mended(ctx, b.db.Reader(), w, 1, since); err != nil || how != want {
					t.Errorf("audience %q, %s: %q %v, want %q", audience, what, how, err, want)
				}
			}
			w := begin()
			since := b.now
			look("nothing done", w, since, "")
			b.now = b.now.Add(time.Minute)
			b.mustTakeDown(document.TakeDown{Work: w, Ground: "mistake", Reason: "有误"})
			look("taken down", w, since, document.MendedByTakedown)
			b.mustTakeDown(document.TakeDown{Work: w, Restore: true, Ground: "restore", Reason: "已核实"})
			look("put back as it was", w, since, "")
			b.mustIssue(document.Issue{Audience: audience, Work: w, Content: text("关于停水的通知", "2026-11-02", "", "改为停水九天。"+string(rune('甲'+serial)))})
			look("a newer edition", w, since, document.MendedByRecord)
			gone := begin()
			b.expunge(gone)
			look("expunged", gone, since, document.MendedByTakedown)
		}
		w, _ := b.mustIssue(document.Issue{Content: text("关于供水的通知", "2026-11-01", "", "供水恢复。")})
		if _, err := b.correct(w, 1, "title", "关于供水的通知", "关于恢复供水的通知", "mended-1"); err != nil {
			t.Fatal(err)
		}
		for since, want := range map[time.Time]string{b.now.Add(-time.Minute): document.MendedByRecord, b.now.Add(time.Minute): ""} {
			if how, err := b.lib.Mended(ctx, b.db.Reader(), w, 1, since); err != nil || how != want {
				t.Errorf("corrected, asked since %s: %q %v", since, how, err)
			}
		}
	})
}
