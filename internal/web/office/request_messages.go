package office

import (
	"fmt"
	"math"
	"net/http"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/request"
)

// The words of the conversation with an applicant.
const (
	textTalk        = "与申请人沟通"
	textTalkSent    = "留言已经给申请人，他在查询页看到。"
	textTalkReading = "这次查看已经记入审计记录。留言加密保存，正式的告知请用文书。"
	unneededDays    = 30
)

// talkChapter is the conversation with the applicant on the page of a request.
func talkChapter() requestChapter {
	return requestChapter{
		parts: []casePart{{part: "request_messages", facts: talkFacts}},
		routes: []route{
			{method: http.MethodGet, pattern: "/office/requests/{id}/messages", page: textTalk, act: access.HandleRequest, handler: talkPage},
			{method: http.MethodPost, pattern: "/office/requests/{id}/messages", page: "答复申请人留言", act: access.HandleRequest, handler: sayToApplicant},
		},
	}
}

// talkPart is what the page of a request tells of it without opening a word:
// how many messages wait, which letters the applicant opened, the rating.
type talkPart struct {
	*request.Request
	Waiting int // messages of the applicant that nobody has read
	Opened  []request.Letter
}

func talkFacts(v *casework.View) (any, error) {
	q, ok := v.Data.(*request.Request)
	if !ok {
		return nil, fault.Newf(fault.Internal, "office.talkFacts", "case %d holds %T", v.Case.ID, v.Data)
	}
	p := talkPart{Request: q}
	for _, m := range q.Messages {
		if m.From && m.Read.IsZero() {
			p.Waiting++
		}
	}
	for _, l := range q.Letters {
		if !l.Read.IsZero() {
			p.Opened = append(p.Opened, l)
		}
	}
	return p, nil
}

// talkView is the conversation in words.
type talkView struct {
	frame
	Number, Lead string
	List         []talkLine
	Rating       *request.Rating
	Word         string // of the applicant beside the mark
	Form         form
	Closed       bool
}

type talkLine struct {
	request.Message
	Who string
}

func talkPage(o *Office, c *call) (*answer, error) {
	v, q, err := o.requestCase(c)
	if err != nil {
		return nil, err
	}
	return o.talk(c, v, q, http.StatusOK, nil)
}

func (o *Office) talk(c *call, v *casework.View, q *request.Request, status int, wrong error) (*answer, error) {
	at := fmt.Sprintf("/office/cases/%d", v.Case.ID)
	d := &talkView{frame: o.frame(c, textTalk, requestsCrumb, document.Crumb{Name: v.Case.Number, Href: at}),
		Number: v.Case.Number, Lead: textTalkReading, Rating: q.Rating, Closed: !v.Case.Open()}
	list, err := o.deps.Requests.Conversation(c.ctx(), c.actor(), v.Case.ID)
	if err != nil {
		return nil, err
	}
	var logins []string
	for _, m := range list {
		logins = append(logins, m.Login)
	}
	names, _, err := o.deps.Cases.Names(c.ctx(), logins, nil)
	if err != nil {
		return nil, err
	}
	for _, m := range list {
		who := "申请人"
		if !m.From {
			who = actorName(m.Login, names)
		}
		d.List = append(d.List, talkLine{m, who})
	}
	if q.Rating != nil {
		if d.Word, err = o.deps.Requests.RatingWord(c.ctx(), c.actor(), v.Case.ID); err != nil {
			return nil, err
		}
	}
	if !d.Closed {
		d.Form = form{ID: "talk", Action: fmt.Sprintf("/office/requests/%d/messages", v.Case.ID), Token: d.Token, Submit: "发送", Hidden: []option{{Name: "once", Value: onceToken()}}, Fields: []field{
			{Name: "message", Label: "留言", Kind: "area", Required: true, Max: 1000, Hint: "说明进度、指导补正。不要写别人的个人信息；补正、延期、答复要用文书。"}}}
		if wrong != nil {
			d.Form.fill(c.r)
			d.Form.blame(wrong)
		}
	}
	return o.page(c, "request_talk", status, d)
}

func sayToApplicant(o *Office, c *call) (*answer, error) {
	v, q, err := o.requestCase(c)
	if err != nil {
		return nil, err
	}
	_, err = o.deps.Cases.Apply(c.ctx(), casework.Do{Case: v.Case.ID, Action: request.ActTalk, Form: &request.MessageForm{Text: longValue(c.r, "message")}, Token: value(c.r, "once"), Actor: c.actor()})
	if err != nil {
		if !mendable(err) {
			return nil, err
		}
		return o.talk(c, v, q, statusFor(err), err)
	}
	return told(c, fmt.Sprintf("/office/requests/%d/messages", v.Case.ID), textTalkSent), nil
}

// askedFacts tells staff how often nobody had to ask, and what applicants think
// of the answers of the organs in their reach.
func (o *Office) askedFacts(c *call) (out []applicantLine, err error) {
	un, err := o.deps.Requests.UnneededSince(c.ctx(), o.access.Today().AddDays(1-unneededDays))
	if err != nil {
		return nil, err
	}
	line := fmt.Sprintf("最近 %d 天 %d 次：申请人看到已经公开的内容，就不用申请了", unneededDays, un.Times)
	var found []string
	for _, w := range un.Works {
		name := "以前的答复"
		if w.Work > 0 {
			v, err := o.deps.Library.View(c.ctx(), w.Work, document.At{})
			if kind := fault.KindOf(err); err != nil && kind != fault.NotFound && kind != fault.Gone {
				return nil, err
			}
			if err != nil || v.Edition == nil {
				continue // taken down since: its name is nobody's any more
			}
			name = "《" + v.Edition.Title + "》"
		}
		found = append(found, fmt.Sprintf("%s%d次", name, w.Times))
	}
	if len(found) > 0 {
		line += "（" + strings.Join(found, "、") + "）"
	}
	out = append(out, applicantLine{"不用申请", line + "。"})
	all, err := o.deps.Requests.Averages(c.ctx())
	if err != nil || len(all) == 0 {
		return out, err
	}
	tree, err := o.access.Tree(c.ctx())
	if err != nil {
		return nil, err
	}
	organs, err := o.organNames(c.ctx())
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		if ok, _ := access.Can(c.who.Actor, access.HandleRequest, access.Thing{Above: tree.Above(a.Organ)}); ok {
			out = append(out, applicantLine{"满意度", fmt.Sprintf("%s：平均 %.1f 分（满分 5 分，%d 人评价）", organs.name(a.Organ), math.Round(a.Mean*10)/10, a.Times)})
		}
	}
	return out, nil
}
