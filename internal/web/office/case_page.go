package office

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/fault"
	"gongkai/internal/web/ui"
)

// caseView is the page of one case: whose turn it is and by when, what waits,
// what may be done, and the timeline.
type caseView struct {
	frame
	*casework.Case
	KindName, OrganName, StateName string
	Turn                           string // 轮到谁
	Due                            dueWords
	Next                           string
	Part                           template.HTML // of the domain
	Tasks                          []caseTask
	Buttons                        []caseButton
	Acts                           []actRow
	Export                         string
	Wrong                          string // a refusal without a control on the page
}

// caseTask is a waiting step with its sum and the kernel's own acts on it.
type caseTask struct {
	casework.OpenTask
	StepName, Who string
	Due           dueWords
	Limit         string // what runs, by what law
	Steps         []clock.Step
	Reason        string // why the due time is provisional
	None          string // why there is no sum
	Moves         casework.Moves
	Take          form
	Hand          form
	Urge          form
}

// caseButton is an act that the table allows, or refuses with its reason.
type caseButton struct {
	casework.Button
	ForName   string
	Form      form
	HasForm   bool
	Elsewhere string // the act belongs to another page
	place     actPlace
}

// actRow is one act of the timeline.
type actRow struct {
	casework.Event
	Who, ForName, Name, StepName, States string
	Facts                                []caseFact
}

// caseFact is a named value.
type caseFact struct{ Name, Value, Href string }

func casePage(o *Office, c *call) (*answer, error) {
	id, err := caseID(c)
	if err != nil {
		return nil, err
	}
	v, err := o.deps.Cases.View(c.ctx(), c.actor(), id)
	if err != nil {
		return nil, err
	}
	if own := ownKinds[v.Case.Kind]; own != "" {
		return redirect(fmt.Sprintf(own, id)), nil
	}
	d, err := o.caseView(c, v)
	if err != nil {
		return nil, err
	}
	return o.page(c, "case", http.StatusOK, d)
}

// caseID reads the number of a case; what is no number is no case.
func caseID(c *call) (int64, error) {
	id, err := strconv.ParseInt(c.r.PathValue("case"), 10, 64)
	if err != nil || id <= 0 {
		return 0, fault.New(fault.NotFound, "office.caseID", "")
	}
	return id, nil
}

func (o *Office) caseView(c *call, v *casework.View) (*caseView, error) {
	ctx, x := c.ctx(), v.Case
	d := &caseView{frame: o.frame(c, cmp.Or(x.Title, x.Number), casesCrumb), Case: x, KindName: o.deps.Cases.KindName(x.Kind),
		StateName: o.deps.Cases.StateName(x.Kind, x.State), Export: fmt.Sprintf("/office/cases/%d/timeline.xlsx", x.ID)}
	organs, err := o.organNames(ctx)
	if err != nil {
		return nil, err
	}
	d.OrganName = organs.name(x.Organ)
	if d.Acts, err = o.timeline(ctx, x); err != nil {
		return nil, err
	}
	for _, t := range v.Tasks {
		row, err := o.caseTask(c, x, t, organs)
		if err != nil {
			return nil, err
		}
		d.Tasks = append(d.Tasks, row)
	}
	d.Turn, d.Due, d.Next = textNobody, dueWords{textNoDueOfCase, "calm"}, ""
	if !x.Open() {
		d.Due = dueWords{textClosedCase, "calm"}
	}
	if len(d.Tasks) > 0 {
		d.Turn, d.Due, d.Next = d.Tasks[0].Who, d.Tasks[0].Due, d.Tasks[0].StepName
	}
	return d, o.caseDomain(c, v, d)
}

