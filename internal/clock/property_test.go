package clock

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// drawn makes up a history for properties; unlike the day walk it may reach
// the unknown years.
func drawn(t *rapid.T) []Fact {
	start := workday.MustDate("2021-01-01").AddDays(rapid.IntRange(0, 2180).Draw(t, "start"))
	facts := []Fact{{Event: Received, At: On(start)}}
	for range rapid.IntRange(0, 7).Draw(t, "facts") {
		f := Fact{Event: rapid.SampledFrom(moves).Draw(t, "event"), At: On(start.AddDays(rapid.IntRange(-2, 60).Draw(t, "day")))}
		switch f.Event {
		case ExtensionApproved:
			f.WorkingDays = rapid.IntRange(0, 22).Draw(t, "length")
		case ConsultSent, ConsultReceived, ReplyReceived:
			f.Who = rapid.SampledFrom([]Party{"third_party", "third_party_2", "joint_organ", "other_organ"}).Draw(t, "who")
		}
		facts = append(facts, f)
	}
	return facts
}

func TestA81_WorkingDayLimitsNeverEndOnARestDay(t *testing.T) {
	cal := workday.National()
	rapid.Check(t, func(t *rapid.T) {
		r := Compute(MustFind("A-70"), drawn(t), cal)
		if r.HasDue() && !cal.IsWorkday(r.Due.Day) {
			t.Fatalf("due %s", r.Due)
		}
		if _, known := cal.CountWorkdays(r.Received.Day, r.Due.Day); r.HasDue() && r.Provisional == known {
			t.Fatalf("due %s provisional %v", r.Due, r.Provisional)
		}
	})
	for _, l := range Limits() {
		if l.Moves == "" && l.Unit == WorkingDay && l.Number > 0 {
			if r := Compute(l, []Fact{{Event: Received, At: On(workday.MustDate("2026-02-15"))}}, cal); !cal.IsWorkday(r.Due.Day) {
				t.Errorf("%s is due on %s", l.Rule, r.Due)
			}
		}
	}
}

func TestOrderOfFactsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		facts := drawn(t)
		shuffled := rapid.Permutation(facts).Draw(t, "order")
		for _, rule := range []string{"A-70", "A-72", "A-76.reply", "C-07"} {
			a, b := Compute(MustFind(rule), facts, workday.National()), Compute(MustFind(rule), shuffled, workday.National())
			if !reflect.DeepEqual(a, b) {
				t.Fatalf("%s\n%+v\n%+v", rule, a, b)
			}
		}
	})
}

func TestARefusedFactChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		facts := drawn(t)
		r := Compute(MustFind("A-70"), facts, workday.National())
		var kept []Fact
		left := append([]Refusal(nil), r.Refused...)
		for _, f := range inOrder(facts) {
			refused := false
			for i, x := range left {
				if x.Fact == f {
					left, refused = append(left[:i:i], left[i+1:]...), true
					break
				}
			}
			if !refused {
				kept = append(kept, f)
			}
		}
		again := Compute(MustFind("A-70"), kept, workday.National())
		if again.State != r.State || again.Due != r.Due || len(again.Refused) != 0 || !reflect.DeepEqual(again.Steps, r.Steps) {
			t.Fatalf("with %s %s, without the refused %s %s %v", r.State, r.Due, again.State, again.Due, again.Refused)
		}
	})
}

// TestMoreExclusionNeverMeansEarlier: a later reply, and a letter that was not
// there before, can only move the due day back.
func TestMoreExclusionNeverMeansEarlier(t *testing.T) {
	later := func(t *rapid.T, what string, more, less Result) {
		if !more.Ended.IsZero() || !less.Ended.IsZero() {
			return // whether an answer came in time is another question
		}
		if less.HasDue() && more.HasDue() && more.Due.Day.Before(less.Due.Day) || !less.HasDue() && more.HasDue() {
			t.Fatalf("%s: %s before %s", what, more.Due, less.Due)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		facts := drawn(t)
		base := Compute(MustFind("A-70"), facts, workday.National())
		start := facts[0].At.Day
		sent := start.AddDays(rapid.IntRange(0, 50).Draw(t, "sent"))
		reply := sent.AddDays(rapid.IntRange(0, 20).Draw(t, "reply"))
		more := append(facts[:len(facts):len(facts)], Fact{Event: ConsultSent, At: On(sent), Who: "third_party_9"}, Fact{Event: ReplyReceived, At: On(reply), Who: "third_party_9"})
		one := Compute(MustFind("A-70"), more, workday.National())
		later(t, "a letter", one, base)
		more[len(more)-1].At = On(reply.AddDays(rapid.IntRange(1, 20).Draw(t, "longer")))
		later(t, "a longer wait", Compute(MustFind("A-70"), more, workday.National()), one)
	})
}

