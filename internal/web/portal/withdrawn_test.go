package portal

import (
	"net/http"
	"strings"
	"testing"

	"gongkai/internal/document"
	"gongkai/internal/publication"
	"gongkai/internal/workday"
)

// withdrawnWork is a work that was taken down, once before and now.
func withdrawnWork(id int64, title, docNo string) *fakeWork {
	on := workday.MustDate
	w := &fakeWork{gone: true, trace: &document.Withdrawn{Work: id, Title: title, DocNo: docNo, Organ: &document.OrganRef{Code: "qhcg", Name: "清河市城市管理局"},
		PublishedAt: on("2026-10-08").Time().Add(9 * 3600e9), On: on("2026-11-18"), Reason: "原处罚决定被清河市人民政府行政复议决定撤销（清政复决〔2026〕31号）。",
		Acts: []document.TakedownAct{{Act: publication.Withdraw, Reason: "金额有误，先行撤下核对。", On: on("2026-10-10")}, {Act: publication.Restore, Reason: "已经更正。", On: on("2026-10-12")},
			{Act: publication.Withdraw, Reason: "原处罚决定被清河市人民政府行政复议决定撤销（清政复决〔2026〕31号）。", On: on("2026-11-18")}}}}
	w.Work = id
	w.Editions = []document.Edition{{Label: 1}}
	return w
}

func TestA33_TheTracePageStandsAtEveryAddressOfTheWork(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/works/9", "/works/9?edition=1", "/works/9?on=2026-10-20", "/works/9/history", "/works/9/compare?from=1&to=2", "/works/9/download.txt",
		"/works/9/download.docx", "/works/9/download.json", "/works/9/download.html", "/works/9/files/1/1", "/works/9/files/1/1/raw", "/hant/elder/works/9"} {
		w := s.get(path)
		body := w.Body.String()
		if w.Code != http.StatusGone || w.Header().Get("Cache-Control") != "no-store" || !strings.Contains(body, "noindex") {
			t.Errorf("%s: %d %s", path, w.Code, w.Header())
		}
		words := []string{"2026年11月18日", "31", "/organs/qhcg", "/disclosure/"}
		if !strings.HasPrefix(path, "/hant") {
			words = append(words, "关于给予甲公司行政处罚的决定", "清罚决字〔2026〕9号", "行政复议决定撤销", "2026-10-08 09:00", "2026年10月12日", "恢复公开")
		}
		for _, want := range words {
			if !strings.Contains(body, want) {
				t.Errorf("%s lacks %s", path, want)
			}
		}
	}
}

func TestA33_WithoutATitleTheTraceNamesNothing(t *testing.T) {
	s := newSite(t)
	body := s.get("/works/10").Body.String()
	if strings.Contains(body, "标题</dt>") || strings.Contains(body, "发文字号") || !strings.Contains(body, "第 10 号文件") {
		t.Error(body)
	}
	if w := s.get("/works/10/proof"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "第 10 号文件") {
		t.Errorf("the proof: %d", w.Code)
	}
}

// After a restoration the history tells both acts with their days.
func TestA33_TheHistoryShowsBothActs(t *testing.T) {
	s := newSite(t)
	w, err := s.lib.find(3)
	if err != nil {
		t.Fatal(err)
	}
	w.Takedowns = withdrawnWork(3, "", "").trace.Acts[:2]
	body := s.get("/works/3/history").Body.String()
	for _, want := range []string{"2026年10月10日", "撤下", "金额有误，先行撤下核对。", "2026年10月12日", "恢复公开", "已经更正。"} {
		if !strings.Contains(body, want) {
			t.Errorf("lacks %s", want)
		}
	}
}
