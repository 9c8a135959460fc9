package search

// walk goes over an ordered list beside another.
type walk []uint32

// has reports whether a number is in the list; numbers are asked for in order.
func (w *walk) has(n uint32) bool {
	l := *w
	for len(l) > 0 && l[0] < n {
		l = l[1:]
	}
	*w = l
	return len(l) > 0 && l[0] == n
}

// pass goes to the first number at or behind one, and counts from there to
// before another.
func (w *walk) pass(first, end uint32) (n int) {
	w.has(first)
	for l := *w; n < len(l) && l[n] < end; n++ {
	}
	return n
}

// union of two ordered lists; it may be one of them.
func union(a, b []uint32) []uint32 {
	if len(a) == 0 {
		return b
	}
	if len(b) == 0 {
		return a
	}
	out := make([]uint32, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			out, a = append(out, a[0]), a[1:]
		case a[0] > b[0]:
			out, b = append(out, b[0]), b[1:]
		default:
			out, a, b = append(out, a[0]), a[1:], b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// common is what two ordered lists share.
func common(a, b []uint32) []uint32 {
	if len(a) > len(b) {
		a, b = b, a
	}
	out := make([]uint32, 0, len(a))
	in := walk(b)
	for _, n := range a {
		if in.has(n) {
			out = append(out, n)
		}
	}
	return out
}
