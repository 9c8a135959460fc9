package org_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/org"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/workday"
)

func put(t *testing.T, db *store.DB, seeds ...org.Seed) {
	t.Helper()
	err := db.Tx(context.Background(), func(tx *sql.Tx) error {
		for _, s := range seeds {
			if _, err := org.Put(context.Background(), tx, s, time.Now()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// resources is an organ that bore two names.
var resources = org.Seed{Code: "zrj", Kind: "department", Names: []org.NamePeriod{
	{Name: "清河市国土资源局", To: workday.MustDate("2019-01-16")},
	{Name: "清河市自然资源局", From: workday.MustDate("2019-01-16")},
}, Aliases: []string{"清河市自然资源和规划局"}}

func TestResolve_FindsTheOrganByTheNameOfTheDay(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		put(t, db, resources)
		other := org.Seed{Code: "other", Kind: "department", Names: []org.NamePeriod{{Name: "清河市国土资源局", From: workday.MustDate("2020-01-01")}}}
		put(t, db, other)
		for _, c := range []struct{ name, on, code string }{
			{"清河市自然资源局", "2024-01-01", "zrj"},
			{"清河市自然资源和规划局", "", "zrj"},
			{"清河市国土资源局", "2018-01-01", "zrj"},
			{"清河市国土资源局", "2021-01-01", "other"},
		} {
			var id, want int64
			err := db.Tx(context.Background(), func(tx *sql.Tx) (err error) {
				on, _ := workday.ParseDate(c.on)
				if id, err = org.Resolve(context.Background(), tx, c.name, on, time.Now()); err != nil {
					return err
				}
				want, err = org.ByCode(context.Background(), tx, c.code)
				return err
			})
			if err != nil || id != want {
				t.Errorf("%s on %s: %d, want %d (%v)", c.name, c.on, id, want, err)
			}
		}
	})
}

func TestResolve_UnknownNameBecomesAnExternalBodyOnce(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		var ids [2]int64
		for i := range ids {
			err := db.Tx(context.Background(), func(tx *sql.Tx) (err error) {
				ids[i], err = org.Resolve(context.Background(), tx, "某省人民政府", workday.Date{}, time.Now())
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		list, err := org.New(db).External(context.Background())
		if err != nil || ids[0] != ids[1] || len(list) != 1 || list[0].Name != "某省人民政府" {
			t.Fatalf("%v %+v %v", ids, list, err)
		}
	})
}

func TestOrgan_NamesParentsAndSuccessors(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		top := org.Seed{Code: "zf", Kind: "government", Names: []org.NamePeriod{{Name: "清河市人民政府"}}}
		zrj := resources
		zrj.Parents = []org.ParentPeriod{{Code: "zf"}}
		old := org.Seed{Code: "ghj", Kind: "department", Names: []org.NamePeriod{{Name: "清河市规划局"}}, Parents: []org.ParentPeriod{{Code: "zf", To: workday.MustDate("2019-01-16")}}}
		put(t, db, top, zrj, old)
		for range 2 { // entering it twice makes one
			if err := db.Tx(context.Background(), func(tx *sql.Tx) error {
				return org.PutSuccession(context.Background(), tx, "ghj", "zrj", workday.MustDate("2019-01-16"), "机构改革")
			}); err != nil {
				t.Fatal(err)
			}
		}
		r := org.New(db)
		o, err := r.Organ(context.Background(), "zrj")
		if err != nil {
			t.Fatal(err)
		}
		if o.Name != "清河市自然资源局" || len(o.Names) != 2 || len(o.Parents) != 1 || len(o.Former) != 1 || o.Former[0].From.Code != "ghj" {
			t.Errorf("%+v", o)
		}
		if gone, err := r.Organ(context.Background(), "ghj"); err != nil || len(gone.Successors) != 1 || gone.Successors[0].To.Code != "zrj" {
			t.Errorf("%+v %v", gone, err)
		}
		tree, err := r.Tree(context.Background())
		if err != nil || len(tree) != 1 || len(tree[0].Children) != 1 {
			t.Errorf("an organ that was taken over stays out of the tree: %+v %v", tree, err)
		}
		if _, err := r.Organ(context.Background(), "none"); fault.KindOf(err) != fault.NotFound {
			t.Error(err)
		}
	})
}

func TestF04_CreditCodeIsChecked(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		err := db.Tx(context.Background(), func(tx *sql.Tx) error {
			_, err := org.Put(context.Background(), tx, org.Seed{Code: "x", CreditCode: "11370300004224423A", Kind: "government", Names: []org.NamePeriod{{Name: "某市人民政府"}}}, time.Now())
			return err
		})
		if fault.KindOf(err) != fault.Invalid || fault.FieldOf(err) != "credit_code" {
			t.Fatal(err)
		}
	})
}
