package request_test

import (
	"fmt"
	"strings"
	"testing"

	"gongkai/internal/fault"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

// asks registers a request of one applicant in words.
func (d *desk) asks(who int, words string) int64 {
	d.t.Helper()
	return d.submit(func(a *request.Application) {
		a.Content, a.Applicant.Proof = words, fmt.Sprintf("1101051949123100%02d", who)
	}).Case
}

func (d *desk) queue() []request.Group {
	d.t.Helper()
	out, _, err := d.room.Queue(ctx, d.organ)
	if err != nil {
		d.t.Fatal(err)
	}
	return out
}

// Three different applicants in like words within twelve months make a group;
// the same applicant three times, other words or a request too long ago do not.
func TestA104_W18_7_3d_ThreeDifferentApplicantsMakeAGroup(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		old := d.asks(9, "申请公开清河小区2025年物业服务费的收支账目")
		d.now = d.now.AddDate(1, 0, 1)
		first := d.asks(1, "申请公开清河小区2025年物业服务费的收支账目")
		d.asks(1, "申请公开清河小区2025年物业服务费收支账目")
		d.asks(2, "清河小区2025年物业服务费的收支账目。")
		d.asks(4, "2026年义务教育阶段学校招生计划")
		if g := d.queue(); len(g) != 0 {
			t.Fatalf("two applicants are enough: %+v", g)
		}
		d.asks(3, "我要清河小区2025年物业服务费的收支账目")
		g := d.queue()
		if len(g) != 1 || g[0].Applicants != 3 || len(g[0].Asked) != 4 || g[0].Title != "清河小区2025年物业服务费的收支账目" {
			t.Fatalf("%+v", g)
		}
		for _, a := range g[0].Asked {
			if a.Case == old {
				t.Error("a request of more than twelve months ago counts")
			}
		}
		if g[0].Area.Name != "物业管理" || !strings.Contains(g[0].Says(), "特定范围内公开") { // Z25-1.2d
			t.Errorf("%s %s", g[0].Area.Name, g[0].Says())
		}
		d.must(first, "clerk", request.ActConfirm, &request.ConfirmForm{})
		d.must(first, "clerk", request.ActWithdraw, &request.NoteForm{Text: "撤回"})
		if g := d.queue(); len(g) != 1 || len(g[0].Asked) != 3 {
			t.Errorf("a withdrawn request counts: %+v", g)
		}
	})
}

// A locality sets a stricter rule, never a laxer one.
func TestA104_ALocalityMayOnlyTightenTheRule(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.asks(1, "城区公共停车场收费标准")
		d.asks(2, "城区公共停车场收费标准")
		p := profile(request.Department)
		p.Prefix = "清教公开"
		for field, rule := range map[string]request.ProactiveRule{"转主动公开的人数": {Applicants: 4}, "转主动公开的月数": {Months: 6}, "转主动公开的相近程度": {Alike: 90}} {
			p.Proactive = rule
			if err := d.room.SetProfile(ctx, d.people["disclosure_officer"], d.organ, p); fault.FieldOf(err) != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		p.Proactive = request.ProactiveRule{Applicants: 2}
		if err := d.room.SetProfile(ctx, d.people["disclosure_officer"], d.organ, p); err != nil {
			t.Fatal(err)
		}
		if g := d.queue(); len(g) != 1 || g[0].Applicants != 2 {
			t.Errorf("%+v", g)
		}
	})
}

