package document

import (
	"testing"

	"gongkai/internal/workday"
)

func d(s string) workday.Date { return day(s) }

func TestCountsFrom_DesignRule(t *testing.T) {
	for _, c := range []struct {
		name                     string
		published, given, clause string
		adopted                  string
		from                     string
		basis                    Basis
	}{
		{name: "given on or after publication", published: "2019-04-03", given: "2019-05-15", from: "2019-05-15", basis: BasisGiven},
		{name: "given on the day of publication", published: "2019-04-03", given: "2019-04-03", from: "2019-04-03", basis: BasisGiven},
		{name: "a given day before publication repeats the first date", published: "2018-12-29", given: "2003-10-01", from: "2018-12-29", basis: BasisPresumed},
		{name: "clause later than publication", published: "2020-06-01", clause: "2021-01-01", from: "2021-01-01", basis: BasisText},
		{name: "clause that repeats the first date", published: "2018-12-29", clause: "2003-10-01", from: "2018-12-29", basis: BasisPresumed},
		{name: "given before publication, clause after it", published: "2018-12-29", given: "2003-10-01", clause: "2019-03-01", from: "2019-03-01", basis: BasisText},
		{name: "a clause alone is no date", clause: "1994-01-01", from: "", basis: BasisUnknown},
		{name: "given alone", given: "1994-01-01", from: "1994-01-01", basis: BasisGiven},
		{name: "adoption stands in for publication", adopted: "2024-06-25", from: "2024-06-25", basis: BasisPresumed},
		{name: "nothing", from: "", basis: BasisUnknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := Edition{PublishedOn: d(c.published), EffectiveOn: d(c.given), ClauseOn: d(c.clause), AdoptedOn: d(c.adopted)}
			from, basis := CountsFrom(&e)
			if from != d(c.from) || basis != c.basis {
				t.Fatalf("got %s %s, want %s %s", from, basis, c.from, c.basis)
			}
		})
	}
}

// two is a work with a text of 2010 and one of 2020 that counts from 2021.
func two() []Edition {
	return arrange([]Edition{
		{Label: 1, State: "published", PublishedOn: d("2010-03-01"), EffectiveOn: d("2010-05-01")},
		{Label: 2, State: "published", PublishedOn: d("2020-11-11"), ClauseOn: d("2021-01-01")},
	})
}

func TestF10_NotYetInForceBetweenPublicationAndEffect(t *testing.T) {
	for on, want := range map[string]state{
		"2010-02-28": {edition: -1},
		"2010-03-01": {edition: 0, validity: NotYetInForce},
		"2010-04-30": {edition: 0, validity: NotYetInForce},
		"2010-05-01": {edition: 0, validity: InForce},
		"2020-12-31": {edition: 0, validity: InForce},
		"2021-01-01": {edition: 1, validity: InForce},
	} {
		got := stateOn(two(), nil, d(on), true)
		if got.edition != want.edition || got.validity != want.validity {
			t.Errorf("%s: got %d %q, want %d %q", on, got.edition, got.validity, want.edition, want.validity)
		}
	}
}

func TestF12_StandingTurnsWhenTheNewTextCounts(t *testing.T) {
	eds := two()
	if s := standing(eds, 0, d("2020-12-31")); s != StandingCurrent {
		t.Errorf("day before: %s", s)
	}
	if s := standing(eds, 0, d("2021-01-01")); s != StandingAmended {
		t.Errorf("the day: %s", s)
	}
	if s := standing(eds, 1, d("2021-01-01")); s != StandingCurrent {
		t.Errorf("new text: %s", s)
	}
	eds[1].SourceStatus = StandingAmended
	if s := standing(eds, 1, d("2021-01-01")); s != StandingAmended {
		t.Errorf("the source says it was amended: %s", s)
	}
}

func TestF13_PartRepealNamesItsProvisionsFromItsDay(t *testing.T) {
	facts := []Fact{{ID: 1, Kind: FactRepealedPart, ValidOn: d("2022-07-01"), Provisions: []string{"a3", "a5-2"}}}
	if s := stateOn(two(), facts, d("2022-06-30"), true); s.validity != InForce || s.dead != nil {
		t.Errorf("day before: %+v", s)
	}
	if s := stateOn(two(), facts, d("2022-07-01"), true); s.validity != PartlyRepealed || len(s.dead) != 2 {
		t.Errorf("the day: %+v", s)
	}
}

