// Package workday holds civil dates, days as the law speaks of them without a
// time of day and without a zone, and the calendar of working days (handbook
// section G): which days are worked, why, and which years are known.
package workday

import (
	"fmt"
	"time"
)

// Zone is legal time in China: +08 all year, fixed, so no zone database is needed.
var Zone = time.FixedZone("CST", 8*60*60)

// Date is a civil day. The zero Date means the day is not known.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// NewDate returns the day if it exists in the calendar (2026-02-30 does not).
func NewDate(y int, m time.Month, d int) (Date, bool) {
	t := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	if y < 1 || y > 9999 || t.Year() != y || t.Month() != m || t.Day() != d {
		return Date{}, false
	}
	return Date{y, m, d}, true
}

// ParseDate reads YYYY-MM-DD and nothing else.
func ParseDate(s string) (Date, bool) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, false
	}
	y, m, d := t.Date()
	return NewDate(y, m, d)
}

// MustDate parses a literal; it panics on a day that does not exist.
func MustDate(s string) Date {
	d, ok := ParseDate(s)
	if !ok {
		panic("workday: no such day: " + s)
	}
	return d
}

// DateOf is the civil day of an instant in legal time.
func DateOf(t time.Time) Date {
	y, m, d := t.In(Zone).Date()
	return Date{y, m, d}
}

// IsZero reports an unknown day.
func (d Date) IsZero() bool { return d == Date{} }

// Time is the first instant of the day in legal time.
func (d Date) Time() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, Zone) }

// AddDays moves by calendar days; an unknown day stays unknown.
func (d Date) AddDays(n int) Date {
	if d.IsZero() {
		return d
	}
	return DateOf(d.Time().AddDate(0, 0, n))
}

// next is the day after, without going through an instant: calendars walk days.
func (d Date) next() Date {
	if d.Day < 28 {
		d.Day++
		return d
	}
	if n, ok := NewDate(d.Year, d.Month, d.Day+1); ok {
		return n
	}
	if d.Month == time.December {
		return Date{d.Year + 1, time.January, 1}
	}
	return Date{d.Year, d.Month + 1, 1}
}

// AddMonths moves by months to the corresponding day, or to the last day of a
// month that has none (民法典 art. 202); an unknown day stays unknown.
func (d Date) AddMonths(n int) Date {
	if d.IsZero() {
		return d
	}
	first := time.Date(d.Year, d.Month+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return Date{first.Year(), first.Month(), min(d.Day, last)}
}

// Weekday is the day of the week, from a fixed Sunday by plain arithmetic.
func (d Date) Weekday() time.Weekday {
	y, m := d.Year, int(d.Month)
	if m < 3 {
		y--
	}
	offset := [...]int{0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4}
	w := (y + y/4 - y/100 + y/400 + offset[(m+11)%12] + d.Day) % 7
	return time.Weekday((w + 7) % 7)
}

// WeekdayName is 星期一 to 星期日.
func (d Date) WeekdayName() string {
	return [...]string{"星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"}[d.Weekday()]
}

// Compare orders days, an unknown day first.
func (d Date) Compare(o Date) int {
	switch {
	case d == o:
		return 0
	case d.Year != o.Year:
		return sign(d.Year - o.Year)
	case d.Month != o.Month:
		return sign(int(d.Month - o.Month))
	default:
		return sign(d.Day - o.Day)
	}
}

// Before reports d < o.
func (d Date) Before(o Date) bool { return d.Compare(o) < 0 }

// After reports d > o.
func (d Date) After(o Date) bool { return d.Compare(o) > 0 }

// String is the ISO form, or "" when unknown.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// Chinese is 2026年11月20日, or 日期不详 when unknown.
func (d Date) Chinese() string {
	if d.IsZero() {
		return "日期不详"
	}
	return fmt.Sprintf("%d年%d月%d日", d.Year, int(d.Month), d.Day)
}

// MarshalText gives the ISO form for JSON.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the ISO form; empty text is the unknown day.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	v, ok := ParseDate(string(b))
	if !ok {
		return fmt.Errorf("workday: no such day: %q", b)
	}
	*d = v
	return nil
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}
