package office

import (
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"gongkai/internal/access"
	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/org"
	"gongkai/internal/workday"
)

// historyRows is how many changes a page of one thing shows.
const historyRows = 20

// leadersView is the leaders of an organ: those in office, and the others.
type leadersView struct {
	frame
	Organ  *org.Organ
	Manage bool
	At     string // address that the leaders stand below
	Now    []org.Leader
	Soon   []org.Leader // the term has not begun
	Past   []org.Leader
	Gone   []org.Leader
	Error  string
}

// leaderView is one leader with the forms that change it.
type leaderView struct {
	frame
	Organ  *org.Organ
	Leader *org.Leader
	Manage bool
	At     string
	Facts  form
	End    form
	Remove form
	Undo   form
	Past   []org.Change
}

// newLeaderView is the form for a new leader.
type newLeaderView struct {
	frame
	Form form
}

// now is who changes something at this moment.
func (o *Office) now(c *call) org.By { return org.By{Author: c.who.Login, Now: o.access.Now()} }

// by is now, with the day on which the thing itself happened.
func (o *Office) by(c *call) (org.By, error) {
	by := o.now(c)
	var err error
	by.On, err = dayValue(c.r, "changed", org.FieldChangedOn)
	return by, err
}

func changedField() field {
	return field{Name: "changed", Label: org.FieldChangedOn, Kind: "date", Hint: "变动实际发生的日期；不填就是今天。公开页面应当在 20 个工作日内更新。"}
}

func stampOf(n int64) []option { return []option{{Name: "stamp", Value: strconv.FormatInt(n, 10)}} }

func stampValue(r *http.Request) (int64, error) {
	n, err := strconv.ParseInt(value(r, "stamp"), 10, 64)
	if err != nil {
		return 0, fault.New(fault.Invalid, "office.stampValue", textBadNumber)
	}
	return n, nil
}

// change does one thing in a transaction and leads on; what people can mend
// goes back to them through again.
func (o *Office) change(c *call, to, notice string, fn func(tx *sql.Tx) error, again func(status int, err error) (*answer, error)) (*answer, error) {
	err := o.deps.DB.Tx(c.ctx(), fn)
	if err == nil {
		return told(c, to, notice), nil
	}
	if !mendable(err) {
		return nil, err
	}
	return again(statusFor(err), err)
}

// seeOrgan reads an organ within reach and says whether it may be changed.
func (o *Office) seeOrgan(c *call) (x *org.Organ, manage bool, err error) {
	if x, err = o.reachOrgan(c, access.ViewOrgans); err != nil {
		return nil, false, err
	}
	_, err = o.reachOrgan(c, access.ManageOrgans)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return nil, false, err
	}
	return x, err == nil && !x.External, nil
}

func organSteps(x *org.Organ, more ...document.Crumb) []document.Crumb {
	return append([]document.Crumb{organsCrumb, {Name: x.Name, Href: "/office/organ/" + x.Code}}, more...)
}

func leadersAt(x *org.Organ) string { return "/office/organ/" + x.Code + "/leaders" }

func leadersPage(o *Office, c *call) (*answer, error) { return o.leaders(c, http.StatusOK, "") }

func (o *Office) leaders(c *call, status int, problem string) (*answer, error) {
	x, manage, err := o.seeOrgan(c)
	if err != nil {
		return nil, err
	}
	list, err := o.deps.Organs.Leaders(c.ctx(), x.ID)
	if err != nil {
		return nil, err
	}
	d := &leadersView{frame: o.frame(c, textLeaders, organSteps(x)...), Organ: x, Manage: manage, At: leadersAt(x), Error: problem}
	today := workday.DateOf(o.access.Now())
	for _, l := range list {
		switch {
		case l.Gone:
			d.Gone = append(d.Gone, l)
		case l.On(today):
			d.Now = append(d.Now, l)
		case l.From.After(today):
			d.Soon = append(d.Soon, l)
		default:
			d.Past = append(d.Past, l)
		}
	}
	return o.page(c, "leaders", status, d)
}

func leaderFields(f org.LeaderFacts) []field {
	return []field{
		{Name: "name", Label: "姓名", Kind: "text", Value: f.Name, Required: true, Max: 40},
		{Name: "post", Label: "职务", Kind: "text", Value: f.Post, Required: true, Max: 40, Hint: "例如：党组书记、局长。"},
		{Name: "duties", Label: "分工", Kind: "area", Value: f.Duties, Max: 1000, Hint: "负责、分管的工作。"},
		{Name: "cv", Label: "简历", Kind: "area", Value: f.CV, Max: 4000},
		{Name: "photo", Label: "照片", Kind: "file", Accept: "image/jpeg,image/png,image/webp", Hint: textPhotoHint},
		{Name: "from", Label: "任职日期", Kind: "date", Value: f.From.String(), Hint: "不知道可以不填。"},
	}
}

func (o *Office) newLeader(c *call, status int, change func(f *form)) (*answer, error) {
	x, err := o.reachOrgan(c, access.ManageOrgans)
	if err != nil {
		return nil, err
	}
	f := form{ID: "leader", Action: leadersAt(x) + "/new", Token: c.form, Submit: "保存并公开", Upload: true, Fields: append(leaderFields(org.LeaderFacts{}), changedField())}
	if change != nil {
		change(&f)
	}
	steps := organSteps(x, document.Crumb{Name: textLeaders, Href: leadersAt(x)})
	return o.page(c, "newleader", status, &newLeaderView{o.frame(c, textNewLeader, steps...), f})
}

func newLeaderPage(o *Office, c *call) (*answer, error) { return o.newLeader(c, http.StatusOK, nil) }

