package architecture

import "strings"

// A layer may import those below it; the numbers give the order.
type layer int

const (
	pure layer = iota // no I/O, no clock, no chance
	kernel
	story // data of the invented city
	domain
	delivery
	root // builds the application
	command
	testOnly // imported by tests alone
)

var layerName = map[layer]string{
	pure: "pure rooms", kernel: "kernel", story: "story data", domain: "domains", delivery: "delivery",
	root: "composition root", command: "commands", testOnly: "test-only packages",
}

// rooms is the one table of packages (design.md section 2). A package that is
// not here fails the test: decide where it belongs before writing it. A name
// that ends in /... covers everything below it.
var rooms = map[string]layer{
	"internal/workday":        pure,
	"internal/clock":          pure,
	"internal/zh":             pure,
	"internal/officialdoc":    pure,
	"internal/proofread":      pure,
	"internal/docfile":        pure,
	"internal/fault":          pure,
	"internal/ground":         pure,
	"internal/search/posting": pure,
	"migrations":              pure, // SQL text, embedded

	"internal/store":       kernel,
	"internal/audit":       kernel,
	"internal/filestore":   kernel,
	"internal/jobs":        kernel, // domains hand in work; the queue library stays inside
	"internal/notify":      kernel,
	"internal/org":         kernel,
	"internal/access":      kernel,
	"internal/casework":    kernel,
	"internal/publication": kernel,
	"internal/vault":       kernel,
	"internal/backup":      kernel,
	"internal/paper":       kernel, // reads the font of the machine

	"internal/testcity": story,

	"internal/document":       domain,
	"internal/search":         domain,
	"internal/release":        domain,
	"internal/interpretation": domain,
	"internal/catalog":        domain,
	"internal/request":        domain,
	"internal/oversight":      domain, // how requests are answered below
	"internal/annualreport":   domain,
	"internal/consultation":   domain,
	"internal/mailbox":        domain,
	"internal/engagement":     domain,
	"internal/ledger":         domain,
	"internal/patrol":         domain,
	"internal/newmedia":       domain,
	"internal/gazette":        domain,
	"internal/answer":         domain,
	"internal/exchange":       domain,

	"internal/web/ui":     delivery,
	"internal/web/portal": delivery,
	"internal/web/office": delivery,
	"internal/web/api":    delivery,

	"internal/app": root,

	"internal/cli": command,
	"cmd/gongkai":  command,

	"internal/bench":           command,  // make bench
	"internal/searchbench":     testOnly, // search beside its peers
	"internal/searcheval":      testOnly, // how well lay questions find their articles
	"internal/proofreadeval":   testOnly, // how the rules of proofread behave on clean texts
	"internal/store/storetest": testOnly, "internal/notify/smtptest": testOnly,
	"internal/architecture": testOnly,
	"e2e":                   testOnly,
}

// sideways are the imports within a layer, beyond pure and kernel, that are
// allowed, each with its reason. Domains otherwise meet through interfaces
// that the user of the interface declares.
var sideways = map[string]string{
	"internal/web/portal → internal/web/ui": "pages are made of the shared components",
	"internal/web/office → internal/web/ui": "pages are made of the shared components",
	"internal/web/api → internal/web/ui":    "errors and cache headers are rendered in one place",
	"cmd/gongkai → internal/cli":            "the binary is the command line",
}

// mayImport says whether a package of ours may import another one of ours, and
// if not, why.
func mayImport(from, to string) (reason string, ok bool) {
	a, known := rooms[from]
	if !known {
		return "it is not in the table of rooms", false
	}
	b, known := rooms[to]
	switch {
	case !known:
		return to + " is not in the table of rooms", false
	case a == testOnly:
		return "", true
	case b == testOnly:
		return to + " is for tests alone", false
	case b == story && a != root && a != command:
		return "the story data is entered by the application, not known to its parts", false
	case a > b || a == pure && b == pure || a == kernel && b == kernel:
		return "", true
	case a == b && sideways[from+" → "+to] != "":
		return "", true
	case a == b:
		return layerName[a] + " do not import each other: declare a small interface where it is used", false
	}
	return layerName[a] + " stand below " + layerName[b] + ": imports point one way", false
}

// ours cuts the module path off; ok is false for other people's packages.
func ours(importPath string) (string, bool) {
	return strings.CutPrefix(importPath, module+"/")
}

const module = "gongkai"
