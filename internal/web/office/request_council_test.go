package office

import (
	"net/http"
	"strings"
	"testing"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/request"
)

// A meeting stands in the list, in the sheet, and on the page of every request
// it spoke of; nothing is half-saved when a number is wrong.
func TestZC21_1_5c_Z25_1_2c_ACouncilIsKeptOnEveryRequestItSpokeOf(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		things := s.requestThings()
		id := strings.Split(things.Replace("/office/requests/{id}/applicant"), "/")[3]
		b := s.signIn("answerer")
		p := b.get("/office/requests/councils")
		for _, want := range []string{"基教科、办公室", "是否属于内部事务", "可以公开", "纪要.txt"} {
			if !strings.Contains(p.words(), want) {
				t.Errorf("the list lacks %q", want)
			}
		}
		if p := b.get("/office/cases/" + id); !strings.Contains(p.words(), "是否属于内部事务") {
			t.Error("the page of the request does not tell of the meeting")
		}
		if p := b.get("/office/requests/councils/minutes/1"); p.status != http.StatusOK || p.body != "会商纪要" {
			t.Errorf("%d %q", p.status, p.body)
		}
		if p := b.get("/office/requests/councils.xlsx"); p.status != http.StatusOK || !strings.HasPrefix(p.body, "PK") {
			t.Errorf("%d", p.status)
		}
		bad := b.submit("/office/requests/councils", "/office/requests/councils", map[string]string{"organ": "qh-jyj", "on": "2026-11-20", "numbers": "依申请〔1999〕1号", "people": "a", "matter": "乙事", "conclusion": "c"})
		if bad.status != http.StatusBadRequest || !strings.Contains(bad.words(), "没有编号是") {
			t.Errorf("%d %s", bad.status, bad.words())
		}
		if p := b.get("/office/requests/councils"); strings.Contains(p.words(), "乙事") {
			t.Error("half of a meeting was saved")
		}
		s.user("stranger", "qh-gaj", access.Clerk)
		other := s.signIn("stranger")
		if p := other.get("/office/requests/councils"); strings.Contains(p.words(), "内部事务") {
			t.Error("a clerk of another organ reads the meeting")
		}
		if p := other.get("/office/requests/councils/minutes/1"); p.status != http.StatusNotFound {
			t.Errorf("%d", p.status)
		}
	})
}

// The forms of the work beside the main line: a search, counsel, a note, each
// on the page afterwards, the note only behind a look on record.
func TestM23_2_3b_ThePageShowsSearchesCounselAndNotes(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		things := s.requestThings()
		id := strings.Split(things.Replace("/office/requests/{id}/applicant"), "/")[3]
		at := "/office/cases/" + id
		b := s.signIn("answerer")
		if p := b.act(at, request.ActSearched, map[string]string{"place": "档案室", "searcher": "王某", "words": "布局", "result": ""}); p.status != http.StatusBadRequest || !strings.Contains(p.words(), "“检索结果”：请选择") {
			t.Errorf("%d %s", p.status, p.words())
		}
		for _, x := range []struct {
			act    casework.Action
			values map[string]string
		}{{request.ActSearched, map[string]string{"place": "档案室", "searcher": "王某", "words": "布局", "result": "none"}},
			{request.ActAskCounsel, map[string]string{"kind": "counsel", "name": "示例律师事务所", "question": "能否公开"}},
			{request.ActCounsel, map[string]string{"view": "change", "opinion": "理由写得不够"}},
			{request.ActNote, map[string]string{"text": "来电催问过"}},
			{request.ActAskHelp, map[string]string{"kind": "advice", "unit": "基教科", "text": "目录要补全"}},
			{request.ActHelpGiven, map[string]string{"text": "下月补全"}}} {
			if p := b.act(at, x.act, x.values); p.status != http.StatusSeeOther {
				t.Fatalf("%s: %d %s", x.act, p.status, p.words())
			}
		}
		p := b.get(at)
		for _, want := range []string{"档案室", "没有找到", "示例律师事务所", "应当修改", "理由写得不够", "工作建议：基教科"} {
			if !strings.Contains(p.words(), want) {
				t.Errorf("the page lacks %q", want)
			}
		}
		if strings.Contains(p.body, "来电催问过") || strings.Contains(p.body, "目录要补全") {
			t.Error("notes lie open on the page")
		}
		notes := b.get(things.Replace("/office/requests/{id}/notes"))
		for _, want := range []string{"来电催问过", "目录要补全", "下月补全"} {
			if !strings.Contains(notes.words(), want) {
				t.Errorf("the notes lack %q", want)
			}
		}
	})
}
