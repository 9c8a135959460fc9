package clock

import (
	"encoding/csv"
	"fmt"
	"math/rand"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"gongkai/internal/workday"
)

// worked tells working days from a file of its own, 2021–2026.
func worked(t testing.TB) func(time.Time) bool {
	f, err := os.Open("testdata/workdays.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	first := time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)
	var days [6*366 + 1]bool
	for i := range days {
		w := first.AddDate(0, 0, i).Weekday()
		days[i] = w != 0 && w != 6
	}
	index := func(d time.Time) int { return int(d.Sub(first).Hours() / 24) }
	for _, r := range rows[1:] {
		d, err := time.Parse(time.DateOnly, r[0])
		if err != nil {
			t.Fatal(err)
		}
		days[index(d)] = r[1] == "workday"
	}
	return func(d time.Time) bool { return days[index(d)] }
}

// simulated is what a clerk with a wall calendar would find: each day is
// struck off in the morning, the day's post is opened in the evening.
type simulated struct {
	state   State
	due     string
	refused []string
}

type desk struct {
	asked     bool // a letter is out and unanswered
	got       bool // it was received
	age       int  // working days since it was received
	silent    bool // the age reached 15 on an earlier day
	reached   bool // … today
	sentToday bool
}

func simulate(works func(time.Time) bool, received string, facts []Fact) simulated {
	today, err := time.Parse(time.DateOnly, received)
	if err != nil {
		panic(err)
	}
	post := map[string][]Fact{}
	var out simulated
	newest := received
	for _, f := range facts {
		day := f.At.String()
		if day < received {
			out.refused = append(out.refused, label(f))
			continue
		}
		post[day] = append(post[day], f)
		newest = max(newest, day)
	}
	const window = 7
	var (
		struck, total     = 0, 20
		sinceReceipt      int
		windowShut        bool
		dueDay            string
		extended          bool
		noticed, awaiting bool
		servedOn          bool
		servedAge, period int
		periodShut        bool
		billed, unpaid    bool
		billAge           = -1
		billShut          bool
		answeredOn        string
		parties           = map[Party]*desk{}
	)
	order := []Event{ExtensionApproved, CorrectionNoticeSent, CorrectionNoticeServed, CorrectionReceived, FeeNoticeSent, FeeNoticeReceived, FeePaid, ConsultSent, ConsultReceived, ReplyReceived, AnswerServed}
	for n := 0; n < 450 && today.Year() < 2027; n++ {
		day := today.Format(time.DateOnly)
		// Deadlines of others that ended yesterday or before are shut now.
		shutWindow, shutPeriod, shutBill := windowShut, periodShut, billShut
		excluded := false
		for _, p := range parties {
			p.silent = p.silent || p.reached
			excluded = excluded || p.asked && !p.silent
		}
		if n > 0 {
			if works(today) {
				sinceReceipt++
				windowShut = windowShut || sinceReceipt == window
				if servedOn {
					servedAge++
					periodShut = periodShut || servedAge == period
				}
				for _, p := range parties {
					if p.asked && p.got {
						p.age++
						p.reached = p.reached || p.age == 15
					}
				}
				if !excluded && !awaiting && !unpaid && dueDay == "" {
					struck++
					if struck == total {
						dueDay = day
					}
				}
			}
			if billAge >= 0 {
				billAge++
				billShut = billShut || billAge >= 30 && works(today)
			}
		}
		late := dueDay != "" && dueDay < day
		refuse := func(f Fact) { out.refused = append(out.refused, label(f)) }
		mail := slices.Clone(post[day])
		slices.SortStableFunc(mail, func(a, b Fact) int {
			if i, j := slices.Index(order, a.Event), slices.Index(order, b.Event); i != j {
				return i - j
			}
			if a.Who != b.Who {
				return strings.Compare(string(a.Who), string(b.Who))
			}
			if a.WorkingDays != b.WorkingDays {
				return a.WorkingDays - b.WorkingDays
			}
			return a.PeriodWorkingDays - b.PeriodWorkingDays
		})
		for _, f := range mail {
			if answeredOn != "" {
				refuse(f)
				continue
			}
			p := parties[f.Who]
			if p == nil {
				p = &desk{}
				parties[f.Who] = p
			}
			length := f.WorkingDays
			if length == 0 {
				length = 20
			}
			switch f.Event {
			case ExtensionApproved:
				if extended || length > 20 || late {
					refuse(f)
					break
				}
				extended, total, dueDay = true, total+length, ""
			case CorrectionNoticeSent:
				if noticed || shutWindow || late {
					refuse(f)
					break
				}
				noticed, awaiting, period, dueDay = true, true, f.PeriodWorkingDays, ""
			case CorrectionNoticeServed:
				if !awaiting || servedOn {
					refuse(f)
					break
				}
				servedOn = true
				if period == 0 {
					period = f.PeriodWorkingDays
				}
				if period == 0 {
					period = 15
				}
			case CorrectionReceived:
				if !awaiting || servedOn && shutPeriod {
					refuse(f)
					break
				}
				awaiting, struck, dueDay = false, 0, ""
			case FeeNoticeSent:
				if billed || late {
					refuse(f)
					break
				}
				billed, unpaid, dueDay = true, true, ""
			case FeeNoticeReceived:
				switch {
				case unpaid && billAge < 0:
					billAge = 0
				case billed || late:
					refuse(f)
				default:
					billed, unpaid, dueDay, billAge = true, true, "", 0
				}
			case FeePaid:
				if !unpaid || billAge >= 0 && shutBill {
					refuse(f)
					break
				}
				unpaid, struck, dueDay = false, 0, ""
			case ConsultSent:
				if p.asked || dueDay != "" {
					refuse(f)
					break
				}
				*p = desk{asked: true}
			case ConsultReceived:
				if !p.asked || p.got {
					refuse(f)
					break
				}
				p.got = true
				if f.Who.Rule() == "A-78" {
					p.age = -100000 // nobody sets these a limit
				}
			case ReplyReceived:
				if !p.asked || p.silent {
					refuse(f)
					break
				}
				*p = desk{}
			case AnswerServed:
				answeredOn, out.state = day, Met
				if late {
					out.state = Lapsed
				}
			}
		}
		// With no post to come, a desk that waits will wait for ever.
		waits := awaiting || unpaid
		for _, p := range parties {
			waits = waits || p.asked && (!p.got || p.age < 0)
		}
		if day > newest && (dueDay != "" || waits) {
			break
		}
		today = today.AddDate(0, 0, 1)
	}
	out.due = dueDay
	if out.state == "" {
		out.state = Running
		if dueDay == "" {
			out.state = Stopped
		}
	}
	slices.Sort(out.refused)
	return out
}

func label(f Fact) string {
	return fmt.Sprint(f.At, f.Event, f.Who, f.WorkingDays, f.PeriodWorkingDays)
}

var moves = []Event{ExtensionApproved, ExtensionApproved, CorrectionNoticeSent, CorrectionNoticeSent, CorrectionNoticeServed, CorrectionReceived, CorrectionReceived,
	FeeNoticeSent, FeeNoticeReceived, FeePaid, ConsultSent, ConsultSent, ConsultSent, ConsultReceived, ConsultReceived, ReplyReceived, ReplyReceived, AnswerServed}

// history makes up a history whose facts often follow one another sensibly.
func history(r *rand.Rand) (received string, facts []Fact) {
	start := time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, r.Intn(1900))
	at := 0
	for i := r.Intn(9); i > 0; i-- {
		at += r.Intn(12)
		if r.Intn(12) == 0 {
			at = max(0, at-20)
		}
		f := Fact{Event: moves[r.Intn(len(moves))]}
		switch f.Event {
		case ExtensionApproved:
			f.WorkingDays = r.Intn(23)
		case CorrectionNoticeSent:
			f.PeriodWorkingDays = r.Intn(12)
		case ConsultSent, ConsultReceived, ReplyReceived:
			f.Who = []Party{"third_party", "third_party_2", "joint_organ", "other_organ"}[r.Intn(4)]
		}
		step := at - r.Intn(2)
		put := func(f Fact, day int) {
			f.At = On(workday.MustDate(start.AddDate(0, 0, day).Format(time.DateOnly)))
			facts = append(facts, f)
		}
		put(f, step)
		// Letters mostly arrive and are answered, notices are followed by corrections.
		if f.Event == ConsultSent && r.Intn(3) > 0 {
			got := step + r.Intn(5)
			put(Fact{Event: ConsultReceived, Who: f.Who}, got)
			if r.Intn(3) > 0 {
				put(Fact{Event: ReplyReceived, Who: f.Who}, got+r.Intn(26))
			}
		}
		if f.Event == CorrectionNoticeSent && r.Intn(3) > 0 {
			put(Fact{Event: CorrectionReceived}, step+r.Intn(25))
		}
		if f.Event == FeeNoticeReceived && r.Intn(2) > 0 {
			put(Fact{Event: FeePaid}, step+r.Intn(40))
		}
	}
	if r.Intn(6) == 0 {
		facts = append(facts, Fact{Event: AnswerServed, At: On(workday.MustDate(start.AddDate(0, 0, 15+r.Intn(60)).Format(time.DateOnly)))})
	}
	return start.Format(time.DateOnly), facts
}

