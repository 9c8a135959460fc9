package clock

import (
	"slices"
	"strings"
	"testing"
	"time"

	"gongkai/internal/workday"
)

// h writes a history as "2026-01-30 received; 2026-02-03 consult_sent third_party_2".
// Words after the date and the event: a party, +N working days, pN period for
// correction, told, untold, or a channel.
func h(t testing.TB, text string) []Fact {
	t.Helper()
	var out []Fact
	for _, part := range strings.Split(text, ";") {
		w := strings.Fields(part)
		if len(w) < 2 {
			continue
		}
		at, ok := ParseMoment(w[0])
		f := Fact{Event: Event(w[1]), At: at}
		if !ok || !f.Event.Known() {
			t.Fatalf("cannot read %q", part)
		}
		for _, x := range w[2:] {
			n := 0
			for _, c := range x {
				if c >= '0' && c <= '9' {
					n = n*10 + int(c-'0')
				}
			}
			yes, no := true, false
			switch {
			case x == "told":
				f.RemedyTold = &yes
			case x == "untold":
				f.RemedyTold = &no
			case x[0] == '+':
				f.WorkingDays = n
			case x[0] == 'p' && n > 0:
				f.PeriodWorkingDays = n
			case Channel(x).Known():
				f.Channel = Channel(x)
			case Party(x).Known():
				f.Who = Party(x)
			default:
				t.Fatalf("cannot read %q in %q", x, part)
			}
		}
		out = append(out, f)
	}
	return out
}

// want is the expectation of a row: state, due ("" for none), and the refused
// facts as "event rule", in order.
type row struct {
	name, rule, facts string
	state             State
	due               string
	refused           string
}

func check(t *testing.T, rows []row) {
	t.Helper()
	for _, c := range rows {
		t.Run(c.name, func(t *testing.T) {
			r := Compute(MustFind(c.rule), h(t, c.facts), workday.National())
			var refused []string
			for _, x := range r.Refused {
				refused = append(refused, string(x.Event)+" "+x.Rule)
				if x.Text == "" {
					t.Errorf("%s is refused without a reason", x.Event)
				}
			}
			if r.State != c.state || r.Due.String() != c.due || strings.Join(refused, ", ") != c.refused {
				t.Errorf("%s\n got %s %q refused %v\nwant %s %q refused %s", c.facts, r.State, r.Due, refused, c.state, c.due, c.refused)
				for _, s := range r.Steps {
					t.Log(s.On, s.Text, s.Rule)
				}
			}
			if len(r.Steps) == 0 || slices.ContainsFunc(r.Steps, func(s Step) bool { return s.Rule == "" || s.Text == "" || s.On.IsZero() }) {
				t.Errorf("steps %v", r.Steps)
			}
		})
	}
}

// TestA70_HandbookVectors are the handbook's test vectors of A8.4, by name.
func TestA70_HandbookVectors(t *testing.T) {
	for _, v := range []struct {
		name, received, rule, due string
		extended                  bool
	}{
		{"make-up Saturdays and Spring Festival", "2026-01-30", "A-70", "2026-03-05", false},
		{"correction limit across Spring Festival", "2026-02-13", "A-72", "2026-03-02", false},
		{"received on a make-up Saturday", "2026-02-14", "A-70", "2026-03-20", false},
		{"two holidays inside", "2026-09-18", "A-70", "2026-10-22", false},
		{"eight-day holiday", "2025-09-26", "A-70", "2025-10-30", false},
		{"with full extension", "2025-09-26", "A-71", "2025-11-27", true},
		{"Labour Day", "2026-04-30", "E-50", "2026-05-06", false},
		{"from a rest day to a working Sunday", "2024-02-03", "A-72", "2024-02-18", false},
		{"late in the year", "2026-11-20", "A-70", "2026-12-18", false},
	} {
		t.Run(v.name, func(t *testing.T) {
			facts := h(t, v.received+" received")
			if v.extended {
				facts = append(facts, h(t, "2025-10-20 extension_approved +20")...)
			}
			r := Compute(MustFind(v.rule), facts, workday.National())
			if r.Due.String() != v.due || r.State != Running || r.Provisional || len(r.Refused) != 0 {
				t.Errorf("%+v", r)
			}
		})
	}
}

