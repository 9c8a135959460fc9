package workday

import (
	_ "embed"
	"encoding/csv"
	"strconv"
	"strings"
	"sync"
)

//go:embed data/holidays.csv
var holidaysCSV string

//go:embed data/notices.csv
var noticesCSV string

// National is the calendar that the binary carries: the State Council's
// holiday notices of 2007–2026 (data/NOTICE.md names the source).
func National() Calendar { return national() }

// NationalDays are the rows behind National, for filling a database.
func NationalDays() []Day { return append([]Day(nil), national().rows...) }

// The data is compiled in and tested, so a fault in it is a fault of the build.
var national = sync.OnceValue(func() Calendar {
	notices := map[string]string{}
	for _, r := range records(noticesCSV) {
		notices[r[0]] = r[2]
	}
	var rows []Day
	for _, r := range records(holidaysCSV) {
		rows = append(rows, Day{Year: number(r[0]), Version: number(r[1]), Date: MustDate(r[2]), Kind: Kind(r[3]), Name: r[4], Notice: notices[r[0]]})
	}
	c, err := New(rows)
	if err != nil {
		panic("workday: " + err.Error())
	}
	return c
})

// records are the rows below the heading.
func records(text string) [][]string {
	all, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		panic("workday: " + err.Error())
	}
	return all[1:]
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic("workday: " + err.Error())
	}
	return n
}
