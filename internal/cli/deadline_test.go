package cli

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gongkai/internal/clock"
	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

type deadlineOut struct {
	ID          json.RawMessage `json:"id"`
	Rule        string          `json:"rule"`
	State       string          `json:"state"`
	Due         *string         `json:"due"`
	Provisional *bool           `json:"provisional"`
	Refused     *[]struct {
		Event, Date, Rule, Text string
	} `json:"refused"`
	Steps *[]struct {
		On, Text, Rule string
	} `json:"steps"`
	Error string `json:"error"`
}

func answers(t *testing.T, out string) []deadlineOut {
	t.Helper()
	var all []deadlineOut
	for _, line := range strings.Split(strings.TrimSpace(out), "\n") {
		var a deadlineOut
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		all = append(all, a)
	}
	return all
}

func TestA70_DeadlineCommand(t *testing.T) {
	code, out, errs := command(t, "", "deadline", "--rule", "A-70", "--received", "2026-01-30", "--json")
	a := answers(t, out)
	if code != exitDone || len(a) != 1 || a[0].State != "running" || *a[0].Due != "2026-03-05" || *a[0].Provisional || len(*a[0].Refused) != 0 || len(*a[0].Steps) == 0 {
		t.Fatalf("%d %s %s", code, out, errs)
	}
	code, out, _ = command(t, "", "deadline", "--rule", "A-70", "--received", "2026-12-15", "--json")
	if a := answers(t, out); code != exitDone || !*a[0].Provisional || !strings.Contains(out, "2027年的放假安排尚未公布") {
		t.Fatal(out)
	}
	code, out, _ = command(t, "", "--json", "deadline", "--received", "2026-01-30T11:30", "--rule", "F-51")
	if a := answers(t, out); code != exitDone || *a[0].Due != "2026-02-01T11:30" {
		t.Fatal(out)
	}
}

func TestDeadline_SaysTheSumInChinese(t *testing.T) {
	code, out, _ := command(t, "", "deadline", "--rule", "A-70", "--received", "2026-01-30")
	for _, want := range []string{"A-70　答复政府信息公开申请：20个工作日", "《中华人民共和国政府信息公开条例》第三十三条", "2026-02-14　2月14日 星期六 调休上班，第11个工作日（A-81）", "到期：2026年3月5日　24:00"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in\n%s", want, out)
		}
	}
	if code != exitDone || strings.Contains(out, "{") {
		t.Error(out)
	}
}

func TestDeadline_Rules(t *testing.T) {
	code, out, _ := command(t, "", "deadline", "--rules")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if code != exitDone || len(lines) != len(clock.Limits()) || !strings.Contains(out, `"rule":"A-76.reply"`) || !strings.Contains(out, `"length":"20个工作日"`) {
		t.Errorf("%d %d\n%s", code, len(lines), out)
	}
}

func TestDeadline_WrongUsage(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"nothing":      {nil, "三者选一"},
		"two":          {[]string{"--rules", "--rule", "A-70"}, "三者选一"},
		"no date":      {[]string{"--rule", "A-70"}, "--received"},
		"no rule":      {[]string{"--received", "2026-01-30"}, "--rule"},
		"unknown rule": {[]string{"--rule", "A-7", "--received", "2026-01-30"}, "没有“A-7”这条规则"},
		"no day":       {[]string{"--rule", "A-70", "--received", "2026-02-30"}, "“2026-02-30”不是日期"},
		"no time":      {[]string{"--rule", "F-51", "--received", "2026-01-30"}, "请写明时刻"},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, errs := command(t, "", append([]string{"deadline"}, c.args...)...)
			if code != exitUsage || out != "" || !strings.Contains(errs, c.says) {
				t.Errorf("%d %s %s", code, out, errs)
			}
		})
	}
	if code, _, errs := command(t, "", "deadline", "--batch", filepath.Join(t.TempDir(), "none")); code != exitRefused || !strings.Contains(errs, "文件打不开") {
		t.Error(code, errs)
	}
}