func TestG_ProvisionalWithItsReason(t *testing.T) {
	r := Compute(MustFind("A-70"), h(t, "2026-12-15 received"), workday.National())
	if !r.Provisional || !strings.Contains(r.Reason, "2027年的放假安排尚未公布") || r.Due.String() != "2027-01-13" {
		t.Errorf("%+v", r)
	}
	if !slices.ContainsFunc(r.Steps, func(s Step) bool { return s.Rule == "G" && s.Text == r.Reason }) {
		t.Errorf("the reason is no step: %v", r.Steps)
	}
	if r.UnknownYear != 2027 {
		t.Error(r.UnknownYear)
	}
	r = Compute(MustFind("A-70"), h(t, "2026-12-02 received"), workday.National())
	if r.Provisional || r.Due.String() != "2026-12-30" {
		t.Errorf("%+v", r)
	}
	r = Compute(MustFind("A-90"), h(t, "2026-11-20 answer_served"), workday.National())
	if !r.Provisional || r.Due.String() != "2027-01-19" {
		t.Errorf("a last day in an unknown year may roll: %+v", r)
	}
}

func TestA80_TheSumShowsEveryMakeUpDay(t *testing.T) {
	r := Compute(MustFind("A-70"), h(t, "2026-01-30 received"), workday.National())
	want := map[string]string{"2026-02-14": "2月14日 星期六 调休上班，第11个工作日", "2026-02-28": "2月28日 星期六 调休上班，第16个工作日",
		"2026-02-15": "2月15日 星期日至2月23日 星期一 春节放假，不计入"}
	for _, s := range r.Steps {
		if w, ok := want[s.On.String()]; ok && s.Text == w {
			delete(want, s.On.String())
		}
	}
	if len(want) > 0 {
		t.Errorf("missing %v in %v", want, r.Steps)
	}
}

func TestA82_TheSumShowsTheRolling(t *testing.T) {
	r := Compute(MustFind("A-32"), h(t, "2026-01-30 budget_approved"), workday.National())
	want := Step{On: workday.MustDate("2026-02-19"), Text: "2月19日 星期四 春节放假，期限顺延到2026年2月24日（星期二）", Rule: "A-82"}
	if !slices.Contains(r.Steps, want) {
		t.Errorf("%v lacks %v", r.Steps, want)
	}
}

// The receipt rules, with the same history under each channel.
func TestA60_A63_Receipt(t *testing.T) {
	check(t, []row{
		{"A-60 handed in", "A-70", "2026-01-30 submitted in_person", Running, "2026-03-05", ""},
		{"A-61 signing counts, not posting or arrival", "A-70", "2026-01-26 posted post_signed; 2026-01-28 arrived; 2026-01-30 signed_for", Running, "2026-03-05", ""},
		{"A-61 not signed yet", "A-70", "2026-01-26 posted post_signed; 2026-01-28 arrived", Stopped, "", ""},
		{"A-62 the confirmation day", "A-70", "2026-01-28 arrived post_ordinary; 2026-01-30 confirmed_with_applicant", Running, "2026-03-05", ""},
		{"A-62 confirmation before arrival", "A-70", "2026-01-28 arrived post_ordinary; 2026-01-27 confirmed_with_applicant", Stopped, "", "confirmed_with_applicant A-62"},
		{"A-63 fax", "A-70", "2026-01-29 fax_received fax; 2026-01-30 both_confirmed", Running, "2026-03-05", ""},
		{"A-63 fax unconfirmed", "A-70", "2026-01-29 fax_received fax", Stopped, "", ""},
		{"A-63 online, same day", "A-70", "2026-01-30 submitted online; 2026-01-30 staff_confirmed", Running, "2026-03-05", ""},
		{"A-63 online, next working day by the system", "A-70", "2026-01-30 submitted online", Running, "2026-03-06", ""},
		{"A-63 online, both confirm on the next working day", "A-70", "2026-01-30 submitted online; 2026-02-02 both_confirmed", Running, "2026-03-06", ""},
		{"A-63 online, confirmed too late", "A-70", "2026-01-30 submitted online; 2026-02-03 staff_confirmed", Running, "2026-03-06", "staff_confirmed A-63"},
		{"A-63 online, sent in a holiday", "A-70", "2026-02-16 submitted online", Running, "2026-03-23", ""},
		{"no channel, handed in", "A-70", "2026-01-30 submitted", Running, "2026-03-05", ""},
		{"no channel, staff confirmed", "A-70", "2026-01-29 submitted; 2026-01-30 staff_confirmed", Running, "2026-03-05", ""},
		{"no channel, signed", "A-70", "2026-01-30 signed_for", Running, "2026-03-05", ""},
		{"a second submission", "A-70", "2026-01-30 submitted in_person; 2026-02-03 submitted", Running, "2026-03-05", "submitted A-60"},
		{"A-72 runs from the same receipt", "A-72", "2026-02-12 submitted online; 2026-02-13 staff_confirmed", Running, "2026-03-02", ""},
		{"A-63 as a duty of staff", "A-63.confirm", "2026-01-30 submitted online", Running, "2026-02-02", ""},
		{"A-62 as a duty of staff", "A-62.confirm", "2026-01-31 arrived; 2026-01-31 confirmed_with_applicant", Met, "2026-01-31", ""},
	})
}

