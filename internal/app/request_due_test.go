package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/xuri/excelize/v2"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/cli"
	foiclock "gongkai/internal/clock"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/workday"
)

// history is a request with its receipt, to be looked up everywhere.
type history struct {
	name   string
	rc     *request.Receipt
	letter string // kind of the letter that names the last day, "" for none
}

// dues looks a library up at all its faces.
type dues struct {
	*node
	clerk  access.Actor
	office *browser
	key    string
}

var dayWords = regexp.MustCompile(`(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日`)

// day is the last day that a text names; texts of the office leave this year's
// number away.
func (d *dues) day(text string) string {
	all := dayWords.FindAllStringSubmatch(text, -1)
	if len(all) == 0 {
		return "none in " + text
	}
	m := all[len(all)-1]
	if m[1] == "" {
		m[1] = strconv.Itoa(workday.DateOf(d.clock.now()).Year)
	}
	month, _ := strconv.Atoi(m[2])
	day, _ := strconv.Atoi(m[3])
	return fmt.Sprintf("%s-%02d-%02d", m[1], month, day)
}

func (d *dues) page(p reply) *goquery.Document {
	d.t.Helper()
	if p.status != http.StatusOK {
		d.t.Fatalf("%d %s", p.status, p.words())
	}
	out, err := goquery.NewDocumentFromReader(strings.NewReader(p.body))
	d.must(err)
	return out
}

// faces are the last day of a request as each face tells it.
func (d *dues) faces(x history, options ...string) map[string]string {
	ctx := context.Background()
	out := map[string]string{}
	out["case page"] = d.day(d.page(d.office.get(fmt.Sprintf("/office/cases/%d", x.rc.Case))).Find(".case-turn dd").Eq(1).Text())
	tracked := d.page(d.browser().send(http.MethodPost, "/requests/track", url.Values{"code": {x.rc.Code}, "second": {"002X"}}))
	out["tracking page"] = d.day(tracked.Find(".receipt-facts dd strong").Last().Text())
	d.page(d.office.get("/office")).Find(".duty").Each(func(_ int, s *goquery.Selection) {
		if strings.Contains(s.Text(), x.rc.Number+" ") {
			out["duties"] = d.day(s.Find(".duty-due").Text())
		}
	})
	calendar := strings.ReplaceAll(d.browser().get("/office/duties.ics?key="+d.key).body, "\r\n ", "")
	for _, e := range strings.Split(calendar, "BEGIN:VEVENT")[1:] {
		if m := regexp.MustCompile(`DTSTART;VALUE=DATE:(\d{4})(\d\d)(\d\d)`).FindStringSubmatch(e); m != nil && strings.Contains(e, x.rc.Number+" ") {
			out["calendar file"] = strings.Join(m[1:], "-")
		}
	}
	sheet, err := excelize.OpenReader(strings.NewReader(d.office.get("/office/cases.xlsx?kind=request").body))
	d.must(err)
	rows, err := sheet.GetRows(sheet.GetSheetName(0))
	d.must(err)
	d.must(sheet.Close())
	for _, r := range rows {
		if r[0] == x.rc.Number {
			out["register in Excel"] = d.day(r[7])
		}
	}
	c, err := d.Cases.Case(ctx, x.rc.Case)
	d.must(err)
	out["command"] = d.command(c.Clock("answer"), options...)
	due, err := d.Requests.Due(ctx, x.rc.Case)
	d.must(err)
	out["room"] = due.Due.Day.String()
	if x.letter == "" {
		return out
	}
	for _, l := range d.request(x.rc).Letters {
		if m := regexp.MustCompile(`最迟答复日期[^。，]*`).FindString(l.Body); l.Kind == x.letter {
			out["letter"] = d.day(m)
		}
	}
	return out
}

