package portal

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"gongkai/internal/org"
	"gongkai/internal/workday"
)

// cityBureau is what the fake organs say of the bureau of fake_library_test.go.
var cityBureau = org.FoundOrgan{Code: "qhcg", Name: "清河市城市管理局", Duties: "负责市容环境、停车场\n和户外设施的监督管理。", Phone: "0000-1234567"}

// Find of the fake knows one organ by two names, a leader, a unit and an organ
// that was taken over.
func (fakeOrgans) Find(_ context.Context, text string, on workday.Date, _ int) (*org.Found, error) {
	home := org.Ref{Code: "qhcg", Name: "清河市城市管理局"}
	switch text {
	case "清河市城市管理局", "qhscsglj":
		return &org.Found{Organs: []org.FoundOrgan{cityBureau}, More: 2}, nil
	case "清河市城市管理行政执法局":
		o := cityBureau
		o.Former = text
		return &org.Found{Organs: []org.FoundOrgan{o}}, nil
	case "清河市市容局":
		return &org.Found{Organs: []org.FoundOrgan{{Code: "qhsr", Name: text, Phone: "0000-7654321", Successors: []org.Ref{home}}}}, nil
	case "端木知秋":
		if on != testToday {
			return nil, context.Canceled
		}
		return &org.Found{Leaders: []org.FoundLeader{{Name: text, Post: "副局长", Organ: home}}}, nil
	case "市停车管理中心":
		return &org.Found{Units: []org.FoundUnit{{Name: text, Duties: "管理公共停车场。", Phone: "0000-1234568", Organ: home}}}, nil
	}
	return &org.Found{}, nil
}

// Suggest of the fake knows the same organ.
func (fakeOrgans) Suggest(_ context.Context, typed string, _ int) ([]org.FoundOrgan, error) {
	if strings.HasPrefix("清河市城市管理行政执法局", typed) && typed != "" || typed == "csgl" {
		o := cityBureau
		if strings.Contains(typed, "执法") {
			o.Former = "清河市城市管理行政执法局"
		}
		return []org.FoundOrgan{o}, nil
	}
	return nil, nil
}

func TestZC21_1_3a_TheOneBoxFindsOrgansLeadersAndUnits(t *testing.T) {
	s := newIndexSite(t)
	for _, c := range []struct {
		asked string
		says  []string
		not   string
		href  string
	}{
		{"清河市城市管理局", []string{"机构", "负责市容环境、停车场 和户外设施的监督管理。", "电话 0000-1234567", "还有 2 个机构"}, "曾用名", "/organs/qhcg"},
		{"qhscsglj", []string{"清河市城市管理局"}, "曾用名", "/organs/qhcg"},
		{"清河市城市管理行政执法局", []string{"清河市城市管理局", "曾用名：清河市城市管理行政执法局"}, "还有", "/organs/qhcg"},
		{"清河市市容局", []string{"已经撤并，职责现在由清河市城市管理局承担"}, "0000-7654321", "/organs/qhcg"},
		{"端木知秋", []string{"清河市城市管理局，副局长"}, "电话", "/organs/qhcg"},
		{"市停车管理中心", []string{"清河市城市管理局", "管理公共停车场。", "0000-1234568"}, "还有", "/organs/qhcg"},
	} {
		d := s.page(ask(c.asked), 200)
		block := d.Find(".found")
		for _, want := range c.says {
			wantText(t, block, want)
		}
		if block.Find(`a[href="`+c.href+`"]`).Length() == 0 || strings.Contains(block.Text(), c.not) {
			t.Errorf("%s: %s", c.asked, block.Text())
		}
		if main, _ := d.Find("main").Html(); strings.Index(main, `class="found"`) > strings.Index(main, `class="library"`) {
			t.Errorf("%s: the organ stands below the hits", c.asked)
		}
		if n := s.page("/hant"+ask(c.asked), 200).Find(`.found a[href="/hant` + c.href + `"]`).Length(); n == 0 {
			t.Errorf("%s: the variant is lost", c.asked)
		}
	}
	for _, path := range []string{ask("停车"), ask("清河市城市管理局", "&cursor=10"), "/search"} {
		if s.page(path, 200).Find(".found").Length() != 0 {
			t.Errorf("%s names an organ", path)
		}
	}
}

func TestZC21_1_3a_SuggestionsHoldOrgansAndDocuments(t *testing.T) {
	s := newIndexSite(t)
	for _, c := range []struct{ typed, what string }{{"清河市城", "机构"}, {"csgl", "机构"}, {"清河市城市管理行政执法", "机构，原清河市城市管理行政执法局"}} {
		w := s.get("/hant/search/suggest.json?q=" + url.QueryEscape(c.typed))
		var a suggestAnswer
		if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || len(a.Suggestions) == 0 {
			t.Fatalf("%s: %v %s", c.typed, err, w.Body)
		}
		if i := a.Suggestions[0]; i.Href != "/hant/organs/qhcg" || i.Validity != "" || !strings.HasPrefix(i.What, "機構") {
			t.Errorf("%s: %+v", c.typed, i)
		}
		li := s.page("/search/suggest?q="+url.QueryEscape(c.typed), 200).Find(`.suggest-plain li:has(a[href="/organs/qhcg"])`)
		wantText(t, li, c.what)
		if li.Find(".state").Length() != 0 {
			t.Errorf("%s: an organ has a state", c.typed)
		}
	}
	both := s.page("/search/suggest?q="+url.QueryEscape("清河市"), 200).Find(".suggest-plain")
	if both.Find(`a[href="/organs/qhcg"]`).Length() != 1 || both.Find(`a[href="/works/3"]`).Length() != 1 {
		t.Errorf("organs and documents: %s", both.Text())
	}
}