func TestA71_Extension(t *testing.T) {
	check(t, []row{
		{"full", "A-71", "2025-09-26 received; 2025-10-20 extension_approved", Running, "2025-11-27", ""},
		{"shorter", "A-71", "2026-01-30 received; 2026-03-02 extension_approved +10", Running, "2026-03-19", ""},
		{"on the last day", "A-71", "2026-01-30 received; 2026-03-05 extension_approved +1", Running, "2026-03-06", ""},
		{"after the first deadline", "A-71", "2026-01-30 received; 2026-03-06 extension_approved +20", Running, "2026-03-05", "extension_approved A-71"},
		{"second", "A-71", "2026-01-30 received; 2026-03-02 extension_approved +5; 2026-03-03 extension_approved +5", Running, "2026-03-12", "extension_approved A-71"},
		{"too long", "A-71", "2026-01-30 received; 2026-03-02 extension_approved +21", Running, "2026-03-05", "extension_approved A-71"},
		{"a refused one leaves room", "A-71", "2026-01-30 received; 2026-03-02 extension_approved +21; 2026-03-03 extension_approved +20", Running, "2026-04-02", "extension_approved A-71"},
		{"before receipt", "A-71", "2026-01-30 received; 2026-01-29 extension_approved", Running, "2026-03-05", "extension_approved A-71"},
		{"while a party is asked", "A-71", "2026-01-30 received; 2026-03-04 consult_sent other_organ; 2026-03-20 extension_approved +20", Stopped, "", ""},
		{"A-79 stated delay", "A-79", "2026-01-30 received; 2026-03-02 delay_stated +5", Running, "2026-03-12", ""},
		{"A-79 without a length", "A-79", "2026-01-30 received; 2026-03-02 delay_stated", Running, "2026-03-05", "delay_stated A-79"},
	})
}

func TestA72_CorrectionNotice(t *testing.T) {
	check(t, []row{
		{"stops the clock", "A-70", "2026-02-13 received; 2026-03-02 correction_notice_sent", Stopped, "", ""},
		{"late", "A-70", "2026-02-13 received; 2026-03-03 correction_notice_sent", Running, "2026-03-19", "correction_notice_sent A-72"},
		{"a late notice asks for nothing", "A-70", "2026-02-13 received; 2026-03-03 correction_notice_sent; 2026-03-09 correction_received", Running, "2026-03-19", "correction_notice_sent A-72, correction_received A-73"},
		{"once", "A-70", "2026-02-13 received; 2026-02-24 correction_notice_sent; 2026-02-25 correction_notice_sent", Stopped, "", "correction_notice_sent A-72"},
		{"own clock met", "A-72", "2026-02-13 received; 2026-03-02 correction_notice_sent", Met, "2026-03-02", ""},
		{"own clock late", "A-72", "2026-02-13 received; 2026-03-03 correction_notice_sent", Lapsed, "2026-03-02", ""},
		{"own clock, second notice", "A-72", "2026-02-13 received; 2026-02-24 correction_notice_sent; 2026-02-25 correction_notice_sent", Met, "2026-03-02", "correction_notice_sent A-72"},
	})
}