// command asks `gongkai deadline --batch` with the same facts.
func (d *dues) command(facts []foiclock.Fact, options ...string) string {
	d.t.Helper()
	var events []map[string]any
	for _, f := range facts {
		e := map[string]any{"date": f.At.Day.String(), "event": f.Event}
		if f.Who != "" {
			e["who"] = f.Who
		}
		for name, n := range map[string]int{"working_days": f.WorkingDays, "period_working_days": f.PeriodWorkingDays} {
			if n > 0 {
				e[name] = n
			}
		}
		events = append(events, e)
	}
	line, err := json.Marshal(map[string]any{"id": 1, "rule": "A-70", "channel": "in_person", "events": events})
	d.must(err)
	var out, errs bytes.Buffer
	args := append([]string{"deadline", "--batch", "-"}, options...)
	if code := cli.Main(context.Background(), args, bytes.NewReader(line), &out, &errs, d.clock.now); code != 0 {
		d.t.Fatalf("%d %s %s", code, &out, &errs)
	}
	var got struct{ Due string }
	d.must(json.Unmarshal(out.Bytes(), &got))
	return got.Due
}

func (d *dues) submit(i int) *request.Receipt {
	d.t.Helper()
	x, err := d.Organs.Organ(context.Background(), "qh-jyj")
	d.must(err)
	rc, err := d.Requests.Submit(context.Background(), request.Application{Organ: x.ID, Channel: foiclock.InPerson, On: workday.DateOf(d.clock.now()), Content: fmt.Sprintf("第%d件的规划文本", i), Way: "electronic", Delivery: "online",
		Electronic: true, Informed: true, Token: fmt.Sprintf("due-%d", i), Actor: d.clerk, FilledBy: "jia", Applicant: request.Applicant{Kind: request.Natural, Name: "金丝雀甲", Proof: "11010519491231002X", Phone: "13900000001"}})
	d.must(err)
	d.do(rc, request.ActConfirm, &request.ConfirmForm{})
	return rc
}

func (d *dues) do(rc *request.Receipt, a casework.Action, form any) {
	d.t.Helper()
	if _, err := d.Cases.Apply(context.Background(), casework.Do{Case: rc.Case, Action: a, Actor: d.clerk, Form: form}); err != nil {
		d.t.Fatalf("%s: %v", a, err)
	}
}

// request is a request as it stands.
func (d *dues) request(rc *request.Receipt) *request.Request {
	d.t.Helper()
	c, err := d.Cases.Case(context.Background(), rc.Case)
	d.must(err)
	data, err := d.Cases.Data(context.Background(), d.DB.Reader(), c)
	d.must(err)
	return data.(*request.Request)
}

func (d *dues) today() workday.Date { return workday.DateOf(d.clock.now()) }

// same fails where a face tells another day than want.
func (d *dues) same(x history, want string, options ...string) {
	d.t.Helper()
	got := d.faces(x, options...)
	faces := []string{"case page", "tracking page", "duties", "calendar file", "register in Excel", "command", "room"}
	if x.letter != "" {
		faces = append(faces, "letter")
	}
	for _, face := range faces {
		if got[face] != want {
			d.t.Errorf("%s: the %s says %s, not %s", x.name, face, got[face], want)
		}
	}
}

