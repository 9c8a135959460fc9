package office

import (
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// icsEvent is one entry of a calendar file (RFC 5545). A zero At makes it an
// entry for the whole day On.
type icsEvent struct {
	UID     string
	On      workday.Date
	At      time.Time
	Summary string
	URL     string
}

// calendarFile writes a calendar: CRLF line ends, lines of at most 75 octets,
// text escaped.
func calendarFile(name string, now time.Time, events []icsEvent) []byte {
	var b strings.Builder
	line := func(s string) { foldLine(&b, s) }
	line("BEGIN:VCALENDAR")
	line("VERSION:2.0")
	line("PRODID:-//gongkai//duties//ZH")
	line("CALSCALE:GREGORIAN")
	line("METHOD:PUBLISH")
	line("X-WR-CALNAME:" + icsText(name))
	for _, e := range events {
		line("BEGIN:VEVENT")
		line("UID:" + icsText(e.UID))
		line("DTSTAMP:" + now.UTC().Format("20060102T150405Z"))
		if e.At.IsZero() {
			line("DTSTART;VALUE=DATE:" + icsDay(e.On))
			line("DTEND;VALUE=DATE:" + icsDay(e.On.AddDays(1)))
		} else {
			line("DTSTART:" + e.At.UTC().Format("20060102T150405Z"))
		}
		line("SUMMARY:" + icsText(e.Summary))
		line("TRANSP:TRANSPARENT")
		if e.URL != "" {
			line("URL:" + e.URL)
		}
		line("END:VEVENT")
	}
	line("END:VCALENDAR")
	return []byte(b.String())
}

func icsDay(d workday.Date) string { return fmt.Sprintf("%04d%02d%02d", d.Year, int(d.Month), d.Day) }

// icsText escapes a text value; other control characters have no place in one.
func icsText(s string) string {
	s = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`).Replace(s)
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, s)
}

// foldLine writes a content line, folded before its 76th octet and never
// within a character.
func foldLine(b *strings.Builder, s string) {
	room := 75
	for _, r := range s {
		if n := utf8.RuneLen(r); n > room {
			b.WriteString("\r\n ")
			room = 74 - n
		} else {
			room -= n
		}
		b.WriteRune(r)
	}
	b.WriteString("\r\n")
}

// maxEvents bounds one calendar file.
const maxEvents = 1000

// dutyCalendar answers a calendar program, which has a key and no session. It
// tells number, step and title of what waits, nothing of anybody.
func dutyCalendar(o *Office, c *call) (*answer, error) {
	key := queryValue(c.r, "key")
	who, err := o.deps.Cases.ByDutyKey(c.ctx(), key)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return plainAnswer(http.StatusNotFound, textNoCalendar), nil
	}
	if err != nil {
		return nil, err
	}
	var events []icsEvent
	for after := ""; len(events) < maxEvents; {
		list, err := o.deps.Cases.Duties(c.ctx(), who, casework.DutyFilter{After: after, Limit: 200})
		if err != nil {
			return nil, err
		}
		for _, x := range list.Rows {
			if e, ok := o.dutyEvent(x); ok {
				events = append(events, e)
			}
		}
		if after = list.Next; after == "" {
			break
		}
	}
	h := http.Header{"Content-Type": {"text/calendar; charset=utf-8"}, "Content-Disposition": {`attachment; filename="duties.ics"`}}
	return &answer{http.StatusOK, h, calendarFile(textCalendarName, o.access.Now(), events)}, nil
}

// dutyEvent is a duty in a calendar; what has no due time is not in it. A limit
// that ends at 24:00 stands on its last day.
func (o *Office) dutyEvent(x casework.Duty) (icsEvent, bool) {
	if x.DueAt.IsZero() {
		return icsEvent{}, false
	}
	e := icsEvent{UID: fmt.Sprintf("duty-%d@gongkai", x.ID), Summary: fmt.Sprintf("%s %s《%s》", x.Number, o.deps.Cases.TaskName(x.Kind, x.Name), strings.Trim(x.Title, "《》"))}
	if local := x.DueAt.In(workday.Zone); local.Hour() == 0 && local.Minute() == 0 {
		e.On = workday.DateOf(x.DueAt.Add(-time.Microsecond))
	} else {
		e.At = x.DueAt
	}
	if o.deps.BaseURL != "" {
		e.URL = strings.TrimSuffix(o.deps.BaseURL, "/") + caseAddress(x.Kind, x.Case)
	}
	return e, true
}

// newDutyKey makes the address for calendar programs and shows it once.
func newDutyKey(o *Office, c *call) (*answer, error) {
	key, err := o.deps.Cases.NewDutyKey(c.ctx(), c.actor())
	if err != nil {
		return nil, err
	}
	return o.account(c, http.StatusOK, func(d *accountView) {
		d.Feed.On, d.Feed.Address = true, o.feedBase(c)+"/office/duties.ics?key="+key
	})
}

// feedBase is the address under which calendar programs reach the office.
func (o *Office) feedBase(c *call) string {
	if o.deps.BaseURL != "" {
		return strings.TrimSuffix(o.deps.BaseURL, "/")
	}
	return "http://" + c.r.Host
}

func dropDutyKey(o *Office, c *call) (*answer, error) {
	if err := o.deps.Cases.DropDutyKey(c.ctx(), c.actor()); err != nil {
		return nil, err
	}
	return told(c, "/office/account#feed", textFeedOff), nil
}

// feedView is the calendar of one's duties on the account page.
type feedView struct {
	On      bool
	Address string // shown once
	New     form
	Drop    form
}

func (o *Office) feed(c *call) (f feedView, err error) {
	f.On, err = o.deps.Cases.HasDutyKey(c.ctx(), c.who.Person)
	f.New = form{ID: "feed", Action: "/office/account/calendar", Token: c.form, Submit: "生成订阅地址", Second: true}
	if f.On {
		f.New.Submit = "换一个新地址"
	}
	f.Drop = form{ID: "feed-drop", Action: "/office/account/calendar/drop", Token: c.form, Submit: "停用订阅地址", Danger: true}
	return f, err
}

const (
	textCalendarName = "今日应办"
	textNoCalendar   = "没有这个日历，或者地址已经停用。"
	textFeedOff      = "日历订阅地址已停用。"
)
