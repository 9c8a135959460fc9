package request

import (
	"slices"
	"strings"
	"unicode/utf8"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// The acts about those whose opinion is asked.
const (
	ActOpinion   casework.Action = "third_party_opinion"
	ActOverride  casework.Action = "override"
	ActThirdTold casework.Action = "third_party_told"
)

// Marks that stand in a stored letter for what is filled in when it is shown.
const (
	PartyMark = "〔收件人〕"
	CodeMark  = "〔意见查询码〕"
)

// What a party says.
const (
	Agrees  = "agree"
	Partly  = "partly"
	Refuses = "refuse"
)

// Opinions lists them with their names.
var Opinions = []struct{ Code, Name string }{{Agrees, "同意公开"}, {Partly, "同意公开一部分"}, {Refuses, "不同意公开"}}

// Party is somebody whose opinion was asked. Who a third party is and why they
// refuse is read only by RevealParty.
type Party struct {
	ID         int64
	Who        clock.Party
	Organ      string // name of an organ; "" for a third party
	Matter     string
	Letter     int64
	SentOn     workday.Date
	ReceivedOn workday.Date
	RepliedOn  workday.Date
	Opinion    string
	Online     bool // answered on the public site
	Answerable bool // has a code and a second fact
	Late       bool // the answer came after the 15 working days
	Override   string
	ToldLetter int64
	ToldOn     workday.Date
	ToldProof  string
	Until      workday.Date // last day of the answer; zero while unknown or without a limit
	Standing   string       // where it stands today, in words
}

// OpinionName is what the party said, in Chinese.
func (p Party) OpinionName() string {
	for _, o := range Opinions {
		if o.Code == p.Opinion {
			return o.Name
		}
	}
	return ""
}

// Third reports a third party, not an organ.
func (p Party) Third() bool { return p.Who.Rule() == "A-76" }

// Against reports a third party that does not agree at all and whose answer counts.
func (p Party) Against() bool { return p.Third() && p.Opinion == Refuses }

// silent reports that the time to answer is over and nothing came.
func (p Party) silent(today workday.Date) bool {
	return p.RepliedOn.IsZero() && !p.Until.IsZero() && today.After(p.Until)
}

// standing says in words where the consultation stands.
func (p Party) standing(today workday.Date) string {
	switch {
	case p.Late:
		return "逾期答复，已收入案卷，不影响答复期限"
	case !p.RepliedOn.IsZero():
		return "已答复"
	case p.silent(today) && p.Third():
		return "逾期没有答复，由本机关依法决定是否公开"
	case p.silent(today):
		return "逾期没有答复，视为同意公开"
	case p.ReceivedOn.IsZero():
		return "已发函，还没有登记对方收到"
	case p.Until.IsZero():
		return "等待答复，没有期限，答复期限停止计算"
	}
	return "等待答复，最迟" + p.Until.Chinese()
}

// ConsultForm asks a third party, a joint maker or another organ in writing.
type ConsultForm struct {
	Who     clock.Party // third_party, joint_organ or other_organ; numbers are given by the room
	Name    string
	Contact string // address, telephone
	Proof   string // number by whose last four characters a third party answers online
	What    string
	On      workday.Date
}

// PartyForm notes that a party received the letter, or answered.
type PartyForm struct {
	Who    clock.Party
	On     workday.Date
	Agrees string // see Opinions; "" for a receipt
	Note   string // the reasons of an answer
}

// OverrideForm notes why a refusal is overruled (A-76, art. 15).
type OverrideForm struct {
	Who    clock.Party
	Reason string
}

// ToldForm notes that a third party got the letter about the disclosure.
type ToldForm struct {
	Who   clock.Party
	On    workday.Date
	Proof string
}

// parties is the chapter of consultations.
func (r *Room) parties() chapter {
	open := []casework.State{Working, Reviewing, Signing, Answered}
	return chapter{
		steps: []step{
			{Action: ActConsult, Name: "征求意见", From: []casework.State{Working}, Task: "handle", Right: access.HandleRequest, Form: func() any { return &ConsultForm{} }, Check: checkConsult, Effect: r.consult},
			{Action: ActConsultGot, Name: "登记对方收到", From: open, Right: access.HandleRequest, Refuse: refuseReceipt, Form: func() any { return &PartyForm{} }, Check: checkReceipt, Effect: r.partyReceived},
			{Action: ActReply, Name: "登记对方答复", From: open, Right: access.HandleRequest, Refuse: refuseReply, Form: func() any { return &PartyForm{} }, Check: checkReply, Effect: r.partyReplied},
			{Action: ActOpinion, Name: "对方网上答复", From: open, System: true, Form: func() any { return &PartyForm{} }, Check: checkReply, Effect: r.partyReplied},
			{Action: ActOverride, Name: "决定仍然公开", From: []casework.State{Working}, Task: "handle", Right: access.HandleRequest, Refuse: refuseOverride, Form: func() any { return &OverrideForm{} }, Check: checkOverride, Effect: r.override},
			{Action: ActThirdTold, Name: "登记告知第三方", From: []casework.State{Answered}, Right: access.HandleRequest, Refuse: refuseTold, Form: func() any { return &ToldForm{} }, Check: checkTold, Effect: r.told},
		},
		notices: map[string]string{"party_replied": "%s的被征求意见方已经答复。"},
		load:    r.loadParties,
		guards: map[casework.Action]guard{
			ActDecide: {check: checkAgainst},
			ActSign:   {effect: r.writeThirdDecisions},
			ActServe:  {refuse: refuseUntold},
		},
	}
}

// Party finds one of those asked.
func (w *Work) Party(who clock.Party) (Party, bool) {
	i := slices.IndexFunc(w.Parties, func(p Party) bool { return p.Who == who })
	if i < 0 {
		return Party{}, false
	}
	return w.Parties[i], true
}

func checkConsult(_ *casework.Case, r *Request, form any, today workday.Date) error {
	f := form.(*ConsultForm)
	if f.Who.Rule() == "" {
		return fault.Field("request.checkConsult", "征求谁的意见", "“征求谁的意见”：请选第三方、共同制作机关或者其他机关。")
	}
	f.Name, f.Proof = strings.TrimSpace(f.Name), strings.TrimSpace(f.Proof)
	if f.On.IsZero() {
		f.On = today
	}
	for _, x := range []struct {
		field, text string
		need        bool
	}{{"对方名称", f.Name, true}, {"联系方式", f.Contact, false}, {"内容", f.What, true}} {
		if err := words(x.field, x.text, x.need); err != nil {
			return err
		}
	}
	if n := utf8.RuneCountInString(f.Proof); n > 0 && n < 4 {
		return fault.Field("request.checkConsult", "对方证件号码", "“对方证件号码”：至少四个字符，对方凭后四位在网上提出意见；不用网上答复的，可以不填。")
	}
	return onDay("发函日期", f.On, r.ReceivedOn, today)
}

func refuseReceipt(_ *casework.Case, r *Request, _ workday.Date) string {
	if len(r.Work.Parties) == 0 {
		return "还没有征求过谁的意见。"
	}
	if !slices.ContainsFunc(r.Work.Parties, func(p Party) bool { return p.ReceivedOn.IsZero() && p.RepliedOn.IsZero() }) {
		return "发出的函都已经登记收到。"
	}
	return ""
}

func refuseReply(_ *casework.Case, r *Request, _ workday.Date) string {
	if len(r.Work.Parties) == 0 {
		return "还没有征求过谁的意见。"
	}
	if !slices.ContainsFunc(r.Work.Parties, func(p Party) bool { return p.RepliedOn.IsZero() }) {
		return "征求意见的各方都已经答复。"
	}
	return ""
}

// asked finds the party of a form.
func asked(r *Request, who clock.Party) (Party, error) {
	p, ok := r.Work.Party(who)
	if !ok {
		return p, fault.Field("request.asked", "征求谁的意见", "“征求谁的意见”：还没有向它发过征求意见函。")
	}
	return p, nil
}

func checkReceipt(_ *casework.Case, r *Request, form any, today workday.Date) error {
	f := form.(*PartyForm)
	p, err := asked(r, f.Who)
	switch {
	case err != nil:
		return err
	case !p.ReceivedOn.IsZero():
		return fault.Field("request.checkReceipt", "征求谁的意见", "“征求谁的意见”：%s已于%s收到，不能再登记。", p.Who.Name(), p.ReceivedOn.Chinese())
	case !p.RepliedOn.IsZero():
		return fault.Field("request.checkReceipt", "征求谁的意见", "“征求谁的意见”：%s已经答复。", p.Who.Name())
	case f.On.Before(p.SentOn):
		return fault.Field("request.checkReceipt", "日期", "“日期”：%s早于发函日期%s。", f.On.Chinese(), p.SentOn.Chinese())
	}
	return onDay("日期", f.On, r.ReceivedOn, today)
}

func checkReply(_ *casework.Case, r *Request, form any, today workday.Date) error {
	f := form.(*PartyForm)
	p, err := asked(r, f.Who)
	switch {
	case err != nil:
		return err
	case !p.RepliedOn.IsZero():
		return fault.Field("request.checkReply", "征求谁的意见", "“征求谁的意见”：%s已于%s答复，不能再登记。", p.Who.Name(), p.RepliedOn.Chinese())
	case !slices.ContainsFunc(Opinions, func(o struct{ Code, Name string }) bool { return o.Code == f.Agrees }):
		return fault.Field("request.checkReply", "意见", "“意见”：请选同意公开、同意公开一部分或者不同意公开。")
	case f.On.Before(p.SentOn) || !p.ReceivedOn.IsZero() && f.On.Before(p.ReceivedOn):
		return fault.Field("request.checkReply", "日期", "“日期”：%s早于对方收到函的日期。", f.On.Chinese())
	}
	if err := words("理由", f.Note, false); err != nil {
		return err
	}
	return onDay("日期", f.On, r.ReceivedOn, today)
}

func refuseOverride(_ *casework.Case, r *Request, _ workday.Date) string {
	if !slices.ContainsFunc(r.Work.Parties, Party.Against) {
		return "没有第三方不同意公开。"
	}
	return ""
}

func checkOverride(_ *casework.Case, r *Request, form any, _ workday.Date) error {
	f := form.(*OverrideForm)
	p, err := asked(r, f.Who)
	if err != nil {
		return err
	}
	if !p.Against() {
		return fault.Field("request.checkOverride", "征求谁的意见", "“征求谁的意见”：%s没有表示不同意公开。", p.Who.Name())
	}
	return words("公开的理由", f.Reason, true)
}

// checkAgainst is A-76: what a third party refuses is given only with a written
// reason of public interest. A decision that withholds their part needs none.
func checkAgainst(_ *casework.Case, r *Request, form any, _ workday.Date) error {
	grants := false
	for _, it := range form.(*DecideForm).Decision.Items {
		if it.Outcome == DenyThird || it.Outcome == Partial {
			return nil
		}
		grants = grants || it.Outcome == Grant
	}
	for _, p := range r.Work.Parties {
		if grants && p.Against() && p.Override == "" {
			return fault.Field("request.checkAgainst", "答复结果", "“答复结果”：%s不同意公开。认为不公开会对公共利益造成重大影响、或者不同意的理由不成立的，请先办理“决定仍然公开”，写明理由（A-76）。", p.Who.Name())
		}
	}
	return nil
}

// refuseUntold keeps an answer from being served before the third party that
// was overruled knows of it.
func refuseUntold(_ *casework.Case, r *Request, _ workday.Date) string {
	for _, p := range r.Work.Parties {
		if p.ToldLetter != 0 && p.ToldOn.IsZero() {
			return "还没有把公开的决定和理由书面告知" + p.Who.Name() + "，请先办理“登记告知第三方”（A-76）。"
		}
	}
	return ""
}

func refuseTold(_ *casework.Case, r *Request, _ workday.Date) string {
	if !slices.ContainsFunc(r.Work.Parties, func(p Party) bool { return p.ToldLetter != 0 && p.ToldOn.IsZero() }) {
		return "没有要告知的第三方。"
	}
	return ""
}

func checkTold(_ *casework.Case, r *Request, form any, today workday.Date) error {
	f := form.(*ToldForm)
	p, err := asked(r, f.Who)
	if err != nil {
		return err
	}
	if p.ToldLetter == 0 || !p.ToldOn.IsZero() {
		return fault.Field("request.checkTold", "征求谁的意见", "“征求谁的意见”：%s没有要送达的告知书。", p.Who.Name())
	}
	if err := onDay("送达日期", f.On, workday.DateOf(r.SignedAt), today); err != nil {
		return err
	}
	return words("凭证", f.Proof, true)
}