// sentLeader is what the form of a leader said.
type sentLeader struct {
	name, post, duties, cv string
	from                   workday.Date
	noPhoto                bool
	photo                  *org.Photo // stored, without a row yet; nil when none came
	by                     org.By
}

// readLeader reads the form of a leader. It stands before the transaction,
// because drawing a picture anew takes time.
func (o *Office) readLeader(c *call) (s sentLeader, err error) {
	s = sentLeader{name: value(c.r, "name"), post: value(c.r, "post"), duties: value(c.r, "duties"), cv: value(c.r, "cv"), noPhoto: value(c.r, "nophoto") != ""}
	if s.from, err = dayValue(c.r, "from", "任职日期"); err != nil {
		return s, err
	}
	if s.by, err = o.by(c); err != nil {
		return s, err
	}
	file, head, err := c.r.FormFile("photo")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return s, nil
	}
	if err != nil {
		return s, &fault.Error{Kind: fault.Invalid, Op: "office.readLeader", Field: "照片", Text: textBadForm, Err: err}
	}
	defer file.Close()
	if head.Size == 0 && head.Filename == "" {
		return s, nil // browsers send an empty part where no file was chosen
	}
	p, err := o.deps.Organs.PutPhoto(c.ctx(), file)
	s.photo = &p
	return s, err
}

// into writes what was sent over the facts of a leader, with the rows of a new
// picture.
func (s sentLeader) into(c *call, tx *sql.Tx, f org.LeaderFacts) (org.LeaderFacts, error) {
	f.Name, f.Post, f.Duties, f.CV, f.From = s.name, s.post, s.duties, s.cv, s.from
	if s.noPhoto {
		f.Photo, f.Thumb = "", ""
	}
	if s.photo == nil {
		return f, nil
	}
	err := s.photo.Hold(c.ctx(), tx, &f, s.by.Now)
	return f, err
}

func addLeader(o *Office, c *call) (*answer, error) {
	x, err := o.reachOrgan(c, access.ManageOrgans)
	if err != nil {
		return nil, err
	}
	sent, bad := o.readLeader(c)
	return o.change(c, leadersAt(x), textLeaderAdded, func(tx *sql.Tx) error {
		if bad != nil {
			return bad
		}
		f, err := sent.into(c, tx, org.LeaderFacts{})
		if err != nil {
			return err
		}
		_, err = org.AddLeader(c.ctx(), tx, x, f, sent.by)
		return err
	}, func(status int, err error) (*answer, error) {
		return o.newLeader(c, status, func(f *form) { f.fill(c.r); f.blame(err) })
	})
}

func leaderPage(o *Office, c *call) (*answer, error) { return o.leader(c, http.StatusOK, nil) }

func (o *Office) leader(c *call, status int, change func(d *leaderView)) (*answer, error) {
	x, manage, err := o.seeOrgan(c)
	if err != nil {
		return nil, err
	}
	l, err := o.leaderOf(c, x)
	if err != nil {
		return nil, err
	}
	at := fmt.Sprintf("%s/%d", leadersAt(x), l.ID)
	d := &leaderView{frame: o.frame(c, l.Name, organSteps(x, document.Crumb{Name: textLeaders, Href: leadersAt(x)})...), Organ: x, Leader: l, Manage: manage, At: at}
	if d.Past, err = o.deps.Organs.History(c.ctx(), x.ID, org.WhatLeader, l.ID, historyRows); err != nil {
		return nil, err
	}
	if manage {
		stamp := stampOf(l.Stamp)
		fields := leaderFields(l.LeaderFacts)
		if l.Photo != "" {
			fields[4].Label, fields[4].Hint = "照片", "不选就保留现在的照片。"+textPhotoHint
			fields = append(fields, field{Name: "nophoto", Label: "现在的照片", Kind: "select", Options: []option{{Name: "保留"}, {Value: "1", Name: "撤下，不再公开"}}})
		}
		d.Facts = form{ID: "leader", Action: at, Token: c.form, Submit: "保存修改", Upload: true, Hidden: stamp, Fields: append(fields, changedField())}
		d.End = form{ID: "end", Action: at + "/end", Token: c.form, Submit: "结束任期", Second: true, Hidden: stamp, Fields: []field{
			{Name: "to", Label: "离任日期", Kind: "date", Required: true, Hint: "从这一天起公开页面不再显示。"}}}
		d.Remove = form{ID: "remove", Action: at + "/remove", Token: c.form, Submit: "删去这一项", Danger: true, Hidden: stamp}
		d.Undo = form{ID: "undo", Action: at + "/undo", Token: c.form, Submit: "撤销上一次修改", Second: true, Hidden: stamp}
	}
	if change != nil {
		change(d)
	}
	return o.page(c, "leader", status, d)
}

func (o *Office) leaderOf(c *call, x *org.Organ) (*org.Leader, error) {
	id, err := pathNumber(c.r, "leader")
	if err != nil {
		return nil, err
	}
	return o.deps.Organs.Leader(c.ctx(), x.ID, id)
}

func leaderPhoto(o *Office, c *call) (*answer, error) {
	x, err := o.reachOrgan(c, access.ViewOrgans)
	if err != nil {
		return nil, err
	}
	l, err := o.leaderOf(c, x)
	if err != nil {
		return nil, err
	}
	b, err := o.deps.Organs.LeaderPhoto(c.ctx(), l)
	if err != nil {
		return nil, err
	}
	return &answer{http.StatusOK, http.Header{"Content-Type": {"image/jpeg"}}, b}, nil
}