// TestCheck3_OneDueDateEverywhere walks histories of A-70 and asks every face
// that shows a last day (A-70 to A-77, C-07); then next year's calendar comes.
func TestCheck3_OneDueDateEverywhere(t *testing.T) {
	storetest.Ready(t, func(t *testing.T, c store.Config) {
		n := startNode(t, c)
		n.user("jia", "qh-jyj", access.Clerk, access.DisclosureOfficer)
		ctx := context.Background()
		var person int64
		n.must(n.DB.Reader().QueryRowContext(ctx, `SELECT id FROM people WHERE login = 'jia'`).Scan(&person))
		d := &dues{node: n}
		var err error
		d.clerk, err = access.ActorOf(ctx, n.DB.Reader(), person, workday.DateOf(n.Now()))
		n.must(err)
		d.key, err = n.Cases.NewDutyKey(ctx, d.clerk)
		n.must(err)
		var list []history
		var want []string
		add := func(name, letter, day string, rc *request.Receipt) {
			list, want = append(list, history{name, rc, letter}), append(want, day)
		}
		plain, corrected, consulted, extended, paid := d.submit(1), d.submit(2), d.submit(3), d.submit(4), d.submit(6) // Friday 20 November
		d.do(corrected, request.ActCorrect, &request.CorrectForm{Points: []string{"写明年份"}})
		d.do(extended, request.ActExtend, &request.ExtendForm{Days: 5, Reason: "内容较多"})
		d.do(consulted, request.ActConsult, &request.ConsultForm{Who: "third_party", Name: "某公司", Contact: "某路1号", Proof: "演示代码0001", What: "单价", On: d.today()})
		d.do(consulted, request.ActConsultGot, &request.PartyForm{Who: "third_party", On: d.today()})
		n.must(n.Requests.SetProfile(ctx, d.clerk, d.request(paid).Organ, request.Profile{Kind: request.Department, Name: "清河市教育局", Prefix: "清教公开", Own: request.Body{Name: "清河市人民政府", Address: "人民路1号"},
			Court: request.Body{Name: "清河市河东区人民法院", Address: "法院路1号"}}))
		d.do(paid, request.ActFeeNotice, &request.FeeNoticeForm{Method: request.ByPages, Pages: 40, Reason: "复制的页数明显超过合理范围", HowToPay: "财务室"})
		n.clock.pass(72 * time.Hour) // Monday 23 November
		d.do(corrected, request.ActCorrected, &request.CorrectedForm{Content: "2025年的规划文本", On: d.today()})
		d.do(paid, request.ActFeeServed, &request.FeeServedForm{How: "counter", On: d.today(), Proof: "送达回证1号"})
		n.clock.pass(24 * time.Hour)
		d.do(consulted, request.ActReply, &request.PartyForm{Who: "third_party", On: d.today(), Agrees: request.Partly, Note: "单价除外"})
		d.do(paid, request.ActFeePaid, &request.FeePaidForm{Amount: d.request(paid).Fee.Notice.Amount, On: d.today(), Receipt: "票0001"})
		add("fee paid", "", "2026-12-22", paid)
		add("plain", request.LetterReceipt, "2026-12-18", plain)
		add("corrected", "", "2026-12-21", corrected)
		add("consulted", "", "", consulted)
		add("extended", request.LetterExtension, "2026-12-25", extended)
		n.clock.pass(21 * 24 * time.Hour) // 15 December
		add("over the year's end", request.LetterReceipt, "2027-01-13", d.submit(5))
		d.office = n.signIn("jia", password)
		for i, x := range list {
			if want[i] == "" { // how a consultation is excluded is proved in package clock
				due, err := n.Requests.Due(ctx, x.rc.Case)
				n.must(err)
				if want[i] = due.Due.Day.String(); want[i] <= "2026-12-18" {
					t.Errorf("the consultation moves nothing: %s", want[i])
				}
			}
			d.same(x, want[i])
		}
		last := list[len(list)-1]
		if p := n.office("jia", last.rc.Case); !strings.Contains(p, "暂定") {
			t.Error("nothing says that the day is provisional")
		}
		var days []workday.Day
		for _, f := range []struct{ from, to, name string }{{"2027-01-01", "2027-01-03", "元旦"}, {"2027-02-05", "2027-02-11", "春节"}, {"2027-04-05", "2027-04-05", "清明节"},
			{"2027-05-01", "2027-05-05", "劳动节"}, {"2027-06-09", "2027-06-09", "端午节"}, {"2027-09-15", "2027-09-15", "中秋节"}, {"2027-10-01", "2027-10-07", "国庆节"}} {
			for x := workday.MustDate(f.from); !x.After(workday.MustDate(f.to)); x = x.AddDays(1) {
				days = append(days, workday.Day{Date: x, Kind: workday.Rest, Name: f.name, Year: 2027})
			}
		}
		days = append(days, workday.Day{Date: workday.MustDate("2027-01-04"), Kind: workday.Rest, Name: "元旦", Year: 2027}) // a day that nobody could foresee
		_, err = n.Cases.LoadYear(ctx, casework.Product, 2027, "", "测试用的通知", days)
		n.must(err)
		_, err = n.Cases.Recount(ctx) // as the page that loads a year does
		n.must(err)
		where := []string{"--library", "--data", c.DataDir}
		if c.URL != "" {
			where = []string{"--library", "--database", c.URL}
		}
		last.letter = "" // it went out with the day as it stood then
		d.same(last, "2027-01-14", where...)
	})
}

func (n *node) office(login string, id int64) string {
	n.t.Helper()
	return n.signIn(login, password).get(fmt.Sprintf("/office/cases/%d", id)).words()
}
