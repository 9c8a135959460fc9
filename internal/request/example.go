package request

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
	"gongkai/internal/zh"
)

// The actions of the library of cases (Z25-2.3c).
const (
	ActExample     casework.Action = "example"
	ActExampleMend casework.Action = "example_mended"
	ActExampleOut  casework.Action = "example_out"
)

// ExampleForm tells a closed request to those who answer the next one.
type ExampleForm struct {
	Title string
	Facts string // in brief, nobody named
	Gist  string // why it was answered so
}

// The bounds of an entry in runes, and the names of its fields.
const (
	maxExampleTitle = 60
	maxExampleText  = 2000

	fieldExampleTitle = "案例标题"
	fieldExampleFacts = "基本案情"
	fieldExampleGist  = "办理要点"
)

// withExamples adds the chapter of the library of cases, whose acts are possible
// in every closed state of the other chapters, whatever ends a request.
func (r *Room) withExamples(list []chapter) []chapter {
	var closed []casework.State
	for _, c := range list {
		for _, s := range c.states {
			if s.Final {
				closed = append(closed, s.State)
			}
		}
	}
	form := func() any { return &ExampleForm{} }
	return append(list, chapter{
		steps: []step{
			{Action: ActExample, Name: "收入案例库", From: closed, Right: access.ApproveExtension, Refuse: refuseExample, Form: form, Check: checkExample, Effect: r.enterExample},
			{Action: ActExampleMend, Name: "修订案例", From: closed, Right: access.ApproveExtension, Refuse: refuseExampleMend, Form: form, Check: checkExample, Effect: r.enterExample},
			{Action: ActExampleOut, Name: "移出案例库", From: closed, Right: access.ApproveExtension, Refuse: refuseNoExample, Form: func() any { return &NoteForm{} }, Check: checkExampleOut, Effect: r.takeOutExample},
		},
		load: func(ctx context.Context, q store.Querier, out *Request) (err error) {
			out.Examples, err = exampleEditions(ctx, q, out.Case)
			return err
		},
	})
}

// Example is the entry of the request that stands now; nil for none.
func (q *Request) Example() *Example {
	if len(q.Examples) > 0 && q.Examples[0].EndedOn.IsZero() {
		return &q.Examples[0]
	}
	return nil
}

const (
	textNoOutcome   = "这件申请没有答复结果，没有可以参照的办法。"
	textNameUnknown = textDestroyed + "不能再核对案例里有没有写到申请人。"
	textNotExample  = "不在案例库里。"
)

func refuseExample(_ *casework.Case, q *Request, _ workday.Date) string {
	switch {
	case q.Example() != nil:
		return "已经在案例库里，可以修订或者移出。"
	case q.Outcome == "":
		return textNoOutcome
	case q.Service.Anonymised():
		return textNameUnknown
	}
	return ""
}

func refuseExampleMend(_ *casework.Case, q *Request, _ workday.Date) string {
	switch {
	case q.Example() == nil:
		return textNotExample
	case q.Service.Anonymised():
		return textNameUnknown
	}
	return ""
}

func refuseNoExample(_ *casework.Case, q *Request, _ workday.Date) string {
	if q.Example() == nil {
		return textNotExample
	}
	return ""
}

// checkExample refuses every word by which a person may be known, also those
// that are only likely: officers of other organs read the library.
func checkExample(_ *casework.Case, _ *Request, form any, today workday.Date) error {
	f := form.(*ExampleForm)
	for _, x := range []struct {
		field string
		text  *string
		most  int
	}{{fieldExampleTitle, &f.Title, maxExampleTitle}, {fieldExampleFacts, &f.Facts, maxExampleText}, {fieldExampleGist, &f.Gist, maxExampleText}} {
		*x.text = strings.TrimSpace(*x.text)
		if err := words(x.field, *x.text, true); err != nil {
			return err
		}
		if utf8.RuneCountInString(*x.text) > x.most {
			return fault.Field("request.checkExample", x.field, "“%s”：不能超过 %d 个字。", x.field, x.most)
		}
		if err := nobodyIn(x.field, *x.text, textExampleReaders, today); err != nil {
			return err
		}
	}
	if strings.ContainsAny(f.Title, "\r\n\t") {
		return fault.Field("request.checkExample", fieldExampleTitle, "“%s”：请写在一行里。", fieldExampleTitle)
	}
	return nil
}

const textExampleReaders = "案例库给各机关办理申请的人看，请只写事情，不写是谁。"

func checkExampleOut(_ *casework.Case, _ *Request, form any, today workday.Date) error {
	f := form.(*NoteForm)
	f.Text = strings.TrimSpace(f.Text)
	if err := words("原因", f.Text, true); err != nil {
		return err
	}
	return nobodyIn("原因", f.Text, "请只写为什么移出。", today)
}

