package portal

import (
	"testing"
	"time"

	"gongkai/internal/casework"
	foi "gongkai/internal/request"
	"gongkai/internal/workday"
)

// TestA84_APostedAnswerIsNotServed tells the applicant of posting and of
// signing on their own days, and never calls a letter on its way served.
func TestA84_APostedAnswerIsNotServed(t *testing.T) {
	at := time.Date(2026, 3, 20, 9, 0, 0, 0, time.UTC)
	c := &casework.Case{State: foi.Served, Done: []casework.Done{{Action: foi.ActOpinion, At: at}, {Action: foi.ActServe, At: at}}}
	q := &foi.Request{}
	q.Service.Attempts = []foi.Attempt{{No: 1, Round: 1, Channel: foi.ServePost, On: workday.MustDate("2026-03-18"), Result: foi.ServePosted}}
	if got := standsNow(c, q).Name; got != "答复书已经交邮" {
		t.Errorf("on its way: %s", got)
	}
	events := eventsOf(c, q)
	if len(events) != 2 || events[0].Text != "有关方面提出了意见" || events[1].On != workday.MustDate("2026-03-18") || events[1].Text != servedWords[foi.ServePost] {
		t.Errorf("posted: %+v", events)
	}
	c.Done = append(c.Done, casework.Done{Action: foi.ActSigned, At: at})
	q.Service.Attempts[0].Result, q.Service.Attempts[0].SignedOn = foi.ServeDelivered, workday.MustDate("2026-03-19")
	events = eventsOf(c, q)
	if got := standsNow(c, q).Name; got != "已经送达" || events[2].On != workday.MustDate("2026-03-19") {
		t.Errorf("signed: %s %+v", got, events)
	}
}
