package office

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"gongkai/internal/access"
	"gongkai/internal/workday"
)

// spans2027 is an arrangement of a test, not the State Council's.
var spans2027 = [][4]string{{"2027-01-01", "2027-01-03", "rest", "元旦"}, {"2027-02-05", "2027-02-11", "rest", "春节"}, {"2027-02-14", "", "work", ""}, {"2027-04-03", "2027-04-05", "rest", "清明节"},
	{"2027-05-01", "2027-05-05", "rest", "劳动节"}, {"2027-06-09", "", "rest", "端午节"}, {"2027-09-15", "", "rest", "中秋节"}, {"2027-10-01", "2027-10-07", "rest", "国庆节"}}

func handForm(rows [][4]string) map[string]string {
	out := map[string]string{"year": "2027", "notice": "测试用的通知"}
	for i, r := range rows {
		for j, name := range []string{"from", "to", "kind", "name"} {
			out[fmt.Sprintf("%s-%d", name, i+1)] = r[j]
		}
	}
	return out
}

// submitHand fills the rows by hand; the paste form leads to the same address,
// so the form is found by its own id.
func (b *browser) submitHand(values map[string]string) page {
	b.s.t.Helper()
	p := b.get("/office/calendar")
	i := strings.Index(p.body, `id="form-hand"`)
	j := strings.Index(p.body[i:], "</form>")
	p.body = `<main><form action="/office/calendar/preview" ` + p.body[i:i+j] + "</form></main>"
	return b.send(p, "/office/calendar/preview", values)
}

