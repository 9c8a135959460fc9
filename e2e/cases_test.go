package e2e

import (
	"context"
	"errors"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/release"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// withCases enters two disclosure officers and a supervisor, and duties of the
// first: withdrawals with a clock, which another person must approve.
func (l library) withCases(t *testing.T) {
	t.Helper()
	for login, role := range map[string]string{"one": "disclosure_officer", "two": "disclosure_officer", "eye": "supervisor"} {
		args := append([]string{"user", "add", "--name", "演示" + login, "--login", login, "--role", role, "--organ", deskOrgan}, l.flags()...)
		gongkaiIn(t, func(c *exec.Cmd) { c.Stdin = strings.NewReader(deskPassword + "\n") }, args...).wantCode(t, exitDone)
	}
	ctx := context.Background()
	db, err := store.Open(ctx, store.Config{DataDir: l.data, URL: l.dsn})
	if err != nil {
		t.Fatal(err)
	}
	begin := func() error {
		var organ, person int64
		q := db.Reader()
		if err := q.QueryRowContext(ctx, `SELECT id FROM organs WHERE code = $1`, deskOrgan).Scan(&organ); err != nil {
			return err
		}
		if err := q.QueryRowContext(ctx, `SELECT id FROM people WHERE login = 'one'`).Scan(&person); err != nil {
			return err
		}
		today := workday.DateOf(time.Now())
		actor, err := access.ActorOf(ctx, q, person, today)
		if err != nil {
			return err
		}
		room := release.New(db, casework.New(db, time.Now), nil, nil, time.Now)
		for i := range 6 {
			if _, err := room.ProposeTakedown(ctx, release.NewTakedown{Organ: organ, Title: "行政处罚决定书（第" + strconv.Itoa(i+1) + "号）", Work: int64(100 + i), Ground: "punishment",
				Reason: "原处罚决定已被撤销。", EventOn: today.AddDays(-7 * i), Token: "case-" + strconv.Itoa(i), Actor: actor}); err != nil {
				return err
			}
		}
		return nil
	}
	if err := errors.Join(begin(), db.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestCasesInTheBrowser walks the office pages of the case kernel as people do:
// the day's duties by keyboard, a case taken, urged and handed on, the register,
// the board, a deputy, notices and the calendar; each is looked at on a desk and
// on a phone.
func TestCasesInTheBrowser(t *testing.T) {
	l := newLibrary(t, "sqlite")
	l.withPeople(t)
	l.withCases(t)
	s := l.serve(t)
	b := newTab(t)
	b.size(1280)
	b.signIn(s, "two")
	b.open(s.url + "/office")
	b.look("cases-home")
	for _, step := range []struct {
		key string
		at  int
	}{{"j", 0}, {"j", 1}, {"j", 2}, {"k", 1}} {
		b.press(step.key)
		if got := js[int](b, `[...document.querySelectorAll(".duty-title a")].indexOf(document.activeElement)`); got != step.at {
			t.Errorf("after %s the focus is on duty %d, want %d", step.key, got, step.at)
		}
	}
	b.press("\r")
	b.awaitText("main", "怎么算的")
	b.click(".case-sum summary")
	b.look("case")
	b.follow(`form[action$="/take"] button`)
	b.awaitText(".notice", "由您办理")
	b.click(`details.change:has(form[action$="/hand"]) summary`)
	b.follow(`form[action$="/hand"] button`)
	b.awaitText(".field-error", "请选择把这一步转给谁")
	b.look("case-refused")

	b.open(s.url + "/office/cases")
	b.look("cases")
	b.open(s.url + "/office/absence")
	b.look("absence")
	b.open(s.url + "/office/account")
	b.follow(`form[action="/office/account/calendar"] button`)
	b.awaitText(".feed-address", "/office/duties.ics?key=")
	b.look("account-calendar")
	b.open(s.url + "/office/notices")
	b.look("notices")

	b.do(chromedp.Navigate(s.url + "/office"))
	b.follow(`form[action="/signout"] button`)
	b.signIn(s, "eye")
	b.open(s.url + "/office/board")
	b.look("board")
	b.follow(".board-table tbody td a")
	b.awaitText("main", "共 6 件")
	b.open(s.url + "/office/calendar")
	b.look("calendar")
	b.click(`details.change:has(#form-hand) summary`)
	b.look("calendar-hand")
	b.do(chromedp.Focus(chromedp.CSS(`#hand-notice`)))
	b.write("测试用的通知")
	b.follow("#form-hand button")
	b.awaitText("main", "请至少填写一行")
	if bad := b.faults(); len(bad) > 0 {
		t.Errorf("%q", bad)
	}
	s.stop(t)
	l.clean(t)
}
