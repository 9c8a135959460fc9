package proofread_test

import (
	"strings"
	"testing"

	"gongkai/internal/proofread"
	"gongkai/internal/workday"
)

// library is a small one for the examples of the citation rules.
type library struct{}

func (library) Lookup(c proofread.Cited) (proofread.Found, error) {
	held := map[string]proofread.Found{
		"清河市政务公开办法": {Known: true, Title: "清河市政务公开办法", DocNo: "清政发〔2019〕3号", Validity: proofread.ValidityForce, Provision: c.Path == "" || c.Path == "a3", Text: "第三条 公开为常态。"},
		"清河市旧办法":    {Known: true, Title: "清河市旧办法", Validity: proofread.ValidityRepeal, Since: workday.MustDate("2020-01-01"), Provision: c.Path == ""},
		"清河市新办法":    {Known: true, Title: "清河市新办法", Validity: proofread.ValidityFuture, Since: workday.MustDate("2030-01-01"), Provision: c.Path == ""},
	}
	if f, ok := held[c.Title]; ok {
		return f, nil
	}
	return proofread.Found{}, nil
}

func checkExample(e proofread.Example, rule string) []proofread.Hit {
	kind := e.Part
	if kind == "" {
		kind = proofread.PartText
	}
	in := proofread.Input{Parts: []proofread.Part{{Name: "正文", Kind: kind, Text: e.Text, Opened: true}}, Attribute: e.Attribute, Attachments: e.Files}
	if e.On != "" {
		in.Date = workday.MustDate(e.On)
	}
	if e.Prefixes != nil {
		in.DocNo, in.Prefixes, in.Issuer = e.Text, e.Prefixes, "清河市人民政府"
	}
	opt := proofread.Options{}
	if strings.HasPrefix(rule, "CIT.") {
		opt.Citations = library{}
	}
	var out []proofread.Hit
	for _, h := range proofread.Check(in, opt).Hits {
		if h.Rule == rule {
			out = append(out, h)
		}
	}
	return out
}

// TestRuleExamples runs the examples that each rule carries, both ways: a rule
// without examples is a defect.
func TestRuleExamples(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range proofread.Rules() {
		t.Run(r.ID, func(t *testing.T) {
			if seen[r.ID] {
				t.Fatal("the id stands twice")
			}
			seen[r.ID] = true
			if r.Why == "" || r.Source == "" || r.Name == "" || len(r.Hits) == 0 || len(r.Passes) == 0 {
				t.Fatal("a rule needs a name, a reason, a source and examples both ways")
			}
			if r.Level == proofread.Block && r.Allowance != 0 {
				t.Error("a rule that blocks may have no hit on clean texts")
			}
			for _, e := range r.Hits {
				if len(checkExample(e, r.ID)) == 0 {
					t.Errorf("not found: %q", e.Text)
				}
			}
			for _, e := range r.Passes {
				for _, h := range checkExample(e, r.ID) {
					t.Errorf("false alarm %q in %q", h.Text, e.Text)
				}
			}
		})
	}
}
