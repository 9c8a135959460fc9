package main

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/app"
	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/org"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// registerOriginals are the requests that go through all their acts.
const registerOriginals = 200

// registerPeople enters whoever handles, reviews, signs and supervises.
func registerPeople(ctx context.Context, a *app.App) error {
	for login, roles := range map[string][]access.Role{"clerk": {access.Clerk, access.DisclosureOfficer}, "reviewer": {access.LegalityReviewer}, "signer": {access.Signer},
		"supervisor": {access.Supervisor, access.DisclosureOfficer}} {
		var grants []access.GrantSpec
		for _, r := range roles {
			grants = append(grants, access.GrantSpec{Role: r, Organ: "bench-root"})
		}
		if err := a.Access.AddUser(ctx, a.Config.Actor, access.NewPerson{Login: login, Name: login, Organ: "bench-root", Grants: grants, Password: registerPassword}); err != nil {
			return err
		}
	}
	return nil
}

// registerFiller makes requests by acts and then repeats their rows.
type registerFiller struct {
	ctx context.Context
	a   *app.App
	now *time.Time
	who map[string]access.Actor
}

// originals takes n requests over the last year through their acts; one in
// fifty stays open on the way.
func (f *registerFiller) originals(n int) error {
	f.who = map[string]access.Actor{}
	end := *f.now
	for _, login := range []string{"clerk", "reviewer", "signer"} {
		var id int64
		if err := f.a.DB.Reader().QueryRowContext(f.ctx, `SELECT id FROM people WHERE login = $1`, login).Scan(&id); err != nil {
			return err
		}
		actor, err := access.ActorOf(f.ctx, f.a.DB.Reader(), id, workday.DateOf(end))
		if err != nil {
			return err
		}
		f.who[login] = actor
	}
	for i := range n {
		organ, err := org.ByCode(f.ctx, f.a.DB.Reader(), fmt.Sprintf("bench-%d", i%registerOrgans+1))
		if err != nil {
			return err
		}
		if i < registerOrgans {
			p := request.Profile{Kind: request.Department, Name: "测试市某局", Prefix: "测公开", Own: request.Body{Name: "测试市人民政府", Address: "测试市某路1号"},
				Court: request.Body{Name: "测试市某区人民法院", Address: "测试市某路2号"}, Online: "https://fuyi.example", Contact: "测试市某局"}
			if err := f.a.Requests.SetProfile(f.ctx, f.who["clerk"], organ, p); err != nil {
				return err
			}
		}
		*f.now = end.Add(-time.Duration(n-i) * 40 * time.Hour)
		if err := f.original(i, organ, i%50 == 49); err != nil {
			return fmt.Errorf("request %d: %w", i, err)
		}
	}
	*f.now = end
	return nil
}

func (f *registerFiller) original(i int, organ int64, open bool) error {
	rc, err := f.a.Requests.Submit(f.ctx, request.Application{Organ: organ, Channel: clock.InPerson, Content: fmt.Sprintf("第%d份规划文本和它的附件", i), Way: "electronic", Delivery: "post", Informed: true,
		Token: fmt.Sprintf("bench-%d", i), Actor: f.who["clerk"],
		Applicant: request.Applicant{Kind: request.Natural, Name: fmt.Sprintf("申请人%d", i), Proof: fmt.Sprintf("证件%06d", i), Phone: "电话", Address: "地址"}})
	if err != nil {
		return err
	}
	today := workday.DateOf(*f.now)
	acts := []struct {
		who  string
		act  casework.Action
		form any
	}{
		{"clerk", request.ActConfirm, &request.ConfirmForm{}},
		{"clerk", request.ActDecide, &request.DecideForm{Decision: request.Decision{Items: []request.Item{{What: "规划文本", Outcome: request.GrantPublic, Way: "测试市某局网站"}}}}},
		{"reviewer", request.ActPass, &request.NoteForm{}},
		{"signer", request.ActSign, &request.NoteForm{}},
		{"clerk", request.ActServe, &request.ServeForm{How: "post", On: today, Proof: fmt.Sprintf("XA%09dCN", i)}},
		{"clerk", request.ActArchive, nil},
	}
	if open {
		acts = acts[:1]
	}
	for _, x := range acts {
		if _, err := f.a.Cases.Apply(f.ctx, casework.Do{Case: rc.Case, Action: x.act, Actor: f.who[x.who], Form: x.form}); err != nil {
			return fmt.Errorf("%s: %w", x.act, err)
		}
	}
	return nil
}

// repeated are the tables whose rows are repeated, with the columns that must
// differ; id and case_id are moved by the round.
var repeated = []struct {
	table   string
	changed map[string]string // column: expression of its copy; r.n is the round
}{
	{"cases", map[string]string{"number": "number || '-' || CAST(r.n AS TEXT)"}},
	{"case_events", nil},
	{"case_facts", nil},
	{"case_tasks", nil},
	{"requests", map[string]string{"code_blind": "code_blind || '-' || CAST(r.n AS TEXT)"}},
	{"request_letters", nil},
}

// repeat copies the rows of the originals until there are n cases.
func (f *registerFiller) repeat(n int) error {
	q := f.a.DB.Reader()
	return f.a.DB.Tx(f.ctx, func(tx *sql.Tx) error {
		for _, r := range repeated {
			cols, own, err := f.columns(q, r.table)
			if err != nil {
				return err
			}
			var top int64
			if own {
				if err := tx.QueryRowContext(f.ctx, `SELECT MAX(id) FROM `+r.table).Scan(&top); err != nil {
					return err
				}
			}
			if _, err := tx.ExecContext(f.ctx, copyRows(r.table, cols, r.changed, n/registerOriginals-1, top)); err != nil {
				return fmt.Errorf("%s: %w", r.table, err)
			}
		}
		if f.a.DB.Dialect == store.Postgres {
			_, err := tx.ExecContext(f.ctx, `ANALYZE`)
			return err
		}
		return nil
	})
}

func (f *registerFiller) columns(q store.Querier, table string) (cols []string, own bool, err error) {
	rows, err := q.QueryContext(f.ctx, `SELECT * FROM `+table+` WHERE 1 = 0`)
	if err != nil {
		return nil, false, err
	}
	defer rows.Close()
	cols, err = rows.Columns()
	for _, c := range cols {
		own = own || c == "id"
	}
	return cols, own, err
}

// copyRows repeats every original row so many times, its ids moved on.
func copyRows(table string, cols []string, changed map[string]string, rounds int, top int64) string {
	from := make([]string, len(cols))
	where := "case_id"
	for i, c := range cols {
		from[i] = "t." + c
		switch {
		case c == "id" && table == "cases":
			where = "id"
			from[i] = fmt.Sprintf("t.id + r.n * %d", registerOriginals)
		case c == "id":
			from[i] = fmt.Sprintf("t.id + r.n * %d", top)
		case c == "case_id":
			from[i] = fmt.Sprintf("t.case_id + r.n * %d", registerOriginals)
		case changed[c] != "":
			from[i] = changed[c]
		}
	}
	return fmt.Sprintf("WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < %d) INSERT INTO %s (%s) SELECT %s FROM r, %s t WHERE t.%s <= %d",
		rounds, table, strings.Join(cols, ", "), strings.Join(from, ", "), table, where, registerOriginals)
}
