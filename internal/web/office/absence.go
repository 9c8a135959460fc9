package office

import (
	"fmt"
	"net/http"
	"strconv"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
)

// The words of the page of deputies.
const (
	textAbsence      = "请假代办"
	textAbsenceSet   = "已登记：%s 至 %s 由%s代办。对方办理时，记录里写明两个人的名字。"
	textAbsenceEnded = "代办已结束，对方不再能代为办理。"
	textMyself       = "我自己"
)

// absenceView is who acts for whom.
type absenceView struct {
	frame
	Form   form
	Mine   []casework.Absence // as absent or deputy
	Others []casework.Absence // of the organs that the person heads
	Heads  bool
}

func (o *Office) absenceView(c *call) (*absenceView, error) {
	d := &absenceView{frame: o.frame(c, textAbsence)}
	var err error
	if d.Mine, err = o.deps.Cases.Absences(c.ctx(), c.who.Person); err != nil {
		return nil, err
	}
	tree, err := o.access.Tree(c.ctx())
	if err != nil {
		return nil, err
	}
	heads := tree.Below(access.Holds(c.who.Actor, access.SetDeputies)...)
	d.Heads = len(heads) > 0
	all, err := o.deps.Cases.AbsencesIn(c.ctx(), heads)
	if err != nil {
		return nil, err
	}
	for _, x := range all {
		if x.Person.Person != c.who.Person && x.Deputy.Person != c.who.Person {
			d.Others = append(d.Others, x)
		}
	}
	d.Form, err = o.absenceForm(c, heads)
	return d, err
}

// absenceForm offers as deputies the people of one's own organ and of the
// organs above and below it; heads also choose who is absent.
func (o *Office) absenceForm(c *call, heads []int64) (form, error) {
	organs, err := o.organNames(c.ctx())
	if err != nil {
		return form{}, err
	}
	tree, err := o.access.Tree(c.ctx())
	if err != nil {
		return form{}, err
	}
	near := append(tree.Above(c.who.Organ.ID), tree.Below(c.who.Organ.ID)...)
	deputies, err := o.colleagues(c, organs, append(near, heads...), textChoose)
	if err != nil {
		return form{}, err
	}
	f := form{ID: "absence", Action: "/office/absence", Token: c.form, Submit: "设置代办人", Fields: []field{
		{Name: "deputy", Label: "代办人", Kind: "select", Required: true, Options: deputies, Hint: "代办人在这段时间里能办您能办的事；自己起草的，不能代您审核和签发。"},
		{Name: "from", Label: "从", Kind: "date", Required: true, Value: o.access.Today().String()},
		{Name: "to", Label: "到", Kind: "date", Required: true, Hint: "含当天，一次最多 180 天。"}}}
	if len(heads) > 0 {
		absent, err := o.colleagues(c, organs, heads, textMyself)
		if err != nil {
			return form{}, err
		}
		f.Fields = append([]field{{Name: "person", Label: "谁请假", Kind: "select", Options: absent}}, f.Fields...)
	}
	return f, nil
}

func (o *Office) colleagues(c *call, organs *organNames, in []int64, first string) ([]option, error) {
	people, err := o.deps.Cases.Colleagues(c.ctx(), in)
	if err != nil {
		return nil, err
	}
	out := []option{{Name: first}}
	for _, p := range people {
		if p.Login != c.who.Login {
			out = append(out, option{Value: p.Login, Name: p.Name + "（" + organs.name(p.Organ) + "）"})
		}
	}
	return out, nil
}

func absencePage(o *Office, c *call) (*answer, error) {
	d, err := o.absenceView(c)
	if err != nil {
		return nil, err
	}
	return o.page(c, "absence", http.StatusOK, d)
}

func setAbsence(o *Office, c *call) (*answer, error) {
	words, err := o.trySetAbsence(c)
	if err == nil {
		return told(c, "/office/absence", words), nil
	}
	if !mendable(err) {
		return nil, err
	}
	d, e := o.absenceView(c)
	if e != nil {
		return nil, e
	}
	d.Form.fill(c.r)
	d.Form.blame(err)
	return o.page(c, "absence", statusFor(err), d)
}

func (o *Office) trySetAbsence(c *call) (string, error) {
	from, err := dayValue(c.r, "from", "从")
	if err != nil {
		return "", err
	}
	to, err := dayValue(c.r, "to", "到")
	if err != nil {
		return "", err
	}
	deputy := value(c.r, "deputy")
	switch {
	case deputy == "":
		return "", fault.Field("office.trySetAbsence", "代办人", "“代办人”：请选择由谁代办。")
	case from.IsZero():
		return "", fault.Field("office.trySetAbsence", "从", "“从”：请填写开始的日期。")
	case to.IsZero():
		return "", fault.Field("office.trySetAbsence", "到", "“到”：请填写结束的日期。")
	}
	person := value(c.r, "person")
	if person == "" {
		person = c.who.Login
	}
	if _, err := o.deps.Cases.SetAbsence(c.ctx(), c.actor(), person, deputy, from, to); err != nil {
		return "", err
	}
	names, _, err := o.deps.Cases.Names(c.ctx(), []string{deputy}, nil)
	return fmt.Sprintf(textAbsenceSet, from.Chinese(), to.Chinese(), names[deputy]), err
}

func endAbsence(o *Office, c *call) (*answer, error) {
	id, err := strconv.ParseInt(value(c.r, "absence"), 10, 64)
	if err != nil || id <= 0 {
		return nil, fault.New(fault.Invalid, "office.endAbsence", textBadNumber)
	}
	if err := o.deps.Cases.EndAbsence(c.ctx(), c.actor(), id); err != nil {
		return nil, err
	}
	return told(c, "/office/absence", textAbsenceEnded), nil
}