func TestA73_CorrectionRestartsClock(t *testing.T) {
	check(t, []row{
		{"twenty days again", "A-73", "2026-01-23 received; 2026-01-27 correction_notice_sent; 2026-01-30 correction_received", Running, "2026-03-05", ""},
		{"on the spot", "A-73", "2026-01-30 received; 2026-01-30 correction_notice_sent; 2026-01-30 correction_received", Running, "2026-03-05", ""},
		{"second correction", "A-73", "2026-01-23 received; 2026-01-27 correction_notice_sent; 2026-01-30 correction_received; 2026-02-03 correction_received", Running, "2026-03-05", "correction_received A-73"},
		{"without notice", "A-73", "2026-01-30 received; 2026-02-03 correction_received", Running, "2026-03-05", "correction_received A-73"},
		{"A-74 after the period", "A-73", "2026-01-23 received; 2026-01-27 correction_notice_sent p5; 2026-01-28 correction_notice_served; 2026-02-05 correction_received", Stopped, "", "correction_received A-74"},
		{"A-74 on the last day", "A-73", "2026-01-23 received; 2026-01-27 correction_notice_sent p5; 2026-01-28 correction_notice_served; 2026-02-04 correction_received", Running, "2026-03-10", ""},
		{"an extension belongs to the request", "A-73", "2026-01-23 received; 2026-01-26 extension_approved +5; 2026-01-27 correction_notice_sent; 2026-01-30 correction_received; 2026-03-02 extension_approved +5", Running, "2026-03-12", "extension_approved A-71"},
	})
}

func TestA75_CorrectionPeriod(t *testing.T) {
	check(t, []row{
		{"default", "A-75", "2026-01-27 correction_notice_sent; 2026-01-30 correction_notice_served", Running, "2026-02-27", ""},
		{"stated", "A-75", "2026-01-27 correction_notice_sent p5; 2026-01-30 correction_notice_served", Running, "2026-02-06", ""},
		{"only sent", "A-75", "2026-01-30 correction_notice_sent", Running, "2026-02-27", ""},
		{"kept", "A-75", "2026-01-30 correction_notice_served; 2026-02-27 correction_received", Met, "2026-02-27", ""},
		{"missed", "A-75", "2026-01-30 correction_notice_served; 2026-02-28 correction_received", Lapsed, "2026-02-27", ""},
	})
}