// batch is one line a promised thing: channels, events, parties, times.
const batch = "\ufeff" + `{"id":"receipt","rule":"A-70","channel":"post_signed","events":[{"date":"2026-01-26","event":"posted"},{"date":"2026-01-28","event":"arrived"},{"date":"2026-01-30","event":"signed_for"}]}
{"id":2,"rule":"A-70","channel":"online","events":[{"date":"2026-01-30T23:50","event":"submitted"}]}

{"id":"second","rule":"A-71","channel":"","events":[{"date":"2026-01-30","event":"submitted"},{"date":"2026-03-03","event":"extension_approved","working_days":5},{"date":"2026-03-02","event":"extension_approved","working_days":5}]}
{"id":"stopped","rule":"A-78","channel":"in_person","events":[{"date":"2026-01-30","event":"submitted"},{"date":"2026-02-05","event":"consult_sent","who":"other_organ"}]}
{"id":"told","rule":"A-90","events":[{"date":"2024-03-05","event":"answer_served","remedy_told":false}]}
{"id":"period","rule":"A-75","events":[{"date":"2026-01-30","event":"correction_notice_served","period_working_days":5}]}
{"id":"lapsed","rule":"A-30","events":[{"date":"2026-01-30","event":"information_formed"},{"date":"2026-03-06","event":"document_published"}]}
{"id":"joint","rule":"A-76.parallel","channel":"in_person","events":[{"date":"2026-01-30","event":"submitted"},{"date":"2026-02-05","event":"consult_sent","who":"third_party"},{"date":"2026-02-06","event":"consult_sent","who":"third_party_2"},{"date":"2026-02-10","event":"reply_received","who":"third_party_2"},{"date":"2026-02-13","event":"reply_received","who":"third_party"}],"note":"x"}
`

func TestDeadline_BatchAnswersEveryLine(t *testing.T) {
	file := filepath.Join(t.TempDir(), "in.jsonl")
	if err := os.WriteFile(file, []byte(batch), 0o644); err != nil {
		t.Fatal(err)
	}
	code, out, errs := command(t, "", "deadline", "--batch", file)
	if code != exitDone || !strings.Contains(errs, "第9行：不认识的字段没有使用：note") {
		t.Fatalf("%d %s", code, errs)
	}
	want := []struct{ id, state, due string }{{`"receipt"`, "running", "2026-03-05"}, {`2`, "running", "2026-03-06"}, {`"second"`, "running", "2026-03-12"},
		{`"stopped"`, "stopped", ""}, {`"told"`, "running", "2025-03-05"}, {`"period"`, "running", "2026-02-06"}, {`"lapsed"`, "lapsed", "2026-03-05"}, {`"joint"`, "running", "2026-03-13"}}
	got := answers(t, out)
	if len(got) != len(want) {
		t.Fatal(out)
	}
	for i, w := range want {
		due := ""
		if got[i].Due != nil {
			due = *got[i].Due
		}
		if string(got[i].ID) != w.id || got[i].State != w.state || due != w.due || got[i].Provisional == nil || got[i].Refused == nil || got[i].Steps == nil {
			t.Errorf("%+v, want %+v", got[i], w)
		}
	}
	if r := *got[2].Refused; len(r) != 1 || r[0].Event != "extension_approved" || r[0].Date != "2026-03-03" || r[0].Rule != "A-71" || !strings.Contains(r[0].Text, "只能延长一次") {
		t.Errorf("%+v", r)
	}
	if code, piped, _ := command(t, batch, "deadline", "--batch", "-"); code != exitDone || piped != out {
		t.Error("standard input gives another answer")
	}
}

