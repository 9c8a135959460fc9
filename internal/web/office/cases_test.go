package office

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/xuri/excelize/v2"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/casework"
	"gongkai/internal/release"
	"gongkai/internal/workday"
)

// actorOf is somebody as access knows them today.
func (s *site) actorOf(login string) access.Actor {
	s.t.Helper()
	var id int64
	if err := s.db.Reader().QueryRowContext(ctx, `SELECT id FROM people WHERE login = $1`, login).Scan(&id); err != nil {
		s.t.Fatal(err)
	}
	a, err := access.ActorOf(ctx, s.db.Reader(), id, workday.DateOf(s.clock.now()))
	if err != nil {
		s.t.Fatal(err)
	}
	return a
}

func (s *site) organID(code string) (id int64) {
	s.t.Helper()
	if err := s.db.Reader().QueryRowContext(ctx, `SELECT id FROM organs WHERE code = $1`, code).Scan(&id); err != nil {
		s.t.Fatal(err)
	}
	return id
}

// takedown proposes to take a work down, with the clock of A-33 from a day on.
func (s *site) takedown(organ, login string, work int64, on string) int64 {
	s.t.Helper()
	c, err := s.deps.Releases.ProposeTakedown(ctx, release.NewTakedown{Organ: s.organID(organ), Title: fmt.Sprintf("行政处罚决定书（第%d号）", work), Work: work,
		Ground: "punishment", Reason: "原处罚决定已被撤销。", EventOn: workday.MustDate(on), Actor: s.actorOf(login), Token: fmt.Sprintf("takedown-%d", work)})
	if err != nil {
		s.t.Fatal(err)
	}
	return c.ID
}

// caseThings makes one case in the reach of everybody at the top of the tree.
func (s *site) caseThings() *strings.Replacer {
	s.t.Helper()
	s.user("proposer", "qh-jyj", access.DisclosureOfficer)
	return strings.NewReplacer("{case}", strconv.FormatInt(s.takedown("qh-jyj", "proposer", 7001, "2026-11-18"), 10))
}

func sheetOf(t *testing.T, p page) [][]string {
	t.Helper()
	x, err := excelize.OpenReader(bytes.NewReader([]byte(p.body)))
	if err != nil {
		t.Fatalf("%v: %.200s", err, p.body)
	}
	defer x.Close()
	rows, err := x.GetRows(x.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// The register counts every case in sight, its filters narrow it, pages follow
// one another without a gap, and Excel holds exactly the list.
func TestCases_RegisterTotalPagesAndExcel(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("jyj", "qh-jyj", access.DisclosureOfficer)
		s.user("gaj", "qh-gaj", access.DisclosureOfficer)
		for i := range 53 {
			s.takedown("qh-jyj", "jyj", int64(100+i), "2026-11-18")
		}
		s.takedown("qh-gaj", "gaj", 900, "2026-10-09")
		b := s.signIn("jyj")
		first := b.get("/office/cases")
		s.has(first, http.StatusOK, "共 <strong>53</strong> 件", "撤复〔2026〕53号", "下一页", "清河市教育局的公开工作员或负责人")
		if strings.Contains(first.body, "第900号") {
			t.Error("a case of another organ is in the list")
		}
		seen := strings.Count(first.body, "行政处罚决定书")
		d, err := goquery.NewDocumentFromReader(strings.NewReader(first.body))
		if err != nil {
			t.Fatal(err)
		}
		next, _ := d.Find(".pager a[rel=next]").Attr("href")
		if next == "" {
			next, _ = d.Find(".pager a").Last().Attr("href")
		}
		if seen += strings.Count(b.get(next).body, "行政处罚决定书"); seen != 53 {
			t.Errorf("two pages show %d of 53 cases", seen)
		}
		s.has(b.get("/office/cases?text="+url.QueryEscape("第101号")), http.StatusOK, "共 <strong>1</strong> 件")
		s.has(b.get("/office/cases?class=late"), http.StatusOK, "没有符合条件的事项")
		s.has(b.get("/office/cases?class=nonsense"), http.StatusBadRequest, "没有“nonsense”这一类")
		s.has(b.get("/office/cases?kind=nonsense"), http.StatusBadRequest, "没有“nonsense”这一种")
		s.has(b.get("/office/cases?organ=nowhere"), http.StatusBadRequest, "没有代码为“nowhere”的机构")
		if rows := sheetOf(t, b.get("/office/cases.xlsx")); len(rows) != 54 || rows[1][0] != "撤复〔2026〕53号" {
			t.Errorf("%d rows, %q", len(rows), rows[1])
		}
		if rows := sheetOf(t, b.get("/office/cases.xlsx?text="+url.QueryEscape("第101号"))); len(rows) != 2 {
			t.Errorf("a filtered file has %d rows", len(rows))
		}
		s.user("top", "qh-zf", access.Head)
		s.has(s.signIn("top").get("/office/cases?class=late"), http.StatusOK, "共 <strong>1</strong> 件", "第900号", "已逾期")
	})
}

