package request_test

import (
	"testing"
	"time"

	"gongkai/internal/clock"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

// TestA63_AFormSentAgainAfterMidnightGivesTheSameReceipt: whoever lost the
// answer sends the same form once more, and the day has changed meanwhile.
func TestA63_AFormSentAgainAfterMidnightGivesTheSameReceipt(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.now = time.Date(2026, 1, 30, 15, 59, 50, 0, time.UTC) // ten seconds before midnight
		a := d.application()
		a.Channel, a.Delivery, a.Electronic = clock.Online, "online", true
		first, err := d.room.Submit(ctx, a)
		if err != nil {
			t.Fatal(err)
		}
		d.now = d.now.Add(time.Minute)
		again, err := d.room.Submit(ctx, a)
		if err != nil || again.Case != first.Case || again.Number != first.Number || again.Code != first.Code || again.Due.Due != first.Due.Due {
			t.Errorf("%+v, first %+v: %v", again, first, err)
		}
		a.Content = "别的内容"
		if _, err := d.room.Submit(ctx, a); err == nil {
			t.Error("other words under a used token are taken")
		}
	})
}
