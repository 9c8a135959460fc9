package request_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"gongkai/internal/casework"
	"gongkai/internal/request"
	"gongkai/internal/workday"
)

// rows reads a table that was written by hand from the handbook.
func rows(t *testing.T, name string, columns int) (out [][]string) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(line, "\t")
		if len(cells) != columns {
			t.Fatalf("%s: %d columns in %q", name, len(cells), line)
		}
		out = append(out, cells)
	}
	return out
}

func address(name string) request.Body {
	if name == "" {
		return request.Body{}
	}
	return request.Body{Name: name, Address: name + "接待室"}
}

// answering is the record of an organ of the table.
func answering(o []string) request.Profile {
	return request.Profile{Kind: request.OrganKind(o[0]), Name: o[1], Own: address(o[2]), Seat: address(o[3]), Superior: address(o[4]), Court: address(o[6]),
		Online: "https://fy.example.gov.cn", Prefix: "清公开", Contact: "清河市某路1号"}
}

// item is a matter that has all that its letter needs.
func item(code, grounds string) request.Item {
	it := request.Item{What: "布局规划", Outcome: request.Outcome(code), Reason: "写明的理由", Way: "写明的途径", Search: "写明的检索情况", Content: "写明的内容", Owner: "写明的机关", Harm: "写明的损害"}
	for _, g := range strings.Split(grounds, ",") {
		if g != "" {
			it.Grounds = append(it.Grounds, request.Outcome(g))
		}
	}
	return it
}

var letterDay = workday.MustDate("2026-02-03")

func compose(p *request.Profile, kind request.ApplicantKind, electronic bool, items ...request.Item) *request.Composed {
	var codes []request.Outcome
	for _, it := range items {
		codes = append(codes, it.Outcome)
	}
	q := &request.Request{Kind: kind, Electronic: electronic, ReceivedOn: workday.MustDate("2026-01-30"), Profile: p, Decision: request.Decision{Items: items}, Outcome: request.Together(codes), LetterNo: "清公开〔2026〕1号"}
	return request.ComposeAnswer(&casework.Case{Number: "依申请〔2026〕1号"}, q, letterDay)
}

// Every outcome × applicant kind × organ kind × channel of service gives a
// letter with the right article, reconsideration organs, court and limits
// (A8.5, A8.6, table A-94). What is expected stands in testdata, by hand.
func TestA90_A93_A94_A115_EveryLetterTellsTheRightRemedy(t *testing.T) {
	outcomes, organs := rows(t, "letters_outcomes.tsv", 6), rows(t, "letters_organs.tsv", 10)
	known := map[string]bool{}
	letters := 0
	for _, x := range outcomes {
		known[x[0]] = true
		for _, o := range organs {
			for _, applicant := range request.ApplicantKinds {
				for _, online := range []bool{false, true} {
					p := answering(o)
					name := fmt.Sprintf("%s(%s) %s %s %v", x[0], x[1], o[0], applicant.Kind, online)
					c := compose(&p, applicant.Kind, online, item(x[0], x[1]))
					checkLetter(t, name, c, x, o, applicant.Kind, online)
					letters++
				}
			}
		}
	}
	for _, o := range request.Outcomes {
		if !known[string(o.Code)] {
			t.Errorf("%s stands in the code but not in the table", o.Code)
		}
	}
	for _, k := range request.OrganKinds {
		found := false
		for _, o := range organs {
			found = found || o[0] == string(k.Kind)
		}
		if !found {
			t.Errorf("organ kind %s stands in the code but not in the table", k.Kind)
		}
	}
	if want := len(outcomes) * len(organs) * 6 * 2; letters != want || letters < 3000 {
		t.Errorf("%d letters, want %d", letters, want)
	}
}

