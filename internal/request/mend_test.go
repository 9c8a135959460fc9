package request_test

import (
	"fmt"
	"strings"
	"testing"

	"gongkai/internal/fault"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/workday"
)

func (d *desk) mendForm() request.MendForm {
	return request.MendForm{Organ: d.organ, Record: "学籍档案", Asked: "出生日期写成了戊己庚", Evidence: "户口簿辛壬癸", On: workday.MustDate("2026-01-30"), Informed: true,
		Applicant: request.Applicant{Kind: request.Natural, Name: secretName, Proof: secretProof, Phone: secretPhone}}
}

// Why a correction was taken back stands on its page until the name goes, never
// in an event.
func TestA28_TheWordsOfAWithdrawnCorrectionGoWithTheName(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		id, err := d.room.OpenMend(ctx, d.people["clerk"], d.mendForm())
		if err != nil {
			t.Fatal(err)
		}
		d.must(id, "clerk", request.ActMendLeave, &request.NoteForm{Text: "本人来电说不改了"})
		if n := d.tally(`SELECT COUNT(*) FROM case_events WHERE data LIKE '%来电%'`); n != 0 {
			t.Error("the words stand in the events")
		}
		if n := d.tally(`SELECT COUNT(*) FROM mend_records WHERE case_id = $1 AND reason = '撤回：本人来电说不改了'`, id); n != 1 {
			t.Error("the words are lost")
		}
	})
}

func TestA101_ACorrectionIsCheckedSignedAndTold(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		on := workday.DateOf(d.now)
		id, err := d.room.OpenMend(ctx, d.people["clerk"], d.mendForm())
		if err != nil {
			t.Fatal(err)
		}
		if task, due := d.taskDue(id); task != "check" || due != "2026-03-05" { // 20 working days, as a request of that day
			t.Fatalf("%s due %s", task, due)
		}
		c, err := d.kernel.Case(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		read := func() *request.Mend {
			m, err := d.kernel.Data(ctx, db.Reader(), c)
			if err != nil {
				t.Fatal(err)
			}
			return m.(*request.Mend)
		}
		if m := read(); m.Longest != workday.MustDate("2026-03-30") { // two months (A-101.longest)
			t.Errorf("never later than %s", m.Longest)
		}
		for field, f := range map[string]request.MendDecideForm{"处理结果": {}, "理由": {Outcome: request.MendCorrected}, "有权更正的机关": {Outcome: request.MendTransferred}} {
			if err := d.do(id, "clerk", request.ActMendDecide, &f); fault.FieldOf(err) != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		d.must(id, "clerk", request.ActMendDecide, &request.MendDecideForm{Outcome: request.MendTransferred, Owner: "清河市公安局"})
		if err := d.do(id, "signer", request.ActMendSign, nil); fault.KindOf(err) != fault.Forbidden || !strings.Contains(fault.Text(err), "答复设置") {
			t.Fatalf("signed without the organ's record: %v", err)
		}
		d.setProfile()
		d.must(id, "signer", request.ActMendSign, nil)
		m := read()
		for _, want := range []string{"清教公开〔2026〕1号", "第四十一条", "转送清河市公安局", "学籍档案", "行政复议", "6个月"} {
			if len(m.Letters) != 1 || !strings.Contains(m.Letters[0].Body, want) {
				t.Errorf("the letter lacks %q: %+v", want, m.Letters)
			}
		}
		if err := d.do(id, "clerk", request.ActMendServe, &request.FeeServedForm{How: "post", On: on}); fault.FieldOf(err) != "凭证" {
			t.Errorf("served without proof: %v", err)
		}
		d.must(id, "clerk", request.ActMendServe, &request.FeeServedForm{How: "counter", On: on, Proof: "签收单"})
		if c, err := d.kernel.Case(ctx, id); err != nil || c.Open() {
			t.Errorf("%v %v", c, err)
		}
	})
}

func TestA101_WhoAsksAndOfWhatStandsSealed(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		for field, change := range map[string]func(*request.MendForm){"机构": func(f *request.MendForm) { f.Organ = 0 }, "要更正的记录": func(f *request.MendForm) { f.Record = "" }, "更正内容": func(f *request.MendForm) { f.Asked = "" },
			"证据": func(f *request.MendForm) { f.Evidence = " " }, "姓名或者名称": func(f *request.MendForm) { f.Applicant.Name = "" }, "身份证明": func(f *request.MendForm) { f.Applicant.Proof = "" },
			"联系方式": func(f *request.MendForm) { f.Applicant.Phone = "" }, "个人信息处理告知": func(f *request.MendForm) { f.Informed = false }, "收到日期": func(f *request.MendForm) { f.On = workday.MustDate("2026-01-31") }} {
			f := d.mendForm()
			change(&f)
			if _, err := d.room.OpenMend(ctx, d.people["clerk"], f); fault.FieldOf(err) != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		f := d.mendForm()
		f.Token = "once"
		id, err := d.room.OpenMend(ctx, d.people["clerk"], f)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := d.room.OpenMend(ctx, d.people["clerk"], f); err != nil || again != id {
			t.Errorf("the same form opened %d, %v", again, err)
		}
		for _, table := range []string{"mend_records", "cases", "case_events", "case_tokens", "audit_log"} {
			rows, err := db.Reader().QueryContext(ctx, `SELECT * FROM `+table)
			if err != nil {
				t.Fatal(err)
			}
			cols, err := rows.Columns()
			if err != nil {
				t.Fatal(err)
			}
			cells, into := make([]any, len(cols)), make([]any, len(cols))
			for i := range cells {
				into[i] = &cells[i]
			}
			for rows.Next() {
				if err := rows.Scan(into...); err != nil {
					t.Fatal(err)
				}
				for i, v := range cells {
					for _, secret := range []string{secretName, secretProof, secretPhone, "戊己庚", "辛壬癸"} {
						if strings.Contains(fmt.Sprintf("%s", v), secret) {
							t.Errorf("%s.%s holds %s", table, cols[i], secret)
						}
					}
				}
			}
			if err := rows.Close(); err != nil {
				t.Fatal(err)
			}
		}
		who, asked, err := d.room.RevealMend(ctx, d.people["clerk"], id)
		if err != nil || who.Name != secretName || !strings.Contains(asked, "戊己庚") || !strings.Contains(asked, "辛壬癸") {
			t.Fatalf("%+v %q %v", who, asked, err)
		}
		var n int
		if err := db.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM audit_log WHERE act = 'view_personal'`).Scan(&n); err != nil || n != 1 {
			t.Errorf("%d readings on record, %v", n, err)
		}
	})
}
