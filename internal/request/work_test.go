package request_test

import (
	"strings"
	"testing"

	"gongkai/internal/fault"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

func TestA79_NobodyIsTurnedAwayBeforeTheirReasonsWereHeard(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.submit(nil)
		d.submit(func(a *request.Application) { a.Applicant.Proof = "11010519491231003X" }) // somebody else
		id := d.working()
		if f := d.request(id).Work.Frequent; f.Year != 2 || f.Month != 2 {
			t.Fatalf("%+v", f)
		}
		excessive := decision(request.Excessive, request.Item{Reason: "频次过高"})
		if err := d.do(id, "clerk", request.ActDecide, excessive); !strings.Contains(fault.Text(err), "先要求申请人说明理由") {
			t.Fatalf("%v", err)
		}
		if err := d.do(id, "clerk", request.ActAskReasons, &request.AskReasonsForm{Until: d.today()}); fault.FieldOf(err) != "说明期限" {
			t.Fatalf("%v", err)
		}
		d.must(id, "clerk", request.ActAskReasons, &request.AskReasonsForm{Until: d.today().AddDays(7)})
		letters := d.request(id).Letters
		if l := letters[len(letters)-1]; l.Kind != request.LetterReasons || !strings.Contains(l.Body, "本年已提出2件") || !strings.Contains(l.Body, "第三十五条") {
			t.Fatalf("%+v", l)
		}
		if err := d.do(id, "clerk", request.ActDecide, excessive); !strings.Contains(fault.Text(err), "才届满") {
			t.Fatalf("%v", err)
		}
		if err := d.do(id, "clerk", request.ActReasons, &request.ReasonsForm{Reasons: "写论文", On: d.today(), Verdict: request.Unreasonable}); fault.FieldOf(err) != "认定的原因" {
			t.Fatalf("%v", err)
		}
		d.must(id, "clerk", request.ActReasons, &request.ReasonsForm{Reasons: "写论文", On: d.today(), Verdict: request.Unreasonable, Why: "与所申请信息无关"})
		if err := d.do(id, "disclosure_officer", request.ActDelay, &request.DelayForm{Days: 30, Reason: "量大"}); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("a delay without good reasons: %v", err)
		}
		d.must(id, "clerk", request.ActDecide, excessive)
		_, reasons, err := d.room.ReadNotes(ctx, d.people["clerk"], d.request(id), nil)
		if err != nil || reasons != "写论文" {
			t.Fatalf("%q %v", reasons, err)
		}
	})
}

func TestA79_GoodReasonsMayBringAStatedDelayOnce(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		id := d.working()
		d.must(id, "clerk", request.ActAskReasons, &request.AskReasonsForm{Until: d.today().AddDays(7)})
		d.must(id, "clerk", request.ActReasons, &request.ReasonsForm{Reasons: "学术研究", On: d.today(), Verdict: request.Reasonable})
		if err := d.do(id, "clerk", request.ActDelay, &request.DelayForm{Days: 20, Reason: "量大"}); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("a clerk states a delay: %v", err)
		}
		d.must(id, "disclosure_officer", request.ActDelay, &request.DelayForm{Days: 20, Reason: "量大"})
		if due := d.due(id); due != "2026-04-02" {
			t.Fatalf("due %s", due)
		}
		if err := d.do(id, "disclosure_officer", request.ActDelay, &request.DelayForm{Days: 20, Reason: "量大"}); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("twice: %v", err)
		}
		if err := d.do(id, "clerk", request.ActDecide, decision(request.Excessive, request.Item{Reason: "频次过高"})); fault.FieldOf(err) != "答复结果" {
			t.Fatalf("%v", err)
		}
	})
}

func TestA8_5_DoesNotExistNeedsARecordOfTheSearch(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		id := d.working()
		none := decision(request.NotHeld, request.Item{Search: "查过档案室"})
		if err := d.do(id, "clerk", request.ActDecide, none); fault.FieldOf(err) != "检索记录" {
			t.Fatalf("%v", err)
		}
		line := request.SearchLine{Place: "档案室", Searcher: "王某", Words: "布局 规划", On: d.today(), Result: "none"}
		for field, empty := range map[string]func(*request.SearchLine){"检索地点": func(l *request.SearchLine) { l.Place = " " }, "检索人": func(l *request.SearchLine) { l.Searcher = "" }, "检索词": func(l *request.SearchLine) { l.Words = "" },
			"检索结果": func(l *request.SearchLine) { l.Result = "" }, "检索日期": func(l *request.SearchLine) { l.On = d.today().AddDays(1) }} {
			l := line
			empty(&l)
			if err := d.do(id, "clerk", request.ActSearched, &request.SearchForm{SearchLine: l}); fault.FieldOf(err) != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		d.must(id, "clerk", request.ActSearched, &request.SearchForm{SearchLine: line})
		if got := d.request(id).Work.Searches; len(got) != 1 || got[0] != line {
			t.Fatalf("%+v", got)
		}
		found := line
		found.Place, found.Result = "办公系统", "found"
		d.must(id, "clerk", request.ActSearched, &request.SearchForm{SearchLine: found})
		if err := d.do(id, "clerk", request.ActDecide, none); !strings.Contains(fault.Text(err), "在“办公系统”找到") {
			t.Fatalf("%v", err)
		}
	})
}

