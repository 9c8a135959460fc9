package request

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// What was decided about a group.
const (
	ToProactive = "move"
	NotMoved    = "keep"
)

// ProactiveVerdicts lists them with their names.
var ProactiveVerdicts = []struct{ Code, Name string }{{ToProactive, "转"}, {NotMoved, "不转"}}

// Proactive is a decision about information that was asked for.
type Proactive struct {
	ID       int64
	Organ    int64
	Title    string
	Area     string // code, "" for none
	Audience string // of a disclosure to some, "" for all
	Verdict  string
	Reason   string
	By       string // login
	On       workday.Date
	Cases    []int64
	Numbers  []string
}

// Moved reports that it is to be disclosed without being asked.
func (p Proactive) Moved() bool { return p.Verdict == ToProactive }

// maxAsked bounds the requests of one organ that are compared.
const maxAsked = 20000

// Queue lists what several people asked an organ for, or suggested to disclose,
// and nobody decided about, by the organ's rule.
func (r *Room) Queue(ctx context.Context, organ int64) (out []Group, rule ProactiveRule, err error) {
	defer fault.Wrap(&err, "request.Queue(%d)", organ)
	q := r.db.Reader()
	p, err := profile(ctx, q, organ)
	if err != nil {
		return nil, rule, err
	}
	rule = DefaultProactive
	if p != nil {
		rule = p.Proactive.or(rule)
	}
	since := workday.DateOf(r.now()).AddMonths(-rule.Months)
	rows, err := q.QueryContext(ctx, `SELECT c.id, c.number, r.submitted_at, r.content, r.outcome, r.blind, (SELECT COUNT(*) FROM request_notes n WHERE n.case_id = c.id AND n.kind = $4)
		FROM requests r JOIN cases c ON c.id = r.case_id WHERE c.organ_id = $1 AND c.state <> $2 AND r.submitted_at >= $3 AND r.blind <> ''
		AND NOT EXISTS (SELECT 1 FROM request_proactive_cases x WHERE x.case_id = c.id) ORDER BY c.id LIMIT $5`, organ, string(Withdrawn), since.Time().UnixMicro(), NoteSuggest, maxAsked)
	if err != nil {
		return nil, rule, err
	}
	defer rows.Close()
	var list []AskedFor
	for rows.Next() {
		var a AskedFor
		var on int64
		var suggested int
		if err := rows.Scan(&a.Case, &a.Number, &on, &a.Content, &a.Outcome, &a.blind, &suggested); err != nil {
			return nil, rule, err
		}
		a.On, a.Suggested = workday.DateOf(instant(on)), suggested > 0
		list = append(list, a)
	}
	return groups(organ, list, rule), rule, rows.Err()
}