// enterExample writes the next edition; the one before ends and stays.
func (r *Room) enterExample(ctx context.Context, t *turn) error {
	f := t.Form.(*ExampleForm)
	if err := r.namesNobody(ctx, t, f); err != nil {
		return err
	}
	edition := 1
	if len(t.Data.Examples) > 0 {
		edition = t.Data.Examples[0].Edition + 1
	}
	if err := endExample(ctx, t, ""); err != nil {
		return err
	}
	grounds := t.Data.Decision.grounds()
	var codes []string
	for _, g := range grounds {
		codes = append(codes, string(g))
	}
	t.Record(map[string]any{"edition": edition})
	_, err := t.Tx.ExecContext(ctx, `INSERT INTO request_examples (case_id, edition, title, facts, gist, folded, outcome, grounds, closed_year, login, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		t.Case.ID, edition, f.Title, f.Facts, f.Gist, zh.Fold(strings.Join([]string{f.Title, f.Facts, f.Gist}, "\n")), string(t.Data.Outcome), strings.Join(codes, ","),
		workday.DateOf(t.Case.ClosedAt).Year, t.Actor.Login, t.Now.UnixMicro())
	return err
}

// grounds are the reasons in law on which something was kept back, in the order
// of the decision, each once.
func (d Decision) grounds() (out []Outcome) {
	add := func(o Outcome) {
		if o != OtherEnding && slices.Contains(PartialGrounds, o) && !slices.Contains(out, o) {
			out = append(out, o)
		}
	}
	for _, it := range d.Items {
		add(it.Outcome)
		for _, g := range it.Grounds {
			add(g)
		}
	}
	return out
}

// namesNobody refuses words that tell who asked or which third party was heard.
func (r *Room) namesNobody(ctx context.Context, t *turn, f *ExampleForm) error {
	who, err := r.applicantIn(ctx, t.Tx, t.Case.ID)
	if err != nil {
		return err
	}
	third, err := r.thirdNames(ctx, t.Tx, t.Case.ID)
	if err != nil {
		return err
	}
	for _, x := range []struct{ field, text string }{{fieldExampleTitle, f.Title}, {fieldExampleFacts, f.Facts}, {fieldExampleGist, f.Gist}} {
		text := closedUp(x.text) // a name does not hide behind a blank
		if who.in(x.text) || who.in(text) {
			return fault.Field("request.namesNobody", x.field, "“%s”：写到了申请人是谁。%s", x.field, textExampleReaders)
		}
		for _, name := range third {
			if utf8.RuneCountInString(name) > 1 && strings.Contains(text, closedUp(name)) {
				return fault.Field("request.namesNobody", x.field, "“%s”：写到了第三方是谁。%s", x.field, textExampleReaders)
			}
		}
	}
	return nil
}

func closedUp(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsSpace(c) {
			return -1
		}
		return c
	}, s)
}

// thirdNames are the sealed names of those who were heard on a request.
func (r *Room) thirdNames(ctx context.Context, q store.Querier, id int64) (out []string, err error) {
	rows, err := q.QueryContext(ctx, `SELECT id, name_sealed FROM request_parties WHERE case_id = $1 AND name_sealed <> '' ORDER BY id`, id)
	if err != nil {
		return nil, err
	}
	sealed := map[int64]string{}
	var ids []int64
	defer rows.Close()
	for rows.Next() {
		var party int64
		var s string
		if err := rows.Scan(&party, &s); err != nil {
			return nil, err
		}
		ids, sealed[party] = append(ids, party), s
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for _, party := range ids {
		name, err := r.vault.Open(ctx, partyPlace(party, "name_sealed"), sealed[party])
		if err != nil {
			return nil, err
		}
		out = append(out, name)
	}
	return out, nil
}

func (r *Room) takeOutExample(ctx context.Context, t *turn) error {
	f := t.Form.(*NoteForm)
	if !t.Data.Service.Anonymised() { // else nobody is known who could be named
		who, err := r.applicantIn(ctx, t.Tx, t.Case.ID)
		if err != nil {
			return err
		}
		if who.in(closedUp(f.Text)) {
			return fault.Field("request.takeOutExample", "原因", "“原因”：写到了申请人是谁，请删去。")
		}
	}
	t.Record(map[string]any{"edition": t.Data.Example().Edition, "reason": f.Text})
	return endExample(ctx, t, f.Text)
}

// endExample ends the edition that stands; none is none.
func endExample(ctx context.Context, t *turn, why string) error {
	_, err := t.Tx.ExecContext(ctx, `UPDATE request_examples SET ended_at = $2, ended_by = $3, why = $4 WHERE case_id = $1 AND ended_at = 0`, t.Case.ID, t.Now.UnixMicro(), t.Actor.Login, why)
	return err
}
