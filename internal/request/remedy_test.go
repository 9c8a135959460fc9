package request_test

import (
	"strings"
	"testing"

	"gongkai/internal/request"
)

func profile(k request.OrganKind) request.Profile {
	b := func(n string) request.Body { return request.Body{Name: n, Address: n + "路1号"} }
	court := "清河市河东区人民法院"
	if k == request.LocalGovt || k == request.ProvinceGovt {
		court = "清河市中级人民法院"
	}
	return request.Profile{Kind: k, Name: "清河市教育局", Own: b("清河市人民政府"), Seat: b("清河市河东区人民政府"), Superior: b("省教育厅"), Court: b(court), Online: "https://fy.example.gov.cn"}
}

// Each row of table A-94 names its organs, written by hand from the handbook.
func TestA94_TheRightReconsiderationOrganIsPrinted(t *testing.T) {
	for kind, want := range map[request.OrganKind][]string{
		request.Department:     {"清河市人民政府"},
		request.LocalGovt:      {"清河市人民政府"},
		request.Township:       {"清河市人民政府"},
		request.ProvinceGovt:   {"清河市教育局"}, // itself
		request.Subdistrict:    {"清河市人民政府"},
		request.Branch:         {"清河市人民政府"},
		request.DistrictBranch: {"清河市人民政府", "清河市河东区人民政府"},
		request.Authorised:     {"清河市人民政府"},
		request.Justice:        {"清河市人民政府", "省教育厅"},
		request.Vertical:       {"省教育厅"},
	} {
		for _, o := range request.Outcomes {
			r := request.Remedies(profile(kind), o.Code, false)
			if len(r.Missing) > 0 || len(r.Reviewers) != len(want) {
				t.Fatalf("%s %s: %+v", kind, o.Code, r)
			}
			for i, w := range want {
				if r.Reviewers[i].Name != w || !strings.Contains(r.Text, w) {
					t.Errorf("%s %s: %q lacks %s", kind, o.Code, r.Text, w)
				}
			}
		}
	}
}

func TestA91_ARefusalGoesToReconsiderationFirst(t *testing.T) {
	first := map[request.Outcome]bool{"PARTIAL": true, "DENY_SECRET": true, "DENY_LAW": true, "DENY_SAFETY": true, "DENY_THIRD": true, "DENY_INTERNAL": true, "DENY_PROCESS": true, "DENY_ENFORCE": true}
	for _, o := range request.Outcomes {
		text := request.Remedies(profile(request.Department), o.Code, false).Text
		before := strings.Contains(text, "先向行政复议机关") && strings.Contains(text, "15日内") && !strings.Contains(text, "6个月")
		free := strings.Contains(text, "60日内") && strings.Contains(text, "6个月内") && !strings.Contains(text, "先向")
		if first[o.Code] != before || first[o.Code] == free {
			t.Errorf("%s: %s", o.Code, text)
		}
	}
}

func TestA95_ServedOverTheInternetNamesTheOnlineChannel(t *testing.T) {
	p := profile(request.Department)
	if r := request.Remedies(p, request.Grant, true); !strings.Contains(r.Text, p.Online) {
		t.Error(r.Text)
	}
	p.Online = ""
	if r := request.Remedies(p, request.Grant, true); len(r.Missing) != 1 || r.Text != "" {
		t.Errorf("%+v", r)
	}
}

func TestA99_NothingIsPrintedWhileTheOrgansRecordLacksSomething(t *testing.T) {
	p := profile(request.DistrictBranch)
	p.Seat.Address, p.Court.Name = "", ""
	if r := request.Remedies(p, request.DenyThird, false); len(r.Missing) != 2 || r.Text != "" {
		t.Errorf("%+v", r)
	}
}

func TestC02_FeeTables(t *testing.T) {
	for items, yuan := range map[int]int64{0: 0, 10: 0, 11: 100, 30: 2000, 31: 2200, 40: 4000, 41: 4300, 45: 5500, 50: 7000, 51: 7400, 61: 11500} {
		if got := request.FeeByItem(items); got != yuan*100 {
			t.Errorf("%d items: %d 分, want %d 元", items, got, yuan)
		}
	}
	for pages, yuan := range map[int]int64{30: 0, 31: 10, 100: 700, 101: 720, 200: 2700, 201: 2740, 250: 4700} {
		if got := request.FeeByPage(pages); got != yuan*100 {
			t.Errorf("%d pages: %d 分, want %d 元", pages, got, yuan)
		}
	}
}

func TestA8_5_PartialWins(t *testing.T) {
	for _, c := range []struct {
		items []request.Outcome
		want  request.Outcome
	}{
		{[]request.Outcome{"GRANT", "DENY_THIRD"}, "PARTIAL"}, {[]request.Outcome{"GRANT_PUBLIC", "GRANT"}, "GRANT_PUBLIC"},
		{[]request.Outcome{"GRANT", "NA_NOTHELD"}, "GRANT"}, {[]request.Outcome{"NA_NOTHELD", "GRANT"}, "GRANT"}, {[]request.Outcome{"GRANT", "DENY_QUERY"}, "PARTIAL"}, {[]request.Outcome{"OT_OTHER", "GRANT"}, "PARTIAL"}, {[]request.Outcome{"DENY_PROCESS"}, "DENY_PROCESS"}, {[]request.Outcome{"NA_NOTHELD", "PARTIAL"}, "PARTIAL"}, {nil, ""},
	} {
		if got := request.Together(c.items); got != c.want {
			t.Errorf("%v: %s, want %s", c.items, got, c.want)
		}
	}
}
