package app

import (
	"context"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/request"
)

// seedDuties enters a request that waits for its fee, a review of an answer and
// a correction, all of invented people.
func (a *App) seedDuties(ctx context.Context, organ int64, clerk access.Actor) error {
	who := request.Applicant{Kind: request.Natural, Name: "演示申请人甲", Proof: "演示证件1001", Phone: "演示电话"}
	rc, err := a.Requests.Submit(ctx, request.Application{Organ: organ, Channel: clock.InPerson, On: a.Today().AddDays(-3), Content: "2020年至2025年全部公办学校基建合同复印件", Way: "paper", Delivery: "counter",
		Informed: true, FilledBy: clerk.Login, Token: "demo-fee", Actor: clerk, Applicant: who})
	if err != nil {
		return err
	}
	for _, x := range []struct {
		act  casework.Action
		form any
	}{
		{request.ActConfirm, &request.ConfirmForm{}},
		{request.ActFeeNotice, &request.FeeNoticeForm{Method: request.ByPages, Pages: 201, Reason: "一次申请六年全部合同的复印件，数量明显超过合理范围", HowToPay: "到清河市教育局财务室缴款，或者按缴款码缴入市财政非税账户"}},
		{request.ActFeeServed, &request.FeeServedForm{How: "counter", On: a.Today(), Proof: "送达回证1号"}},
	} {
		if _, err := a.Cases.Apply(ctx, casework.Do{Case: rc.Case, Action: x.act, Actor: clerk, Form: x.form}); err != nil {
			return err
		}
	}
	dispute, err := a.Requests.OpenDispute(ctx, clerk, request.DisputeForm{Organ: organ, Kind: request.Reconsidered, Body: "清河市人民政府", Number: "清府复〔2026〕12号", Received: a.Today().AddDays(-2), Accepted: a.Today().AddDays(-5), Token: "demo-dispute"})
	if err != nil {
		return err
	}
	if _, err := a.Cases.Apply(ctx, casework.Do{Case: dispute, Action: request.ActDisputeTalk, Actor: clerk, Form: &request.DisputeTalkForm{On: a.Today().AddDays(-1), How: "phone", CameTo: "going",
		Body: "电话说明检索的范围和关键词，对方希望看到检索记录，约定下周当面说明。"}}); err != nil {
		return err
	}
	_, err = a.Requests.OpenMend(ctx, clerk, request.MendForm{Organ: organ, Applicant: who, Record: "教师资格档案", Asked: "参加工作时间记错一年", Evidence: "聘用合同原件", On: a.Today().AddDays(-1), Informed: true, Token: "demo-mend"})
	return err
}
