package app

import (
	"context"
	"fmt"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/fault"
	"gongkai/internal/org"
	"gongkai/internal/request"
)

// seedRequests enters requests of invented applicants to the education bureau,
// each at another step, so that the register of the demonstration lives.
func (a *App) seedRequests(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "app.seedRequests")
	var n int
	if err := a.DB.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM requests`).Scan(&n); err != nil || n > 0 {
		return err
	}
	organ, err := org.ByCode(ctx, a.DB.Reader(), "qh-jyj")
	if err != nil {
		return err
	}
	officer, err := a.Access.DemoActor(ctx, access.DisclosureOfficer)
	if err != nil {
		return err
	}
	if err := a.Requests.SetProfile(ctx, officer, organ, request.Profile{Kind: request.Department, Name: "清河市教育局", Prefix: "清教公开",
		Own: request.Body{Name: "清河市人民政府", Address: "清河市人民路1号，清河市司法局行政复议科"}, Court: request.Body{Name: "清河市河东区人民法院", Address: "清河市河东区法院路1号"},
		Online: "https://fuyi.example.gov.cn", Contact: "清河市教育局政府信息公开办公室"}); err != nil {
		return err
	}
	clerk, err := a.Access.DemoActor(ctx, access.Clerk)
	if err != nil {
		return err
	}
	signers, err := a.demoSigners(ctx)
	if err != nil {
		return err
	}
	for i, x := range []struct {
		content string
		days    int
		stage   string
	}{
		{"2025年全市义务教育学校布局专项规划文本", 1, "confirm"},
		{"清河市第一实验学校2025年午餐采购合同", 6, "working"},
		{"有关教育方面的全部文件", 4, "correcting"},
		{"2024年民办幼儿园年检结论", 9, "reviewing"},
		{"清河市第二实验学校2025年校服采购合同", 12, "consulted"},
		{"清河市2025年普惠性民办幼儿园名单", 20, "served"},
		{"2026年秋季学期义务教育阶段学校招生计划", 0, "confirm"}, // of today: it may be answered on the spot
	} {
		if err := a.seedRequest(ctx, organ, i, x.content, x.days, x.stage, clerk, signers); err != nil {
			return err
		}
	}
	if err := a.seedReceiving(ctx, organ, clerk, signers); err != nil {
		return err
	}
	if err := a.seedExample(ctx, organ, officer, clerk, signers); err != nil {
		return err
	}
	return a.seedDuties(ctx, organ, clerk)
}

func (a *App) seedRequest(ctx context.Context, organ int64, i int, content string, days int, stage string, clerk access.Actor, signers []access.Actor) error {
	rc, err := a.Requests.Submit(ctx, request.Application{Organ: organ, Channel: clock.InPerson, On: a.Today().AddDays(-days), Content: content, Way: "electronic", Delivery: "online", Electronic: true,
		Informed: true, FilledBy: clerk.Login, Token: fmt.Sprintf("demo-request-%d", i), Actor: clerk,
		Applicant: request.Applicant{Kind: request.Natural, Name: fmt.Sprintf("演示申请人%d", i+1), Proof: fmt.Sprintf("演示证件%04d", i+1), Phone: "演示电话"}})
	if err != nil {
		return err
	}
	do := func(act casework.Action, form any) {
		if err == nil {
			_, err = a.Cases.Apply(ctx, casework.Do{Case: rc.Case, Action: act, Actor: clerk, Form: form})
		}
	}
	if stage == "confirm" {
		return nil
	}
	do(request.ActConfirm, &request.ConfirmForm{})
	switch stage {
	case "correcting":
		do(request.ActCorrect, &request.CorrectForm{Points: []string{"写明要申请公开的文件名称、文号，或者具体的事项和年份"}})
	case "working":
		do(request.ActAskExtension, &request.ExtendForm{Days: 10, Reason: "采购合同分存在学校和采购中心两处，需要逐份核对"})
		if err == nil {
			err = a.seedMaterials(ctx, rc.Case, clerk)
		}
	case "consulted":
		do(request.ActConsult, &request.ConsultForm{Who: "third_party", Name: "演示·校服供应商", Contact: "演示地址", Proof: "演示代码0001", What: "校服采购合同中的单价和供货清单", On: a.Today().AddDays(-10)})
		do(request.ActConsult, &request.ConsultForm{Who: "other_organ", Name: "清河市财政局", What: "采购资金的来源", On: a.Today().AddDays(-10)})
		do(request.ActAskOrgan, &request.AskOrganForm{Organ: "qh-scj", Question: "清河市第二实验学校2025年校服抽检的结论是否已经公布，公布在哪里", DueOn: a.Today().AddDays(5)})
		do(request.ActConsultGot, &request.PartyForm{Who: "third_party", On: a.Today().AddDays(-8)})
		do(request.ActReply, &request.PartyForm{Who: "third_party", On: a.Today().AddDays(-3), Agrees: request.Partly, Note: "单价是商业秘密，其余可以公开。"})
	case "served":
		do(request.ActDecide, &request.DecideForm{Decision: request.Decision{Items: []request.Item{{What: content, Outcome: request.GrantPublic, Way: "清河市教育局网站“学前教育”栏目"}}}})
		for n, act := range []casework.Action{request.ActPass, request.ActSign} {
			if err == nil {
				_, err = a.Cases.Apply(ctx, casework.Do{Case: rc.Case, Action: act, Actor: signers[n], Form: &request.NoteForm{}})
			}
		}
		do(request.ActServe, &request.ServeForm{How: "online", On: a.Today()})
		if err == nil {
			_, err = a.Cases.Apply(ctx, casework.Do{Case: rc.Case, Action: request.ActMessage, Actor: casework.Applicant, Form: &request.MessageForm{Text: "名单看到了，请问下半年会更新吗？"}})
		}
		if err == nil {
			err = a.Requests.Rate(ctx, rc.Case, 5, "答复很快")
		}
	case "reviewing":
		do(request.ActDecide, &request.DecideForm{Decision: request.Decision{Items: []request.Item{{What: content, Outcome: request.GrantPublic, Way: "清河市教育局网站“监督检查”栏目"}}}})
	}
	return err
}

// demoSigners are the two who let an answer out: legality review and signing.
func (a *App) demoSigners(ctx context.Context) (out []access.Actor, err error) {
	for _, r := range []access.Role{access.LegalityReviewer, access.Signer} {
		x, err := a.Access.DemoActor(ctx, r)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}
