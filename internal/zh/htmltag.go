package zh

import "strings"

// tag is one start tag; offsets are bytes of the page.
type tag struct {
	name       string // lower case
	start, end int
	attributes []attribute
	page       string
}

// attribute is a name in lower case and the place of its value without quotes.
type attribute struct {
	name       string
	from, till int
}

// tagName reads the name at the start of s.
func tagName(s string) string {
	i := 0
	for i < len(s) && !isHTMLSpace(s[i]) && s[i] != '>' && s[i] != '/' {
		i++
	}
	return s[:i]
}

func isHTMLSpace(b byte) bool {
	return b == ' ' || b == '\n' || b == '\t' || b == '\r' || b == '\f'
}

// scanTag reads the start tag at i; false when the page ends inside it.
func scanTag(s string, i int) (tag, bool) {
	name := tagName(s[i+1:])
	t := tag{name: strings.ToLower(name), start: i, page: s}
	for k := i + 1 + len(name); k < len(s); {
		switch {
		case s[k] == '>':
			t.end = k + 1
			return t, true
		case isHTMLSpace(s[k]) || s[k] == '/':
			k++
		default:
			var a attribute
			if a, k = scanAttribute(s, k); k > len(s) {
				return t, false
			}
			t.attributes = append(t.attributes, a)
		}
	}
	return t, false
}

// scanAttribute reads name, name=value, name="value" or name='value' at k and
// gives where it ends, past the page when a quote is not closed.
func scanAttribute(s string, k int) (attribute, int) {
	from := k
	for k++; k < len(s) && !isHTMLSpace(s[k]) && s[k] != '=' && s[k] != '>' && s[k] != '/'; k++ {
	}
	a := attribute{name: strings.ToLower(s[from:k])}
	eq := k
	for eq < len(s) && isHTMLSpace(s[eq]) {
		eq++
	}
	if eq >= len(s) || s[eq] != '=' {
		return a, k
	}
	k = eq + 1
	for k < len(s) && isHTMLSpace(s[k]) {
		k++
	}
	if k < len(s) && (s[k] == '"' || s[k] == '\'') {
		end := strings.IndexByte(s[k+1:], s[k])
		if end < 0 {
			return a, len(s) + 1
		}
		a.from, a.till = k+1, k+1+end
		return a, a.till + 1
	}
	a.from = k
	for k < len(s) && !isHTMLSpace(s[k]) && s[k] != '>' {
		k++
	}
	a.till = k
	return a, k
}

// value is the attribute's value as written, "" when it is missing.
func (t tag) value(name string) string {
	for _, a := range t.attributes {
		if a.name == name {
			return t.page[a.from:a.till]
		}
	}
	return ""
}

// untouched reports the marks that keep a whole element as it is.
func (t tag) untouched() bool {
	for _, a := range t.attributes {
		if a.name == "data-noconvert" || (a.name == "translate" && strings.EqualFold(t.page[a.from:a.till], "no")) {
			return true
		}
	}
	return false
}

// readable reports attributes whose value is words for people.
func (t tag) readable(name string) bool {
	switch name {
	case "title", "alt", "aria-label", "placeholder":
		return true
	case "content":
		return t.name == "meta" && readableMeta(strings.ToLower(t.value("name")+t.value("property")))
	case "value":
		kind := strings.ToLower(t.value("type"))
		return t.name == "input" && (kind == "submit" || kind == "button" || kind == "reset")
	}
	return false
}

// readableMeta lists the meta names that hold words, among them those that
// government sites must carry; SiteDomain, PubDate, Url and the like stay.
func readableMeta(name string) bool {
	switch name {
	case "description", "keywords", "author", "articletitle", "sitename", "columnname", "columndescription",
		"columnkeywords", "columntype", "contentsource", "og:title", "og:description", "og:site_name",
		"application-name", "apple-mobile-web-app-title":
		return true
	}
	return false
}

// rawElement reports elements whose content is not markup.
func rawElement(name string) bool {
	switch name {
	case "script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes":
		return true
	}
	return false
}

func voidElement(name string) bool {
	switch name {
	case "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr":
		return true
	}
	return false
}

// indexEndTag finds </name from byte i on; the page's end when there is none.
func indexEndTag(s string, i int, name string) int {
	for i < len(s) {
		k := strings.Index(s[i:], "</")
		if k < 0 {
			return len(s)
		}
		i += k
		if strings.EqualFold(tagName(s[i+2:]), name) {
			return i
		}
		i += 2
	}
	return len(s)
}