// TestA70_DayWalkAgrees compares Compute with the day-by-day simulation, on
// five times as many histories under GONGKAI_SOAK=1.
func TestA70_DayWalkAgrees(t *testing.T) {
	works := worked(t)
	cal := workday.National()
	limit := MustFind("A-70")
	r := rand.New(rand.NewSource(20261121))
	states := map[State]int{}
	n := 20_000
	if os.Getenv("GONGKAI_SOAK") != "" {
		n = 100_000
	}
	for i := range n {
		received, facts := history(r)
		want := simulate(works, received, facts)
		all := append(facts, Fact{Event: Received, At: On(workday.MustDate(received))})
		got := Compute(limit, all, cal)
		var refused []string
		for _, x := range got.Refused {
			refused = append(refused, label(x.Fact))
		}
		slices.Sort(refused)
		if got.State != want.state || got.Due.String() != want.due || !slices.Equal(refused, want.refused) {
			t.Errorf("history %d: received %s", i, received)
			for _, f := range inOrder(facts) {
				t.Logf("  %s", label(f))
			}
			t.Fatalf("\n got %s %s %v\nwant %s %s %v", got.State, got.Due, refused, want.state, want.due, want.refused)
		}
		states[got.State]++
	}
	for _, s := range []State{Running, Stopped, Met, Lapsed} {
		if states[s] < n/100 {
			t.Errorf("only %d histories end %s: the generator does not reach it", states[s], s)
		}
	}
}