func TestF14_RepealWithAndWithoutDate(t *testing.T) {
	dated := []Fact{{ID: 1, Kind: FactRepealed, ValidOn: d("2023-01-01")}}
	if s := stateOn(two(), dated, d("2022-12-31"), true); s.validity != InForce {
		t.Errorf("day before: %+v", s)
	}
	if s := stateOn(two(), dated, d("2023-01-01"), true); s.validity != Repealed || s.dateless || s.edition != 1 {
		t.Errorf("the day: %+v", s)
	}
	if s := stateOn(two(), []Fact{{ID: 1, Kind: FactRepealed}}, d("2015-01-01"), true); s.validity != Repealed || !s.dateless {
		t.Errorf("undated: %+v", s)
	}
}

func TestF15_ExpiryFollowsTheLastDay(t *testing.T) {
	eds := arrange([]Edition{{Label: 1, State: "published", PublishedOn: d("2020-01-01"), ExpiresOn: d("2024-12-31")}})
	if s := stateOn(eds, nil, d("2024-12-31"), true); s.validity != InForce {
		t.Errorf("last day: %+v", s)
	}
	if s := stateOn(eds, nil, d("2025-01-01"), true); s.validity != Expired || s.since != d("2025-01-01") {
		t.Errorf("day after: %+v", s)
	}
	done := []Fact{{ID: 1, Kind: FactExpired, ValidOn: d("2022-01-01")}}
	if s := stateOn(eds, done, d("2022-01-01"), true); s.validity != Expired || s.since != d("2022-01-01") {
		t.Errorf("declared expired: %+v", s)
	}
}

func TestStateOn_RestorationAndSupersession(t *testing.T) {
	facts := []Fact{
		{ID: 1, Kind: FactRepealed, ValidOn: d("2022-01-01")},
		{ID: 2, Kind: FactRestored, ValidOn: d("2022-06-01")},
	}
	if s := stateOn(two(), facts, d("2022-03-01"), true); s.validity != Repealed {
		t.Errorf("between: %+v", s)
	}
	if s := stateOn(two(), facts, d("2022-06-01"), true); s.validity != InForce {
		t.Errorf("restored: %+v", s)
	}
	wrong := []Fact{
		{ID: 1, Kind: FactRepealed, ValidOn: d("2022-01-01")},
		{ID: 2, Kind: FactRepealed, ValidOn: d("2023-01-01"), Supersedes: 1},
	}
	if s := stateOn(two(), wrong, d("2022-06-01"), true); s.validity != InForce {
		t.Errorf("superseded: %+v", s)
	}
}

func TestArrange_UndatedStandsByLabelAndIsNeverTheAnswerForADay(t *testing.T) {
	eds := arrange([]Edition{
		{Label: 3, State: "published", PublishedOn: d("2020-01-01")},
		{Label: 1, State: "published"},
		{Label: 2, State: "published", PublishedOn: d("2010-01-01")},
	})
	if eds[0].Label != 1 || eds[1].Label != 2 || eds[2].Label != 3 {
		t.Fatalf("order %d %d %d", eds[0].Label, eds[1].Label, eds[2].Label)
	}
	if s := stateOn(eds, nil, d("2005-01-01"), true); s.edition != -1 {
		t.Errorf("asked about a day before the first dated text: %+v", s)
	}
	alone := arrange([]Edition{{Label: 1, State: "published"}})
	if s := stateOn(alone, nil, d("2026-01-01"), true); s.edition != -1 {
		t.Errorf("undated text answered for a day: %+v", s)
	}
	if s := stateOn(alone, nil, d("2026-01-01"), false); s.edition != 0 || s.validity != InForce {
		t.Errorf("default view: %+v", s)
	}
}

func TestStretches_CoverAllDaysAndAgreeWithTheState(t *testing.T) {
	facts := []Fact{{ID: 1, Kind: FactRepealed, ValidOn: d("2024-05-01")}}
	eds := two()
	all := stretches(eds, facts)
	if all[0].From != (workday.Date{}) || all[len(all)-1].To != (workday.Date{}) {
		t.Fatalf("not open at the ends: %+v", all)
	}
	for i := 1; i < len(all); i++ {
		if all[i].From != all[i-1].To {
			t.Fatalf("gap before %+v", all[i])
		}
	}
	for on := d("2010-02-01"); on.Before(d("2024-07-01")); on = on.AddDays(13) {
		s := stateOn(eds, facts, on, true)
		want := 0
		if s.edition >= 0 {
			want = eds[s.edition].Label
		}
		for _, st := range all {
			if !st.From.After(on) && (st.To.IsZero() || st.To.After(on)) {
				if st.Edition != want || st.Validity != s.validity {
					t.Fatalf("%s: stretch %+v, state %d %s", on, st, want, s.validity)
				}
			}
		}
	}
}
