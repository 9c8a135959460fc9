package request_test

import (
	"fmt"
	"strings"
	"testing"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/workday"
)

const secretWords = "我住在某路七号"

func TestMessages_BothWaysSealedAndNotedAsRead(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		rc := d.submit(nil)
		if err := d.do(rc.Case, "applicant", request.ActMessage, &request.MessageForm{Text: " "}); fault.FieldOf(err) != "留言" {
			t.Fatalf("an empty message: %v", err)
		}
		if err := d.do(rc.Case, "applicant", request.ActMessage, &request.MessageForm{Text: strings.Repeat("字", 1001)}); fault.FieldOf(err) != "留言" {
			t.Fatalf("a long message: %v", err)
		}
		d.must(rc.Case, "applicant", request.ActMessage, &request.MessageForm{Text: secretWords})
		if err := d.do(rc.Case, "applicant", request.ActTalk, &request.MessageForm{Text: "冒充"}); err == nil {
			t.Fatal("the applicant spoke as the office")
		}
		if err := d.do(rc.Case, "clerk", request.ActMessage, &request.MessageForm{Text: "冒充"}); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("staff spoke as the applicant: %v", err)
		}
		for _, table := range []string{"request_messages", "case_events", "notices", "audit_log", "cases"} {
			if n := d.id(`SELECT COUNT(*) FROM ` + table); n > 0 && strings.Contains(dump(t, db, table), secretWords) {
				t.Errorf("%s holds the words", table)
			}
		}
		if n := d.id(`SELECT COUNT(*) FROM notices WHERE kind = 'message'`); n == 0 {
			t.Error("nobody was told")
		}
		clerk := d.people["clerk"]
		list, err := d.room.Conversation(ctx, clerk, rc.Case)
		if err != nil || len(list) != 1 || list[0].Body != secretWords || !list[0].From {
			t.Fatalf("%+v %v", list, err)
		}
		if n := d.id(`SELECT COUNT(*) FROM audit_log WHERE act = 'view_personal' AND actor = 'clerk'`); n != 1 {
			t.Errorf("%d readings on record", n)
		}
		d.must(rc.Case, "clerk", request.ActTalk, &request.MessageForm{Text: "收到"})
		list, err = d.room.Conversation(ctx, casework.Applicant, rc.Case)
		if err != nil || len(list) != 2 || list[0].Read.IsZero() || list[1].Body != "收到" || list[1].Login != "clerk" {
			t.Fatalf("%+v %v", list, err)
		}
		if list, err = d.room.Conversation(ctx, clerk, rc.Case); err != nil || list[1].Read.IsZero() {
			t.Fatalf("%+v %v", list, err)
		}
		for i := range 9 {
			d.must(rc.Case, "applicant", request.ActMessage, &request.MessageForm{Text: fmt.Sprint("再问", i)})
		}
		if err := d.do(rc.Case, "applicant", request.ActMessage, &request.MessageForm{Text: "又问"}); fault.KindOf(err) != fault.Forbidden || !strings.Contains(fault.Text(err), "明天") {
			t.Errorf("the eleventh message of a day: %v", err)
		}
		d.now = d.now.AddDate(0, 0, 1)
		d.must(rc.Case, "applicant", request.ActMessage, &request.MessageForm{Text: "又问"})
	})
}

