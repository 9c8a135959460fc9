package org_test

import (
	"database/sql"
	"strings"
	"testing"

	"gongkai/internal/org"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/workday"
)

var findDay = workday.MustDate("2026-11-20")

// town is a library with organs of a city, its district and the state.
func town(t *testing.T, db *store.DB) *org.Registry {
	t.Helper()
	day := workday.MustDate("2019-01-18")
	put(t, db,
		org.Seed{Code: "qh-zf", Kind: "government", Names: []org.NamePeriod{{Name: "清河市人民政府", Short: "市政府"}}},
		org.Seed{Code: "qh-jyj", Kind: "department", Position: 1, Duties: "管理教育。", Phone: "0000-1234504", Names: []org.NamePeriod{{Name: "清河市教育局", Short: "市教育局"}}},
		org.Seed{Code: "qh-fgw", Kind: "department", Position: 2, Names: []org.NamePeriod{{Name: "清河市发展和改革委员会", Short: "市发展改革委"}}},
		org.Seed{Code: "qh-sthj", Kind: "department", Position: 3, Names: []org.NamePeriod{{Name: "清河市环境保护局", Short: "市环保局", To: day}, {Name: "清河市生态环境局", Short: "市生态环境局", From: day}}},
		org.Seed{Code: "qh-scj", Kind: "department", Position: 4, Names: []org.NamePeriod{{Name: "清河市市场监督管理局", Short: "市市场监管局"}}},
		org.Seed{Code: "qh-gsj", Kind: "department", Position: 5, Names: []org.NamePeriod{{Name: "清河市工商行政管理局", Short: "市工商局", To: day}}},
		org.Seed{Code: "qh-yjj", Kind: "department", Position: 6, Names: []org.NamePeriod{{Name: "清河市应急管理局", Short: "市应急局"}}},
		org.Seed{Code: "qh-cgj", Kind: "department", Position: 7, Names: []org.NamePeriod{{Name: "清河市城市管理局", Short: "市城管局"}}},
		org.Seed{Code: "qh-fgj", Kind: "department", Position: 8, Names: []org.NamePeriod{{Name: "清河市房屋管理局", Short: "市房管局"}}},
		org.Seed{Code: "lh-jyj", Kind: "department", Position: 9, Names: []org.NamePeriod{{Name: "临河区教育局", Short: "区教育局"}}},
		org.Seed{Code: "gwy", Kind: "external", External: true, Names: []org.NamePeriod{{Name: "国务院"}}},
	)
	r := org.New(db)
	change(t, db, r, "qh-jyj", func(tx *sql.Tx, o *org.Organ) error {
		for _, l := range []org.LeaderFacts{{Name: "端木知秋", Post: "局长", From: workday.MustDate("2023-02-16")}, {Name: "钟离青禾", Post: "原副局长", To: findDay}} {
			if _, err := org.AddLeader(bg, tx, o, l, by); err != nil {
				return err
			}
		}
		_, err := org.AddUnit(bg, tx, o, org.UnitFacts{Kind: org.InnerUnit, Name: "基础教育科", Phone: "0000-1234599"}, by)
		return err
	})
	for _, code := range []string{"qh-jyj", "qh-zf", "qh-cgj", "qh-fgj", "qh-yjj"} {
		change(t, db, r, code, func(tx *sql.Tx, o *org.Organ) error {
			_, err := org.AddUnit(bg, tx, o, org.UnitFacts{Kind: org.InnerUnit, Name: "综合办公室"}, by)
			return err
		})
	}
	err := db.Tx(bg, func(tx *sql.Tx) error { return org.PutSuccession(bg, tx, "qh-gsj", "qh-scj", day, "机构改革") })
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func change(t *testing.T, db *store.DB, r *org.Registry, code string, fn func(*sql.Tx, *org.Organ) error) {
	t.Helper()
	o, err := r.Organ(bg, code)
	if err == nil {
		err = db.Tx(bg, func(tx *sql.Tx) error { return fn(tx, o) })
	}
	if err != nil {
		t.Fatal(err)
	}
}

// told writes what was found in one line.
func told(f *org.Found) string {
	var out []string
	for _, o := range f.Organs {
		s := o.Code
		if o.Former != "" {
			s += "<" + o.Former
		}
		for _, n := range o.Successors {
			s += ">" + n.Code
		}
		out = append(out, s)
	}
	for _, l := range f.Leaders {
		out = append(out, l.Name+"@"+l.Organ.Code)
	}
	for _, u := range f.Units {
		out = append(out, u.Name+"@"+u.Organ.Code)
	}
	return strings.Join(out, " ")
}

func TestZC21_1_3a_OrgansLeadersAndUnitsAreFoundAsPeopleNameThem(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		r := town(t, db)
		for _, c := range []struct{ asked, want string }{
			{"清河市教育局", "qh-jyj"},
			{"《清河市教育局》", "qh-jyj"},
			{"清河教育局", "qh-jyj"},
			{"市教育局", "qh-jyj"},
			{"教育局", "qh-jyj lh-jyj"},
			{"清河市教育局电话", "qh-jyj"},
			{"教育局在哪里", "qh-jyj lh-jyj"},
			{"清河市政府", "qh-zf"},
			{"qinghe jiaoyuju", "qh-jyj"},
			{"qingheshi jiaoyuju", "qh-jyj"},
			{"qhsjyj", "qh-jyj"},
			{"QHJYJ", "qh-jyj"},
			{"jyj", "qh-jyj lh-jyj"},
			{"发改委", "qh-fgw"},
			{"清河市发改委", "qh-fgw"},
			{"市发展改革委", "qh-fgw"},
			{"市监局", "qh-scj"},
			{"市场监管局", "qh-scj"},
			{"清河市环境保护局", "qh-sthj<清河市环境保护局"},
			{"市环保局", "qh-sthj<清河市环境保护局"},
			{"清河市工商行政管理局", "qh-gsj>qh-scj"},
			{"国务院", "gwy"},
			{"端木知秋", "端木知秋@qh-jyj"},
			{"duanmu zhiqiu", "端木知秋@qh-jyj"},
			{"dmzq", ""},
			{"钟离青禾", ""}, // left on this day
			{"基础教育科", "基础教育科@qh-jyj"},
			{"清河市教育局基础教育科", "基础教育科@qh-jyj"},
			{"综合办公室", ""}, // everybody has one
			{"清河市教育局综合办公室", "综合办公室@qh-jyj"},
			// Words of documents, regions and single signs name nobody.
			{"管理", ""}, {"教育", ""}, {"清河市", ""}, {"局", ""}, {"", ""}, {"停车场管理办法", ""}, {"清河市教育局关于印发办法的通知", ""}, {"gl", ""}, {"！？", ""},
			{strings.Repeat("教育局", 100), ""}, {"教\x00育\xff局", "qh-jyj lh-jyj"},
		} {
			f, err := r.Find(bg, c.asked, findDay, 3)
			if err != nil {
				t.Fatal(err)
			}
			if got := told(f); got != c.want {
				t.Errorf("%q: %q, want %q", c.asked, got, c.want)
			}
		}
		f, err := r.Find(bg, "教育局", findDay, 1)
		if err != nil || len(f.Organs) != 1 || f.More != 1 || f.Organs[0].Phone != "0000-1234504" || f.Organs[0].Duties != "管理教育。" {
			t.Errorf("one of two: %+v %v", f, err)
		}
	})
}

