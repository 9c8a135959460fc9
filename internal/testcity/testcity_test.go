package testcity

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"gongkai/internal/workday"
	"gongkai/internal/zh"
)

func mustOrgans(t *testing.T) map[string]OrganSeed {
	t.Helper()
	organs, err := Organs()
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]OrganSeed{}
	for _, o := range organs {
		if _, twice := m[o.Code]; twice {
			t.Errorf("organ %s stands twice", o.Code)
		}
		for _, p := range o.Parents {
			if _, ok := m[p.Code]; !ok {
				t.Errorf("organ %s stands before its parent %s", o.Code, p.Code)
			}
		}
		m[o.Code] = o
	}
	return m
}

func TestOrgans(t *testing.T) {
	fictional := regexp.MustCompile(`^0000-12345\d\d$`)
	ascii := regexp.MustCompile(`^[a-z0-9-]+$`)
	organs := mustOrgans(t)
	credit, phone := map[string]string{}, map[string]string{}
	inside := 0
	for code, o := range organs {
		if !ascii.MatchString(code) {
			t.Errorf("%s: a code stands in addresses and must be plain", code)
		}
		if len(o.Names) == 0 {
			t.Errorf("%s has no name", code)
		}
		for i, n := range o.Names {
			if i > 0 && (n.From.IsZero() || n.From != o.Names[i-1].To) {
				t.Errorf("%s: name %s does not follow on the one before", code, n.Name)
			}
			if !n.To.IsZero() && !n.From.Before(n.To) {
				t.Errorf("%s: name %s ends before it begins", code, n.Name)
			}
		}
		if o.External {
			if o.CreditCode != "" || o.Phone != "" {
				t.Errorf("%s: nothing is invented about a real organ", code)
			}
			continue
		}
		inside++
		if !zh.ValidCreditCode(o.CreditCode) {
			t.Errorf("F04: %s: credit code %s fails its check", code, o.CreditCode)
		}
		if !zh.ValidOrgCode(o.CreditCode[8:17]) {
			t.Errorf("%s: organisation code %s fails its check", code, o.CreditCode[8:17])
		}
		if o.CreditCode[2:4] != "99" {
			t.Errorf("%s: credit code %s names a region that exists", code, o.CreditCode)
		}
		if other := credit[o.CreditCode]; other != "" {
			t.Errorf("%s and %s share a credit code", code, other)
		}
		credit[o.CreditCode] = code
		if o.Phone == "" {
			continue
		}
		if other := phone[o.Phone]; !fictional.MatchString(o.Phone) || other != "" {
			t.Errorf("%s: telephone %s must be one that cannot ring, and its own (%s)", code, o.Phone, other)
		}
		phone[o.Phone] = code
	}
	if inside < 40 {
		t.Errorf("%d organs in the city, want 40 or more", inside)
	}
}

func TestSuccessions(t *testing.T) {
	organs := mustOrgans(t)
	list, err := Successions()
	if err != nil {
		t.Fatal(err)
	}
	into := map[string]int{}
	for _, s := range list {
		from, ok := organs[s.Code]
		to, ok2 := organs[s.Successor]
		if !ok || !ok2 {
			t.Errorf("succession %s → %s names an organ that is not there", s.Code, s.Successor)
			continue
		}
		if s.Reason == "" {
			t.Errorf("succession %s → %s has no reason", s.Code, s.Successor)
		}
		into[s.Successor]++
		if s.On.IsZero() {
			continue
		}
		if last := from.Names[len(from.Names)-1]; last.To != s.On {
			t.Errorf("%s ends on %s but is succeeded on %s", s.Code, last.To, s.On)
		}
		if to.Names[0].From != s.On {
			t.Errorf("%s begins on %s but takes over on %s", s.Successor, to.Names[0].From, s.On)
		}
	}
	if into["qh-zrj"] != 2 || into["qh-scj"] != 3 {
		t.Errorf("the departments of 2019 took over from %d and %d organs, want 2 and 3", into["qh-zrj"], into["qh-scj"])
	}
}

