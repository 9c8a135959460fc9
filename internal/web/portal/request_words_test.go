package portal

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"gongkai/internal/casework"
	foi "gongkai/internal/request"
	"gongkai/internal/workday"
)

// unsaid are the acts that are the office's own: work inside it, its dealings
// with others, and the destruction of what it knows of somebody.
var unsaid = []casework.Action{foi.ActConsultGot, foi.ActThirdTold, foi.ActSearched, foi.ActAskCounsel, foi.ActCounsel, foi.ActNote, foi.ActAskHelp, foi.ActHelpGiven, foi.ActCouncil,
	foi.ActContact, foi.ActLetter, foi.ActChecked, foi.ActLift, casework.ActReturn, foi.ActErase, foi.ActEraseGrant, foi.ActEraseDrop, foi.ActAnonymise, foi.ActAskExtension, foi.ActReturnExtension, foi.ActHelpCame, foi.ActRecallHelp, foi.ActAskOrgan, foi.ActSubject, foi.ActExample, foi.ActExampleMend, foi.ActExampleOut}

// Whoever adds a state or an act to the procedure says what the applicant reads
// of it, or that it is the office's own.
func TestA107_EveryStateAndActOfARequestHasWordsForItsApplicant(t *testing.T) {
	k := casework.New(nil, time.Now)
	foi.New(nil, k, nil, time.Now)
	states, actions := k.Table(foi.Kind)
	if len(states) < 12 || len(actions) < 40 {
		t.Fatalf("%d states, %d actions", len(states), len(actions))
	}
	for _, s := range states {
		if w := stateWords[s.State]; w.Name == "" || w.Next == "" {
			t.Errorf("the state %s (%s) has no words", s.State, s.Name)
		}
	}
	for _, a := range actions {
		if said := eventWords[a] != ""; said == slices.Contains(unsaid, a) {
			t.Errorf("%s (%s): said is %v", a, k.ActionName(foi.Kind, a), said)
		}
	}
	for a := range eventWords {
		if a != casework.ActOpen && !slices.Contains(actions, a) {
			t.Errorf("words for %s, which nobody can do", a)
		}
	}
}

func TestA84_TheApplicantReadsHowTheAnswerWasServedAndWhereToSign(t *testing.T) {
	s := newSite(t)
	desk := s.desk()
	desk.state, desk.delivery, desk.organ = foi.Answered, foi.ServeCounter, 0
	main := read(t, s.send("/requests/track", track()), http.StatusOK).Find("#served").Parent().Text()
	if !strings.Contains(main, "请带身份证件到") {
		t.Error(main)
	}
	on := workday.MustDate("2026-11-02")
	desk.state = foi.Served
	desk.attempts = []foi.Attempt{{No: 1, Round: 1, Channel: foi.ServePost, On: on, Proof: "EE123456785CN", Result: foi.ServeFailed, Reason: "收件室李某拒收"},
		{No: 2, Round: 1, Channel: foi.ServePost, On: on.AddDays(5), Proof: "EE123456799CN", Result: foi.ServePosted}}
	main = read(t, s.send("/requests/track", track()), http.StatusOK).Find("#served").Parent().Text()
	for _, want := range []string{"2026年11月2日，邮件号码 EE123456785CN。没有送到", "2026年11月7日，邮件号码 EE123456799CN。还没有签收"} {
		if !strings.Contains(main, want) {
			t.Errorf("no %q in %s", want, main)
		}
	}
	if strings.Contains(main, "李某") || strings.Contains(main, "请带身份证件到") {
		t.Error(main)
	}
}
