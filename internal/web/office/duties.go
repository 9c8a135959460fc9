package office

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/casework"
	"gongkai/internal/workday"
)

// homeView is everybody's first page: what waits for them, by when, and the way
// there; below it their rooms, roles and last acts.
type homeView struct {
	frame
	Tabs   []dutyTab
	Kinds  []dutyTab
	Rows   []dutyRow
	Empty  string
	More   string
	Script string // j and k
	Alarm  string // next year's calendar is missing
	Held   []access.Held
	Rooms  []homeRoom
	Acts   []audit.Row
	First  bool // the plain page, not a filtered list
}

type homeRoom struct{ Name, Href, What string }

type dutyTab struct {
	Name    string
	Href    string
	Count   int
	Current bool
	Late    bool
}

// dutyRow is one duty: what, which step, due in words, one button.
type dutyRow struct {
	Kind  string
	Title string
	No    string
	Step  string
	Due   dueWords
	Note  string
	Href  string
	Mine  bool
}

// dueWords is a due time as people say it.
type dueWords struct {
	Text  string // 还剩 3 个工作日，11月25日到期
	Class string // late, soon, calm
}

func homePage(o *Office, c *call) (*answer, error) {
	bucket := casework.Bucket(queryValue(c.r, "due"))
	kind := casework.Kind(queryValue(c.r, "kind"))
	d := &homeView{frame: o.frame(c, textHome), Script: o.dutyURL, First: bucket == casework.AllDuties && kind == "" && queryValue(c.r, "after") == ""}
	list, err := o.deps.Cases.Duties(c.ctx(), c.who.Actor, casework.DutyFilter{Bucket: bucket, Kind: kind, After: queryValue(c.r, "after")})
	if err != nil {
		return nil, err
	}
	years, err := o.deps.Cases.Years(c.ctx())
	if err != nil {
		return nil, err
	}
	d.tabs(o, list, bucket, kind)
	for _, x := range list.Rows {
		d.Rows = append(d.Rows, o.dutyRow(x, years))
	}
	if list.Next != "" {
		d.More = dutyAddress(bucket, kind, list.Next)
	}
	if year, missing := calendarMissing(years, o.access.Today()); missing {
		d.Alarm = fmt.Sprintf(textCalendarMissing, year)
	}
	if d.First {
		return o.homeRest(c, d)
	}
	return o.page(c, "home", http.StatusOK, d)
}

// calendarMissing raises the alarm from 1 December on (handbook G).
func calendarMissing(y *casework.Years, today workday.Date) (year int, missing bool) {
	if today.Month != time.December {
		return 0, false
	}
	return today.Year + 1, !y.National().Known(today.Year + 1)
}

var bucketNames = []struct {
	bucket casework.Bucket
	name   string
}{{casework.AllDuties, "全部"}, {casework.Decide, "等您决定"}, {casework.Late, "逾期"}, {casework.DueToday, "今天"}, {casework.DueWeek, "本周"}, {casework.Later, "以后"}, {casework.Undated, "不限时"}, {casework.WaitOthers, "等别人"}}

func (d *homeView) tabs(o *Office, list *casework.Duties, bucket casework.Bucket, kind casework.Kind) {
	all := list.All()
	for _, b := range bucketNames {
		n := list.Counts[b.bucket]
		if b.bucket == casework.AllDuties {
			n = all
		}
		if n == 0 && b.bucket != bucket && b.bucket != casework.AllDuties {
			continue
		}
		if bucket == casework.WaitOthers && b.bucket != casework.AllDuties && b.bucket != casework.WaitOthers {
			continue // the counts are then of what waits for others
		}
		t := dutyTab{Name: b.name, Href: dutyAddress(b.bucket, kind, ""), Count: n, Current: b.bucket == bucket, Late: b.bucket == casework.Late && n > 0}
		if bucket == casework.WaitOthers && b.bucket == casework.AllDuties {
			t.Count = -1
		}
		d.Tabs = append(d.Tabs, t)
	}
	if len(list.Kinds) > 1 || kind != "" {
		d.Kinds = append(d.Kinds, dutyTab{Name: "各类事项", Href: dutyAddress(bucket, "", ""), Count: -1, Current: kind == ""})
		for _, k := range o.deps.Cases.Kinds() {
			if n := list.Kinds[k]; n > 0 || k == kind {
				d.Kinds = append(d.Kinds, dutyTab{Name: o.deps.Cases.KindName(k), Href: dutyAddress(bucket, k, ""), Count: n, Current: k == kind})
			}
		}
	}
	if len(list.Rows) == 0 {
		d.Empty = textNoDuties
		if bucket != casework.AllDuties || kind != "" {
			d.Empty = textNoDutiesHere
		}
	}
}

