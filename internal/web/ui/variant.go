package ui

import "strings"

// Variant is a way to show the same page whose bytes differ, so it lives in the
// path and a shared cache can tell the copies apart. The zero Variant is the
// plain page.
type Variant struct {
	Hant  bool // traditional characters
	Elder bool // 长者模式
}

// Variants lists all of them, the plain page first.
var Variants = []Variant{{}, {Hant: true}, {Elder: true}, {Hant: true, Elder: true}}

// Prefix is what stands before a path: "", /hant, /elder or /hant/elder.
func (v Variant) Prefix() string {
	p := ""
	if v.Hant {
		p = "/hant"
	}
	if v.Elder {
		p += "/elder"
	}
	return p
}

// Link keeps a path of this site within the variant. Fragments and addresses of
// other sites pass unchanged.
func (v Variant) Link(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") {
		return path
	}
	return v.Prefix() + path
}

// Lang is the language tag of the page.
func (v Variant) Lang() string {
	if v.Hant {
		return "zh-Hant"
	}
	return "zh-CN"
}

// SplitVariant takes the variant off a request path. The rest always begins
// with a slash. The canonical order is /hant/elder; ordered is false when the
// path has a prefix in another order or twice.
func SplitVariant(path string) (v Variant, rest string, ordered bool) {
	rest, ordered = path, true
	for {
		switch {
		case hasStep(rest, "/hant"):
			if v.Hant || v.Elder {
				ordered = false
			}
			v.Hant = true
			rest = rest[len("/hant"):]
		case hasStep(rest, "/elder"):
			if v.Elder {
				ordered = false
			}
			v.Elder = true
			rest = rest[len("/elder"):]
		default:
			return v, rest, ordered
		}
		if rest == "" {
			return v, "/", ordered
		}
	}
}

func hasStep(path, step string) bool {
	return path == step || strings.HasPrefix(path, step+"/")
}
