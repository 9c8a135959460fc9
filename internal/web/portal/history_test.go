package portal

import (
	"net/http"
	"strings"
	"testing"

	"gongkai/internal/document"
)

func TestHistoryTellsEachDayOnce(t *testing.T) {
	s := newSite(t)
	d := s.page("/works/1/history", http.StatusOK)
	if got := strings.Join(texts(d.Find(".timeline-date time")), " "); got != "1989年10月20日 2011年1月8日 2022年1月23日 2022年4月1日" {
		t.Errorf("days %s", got)
	}
	wantText(t, d.Find(".timeline"), "第 1 个文本公布，当日施行")
	wantText(t, d.Find(".timeline"), "第 2 个文本公布（修改）")
	if d.Find(`.timeline a[href="/works/1/compare?from=1&to=2"]`).Length() != 1 || d.Find(`.timeline a[href="/works/1?on=2022-04-01"]`).Length() != 1 {
		t.Error("a point does not open its text or comparison")
	}
	if d.Find(`.timeline a[href="/works/1?on=1989-10-20"]`).Length() != 0 {
		t.Error("a day before the first text leads to a text")
	}
	parts := s.page("/works/3/history", http.StatusOK)
	wantText(t, parts.Find(".timeline"), "部分失效 清河市人民政府关于修改部分文件的决定 与上位法不一致")
	wantText(t, s.page("/works/4/history", http.StatusOK).Find(".timeline-undated"), "废止 来源标明已废止")
}

func TestHistoryKeepsTheNewestAccountOfADay(t *testing.T) {
	first := document.Edition{Label: 1, From: day("2017-11-05"), PublishedOn: day("2017-11-04"), History: []document.HistoryLine{{Date: day("2002-10-28"), Event: "会议修订"}, {Date: day("1982-11-19"), Event: "会议通过"}}}
	second := document.Edition{Label: 2, From: day("2025-03-01"), PublishedOn: day("2024-11-08"), History: []document.HistoryLine{{Date: day("2002-10-28"), Event: "会议第一次修订"}}}
	days, _ := timeline(&document.View{Work: 9, Editions: []document.Edition{first, second}})
	var got []string
	for _, d := range days {
		for _, p := range d.Points {
			got = append(got, d.On.String()+" "+p.Words)
		}
	}
	want := "1982-11-19 会议通过|2002-10-28 会议第一次修订|2017-11-04 第 1 个文本公布|2017-11-05 第 1 个文本开始施行|2024-11-08 第 2 个文本公布（修改）|2025-03-01 第 2 个文本开始施行"
	if strings.Join(got, "|") != want {
		t.Errorf("got\n%s, want\n%s", strings.Join(got, "|"), want)
	}
}
