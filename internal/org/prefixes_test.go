package org_test

import (
	"database/sql"
	"slices"
	"strings"
	"testing"

	"gongkai/internal/fault"
	"gongkai/internal/org"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

func TestF07_PrefixesOfAnIssuer(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		put(t, db, org.Seed{Code: "qh-zf", Kind: "government", Prefixes: "清政发、清政办发", Names: []org.NamePeriod{{Name: "清河市人民政府"}}})
		zf, err := h.r.Organ(bg, "qh-zf")
		if err != nil {
			t.Fatal(err)
		}
		set := func(codes string) error {
			return h.do(func(tx *sql.Tx, o *org.Organ) error {
				f := o.Facts()
				f.Prefixes = codes
				return org.SetFacts(bg, tx, o, f, by)
			})
		}
		for _, bad := range []string{"清教〔2026〕", "清教15", "清-教"} {
			if err := set(bad); fault.FieldOf(err) != "发文机关代字" || !strings.Contains(fault.Text(err), "顿号") {
				t.Errorf("%q: %v", bad, err)
			}
		}
		if i, err := h.r.Issuer(bg, "清河市教育局", zf.ID, "清教"); err != nil || len(i.Prefixes) != 0 {
			t.Errorf("none is known: %+v %v", i, err)
		}
		if err := set("清教，清教函 清教"); err != nil {
			t.Fatal(err)
		}
		jyj := h.organ()
		if jyj.Prefixes != "清教、清教函" {
			t.Errorf("kept as %q", jyj.Prefixes)
		}
		for _, c := range []struct {
			name    string
			organ   int64
			prefix  string
			want    []string
			foreign string
		}{
			{"清河市人民政府", jyj.ID, "清教", []string{"清政发", "清政办发"}, "清河市教育局"},
			{"清河市教育局", zf.ID, "清教", []string{"清教", "清教函"}, ""},
			{"清河市人民政府办公室", zf.ID, "清财", []string{"清政发", "清政办发"}, ""}, // in no registry: the organ of the slip
			{"", jyj.ID, "清政发", []string{"清教", "清教函"}, "清河市人民政府"},
		} {
			i, err := h.r.Issuer(bg, c.name, c.organ, c.prefix)
			if err != nil || !slices.Equal(i.Prefixes, c.want) || i.Foreign != c.foreign {
				t.Errorf("%s, %s: %+v %v", c.name, c.prefix, i, err)
			}
		}
	})
}
