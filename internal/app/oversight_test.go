package app_test

import (
	"context"
	"testing"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/oversight"
	"gongkai/internal/request"
)

// TestZC21_T17_AServedAnswerShowsItsRecords: oversight reads time, form, law and
// remedy of a real answer out of its case.
func TestZC21_T17_AServedAnswerShowsItsRecords(t *testing.T) {
	nodes(t, func(n *node) {
		p, ctx := n.pressroom(), context.Background()
		p.must(p.Requests.SetProfile(ctx, p.clerk, p.organ, request.Profile{Kind: request.Department, Name: "清河市教育局", Prefix: "清教公开",
			Own: request.Body{Name: "清河市人民政府", Address: "人民路1号"}, Court: request.Body{Name: "清河市河东区人民法院", Address: "法院路1号"}}))
		people := map[access.Role]access.Actor{access.Clerk: p.clerk}
		for login, role := range map[string]access.Role{"reads-law": access.LegalityReviewer, "signs": access.Signer, "watches": access.Supervisor} {
			p.user(login, "qh-jyj", role)
			var id int64
			p.must(p.DB.Reader().QueryRowContext(ctx, `SELECT id FROM people WHERE login = $1`, login).Scan(&id))
			a, err := access.ActorOf(ctx, p.DB.Reader(), id, p.Today())
			p.must(err)
			people[role] = a
		}
		rc, err := p.Requests.Submit(ctx, request.Application{Organ: p.organ, Channel: "in_person", Content: "2025年义务教育学校布局规划", Way: "paper", Delivery: "post", Informed: true,
			Applicant: request.Applicant{Kind: request.Natural, Name: "甲乙丙", Proof: "11010519491231002X", Address: "清河市某路1号"}, FilledBy: p.clerk.Login, Actor: p.clerk, Token: "overseen"})
		p.must(err)
		for _, x := range []struct {
			role access.Role
			act  casework.Action
			form any
		}{
			{access.Clerk, request.ActConfirm, &request.ConfirmForm{}},
			{access.Clerk, request.ActDecide, &request.DecideForm{Decision: request.Decision{Items: []request.Item{{What: "布局规划", Outcome: request.GrantPublic, Way: "本机关网站“规划计划”栏目"}}}}},
			{access.LegalityReviewer, request.ActPass, &request.NoteForm{}},
			{access.Signer, request.ActSign, &request.NoteForm{}},
			{access.Clerk, request.ActServe, &request.ServeForm{How: "post", On: p.Today(), Proof: "XA123456789CN"}},
		} {
			if _, err := p.Cases.Apply(ctx, casework.Do{Case: rc.Case, Action: x.act, Actor: people[x.role], Form: x.form}); err != nil {
				t.Fatalf("%s: %v", x.act, err)
			}
		}
		eye, today := people[access.Supervisor], p.Today()
		id, err := p.Oversight.Draw(ctx, eye, oversight.Order{Organ: p.organ, From: today, To: today, Wanted: 5, MendBy: today.AddDays(9)})
		p.must(err)
		s, err := p.Oversight.Sampling(ctx, eye, id)
		p.must(err)
		if len(s.Answers) != 1 {
			t.Fatalf("%+v", s)
		}
		h, err := p.Oversight.Hints(ctx, s.Answers[0])
		p.must(err)
		for _, code := range []string{"time", "form", "letter", "number", "words", "law", "remedy_organ", "remedy_address", "remedy_time"} {
			if h[code].Verdict != oversight.Meets {
				t.Errorf("%s: %+v", code, h[code])
			}
		}
		if h["reason"].Verdict != oversight.NotApplicable || h["seal"].Verdict != "" {
			t.Errorf("%+v", h)
		}
	})
}
