package portal

import (
	"context"
	"fmt"
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
	taken []foi.Application
	fail  error
	looks func() // when a request comes in
	state casework.State
	acts  []casework.Do

	unneeded  []int64 // works that were enough
	opened    []int64 // letters
	marks     []int
	rated     bool
	posted    bool // the answer went by post
	delivery  string
	organ     int64 // 0 is of the tree
	attempts  []foi.Attempt
	suggested []string

	said, because string // the opinion of a third party
}

const fakeCode, fakeSecond, fakeApplicant = "ABCDE-23456", "002X", "甲乙丙"

func fakeFacts() []clock.Fact {
	return []clock.Fact{{Event: clock.Submitted, At: clock.On(testToday.AddDays(-3)), Channel: clock.Online}}
}

func (f *fakeRequests) SubmitAll(_ context.Context, list []foi.Application) (out []*foi.Receipt, err error) {
	if f.looks != nil {
		f.looks()
	}
	if f.fail != nil {
		return nil, f.fail
	}
	for _, a := range list {
		f.taken = append(f.taken, a)
		due, err := f.Due(context.Background(), 1)
		if err != nil {
			return nil, err
		}
		out = append(out, &foi.Receipt{Case: 1, Number: fmt.Sprintf("依申请〔2026〕%d号", len(f.taken)), Code: fakeCode, Due: due})
	}
	return out, nil
}

func (f *fakeRequests) Due(context.Context, int64) (clock.Result, error) {
	return clock.Compute(clock.MustFind("A-70"), fakeFacts(), workday.National()), nil
}

func (f *fakeRequests) Track(_ context.Context, code, second string) (*casework.Case, *foi.Request, error) {
	if strings.ToUpper(code) != fakeCode || strings.ToUpper(second) != fakeSecond {
		return nil, nil, fault.New(fault.NotFound, "fake", "没有。")
	}
	at := func(days int) time.Time { return testToday.AddDays(-days).Time() }
	c := &casework.Case{ID: 1, Kind: foi.Kind, Number: "依申请〔2026〕1号", Organ: f.organ, State: f.state, Version: 4,
		Done: []casework.Done{{No: 1, Action: casework.ActOpen, Actor: "applicant", At: at(3)}, {No: 2, Action: foi.ActConfirm, Actor: "zhang", At: at(2)}, {No: 3, Action: casework.ActReturn, Actor: "li", At: at(1)}}}
	q := &foi.Request{Case: 1, Content: "布局规划", Way: "paper", Delivery: "online", Outcome: foi.Partial, Letters: []foi.Letter{
		{ID: 1, Kind: foi.LetterReceipt, Title: "政府信息公开申请登记回执", Body: foi.ApplicantMark + "：收到。", IssuedOn: testToday},
		{ID: 2, Kind: foi.LetterThird, Title: "征求意见函", Body: "某公司：商业秘密。", IssuedOn: testToday},
		{ID: 3, Kind: foi.LetterAnswer, Title: "政府信息部分公开答复书", Number: "清教公开〔2026〕1号", Body: foi.ApplicantMark + "：答复如下。", IssuedOn: testToday}},
		Profile: &foi.Profile{Kind: foi.Department, Name: "清河市城市管理局", Own: foi.Body{Name: "清河市人民政府", Address: "和平路 2 号"}, Court: foi.Body{Name: "清河市人民法院", Address: "和平路 3 号"}, Online: "网上申请"}}
	if f.state == foi.Served {
		q.ServedOn = testToday
	}
	if f.delivery != "" {
		q.Delivery = f.delivery
	}
	q.Service.Attempts = f.attempts
	if f.rated {
		q.Rating = &foi.Rating{Mark: 4, At: at(0)}
	}
	if len(f.suggested) > 0 {
		q.Work.Notes = []foi.Note{{Kind: foi.NoteSuggest}}
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
	if to, ok := map[casework.Action]casework.State{foi.ActApplicant: foi.Working, foi.ActTakeBack: foi.Withdrawn}[d.Action]; ok {
		f.state = to
	}
	return &casework.Result{}, nil
}

// Similar knows one answer that points to what is public and one that gave it.
func (f *fakeRequests) Similar(_ context.Context, words string, limit int) ([]foi.Earlier, error) {
	if !strings.Contains(words, "停车") {
		return nil, nil
	}
	return []foi.Earlier{{Organ: 1, What: "停车场收费标准", Outcome: foi.GrantPublic, Way: "网站“价格”栏目", Year: 2026}, {Organ: 1, What: "停车场规划图", Outcome: foi.Grant, Year: 2025}}, nil
}

func (f *fakeRequests) WentTo(_ context.Context, words string) ([]foi.Went, error) {
	if !strings.Contains(words, "停车") {
		return nil, nil
	}
	return []foi.Went{{Organ: 1, Times: 12}}, nil
}

func (f *fakeRequests) CountUnneeded(_ context.Context, work int64) error {
	f.unneeded = append(f.unneeded, work)
	return nil
}

func (f *fakeRequests) Conversation(context.Context, access.Actor, int64) ([]foi.Message, error) {
	return []foi.Message{{ID: 1, From: true, Body: "什么时候答复", At: testToday.Time(), Read: testToday.Time()}, {ID: 2, Login: "zhang", Body: "下周", At: testToday.Time()}}, nil
}

func (f *fakeRequests) OpenLetter(_ context.Context, _, letter int64) (time.Time, error) {
	f.opened = append(f.opened, letter)
	return testToday.Time(), nil
}

func (f *fakeRequests) Rate(_ context.Context, _ int64, mark int, _ string) error {
	if mark < 1 || mark > 5 {
		return fault.Field("fake", "评价", "“评价”：请选择。")
	}
	f.marks, f.rated = append(f.marks, mark), true
	return nil
}

func (f *fakeRequests) Suggest(_ context.Context, _ int64, why string) error {
	if len(f.suggested) > 0 {
		return fault.New(fault.Conflict, "fake", "您已经提过建议。")
	}
	f.suggested = append(f.suggested, why)
	return nil
}

func (f *fakeRequests) Contest(_ context.Context, _ *casework.Case, q *foi.Request) (*foi.Contest, error) {
	if q.ServedOn.IsZero() {
		return &foi.Contest{}, nil
	}
	if f.posted {
		return &foi.Contest{Unsigned: true}, nil
	}
	sum := clock.Compute(clock.MustFind("A-90"), []clock.Fact{{Event: clock.AnswerServed, At: clock.On(q.ServedOn)}}, workday.National())
	return &foi.Contest{Limits: []foi.ContestLimit{{Rule: "A-90", Name: "申请行政复议", Sum: sum, Left: 60}}}, nil
}
