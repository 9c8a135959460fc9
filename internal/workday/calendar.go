package workday

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Kind says how a listed day differs from Monday–Friday.
type Kind string

// The two kinds of listed days.
const (
	Rest Kind = "rest" // a holiday by the notice; it may fall on a weekend
	Work Kind = "work" // a weekend day worked in exchange (调休上班)
)

// Day is one row of a year's arrangement: a day that a notice names.
type Day struct {
	Date    Date
	Kind    Kind
	Name    string // festival, as 春节
	Year    int    // the year that the notice arranges; 0 means the year of Date. 2022-12-31 belongs to 2023
	Notice  string // number or address of the notice
	Version int    // a later notice of the same year and region replaces the earlier one whole
	Region  string // "" for the whole country, else the region's code
}

func (d Day) year() int {
	if d.Year != 0 {
		return d.Year
	}
	return d.Date.Year
}

// Source says where the knowledge of a year comes from.
type Source struct {
	Year    int
	Version int
	Notice  string
	Region  string
}

// Calendar tells working days from rest days. It is an immutable value and may
// be shared; the zero Calendar knows no year.
type Calendar struct {
	rows  []Day          // every row given, the material for With and In
	days  map[Date]Day   // what counts
	years map[int]Source // known years
}

type edition struct {
	region string
	year   int
}

// New builds the calendar of the whole country from rows of any years, versions
// and regions. Of each year and region the highest version counts. A year with
// faults is refused with all of them (fault.Invalid, joined).
func New(rows []Day) (Calendar, error) {
	byEdition := map[edition][]Day{}
	seen := map[Day]bool{}
	for _, d := range rows {
		// The same row from two places, the binary and a database, is one row.
		if seen[d] {
			continue
		}
		seen[d] = true
		k := edition{d.Region, d.year()}
		if have := byEdition[k]; len(have) > 0 && have[0].Version != d.Version {
			if have[0].Version > d.Version {
				continue
			}
			byEdition[k] = nil
		}
		byEdition[k] = append(byEdition[k], d)
	}
	c := Calendar{days: map[Date]Day{}, years: map[int]Source{}}
	keys := make([]edition, 0, len(byEdition))
	for k := range byEdition {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b edition) int {
		if a.year != b.year {
			return a.year - b.year
		}
		return strings.Compare(a.region, b.region)
	})
	for d := range seen {
		c.rows = append(c.rows, d)
	}
	slices.SortFunc(c.rows, func(a, b Day) int {
		return cmp.Or(a.Date.Compare(b.Date), strings.Compare(a.Region, b.Region), a.Version-b.Version, strings.Compare(string(a.Kind), string(b.Kind)))
	})
	for _, k := range keys {
		if err := joined(Check(k.year, byEdition[k])); err != nil {
			return Calendar{}, err
		}
		if k.region == "" {
			c.lay(k.year, byEdition[k])
		}
	}
	return c, nil
}

func (c *Calendar) lay(year int, days []Day) {
	for _, d := range days {
		c.days[d.Date] = d
	}
	c.years[year] = Source{Year: year, Version: days[0].Version, Notice: days[0].Notice}
}

// With adds rows, as a newly imported notice or the rows of a database; a
// higher version replaces the year it arranges.
func (c Calendar) With(rows []Day) (Calendar, error) {
	return New(append(slices.Clone(c.rows), rows...))
}

// In lays the overlay days of regions over the national calendar, the general
// region first (省, then 市). A region without rows changes nothing; a year
// stays unknown while the national notice is not there.
func (c Calendar) In(regions ...string) Calendar {
	out := Calendar{rows: c.rows, days: make(map[Date]Day, len(c.days)), years: c.years}
	for k, v := range c.days {
		out.days[k] = v
	}
	for _, r := range regions {
		newest := map[int]int{}
		for _, d := range c.rows {
			if r != "" && d.Region == r {
				newest[d.year()] = max(newest[d.year()], d.Version)
			}
		}
		for _, d := range c.rows {
			if r != "" && d.Region == r && d.Version == newest[d.year()] {
				out.days[d.Date] = d
			}
		}
	}
	return out
}

// Known reports whether the notice of that year is loaded.
func (c Calendar) Known(year int) bool {
	_, ok := c.years[year]
	return ok
}

// Years lists the known years with their notices, oldest first.
func (c Calendar) Years() []Source {
	out := make([]Source, 0, len(c.years))
	for _, s := range c.years {
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b Source) int { return a.Year - b.Year })
	return out
}

// Why is the ground on which a day is worked or not.
type Why uint8

