package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"gongkai/internal/testcity"
)

// pageAnswer is what a work's page says of a day.
type pageAnswer struct {
	title    string
	validity string
	edition  int // 0 when the page has no text
}

func readPage(t testing.TB, s *server, path string) pageAnswer {
	t.Helper()
	d := s.page(t, path, http.StatusOK)
	a := pageAnswer{title: d.Find("h1").Text(), validity: d.Find(".band .state").First().Text()}
	if label := d.Find(`.editions a[aria-current="true"]`).Text(); d.Find(".text").Length() > 0 {
		if _, err := fmt.Sscanf(strings.TrimSpace(label), "第 %d 个文本", &a.edition); err != nil {
			a.edition = 1 // a work with one text may list none
		}
	}
	return a
}

// TestPageAgreesWithShow asks for days before, at and after every change of the
// revised works: the page and `show --on` name the same text and state, and no
// day before the first publication has a text.
func TestPageAgreesWithShow(t *testing.T) {
	onBothEngines(t, func(t *testing.T, l library) {
		var list []testcity.Document
		for _, d := range plain(pageDocuments(t)) {
			for _, id := range append([]string{"qh-rules", "qh-housing-2017", "qh-wastewater-2022", "w491a86645d", futureID, noTextID}, pairs...) {
				if d.WorkID == id {
					list = append(list, d)
				}
			}
		}
		works := l.fill(t, "laws", list)
		s := l.serve(t)
		asked := 0
		days := map[int64]map[string]bool{}
		for _, d := range list {
			w := works[d.ID]
			if days[w] == nil {
				days[w] = map[string]bool{"1900-01-01": true, "2026-11-20": true, "2099-06-01": true}
			}
			given := []string{d.PublishDate, d.EffectiveDate, d.AdoptedOn}
			for _, f := range d.Facts {
				given = append(given, f.ValidOn)
			}
			if d.ExpiresOn != "" {
				given = append(given, d.ExpiresOn)
			}
			for _, g := range given {
				on, err := time.Parse(time.DateOnly, g)
				if err != nil {
					continue
				}
				for _, step := range []int{-1, 0, 1} {
					days[w][on.AddDate(0, 0, step).Format(time.DateOnly)] = true
				}
			}
		}
		first := map[int64]string{} // earliest publication or, failing that, effect
		for _, d := range list {
			day := d.PublishDate
			if day == "" {
				day = d.EffectiveDate
			}
			if w := works[d.ID]; day != "" && (first[w] == "" || day < first[w]) {
				first[w] = day
			}
		}
		for w, set := range days {
			for day := range set {
				asked++
				path := fmt.Sprintf("/works/%d?on=%s", w, day)
				got := readPage(t, s, path)
				_, body := s.get(t, fmt.Sprintf("/works/%d/download.json?on=%s", w, day))
				var want shown
				if err := json.Unmarshal([]byte(body), &want); err != nil {
					t.Fatalf("%s: %v %s", path, err, head([]byte(body)))
				}
				if got.edition != want.Edition || want.Edition > 0 && (got.title != want.Title || want.Validity == nil || !strings.HasPrefix(got.validity, *want.Validity)) {
					t.Errorf("%s: the page shows %+v, the data say edition %d %s", path, got, want.Edition, deref(want.Validity))
				}
				if first[w] != "" && day < first[w] && got.edition != 0 {
					t.Errorf("%s: text %d is shown before the first publication on %s", path, got.edition, first[w])
				}
				// The command is slow beside a request, so it answers for some days.
				if asked%5 != 0 && !soak() {
					continue
				}
				said := row[shown](t, l.must(t, "show", fmt.Sprint(w), "--on", day))
				if said.Edition != want.Edition || deref(said.Validity) != deref(want.Validity) || said.Text != want.Text || said.Title != want.Title {
					t.Errorf("%s: show --on says edition %d %s, the page's data edition %d %s", path, said.Edition, deref(said.Validity), want.Edition, deref(want.Validity))
				}
			}
		}
		if asked < 60 {
			t.Errorf("only %d days were asked for", asked)
		}
		// A repeal without a date is told as such, and answered for no day.
		d := s.page(t, fmt.Sprintf("/works/%d", works[datelessID]), http.StatusOK)
		if got := d.Find(".band .state").Text(); got != "废止（日期不详）" {
			t.Errorf("the undated repeal is shown as %q", got)
		}
	})
}

func deref(s *string) string {
	if s == nil {
		return "null"
	}
	return *s
}

// TestPartRepealGreysItsArticle wants article 17 of the city's rules grey since
// 1 September 2025, with the reason, and not before.
func TestPartRepealGreysItsArticle(t *testing.T) {
	s := sharedSite(t)
	work := at(t, partID).work
	for day, want := range map[string]int{"2025-08-31": 0, "2025-09-01": 1} {
		d := s.page(t, fmt.Sprintf("/works/%d?on=%s", work, day), http.StatusOK)
		dead := d.Find("#a17.dead")
		if dead.Length() != want || d.Find(".prov-article.dead").Length() != want {
			t.Errorf("on %s: %d articles are grey, want %d", day, d.Find(".dead").Length(), want)
		}
		if want == 1 && dead.Find(".dead-note").Text() == "" {
			t.Errorf("on %s: no reason stands at the grey article", day)
		}
	}
}
