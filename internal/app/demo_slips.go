package app

import (
	"context"
	"fmt"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/org"
	"gongkai/internal/release"
	"gongkai/internal/testcity"
)

// seedSlips begins the releases of the story city by the acts of its people, so
// that every account has something to do today. What is there already stays.
func (a *App) seedSlips(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "app.seedSlips")
	var n int
	if err := a.DB.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM cases`).Scan(&n); err != nil || n > 0 {
		return err
	}
	crew := map[access.Role]access.Actor{}
	for _, r := range access.StaffRoles {
		p, err := a.Access.DemoActor(ctx, r)
		if err != nil {
			return err
		}
		crew[r] = p
	}
	organ, err := org.ByCode(ctx, a.DB.Reader(), "qh-jyj")
	if err != nil {
		return err
	}
	root, err := org.ByCode(ctx, a.DB.Reader(), "qh-zf")
	if err != nil {
		return err
	}
	if err := a.Releases.SetReviewBody(ctx, crew[access.SystemAdmin], release.ReviewBody{Organ: root, Body: "各机关办公室（政府信息公开工作机构）", Responsible: "各机关办公室主任",
		Procedure: "谁公开谁审查：承办人起草并提出公开属性，审核员审核五关，保密审查员逐项审查，分管负责人签发"}); err != nil {
		return err
	}
	for i, s := range testcity.Slips() {
		if err := a.seedSlip(ctx, organ, i, s, crew); err != nil {
			return err
		}
	}
	return nil
}

func (a *App) seedSlip(ctx context.Context, organ int64, i int, s testcity.SlipSeed, crew map[access.Role]access.Actor) error {
	formed := a.Today().AddDays(-s.DaysAgo)
	c, err := a.Releases.Begin(ctx, release.NewSlip{Organ: organ, Opened: "paste", Actor: crew[access.Clerk], Token: fmt.Sprintf("demo-slip-%d", i),
		Paper:    release.Paper{Title: s.Title, DocNo: s.DocNo, Kind: s.Kind, Organs: []string{"清河市教育局"}, AdoptedOn: formed, Text: s.Text},
		Decision: &release.Decision{Attribute: release.Attribute(s.Attribute), Reason: s.Reason, Ground: s.Ground, FormedOn: formed}})
	if err != nil {
		return err
	}
	if _, err := a.Releases.Recheck(ctx, c.ID); err != nil {
		return err
	}
	do := func(r access.Role, act casework.Action, form any) {
		if err == nil {
			_, err = a.Cases.Apply(ctx, casework.Do{Case: c.ID, Action: act, Actor: crew[r], Form: form})
		}
	}
	if s.Stage == "draft" {
		return nil
	}
	do(access.Clerk, release.ActSubmit, nil)
	switch s.Stage {
	case "signing", "withheld":
		do(access.Reviewer, release.ActPassReview, &release.OpinionForm{Opinion: "同意"})
		do(access.SecrecyReviewer, release.ActPassSecrecy, &release.OpinionForm{Opinion: "经审查，不涉及国家秘密"})
		if s.Stage == "withheld" {
			do(access.DisclosureOfficer, release.ActPassUnit, &release.OpinionForm{Opinion: "属于过程性信息，同意不予公开"})
			do(access.Signer, release.ActSign, &release.SignForm{Opinion: "同意"})
		}
	case "returned":
		do(access.Reviewer, release.ActReturn, &release.ReasonForm{Reason: "请补充联系电话和材料清单。"})
	}
	return err
}