// What was decided leaves the queue, stands on its requests, and is decided
// once; nothing is half-saved.
func TestQ24_10e_M23_2_3e_ADecisionIsKeptOnce(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		var ids []int64
		for i := range 3 {
			ids = append(ids, d.asks(i, "2025年校车安全检查结果"))
		}
		clerk := d.people["clerk"]
		whole := request.Proactive{Organ: d.organ, Title: "校车安全检查结果", Verdict: request.ToProactive, Reason: "三人申请，可以公开", Cases: ids}
		for field, change := range map[string]func(*request.Proactive){"转不转": func(p *request.Proactive) { p.Verdict = "" }, "标题": func(p *request.Proactive) { p.Title = " " }, "理由": func(p *request.Proactive) { p.Reason = "" }, "领域": func(p *request.Proactive) { p.Area = "x" }} {
			p := whole
			change(&p)
			if _, err := d.room.Decide(ctx, clerk, p); fault.FieldOf(err) != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		far := whole
		far.Cases = append(append([]int64{}, ids...), 999)
		if _, err := d.room.Decide(ctx, clerk, far); fault.KindOf(err) != fault.NotFound || len(d.queue()) != 1 {
			t.Fatalf("half-saved: %v", err)
		}
		if _, err := d.room.Decide(ctx, clerk, whole); err != nil {
			t.Fatal(err)
		}
		if _, err := d.room.Decide(ctx, clerk, whole); fault.KindOf(err) != fault.Conflict {
			t.Errorf("decided twice: %v", err)
		}
		if g := d.queue(); len(g) != 0 {
			t.Errorf("still waits: %+v", g)
		}
		if p := d.request(ids[1]).Work.Proactive; p == nil || !p.Moved() || len(p.Numbers) != 3 {
			t.Errorf("%+v", p)
		}
		if list, err := d.room.Decided(ctx, d.organ); err != nil || len(list) != 1 || list[0].Reason != whole.Reason {
			t.Errorf("%+v %v", list, err)
		}
	})
}

// What somebody was given they may suggest for all, once; it stands sealed and
// comes into the queue alone.
func TestA105_AnApplicantSuggestsOnceWhatWasGiven(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		id := d.working()
		if err := d.room.Suggest(ctx, id, ""); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("nothing was given: %v", err)
		}
		d.must(id, "clerk", request.ActDecide, decision(request.Grant, request.Item{Content: "全文"}))
		d.must(id, "legality_reviewer", request.ActPass, &request.NoteForm{})
		d.must(id, "signer", request.ActSign, &request.NoteForm{})
		d.must(id, "clerk", request.ActServe, &request.ServeForm{How: "post", On: d.today(), Proof: "EMS1"})
		if err := d.room.Suggest(ctx, id, strings.Repeat("字", 501)); fault.FieldOf(err) != "建议的理由" {
			t.Errorf("%v", err)
		}
		if err := d.room.Suggest(ctx, id, "住在附近的人都关心"); err != nil {
			t.Fatal(err)
		}
		if err := d.room.Suggest(ctx, id, "再提"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("suggested twice: %v", err)
		}
		if g := d.queue(); len(g) != 1 || g[0].Suggested != 1 || g[0].Enough || g[0].Given != 1 {
			t.Errorf("%+v", g)
		}
		q := d.request(id)
		notes, _, err := d.room.ReadNotes(ctx, d.people["clerk"], q, nil)
		if err != nil || len(notes) != 1 || notes[0].Body != "住在附近的人都关心" || !q.Work.Suggested() {
			t.Errorf("%+v %v", notes, err)
		}
		var sealed string
		if err := db.Reader().QueryRowContext(ctx, `SELECT body_sealed FROM request_notes WHERE case_id = $1`, id).Scan(&sealed); err != nil || strings.Contains(sealed, "附近") {
			t.Errorf("%q %v", sealed, err)
		}
	})
}

// The four areas of Z25-1.2d are known by their words.
func TestZ25_1_2d_TheFourAreas(t *testing.T) {
	for text, want := range map[string]string{"某村土地征收补偿安置方案": "集体土地征收", "老街片区房屋征收决定和征收补偿方案": "国有土地上房屋征收", "阳光小区维修资金使用情况": "物业管理", "低保对象名单和社会救助资金": "社会保障", "义务教育学校布局规划": ""} {
		if a, _ := request.AreaOf(text); a.Name != want {
			t.Errorf("%s: %q, want %q", text, a.Name, want)
		}
	}
}
