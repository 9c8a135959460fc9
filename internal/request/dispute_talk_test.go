package request_test

import (
	"slices"
	"testing"

	"gongkai/internal/fault"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/workday"
)

func TestM232_3c_HowADisputeWasWorkedOutStandsInTheRegister(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		id := d.dispute(nil)
		good := request.DisputeTalkForm{On: workday.MustDate("2026-01-30"), How: "phone", CameTo: "going", Body: "电话里说明没有检索到的经过"}
		for field, change := range map[string]func(*request.DisputeTalkForm){
			"化解方式": func(f *request.DisputeTalkForm) { f.How = "letter" }, "结果如何": func(f *request.DisputeTalkForm) { f.CameTo = "" }, "化解过程": func(f *request.DisputeTalkForm) { f.Body = " " },
			"化解日期": func(f *request.DisputeTalkForm) { f.On = workday.MustDate("2026-01-29") },
		} {
			f := good
			change(&f)
			if err := d.do(id, "clerk", request.ActDisputeTalk, &f); fault.FieldOf(err) != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		about := d.dispute(func(f *request.DisputeForm) { f.Request = d.submit(nil).Case })
		for _, who := range []string{secretProof, secretName} {
			named := good
			named.Body = "当面向" + who + "说明"
			if err := d.do(about, "clerk", request.ActDisputeTalk, &named); fault.FieldOf(err) != "化解过程" {
				t.Errorf("%s stands in the register: %v", who, err)
			}
		}
		task, due := d.taskDue(id)
		d.must(id, "clerk", request.ActDisputeTalk, &good)
		last := good
		last.How, last.CameTo, last.Body = "mended", "withdrawn", "补充答复一页，对方同意撤回"
		d.must(id, "clerk", request.ActDisputeTalk, &last)
		if name, day := d.taskDue(id); name != task || day != due {
			t.Errorf("talking moved the limit: %s %s", name, day)
		}
		list, err := d.room.Disputes(ctx, []int64{d.organ}, 2026, request.ShowAll)
		at := slices.IndexFunc(list, func(x request.DisputeRow) bool { return x.Case == id })
		if err != nil || len(list) != 2 || len(list[at].Talks) != 2 || list[at].WorkedOut() != "2 次，对方同意撤回" || list[at].Talks[0].Body != good.Body || list[at].Talks[1].HowName() != "自行纠正、补充答复" {
			t.Fatalf("%+v %v", list, err)
		}
		if n := d.tally(`SELECT COUNT(*) FROM case_events WHERE data LIKE '%' || $1 || '%'`, "没有检索到"); n != 0 {
			t.Error("the words of a talk stand in the events")
		}
		if !request.Destroys("dispute_talks", "body") {
			t.Error("the words outlive the applicant's name")
		}
		d.must(id, "clerk", request.ActDisputeResult, &request.DisputeResultForm{Result: request.Ended, On: workday.MustDate("2026-01-30")})
		if err := d.do(id, "clerk", request.ActDisputeTalk, &good); err == nil {
			t.Error("a closed dispute was talked about")
		}
	})
}
