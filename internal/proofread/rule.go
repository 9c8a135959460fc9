package proofread

import "sync"

// Kind is the kind of personal data, as the command pii prints it.
type Kind string

// The kinds of personal data.
const (
	KindID       Kind = "id"
	KindMobile   Kind = "mobile"
	KindBank     Kind = "bank"
	KindPassport Kind = "passport"
	KindPlate    Kind = "plate"
	KindEmail    Kind = "email"
	KindAddress  Kind = "address"
	KindName     Kind = "name"
	KindPlace    Kind = "place" // where a picture was taken
)

// Rule is one thing to look for.
type Rule struct {
	ID     string
	Name   string // Chinese, a few words
	Level  Level
	Kind   Kind   // of personal data, else empty
	Why    string // Chinese, for the person who wrote the text
	Source string // where the rule stands
	// Hits are examples that the rule must find, Passes such that it must not.
	Hits, Passes []Example
	// Allowance is how many hits a document the rule may have on texts known to
	// be clean; a level of block allows none.
	Allowance float64
}

// Example is a text with what a rule may need to know beside it.
type Example struct {
	Text      string
	Part      PartKind // empty: text
	Attribute string
	Files     []string // names of the attachments, nil when unknown
	On        string   // date of the document, ISO
	Prefixes  []string // 机关代字 of the issuing organ; the text is then its number
}

// texts makes plain examples.
func texts(all ...string) []Example {
	out := make([]Example, len(all))
	for i, t := range all {
		out[i].Text = t
	}
	return out
}

// Rules lists all rules: format, text, words, citations, personal data, hidden
// data. The list is the caller's own.
func Rules() []Rule {
	var out []Rule
	for _, group := range [][]Rule{formatRules, textRules, wordRules, citationRules, personalRules, hiddenRules} {
		out = append(out, group...)
	}
	return out
}

var ruleByID = sync.OnceValue(func() map[string]*Rule {
	out := map[string]*Rule{}
	for _, r := range Rules() {
		out[r.ID] = &r
	}
	return out
})

// RuleByID finds a rule.
func RuleByID(id string) (Rule, bool) {
	r, ok := ruleByID()[id]
	if !ok {
		return Rule{}, false
	}
	return *r, true
}