func TestDeadline_UnreadableLinesNameTheirFault(t *testing.T) {
	one := func(event string) string { return `{"id":"x","rule":"A-70","events":[` + event + `]}` }
	long := `{"id":"` + strings.Repeat("长", longestLine) + `"}`
	for name, c := range map[string]struct{ line, id, says string }{
		"not JSON":        {`{"id":"x",`, `null`, "不是完整的 JSON"},
		"no object":       {`[1]`, `null`, "不是 JSON 对象"},
		"no rule":         {`{"id":"x","events":[]}`, `"x"`, "字段 rule"},
		"unknown rule":    {`{"id":"x","rule":"Z-1","events":[]}`, `"x"`, "没有“Z-1”这条规则"},
		"channel":         {`{"id":"x","rule":"A-70","channel":"pigeon","events":[{"date":"2026-01-30","event":"submitted"}]}`, `"x"`, "没有“pigeon”这种渠道"},
		"no events":       {`{"id":"x","rule":"A-70","events":[]}`, `"x"`, "字段 events"},
		"rule type":       {`{"id":"x","rule":7}`, `"x"`, "字段 rule：类型不对"},
		"event word":      {one(`{"date":"2026-01-30","event":"eaten"}`), `"x"`, "字段 events[0].event：没有“eaten”"},
		"event absent":    {one(`{"date":"2026-01-30"}`), `"x"`, "字段 events[0].event"},
		"date":            {one(`{"date":"2026-02-30","event":"submitted"}`), `"x"`, "字段 events[0].date：“2026-02-30”不是日期"},
		"date absent":     {one(`{"event":"submitted"}`), `"x"`, "字段 events[0].date"},
		"far year":        {one(`{"date":"9999-12-31","event":"submitted"}`), `"x"`, "字段 events[0].date"},
		"who":             {one(`{"date":"2026-01-30","event":"submitted","who":"me"}`), `"x"`, "字段 events[0].who"},
		"days":            {one(`{"date":"2026-01-30","event":"extension_approved","working_days":0}`), `"x"`, "字段 events[0].working_days"},
		"days type":       {one(`{"date":"2026-01-30","event":"extension_approved","working_days":"5"}`), `"x"`, "字段 events[0].working_days：类型不对"},
		"period":          {one(`{"date":"2026-01-30","event":"correction_notice_sent","period_working_days":1001}`), `"x"`, "字段 events[0].period_working_days"},
		"hours no time":   {`{"id":"x","rule":"F-51","events":[{"date":"2026-01-30","event":"received"}]}`, `"x"`, "请写明时刻"},
		"line too long":   {long, `null`, "太长"},
		"event no object": {one(`7`), `"x"`, "字段 events[0]：类型不对"},
	} {
		t.Run(name, func(t *testing.T) {
			good := one(`{"date":"2026-01-30","event":"submitted"}`)
			code, out, _ := command(t, c.line+"\n"+good, "deadline", "--batch", "-")
			a := answers(t, out)
			if code != exitRefused || len(a) != 2 {
				t.Fatalf("%d %s", code, out)
			}
			if string(a[0].ID) != c.id || a[0].State != "" || !strings.Contains(a[0].Error, "第1行") || !strings.Contains(a[0].Error, c.says) {
				t.Errorf("%s %s does not say %q", a[0].ID, a[0].Error, c.says)
			}
			if a[1].Error != "" || *a[1].Due != "2026-03-05" {
				t.Errorf("the next line suffered: %+v", a[1])
			}
		})
	}
}

func FuzzReadDeadline(f *testing.F) {
	for _, line := range strings.Split(batch, "\n") {
		f.Add(line)
	}
	f.Add(`{"id":{"a":1},"rule":"A-90","events":[{"date":"2199-12-31","event":"answer_served","remedy_told":false,"working_days":1000}]}`)
	cal := workday.National()
	f.Fuzz(func(t *testing.T, line string) {
		d, err := readDeadline([]byte(line))
		if err != nil {
			if fault.KindOf(err) != fault.Invalid || fault.Text(err) == "" {
				t.Fatalf("%v has no Chinese reason", err)
			}
			return
		}
		r := clock.Compute(d.Limit, d.Facts, cal)
		if r.State == clock.Stopped && r.HasDue() || r.State == clock.Running && !r.HasDue() {
			t.Fatalf("%s with due %q", r.State, r.Due)
		}
		if len(r.Refused) > len(d.Facts) {
			t.Fatalf("%d facts, %d refusals: %+v", len(d.Facts), len(r.Refused), r.Refused)
		}
		if _, err := json.Marshal(deadlineAnswer{orNull(d.ID), r}); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzReadLine(f *testing.F) {
	f.Add("a\n\nb")
	f.Add("\n")
	f.Fuzz(func(t *testing.T, text string) {
		in := bufio.NewReaderSize(strings.NewReader(text), 16)
		var back strings.Builder
		for {
			line, err := readLine(in)
			back.Write(line)
			if err != nil {
				break
			}
		}
		if len(text) < longestLine && back.String() != text {
			t.Fatalf("%q came back as %q", text, back.String())
		}
	})
}
