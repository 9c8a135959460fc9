package office

import (
	"fmt"
	"net/http"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/request"
	"gongkai/internal/workday"
)

const (
	textParty     = "被征求意见方"
	textWhoAsked  = "征求谁的意见"
	textPartyRead = "%s · %s。这次查看已经记入审计记录。"
)

// partiesChapter is the page's share of consultations: forms,
// the table of those asked, and who they are.
func partiesChapter() requestChapter {
	return requestChapter{
		forms: map[casework.Action]actForm{
			request.ActConsult: {consultFields, readConsult},
			request.ActConsultGot: {func(v *casework.View, today workday.Date) []field {
				return []field{askedField(v, func(p request.Party) bool { return p.ReceivedOn.IsZero() && p.RepliedOn.IsZero() }),
					{Name: "on", Label: "日期", Kind: "date", Required: true, Value: today.String(), Hint: "对方签收的日期；15 个工作日从次日起算。"}}
			}, readParty},
			request.ActReply: {func(v *casework.View, today workday.Date) []field {
				return []field{askedField(v, func(p request.Party) bool { return p.RepliedOn.IsZero() }),
					{Name: "agrees", Label: "意见", Kind: "select", Required: true, Options: opinionOptions()},
					{Name: "why", Label: "理由", Kind: "area", Max: 2000, Hint: "照对方的书面意见登记，加密保存，查看要留记录。"},
					{Name: "on", Label: "日期", Kind: "date", Required: true, Value: today.String(), Hint: "收到答复的日期。逾期的照样登记，不影响答复期限。"}}
			}, readParty},
			request.ActOverride: {func(v *casework.View, _ workday.Date) []field {
				return []field{askedField(v, request.Party.Against),
					{Name: "why", Label: "公开的理由", Kind: "area", Required: true, Max: 1000, Hint: "写明不公开会对公共利益造成什么重大影响，或者不同意的理由为什么不成立。这段话会写进告知第三方的决定书。"}}
			}, func(r *http.Request) (any, error) {
				return &request.OverrideForm{Who: clock.Party(value(r, "who")), Reason: longValue(r, "why")}, nil
			}},
			request.ActThirdTold: {func(v *casework.View, today workday.Date) []field {
				return []field{askedField(v, func(p request.Party) bool { return p.ToldLetter != 0 && p.ToldOn.IsZero() }),
					{Name: "on", Label: "送达日期", Kind: "date", Required: true, Value: today.String(), Hint: "先告知第三方，再向申请人送达。"},
					{Name: "proof", Label: "凭证", Kind: "text", Required: true, Max: 200, Hint: "邮件号码或者送达回证编号。"}}
			}, func(r *http.Request) (any, error) {
				on, err := dayValue(r, "on", "送达日期")
				return &request.ToldForm{Who: clock.Party(value(r, "who")), On: on, Proof: value(r, "proof")}, err
			}},
		},
		parts: []casePart{{part: "request_parties", facts: partiesFacts}},
		routes: []route{
			{method: http.MethodGet, pattern: "/office/requests/{id}/parties/{party}", page: textParty, act: access.HandleRequest, handler: partyPage},
		},
	}
}

func consultFields(_ *casework.View, today workday.Date) []field {
	kinds := []option{{Name: textChoose}, {Value: "third_party", Name: "第三方"}, {Value: "joint_organ", Name: "共同制作机关"}, {Value: "other_organ", Name: "其他机关"}}
	return []field{{Name: "who", Label: textWhoAsked, Kind: "select", Required: true, Options: kinds, Hint: "可以同时征求几方的意见，每一方办理一次。"},
		{Name: "name", Label: "对方名称", Kind: "text", Required: true, Max: 100},
		{Name: "contact", Label: "联系方式", Kind: "text", Max: 200, Hint: "送达用的地址、电话。"},
		{Name: "proof", Label: "对方证件号码", Kind: "text", Max: 40, Hint: "只用于第三方在网上提出意见：凭函上的查询码和这个号码的最后四位。不填就只能书面答复。"},
		{Name: "what", Label: "内容", Kind: "area", Required: true, Max: 2000, Hint: "写明涉及对方的是哪些信息，不写申请人是谁。"},
		{Name: "on", Label: "发函日期", Kind: "date", Required: true, Value: today.String(), Hint: "征求意见所需时间不计入答复期限。"}}
}

func readConsult(r *http.Request) (any, error) {
	on, err := dayValue(r, "on", "发函日期")
	return &request.ConsultForm{Who: clock.Party(value(r, "who")), Name: value(r, "name"), Contact: value(r, "contact"), Proof: value(r, "proof"), What: longValue(r, "what"), On: on}, err
}

// askedField is a choice among those asked whom the act can be about.
func askedField(v *casework.View, about func(request.Party) bool) field {
	f := field{Name: "who", Label: textWhoAsked, Kind: "select", Required: true, Options: []option{{Name: textChoose}}}
	q, _ := v.Data.(*request.Request)
	for _, p := range q.Work.Parties {
		if about(p) {
			name := p.Who.Name()
			if p.Organ != "" {
				name += "：" + p.Organ
			}
			f.Options = append(f.Options, option{Value: string(p.Who), Name: name})
		}
	}
	if len(f.Options) == 2 {
		f.Options[1].Chosen = true
	}
	return f
}

func opinionOptions() []option {
	out := []option{{Name: textChoose}}
	for _, x := range request.Opinions {
		out = append(out, option{Value: x.Code, Name: x.Name})
	}
	return out
}

func readParty(r *http.Request) (any, error) {
	on, err := dayValue(r, "on", "日期")
	return &request.PartyForm{Who: clock.Party(value(r, "who")), On: on, Agrees: value(r, "agrees"), Note: longValue(r, "why")}, err
}

// partiesFacts is the table of those asked; nothing while nobody was.
func partiesFacts(v *casework.View) (any, error) {
	q, ok := v.Data.(*request.Request)
	if !ok || len(q.Work.Parties) == 0 {
		return nil, nil
	}
	return q, nil
}

// partyPage shows who was asked and what they said. Each look is on record.
func partyPage(o *Office, c *call) (*answer, error) {
	v, q, err := o.requestCase(c)
	if err != nil {
		return nil, err
	}
	who := clock.Party(c.r.PathValue("party"))
	p, ok := q.Work.Party(who)
	if !ok {
		return nil, fault.New(fault.NotFound, "office.partyPage", textNotFound)
	}
	x, err := o.deps.Requests.RevealParty(c.ctx(), c.actor(), q, who)
	if err != nil {
		return nil, err
	}
	d := &formView{frame: o.frame(c, textParty, requestsCrumb, document.Crumb{Name: v.Case.Number, Href: fmt.Sprintf("/office/cases/%d", v.Case.ID)}),
		Heading: textParty, Lead: fmt.Sprintf(textPartyRead, v.Case.Number, who.Name())}
	code := x.Code
	if !p.Answerable {
		code = ""
	}
	for _, l := range []applicantLine{{"名称", x.Name}, {"联系方式", x.Contact}, {"涉及的内容", p.Matter}, {"意见查询码", code}, {"意见", p.OpinionName()}, {"理由", x.Reason}, {"现在", p.Standing}, {"仍然公开的理由", p.Override}} {
		if l.Value != "" {
			d.Facts = append(d.Facts, l)
		}
	}
	return o.page(c, "request_form", http.StatusOK, d)
}