func TestA76_ThirdParty(t *testing.T) {
	check(t, []row{
		// 2 to 5 February are days 1 to 4; 6 to 13 February (6 days) are excluded; 16 days remain from 14 February.
		{"reply", "A-76", "2026-01-30 received; 2026-02-05 consult_sent third_party; 2026-02-06 consult_received third_party; 2026-02-13 reply_received third_party", Running, "2026-03-13", ""},
		{"silence ends after 15 working days", "A-76", "2026-01-30 received; 2026-02-05 consult_sent third_party; 2026-02-06 consult_received third_party", Running, "2026-03-27", ""},
		{"a late reply has no effect", "A-76", "2026-01-30 received; 2026-02-05 consult_sent third_party; 2026-02-06 consult_received third_party; 2026-03-09 reply_received third_party", Running, "2026-03-27", "reply_received A-76"},
		{"not received yet", "A-76", "2026-01-30 received; 2026-02-05 consult_sent third_party", Stopped, "", ""},
		{"reply on the day of sending", "A-76", "2026-01-30 received; 2026-02-05 consult_sent third_party; 2026-02-05 reply_received third_party", Running, "2026-03-05", ""},
		{"no letter", "A-76", "2026-01-30 received; 2026-02-13 reply_received third_party", Running, "2026-03-05", "reply_received A-76"},
		{"reminder", "A-76", "2026-01-30 received; 2026-02-05 consult_sent third_party; 2026-02-06 consult_received third_party; 2026-02-09 consult_sent third_party; 2026-02-13 reply_received third_party", Running, "2026-03-13", "consult_sent A-76"},
		{"on the last day", "A-76", "2026-01-30 received; 2026-03-05 consult_sent third_party", Running, "2026-03-05", "consult_sent A-76"},
		{"after the last day", "A-76", "2026-01-30 received; 2026-03-06 consult_sent third_party", Running, "2026-03-05", "consult_sent A-76"},
		{"on the last day, extended the same day", "A-76", "2026-01-30 received; 2026-03-05 consult_sent third_party; 2026-03-05 extension_approved +1; 2026-03-06 reply_received third_party", Running, "2026-03-09", ""},
		{"reply clock", "A-76.reply", "2026-02-06 consult_received third_party", Running, "2026-03-05", ""},
		{"reply clock met", "A-76.reply", "2026-02-06 consult_received third_party; 2026-03-05 reply_received third_party", Met, "2026-03-05", ""},
		{"reply clock missed", "A-76.reply", "2026-02-06 consult_received third_party; 2026-03-06 reply_received third_party", Lapsed, "2026-03-05", ""},
		{"reply clock of one party", "A-76.reply", "2026-02-06 consult_received third_party; 2026-02-09 consult_received third_party_2; 2026-02-10 reply_received third_party_2", Running, "2026-03-05", ""},
	})
}

func TestA76_ParallelLettersAreMerged(t *testing.T) {
	check(t, []row{
		{"inside each other", "A-76.parallel", "2026-01-30 received; 2026-02-05 consult_sent third_party; 2026-02-06 consult_sent third_party_2; 2026-02-10 reply_received third_party_2; 2026-02-13 reply_received third_party", Running, "2026-03-13", ""},
		{"overlapping", "A-76.parallel", "2026-01-30 received; 2026-02-05 consult_sent third_party; 2026-02-10 reply_received third_party; 2026-02-09 consult_sent other_organ; 2026-02-13 reply_received other_organ", Running, "2026-03-13", ""},
		{"one of two open", "A-76.parallel", "2026-01-30 received; 2026-02-05 consult_sent third_party; 2026-02-05 consult_sent third_party_2; 2026-02-10 reply_received third_party", Stopped, "", ""},
	})
}

func TestA77_A78_OtherOrgans(t *testing.T) {
	check(t, []row{
		{"A-77 reply", "A-77", "2026-01-30 received; 2026-02-05 consult_sent joint_organ; 2026-02-06 consult_received joint_organ; 2026-02-13 reply_received joint_organ", Running, "2026-03-13", ""},
		{"A-77 silence agrees", "A-77", "2026-01-30 received; 2026-02-05 consult_sent joint_organ; 2026-02-06 consult_received joint_organ", Running, "2026-03-27", ""},
		{"A-77 late", "A-77", "2026-01-30 received; 2026-02-05 consult_sent joint_organ; 2026-02-06 consult_received joint_organ; 2026-03-09 reply_received joint_organ", Running, "2026-03-27", "reply_received A-77"},
		{"A-78 has no cap", "A-78", "2026-01-30 received; 2026-02-05 consult_sent other_organ; 2026-02-06 consult_received other_organ", Stopped, "", ""},
		{"A-78 late reply counts", "A-78", "2026-01-30 received; 2026-02-05 consult_sent other_organ; 2026-02-06 consult_received other_organ; 2026-03-30 reply_received other_organ", Running, "2026-04-22", ""},
		{"the rule names the party", "A-78", "2026-01-30 received; 2026-02-05 consult_sent; 2026-02-06 consult_received", Stopped, "", ""},
	})
}