// The page says whose turn it is, by when, what next, and how that was counted;
// what the table refuses stands with its reason.
func TestCase_PageShowsTurnDueAndSum(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("one", "qh-jyj", access.DisclosureOfficer)
		s.user("two", "qh-jyj", access.DisclosureOfficer)
		s.user("far", "qh-gaj", access.DisclosureOfficer)
		id := s.takedown("qh-jyj", "one", 100, "2026-11-18")
		at := fmt.Sprintf("/office/cases/%d", id)
		mine := s.signIn("one")
		s.has(mine.get(at), http.StatusOK, "轮到谁", "何时到期", "下一步", "批准撤下或恢复", "怎么算的", "2026年11月18日", "您办过这件事项的前一步", "撤下文件")
		for _, path := range []string{at, at + "/timeline.xlsx"} {
			if p := s.signIn("far").get(path); p.status != http.StatusNotFound {
				t.Errorf("%s from another organ: %d", path, p.status)
			}
		}
		if n := len(s.audits(audit.Filter{Target: "page:GET " + at, Outcome: audit.Refused})); n != 1 {
			t.Errorf("%d audit rows of the look from another organ", n)
		}
		two := s.signIn("two")
		s.has(two.submit(at, at+"/act", map[string]string{"opinion": "同意撤下。"}), http.StatusSeeOther)
		done := two.get(at)
		s.has(done, http.StatusOK, "“批准办理”已办理，记为第 2 号记录。这件事项已经办结。", "同意撤下。", "已办结", "待批 → 已办")
		rows := sheetOf(t, two.get(at+"/timeline.xlsx"))
		if len(rows) != 3 || rows[1][4] != "登记" || rows[2][4] != "批准办理" || rows[2][2] != "演示two" || !strings.Contains(rows[2][7], "同意撤下。") {
			t.Errorf("%q", rows)
		}
	})
}

