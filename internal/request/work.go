package request

import (
	"context"

	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// Work is what stands beside the main line of a request while it is worked on:
// whose opinion was asked, what was searched, who was heard.
type Work struct {
	Parties    []Party
	CorrectBy  workday.Date // last day of a notice that stops the clock; zero before receipt
	Frequent   Frequent
	Searches   []SearchLine
	Counsels   []Counsel
	Notes      []Note
	Councils   []Council
	Helps      []Help      // asked of other organs
	Extensions []Extension // askings for more time, the oldest first
	Proactive  *Proactive  // what was decided about its information; nil for nothing

	calendar workday.Calendar // of the organ
}

// Paper is an uploaded file whose bytes are stored.
type Paper struct {
	SHA, Name, MIME string
	Size            int64
}

// noticeServed is the fact that begins the time for a correction, where its
// notice was in time and reached the applicant.
func noticeServed(c *casework.Case) (clock.Fact, bool) {
	for _, f := range c.Clock(answerClock) {
		if f.Event == clock.CorrectionNoticeServed {
			return f, true
		}
	}
	return clock.Fact{}, false
}

// correctionEnds is the last day of the time for a correction; false
// while nobody noted that its notice was served.
func correctionEnds(c *casework.Case, w *Work) (workday.Date, bool) {
	f, ok := noticeServed(c)
	if !ok {
		return workday.Date{}, false
	}
	return clock.Compute(clock.MustFind("A-75"), []clock.Fact{f}, w.calendar).Due.Day, true
}

// loadDays reads the calendar and what it says about the request.
func (r *Room) loadDays(ctx context.Context, q store.Querier, out *Request) (err error) {
	if out.Work.calendar, err = r.calendar(ctx, q, out.Organ); err != nil {
		return err
	}
	if !out.ReceivedOn.IsZero() {
		out.Work.CorrectBy = clock.Compute(clock.MustFind("A-72"), []clock.Fact{{Event: clock.Received, At: clock.On(out.ReceivedOn)}}, out.Work.calendar).Due.Day
	}
	return nil
}

// choose refuses a value that stands in no list.
func choose(field, value string, list []struct{ Code, Name string }) error {
	for _, x := range list {
		if x.Code == value {
			return nil
		}
	}
	return fault.Field("request.choose", field, "“%s”：请选择。", field)
}