func TestA83_A84_AnswerInTime(t *testing.T) {
	check(t, []row{
		{"on the last day", "A-70", "2026-01-30 received; 2026-03-05T23:59 answer_served", Met, "2026-03-05", ""},
		{"a day late", "A-70", "2026-01-30 received; 2026-03-06T00:00 answer_served", Lapsed, "2026-03-05", ""},
		{"posting counts", "A-70", "2026-01-30 received; 2026-03-05 posted; 2026-03-09 answer_served", Met, "2026-03-05", ""},
		{"while stopped", "A-70", "2026-01-30 received; 2026-02-05 consult_sent other_organ; 2026-04-30 answer_served", Met, "", ""},
		{"nothing after the answer", "A-70", "2026-01-30 received; 2026-02-05 answer_served; 2026-02-06 extension_approved; 2026-02-09 answer_served", Met, "2026-03-05", "extension_approved A-71, answer_served A-84"},
	})
}

func TestC07_C08_Fee(t *testing.T) {
	check(t, []row{
		{"C-07", "C-07", "2026-01-05 fee_notice_received", Running, "2026-02-04", ""},
		{"C-07 rolls off a rest day", "C-07", "2026-01-16 fee_notice_received", Running, "2026-02-24", ""},
		{"C-07 paid", "C-07", "2026-01-05 fee_notice_received; 2026-02-04 fee_paid", Met, "2026-02-04", ""},
		{"C-07 paid late", "C-07", "2026-01-05 fee_notice_received; 2026-02-05 fee_paid", Lapsed, "2026-02-04", ""},
		{"C-07 notice on its way", "C-07", "2026-01-05 fee_notice_sent", Stopped, "", ""},
		{"waiting", "C-08", "2026-01-05 received; 2026-01-12 fee_notice_sent; 2026-01-14 fee_notice_received", Stopped, "", ""},
		{"C-08 counted anew", "C-08", "2026-01-05 received; 2026-01-12 fee_notice_sent; 2026-01-14 fee_notice_received; 2026-01-30 fee_paid", Running, "2026-03-05", ""},
		{"paid too late", "C-08", "2026-01-05 received; 2026-01-05 fee_notice_received; 2026-02-05 fee_paid", Stopped, "", "fee_paid C-07"},
		{"C-06 notice after the period", "C-08", "2026-01-30 received; 2026-03-06 fee_notice_sent; 2026-03-09 fee_paid", Running, "2026-03-05", "fee_notice_sent C-06, fee_paid C-08"},
		{"twice", "C-08", "2026-01-05 received; 2026-01-12 fee_notice_sent; 2026-01-30 fee_paid; 2026-02-02 fee_notice_sent; 2026-02-03 fee_paid", Running, "2026-03-05", "fee_notice_sent C-02, fee_paid C-08"},
	})
}

func TestA90_A93_Remedies(t *testing.T) {
	check(t, []row{
		{"A-90 sixty days", "A-90", "2026-01-05 answer_served told", Running, "2026-03-06", ""},
		{"A-90 rolls", "A-90", "2026-01-06 answer_served", Running, "2026-03-09", ""},
		{"A-90 not told: one year", "A-90", "2024-03-05 answer_served untold", Running, "2025-03-05", ""},
		{"A-90 told later", "A-90", "2024-03-05 answer_served untold; 2024-06-03 remedy_learned", Running, "2024-08-02", ""},
		{"A-90 told too late to matter", "A-90", "2024-03-05 answer_served untold; 2025-02-10 answer_served told", Running, "2025-03-05", ""},
		{"A-90 from signing, not from posting", "A-90", "2026-01-02 posted; 2026-01-05 signed_for", Running, "2026-03-06", ""},
		{"A-92 six months", "A-92", "2025-08-31 answer_served", Running, "2026-02-28", ""},
		{"A-92 rolls", "A-92", "2025-08-15 answer_served", Running, "2026-02-24", ""},
		{"A-92 not told", "A-92", "2025-02-28 answer_served untold", Running, "2026-02-28", ""},
		{"A-93", "A-93", "2026-01-05 reconsideration_decision_served", Running, "2026-01-20", ""},
		{"A-93 not told", "A-93", "2025-01-06 reconsideration_decision_served untold", Running, "2026-01-06", ""},
		{"A-93 the organ stays silent", "A-93.silence", "2026-01-05 period_ended", Running, "2026-01-20", ""},
		{"A-117", "A-117", "2026-01-05 period_ended", Running, "2026-03-06", ""},
		{"A-118 working days", "A-118", "2026-01-30 received", Running, "2026-02-13", ""},
		{"A-118 in court calendar days", "A-118.court", "2026-01-30 received", Running, "2026-02-14", ""},
	})
}