func checkLetter(t *testing.T, name string, c *request.Composed, x, o []string, applicant request.ApplicantKind, online bool) {
	t.Helper()
	body := c.Body()
	if len(c.Missing) > 0 {
		t.Errorf("%s: still missing %v", name, c.Names())
		return
	}
	if c.Title != x[2] {
		t.Errorf("%s: title %s, want %s", name, c.Title, x[2])
	}
	has := func(want string) {
		if !strings.Contains(body, want) {
			t.Errorf("%s lacks %q:\n%s", name, want, body)
		}
	}
	hasNot := func(bad string) {
		if strings.Contains(body, bad) {
			t.Errorf("%s holds %q:\n%s", name, bad, body)
		}
	}
	for _, want := range append(strings.Split(x[3], "|"), strings.Split(x[4], "|")...) {
		has(want)
	}
	for _, want := range []string{"清公开〔2026〕1号", "2026年1月30日", "依申请〔2026〕1号", "2026年2月3日", o[1], "60日内"} { // every letter: A8.5, A-90
		has(want)
	}
	for _, r := range strings.Split(o[5], "|") { // A-94, with the address
		has(r + "（地址：" + r + "接待室）")
	}
	for _, other := range []string{o[2], o[3], o[4]} { // and no other organ
		if other != "" && other != o[1] && !strings.Contains("|"+o[5]+"|", "|"+other+"|") {
			hasNot(other + "（地址")
		}
	}
	has(o[6] + "（地址：" + o[6] + "接待室）")
	if intermediate := strings.Contains(o[6], "中级"); intermediate != (o[7] == "intermediate") {
		t.Errorf("%s: the table's court is of the wrong level", name)
	}
	switch x[5] {
	case "first": // no direct suit
		has("先向行政复议机关申请行政复议")
		has("自收到行政复议决定书之日起15日内向" + o[6])
		has("包括不予受理、驳回行政复议申请的决定")
		has("行政复议机关逾期不作决定的，可以自行政复议期限届满之日起15日内提起行政诉讼")
		if seat := "或者行政复议机关所在地有管辖权的人民法院提起行政诉讼"; o[9] == "yes" {
			has(seat)
		} else {
			hasNot(seat)
		}
		hasNot("6个月")
		hasNot("也可以自收到")
	case "choice":
		has("6个月内")
		hasNot("先向")
		hasNot("15日内")
		hasNot("期限届满")
	}
	if o[8] == "yes" {
		has("国务院申请裁决")
	} else {
		hasNot("国务院申请裁决")
	}
	if online {
		has("https://fy.example.gov.cn")
	} else {
		hasNot("https://")
	}
	if applicant == "natural" {
		hasNot("贵单位")
	} else {
		hasNot("您")
	}
}

// A letter with several matters tells the remedy of each: the withheld one goes
// to reconsideration first, the others are free.
func TestA91_A92_SeveralMattersEachHaveTheirRemedy(t *testing.T) {
	p := answering(rows(t, "letters_organs.tsv", 10)[0])
	c := compose(&p, request.Natural, false, item("GRANT", ""), item("DENY_PROCESS", ""), item("NA_NOTHELD", ""))
	body := c.Body()
	for _, want := range []string{"如对上述第二项决定不服，应当先向行政复议机关申请行政复议", "如对上述第一项、第三项答复不服，可以自收到本答复之日起60日内", "一、您申请公开的", "二、您申请公开的", "三、经检索", "第三十六条第（四）项", "第十六条第二款"} {
		if !strings.Contains(body, want) {
			t.Errorf("lacks %q:\n%s", want, body)
		}
	}
	if c.Title != "政府信息部分公开答复书" {
		t.Error(c.Title)
	}
	all := compose(&p, request.Natural, false, item("GRANT", ""), item("NA_NOTHELD", "")).Body()
	if strings.Contains(all, "先向") || strings.Contains(all, "上述") || !strings.Contains(all, "如对本答复不服") {
		t.Error(all)
	}
}

