package request_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gongkai/internal/fault"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/workday"
)

var packing = request.PackageOf{Organ: "清河市教育局", Name: func(login string) string { return login }}

// closed brings a request to the archive on the day of the desk.
func (d *desk) closed() *request.Receipt {
	d.t.Helper()
	rc := d.signed(nil)
	d.must(rc.Case, "clerk", request.ActServe, &request.ServeForm{How: request.ServeCounter, On: workday.DateOf(d.now), Proof: "送达回证1号"})
	d.must(rc.Case, "clerk", request.ActArchive, nil)
	return rc
}

func TestA106_NothingIsArchivedHalf(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		rc := d.signed(nil)
		if err := d.do(rc.Case, "clerk", request.ActArchive, nil); fault.KindOf(err) != fault.Forbidden || !strings.Contains(fault.Text(err), "送达") {
			t.Fatalf("archived unserved: %v", err)
		}
		today := workday.DateOf(d.now)
		for range 2 { // comes back twice: the posting answered, the file may rest
			d.must(rc.Case, "clerk", request.ActServe, &request.ServeForm{How: request.ServePost, On: today, Proof: ems})
			if err := d.do(rc.Case, "clerk", request.ActArchive, nil); fault.KindOf(err) != fault.Forbidden {
				t.Fatalf("archived while the letter is out: %v", err)
			}
			d.must(rc.Case, "clerk", request.ActFailed, &request.FailedForm{Reason: "无人签收退回"})
		}
		d.must(rc.Case, "clerk", request.ActArchive, nil)
		c, q := d.view(rc.Case)
		if c.Open() || q.Service.RetainUntil.String() != "2036-01-30" {
			t.Errorf("%v %s", c.Open(), q.Service.RetainUntil)
		}
	})
}