// Taking, handing over and urging, each with its refusal beside the control.
func TestCase_TakeHandOverUrge(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("one", "qh-jyj", access.DisclosureOfficer)
		s.user("two", "qh-jyj", access.DisclosureOfficer)
		s.user("three", "qh-jyj", access.LibraryManager)
		s.user("clerk", "qh-jyj", access.Clerk)
		id := s.takedown("qh-jyj", "one", 100, "2026-11-18")
		at := fmt.Sprintf("/office/cases/%d", id)
		one, two, three := s.signIn("one"), s.signIn("two"), s.signIn("three")

		s.has(one.submit(at, at+"/urge", map[string]string{"reason": ""}), http.StatusBadRequest, "“原因”：请写明原因。", "field-bad")
		s.has(one.submit(at, at+"/urge", map[string]string{"reason": "请尽快撤下。"}), http.StatusSeeOther)
		if p := one.get(at); !strings.Contains(p.body, "已催办 1 次") || strings.Contains(p.body, "/urge") {
			t.Error("the same person can urge twice in a row")
		}
		s.has(two.get("/office/notices"), http.StatusOK, "催办，请尽快办理。", "<strong>2</strong> 条未读")
		s.has(two.submit("/office/notices", "/office/notices", nil), http.StatusSeeOther)
		s.has(two.get("/office/notices"), http.StatusOK, "2 条通知已标为已读", "<strong>0</strong> 条未读")

		stale := two.get(at)
		s.has(two.send(stale, at+"/take", nil), http.StatusSeeOther)
		s.has(two.get(at), http.StatusOK, "这一步现在由您办理。", "轮到：演示two")
		s.has(two.send(stale, at+"/take", nil), http.StatusSeeOther) // sent twice: nothing happens again
		s.has(two.get(at), http.StatusOK, "没有重复办理")
		s.has(two.send(stale, at+"/hand", map[string]string{"to": "three", "reason": "出差"}), http.StatusConflict, "您看到的是之前的情况")
		s.has(three.get(at), http.StatusOK, "这一步已经交给别人办理")

		p := two.get(at)
		if strings.Contains(p.body, `value="one"`) {
			t.Error("who proposed it is offered as the one to approve it")
		}
		s.has(two.send(p, at+"/hand", map[string]string{"to": "", "reason": "出差"}), http.StatusBadRequest, "请选择把这一步转给谁")
		s.has(two.send(p, at+"/hand", map[string]string{"to": "three", "reason": ""}), http.StatusBadRequest, "“原因”：请写明原因。")
		s.has(two.send(p, at+"/hand", map[string]string{"to": "one", "reason": "出差"}), http.StatusBadRequest, "办过这件事项的前一步")
		s.has(two.send(p, at+"/hand", map[string]string{"to": "clerk", "reason": "出差"}), http.StatusBadRequest, "没有办理这一步的权限")
		s.has(two.send(p, at+"/hand", map[string]string{"to": "three", "reason": "出差"}), http.StatusSeeOther)
		s.has(three.get(at), http.StatusOK, "轮到：演示three", "出差", "接办人", "原办理人")

		body := two.get(at)
		d, err := goquery.NewDocumentFromReader(strings.NewReader(body.body))
		if err != nil {
			t.Fatal(err)
		}
		token, _ := d.Find(`input[name="form_token"]`).Attr("value")
		refused := two.post(at+"/act", url.Values{fieldToken: {token}, "action": {"carry"}, "version": {"4"}, "once": {"x1"}, "opinion": {"同意"}})
		s.has(refused, http.StatusForbidden, "这一步已经交给别人办理")
		if n := len(s.audits(audit.Filter{Actor: "two", Act: audit.CaseAct, Outcome: audit.Refused})); n == 0 {
			t.Error("a refused act left no audit row")
		}
		s.has(two.post(at+"/act", url.Values{fieldToken: {token}, "action": {"nonsense"}, "version": {"4"}}), http.StatusBadRequest, "不在本页")
		s.has(three.submit(at, at+"/act", map[string]string{"opinion": ""}), http.StatusSeeOther)
	})
}