// The grounds.
const (
	Ordinary  Why = iota // Monday–Friday
	Weekend              // Saturday, Sunday
	Holiday              // rest by the notice
	MakeUp               // weekend day worked in exchange
	Statutory            // year unknown: rest by the law on holidays itself
	Presumed             // year unknown: Monday–Friday is presumed to be worked
)

// Status is what the calendar says of a day.
type Status struct {
	Date  Date
	Works bool
	Known bool // false when the year's notice is not loaded
	Why   Why
	Name  string // festival, where there is one
}

// On tells whether a day is worked and why. In a year whose notice is not
// loaded Monday–Friday is presumed, less the holidays that the law itself
// fixes (handbook G, 2027 fallback).
func (c Calendar) On(d Date) Status {
	s := Status{Date: d, Known: c.Known(d.Year)}
	if row, ok := c.days[d]; ok {
		s.Name, s.Works, s.Why = row.Name, row.Kind == Work, Holiday
		if s.Works {
			s.Why = MakeUp
		}
		// The last days of a year may be arranged by the next year's notice.
		s.Known = s.Known || c.Known(row.year())
		return s
	}
	w := d.Weekday()
	switch {
	case !s.Known && statutory(d) != "":
		s.Why, s.Name = Statutory, statutory(d)
	case w == time.Saturday || w == time.Sunday:
		s.Why = Weekend
	case !s.Known:
		s.Why, s.Works = Presumed, true
	default:
		s.Why, s.Works = Ordinary, true
	}
	return s
}

// Text is the line a citizen can check: 2月14日 星期六 调休上班.
func (s Status) Text() string {
	day := fmt.Sprintf("%d月%d日 %s", int(s.Date.Month), s.Date.Day, s.Date.WeekdayName())
	switch s.Why {
	case Weekend:
		return day + " 周末休息"
	case Holiday:
		return day + " " + s.Name + "放假"
	case MakeUp:
		return day + " 调休上班"
	case Statutory:
		return day + " " + s.Name + "，法定节日"
	case Presumed:
		return day + " 推定上班"
	default:
		return day + " 工作日"
	}
}

// IsWorkday is On(d).Works.
func (c Calendar) IsWorkday(d Date) bool { return c.On(d).Works }

// AddWorkdays is the day on which the nth working day after d ends; d itself is
// not counted. With n ≤ 0 it is d. The second result is false when
// the count touched a year that is not known.
func (c Calendar) AddWorkdays(d Date, n int) (Date, bool) {
	known := true
	for n > 0 {
		d = d.next()
		s := c.On(d)
		known = known && s.Known
		if s.Works {
			n--
		}
	}
	return d, known
}

// CountWorkdays counts the working days after from up to and including to; it
// is negative when to lies before from.
func (c Calendar) CountWorkdays(from, to Date) (n int, known bool) {
	if to.Before(from) {
		n, known = c.CountWorkdays(to, from)
		return -n, known
	}
	known = true
	for from.Before(to) {
		from = from.next()
		s := c.On(from)
		known = known && s.Known
		if s.Works {
			n++
		}
	}
	return n, known
}

// NextWorkday is the first working day after d.
func (c Calendar) NextWorkday(d Date) (Date, bool) { return c.AddWorkdays(d, 1) }

// Roll moves a limit's last day off a rest day: d itself when it is worked,
// else the first working day after it.
func (c Calendar) Roll(d Date) (Date, bool) {
	s := c.On(d)
	if s.Works {
		return d, s.Known
	}
	next, known := c.NextWorkday(d)
	return next, known && s.Known
}

// UnknownText is the sentence that stands beside a provisional answer.
func UnknownText(year int) string {
	return strconv.Itoa(year) + "年的放假安排尚未公布或尚未录入，该年按周一至周五上班并除去法律直接规定的节日推定，公布后重新计算"
}

// statutory is the festival that the law itself puts on a day, for years whose
// notice is not loaded; "" when there is none. Lunar days are known here only
// for 2027 (handbook G).
func statutory(d Date) string {
	switch {
	case d.Month == time.January && d.Day == 1:
		return "元旦"
	case d.Month == time.May && (d.Day == 1 || d.Day == 2 && d.Year >= 2025):
		return "劳动节"
	case d.Month == time.October && d.Day <= 3:
		return "国庆节"
	}
	return lunar[d]
}

var lunar = map[Date]string{
	{2027, 2, 5}: "春节", {2027, 2, 6}: "春节", {2027, 2, 7}: "春节", {2027, 2, 8}: "春节",
	{2027, 4, 5}: "清明节", {2027, 6, 9}: "端午节", {2027, 9, 15}: "中秋节",
}
