package request

import (
	"context"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// The acts about the organ's counsel (M23-2.3b).
const (
	ActAskCounsel casework.Action = "ask_counsel"
	ActCounsel    casework.Action = "counsel_given"
)

// CounselKinds are who may be asked, CounselViews what they may find.
var (
	CounselKinds = []struct{ Code, Name string }{{"counsel", "法律顾问"}, {"public_lawyer", "公职律师"}}
	CounselViews = []struct{ Code, Name string }{{"lawful", "合法"}, {"change", "应当修改"}, {"unlawful", "不合法"}}
)

// Counsel is one opinion that was asked of a lawyer of the organ.
type Counsel struct {
	ID       int64
	Kind     string
	Name     string
	Question string
	AskedOn  workday.Date
	GivenOn  workday.Date // zero while it is awaited
	View     string
	Opinion  string
	File     Paper // its written opinion; empty without one
}

// KindName and ViewName are the codes in Chinese.
func (c Counsel) KindName() string { return nameOf(CounselKinds, c.Kind) }

// ViewName is the view in Chinese, "" while it is awaited.
func (c Counsel) ViewName() string {
	if c.View == "" {
		return ""
	}
	return nameOf(CounselViews, c.View)
}

// AskCounselForm asks for an opinion.
type AskCounselForm struct{ Kind, Name, Question string }

// CounselForm brings it.
type CounselForm struct {
	View, Opinion string
	On            workday.Date
}

// counsels is the chapter of counsel and public lawyers before the review.
func (r *Room) counsels() chapter {
	in := []casework.State{Working, Reviewing}
	return chapter{
		steps: []step{
			{Action: ActAskCounsel, Name: "请法律顾问出具意见", From: in, Right: access.HandleRequest, Refuse: refuseAskCounsel, Form: func() any { return &AskCounselForm{} }, Check: checkAskCounsel, Effect: r.askCounsel},
			{Action: ActCounsel, Name: "登记法律顾问意见", From: in, Right: access.HandleRequest, Refuse: refuseCounsel, Form: func() any { return &CounselForm{} }, Check: checkCounsel, Effect: r.counselGiven},
		},
		load:   r.loadCounsels,
		guards: map[casework.Action]guard{ActPass: {refuse: refuseWithoutCounsel}},
	}
}

// awaited is the opinion that was asked and is not in.
func (w *Work) awaited() (Counsel, bool) {
	for _, c := range w.Counsels {
		if c.GivenOn.IsZero() {
			return c, true
		}
	}
	return Counsel{}, false
}

func refuseAskCounsel(_ *casework.Case, r *Request, _ workday.Date) string {
	if _, ok := r.Work.awaited(); ok {
		return "上一次请出具的意见还没有登记。"
	}
	return ""
}

func refuseCounsel(_ *casework.Case, r *Request, _ workday.Date) string {
	if _, ok := r.Work.awaited(); !ok {
		return "没有在等的法律顾问意见，请先办理“请法律顾问出具意见”。"
	}
	return ""
}

// refuseWithoutCounsel keeps a review from passing where the organ's settings
// want counsel heard first.
func refuseWithoutCounsel(_ *casework.Case, r *Request, _ workday.Date) string {
	if r.Profile == nil || !r.Profile.Counsel {
		return ""
	}
	for i := len(r.Work.Counsels) - 1; i >= 0; i-- {
		if !r.Work.Counsels[i].GivenOn.IsZero() {
			return ""
		}
	}
	return "本机关规定审核前要有法律顾问或者公职律师的意见，现在还没有登记。"
}

func checkAskCounsel(_ *casework.Case, _ *Request, form any, _ workday.Date) error {
	f := form.(*AskCounselForm)
	if err := choose("请谁出具", f.Kind, CounselKinds); err != nil {
		return err
	}
	if err := words("姓名或者律师事务所", f.Name, true); err != nil {
		return err
	}
	return words("需要研究的问题", f.Question, true)
}

func (r *Room) askCounsel(ctx context.Context, t *turn) error {
	f := t.Form.(*AskCounselForm)
	t.Record(map[string]string{"counsel": nameOf(CounselKinds, f.Kind)})
	_, err := t.Tx.ExecContext(ctx, `INSERT INTO request_counsels (case_id, kind, counsel, question, asked_by, asked_on) VALUES ($1, $2, $3, $4, $5, $6)`,
		t.Case.ID, f.Kind, strings.TrimSpace(f.Name), strings.TrimSpace(f.Question), t.Actor.Login, t.Today.String())
	return err
}

func checkCounsel(_ *casework.Case, r *Request, form any, today workday.Date) error {
	f := form.(*CounselForm)
	if err := choose("结论", f.View, CounselViews); err != nil {
		return err
	}
	if err := words("法律意见", f.Opinion, true); err != nil {
		return err
	}
	c, ok := r.Work.awaited()
	if !ok {
		return fault.New(fault.Conflict, "request.checkCounsel", "没有在等的法律顾问意见。")
	}
	return onDay("出具日期", f.On, c.AskedOn, today)
}

func (r *Room) counselGiven(ctx context.Context, t *turn) error {
	f := t.Form.(*CounselForm)
	c, _ := t.Data.Work.awaited() // the check has found it
	t.Record(map[string]string{"counsel": c.KindName(), "view": nameOf(CounselViews, f.View)})
	_, err := t.Tx.ExecContext(ctx, `UPDATE request_counsels SET given_on = $2, verdict = $3, opinion = $4 WHERE id = $1`, c.ID, f.On.String(), f.View, strings.TrimSpace(f.Opinion))
	return err
}

func (r *Room) loadCounsels(ctx context.Context, q store.Querier, out *Request) error {
	rows, err := q.QueryContext(ctx, `SELECT id, kind, counsel, question, asked_on, given_on, verdict, opinion, file_sha, file_name FROM request_counsels WHERE case_id = $1 ORDER BY id`, out.Case)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var c Counsel
		var askedOn, given string
		if err := rows.Scan(&c.ID, &c.Kind, &c.Name, &c.Question, &askedOn, &given, &c.View, &c.Opinion, &c.File.SHA, &c.File.Name); err != nil {
			return err
		}
		if c.AskedOn, err = day(askedOn); err != nil {
			return err
		}
		if c.GivenOn, err = day(given); err != nil {
			return err
		}
		out.Work.Counsels = append(out.Work.Counsels, c)
	}
	return rows.Err()
}