// What is withheld comes up again: kept on, with a ground and a day in reach.
func TestA26_WithheldIsReviewedOnTheCasePage(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("clerk", "qh-jyj", access.Clerk)
		s.user("unit", "qh-jyj", access.DisclosureOfficer)
		slip := s.slip("qh-jyj", "clerk", "各学校：\n一、按时供暖。")
		id := s.withheld(slip)
		at := fmt.Sprintf("/office/cases/%d", id)
		b := s.signIn("unit")
		p := b.get(at)
		s.has(p, http.StatusOK, "不予公开的信息", "继续不公开", "转为公开", "移交档案馆", "2026年12月1日")
		s.has(b.send(p, at+"/act", map[string]string{"ground": "DENY_PROCESS", "why": "仍在讨论。", "review_on": "2029-01-01"}), http.StatusBadRequest, "“下次复审日期”：不能晚于", "A-26")
		s.has(b.send(p, at+"/act", map[string]string{"ground": "DENY_PROCESS", "why": "", "review_on": "2027-06-01"}), http.StatusBadRequest, "“理由”：请填写。")
		s.has(b.send(p, at+"/act", map[string]string{"ground": "DENY_PROCESS", "why": "仍在讨论。", "review_on": "2027-06-01"}), http.StatusSeeOther)
		s.has(b.get(at), http.StatusOK, "2027年6月1日", "1 次，都决定继续不公开", "过程性信息")
		if own := b.get(fmt.Sprintf("/office/cases/%d", slip)); own.status != http.StatusSeeOther || own.header.Get("Location") != fmt.Sprintf("/office/releases/%d", slip) {
			t.Errorf("a slip is shown on its own page: %d %s", own.status, own.header.Get("Location"))
		}
	})
}

// The person absent names who acts for them; a head does it for others; bad
// periods and strangers are refused.
func TestAbsence_SetAndEnd(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("one", "qh-jyj", access.DisclosureOfficer)
		s.user("two", "qh-jyj", access.DisclosureOfficer)
		s.user("three", "qh-jyj", access.Clerk)
		s.user("chief", "qh-jyj", access.Head)
		id := s.takedown("qh-jyj", "one", 100, "2026-11-18")
		const at = "/office/absence"
		two := s.signIn("two")
		for _, c := range []struct{ deputy, from, to, want string }{
			{"", "2026-11-20", "2026-11-25", "“代办人”：请选择由谁代办。"},
			{"three", "2026-11-20", "", "“到”：请填写结束的日期。"},
			{"three", "2026-11-25", "2026-11-20", "“到”：不能早于“从”。"},
			{"three", "2026-11-01", "2026-11-02", "“到”：已经过去了。"},
			{"three", "2026-11-20", "2027-11-20", "一次最多委托 180 天"},
			{"two", "2026-11-20", "2026-11-25", "不能是请假的人自己"},
			{"nobody", "2026-11-20", "2026-11-25", "没有这个账号"},
			{"three", "2026-02-30", "2026-11-25", "“从”"},
		} {
			s.has(two.submit(at, at, map[string]string{"deputy": c.deputy, "from": c.from, "to": c.to}), http.StatusBadRequest, c.want)
		}
		s.has(two.submit(at, at, map[string]string{"deputy": "three", "from": "2026-11-20", "to": "2026-11-25"}), http.StatusSeeOther)
		three := s.signIn("three")
		s.has(three.get(at), http.StatusOK, "由您代办")
		page := three.get(fmt.Sprintf("/office/cases/%d", id))
		s.has(page, http.StatusOK, "代演示two办理")
		s.has(two.submit(at, at+"/end", nil), http.StatusSeeOther)
		if p := three.get(fmt.Sprintf("/office/cases/%d", id)); strings.Contains(p.body, "代演示two办理") {
			t.Error("a deputy acts after the end")
		}
		chief := s.signIn("chief")
		s.has(chief.submit(at, at, map[string]string{"person": "two", "deputy": "three", "from": "2026-11-20", "to": "2026-11-25"}), http.StatusSeeOther)
		s.has(chief.get(at), http.StatusOK, "别人的代办", "演示two")
		token, _ := find(t, three.get(at), `input[name="form_token"]`).Attr("value")
		if p := three.post(at, url.Values{fieldToken: {token}, "person": {"chief"}, "deputy": {"three"}, "from": {"2026-11-20"}, "to": {"2026-11-25"}}); p.status != http.StatusForbidden && p.status != http.StatusBadRequest {
			t.Errorf("a clerk sets the deputy of a head: %d", p.status)
		}
		if p := three.post(at, url.Values{fieldToken: {token}, "person": {"chief"}, "deputy": {"two"}, "from": {"2026-11-20"}, "to": {"2026-11-25"}}); p.status != http.StatusForbidden {
			t.Errorf("a clerk sets the deputy of a head: %d", p.status)
		}
		if p := three.post(at+"/end", url.Values{fieldToken: {token}, "absence": {"9999"}}); p.status != http.StatusNotFound {
			t.Errorf("the end of nothing: %d", p.status)
		}
	})
}

