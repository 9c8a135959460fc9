package office

import (
	"fmt"

	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/notify"
	"gongkai/internal/request"
)

const (
	textSealAsked   = "已请求电子印章，盖好以后自动存到这份文书。"
	textSealOut     = "正在请求电子印章，盖好以后自动存到这份文书。"
	textSealTrying  = "系统会再试。也可以打印、盖章后上传扫描件。"
	textSealNot     = "可以再次请求，也可以打印、盖章后上传扫描件。"
	textSealArrives = "电子印章服务已经盖好，正在保存。"
)

// sealLine is how far the electronic seal of a letter has come, with the button
// that asks for it.
type sealLine struct {
	Words, Tone string
	Ask         form
}

// sealLines tells of each letter that has no sealed copy yet, where the organ
// has a seal service.
func (o *Office) sealLines(c *call, of *casework.Case, q *request.Request, token string, handles bool) (map[int64]*sealLine, error) {
	if o.deps.Notices == nil {
		return nil, nil
	}
	n, err := o.deps.Notices(c.ctx())
	if err != nil {
		return nil, err
	}
	var open []int64
	for _, l := range q.Letters {
		if l.SealedFile() == nil {
			open = append(open, l.ID)
		}
	}
	on, states, err := n.SealStates(c.ctx(), of.Organ, open)
	if err != nil {
		return nil, err
	}
	out := map[int64]*sealLine{}
	for _, id := range open {
		s, asked := states[id]
		if !on && !asked || q.Service.Anonymised() {
			continue
		}
		x := &sealLine{Tone: "state-soon"}
		again := "请求电子印章"
		switch {
		case !asked:
		case s.State == notify.Delivered:
			x.Words = textSealArrives
		case s.State == notify.Waiting && s.Reason == "":
			x.Words = textSealOut
		case s.State == notify.Waiting:
			x.Words = s.Reason + textSealTrying
		default:
			x.Words, x.Tone, again = s.Reason+textSealNot, "state-dead", "再次请求"
		}
		if handles && on && (!asked || x.Tone == "state-dead") {
			x.Ask = form{ID: fmt.Sprintf("seal%d", id), Action: fmt.Sprintf("/office/requests/%d/letters/%d/seal", of.ID, id), Token: token, Submit: again, Second: true}
		}
		out[id] = x
	}
	return out, nil
}

// askSeal asks the seal service of the organ to seal a letter.
func askSeal(o *Office, c *call) (*answer, error) {
	v, q, err := o.requestCase(c)
	if err != nil {
		return nil, err
	}
	l, err := letterOf(c, q)
	if err != nil {
		return nil, err
	}
	back := fmt.Sprintf("/office/requests/%d/letter#stamped", v.Case.ID)
	if o.deps.Notices != nil { // opens the queue that the letter is put into
		if _, err := o.deps.Notices(c.ctx()); err != nil {
			return nil, err
		}
	}
	if err := o.deps.Requests.AskSeal(c.ctx(), c.actor(), q, l); err != nil {
		switch fault.KindOf(err) {
		case fault.Invalid, fault.Conflict, fault.Gone, fault.Unavailable, fault.Unsupported:
			return told(c, back, fault.Text(err)), nil
		}
		return nil, err
	}
	return told(c, back, textSealAsked), nil
}
