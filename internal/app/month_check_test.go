package app_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"gongkai/internal/request"
)

// lawful follows the events of every request: each begins where the one before
// ended, numbers have no gap, the last is where the case stands, and the month
// met every outcome, channel and turn.
func (m *month) lawful() {
	ctx, t := context.Background(), m.t
	met := map[string]int{}
	for _, e := range m.list {
		c, err := m.Cases.Case(ctx, e.id)
		m.must(err)
		rows, err := m.DB.Reader().QueryContext(ctx, `SELECT no, action, from_state, to_state FROM case_events WHERE case_id = $1 ORDER BY no`, e.id)
		m.must(err)
		at, last := string(request.Submitted), 0
		for rows.Next() {
			var no int
			var action, from, to string
			m.must(rows.Scan(&no, &action, &from, &to))
			if no != last+1 || from != at {
				t.Errorf("request %d: event %d %s goes from %q to %q after event %d ended in %q", e.no, no, action, from, to, last, at)
			}
			at, last = to, no
			met[action]++
		}
		m.must(rows.Close())
		q := e.request()
		if at != string(c.State) || last != c.Events || c.Open() {
			t.Errorf("request %d (%s) stands in %s after %d events, its last event ended in %s; open: %v", e.no, e.outcome, c.State, c.Events, at, c.Open())
		}
		met["channel "+string(q.Channel)]++
		met["via "+string(q.Intake.Via)]++
		met["outcome "+string(q.Outcome)]++
		met["state "+string(c.State)]++
	}
	want := []string{"channel online", "channel in_person", "channel post_signed", "channel post_ordinary", "channel fax", "via mailbox", "via system", "state archived", "state withdrawn"}
	for _, a := range []any{request.ActAutoConfirm, request.ActCorrect, request.ActApplicant, request.ActCorrected, request.ActLapsed, request.ActConsult, request.ActReply, request.ActExtend, request.ActFeeNotice, request.ActFeePaid, request.ActFeeLapse,
		request.ActReasons, request.ActDelay, request.ActSearched, request.ActFailed, request.ActSigned, request.ActArchive} {
		want = append(want, fmt.Sprint(a))
	}
	for _, o := range request.Outcomes {
		want = append(want, "outcome "+string(o.Code))
	}
	for _, w := range want {
		if met[w] == 0 {
			t.Errorf("the month has no %s", w)
		}
	}
	var gaps int
	m.must(m.DB.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM case_counters k WHERE k.kind = 'request' AND k.last <> (SELECT COUNT(*) FROM cases c WHERE c.kind = 'request' AND c.organ_id = k.organ_id)`).Scan(&gaps))
	if gaps > 0 {
		t.Errorf("%d organs have gaps in their numbers", gaps)
	}
}

// hole is a place that a letter left open: a mark of a template, a failed
// format, a run of blanks.
var hole = regexp.MustCompile(`\{\{|\}\}|%!|____|＿＿|〔(?:[^0-9〕][^〕]*)?〕|<nil>`)

// procedural letters tell no remedy of their own (A-116, C-09).
var procedural = []string{request.LetterReceipt, request.LetterCorrection, request.LetterExtension, request.LetterThird, request.LetterReasons, request.LetterDelay, request.LetterFee}

// complete reads every letter: an answer has its number, article, reason and
// the remedy that A8.6 wants; a procedural letter has no remedy. It gives how
// many were read.
func (m *month) complete() (n int) {
	t := m.t
	numbers := map[string]bool{}
	for _, e := range m.list {
		q := e.request()
		answers := 0
		for _, l := range q.Letters {
			n++
			body := strings.ReplaceAll(strings.ReplaceAll(l.Body, request.ApplicantMark, ""), request.PartyMark, "")
			body = strings.ReplaceAll(body, request.CodeMark, "")
			if h := hole.FindString(body); h != "" || strings.TrimSpace(body) == "" {
				t.Errorf("request %d: the letter %s has a hole %q:\n%s", e.no, l.Kind, h, l.Body)
			}
			if l.Number != "" {
				if numbers[e.organ+l.Number] {
					t.Errorf("request %d: the number %s stands twice", e.no, l.Number)
				}
				numbers[e.organ+l.Number] = true
			}
			contest := strings.Contains(body, "行政复议") || strings.Contains(body, "行政诉讼")
			switch {
			case l.Kind == request.LetterAnswer:
				answers++
				e.answer(q, l)
			case slices.Contains(procedural, l.Kind) && contest:
				t.Errorf("request %d: the procedural letter %s tells a remedy:\n%s", e.no, l.Kind, l.Body)
			}
		}
		if want := 1; q.Outcome != "" && answers != want || q.Outcome == "" && answers > 0 {
			t.Errorf("request %d (%s): %d answers", e.no, e.outcome, answers)
		}
	}
	return n
}

// answer holds an answer against A8.5 and A8.6, by words written here.
func (e *errand) answer(q *request.Request, l request.Letter) {
	lacks := func(w string) {
		if !strings.Contains(l.Body, w) {
			e.t.Errorf("request %d: the answer (%s) lacks %q:\n%s", e.no, q.Outcome, w, l.Body)
		}
	}
	if l.Number == "" || q.LetterNo != l.Number {
		e.t.Errorf("request %d: number %q of the answer, %q of the request", e.no, l.Number, q.LetterNo)
	}
	lacks(q.Profile.Name)
	first, free := false, false
	for _, it := range q.Decision.Items {
		info, _ := it.Outcome.Info()
		for _, w := range []string{info.Law, it.Reason, it.Harm, it.Way, it.Content} {
			lacks(strings.TrimRight(w, "。"))
		}
		before := []request.Outcome{request.DenySecret, request.DenyLaw, request.DenySafety, request.DenyThird, request.DenyInternal, request.DenyProcess, request.DenyEnforce}
		x := slices.Contains(before, it.Outcome) || it.Outcome == request.Partial && slices.ContainsFunc(it.Grounds, func(g request.Outcome) bool { return slices.Contains(before, g) })
		first, free = first || x, free || !x
	}
	organs := []string{"清河市人民政府（地址：清河市人民路1号）"}
	switch q.Profile.Kind {
	case request.Vertical:
		organs = []string{"省级主管部门（地址：省城路2号）"}
	case request.Justice:
		organs = append(organs, "省级主管部门（地址：省城路2号）")
	}
	for _, w := range append(organs, "清河市河东区人民法院（地址：清河市法院路1号）", "60日") {
		lacks(w)
	}
	if first {
		lacks("先向行政复议机关")
		lacks("收到行政复议决定书之日起15日内")
	}
	if direct := strings.Contains(l.Body, "6个月内"); direct != free {
		e.t.Errorf("request %d (%s): a direct suit is offered: %v, wanted %v:\n%s", e.no, q.Outcome, direct, free, l.Body)
	}
}