// upload sends a table of days as a browser would.
func (b *browser) uploadCalendar(rows [][]any) page {
	b.s.t.Helper()
	token, _ := find(b.s.t.(*testing.T), b.get("/office/calendar"), `input[name="form_token"]`).Attr("value")
	var file, body bytes.Buffer
	if err := writeLines(&file, "x", 12, rows); err != nil {
		b.s.t.Fatal(err)
	}
	w := multipart.NewWriter(&body)
	for name, v := range map[string]string{fieldToken: token, "way": "sheet", "year": "2027", "notice": "测试用的通知"} {
		if err := w.WriteField(name, v); err != nil {
			b.s.t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", "放假.xlsx")
	if err == nil {
		_, err = part.Write(file.Bytes())
	}
	if err != nil || w.Close() != nil {
		b.s.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, b.s.server.URL+"/office/calendar/preview", &body)
	if err != nil {
		b.s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	return b.do(r)
}

func sheetRows() [][]any {
	rows := [][]any{sheetHead}
	for _, s := range spans2027 {
		to := s[1]
		if to == "" {
			to = s[0]
		}
		for d := workday.MustDate(s[0]); !d.After(workday.MustDate(to)); d = d.AddDays(1) {
			rows = append(rows, []any{d.String(), map[string]string{"rest": "放假", "work": "上班"}[s[2]], s[3]})
		}
	}
	return rows
}

// TestG_CalendarIsLookedAtBeforeItCounts: three ways in, a preview, and nothing
// saved until it is confirmed; what is wrong is named with its row.
func TestG_CalendarIsLookedAtBeforeItCounts(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("eye", "qh-zf", access.Supervisor)
		b := s.signIn("eye")
		loads := func() (n int) {
			if err := s.db.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM calendar_loads`).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		good := b.submitHand(handForm(spans2027))
		s.has(good, http.StatusOK, "这是预览，还没有保存", "2027年2月5日（星期五）至2027年2月11日（星期四）春节放假，共 7 天", "2027年2月14日（星期日）上班", "确认录入")
		sheet := b.uploadCalendar(sheetRows())
		s.has(sheet, http.StatusOK, "这是预览，还没有保存", "共 7 天")

		for _, c := range []struct {
			name   string
			change func(rows [][4]string) [][4]string
			want   string
		}{
			{"a doubled day", func(r [][4]string) [][4]string { return append(r, [4]string{"2027-02-05", "", "rest", "春节"}) }, "第 2 行、第 9 行，2027年2月5日：这一天出现了两次"},
			{"a gap", func(r [][4]string) [][4]string { return append(r, [4]string{"2027-06-11", "", "rest", "端午节"}) }, "第 9 行，2027年6月11日：端午节假期在2027年6月10日中断"},
			{"the wrong year", func(r [][4]string) [][4]string { return append(r, [4]string{"2028-02-05", "", "rest", "春节"}) }, "第 9 行，2028年2月5日：不在2027年"},
			{"no such day", func(r [][4]string) [][4]string { r[5][0] = "2027-02-30"; return r }, "第 6 行“日期”写的是“2027-02-30”，没有这一天"},
			{"a missing festival", func(r [][4]string) [][4]string { return r[:7] }, "缺少国庆节"},
			{"a missing name", func(r [][4]string) [][4]string { r[0][3] = ""; return r }, "第 1 行缺少名称"},
			{"an endless span", func(r [][4]string) [][4]string { r[0][1] = "2027-12-31"; return r }, "第 1 行“到”要在“从”以后"},
		} {
			rows := c.change(append([][4]string(nil), spans2027...))
			if p := b.submitHand(handForm(rows)); p.status != http.StatusBadRequest || !strings.Contains(p.body, c.want) || strings.Contains(p.body, "确认录入") {
				t.Errorf("%s: %d %s", c.name, p.status, shorten(p.words(), 400))
			}
		}
		bad := sheetRows()
		bad[3][0], bad[4][1] = "2027-13-01", "也许"
		s.has(b.uploadCalendar(bad), http.StatusBadRequest, "第 4 行“日期”写的是“2027-13-01”", "第 5 行“放假或上班”写的是“也许”")
		s.has(b.submit("/office/calendar", "/office/calendar/preview", map[string]string{"text": "随便写的话"}), http.StatusBadRequest, "field-bad")
		s.has(b.submit("/office/calendar", "/office/calendar/preview", map[string]string{"year": "二〇二七", "text": "x"}), http.StatusBadRequest, "“年份”")
		if loads() != 0 {
			t.Fatal("a preview saved something")
		}
		s.has(b.send(good, "/office/calendar", nil), http.StatusSeeOther)
		s.has(b.get("/office/calendar?year=2027"), http.StatusOK, "2027年放假安排已录入", "已算完", "2027年的工作日", "测试用的通知")
		if loads() != 1 {
			t.Error("the confirmed notice was not saved once")
		}
		if rows := sheetOf(t, b.get("/office/calendar/blank.xlsx")); rows[0][0] != "日期" || rows[0][2] != "名称" {
			t.Errorf("%q", rows)
		}
	})
}

// The text of a notice is read and its year must be the one that was meant.
func TestG_CalendarFromTheNoticeItself(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("eye", "qh-zf", access.Supervisor)
		b := s.signIn("eye")
		text := "一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。\n二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。\n三、清明节：4月4日（周六）至6日（周一）放假，共3天。\n四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。\n五、端午节：6月19日（周五）至21日（周日）放假，共3天。\n六、中秋节：9月25日（周五）至27日（周日）放假，共3天。\n七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。"
		head := "关于2026年部分节假日安排的通知\n国办发明电〔2025〕7号\n"
		s.has(b.submit("/office/calendar", "/office/calendar/preview", map[string]string{"text": head + text}), http.StatusBadRequest, "这是2026年的通知，不是2027年的")
		s.has(b.submit("/office/calendar", "/office/calendar/preview", map[string]string{"year": "2026", "text": head + text}), http.StatusOK, "国办发明电〔2025〕7号", "2026年已经有放假安排", "确认录入")
	})
}

// Days of one region hold for an organ in reach; the whole country is for those
// at the top.
func TestG_CalendarOfARegion(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("low", "qh-jyj", access.DisclosureOfficer)
		b := s.signIn("low")
		own := handForm([][4]string{{"2026-11-25", "", "rest", "本地节日"}})
		own["year"], own["region"] = "2026", "-"
		s.has(b.submitHand(own), http.StatusBadRequest, "只能录入自己机构和下属机构")
		own["region"] = "qh-gaj"
		if p := b.submitHand(own); p.status != http.StatusNotFound {
			t.Errorf("another organ's days: %d", p.status)
		}
		own["region"] = "qh-jyj"
		p := b.submitHand(own)
		s.has(p, http.StatusOK, "适用于清河市教育局", "2026年11月25日（星期三）本地节日放假")
		s.user("one", "qh-jyj", access.LibraryManager)
		id := s.takedown("qh-jyj", "one", 100, "2026-11-20")
		due := func() (at int64) {
			if err := s.db.Reader().QueryRowContext(ctx, `SELECT due_at FROM cases WHERE id = $1`, id).Scan(&at); err != nil {
				t.Fatal(err)
			}
			return at
		}
		was := due()
		s.has(b.send(p, "/office/calendar", nil), http.StatusSeeOther)
		s.has(b.get("/office/calendar"), http.StatusOK, "清河市教育局", "已算完")
		if due() < was {
			t.Error("a day off made a limit shorter")
		}
	})
}

func TestSheetDay(t *testing.T) {
	for in, want := range map[string]string{"46388": "2027-01-01", "2027/1/3": "2027-01-03", "2027年1月3日": "2027-01-03", "2027-01-03": "2027-01-03", "2027-02-30": "2027-02-30", "明天": "明天", "1.5": "1.5", "": ""} {
		if got := sheetDay(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// Whatever stands in a row, it becomes days or a sentence about the row.
func FuzzCalendarSheet(f *testing.F) {
	f.Add("2027-01-01", "放假", "元旦")
	f.Add("46388", "班", "")
	f.Fuzz(func(t *testing.T, day, kind, name string) {
		n := notice{year: 2027}
		n.add("第 1 行", handRow{From: sheetDay(day), Kind: kind, Name: name})
		if len(n.days) != len(n.places) || len(n.days) > maxSpan+1 || len(n.days) == 0 && len(n.faults) == 0 {
			t.Errorf("%+v", n)
		}
		n.check()
	})
}
