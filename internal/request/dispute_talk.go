package request

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// ActDisputeTalk notes a step of working a dispute out with the other side.
const ActDisputeTalk casework.Action = "dispute_talk"

// DisputeTalkWays are how a dispute is worked out, TalkEnds what a step came to.
var (
	DisputeTalkWays = []struct{ Code, Name string }{{"meeting", "当面沟通"}, {"phone", "电话沟通"}, {"mediation", "复议机关或者法院主持调解"}, {"mended", "自行纠正、补充答复"}, {"other", "其他方式"}}
	TalkEnds        = []struct{ Code, Name string }{{"going", "还在沟通"}, {"agreed", "达成一致"}, {"withdrawn", "对方同意撤回"}, {"failed", "没有达成一致"}}
)

// DisputeTalk is one step of working a dispute out (M23-2.3c).
type DisputeTalk struct {
	On     workday.Date
	How    string
	CameTo string
	Body   string
	Login  string
}

// HowName and EndName are the step in Chinese.
func (t DisputeTalk) HowName() string { return nameOf(DisputeTalkWays, t.How) }

// EndName is what the step came to, in Chinese.
func (t DisputeTalk) EndName() string { return nameOf(TalkEnds, t.CameTo) }

// DisputeTalkForm notes a step.
type DisputeTalkForm struct {
	On     workday.Date
	How    string
	CameTo string
	Body   string
}

// WorkedOut tells the register how far a dispute was worked out: the number of
// steps and what the last one came to; "" while there is none.
func (d *Dispute) WorkedOut() string {
	if len(d.Talks) == 0 {
		return ""
	}
	return fmt.Sprintf("%d 次，%s", len(d.Talks), d.Talks[len(d.Talks)-1].EndName())
}

func checkDisputeTalk(_ *casework.Case, d *Dispute, form any, today workday.Date) error {
	f := form.(*DisputeTalkForm)
	f.Body = strings.TrimSpace(f.Body)
	if !known(DisputeTalkWays, f.How) {
		return disputeField("化解方式", "请选择。")
	}
	if !known(TalkEnds, f.CameTo) {
		return disputeField("结果如何", "请选择。")
	}
	if err := within("化解日期", f.On, d.ReceivedOn, today, "收到副本"); err != nil {
		return err
	}
	if err := words("化解过程", f.Body, true); err != nil {
		return err
	}
	return nobody("化解过程", f.Body, today) // it stands open, in a register for the supervisor too
}

// disputeTalk keeps a step; the event tells how and to what end, not the words.
func (r *Room) disputeTalk(ctx context.Context, t *disputeTurn) error {
	f := t.Form.(*DisputeTalkForm)
	who, err := r.applicant(ctx, t.Tx, t.Data.Request)
	if err != nil && fault.KindOf(err) != fault.Gone && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if who.in(f.Body) {
		return disputeField("化解过程", "写到了申请人是谁，请删去。")
	}
	t.Record(map[string]string{"on": f.On.String(), "how": nameOf(DisputeTalkWays, f.How), "came_to": nameOf(TalkEnds, f.CameTo)})
	_, err = t.Tx.ExecContext(ctx, `INSERT INTO dispute_talks (case_id, on_day, how, came_to, body, login, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		t.Case.ID, f.On.String(), f.How, f.CameTo, f.Body, t.Actor.Login, t.Now.UnixMicro())
	return err
}

// loadTalks reads the steps of disputes, in the order they were noted.
func loadTalks(ctx context.Context, q store.Querier, list ...*Dispute) error {
	by := map[int64]*Dispute{}
	var ids []int64
	for _, d := range list {
		by[d.Case] = d
		ids = append(ids, d.Case)
	}
	for len(ids) > 0 {
		n := min(len(ids), 500)
		if err := talksOf(ctx, q, ids[:n], by); err != nil {
			return err
		}
		ids = ids[n:]
	}
	return nil
}

func talksOf(ctx context.Context, q store.Querier, ids []int64, by map[int64]*Dispute) error {
	rows, err := q.QueryContext(ctx, `SELECT case_id, on_day, how, came_to, body, login FROM dispute_talks WHERE case_id IN (`+idList(ids)+`) ORDER BY id`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var on string
		var t DisputeTalk
		if err := rows.Scan(&id, &on, &t.How, &t.CameTo, &t.Body, &t.Login); err != nil {
			return err
		}
		if t.On, err = day(on); err != nil {
			return err
		}
		by[id].Talks = append(by[id].Talks, t)
	}
	return rows.Err()
}
