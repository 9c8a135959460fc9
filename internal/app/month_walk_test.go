package app_test

import (
	"time"
)

// wall is a wall calendar of 2026 as a clerk would write it from the notice of
// the State Council. It shares nothing with the packages workday and clock.
type wall struct{ off, on map[string]bool }

func newWall() wall {
	w := wall{map[string]bool{}, map[string]bool{}}
	for _, r := range [][2]string{{"2026-01-01", "2026-01-03"}, {"2026-02-15", "2026-02-23"}, {"2026-04-04", "2026-04-06"}, {"2026-05-01", "2026-05-05"}, {"2026-06-19", "2026-06-21"}} {
		for d := r[0]; d <= r[1]; d = plus(d, 1) {
			w.off[d] = true
		}
	}
	for _, d := range []string{"2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09"} {
		w.on[d] = true
	}
	return w
}

// plus is a civil day so many days later.
func plus(day string, n int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return t.AddDate(0, 0, n).Format(time.DateOnly)
}

// works tells whether the office is open.
func (w wall) works(day string) bool {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	rest := t.Weekday() == time.Saturday || t.Weekday() == time.Sunday
	return w.on[day] || !rest && !w.off[day]
}

// after strikes off so many working days, the first day not counted.
func (w wall) after(day string, n int) string {
	for n > 0 {
		if day = plus(day, 1); w.works(day) {
			n--
		}
	}
	return day
}

// consultation is one consultation as the files tell it.
type consultation struct {
	sent, got, reply string // "" while it has not happened
	capped           bool   // silence ends it after 15 working days
}

// covers tells whether a day does not count because of it: from the day after
// the letter went out to the day of the reply, or the end of the 15 days.
func (a consultation) covers(w wall, day string) bool {
	if day <= a.sent {
		return false
	}
	last := a.reply
	if a.capped && a.got != "" {
		if end := w.after(a.got, 15); last == "" || end < last {
			last = end
		}
	}
	return last == "" || day <= last
}

// diary is what happened to one request, as the test did it.
type diary struct {
	received string
	from     string // the count begins after this day: receipt, correction or payment
	extra    int    // working days by extension or stated delay
	asked    []*consultation
	stands   bool // a correction or a payment is awaited
}

// due walks day by day until the last one; "" while the clock stands.
func (d *diary) due(w wall) string {
	if d.stands {
		return ""
	}
	day, left := d.from, 20+d.extra
	for range 400 {
		day = plus(day, 1)
		out := false
		for _, a := range d.asked {
			out = out || a.covers(w, day)
		}
		if out || !w.works(day) {
			continue
		}
		if left--; left == 0 {
			return day
		}
	}
	return ""
}