func TestA106_ThePackageOpensByItselfAndItsDigestsHold(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		rc := d.signed(nil)
		if _, err := d.room.Package(ctx, d.people["clerk"], rc.Case, packing); fault.KindOf(err) != fault.Invalid {
			t.Fatalf("a package of an open request: %v", err)
		}
		d.must(rc.Case, "clerk", request.ActServe, &request.ServeForm{How: request.ServeCounter, On: workday.DateOf(d.now), Proof: "送达回证1号"})
		d.must(rc.Case, "clerk", request.ActArchive, nil)
		raw, err := d.room.Package(ctx, d.people["clerk"], rc.Case, packing)
		if err != nil {
			t.Fatal(err)
		}
		z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
		if err != nil {
			t.Fatal(err)
		}
		files := map[string][]byte{}
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			if f.NonUTF8 || files[f.Name] != nil {
				t.Errorf("name %q", f.Name)
			}
			files[f.Name] = b
		}
		listed := map[string]bool{}
		for _, line := range strings.Split(strings.TrimSpace(string(files[request.Sums])), "\n") {
			sum, name, _ := strings.Cut(line, "  ")
			got := sha256.Sum256(files[name])
			if files[name] == nil || hex.EncodeToString(got[:]) != sum {
				t.Errorf("%s: the digest does not hold", name)
			}
			listed[name] = true
		}
		index := string(files["index.html"])
		for name := range files {
			if name != request.Sums && !listed[name] {
				t.Errorf("%s has no digest", name)
			}
		}
		for _, m := range regexp.MustCompile(`href="([^"]+)"`).FindAllStringSubmatch(index, -1) {
			if files[unescape(t, m[1])] == nil {
				t.Errorf("the list leads to %s, which is not there", m[1])
			}
		}
		all := ""
		for name := range files {
			all += name + "\n"
		}
		for _, want := range []string{"申请/", "文书/", "送达/", "办理记录/events.json", "办理记录/events.html", "审计记录/audit.json"} {
			if !strings.Contains(all, want) {
				t.Errorf("no %s in\n%s", want, all)
			}
		}
		if !strings.Contains(index, "清河市教育局") || strings.Contains(index, "<script") || strings.Contains(index, "http") {
			t.Error(index)
		}
		var n int
		if err := db.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM audit_log WHERE act = 'download' AND detail = '档案包'`).Scan(&n); err != nil || n != 1 {
			t.Errorf("%d downloads on record: %v", n, err)
		}
	})
}

func TestA28_WhoAskedIsDestroyedAfterItsTime(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		rc := d.closed()
		c, _ := d.view(rc.Case)
		form := &request.AnonymiseForm{Number: c.Number}
		if err := d.do(rc.Case, "disclosure_officer", request.ActAnonymise, form); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("destroyed before its time: %v", err)
		}
		d.now = d.now.AddDate(10, 0, 1)
		if err := d.do(rc.Case, "clerk", request.ActAnonymise, form); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("a clerk destroyed: %v", err)
		}
		if err := d.do(rc.Case, "disclosure_officer", request.ActAnonymise, &request.AnonymiseForm{Number: "1"}); fault.FieldOf(err) != "申请编号" {
			t.Fatalf("without the number: %v", err)
		}
		closed := c.ClosedAt
		d.must(rc.Case, "disclosure_officer", request.ActAnonymise, form)
		c, q := d.view(rc.Case)
		if q.Content != "" || q.Outcome != request.Grant || q.Kind != request.Natural || q.ServedOn.IsZero() || !q.Service.Anonymised() || !c.ClosedAt.Equal(closed) {
			t.Errorf("%+v", q)
		}
		if _, err := d.room.Reveal(ctx, d.people["clerk"], rc.Case); fault.KindOf(err) != fault.Gone {
			t.Errorf("who asked: %v", err)
		}
		if _, err := d.room.Package(ctx, d.people["clerk"], rc.Case, packing); fault.KindOf(err) != fault.Gone {
			t.Errorf("package: %v", err)
		}
		if _, _, err := d.room.Track(ctx, rc.Code, "002X"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the code still opens: %v", err)
		}
		if err := d.do(rc.Case, "disclosure_officer", request.ActAnonymise, form); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("twice: %v", err)
		}
	})
}

func TestA28_OneThingIsDestroyedOnOrderByTwo(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		rc := d.closed()
		form := &request.EraseForm{What: request.ErasePhone, Reason: "依申请人请求，个人信息保护法第四十七条"}
		for field, bad := range map[string]request.EraseForm{"销毁什么": {}, "依据和理由": {What: request.ErasePhone}, "编号": {What: request.EraseMessage, Target: 99, Reason: "令"}} {
			if err := d.do(rc.Case, "clerk", request.ActErase, &bad); fault.FieldOf(err) != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		d.must(rc.Case, "disclosure_officer", request.ActErase, form)
		if err := d.do(rc.Case, "disclosure_officer", request.ActEraseGrant, &request.NoteForm{}); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("one person proposed and granted: %v", err)
		}
		if who, err := d.room.Reveal(ctx, d.people["clerk"], rc.Case); err != nil || who.Phone != secretPhone {
			t.Fatalf("%+v %v", who, err)
		}
		d.must(rc.Case, "disclosure_officer", request.ActEraseDrop, &request.NoteForm{Text: "改由承办人提出"})
		other := d.closed()
		d.must(other.Case, "clerk", request.ActErase, form)
		d.must(other.Case, "disclosure_officer", request.ActEraseGrant, &request.NoteForm{})
		if who, err := d.room.Reveal(ctx, d.people["clerk"], other.Case); err != nil || who.Phone != "" || who.Name != secretName {
			t.Errorf("%+v %v", who, err)
		}
	})
}

// stays are the columns of a request's tables that anonymising leaves: codes,
// days, numbers of letters and decisions, logins, digests of the house's acts.
var stays = map[string]string{
	"requests":               "channel applicant_kind way delivery filled_by received_on decision outcome letter_no signed_by served_on served_how retain_until content code_blind", // content and decision: by Request.update; code_blind becomes a mark
	"request_letters":        "kind number title issued_on template_id",
	"request_letter_numbers": "number",
	"request_services":       "kind channel on_day signed_on login",
	"request_rounds":         "basis number decided_on received_on last_day login",
	"request_erasures":       "what state proposer decider",
	"request_intake":         "via",
	"request_layers":         "ground actor lifted_by lifted_on",
	"request_fees":           "month method prices number issued_on delivered_on delivered_how settled settled_on",
	"request_fee_payments":   "paid_on receipt by_login",
	"request_councils":       "held_on people matter conclusion file_sha file_name entered_by", // minutes of the house
	"request_helps":          "due_on asked_by asked_on answered_by answered_on",
	"request_extensions":     "asked_by asked_on verdict decided_by decided_on",
	"request_imports":        "kind sha256 mapping clashes login",
	"request_profiles":       "profile set_by", "request_fee_prices": "prices set_by", "request_unneeded": "day",
	"request_examples":  "title facts gist folded outcome grounds login ended_by why", // checked to name nobody when they were written
	"request_proactive": "title area audience verdict reason decided_by",
}

// Every column of a request that holds words is emptied, its row goes, or it
// is listed above; a new table or column that is forgotten fails here.
func TestA28_NothingOfPeopleIsForgotten(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		query := `SELECT m.name, p.name FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table' AND m.name LIKE 'request%' AND p.type NOT IN ('BIGINT', 'INTEGER')`
		if db.Dialect != store.SQLite {
			query = `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name LIKE 'request%' AND data_type = 'text'`
		}
		rows, err := db.Reader().QueryContext(ctx, query)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		seen := 0
		for rows.Next() {
			var table, column string
			if err := rows.Scan(&table, &column); err != nil {
				t.Fatal(err)
			}
			seen++
			if !slices.Contains(strings.Fields(stays[table]), column) && !request.Destroys(table, column) {
				t.Errorf("%s.%s stays when who asked is destroyed", table, column)
			}
		}
		if err := rows.Err(); err != nil || seen < 100 {
			t.Fatalf("%d columns %v", seen, err)
		}
	})
}

func unescape(t *testing.T, s string) string {
	t.Helper()
	out, err := url.PathUnescape(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