func find(t *testing.T, p page, css string) *goquery.Selection {
	t.Helper()
	d, err := goquery.NewDocumentFromReader(strings.NewReader(p.body))
	if err != nil {
		t.Fatal(err)
	}
	return d.Find(css)
}

// Each number of the board equals the list that it opens.
func TestBoard_NumbersEqualTheListsTheyOpen(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("jyj", "qh-jyj", access.DisclosureOfficer)
		s.user("gaj", "qh-gaj", access.DisclosureOfficer)
		s.user("eye", "qh-zf", access.Supervisor)
		s.user("clerk", "qh-jyj", access.Clerk)
		s.slip("qh-jyj", "clerk", "各学校：\n一、按时供暖。")
		for i := range 5 {
			s.takedown("qh-jyj", "jyj", int64(100+i), []string{"2026-11-18", "2026-10-09", "2026-11-12", "2026-11-13", "2026-11-19"}[i])
		}
		closed := s.takedown("qh-gaj", "gaj", 200, "2026-11-18")
		at := fmt.Sprintf("/office/cases/%d", closed)
		s.user("gaj2", "qh-gaj", access.Head)
		s.has(s.signIn("gaj2").submit(at, at+"/act", map[string]string{"opinion": ""}), http.StatusSeeOther)
		eye := s.signIn("eye")
		board := eye.get("/office/board")
		s.has(board, http.StatusOK, "清河市教育局", "清河市公安局", "合计", "只看有问题的")
		links := find(t, board, ".board-table a")
		if links.Length() < 6 {
			t.Fatalf("%d numbers are links: %s", links.Length(), board.words())
		}
		links.Each(func(_ int, a *goquery.Selection) {
			href, _ := a.Attr("href")
			n := strings.Fields(a.Text())[0]
			s.has(eye.get(href), http.StatusOK, "共 <strong>"+n+"</strong> 件")
		})
		s.has(eye.get("/office/board?kind=nonsense"), http.StatusBadRequest)
		if p := eye.get("/office/board?only=problems"); strings.Contains(p.words(), "清河市公安局") || !strings.Contains(p.words(), "清河市教育局") {
			t.Errorf("only problems: %s", p.words())
		}
		rows := sheetOf(t, eye.get("/office/board.xlsx"))
		if len(rows) != 4 || rows[3][0] != "合计" || rows[3][1] != "6" {
			t.Errorf("%q", rows)
		}
	})
}

