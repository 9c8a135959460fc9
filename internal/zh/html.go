package zh

import "strings"

// TraditionalHTML writes the words of a rendered page in traditional
// characters: its text and the attributes that people read. Tags, addresses,
// ids, comments, scripts, styles, what a form would send (textarea, field
// values) and elements marked data-noconvert or translate="no" pass byte for
// byte. It expects pages whose elements are closed.
func TraditionalHTML(src []byte) []byte {
	c := htmlConverter{s: string(src), out: make([]byte, 0, len(src)+len(src)/32)}
	c.run()
	return c.out
}

type htmlConverter struct {
	s    string
	out  []byte
	keep string // name of the untouched element we are in, or ""
	deep int    // open elements of that name
}

func (c *htmlConverter) run() {
	for i := 0; i < len(c.s); {
		lt := strings.IndexByte(c.s[i:], '<')
		if lt < 0 {
			c.text(c.s[i:])
			return
		}
		// A lone < is text: find the next that opens markup.
		lt += i
		for !opensMarkup(c.s, lt) {
			next := strings.IndexByte(c.s[lt+1:], '<')
			if next < 0 {
				c.text(c.s[i:])
				return
			}
			lt += 1 + next
		}
		c.text(c.s[i:lt])
		i = c.markup(lt)
	}
}

func opensMarkup(s string, i int) bool {
	if i+1 >= len(s) {
		return false
	}
	n := s[i+1]
	return n == '!' || n == '?' || n == '/' || isLatin(n)
}

func isLatin(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

func (c *htmlConverter) text(s string) {
	if c.keep != "" {
		c.out = append(c.out, s...)
		return
	}
	c.out = appendTraditional(c.out, s)
}

// markup copies the comment, declaration or tag at i and gives its end.
func (c *htmlConverter) markup(i int) int {
	rest := c.s[i:]
	switch {
	case strings.HasPrefix(rest, "<!--"):
		return c.copyThrough(i, 2, "-->") // 2, because <!--> is a whole comment
	case rest[1] == '!' || rest[1] == '?':
		return c.copyThrough(i, 2, ">")
	case rest[1] == '/':
		end := c.copyThrough(i, 2, ">")
		if c.keep != "" && strings.EqualFold(tagName(rest[2:]), c.keep) {
			if c.deep--; c.deep == 0 {
				c.keep = ""
			}
		}
		return end
	}
	t, ok := scanTag(c.s, i)
	if !ok { // cut off: nothing may be lost
		c.out = append(c.out, rest...)
		return len(c.s)
	}
	c.startTag(t)
	if !rawElement(t.name) {
		return t.end
	}
	return c.rawText(t)
}

// copyThrough copies up to and with stop, or to the end of the page.
func (c *htmlConverter) copyThrough(i, skip int, stop string) int {
	end := strings.Index(c.s[min(i+skip, len(c.s)):], stop)
	if end < 0 {
		end = len(c.s)
	} else {
		end += i + skip + len(stop)
	}
	c.out = append(c.out, c.s[i:end]...)
	return end
}

// rawText copies the content of an element that holds no markup; its end tag
// is left for the main loop.
func (c *htmlConverter) rawText(t tag) int {
	end := indexEndTag(c.s, t.end, t.name)
	if t.name == "title" {
		c.text(c.s[t.end:end])
		return end
	}
	c.out = append(c.out, c.s[t.end:end]...)
	return end
}

// startTag copies a tag with its readable attributes converted, and enters an
// untouched element.
func (c *htmlConverter) startTag(t tag) {
	switch {
	case c.keep == "" && t.untouched():
		c.out = append(c.out, c.s[t.start:t.end]...)
		if !voidElement(t.name) {
			c.keep, c.deep = t.name, 1
		}
		return
	case c.keep != "":
		c.out = append(c.out, c.s[t.start:t.end]...)
		if t.name == c.keep && !voidElement(t.name) {
			c.deep++
		}
		return
	}
	done := t.start
	for _, a := range t.attributes {
		if a.from == a.till || !t.readable(a.name) {
			continue
		}
		c.out = append(c.out, c.s[done:a.from]...)
		c.out = appendTraditional(c.out, c.s[a.from:a.till])
		done = a.till
	}
	c.out = append(c.out, c.s[done:t.end]...)
}