func dutyAddress(b casework.Bucket, k casework.Kind, after string) string {
	q := url.Values{}
	for name, v := range map[string]string{"due": string(b), "kind": string(k), "after": after} {
		if v != "" {
			q.Set(name, v)
		}
	}
	return withQuery("/office", q)
}

func (o *Office) dutyRow(x casework.Duty, years *casework.Years) dutyRow {
	row := dutyRow{Kind: o.deps.Cases.KindName(x.Kind), Title: x.Title, No: x.Number, Step: o.deps.Cases.TaskName(x.Kind, x.Name),
		Due: wordsOfDue(x.OpenTask, years, o.access.Now()), Href: caseAddress(x.Kind, x.Case), Mine: x.Mine}
	if x.Urged > 0 {
		row.Note = fmt.Sprintf(textUrged, x.Urged)
	}
	return row
}

// wordsOfDue says a due time in words, with the working days that are left.
func wordsOfDue(t casework.OpenTask, years *casework.Years, now time.Time) dueWords {
	if t.Stopped {
		return dueWords{textStopped, "calm"}
	}
	if t.DueAt.IsZero() {
		return dueWords{textUndated, "calm"}
	}
	today, last := workday.DateOf(now), workday.DateOf(t.DueAt.Add(-time.Microsecond))
	day := fmt.Sprintf("%d月%d日", int(last.Month), last.Day)
	if last.Year != today.Year {
		day = last.Chinese()
	}
	hour := t.DueAt.In(workday.Zone)
	out := dueWords{Class: "calm"}
	switch left, _ := years.For(t.Organ).CountWorkdays(today, last); {
	case !t.DueAt.After(now):
		out = dueWords{fmt.Sprintf(textLate, day), "late"}
	case last == today && hour.Hour()+hour.Minute() > 0:
		out = dueWords{fmt.Sprintf(textBefore, hour.Format("15:04")), "soon"}
	case last == today:
		out = dueWords{textDueToday, "soon"}
	case left == 0:
		out = dueWords{fmt.Sprintf(textNoWorkdays, day), "soon"}
	default:
		out.Text = fmt.Sprintf(textLeft, left, day)
		if left <= 2 {
			out.Class = "soon"
		}
	}
	if t.Provisional {
		out.Text += textProvisional
	}
	return out
}

// caseAddress is the page of a case: its domain's own, where it has one.
func caseAddress(kind casework.Kind, id int64) string {
	if own := ownKinds[kind]; own != "" {
		return fmt.Sprintf(own, id)
	}
	return fmt.Sprintf("/office/cases/%d", id)
}

// homeRest fills the lower half of the first page.
func (o *Office) homeRest(c *call, d *homeView) (*answer, error) {
	held, err := o.access.Held(c.ctx(), c.who.Person)
	if err != nil {
		return nil, err
	}
	for _, h := range held {
		if h.Current {
			d.Held = append(d.Held, h)
		}
	}
	for _, room := range rooms[1:] {
		if ok, _ := access.Can(c.who.Actor, room.act, access.Thing{}); !ok {
			continue
		}
		what := cmp.Or(duties[room.href], duties[string(room.act)])
		if room.act == access.ViewOrgans {
			if ok, _ := access.Can(c.who.Actor, access.ManageOrgans, access.Thing{}); ok {
				what = duties[string(access.ManageOrgans)]
			}
		}
		d.Rooms = append(d.Rooms, homeRoom{room.name, room.href, what})
	}
	for _, door := range homeDoors {
		if ok, _ := access.Can(c.who.Actor, door.act, access.Thing{}); ok {
			d.Rooms = append(d.Rooms, homeRoom{door.name, door.href, duties[door.href]})
		}
	}
	if d.Acts, err = o.access.OwnActs(c.ctx(), c.who.Actor, 8); err != nil {
		return nil, err
	}
	return o.page(c, "home", http.StatusOK, d)
}
