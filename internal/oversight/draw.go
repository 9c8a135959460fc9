package oversight

import (
	"math/rand/v2"
	"slices"
)

// draw picks so many answers: every organ that has any gets its turn before
// one gets a second, in an order that the seed alone decides, so that whoever
// doubts a sample draws it again.
func draw(pool []Served, wanted int, seed int64) []Served {
	luck := rand.New(rand.NewPCG(uint64(seed), 0))
	byOrgan := map[int64][]Served{}
	for _, a := range pool {
		byOrgan[a.Organ] = append(byOrgan[a.Organ], a)
	}
	var organs []int64
	for o := range byOrgan {
		organs = append(organs, o)
	}
	slices.Sort(organs)
	luck.Shuffle(len(organs), func(i, j int) { organs[i], organs[j] = organs[j], organs[i] })
	for _, o := range organs {
		list := byOrgan[o]
		luck.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	}
	var out []Served
	for turn := 0; len(out) < min(wanted, len(pool)); turn++ {
		for _, o := range organs {
			if list := byOrgan[o]; turn < len(list) && len(out) < wanted {
				out = append(out, list[turn])
			}
		}
	}
	return out
}
