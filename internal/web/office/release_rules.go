package office

import (
	"net/http"
	"sort"

	"gongkai/internal/proofread"
	"gongkai/internal/release"
)

// checkRulesView lists what drafts are checked for, and how each rule did.
type checkRulesView struct {
	frame
	Rules []checkRuleLine
	Total release.RuleRecord
}

type checkRuleLine struct {
	proofread.Rule
	Did  release.RuleRecord
	Word string // the level in words
	Now  string // the level that it lowered itself to
}

func checkRulesPage(o *Office, c *call) (*answer, error) {
	records, err := o.deps.Releases.RuleRecords(c.ctx())
	if err != nil {
		return nil, err
	}
	did := map[string]release.RuleRecord{}
	d := &checkRulesView{frame: o.frame(c, textCheckRules, releasesCrumb)}
	for _, r := range records {
		did[r.Rule] = r
		d.Total.Hits += r.Hits
		d.Total.Accepted += r.Accepted
		d.Total.Dismissed += r.Dismissed
	}
	for _, r := range proofread.Rules() {
		line := checkRuleLine{Rule: r, Did: did[r.ID], Word: levelWords[string(r.Level)]}
		if line.Did.Lowered {
			line.Now = levelWords[lowerLevel(string(r.Level))]
		}
		d.Rules = append(d.Rules, line)
	}
	sort.SliceStable(d.Rules, func(i, j int) bool {
		a, b := d.Rules[i], d.Rules[j]
		if gravity[string(a.Level)] != gravity[string(b.Level)] {
			return gravity[string(a.Level)] > gravity[string(b.Level)]
		}
		return a.Did.Hits > b.Did.Hits
	})
	return o.page(c, "release_rules", http.StatusOK, d)
}

// lowerLevel is the next softer level, as the room lowers it.
func lowerLevel(level string) string {
	if level == "block" {
		return "confirm"
	}
	return "hint"
}
