package app_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/request"
	"gongkai/internal/workday"
)

// asking is a whole application as the form sends it.
func asking(change ...string) url.Values {
	f := url.Values{"token": {strings.Repeat("Q", 26)}, "shown": {"3"}, "content": {"2025年学校布局规划"}, "organ": {"qh-jyj"}, "kind": {"natural"}, "name": {"金丝雀甲"}, "proof": {"11010519491231002X"},
		"phone": {"13900000001"}, "how": {"online"}, "informed": {"1"}}
	for name, value := range urlValues(change...) {
		f[name] = value
	}
	return f
}

// urlValues are fields of a form: name, value, name, value.
func urlValues(pairs ...string) url.Values {
	f := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Set(pairs[i], pairs[i+1])
	}
	return f
}

var codeOnPage = regexp.MustCompile(`receipt-code" data-noconvert>([A-Z0-9]{5}-[A-Z0-9]{5})<`)

// TestA63_ACitizenAsksMendsAndTakesBack goes the public way over HTTP, the
// office answering in between, on both engines.
func TestA63_ACitizenAsksMendsAndTakesBack(t *testing.T) {
	nodes(t, func(n *node) {
		n.user("jia", "qh-jyj", access.Clerk)
		b := n.browser()
		first := b.send(http.MethodPost, "/requests/new", asking())
		m := codeOnPage.FindStringSubmatch(first.body)
		if first.status != http.StatusOK || m == nil {
			n.t.Fatalf("%d %s", first.status, first.words())
		}
		again := b.send(http.MethodPost, "/requests/new", asking())
		if c := codeOnPage.FindStringSubmatch(again.body); c == nil || c[1] != m[1] || n.count(`SELECT COUNT(*) FROM requests`) != 1 {
			n.t.Fatalf("the same form twice: %s", again.words())
		}
		if other := b.send(http.MethodPost, "/requests/new", asking("content", "别的")); other.status != http.StatusBadRequest || n.count(`SELECT COUNT(*) FROM requests`) != 1 {
			n.t.Errorf("other words under a used token: %d", other.status)
		}
		// The notice says ten years; so does the row.
		var until string
		n.must(n.DB.Reader().QueryRowContext(context.Background(), `SELECT retain_until FROM requests`).Scan(&until))
		step2 := b.send(http.MethodPost, "/requests/new", asking("shown", "1"))
		if until != workday.DateOf(n.Now()).AddMonths(120).String() || !strings.Contains(step2.body, "自提交之日起 10 年") {
			n.t.Errorf("kept until %s", until)
		}
		pair := func(change ...string) url.Values {
			f := url.Values{"code": {m[1]}, "second": {"002x"}}
			for i := 0; i+1 < len(change); i += 2 {
				f.Set(change[i], change[i+1])
			}
			return f
		}
		page := b.send(http.MethodPost, "/requests/track", pair())
		if page.status != http.StatusOK || !strings.Contains(page.body, "等待受理机关确认收到") || page.header.Get("Cache-Control") != "no-store" {
			n.t.Fatalf("%d %s", page.status, page.words())
		}
		var id, person int64
		n.must(n.DB.Reader().QueryRowContext(context.Background(), `SELECT case_id FROM requests`).Scan(&id))
		n.must(n.DB.Reader().QueryRowContext(context.Background(), `SELECT id FROM people WHERE login = 'jia'`).Scan(&person))
		clerk, err := access.ActorOf(context.Background(), n.DB.Reader(), person, workday.DateOf(n.Now()))
		n.must(err)
		office := func(a casework.Action, form any) {
			n.t.Helper()
			_, err := n.Cases.Apply(context.Background(), casework.Do{Case: id, Action: a, Actor: clerk, Form: form})
			n.must(err)
		}
		office(request.ActConfirm, &request.ConfirmForm{})
		office(request.ActCorrect, &request.CorrectForm{Points: []string{"写明是哪一年的规划"}})
		var letter int64
		n.must(n.DB.Reader().QueryRowContext(context.Background(), `SELECT MAX(id) FROM request_letters`).Scan(&letter))
		page = b.send(http.MethodPost, "/requests/track", pair())
		opened := b.send(http.MethodPost, "/requests/track", pair("act", "letter", "letter", fmt.Sprint(letter)))
		for _, x := range []struct{ body, want string }{{page.body, "等您补正"}, {page.body, "停止计算"}, {opened.body, "写明是哪一年的规划"}, {opened.body, "金丝雀甲："}} {
			if !strings.Contains(x.body, x.want) {
				n.t.Errorf("the page lacks %q", x.want)
			}
		}
		n.clock.pass(24 * time.Hour * 3)
		mended := b.send(http.MethodPost, "/requests/track", pair("act", "mend", "content", "2025年规划全文", "token", strings.Repeat("M", 26)))
		if mended.status != http.StatusOK || !strings.Contains(mended.body, "已经收到您的补正") || !strings.Contains(mended.body, "办理中") || !strings.Contains(mended.body, "2025年规划全文") {
			n.t.Fatalf("%d %s", mended.status, mended.words())
		}
		back := b.send(http.MethodPost, "/requests/track", pair("act", "withdraw"))
		if back.status != http.StatusOK || !strings.Contains(back.body, "已经撤回") {
			n.t.Fatalf("%d %s", back.status, back.words())
		}
		if twice := b.send(http.MethodPost, "/requests/track", pair("act", "withdraw")); twice.status != http.StatusBadRequest || !strings.Contains(twice.body, "没有办理") {
			n.t.Errorf("withdrawn twice: %d", twice.status)
		}
		// Nobody else reads the name: not the pages, not by GET, not through a cache.
		for _, path := range []string{"/", "/requests/new", "/requests/track", "/search?q=" + url.QueryEscape("金丝雀甲")} {
			if p := n.browser().get(path); strings.Contains(strings.ReplaceAll(p.body, "q="+url.QueryEscape("金丝雀甲"), ""), m[1]) || strings.Contains(p.body, "13900000001") {
				n.t.Errorf("%s tells who asked", path)
			}
		}
	})
}

// TestTrack_GuessingEnds: a script that tries codes is stopped, and only it.
func TestTrack_GuessingEnds(t *testing.T) {
	n := oneNode(t)
	b, refused := n.browser(), 0
	form := url.Values{"code": {"AAAAA-AAAAA"}, "second": {"0000"}}
	type answer struct{ status int }
	got := make(chan answer)
	for range 70 {
		go func() { got <- answer{b.send(http.MethodPost, "/requests/track", form).status} }()
	}
	for range 70 {
		if a := <-got; a.status == http.StatusTooManyRequests {
			refused++
		} else if a.status != http.StatusBadRequest {
			t.Errorf("status %d", a.status)
		}
	}
	if refused != 10 {
		t.Errorf("%d of 70 refused", refused)
	}
	if other := n.browser().send(http.MethodPost, "/requests/track", form); other.status != http.StatusBadRequest {
		t.Errorf("somebody else: %d", other.status)
	}
}
