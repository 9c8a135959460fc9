package workday

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gongkai/internal/fault"
)

// Notice is what a State Council holiday notice arranges.
type Notice struct {
	Year   int
	Number string // 国办发明电〔2025〕7号, "" when the text does not carry it
	Days   []Day  // Version 1, no region; the caller raises the version of a second notice
}

// longestNotice is far above any notice, in bytes.
const longestNotice = 64 << 10

var (
	noticeTitle  = regexp.MustCompile(`关于(?:调整)?([12]\d{3})年(?:部分)?节假日`)
	noticeIntro  = regexp.MustCompile(`现将([12]\d{3})年元旦`)
	noticeNumber = regexp.MustCompile(`国办发(?:明电)?〔[12]\d{3}〕[1-9]\d*号`)
	noticeItem   = regexp.MustCompile(`[一二三四五六七八九十]+、([^：。，、]+(?:、[^：。，、]+)?)：`)
	noticeDate   = regexp.MustCompile(`(?:([12]\d{3})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:（([^）]*)）)?`)
	statedDay    = regexp.MustCompile(`(?:星期|周)([一二三四五六日天])`)
	restClause   = regexp.MustCompile(`^D((?:至|到|—|－|–|-|～|~)D|(?:、D)*)(?:放假(?:调休|公休)?|补休|休息)(?:(\d{1,2})天)?$`)
	workClause   = regexp.MustCompile(`^D((?:、|和)D)*上班$`)
	countClause  = regexp.MustCompile(`^共(\d{1,2})天$`)
	spaces       = strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "", "\u3000", "", "\u00a0", "", "(", "（", ")", "）", ":", "：", ",", "，")
)

// ParseNotice reads the text of a State Council notice on a year's holidays,
// with or without its head and its closing sentence. Stated weekdays, stated
// numbers of days and Check must agree with what was read; otherwise every
// fault is named (fault.Invalid, field “notice”) and the notice is zero.
func ParseNotice(text string) (Notice, []error) {
	if len(text) > longestNotice {
		return Notice{}, []error{fault.New(fault.TooLarge, "workday.ParseNotice", "文本太长，不像是放假通知。")}
	}
	flat := spaces.Replace(halfWidthDigits(text))
	n := Notice{Number: noticeNumber.FindString(flat)}
	for _, re := range []*regexp.Regexp{noticeTitle, noticeIntro} {
		m := re.FindStringSubmatch(flat)
		if m == nil {
			continue
		}
		year, err := strconv.Atoi(m[1])
		if err != nil || n.Year != 0 && n.Year != year {
			return Notice{}, []error{noticeFault("标题和正文写的年份不一致：%d年、%s年。", n.Year, m[1])}
		}
		n.Year = year
	}
	if n.Year == 0 {
		return Notice{}, []error{noticeFault("看不出是哪一年的通知，请连同标题“国务院办公厅关于某年部分节假日安排的通知”一起粘贴。")}
	}
	r := noticeReader{year: n.Year, notice: n.Number}
	heads := noticeItem.FindAllStringSubmatchIndex(flat, -1)
	if len(heads) == 0 {
		return Notice{}, []error{noticeFault("没有找到“一、元旦：”这样的条目。")}
	}
	for i, h := range heads {
		end := len(flat)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		r.item(flat[h[2]:h[3]], flat[h[1]:end])
	}
	faults := r.faults
	if len(faults) == 0 {
		faults = Check(n.Year, r.days)
	}
	if len(faults) > 0 {
		return Notice{}, faults
	}
	slices.SortFunc(r.days, func(a, b Day) int { return a.Date.Compare(b.Date) })
	n.Days = r.days
	return n, nil
}

type noticeReader struct {
	year     int
	notice   string
	festival string
	days     []Day
	faults   []error
}

// item reads the sentences of one festival: 1月1日至3日放假调休，共3天。1月4日上班。
func (r *noticeReader) item(festival, body string) {
	r.festival = festival
	rested := false
	for _, sentence := range strings.Split(body, "。") {
		// Advice to take paid leave names days that are no holidays (2024: 除夕).
		if strings.Contains(sentence, "鼓励") {
			continue
		}
		dates, ok := r.dates(sentence)
		if !ok {
			return
		}
		before := len(r.days)
		for _, clause := range strings.Split(noticeDate.ReplaceAllString(sentence, "D"), "，") {
			n := strings.Count(clause, "D")
			mine := dates[:n]
			dates = dates[n:]
			rested = r.clause(clause, mine, len(r.days)-before) || rested
		}
	}
	if !rested && len(r.faults) == 0 {
		r.fault("没有读到放假的日期")
	}
}