func TestM23_2_3b_CounselIsHeardBeforeTheReview(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		id := d.working()
		p := profile(request.Department)
		p.Prefix, p.Counsel = "清教公开", true
		if err := d.room.SetProfile(ctx, d.people["disclosure_officer"], d.organ, p); err != nil {
			t.Fatal(err)
		}
		d.must(id, "clerk", request.ActDecide, decision(request.Grant, request.Item{Content: "全文"}))
		if err := d.do(id, "legality_reviewer", request.ActPass, &request.NoteForm{}); !strings.Contains(fault.Text(err), "法律顾问或者公职律师的意见") {
			t.Fatalf("%v", err)
		}
		if err := d.do(id, "clerk", request.ActCounsel, &request.CounselForm{View: "lawful", Opinion: "同意", On: d.today()}); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("nobody was asked: %v", err)
		}
		d.must(id, "clerk", request.ActAskCounsel, &request.AskCounselForm{Kind: "public_lawyer", Name: "公职律师甲", Question: "是否可以公开"})
		if err := d.do(id, "legality_reviewer", request.ActPass, &request.NoteForm{}); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("passed while counsel is asked: %v", err)
		}
		if err := d.do(id, "clerk", request.ActCounsel, &request.CounselForm{View: "", Opinion: "同意", On: d.today()}); fault.FieldOf(err) != "结论" {
			t.Fatalf("%v", err)
		}
		d.must(id, "clerk", request.ActCounsel, &request.CounselForm{View: "change", Opinion: "理由要写明", On: d.today()})
		if c := d.request(id).Work.Counsels[0]; c.KindName() != "公职律师" || c.ViewName() != "应当修改" {
			t.Fatalf("%+v", c)
		}
		d.must(id, "legality_reviewer", request.ActPass, &request.NoteForm{})
	})
}

func TestQ24_10d_AUnitGivesMaterialAndAnswersAdvice(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		id := d.working()
		d.must(id, "clerk", request.ActNote, &request.NoteTextForm{Text: "电话里说很急"})
		if err := d.do(id, "clerk", request.ActAskHelp, &request.HelpForm{Kind: request.NoteHelp, Unit: "基教科", Text: "找规划文本"}); fault.FieldOf(err) != "期限" {
			t.Fatalf("%v", err)
		}
		d.must(id, "clerk", request.ActAskHelp, &request.HelpForm{Kind: request.NoteHelp, Unit: "基教科", Text: "找规划文本", DueOn: d.today().AddDays(3)})
		d.must(id, "clerk", request.ActAskHelp, &request.HelpForm{Kind: request.NoteAdvice, Unit: "办公室", Text: "档案目录要补全"})
		waiting := func() (out []string) {
			tasks, err := d.kernel.Tasks(ctx, id)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range tasks {
				if strings.HasPrefix(x.Name, "help_") {
					out = append(out, x.Name)
				}
			}
			return out
		}
		if got := waiting(); len(got) != 2 {
			t.Fatal(got)
		}
		notes := d.request(id).Work.Notes
		if err := d.do(id, "clerk", request.ActHelpGiven, &request.HelpGivenForm{Note: notes[0].ID, Text: "有"}); fault.FieldOf(err) != "答复哪一件" {
			t.Fatalf("a plain note was answered: %v", err)
		}
		d.must(id, "clerk", request.ActHelpGiven, &request.HelpGivenForm{Note: notes[2].ID, Text: "下月补全"})
		if got := waiting(); len(got) != 1 || got[0] != "help_1" {
			t.Fatal(got)
		}
		read, _, err := d.room.ReadNotes(ctx, d.people["clerk"], d.request(id), nil)
		if err != nil || len(read) != 3 || read[0].Body != "电话里说很急" || read[2].Answer != "下月补全" || read[2].KindName() != "工作建议" {
			t.Fatalf("%+v %v", read, err)
		}
		var n int
		if err := db.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM request_notes WHERE body_sealed LIKE '%很急%' OR answer_sealed LIKE '%补全%'`).Scan(&n); err != nil || n != 0 {
			t.Fatalf("%d notes lie open, %v", n, err)
		}
	})
}