// Decide keeps what was decided about requests of one organ, whole or not at
// all. Errors: Invalid with the field, NotFound for a request of another organ,
// Conflict when somebody has decided about one of them.
func (r *Room) Decide(ctx context.Context, a access.Actor, p Proactive) (id int64, err error) {
	defer fault.Wrap(&err, "request.Decide(%d)", p.Organ)
	if err := choose("转不转", p.Verdict, ProactiveVerdicts); err != nil {
		return 0, err
	}
	for _, x := range []struct{ field, text string }{{"标题", p.Title}, {"理由", p.Reason}} {
		if err := words(x.field, x.text, true); err != nil {
			return 0, err
		}
	}
	switch {
	case utf8.RuneCountInString(p.Title) > 200 || utf8.RuneCountInString(p.Audience) > 200:
		return 0, fault.Field("request.Decide", "标题", "“标题”“公开范围”：不能超过 200 个字。")
	case p.Area != "" && AreaName(p.Area) == "":
		return 0, fault.Field("request.Decide", "领域", "“领域”：请选择。")
	case len(p.Cases) == 0:
		return 0, fault.New(fault.Invalid, "request.Decide", "没有选中申请，请回到列表重新选。")
	}
	if !p.Moved() {
		p.Audience = ""
	}
	err = r.db.Tx(ctx, func(tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, `INSERT INTO request_proactive (organ_id, title, area, audience, verdict, reason, decided_by, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
			p.Organ, strings.TrimSpace(p.Title), p.Area, strings.TrimSpace(p.Audience), p.Verdict, strings.TrimSpace(p.Reason), a.Login, r.now().UnixMicro()).Scan(&id); err != nil {
			return err
		}
		for _, c := range p.Cases {
			var n int
			if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM cases WHERE id = $1 AND kind = $2 AND organ_id = $3`, c, string(Kind), p.Organ).Scan(&n); err != nil {
				return err
			}
			if n == 0 {
				return fault.New(fault.NotFound, "request.Decide", "没有找到这件申请。")
			}
			res, err := tx.ExecContext(ctx, `INSERT INTO request_proactive_cases (proactive_id, case_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, id, c)
			if err != nil {
				return err
			}
			if added, err := res.RowsAffected(); err != nil || added == 0 {
				return orConflict(err, "request.Decide", "其中有申请已经决定过，请刷新后再看。")
			}
		}
		return audit.Record(ctx, tx, audit.Event{At: r.now(), Actor: a.Login, Act: audit.CaseAct, Target: fmt.Sprintf("organ:%d", p.Organ), Outcome: audit.Done,
			Detail: fmt.Sprintf("转主动公开：%s，%d 件申请", nameOf(ProactiveVerdicts, p.Verdict), len(p.Cases))})
	})
	return id, err
}

func orConflict(err error, op, text string) error {
	if err != nil {
		return err
	}
	return fault.New(fault.Conflict, op, text)
}

// maxDecided bounds the list of what was decided.
const maxDecided = 200

// Decided lists what was decided about the requests of an organ, the newest first.
func (r *Room) Decided(ctx context.Context, organ int64) (out []Proactive, err error) {
	defer fault.Wrap(&err, "request.Decided(%d)", organ)
	return decided(ctx, r.db.Reader(), `WHERE p.organ_id = $1`, organ)
}

func decided(ctx context.Context, q store.Querier, where string, arg any) (out []Proactive, err error) {
	rows, err := q.QueryContext(ctx, `SELECT p.id, p.organ_id, p.title, p.area, p.audience, p.verdict, p.reason, p.decided_by, p.at, c.id, c.number
		FROM (SELECT p.* FROM request_proactive p `+where+` ORDER BY p.id DESC LIMIT `+fmt.Sprint(maxDecided)+`) p JOIN request_proactive_cases x ON x.proactive_id = p.id JOIN cases c ON c.id = x.case_id ORDER BY p.id DESC, c.id`, arg)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var p Proactive
		var at, id int64
		var number string
		if err := rows.Scan(&p.ID, &p.Organ, &p.Title, &p.Area, &p.Audience, &p.Verdict, &p.Reason, &p.By, &at, &id, &number); err != nil {
			return nil, err
		}
		p.On = workday.DateOf(instant(at))
		if n := len(out); n == 0 || out[n-1].ID != p.ID {
			out = append(out, p)
		}
		last := &out[len(out)-1]
		last.Cases, last.Numbers = append(last.Cases, id), append(last.Numbers, number)
	}
	return out, rows.Err()
}

// suggestRunes bounds what an applicant says with a suggestion.
const suggestRunes = 500

// Suggest keeps, once, that an applicant wants information they were given made
// public; what they say stands sealed. Errors: Invalid with the field,
// Forbidden when nothing was given, Conflict the second time.
func (r *Room) Suggest(ctx context.Context, id int64, why string) (err error) {
	defer fault.Wrap(&err, "request.Suggest(%d)", id)
	if utf8.RuneCountInString(strings.TrimSpace(why)) > suggestRunes {
		return fault.Field("request.Suggest", "建议的理由", "“建议的理由”：不能超过 %d 个字。", suggestRunes)
	}
	if strings.TrimSpace(why) == "" {
		why = "没有写理由。"
	}
	return r.db.Tx(ctx, func(tx *sql.Tx) error {
		var served string
		var outcome Outcome
		if err := tx.QueryRowContext(ctx, `SELECT served_on, outcome FROM requests WHERE case_id = $1`, id).Scan(&served, &outcome); err != nil {
			return store.Sentence("request.Suggest", err)
		}
		if !Suggestible(served != "", outcome) {
			return fault.New(fault.Forbidden, "request.Suggest", "答复送达并且提供了信息的，才能建议转为主动公开（A-105）。")
		}
		var note int64
		switch err := tx.QueryRowContext(ctx, `INSERT INTO request_notes (case_id, kind, by_login, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING id`, id, NoteSuggest, casework.Applicant.Login, r.now().UnixMicro()).Scan(&note); {
		case errors.Is(err, sql.ErrNoRows):
			return fault.New(fault.Conflict, "request.Suggest", "您已经提过建议，受理机关看得到。")
		case err != nil:
			return err
		}
		sealed, err := r.vault.Seal(ctx, notePlace(note, "body_sealed"), strings.TrimSpace(why))
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE request_notes SET body_sealed = $2 WHERE id = $1`, note, sealed); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Event{At: r.now(), Actor: casework.Applicant.Login, Act: audit.CaseAct, Target: fmt.Sprintf("case:%d", id), Outcome: audit.Done, Detail: "建议转为主动公开"})
	})
}

// Suggestible reports an answer whose information may be suggested for all: it
// was served and gave something that is not public yet.
func Suggestible(served bool, o Outcome) bool { return served && (o == Grant || o == Partial) }

// Suggested reports that the applicant has made the suggestion.
func (w Work) Suggested() bool {
	for _, n := range w.Notes {
		if n.Kind == NoteSuggest {
			return true
		}
	}
	return false
}

// proactiveChapter reads what was decided about a request.
func (r *Room) proactiveChapter() chapter {
	return chapter{load: func(ctx context.Context, q store.Querier, out *Request) error {
		list, err := decided(ctx, q, `JOIN request_proactive_cases y ON y.proactive_id = p.id WHERE y.case_id = $1`, out.Case)
		if err == nil && len(list) > 0 {
			out.Work.Proactive = &list[0]
		}
		return err
	}}
}

// AskedOrgans lists the organs to which somebody ever applied.
func (r *Room) AskedOrgans(ctx context.Context) (out []int64, err error) {
	defer fault.Wrap(&err, "request.AskedOrgans")
	rows, err := r.db.Reader().QueryContext(ctx, `SELECT DISTINCT organ_id FROM cases WHERE kind = $1 ORDER BY organ_id`, string(Kind))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, rows.Err()
}
