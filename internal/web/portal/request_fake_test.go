package portal

import (
	"context"
	"strings"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/fault"
	foi "gongkai/internal/request"
	"gongkai/internal/workday"
)

// fakeRequests is a desk with one request, which tests put into any state.
type fakeRequests struct {
	taken         []foi.Application
	fail          error
	state         casework.State
	acts          []casework.Do
	said, because string // the opinion of a third party
}

const fakeCode, fakeSecond, fakeApplicant = "ABCDE-23456", "002X", "甲乙丙"

func fakeFacts() []clock.Fact {
	return []clock.Fact{{Event: clock.Submitted, At: clock.On(testToday.AddDays(-3)), Channel: clock.Online}}
}

func (f *fakeRequests) Submit(_ context.Context, a foi.Application) (*foi.Receipt, error) {
	if f.fail != nil {
		return nil, f.fail
	}
	f.taken = append(f.taken, a)
	due, err := f.Due(context.Background(), 1)
	return &foi.Receipt{Case: 1, Number: "依申请〔2026〕1号", Code: fakeCode, Due: due}, err
}

func (f *fakeRequests) Due(context.Context, int64) (clock.Result, error) {
	return clock.Compute(clock.MustFind("A-70"), fakeFacts(), workday.National()), nil
}

func (f *fakeRequests) Track(_ context.Context, code, second string) (*casework.Case, *foi.Request, error) {
	if strings.ToUpper(code) != fakeCode || strings.ToUpper(second) != fakeSecond {
		return nil, nil, fault.New(fault.NotFound, "fake", "没有。")
	}
	at := func(days int) time.Time { return testToday.AddDays(-days).Time() }
	c := &casework.Case{ID: 1, Kind: foi.Kind, Number: "依申请〔2026〕1号", Organ: 7, State: f.state, Version: 4,
		Done: []casework.Done{{No: 1, Action: casework.ActOpen, Actor: "applicant", At: at(3)}, {No: 2, Action: foi.ActConfirm, Actor: "zhang", At: at(2)}, {No: 3, Action: casework.ActReturn, Actor: "li", At: at(1)}}}
	q := &foi.Request{Case: 1, Content: "布局规划", Way: "paper", Delivery: "online", Outcome: foi.Partial, Letters: []foi.Letter{
		{ID: 1, Kind: foi.LetterReceipt, Title: "政府信息公开申请登记回执", Body: foi.ApplicantMark + "：收到。", IssuedOn: testToday},
		{ID: 2, Kind: foi.LetterThird, Title: "征求意见函", Body: "某公司：商业秘密。", IssuedOn: testToday},
		{ID: 3, Kind: foi.LetterAnswer, Title: "政府信息部分公开答复书", Number: "清教公开〔2026〕1号", Body: foi.ApplicantMark + "：答复如下。", IssuedOn: testToday}},
		Profile: &foi.Profile{Kind: foi.Department, Name: "清河市城市管理局", Own: foi.Body{Name: "清河市人民政府", Address: "和平路 2 号"}, Court: foi.Body{Name: "清河市人民法院", Address: "和平路 3 号"}, Online: "网上申请"}}
	if f.state == foi.Served {
		q.ServedOn = testToday
	}
	return c, q, nil
}

func (f *fakeRequests) Reveal(context.Context, access.Actor, int64) (*foi.Applicant, error) {
	return &foi.Applicant{Name: fakeApplicant}, nil
}

func (f *fakeRequests) Apply(_ context.Context, d casework.Do) (*casework.Result, error) {
	f.acts = append(f.acts, d)
	if f.fail != nil {
		return nil, f.fail
	}
	f.state = map[casework.Action]casework.State{foi.ActApplicant: foi.Working, foi.ActTakeBack: foi.Withdrawn}[d.Action]
	return &casework.Result{}, nil
}
