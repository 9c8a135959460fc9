package workday

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	"gongkai/internal/fault"
)

// festivals must all stand in a national notice since 2008 (全国年节及纪念日放假办法).
var festivals = []string{"元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节"}

// fixedDays rest by law whatever a notice says (art. 2 of the same).
var fixedDays = []struct {
	month time.Month
	day   int
}{{1, 1}, {5, 1}, {10, 1}, {10, 2}, {10, 3}}

// Check looks at one year's days of one region before they may count and names
// every fault in Chinese (fault.Invalid, field “days”). An empty result means
// that the year may be used.
func Check(year int, days []Day) []error {
	if len(days) == 0 {
		return []error{dayFault("%d年：没有任何放假或者上班的日期。", year)}
	}
	days = slices.Clone(days)
	slices.SortStableFunc(days, func(a, b Day) int { return a.Date.Compare(b.Date) })
	var out []error
	for i, d := range days {
		out = append(out, checkDay(year, d)...)
		if i > 0 && days[i-1].Date == d.Date {
			out = append(out, dayFault("%s：这一天出现了两次。", d.Date.Chinese()))
		}
		if d.Version != days[0].Version || d.Region != days[0].Region {
			out = append(out, dayFault("%s：同一年的日期必须属于同一份通知。", d.Date.Chinese()))
		}
	}
	if days[0].Region == "" {
		out = append(out, checkFestivals(year, days)...)
	}
	return append(out, checkGaps(days)...)
}

func checkDay(year int, d Day) []error {
	var out []error
	// New Year's rest may begin in the last days of the year before (G).
	before := d.Date.Year == year-1 && d.Date.Month == time.December && d.Date.Day >= 25
	if _, ok := NewDate(d.Date.Year, d.Date.Month, d.Date.Day); !ok {
		return []error{dayFault("%s：没有这一天。", cmp.Or(d.Date.String(), "日期不详"))}
	}
	if d.Date.Year != year && !before {
		out = append(out, dayFault("%s：不在%d年。", d.Date.Chinese(), year))
	}
	weekend := d.Date.Weekday() == time.Saturday || d.Date.Weekday() == time.Sunday
	switch {
	case d.Kind != Rest && d.Kind != Work:
		out = append(out, dayFault("%s：没有写明放假还是上班。", d.Date.Chinese()))
	case d.Kind == Work && !weekend && d.Region == "":
		out = append(out, dayFault("%s是%s，本来就上班，不能列为调休上班。", d.Date.Chinese(), d.Date.WeekdayName()))
	}
	return out
}

func checkFestivals(year int, days []Day) []error {
	if year < 2008 {
		return nil
	}
	var out []error
	for _, f := range festivals {
		if !slices.ContainsFunc(days, func(d Day) bool { return d.Kind == Rest && strings.Contains(d.Name, f) }) {
			out = append(out, dayFault("%d年：缺少%s的放假日期。", year, f))
		}
	}
	for _, f := range fixedDays {
		day := Date{year, f.month, f.day}
		if !slices.ContainsFunc(days, func(d Day) bool { return d.Kind == Rest && d.Date == day }) {
			out = append(out, dayFault("%s是法定节日，应当放假。", day.Chinese()))
		}
	}
	return out
}

// checkGaps finds a festival's rest that is broken by a worked day. Weekend
// days that the notice does not name rest anyway and are no gap.
func checkGaps(days []Day) []error {
	listed := map[Date]Kind{}
	for _, d := range days {
		listed[d.Date] = d.Kind
	}
	last := map[string]Date{}
	var out []error
	for _, d := range days {
		if d.Kind != Rest {
			continue
		}
		if from, ok := last[d.Name]; ok && from.Before(d.Date) {
			for g := from.next(); g.Before(d.Date); g = g.next() {
				weekend := g.Weekday() == time.Saturday || g.Weekday() == time.Sunday
				if k, named := listed[g]; !named && !weekend || k == Work {
					out = append(out, dayFault("%s：%s假期在%s中断，请核对起止日期。", d.Date.Chinese(), d.Name, g.Chinese()))
					break
				}
			}
		}
		last[d.Name] = d.Date
	}
	return out
}

func dayFault(format string, args ...any) error {
	return fault.Field("workday.Check", "days", format, args...)
}

// joined is one error for many, its user text naming all of them.
func joined(faults []error) error {
	if len(faults) == 0 {
		return nil
	}
	texts := make([]string, len(faults))
	for i, f := range faults {
		texts[i] = fault.Text(f)
	}
	return &fault.Error{Kind: fault.Invalid, Op: "workday.New", Field: "days", Text: strings.Join(texts, ""), Err: errors.Join(faults...)}
}
