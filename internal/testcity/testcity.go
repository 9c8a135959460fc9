// Package testcity holds the story data: one invented city (清河市) with its
// organs, sites, columns and topics, the outside bodies that issued the real
// public documents shipped here, and those documents. It is data only; the
// demonstration and the tests enter it through the same doors as any user.
//
// Nothing about the city is real: no such city exists, its region codes
// (9900xx) are not assigned, its telephone numbers begin with an area code
// (0000) that cannot be dialled, and the people who lead its organs are invented
// like their drawn pictures, which show no face.
package testcity

import (
	"embed"
	"encoding/csv"
	"fmt"
	"strconv"

	"gongkai/internal/workday"
)

//go:embed data
var data embed.FS

// Region is the name of the city, as organs and documents carry it.
const Region = "清河市"

// NameSeed is a name an organ bore; To is exclusive and zero while it lasts,
// From is zero when the beginning is not known.
type NameSeed struct {
	Name  string
	Short string
	From  workday.Date
	To    workday.Date
}

// ParentSeed is the organ above another one, with the same kind of period.
type ParentSeed struct {
	Code string
	From workday.Date
	To   workday.Date
}

// OrganSeed is one organ. Kind is government, office, department, township,
// street, congress, court, procuratorate, party or other; Level is national,
// province, city, county or township.
type OrganSeed struct {
	Code       string
	Kind       string
	Level      string
	Region     string
	External   bool   // outside the tree of the city: 国务院, another province
	CreditCode string // 统一社会信用代码 that passes GB 32100 (F-04); empty for external bodies
	Duties     string
	Address    string
	Hours      string
	Phone      string
	Postcode   string
	Website    string
	Position   int
	Names      []NameSeed // oldest first
	Aliases    []string   // other spellings of today's name in documents
	Parents    []ParentSeed
}

// SuccessionSeed says that Successor took over from Code. On is zero when the
// day is not certain.
type SuccessionSeed struct {
	Code      string
	Successor string
	On        workday.Date
	Reason    string
}

// Organs lists the organs of the city, then the external issuing bodies.
// Parents stand before their children.
func Organs() ([]OrganSeed, error) {
	names, err := readNames()
	if err != nil {
		return nil, err
	}
	parents, err := readParents()
	if err != nil {
		return nil, err
	}
	var organs []OrganSeed
	err = readCSV("organs.csv", 12, func(r []string) error {
		position, err := strconv.Atoi(r[10])
		if err != nil {
			return err
		}
		organs = append(organs, OrganSeed{
			Code: r[0], Kind: r[1], Level: r[2], Region: r[3], CreditCode: r[4],
			Duties: r[5], Address: r[6], Hours: r[7], Phone: r[8], Postcode: r[9],
			Website: r[11], Position: position, Names: names[r[0]], Parents: parents[r[0]],
		})
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = readCSV("external.csv", 5, func(r []string) error {
		o := OrganSeed{Code: r[0], Kind: r[1], Level: r[2], Region: r[3], External: true, Position: 1000 + len(organs), Names: names[r[0]]}
		if r[4] != "" {
			o.Aliases = []string{r[4]}
		}
		organs = append(organs, o)
		return nil
	})
	return organs, err
}

// Successions lists who took over from whom, in the city and outside it.
func Successions() ([]SuccessionSeed, error) {
	var list []SuccessionSeed
	err := readCSV("organ_successions.csv", 4, func(r []string) error {
		on, err := day(r[2])
		list = append(list, SuccessionSeed{Code: r[0], Successor: r[1], On: on, Reason: r[3]})
		return err
	})
	return list, err
}

func readNames() (map[string][]NameSeed, error) {
	names := map[string][]NameSeed{}
	err := readCSV("organ_names.csv", 5, func(r []string) error {
		from, to, err := period(r[3], r[4])
		names[r[0]] = append(names[r[0]], NameSeed{Name: r[1], Short: r[2], From: from, To: to})
		return err
	})
	return names, err
}

func readParents() (map[string][]ParentSeed, error) {
	parents := map[string][]ParentSeed{}
	err := readCSV("organ_parents.csv", 4, func(r []string) error {
		from, to, err := period(r[2], r[3])
		parents[r[0]] = append(parents[r[0]], ParentSeed{Code: r[1], From: from, To: to})
		return err
	})
	return parents, err
}

// readCSV hands every row below the heading to row; an error names file and line.
func readCSV(name string, fields int, row func([]string) error) error {
	f, err := data.Open("data/" + name)
	if err != nil {
		return fmt.Errorf("testcity: %w", err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = fields
	rows, err := r.ReadAll()
	if err != nil {
		return fmt.Errorf("testcity: %s: %w", name, err)
	}
	for i, fields := range rows[1:] {
		if err := row(fields); err != nil {
			return fmt.Errorf("testcity: %s:%d: %w", name, i+2, err)
		}
	}
	return nil
}

func period(from, to string) (f, t workday.Date, err error) {
	if f, err = day(from); err != nil {
		return f, t, err
	}
	t, err = day(to)
	return f, t, err
}

// day reads an ISO date; empty is the zero date.
func day(s string) (workday.Date, error) {
	if s == "" {
		return workday.Date{}, nil
	}
	d, ok := workday.ParseDate(s)
	if !ok {
		return d, fmt.Errorf("%q is not a date", s)
	}
	return d, nil
}