func TestColumns_D03(t *testing.T) {
	organs := mustOrgans(t)
	sites, columns := map[string]bool{}, map[string]ColumnSeed{}
	for _, s := range Sites() {
		sites[s.Code] = true
		if _, err := zh.ParseIndexTemplate(s.IndexTemplate); err != nil {
			t.Errorf("F01: site %s: %v", s.Code, err)
		}
		if organs[s.Organ].Kind != "government" {
			t.Errorf("site %s belongs to %s, which is no government", s.Code, s.Organ)
		}
	}
	parts := map[string]int{}
	for _, c := range Columns() {
		if _, twice := columns[c.Code]; twice {
			t.Errorf("column %s stands twice", c.Code)
		}
		if c.Parent != "" && columns[c.Parent].Site != c.Site {
			t.Errorf("column %s: its parent %s is not above it", c.Code, c.Parent)
		}
		if !sites[c.Site] || organs[c.Organ].Code == "" {
			t.Errorf("column %s: site %q or organ %q is not there", c.Code, c.Site, c.Organ)
		}
		if !slices.Contains(ColumnTypes, c.Type) {
			t.Errorf("E2a: column %s: %q is no column type", c.Code, c.Type)
		}
		if c.Description == "" || c.Keywords == "" {
			t.Errorf("E2a: column %s lacks its description or keywords", c.Code)
		}
		columns[c.Code] = c
		if c.Site == "qh" {
			parts[c.Part]++
		}
	}
	for _, part := range []string{"guide", "rules", "statutory", "reports"} {
		if parts[part] == 0 {
			t.Errorf("D03: the city has no column of the part %s", part)
		}
	}
	var names []string
	for _, c := range Columns() {
		if c.Parent == "qh-fd" {
			names = append(names, c.Code)
		}
	}
	want := "qh-p01 qh-p02 qh-p03 qh-p04 qh-p05 qh-p06 qh-p07 qh-p08 qh-p09 qh-p10 qh-p11 qh-p12 qh-p13 qh-p14 qh-p15 qh-p21 qh-p22"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("statutory columns\n got %s\nwant %s", got, want)
	}
}

func TestTopics_F02(t *testing.T) {
	topics, err := Topics()
	if err != nil {
		t.Fatal(err)
	}
	classes, other := 0, 0
	for _, p := range topics {
		if p.Parent == "" {
			classes++
		} else if p.Name == "其他" {
			other++
		}
	}
	if classes != 22 || other != 22 {
		t.Errorf("%d classes with %d 其他, want 22 of both", classes, other)
	}
}

func TestOfficialNamesOnTheDay(t *testing.T) {
	organs := mustOrgans(t)
	names := organs["qh-sthj"].Names
	if len(names) != 2 || names[1].From != workday.MustDate("2019-01-18") || names[1].Name != "清河市生态环境局" {
		t.Errorf("the environment bureau bore %v", names)
	}
}

// Nobody here exists: family names of two characters with given names of two,
// at least three organs have faces, and no word of one picture is in another.
func TestQ24_1b_FacesOfTheCityAreInventedAndWhole(t *testing.T) {
	organs := mustOrgans(t)
	leaders, err := Leaders()
	if err != nil {
		t.Fatal(err)
	}
	units, err := Units()
	if err != nil {
		t.Fatal(err)
	}
	seen, with := map[string]bool{}, map[string]int{}
	for _, l := range leaders {
		if o, ok := organs[l.Organ]; !ok || o.External {
			t.Errorf("%s leads %s, which is no organ of the city", l.Name, l.Organ)
		}
		if len([]rune(l.Name)) != 4 || seen[l.Name] || l.Post == "" || l.Duties == "" || l.CV == "" {
			t.Errorf("%+v", l)
		}
		seen[l.Name] = true
		if l.To.IsZero() {
			with[l.Organ]++
		}
	}
	for _, u := range units {
		if _, ok := organs[u.Organ]; !ok || u.Name == "" || u.Duties == "" || seen[u.Head] || !strings.HasPrefix(u.Phone, "0000-12345") {
			t.Errorf("%+v", u)
		}
		seen[u.Head] = true
	}
	if len(with) < 3 {
		t.Errorf("leaders stand at %d organs", len(with))
	}
	for n := 1; n <= 8; n++ {
		b, err := Avatar(n)
		if err != nil || len(b) < 500 {
			t.Errorf("picture %d: %d bytes, %v", n, len(b), err)
		}
	}
}