// What is kept in memory follows each change at once.
func TestZC21_1_3a_TheDirectoryFollowsChanges(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		r := town(t, db)
		find := func(asked string) string {
			f, err := r.Find(bg, asked, findDay, 3)
			if err != nil {
				t.Fatal(err)
			}
			return told(f)
		}
		if got := find("清河市教育局"); got != "qh-jyj" {
			t.Fatal(got)
		}
		change(t, db, r, "qh-jyj", func(tx *sql.Tx, o *org.Organ) error {
			return org.Rename(bg, tx, o, "清河市教育体育局", "市教体局", findDay, by)
		})
		if got := find("清河市教育局"); got != "qh-jyj<清河市教育局" {
			t.Errorf("after a new name: %q", got)
		}
		if got := find("教体局"); got != "qh-jyj" {
			t.Errorf("the new name: %q", got)
		}
		leaders, err := r.Leaders(bg, idOf(t, r, "qh-jyj"))
		if err != nil {
			t.Fatal(err)
		}
		change(t, db, r, "qh-jyj", func(tx *sql.Tx, o *org.Organ) error { return org.EndLeader(bg, tx, o, &leaders[0], findDay, by) })
		if got := find("端木知秋"); got != "" {
			t.Errorf("who left: %q", got)
		}
	})
}

func idOf(t *testing.T, r *org.Registry, code string) int64 {
	t.Helper()
	o, err := r.Organ(bg, code)
	if err != nil {
		t.Fatal(err)
	}
	return o.ID
}

func TestZC21_1_3a_SuggestionsListOrgans(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		r := town(t, db)
		for _, c := range []struct{ typed, want string }{
			{"清河市教", "qh-jyj"}, {"jyj", "qh-jyj lh-jyj"}, {"qhsjy", "qh-jyj"}, {"环保", "qh-sthj"}, {"国", "gwy"}, {"务院", ""}, {"", ""},
		} {
			list, err := r.Suggest(bg, c.typed, 3)
			if err != nil {
				t.Fatal(err)
			}
			var codes []string
			for _, o := range list {
				codes = append(codes, o.Code)
			}
			if got := strings.Join(codes, " "); got != c.want {
				t.Errorf("%q: %q, want %q", c.typed, got, c.want)
			}
		}
	})
}
