package clock

import (
	"encoding/json"
	"regexp"
	"testing"

	"gongkai/internal/workday"
)

// TestLimits_TheTableIsWhole holds the numbers of the handbook, written here a
// second time, so that neither side can slip alone.
func TestLimits_TheTableIsWhole(t *testing.T) {
	want := map[string]string{
		"A-26": "1年", "A-27": "3年", "A-30": "20个工作日", "P02": "20个工作日", "A-31": "7个工作日", "A-31.other": "20个工作日", "A-31.statistics": "每年1月31日",
		"A-32": "20日", "A-32.department": "20日", "A-33": "3个工作日", "A-34": "每年3月31日", "A-36": "20个工作日", "A-37": "20日", "A-38": "20个工作日",
		"B-01": "每年1月31日", "B-02": "每年3月31日", "B-06": "每年1月31日", "F-21": "30日", "F-22": "15个工作日", "F-22.least": "5个工作日", "F-30": "提前6个月",
		"F-32": "30日", "F-32.superior": "15日", "F-43": "3个工作日", "F-50": "5小时", "F-50.press": "24小时", "F-51": "48小时", "F-64": "30日", "F-65": "提前7日",
		"F-66": "1个月", "F-69": "7个工作日", "A-62.confirm": "0日", "A-63.confirm": "1个工作日", "A-70": "20个工作日", "A-72": "7个工作日", "A-75": "15个工作日",
		"A-76.reply": "15个工作日", "A-77.reply": "15个工作日", "A-101": "20个工作日", "A-101.longest": "2个月", "C-07": "30日", "A-90": "60日", "A-90.longest": "5年",
		"A-92": "6个月", "A-92.longest": "5年", "A-93": "15日", "A-93.silence": "15日", "A-96": "60日", "A-96.extended": "90日", "A-96.simple": "30日", "A-96.court": "45日",
		"A-117": "60日", "A-117.suit": "6个月", "A-118": "10个工作日", "A-118.simple": "5个工作日", "A-118.court": "15日", "A-118.report": "60日",
		"E-05": "每季度末", "E-11": "7日", "E-12": "14日", "E-13.news": "14日", "E-13.policy": "6个月", "E-14": "3个月", "E-21": "14日", "E-36": "5个工作日",
		"E-47": "1个月", "E-50": "1个工作日", "E-51": "3个工作日", "E-54": "20日", "E-70": "每年1月31日", "E-71": "30日", "G.alarm": "每年12月1日",
	}
	moves := map[string]bool{"A-60": true, "A-61": true, "A-62": true, "A-63": true, "A-74": true, "A-84": true, "C-06": true, "A-71": true, "A-73": true, "A-76": true, "A-76.parallel": true, "A-77": true, "A-78": true, "A-79": true, "C-08": true}
	id := regexp.MustCompile(`^([A-G]-\d{2,3}|P\d\d|G)(\.[a-z]+)?$`)
	for _, l := range Limits() {
		switch {
		case !id.MatchString(l.Rule) || l.Name == "" || l.Basis == "" || l.Mark == "":
			t.Errorf("%+v is not complete", l)
		case moves[l.Rule] != (l.Moves != ""):
			t.Errorf("%s moves %q", l.Rule, l.Moves)
		case l.Moves == "" && l.Length() != want[l.Rule]:
			t.Errorf("%s is %s, want %s", l.Rule, l.Length(), want[l.Rule])
		}
		delete(want, l.Rule)
		delete(moves, l.Rule)
		for _, e := range append(l.Starts, l.Ends...) {
			if !e.Known() {
				t.Errorf("%s: no such event %s", l.Rule, e)
			}
		}
	}
	if len(want)+len(moves) > 0 {
		t.Errorf("missing: %v %v", want, moves)
	}
}

func TestFind_MovingRulesGiveTheMainClock(t *testing.T) {
	for _, rule := range []string{"A-71", "A-73", "A-76", "A-76.parallel", "A-77", "A-78", "C-08"} {
		if l, ok := Find(rule); !ok || l.Way != Answering || l.Number != 20 || l.Rule != rule {
			t.Errorf("%s: %+v", rule, l)
		}
	}
	if _, ok := Find("A-999"); ok {
		t.Error("A-999 is no rule")
	}
	l := MustFind("A-30")
	l.Starts[0] = "changed"
	if MustFind("A-30").Starts[0] != Received {
		t.Error("the table was changed through a copy")
	}
}

func TestMoment_FormsAndJSON(t *testing.T) {
	for in, want := range map[string]string{
		"2026-01-30": "2026-01-30", "2026-01-30T11:30": "2026-01-30T11:30", "2026-01-30T11:30:05": "2026-01-30T11:30:05",
		"2026-01-30T11:30+08:00": "2026-01-30T11:30", "2026-01-29T16:30:00Z": "2026-01-30T00:30",
		"2026-02-30": "", "2026-01-30T25:00": "", "2026-1-30": "", "": "", "2026-01-30 11:30": "",
	} {
		m, ok := ParseMoment(in)
		if ok != (want != "") || m.String() != want {
			t.Errorf("%q reads as %q, %v", in, m, ok)
		}
	}
	f := h(t, "2026-01-30T11:30 consult_sent third_party_2")[0]
	b, err := json.Marshal(f)
	if err != nil || string(b) != `{"event":"consult_sent","date":"2026-01-30T11:30","who":"third_party_2"}` {
		t.Errorf("%s %v", b, err)
	}
	var back Fact
	if err := json.Unmarshal(b, &back); err != nil || back != f {
		t.Errorf("%+v %v", back, err)
	}
	if err := json.Unmarshal([]byte(`{"date":"2026-02-30"}`), &back); err == nil {
		t.Error("a day that does not exist was read")
	}
}

func TestParty_WordsAndNames(t *testing.T) {
	for p, want := range map[Party]string{"third_party": "A-76 第三方", "third_party_2": "A-76 第三方2", "joint_organ": "A-77 共同制作机关", "other_organ_3": "A-78 其他机关3"} {
		if !p.Known() || p.Rule()+" "+p.Name() != want {
			t.Errorf("%s: %s %s", p, p.Rule(), p.Name())
		}
	}
	for _, p := range []Party{"third", "third_party_", "third_party_0", "organ", "joint_organs"} {
		if p.Known() {
			t.Errorf("%s is no party", p)
		}
	}
}

func TestUnits_EndsOfPeriods(t *testing.T) {
	for _, c := range []struct {
		unit Unit
		want string
	}{{MonthEnd, "2026-02-28"}, {QuarterEnd, "2026-03-31"}, {HalfEnd, "2026-06-30"}, {YearEnd, "2026-12-31"}} {
		r := Compute(Limit{Rule: "A-30", Unit: c.unit, Starts: []Event{Received}}, h(t, "2026-02-10 received"), workday.National())
		if r.Due.String() != c.want {
			t.Errorf("%s: %s", c.unit, r.Due)
		}
	}
}