// caseDomain adds what the kind of case brings along: its part and its forms.
func (o *Office) caseDomain(c *call, v *casework.View, d *caseView) error {
	kind, known := caseKinds[v.Case.Kind]
	if known {
		for _, p := range append([]casePart{{part: kind.part, facts: kind.facts}}, kind.more...) {
			var facts any
			var err error
			if p.read != nil {
				facts, err = p.read(o, c, v)
			} else {
				facts, err = p.facts(v)
			}
			if err != nil {
				return err
			}
			if facts == nil {
				continue
			}
			b, err := o.templates.RenderPart(ui.Variant{}, p.part, "part", facts)
			if err != nil {
				return err
			}
			d.Part += template.HTML(b) // rendered by the same escaping templates
		}
	}
	var logins []string
	for _, b := range v.Buttons {
		logins = append(logins, b.For)
	}
	names, _, err := o.deps.Cases.Names(c.ctx(), logins, nil)
	if err != nil {
		return err
	}
	for _, b := range v.Buttons {
		row := caseButton{Button: b, ForName: names[b.For]}
		if f, ok := kind.forms[b.Action]; ok {
			row.HasForm = true
			fields, err := o.withOrgans(c, f.fields(v, o.access.Today()))
			if err != nil {
				return err
			}
			row.Form = o.caseForm(c, v.Case, string(b.Action), "act", b.Name, fields)
			row.Form.Hidden = append(row.Form.Hidden, option{Value: string(b.Action), Name: "action"})
		} else {
			row.Elsewhere = textNoForm
		}
		d.Buttons = append(d.Buttons, row)
	}
	kind.arrange(d.Buttons)
	return nil
}

// caseForm is one form of a case: it carries the state that its sender saw and
// a mark by which a second sending is known.
func (o *Office) caseForm(c *call, x *casework.Case, id, path, submit string, fields []field) form {
	return form{ID: id, Action: fmt.Sprintf("/office/cases/%d/%s", x.ID, path), Token: c.form, Submit: submit, Fields: fields,
		Hidden: []option{{Value: strconv.Itoa(x.Version), Name: "version"}, {Value: rand.Text(), Name: "once"}}}
}

func (o *Office) caseTask(c *call, x *casework.Case, t casework.OpenTask, organs *organNames) (row caseTask, err error) {
	ctx := c.ctx()
	years, err := o.deps.Cases.Years(ctx)
	if err != nil {
		return row, err
	}
	_, names, err := o.deps.Cases.Names(ctx, nil, []int64{t.Person})
	if err != nil {
		return row, err
	}
	row = caseTask{OpenTask: t, StepName: o.deps.Cases.TaskName(x.Kind, t.Name), Who: waitsFor(t, organs, names), Due: wordsOfDue(t, years, o.access.Now())}
	sum, has, err := o.deps.Cases.SumOf(ctx, t)
	if err != nil {
		return row, err
	}
	switch {
	case has:
		limit := clock.MustFind(t.Rule)
		row.Limit, row.Steps, row.Reason = fmt.Sprintf(textLimitLine, limit.Name, limit.Length(), limit.Basis), sum.Steps, sum.Reason
	case !t.DueAt.IsZero():
		row.None = textPlannedHour
	default:
		row.None = textNoSum
	}
	if row.Moves, err = o.deps.Cases.Moves(ctx, c.actor(), x, t); err != nil {
		return row, err
	}
	if row.Moves.Take == "" {
		row.Take = o.caseForm(c, x, "take-"+t.Name, "take", "由我办理", nil)
		row.Take.Second = true
	}
	if row.Moves.HandOver == "" {
		if err := o.handForm(c, x, &row); err != nil {
			return row, err
		}
	}
	if row.Moves.Urge == "" {
		row.Urge = o.caseForm(c, x, "urge-"+t.Name, "urge", "催办", []field{{Name: "reason", Label: textReason, Kind: "area", Required: true, Max: 500, Hint: "对方会在通知里看到这件事项，在办理记录里看到原因。"}})
		row.Urge.Second = true
	}
	for _, f := range []*form{&row.Take, &row.Hand, &row.Urge} {
		f.Hidden = append(f.Hidden, option{Value: t.Name, Name: "task"})
	}
	return row, nil
}

func (o *Office) handForm(c *call, x *casework.Case, row *caseTask) error {
	people, err := o.deps.Cases.Candidates(c.ctx(), row.OpenTask)
	if err != nil {
		return err
	}
	choices := []option{{Name: textChoose}}
	for _, p := range people {
		if p.Person != row.Person {
			choices = append(choices, option{Value: p.Login, Name: p.Name + "（" + p.Login + "）"})
		}
	}
	if len(choices) == 1 {
		row.Moves.HandOver = textNoCandidates
		return nil
	}
	row.Hand = o.caseForm(c, x, "hand-"+row.Name, "hand", "转办", []field{
		{Name: "to", Label: "接办人", Kind: "select", Required: true, Options: choices, Hint: "只列出有办理这一步的权限、没有办过前一步的人。"},
		{Name: "reason", Label: textReason, Kind: "area", Required: true, Max: 500}})
	row.Hand.Second = true
	return nil
}