// The calendar of duties: a file that calendar programs read, opened by a key
// and by nothing else, with neither names nor texts in it.
func TestDutyCalendar_KeyAndContent(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("one", "qh-jyj", access.DisclosureOfficer)
		s.user("two", "qh-jyj", access.DisclosureOfficer)
		s.takedown("qh-jyj", "one", 100, "2026-11-18")
		b, outside := s.signIn("two"), s.browser()
		for _, path := range []string{"/office/duties.ics", "/office/duties.ics?key=", "/office/duties.ics?key=WRONG"} {
			if p := outside.get(path); p.status != http.StatusNotFound {
				t.Errorf("%s: %d", path, p.status)
			}
		}
		made := b.submit("/office/account", "/office/account/calendar", nil)
		s.has(made, http.StatusOK, "只显示这一次")
		address := strings.TrimPrefix(find(t, made, ".feed-address").Text(), s.server.URL)
		if again := b.get("/office/account"); strings.Contains(again.body, "duties.ics?key=") {
			t.Error("the key is shown again")
		}
		p := outside.get(address)
		if p.status != http.StatusOK || !strings.HasPrefix(p.header.Get("Content-Type"), "text/calendar") {
			t.Fatalf("%d %s", p.status, p.header.Get("Content-Type"))
		}
		file := strings.ReplaceAll(p.body, "\r\n ", "")
		for _, want := range []string{"BEGIN:VCALENDAR\r\n", "DTSTART;VALUE=DATE:2026", "SUMMARY:撤复〔2026〕1号 批准撤下或恢复《行政处罚决定书（第100号）》", "UID:duty-", "END:VCALENDAR\r\n"} {
			if !strings.Contains(file, want) {
				t.Errorf("the file lacks %q:\n%s", want, file)
			}
		}
		if strings.Contains(file, "演示") || strings.Contains(file, "处罚决定已被撤销") {
			t.Errorf("the file tells more than number, step and title:\n%s", file)
		}
		s.has(b.submit("/office/account", "/office/account/calendar", nil), http.StatusOK, "只显示这一次")
		if p := outside.get(address); p.status != http.StatusNotFound {
			t.Errorf("the old key still opens: %d", p.status)
		}
		s.has(b.submit("/office/account", "/office/account/calendar/drop", nil), http.StatusSeeOther)
		var stored int
		if err := s.db.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM duty_keys`).Scan(&stored); err != nil || stored != 0 {
			t.Errorf("%d keys are left, %v", stored, err)
		}
	})
}

func TestCalendarFile_FoldsAndEscapes(t *testing.T) {
	now := time.Date(2026, 11, 20, 1, 2, 3, 0, time.UTC)
	long := strings.Repeat("关于印发的通知，", 20) + "a;b\\c\nd\x07"
	out := string(calendarFile("应办", now, []icsEvent{
		{UID: "duty-1@gongkai", On: workday.MustDate("2026-12-31"), Summary: long},
		{UID: "duty-2@gongkai", At: now, Summary: "x", URL: "https://h/office/cases/2"}}))
	for i, line := range strings.Split(strings.TrimSuffix(out, "\r\n"), "\r\n") {
		if len(line) > 75 {
			t.Errorf("line %d has %d octets", i, len(line))
		}
		if strings.ContainsAny(line, "\r\n\x07") || !strings.HasPrefix(strings.ToValidUTF8(line, "?"), line) {
			t.Errorf("line %d: %q", i, line)
		}
	}
	whole := strings.ReplaceAll(out, "\r\n ", "")
	for _, want := range []string{`a\;b\\c\nd`, "DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270101", "DTSTART:20261120T010203Z", "DTSTAMP:20261120T010203Z", "URL:https://h/office/cases/2"} {
		if !strings.Contains(whole, want) {
			t.Errorf("lacks %q in %s", want, whole)
		}
	}
	if strings.Contains(whole, "\n") && strings.Contains(strings.ReplaceAll(whole, "\r\n", ""), "\n") {
		t.Error("a bare line feed")
	}
}

// withheld makes the review of a slip whose text is not disclosed.
func (s *site) withheld(slip int64) (id int64) {
	s.t.Helper()
	err := s.db.Tx(ctx, func(tx *sql.Tx) error {
		_, _, err := casework.Open(ctx, s.deps.Cases, tx, casework.Start{Kind: release.WithheldKind, Organ: s.organID("qh-jyj"), Title: "关于做好冬季供暖工作的通知", Actor: s.actorOf("clerk")},
			func(ctx context.Context, u *casework.Turn[*release.WithheldText]) error {
				id = u.Case.ID
				_, err := u.Tx.ExecContext(ctx, `INSERT INTO withheld (case_id, release_id, ground, reason, review_on) VALUES ($1, $2, 'DENY_PROCESS', '正在讨论。', '2026-12-01')`, u.Case.ID, slip)
				return err
			})
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}
