package app_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/proofread"
	"gongkai/internal/release"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

// A number with another organ's code is doubted beside its field and at the
// gate; an organ whose codes nobody entered is not asked.
func TestF07_TheNumberBearsTheCodeOfItsIssuer(t *testing.T) {
	storetest.Ready(t, func(t *testing.T, c store.Config) {
		ctx := context.Background()
		p := startNode(t, c).pressroom()
		id := p.begin("关于供暖的通知", "按时供暖。", 0)
		number := func(no string, organs ...string) []release.Finding {
			t.Helper()
			_, s := p.slip(id)
			paper := s.Paper
			paper.DocNo, paper.Organs = no, organs
			_, err := p.Cases.Apply(ctx, casework.Do{Case: id, Action: release.ActSave, Actor: p.clerk, Form: &release.SaveForm{Version: s.Version, Paper: &paper}})
			p.must(err)
			s, err = p.Releases.Recheck(ctx, id)
			p.must(err)
			return slices.DeleteFunc(s.Findings, func(f release.Finding) bool { return f.Rule != "F-07.prefix" })
		}
		set := func(query string) {
			t.Helper()
			_, err := p.DB.Writer().ExecContext(ctx, query)
			p.must(err)
		}
		if f := number("清政发〔2026〕15号", "清河市教育局"); len(f) != 0 {
			t.Errorf("no code is known, and yet: %+v", f)
		}
		set(`UPDATE organs SET doc_prefixes = '清教、清教函' WHERE code = 'qh-jyj'`)
		set(`UPDATE organs SET doc_prefixes = '清政发' WHERE code = 'qh-zf'`)
		f := number("清政发〔2026〕16号", "清河市教育局")
		if len(f) != 1 || f[0].Level != "confirm" || f[0].Place != proofread.WhereDocNo || f[0].Words != "清政发〔2026〕16号" ||
			!strings.Contains(f[0].Why, "清河市教育局登记的代字是“清教”“清教函”") || !strings.Contains(f[0].Why, "那是清河市人民政府的代字") {
			t.Fatalf("%+v", f)
		}
		submit := func() error {
			_, err := p.Cases.Apply(ctx, casework.Do{Case: id, Action: release.ActSubmit, Actor: p.clerk})
			return err
		}
		if err := submit(); fault.KindOf(err) != fault.Forbidden || !strings.Contains(fault.Text(err), "没有答复") {
			t.Errorf("it went on to the gates: %v", err)
		}
		if f := number("清教函〔2026〕16号", "清河市教育局"); len(f) != 0 {
			t.Errorf("its own code: %+v", f)
		}
		if f := number("清政发〔2026〕16号", "清河市人民政府", "清河市教育局"); len(f) != 0 {
			t.Errorf("the code of the organ written first: %+v", f)
		}
		number("清教〔2026〕16号", "清河市教育局")
		p.must(submit())
	})
}