// The periods of reconsideration and of the simplified procedure in court are
// calendar days from the acceptance.
func TestA96_PeriodsOfReconsiderationAndCourt(t *testing.T) {
	check(t, []row{
		{"ordinary, 60", "A-96", "2026-01-05 received", Running, "2026-03-06", ""},
		{"ordinary extended, 60 and 30", "A-96.extended", "2026-01-05 received", Running, "2026-04-07", ""}, // 5 April is Qingming, its holiday ends on the 6th
		{"simplified, 30", "A-96.simple", "2026-01-05 received", Running, "2026-02-04", ""},
		{"court simplified, 45", "A-96.court", "2026-01-05 received", Running, "2026-02-24", ""}, // 19 February lies in the Spring Festival
		{"decided in time", "A-96", "2026-01-05 received; 2026-03-06 reconsideration_decision_served", Met, "2026-03-06", ""},
		{"decided late", "A-96", "2026-01-05 received; 2026-03-07 reconsideration_decision_served", Lapsed, "2026-03-06", ""},
	})
}

// Of the days of the reconsideration law only 3, 5, 7 and 10 are working days
// (art 88); all others, and all of the litigation law, are calendar days.
func TestA87_ShortDaysOfReconsiderationAreWorkingDays(t *testing.T) {
	seen := map[Unit]int{}
	for _, l := range Limits() {
		review := strings.HasPrefix(l.Basis, reconsideration)
		if !review && !strings.HasPrefix(l.Basis, litigation) || l.Unit != Day && l.Unit != WorkingDay {
			continue
		}
		seen[l.Unit]++
		short := review && (l.Number == 3 || l.Number == 5 || l.Number == 7 || l.Number == 10)
		if short != (l.Unit == WorkingDay) {
			t.Errorf("%s: %s by %s", l.Rule, l.Length(), l.Basis)
		}
	}
	if seen[WorkingDay] < 2 || seen[Day] < 6 {
		t.Errorf("the table holds too few of them: %v", seen)
	}
}

func TestA30_A33_Release(t *testing.T) {
	check(t, []row{
		{"A-30", "A-30", "2026-01-30 information_formed", Running, "2026-03-05", ""},
		{"A-30 in time", "A-30", "2026-01-30 information_formed; 2026-03-05 document_published", Met, "2026-03-05", ""},
		{"A-30 late", "A-30", "2026-01-30 information_formed; 2026-03-06 document_published", Lapsed, "2026-03-05", ""},
		{"A-30 published before", "A-30", "2026-01-30 information_formed; 2026-01-29 document_published", Running, "2026-03-05", "document_published A-30"},
		{"A-31", "A-31", "2026-02-13 licence_or_punishment_decided", Running, "2026-03-02", ""},
		{"A-31 other decisions", "A-31.other", "2026-01-30 licence_or_punishment_decided", Running, "2026-03-05", ""},
		{"A-32 calendar days", "A-32", "2026-01-15 budget_approved", Running, "2026-02-04", ""},
		{"A-32 rolls off a rest day", "A-32", "2026-01-30 budget_approved", Running, "2026-02-24", ""},
		{"A-32 a make-up Saturday is no rest day", "A-32", "2026-01-25 budget_approved", Running, "2026-02-14", ""},
		{"A-33", "A-33", "2026-02-13 decision_voided", Running, "2026-02-25", ""},
		{"A-31 statistics do not roll", "A-31.statistics", "2025-12-31 period_ended", Running, "2026-01-31", ""},
		{"A-34", "A-34", "2025-12-31 period_ended", Running, "2026-03-31", ""},
		{"F-43", "F-43", "2026-02-13 document_published", Running, "2026-02-25", ""},
	})
}

