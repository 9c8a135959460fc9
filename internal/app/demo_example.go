package app

import (
	"context"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/request"
)

// seedExample enters a closed request that stands in the library of cases, in
// words like those of one that is being worked on. Nobody in it exists.
func (a *App) seedExample(ctx context.Context, organ int64, officer, clerk access.Actor, signers []access.Actor) error {
	const what = "清河市第三实验学校2024年校服采购合同"
	rc, err := a.Requests.Submit(ctx, request.Application{Organ: organ, Channel: clock.InPerson, On: a.Today().AddDays(-18), Content: what, Way: "paper", Delivery: "counter",
		Informed: true, FilledBy: clerk.Login, Token: "demo-example", Actor: clerk,
		Applicant: request.Applicant{Kind: request.Natural, Name: "演示申请人例", Proof: "演示证件0090", Phone: "演示电话"}})
	if err != nil {
		return err
	}
	for _, d := range []casework.Do{
		{Action: request.ActConfirm, Actor: clerk, Form: &request.ConfirmForm{}},
		{Action: request.ActDecide, Actor: clerk, Form: &request.DecideForm{Decision: request.Decision{Items: []request.Item{{What: what, Outcome: request.Partial, Content: "合同文本一份，遮盖供货成本明细",
			Reason: "供货成本明细是供应商的商业秘密", Harm: "公开会使同行知道供应商的成本构成，损害其竞争地位", Grounds: []request.Outcome{request.DenyThird}}}}}},
		{Action: request.ActPass, Actor: signers[0], Form: &request.NoteForm{}},
		{Action: request.ActSign, Actor: signers[1], Form: &request.NoteForm{}},
		{Action: request.ActServe, Actor: clerk, Form: &request.ServeForm{How: request.ServeCounter, On: a.Today(), Proof: "送达回证1号"}},
		{Action: request.ActArchive, Actor: clerk},
		{Action: request.ActExample, Actor: officer, Form: &request.ExampleForm{Title: "校服采购合同：成本明细是商业秘密，其余公开",
			Facts: "申请公开学校的校服采购合同。合同里有供应商的供货成本明细，书面征求了供应商意见，供应商只同意公开成本明细以外的部分。",
			Gist:  "采购合同使用财政资金，单价、数量、总价应当公开。成本明细没有对外公开过、供应商采取了保密措施，属于商业秘密；能够区分处理的，遮盖后提供，并写明公开会造成什么损害。"}},
	} {
		d.Case = rc.Case
		if _, err := a.Cases.Apply(ctx, d); err != nil {
			return err
		}
	}
	return nil
}
