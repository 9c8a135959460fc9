package proofread

// automaton finds all words of a list in one pass over a text (Aho and
// Corasick). Time is linear in the text and in what is found.
type automaton struct {
	next []map[rune]int32 // state and rune -> state
	fail []int32
	// word is the word that ends in a state, -1 without; shorter is the state of
	// the longest other word that ends there too, 0 without.
	word    []int32
	shorter []int32
	length  []int // of the words, in runes
}

func newAutomaton(words []string) *automaton {
	a := &automaton{length: make([]int, len(words))}
	a.state()
	for n, w := range words {
		at := int32(0)
		for _, r := range w {
			to, ok := a.next[at][r]
			if !ok {
				to = a.state()
				a.next[at][r] = to
			}
			at = to
			a.length[n]++
		}
		a.word[at] = int32(n)
	}
	a.link()
	return a
}

func (a *automaton) state() int32 {
	a.next = append(a.next, map[rune]int32{})
	a.fail = append(a.fail, 0)
	a.word = append(a.word, -1)
	a.shorter = append(a.shorter, 0)
	return int32(len(a.next) - 1)
}

// link sets for each state, nearest to the root first, where to go on when the
// next rune does not fit.
func (a *automaton) link() {
	queue := []int32{0}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for r, to := range a.next[at] {
			if at != 0 {
				a.fail[to] = a.step(a.fail[at], r)
			}
			f := a.fail[to]
			if a.shorter[to] = f; a.word[f] < 0 {
				a.shorter[to] = a.shorter[f]
			}
			queue = append(queue, to)
		}
	}
}

func (a *automaton) step(at int32, r rune) int32 {
	for {
		if to, ok := a.next[at][r]; ok {
			return to
		}
		if at == 0 {
			return 0
		}
		at = a.fail[at]
	}
}

// each calls found for every word in the text, by where it ends.
func (a *automaton) each(text []rune, found func(word, start, end int)) {
	at := int32(0)
	for i, r := range text {
		at = a.step(at, r)
		for f := at; f != 0; f = a.shorter[f] {
			if w := a.word[f]; w >= 0 {
				found(int(w), i+1-a.length[w], i+1)
			}
		}
	}
}