// dump is every cell of a table as words.
func dump(t *testing.T, db *store.DB, table string) string {
	t.Helper()
	rows, err := db.Reader().QueryContext(ctx, `SELECT * FROM `+table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	cols, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for rows.Next() {
		cells, into := make([]any, len(cols)), make([]any, len(cols))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		for _, c := range cells {
			fmt.Fprintf(&b, "%s\n", c)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestMessages_OnlyTheHandlerIsToldWhereThereIsOne(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		other := d.id(`INSERT INTO people (login, name, organ_id, created_at) VALUES ('second', '某科员', $1, 1) RETURNING id`, d.organ)
		d.id(`INSERT INTO grants (person_id, organ_id, role, granted_by, granted_at) VALUES ($1, $2, $3, 'console', 1) RETURNING id`, other, d.organ, string(access.Clerk))
		rc := d.submit(nil)
		d.must(rc.Case, "clerk", request.ActConfirm, &request.ConfirmForm{})
		if _, err := d.kernel.Take(ctx, casework.HandOver{Case: rc.Case, Task: "handle", Actor: d.people["clerk"]}); err != nil {
			t.Fatal(err)
		}
		d.must(rc.Case, "applicant", request.ActMessage, &request.MessageForm{Text: "请问"})
		if n := d.id(`SELECT COUNT(*) FROM notices WHERE kind = 'message' AND person_id = $1`, d.people["clerk"].Person); n != 1 {
			t.Errorf("the handler got %d notices", n)
		}
		if n := d.id(`SELECT COUNT(*) FROM notices WHERE kind = 'message' AND person_id = $1`, other); n != 0 {
			t.Errorf("somebody else got %d notices", n)
		}
	})
}

func TestA86_ConsentToElectronicServiceMayComeLater(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		id := d.answer("规划", request.Item{What: "规划", Outcome: request.Grant, Content: "一份"})
		if err := d.do(id, "clerk", request.ActServe, &request.ServeForm{How: "online", On: workday.DateOf(d.now)}); err == nil {
			t.Fatal("served online without consent")
		}
		d.must(id, "applicant", request.ActConsent, nil)
		if err := d.do(id, "applicant", request.ActConsent, nil); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("consent twice: %v", err)
		}
		d.serve(id, "online")
	})
}

func TestLetters_TheFirstOpeningStays(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		rc := d.submit(nil)
		d.must(rc.Case, "clerk", request.ActConfirm, &request.ConfirmForm{})
		letter := d.id(`SELECT id FROM request_letters WHERE case_id = $1`, rc.Case)
		first := d.now
		for range 2 {
			if _, err := d.room.OpenLetter(ctx, rc.Case, letter); err != nil {
				t.Fatal(err)
			}
			d.now = d.now.AddDate(0, 0, 1)
		}
		if at := d.id(`SELECT read_at FROM request_letters WHERE id = $1`, letter); at != first.UnixMicro() {
			t.Errorf("read at %d", at)
		}
		if _, err := d.room.OpenLetter(ctx, rc.Case+1, letter); err != nil {
			t.Fatal(err)
		}
	})
}

func TestRating_OnceAfterServiceAndAveragedByOrgan(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		id := d.answer("规划", request.Item{What: "规划", Outcome: request.Grant, Content: "一份"})
		if err := d.room.Rate(ctx, id, 5, ""); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("before service: %v", err)
		}
		d.serve(id, "counter")
		for _, bad := range []int{0, 6} {
			if err := d.room.Rate(ctx, id, bad, ""); fault.FieldOf(err) != "评价" {
				t.Fatalf("mark %d: %v", bad, err)
			}
		}
		if err := d.room.Rate(ctx, id, 4, strings.Repeat("字", 501)); fault.FieldOf(err) != "说一句" {
			t.Fatalf("a long word: %v", err)
		}
		if err := d.room.Rate(ctx, id, 4, secretWords); err != nil {
			t.Fatal(err)
		}
		if err := d.room.Rate(ctx, id, 1, ""); fault.KindOf(err) != fault.Conflict {
			t.Fatalf("rated twice: %v", err)
		}
		if strings.Contains(dump(t, db, "request_ratings"), secretWords) {
			t.Error("the word stands in the clear")
		}
		second := d.answer("规划", request.Item{What: "规划", Outcome: request.Grant, Content: "一份"})
		d.serve(second, "counter")
		if err := d.room.Rate(ctx, second, 5, ""); err != nil {
			t.Fatal(err)
		}
		all, err := d.room.Averages(ctx)
		if err != nil || len(all) != 1 || all[0] != (request.Average{Organ: d.organ, Times: 2, Mean: 4.5}) {
			t.Errorf("%+v %v", all, err)
		}
		word, err := d.room.RatingWord(ctx, d.people["clerk"], id)
		if err != nil || word != secretWords {
			t.Errorf("%q %v", word, err)
		}
		if n := d.id(`SELECT COUNT(*) FROM audit_log WHERE act = 'view_personal' AND actor = 'clerk'`); n != 1 {
			t.Errorf("%d readings on record", n)
		}
	})
}
