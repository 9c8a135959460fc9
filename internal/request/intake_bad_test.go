package request_test

import (
	"strings"
	"testing"
	"time"

	"gongkai/internal/clock"
	"gongkai/internal/fault"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/workday"
)

// The day of receipt is the channel's affair: nobody enters one to come, none
// before the request came, and none that the channel does not know.
func TestBadInput_TheDayOfReceiptIsTheChannels(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db) // Friday 2026-01-30
		for _, via := range request.Vias {
			a := d.application()
			a.Channel, a.Door = via.Channel, &request.Door{Via: via.Via, System: "省平台", Number: "S-1"}
			a.On = workday.DateOf(d.now).AddDays(1)
			if _, err := d.room.Submit(ctx, a); fault.FieldOf(err) != "收到日期" || !strings.Contains(fault.Text(err), "2026年1月31日还没有到") {
				t.Errorf("%s tomorrow: %v", via.Name, err)
			}
		}
		if n := d.tally(`SELECT COUNT(*) FROM cases`); n != 0 {
			t.Fatalf("%d cases of refused entries", n)
		}
		d.now = time.Date(2026, 2, 3, 2, 0, 0, 0, time.UTC)
		for _, c := range []struct {
			via      request.Via
			channel  clock.Channel
			received string // when it came on 2 February and is confirmed on the 3rd
		}{
			{request.ViaCounter, clock.InPerson, "2026-02-02"}, {request.ViaOrdinary, clock.PostOrdinary, "2026-02-03"},
			{request.ViaFax, clock.Fax, "2026-02-03"}, {request.ViaMailBox, clock.Online, "2026-02-03"},
		} {
			rc := d.submit(func(a *request.Application) {
				a.Channel, a.Door, a.On = c.channel, &request.Door{Via: c.via}, workday.MustDate("2026-02-02")
			})
			for _, on := range []string{"2026-02-01", "2026-02-04"} {
				if err := d.do(rc.Case, "clerk", request.ActConfirm, &request.ConfirmForm{On: workday.MustDate(on)}); fault.FieldOf(err) != "收到日期" {
					t.Errorf("%s confirmed on %s: %v", c.via.Name(), on, err)
				}
			}
			d.must(rc.Case, "clerk", request.ActConfirm, &request.ConfirmForm{On: workday.MustDate("2026-02-03")})
			if got := d.asked(rc.Case).ReceivedOn.String(); got != c.received {
				t.Errorf("%s received on %s, want %s", c.via.Name(), got, c.received)
			}
		}
		// What came over the net counts as confirmed on the next working day,
		// whenever somebody gets round to it.
		late := d.submit(func(a *request.Application) {
			a.Channel, a.Door, a.On = clock.Online, &request.Door{Via: request.ViaMailBox}, workday.MustDate("2026-02-02")
		})
		d.now = time.Date(2026, 2, 6, 2, 0, 0, 0, time.UTC)
		if err := d.do(late.Case, "clerk", request.ActConfirm, &request.ConfirmForm{On: workday.MustDate("2026-02-06")}); fault.FieldOf(err) != "收到日期" || !strings.Contains(fault.Text(err), "2026年2月3日") {
			t.Errorf("a day that the channel does not know: %v", err)
		}
		d.must(late.Case, "clerk", request.ActConfirm, &request.ConfirmForm{})
		if got, due := d.asked(late.Case).ReceivedOn.String(), d.due(late.Case); got != "2026-02-03" || due != "2026-03-09" {
			t.Errorf("confirmed late: received on %s, due %s", got, due)
		}
	})
}

// An organisation without a unified credit code is asked for it by name, and
// with another number it is taken with a warning: a code is no condition.
func TestBadInput_AnOrganisationWithoutCode(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		a := d.application()
		company(&a)
		for _, none := range []string{"", "  "} {
			a.Applicant.Proof = none
			if _, err := d.room.Submit(ctx, a); fault.FieldOf(err) != "身份证明" || !strings.Contains(fault.Text(err), "统一社会信用代码") {
				t.Errorf("%q: %v", none, err)
			}
		}
		a.Applicant.Proof = "社证字第0012号"
		if w := request.Warnings(a.Applicant); len(w) != 1 || !strings.Contains(w[0], "统一社会信用代码") {
			t.Errorf("%q", w)
		}
		rc, err := d.room.Submit(ctx, a)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := d.room.Track(ctx, rc.Code, "012号"); err != nil {
			t.Errorf("the second fact of another paper: %v", err)
		}
	})
}