func TestTighten_NeverLater(t *testing.T) {
	limits := Limits()
	rapid.Check(t, func(t *rapid.T) {
		l := rapid.SampledFrom(limits).Draw(t, "limit")
		n := rapid.IntRange(-1, 70).Draw(t, "number")
		unit := rapid.SampledFrom([]Unit{l.Unit, WorkingDay, Day, Hour, Month}).Draw(t, "unit")
		tight, err := Tighten(l, n, unit, "清河市政务公开办公室")
		if err != nil {
			if fault.KindOf(err) != fault.Invalid || fault.Text(err) == "" {
				t.Fatal(err)
			}
			return
		}
		start := On(workday.MustDate("2021-01-01").AddDays(rapid.IntRange(0, 1900).Draw(t, "start")))
		start.Timed = unit == Hour
		facts := []Fact{{Event: Received, At: start}}
		if l.Rule == "A-70" {
			facts = append(drawn(t)[1:], facts...)
			for i := range facts {
				if facts[i].Event == AnswerServed {
					facts[i].Event = Posted // before receipt it goes by, after it both clocks end alike
					facts[i].At = start
				}
			}
		}
		was, is := Compute(l, facts, workday.National()), Compute(tight, facts, workday.National())
		switch {
		case l.Least:
			if is.DueAt().Before(was.DueAt()) {
				t.Fatalf("%s: a minimum of %s ends %s, before %s", l.Rule, tight.Length(), is.Due, was.Due)
			}
		case was.HasDue() && (!is.HasDue() || is.DueAt().After(was.DueAt())):
			t.Fatalf("%s tightened to %s: %s after %s", l.Rule, tight.Length(), is.Due, was.Due)
		}
	})
}

func TestTighten_WhatALocalityMayDo(t *testing.T) {
	for _, c := range []struct {
		name, rule string
		number     int
		unit       Unit
		want       string // "" when allowed
	}{
		{"one working day for interpretations", "F-43", 1, WorkingDay, ""},
		{"the same day", "F-43", 0, WorkingDay, ""},
		{"longer", "F-43", 4, WorkingDay, "地方只能更短，不能改为4个工作日"},
		{"fifteen days for answers", "A-70", 15, WorkingDay, ""},
		{"answers in calendar days", "A-70", 15, Day, "地方只能更短"},
		{"answers at once", "A-70", 0, WorkingDay, "至少1个工作日"},
		{"a longer consultation", "F-64", 45, Day, ""},
		{"a shorter consultation", "F-64", 29, Day, "不少于30日，地方只能更长"},
		{"less time to reconsider", "A-90", 30, Day, "不能由地方改短或者改长"},
		{"less time to pay", "C-07", 10, Day, "不能由地方改短或者改长"},
		{"an earlier report", "B-01", 10, Day, "全国规定为每年1月31日"},
		{"hours for days", "E-51", 24, Hour, ""},
		{"too many hours", "E-51", 73, Hour, "地方只能更短"},
		{"calendar days for working days", "A-30", 20, Day, ""},
		{"working days for calendar days", "A-32", 20, WorkingDay, "地方只能更短"},
		{"negative", "A-30", -1, WorkingDay, "不能小于零"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, err := Tighten(MustFind(c.rule), c.number, c.unit, "清河市人民政府办公室")
			if c.want == "" {
				if err != nil || l.Number != c.number || l.Local == "" {
					t.Errorf("%+v %v", l, err)
				}
				return
			}
			if !strings.Contains(fault.Text(err), c.want) {
				t.Errorf("%v does not say %q", err, c.want)
			}
		})
	}
	if _, err := Tighten(MustFind("F-43"), 1, WorkingDay, ""); fault.FieldOf(err) != "by" {
		t.Error(err)
	}
}