func TestB01_B02_FixedDatesStay(t *testing.T) {
	check(t, []row{
		{"B-01 on a Saturday", "B-01", "2025-12-31 period_ended", Running, "2026-01-31", ""},
		{"B-02", "B-02", "2025-12-31 period_ended; 2026-04-01 document_published", Lapsed, "2026-03-31", ""},
		{"E-05 quarter", "E-05", "2026-05-10 received", Running, "2026-06-30", ""},
	})
}

func TestF50_F51_HoursKeepTheirTime(t *testing.T) {
	check(t, []row{
		{"F-50", "F-50", "2026-01-30T21:15 discovered", Running, "2026-01-31T02:15", ""},
		{"F-51 over a weekend", "F-51", "2026-01-30T11:30 discovered; 2026-02-01T11:30 done", Met, "2026-02-01T11:30", ""},
		{"F-51 a minute late", "F-51", "2026-01-30T11:30 discovered; 2026-02-01T11:31 done", Lapsed, "2026-02-01T11:30", ""},
	})
}

func TestF64_MinimumPeriods(t *testing.T) {
	check(t, []row{
		{"thirty days, no rolling", "F-64", "2026-01-15 document_published; 2026-02-14 closed", Met, "2026-02-14", ""},
		{"ended too soon", "F-64", "2026-01-15 document_published; 2026-02-10 closed", Running, "2026-02-14", "closed F-64"},
		{"F-30 counts back", "F-30", "2026-08-31 received", Running, "2026-02-28", ""},
		{"F-65 counts back", "F-65", "2026-03-10 received", Running, "2026-03-03", ""},
	})
}

func TestStateAt_TheLastDayEndsAtMidnight(t *testing.T) {
	r := Compute(MustFind("A-70"), h(t, "2026-01-30 received"), workday.National())
	end := time.Date(2026, 3, 6, 0, 0, 0, 0, workday.Zone)
	if r.DueAt() != end || r.StateAt(end.Add(-time.Second)) != Running || r.StateAt(end) != Lapsed {
		t.Error(r.DueAt())
	}
	r = Compute(MustFind("F-51"), h(t, "2026-01-30T11:30 received"), workday.National())
	if at := r.DueAt(); r.StateAt(at) != Running || r.StateAt(at.Add(time.Second)) != Lapsed {
		t.Error(at)
	}
}

func TestCompute_WithoutAStart(t *testing.T) {
	check(t, []row{
		{"only a claim", "A-70", "2026-03-02 extension_approved", Stopped, "", "extension_approved A-71"},
		{"nothing of ours", "A-30", "2026-03-02 fee_paid", Stopped, "", ""},
	})
}

// TestA84_AnAnswerPostedOnTheDayOfReceiptIsInTime: what was handed in can be
// answered by post the same day; a letter's own posting is no answer.
func TestA84_AnAnswerPostedOnTheDayOfReceiptIsInTime(t *testing.T) {
	day := On(workday.MustDate("2026-03-02"))
	for _, c := range []struct {
		name  string
		facts []Fact
		want  State
	}{
		{"handed in", []Fact{{Event: Submitted, At: day, Channel: InPerson}, {Event: Posted, At: day}}, Met},
		{"online", []Fact{{Event: Submitted, At: day, Channel: Online}, {Event: StaffConfirmed, At: day, Channel: Online}, {Event: Posted, At: day}}, Met},
		{"by post", []Fact{{Event: Posted, At: day, Channel: PostSigned}, {Event: SignedFor, At: day, Channel: PostSigned}}, Running},
	} {
		if got := Compute(MustFind("A-70"), c.facts, workday.National()); got.State != c.want {
			t.Errorf("%s: %s, want %s", c.name, got.State, c.want)
		}
	}
}
