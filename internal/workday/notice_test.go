package workday

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"gongkai/internal/fault"
)

// notices reads testdata: year → operative sentences.
func notices(t testing.TB) map[int]string {
	b, err := os.ReadFile("testdata/notices.txt")
	if err != nil {
		t.Fatal(err)
	}
	out := map[int]string{}
	for _, part := range strings.Split(string(b), "# ")[1:] {
		head, body, _ := strings.Cut(part, "\n")
		year, err := strconv.Atoi(head)
		if err != nil {
			t.Fatal(err)
		}
		out[year] = body
	}
	return out
}

func headed(year int, body string) string {
	return "国务院办公厅关于" + strconv.Itoa(year) + "年部分节假日安排的通知\n国办发明电〔" + strconv.Itoa(year-1) + "〕7号\n各省、自治区、直辖市人民政府，国务院各部委、各直属机构：\n　　经国务院批准，现将" +
		strconv.Itoa(year) + "年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。\n" + body +
		"节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作，遇有重大突发事件，要按规定及时报告并妥善处置，确保人民群众祥和平安度过节日假期。\n国务院办公厅\n" + strconv.Itoa(year-1) + "年11月4日\n"
}

// TestG_NoticesGiveTheEmbeddedYears parses every notice in the present form
// and compares each day of its year with the embedded data.
func TestG_NoticesGiveTheEmbeddedYears(t *testing.T) {
	all := notices(t)
	if len(all) < 14 {
		t.Fatalf("%d notices", len(all))
	}
	for year, body := range all {
		n, faults := ParseNotice(headed(year, body))
		if len(faults) > 0 {
			t.Errorf("%d: %v", year, faults)
			continue
		}
		if n.Year != year || n.Number != "国办发明电〔"+strconv.Itoa(year-1)+"〕7号" {
			t.Errorf("%d: %d %s", year, n.Year, n.Number)
		}
		c, err := New(n.Days)
		if err != nil {
			t.Fatal(err)
		}
		for d := (Date{year, 1, 1}); d.Year == year; d = d.next() {
			// The year's last days may belong to the next notice.
			if got, want := c.IsWorkday(d), National().IsWorkday(d); got != want && !(d.Month == 12 && d.Day > 24) {
				t.Errorf("%s: notice %v, data %v", d, got, want)
			}
		}
		for _, d := range n.Days {
			if c.IsWorkday(d.Date) != National().IsWorkday(d.Date) {
				t.Errorf("%d: %s", year, d.Date)
			}
		}
	}
}

func TestParseNotice_DecemberOfNewYearLiesInTheYearBefore(t *testing.T) {
	body := strings.Replace(notices(t)[2026], "1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。", "12月31日至1月2日放假调休，共3天。1月4日（周日）上班。", 1)
	n, faults := ParseNotice(headed(2026, body))
	if len(faults) > 0 || len(n.Days) < 3 || n.Days[0].Date != MustDate("2025-12-31") || n.Days[2].Date != MustDate("2026-01-02") {
		t.Fatal(n.Days, faults)
	}
}

func TestParseNotice_ClearFaults(t *testing.T) {
	good := notices(t)[2026]
	for name, c := range map[string]struct{ text, want string }{
		"no year":    {good, "看不出是哪一年"},
		"two years":  {strings.Replace(headed(2026, good), "现将2026年", "现将2027年", 1), "年份不一致"},
		"wrong year": {headed(2027, good), "是星期"},
		"no items":   {"国务院办公厅关于2026年部分节假日安排的通知", "没有找到"},
		"weekday":    {headed(2026, strings.Replace(good, "1月4日（周日）", "1月4日（周六）", 1)), "2026年1月4日是星期日，通知写的是星期六"},
		"count":      {headed(2026, strings.Replace(good, "共9天", "共8天", 1)), "写明共8天，读到的是9天"},
		"no day":     {headed(2026, strings.Replace(good, "2月28日（周六）", "2月30日（周六）", 1)), "没有“2月30日（周六）”这一天"},
		"words":      {headed(2026, strings.Replace(good, "5月9日（周六）上班", "5月9日（周六）可以上班", 1)), "看不懂这一句：“某日可以上班”"},
		"missing":    {headed(2026, strings.Replace(good, "五、端午节：6月19日（周五）至21日（周日）放假，共3天。", "", 1)), "缺少端午节"},
		"no rest":    {headed(2026, strings.Replace(good, "6月19日（周五）至21日（周日）放假，共3天。", "另行通知。", 1)), "端午节：没有读到放假的日期"},
		"long":       {headed(2026, strings.Replace(good, "6月19日（周五）至21日（周日）放假，共3天", "6月19日至9月21日放假", 1)), "不像一段假期"},
		"too large":  {strings.Repeat("一、元旦：", 10000), "文本太长"},
	} {
		t.Run(name, func(t *testing.T) {
			n, faults := ParseNotice(c.text)
			var all string
			for _, f := range faults {
				all += fault.Text(f)
			}
			if !strings.Contains(all, c.want) || n.Year != 0 {
				t.Errorf("%q does not say %q", all, c.want)
			}
		})
	}
}

func FuzzParseNotice(f *testing.F) {
	f.Add("关于2026年部分节假日 一、元旦：1月1日至3日放假，共3天。1月4日（周日）上班。")
	f.Add("现将2023年元旦 一、元旦：2022年12月31日至2023年1月2日放假调休，共3天。")
	f.Add("关于2026年节假日 一、春节：2月30日、日放假")
	f.Fuzz(func(t *testing.T, text string) {
		n, faults := ParseNotice(text)
		if (len(faults) == 0) == (n.Year == 0) {
			t.Fatalf("neither days nor faults: %+v %v", n, faults)
		}
		if len(faults) == 0 {
			if _, err := New(n.Days); err != nil {
				t.Fatal(err)
			}
		}
	})
}