// The composer names each thing that is missing, and only that (A-99, A8.5).
func TestA99_TheComposerNamesWhatIsMissing(t *testing.T) {
	organ := rows(t, "letters_organs.tsv", 10)[0]
	whole := func() (request.Profile, request.Item) { return answering(organ), item("DENY_THIRD", "") }
	for name, c := range map[string]struct {
		change func(*request.Profile, *request.Item)
		want   string
		where  string
	}{
		"reason":          {func(_ *request.Profile, it *request.Item) { it.Reason = " " }, "理由", "p-result"},
		"harm":            {func(_ *request.Profile, it *request.Item) { it.Harm = "" }, "公开会造成的损害", "p-result"},
		"search":          {func(_ *request.Profile, it *request.Item) { *it = item("NA_NOTHELD", ""); it.Search = "" }, "检索记录", "p-result"},
		"content":         {func(_ *request.Profile, it *request.Item) { *it = item("GRANT", ""); it.Content = "" }, "提供的内容", "p-result"},
		"way":             {func(_ *request.Profile, it *request.Item) { *it = item("GRANT_PUBLIC", ""); it.Way = "" }, "获取方式", "p-result"},
		"ground":          {func(_ *request.Profile, it *request.Item) { *it = item("PARTIAL", "") }, "不予公开部分的依据", "p-result"},
		"what":            {func(_ *request.Profile, it *request.Item) { it.What = "" }, "申请的信息", "p-result"},
		"organ":           {func(p *request.Profile, _ *request.Item) { p.Own.Name = "" }, "行政复议机关的名称", "/office/requests/settings"},
		"address":         {func(p *request.Profile, _ *request.Item) { p.Own.Address = "" }, "行政复议机关的地址", "/office/requests/settings"},
		"court":           {func(p *request.Profile, _ *request.Item) { p.Court.Name = "" }, "管辖法院的名称", "/office/requests/settings"},
		"court's address": {func(p *request.Profile, _ *request.Item) { p.Court.Address = "" }, "管辖法院的地址", "/office/requests/settings"},
		"online":          {func(p *request.Profile, _ *request.Item) { p.Online = "" }, "行政复议的网上渠道", "/office/requests/settings"},
		"seal":            {func(p *request.Profile, _ *request.Item) { p.Name = "" }, "落款机关（用印处）", "/office/requests/settings"},
	} {
		p, it := whole()
		c.change(&p, &it)
		got := compose(&p, request.Natural, true, it).Missing
		if len(got) != 1 || !strings.Contains(got[0].Name, c.want) || got[0].Where != c.where {
			t.Errorf("%s: %+v", name, got)
		}
	}
	p, it := whole()
	if got := compose(&p, request.Natural, true, it).Missing; len(got) > 0 {
		t.Errorf("a whole letter lacks %v", got)
	}
	if got := compose(nil, request.Natural, false, it).Missing; len(got) != 1 || got[0].Where != "/office/requests/settings" {
		t.Errorf("no record of the organ: %v", got)
	}
}

// A government of county level or above is heard by an intermediate court, all
// others by a basic one, unless the court is assigned.
func TestA115_ACourtOfTheWrongLevelIsRefused(t *testing.T) {
	for _, o := range rows(t, "letters_organs.tsv", 10) {
		p := answering(o)
		p.Court = address(map[string]string{"basic": "清河市中级人民法院", "intermediate": "清河市河东区人民法院"}[o[7]])
		got := request.Remedies(p, request.Grant, false)
		wrong := len(got.Missing) == 1 && strings.Contains(got.Missing[0], "中级人民法院") && got.Text == ""
		if wrong == (o[0] == "vertical") { // customs are heard by an intermediate court, taxes by a basic one
			t.Errorf("%s: %+v", o[0], got.Missing)
		}
		p.Assigned = true
		if got := request.Remedies(p, request.Grant, false); len(got.Missing) > 0 {
			t.Errorf("%s, assigned: %v", o[0], got.Missing)
		}
	}
}

// Letters of the procedure can be contested only together with the answer, so
// they tell no remedy; the two that decide something do.
func TestA116_LettersOfTheProcedureTellNoRemedy(t *testing.T) {
	decides := map[string]bool{request.LetterOverride: true, request.LetterRecord: true}
	ids := map[string]bool{}
	for _, tpl := range request.Templates {
		ids[tpl.ID] = true
		text := ""
		for _, p := range tpl.Paras {
			text += p.Text
		}
		if got := strings.Contains(text, "{救济途径}"); got != decides[tpl.ID] {
			t.Errorf("%s: remedy paragraph %v", tpl.ID, got)
		}
		if strings.Contains(text, "行政复议") || strings.Contains(text, "诉讼") { // of a fee neither (C-09)
			t.Errorf("%s speaks of remedies by itself", tpl.ID)
		}
	}
	for _, want := range []string{"application", "receipt", "correction", "extension", "third_party", "third_opinion", "other_organ", "ask_reasons", "delay", "fee", "third_decision", "delivery_receipt", "record_correction"} {
		if !ids[want] {
			t.Errorf("A8.7 asks for %s", want)
		}
	}
}
