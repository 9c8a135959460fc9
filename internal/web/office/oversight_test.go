package office

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"gongkai/internal/access"
	"gongkai/internal/oversight"
	"gongkai/internal/request"
	"gongkai/internal/workday"
)

// seen is the room of requests as oversight sees it, without its records.
type seen struct{ *request.Room }

func (s seen) ServedBetween(ctx context.Context, from, to workday.Date) (out []oversight.Served, err error) {
	list, err := s.Room.ServedBetween(ctx, from, to)
	for _, x := range list {
		out = append(out, oversight.Served(x))
	}
	return out, err
}

func (seen) Answered(context.Context, int64) (oversight.Answered, error) {
	return oversight.Answered{}, nil
}

// samplingThings fills the addresses of sampling with a sample of one answer.
func (s *site) samplingThings(request string) *strings.Replacer {
	s.t.Helper()
	s.user("eye", "qh-zf", access.Supervisor)
	if _, err := s.db.Writer().ExecContext(ctx, `UPDATE requests SET served_on = '2026-11-20' WHERE case_id = $1`, request); err != nil {
		s.t.Fatal(err)
	}
	p := s.signIn("eye").submit("/office/oversight", "/office/oversight", map[string]string{"organ": "qh-zf", "from": "2026-11-01", "to": "2026-11-20", "wanted": "5", "mend_by": "2026-12-20"})
	if p.status != http.StatusSeeOther {
		s.t.Fatalf("%d %s", p.status, p.words())
	}
	sampling := strings.TrimPrefix(p.header.Get("Location"), "/office/oversight/")
	var answer int64
	if err := s.db.Reader().QueryRowContext(ctx, `SELECT MIN(id) FROM sampled_answers WHERE sampling_id = $1`, sampling).Scan(&answer); err != nil {
		s.t.Fatal(err)
	}
	return strings.NewReplacer("{sampling}", sampling, "{answer}", fmt.Sprint(answer))
}

// TestZC21_T17_ASampleIsScoredInTheBrowser: drawn, scored line by line, closed,
// and what was found reaches the organ as a duty with a day.
func TestZC21_T17_ASampleIsScoredInTheBrowser(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		request := strings.TrimPrefix(s.requestThings().Replace("/office/requests/{id}/applicant"), "/office/requests/")
		things := s.samplingThings(strings.TrimSuffix(request, "/applicant"))
		b := s.signIn("eye")
		at, sheet := things.Replace("/office/oversight/{sampling}"), things.Replace("/office/sampled/{answer}")
		if p := b.get("/office/oversight"); !strings.Contains(p.words(), "评分中") || !strings.Contains(p.words(), "2026年11月1日至2026年11月20日") {
			t.Errorf("%s", p.words())
		}
		if p := b.get(sheet); p.status != http.StatusOK || strings.Contains(p.body, "甲乙丙") || !strings.Contains(p.words(), "记录显示：没有答复书") {
			t.Errorf("%d %s", p.status, p.words())
		}
		marks := map[string]string{}
		for _, x := range oversight.Criteria {
			marks["v_"+x.Code] = "meets"
		}
		marks["v_seal"] = "fails"
		if p := b.submit(sheet, sheet, marks); p.status != http.StatusBadRequest || !strings.Contains(p.words(), "“加盖公章”：不符合的，请写明问题在哪里") {
			t.Errorf("%d %s", p.status, p.words())
		}
		marks["n_seal"] = "没有公章"
		if p := b.submit(sheet, sheet, marks); p.status != http.StatusSeeOther || p.header.Get("Location") != at {
			t.Fatalf("%d %s", p.status, p.words())
		}
		if p := b.get(at); !strings.Contains(p.words(), "平均 95 分") || !strings.Contains(p.words(), "加盖公章：1 件") {
			t.Errorf("%s", p.words())
		}
		if p := b.get(at + "/result.xlsx"); p.status != http.StatusOK || !strings.HasPrefix(p.body, "PK") {
			t.Errorf("%d", p.status)
		}
		if p := b.submit(at, at+"/close", nil); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		if p := b.get(at); !strings.Contains(p.words(), "1 个机构收到了整改通知") {
			t.Errorf("%s", p.words())
		}
		var id int64
		if err := s.db.Reader().QueryRowContext(ctx, `SELECT id FROM cases WHERE kind = $1`, string(oversight.MendKind)).Scan(&id); err != nil {
			t.Fatal(err)
		}
		work := fmt.Sprintf("/office/cases/%d", id)
		answerer := s.signIn("answerer")
		if p := answerer.get(work); !strings.Contains(p.words(), "没有公章") || !strings.Contains(p.words(), "整改期限：2026年12月20日") {
			t.Errorf("%s", p.words())
		}
		if p := answerer.act(work, oversight.ActReport, map[string]string{"why": "已经补盖"}); p.status != http.StatusSeeOther {
			t.Errorf("%d %s", p.status, p.words())
		}
		if p := b.act(work, oversight.ActAccept, nil); p.status != http.StatusSeeOther {
			t.Errorf("%d %s", p.status, p.words())
		}
		s.user("elsewhere", "qh-gaj", access.Head)
		other := s.signIn("elsewhere")
		if p := other.get(at); p.status != http.StatusNotFound {
			t.Errorf("a head of another organ got %d", p.status)
		}
		if p := answerer.post(sheet, url.Values{}); p.status != http.StatusForbidden {
			t.Errorf("a clerk scores: %d", p.status)
		}
	})
}