// clause reads one clause, its dates replaced by D; resting is the number of
// days that the sentence has named so far. It reports whether days of rest came.
func (r *noticeReader) clause(clause string, dates []Date, resting int) bool {
	if m := restClause.FindStringSubmatch(clause); m != nil {
		days := dates
		if m[1] != "" && !strings.HasPrefix(m[1], "、") {
			days = r.span(dates[0], dates[1])
		}
		r.add(Rest, days)
		if m[2] != "" && m[2] != strconv.Itoa(len(days)) {
			r.fault("写明放假%s天，读到的是%d天", m[2], len(days))
		}
		return true
	}
	if workClause.MatchString(clause) {
		r.add(Work, dates)
		return false
	}
	if m := countClause.FindStringSubmatch(clause); m != nil && m[1] != strconv.Itoa(resting) {
		r.fault("写明共%s天，读到的是%d天", m[1], resting)
		return false
	}
	// What speaks of days and rest or work must have been understood.
	for _, word := range []string{"放假", "上班", "补休", "公休日", "假期"} {
		if len(dates) > 0 && strings.Contains(clause, word) {
			r.fault("看不懂这一句：“%s”", strings.ReplaceAll(clause, "D", "某日"))
			break
		}
	}
	return false
}

func (r *noticeReader) add(kind Kind, dates []Date) {
	for _, d := range dates {
		r.days = append(r.days, Day{Date: d, Kind: kind, Name: r.festival, Year: r.year, Notice: r.notice, Version: 1})
	}
}

// longestHoliday bounds a span, in days: a longer one is a misread date.
const longestHoliday = 31

func (r *noticeReader) span(from, to Date) []Date {
	var out []Date
	for d := from; !d.After(to); d = d.next() {
		if out = append(out, d); len(out) > longestHoliday {
			break
		}
	}
	if len(out) == 0 || len(out) > longestHoliday {
		r.fault("%s至%s不像一段假期", from.Chinese(), to.Chinese())
		return nil
	}
	return out
}

// dates reads the dates of a sentence in order. A date takes what it leaves
// out from the one before it; a December date of 元旦 lies in the year before.
func (r *noticeReader) dates(sentence string) ([]Date, bool) {
	var out []Date
	stated, month := 0, 0
	for _, m := range noticeDate.FindAllStringSubmatch(sentence, -1) {
		given := func(i int) int {
			n, err := strconv.Atoi(m[i])
			if err != nil {
				return 0 // left out; the expression admits digits only
			}
			return n
		}
		if y := given(1); y != 0 {
			stated = y
		}
		if mo := given(2); mo != 0 {
			if m[1] == "" && stated != 0 && mo < month {
				stated++
			}
			month = mo
		}
		year := r.year
		switch {
		case stated != 0:
			year = stated
		case month == 12 && strings.Contains(r.festival, "元旦"):
			year--
		}
		d, ok := NewDate(year, time.Month(month), given(3))
		if !ok {
			r.fault("没有“%s”这一天", m[0])
			return nil, false
		}
		if w := statedDay.FindStringSubmatch(m[4]); w != nil && weekdayOf(w[1]) != d.Weekday() {
			r.fault("%s是%s，通知写的是星期%s", d.Chinese(), d.WeekdayName(), w[1])
		}
		out = append(out, d)
	}
	return out, true
}

func weekdayOf(s string) time.Weekday {
	if s == "天" {
		return time.Sunday
	}
	return time.Weekday(strings.Index("日一二三四五六", s) / len("日"))
}

func halfWidthDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '０' && r <= '９' {
			return r - '０' + '0'
		}
		return r
	}, s)
}

func (r *noticeReader) fault(format string, args ...any) {
	r.faults = append(r.faults, noticeFault(r.festival+"："+format+"。", args...))
}

func noticeFault(format string, args ...any) error {
	return fault.Field("workday.ParseNotice", "notice", format, args...)
}