// timeline lists the acts on a case, the newest first, with names in full.
func (o *Office) timeline(ctx context.Context, x *casework.Case) ([]actRow, error) {
	events, err := o.deps.Cases.Timeline(ctx, x.ID)
	if err != nil {
		return nil, err
	}
	records := make([][]caseFact, len(events))
	var logins []string
	for i, e := range events {
		if records[i], err = recordFacts(e.Data); err != nil {
			return nil, err
		}
		logins = append(logins, e.Actor, e.For)
		for _, f := range records[i] {
			if f.Href == "login" {
				logins = append(logins, f.Value)
			}
		}
	}
	names, _, err := o.deps.Cases.Names(ctx, logins, nil)
	if err != nil {
		return nil, err
	}
	k := o.deps.Cases
	out := make([]actRow, len(events))
	for i, e := range events {
		row := actRow{Event: e, Who: actorName(e.Actor, names), Name: k.ActionName(x.Kind, e.Action), States: k.StateName(x.Kind, e.To)}
		if e.For != "" {
			row.ForName = actorName(e.For, names)
		}
		if e.Task != "" {
			row.StepName = k.TaskName(x.Kind, e.Task)
		}
		if e.From != e.To {
			row.States = k.StateName(x.Kind, e.From) + " → " + row.States
		}
		for _, f := range records[i] {
			switch f.Href {
			case "login":
				f.Value = actorName(f.Value, names)
			case "task":
				f.Value = k.TaskName(x.Kind, f.Value)
			}
			f.Href = ""
			row.Facts = append(row.Facts, f)
		}
		out[len(events)-1-i] = row
	}
	return out, nil
}

func actorName(login string, names map[string]string) string {
	switch {
	case names[login] != "":
		return names[login]
	case login == casework.Product.Login:
		return textSystemActor
	case login == casework.ThirdParty.Login:
		return textThirdActor
	case login == casework.Applicant.Login:
		return textAskerActor
	case login == "console":
		return textConsoleActor
	}
	return login
}

// caseAgain shows the page of a case after a refusal, the reason beside its
// control, with what was typed. What the form cannot show goes to the error page.
func (o *Office) caseAgain(c *call, id int64, control string, refusal error) (*answer, error) {
	kind := fault.KindOf(refusal)
	if !mendable(refusal) && kind != fault.Forbidden {
		return nil, refusal
	}
	v, err := o.deps.Cases.View(c.ctx(), c.actor(), id)
	if err != nil {
		return nil, errors.Join(err, refusal)
	}
	d, err := o.caseView(c, v)
	if err != nil {
		return nil, err
	}
	if f := d.control(control); f != nil {
		f.fill(c.r)
		f.blame(refusal)
	} else {
		d.Wrong = fault.Text(refusal)
	}
	return o.page(c, "case", statusFor(refusal), d)
}

// control finds a form of the page that is really offered.
func (d *caseView) control(id string) *form {
	for i := range d.Buttons {
		if d.Buttons[i].HasForm && d.Buttons[i].Reason == "" && d.Buttons[i].Form.ID == id {
			return &d.Buttons[i].Form
		}
	}
	for i := range d.Tasks {
		t := &d.Tasks[i]
		for _, f := range []*form{&t.Take, &t.Hand, &t.Urge} {
			if f.ID == id && id != "" {
				return f
			}
		}
	}
	return nil
}

// turns says in one line where a case stands, for a notice after an act.
func (o *Office) turns(c *call, id int64) (string, error) {
	v, err := o.deps.Cases.View(c.ctx(), c.actor(), id)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return "", nil // with the act the case left the actor's sight
	}
	if err != nil {
		return "", err
	}
	if !v.Case.Open() {
		return textNowClosed, nil
	}
	organs, err := o.organNames(c.ctx())
	if err != nil {
		return "", err
	}
	rows, err := o.caseRows(c.ctx(), []*casework.Case{v.Case}, organs)
	if err != nil || rows[0].Steps == "" {
		return "", err
	}
	return strings.TrimSpace(fmt.Sprintf(textNowWaits, rows[0].Steps, rows[0].Who)), nil
}
