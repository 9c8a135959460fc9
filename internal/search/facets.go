package search

import (
	"cmp"
	"slices"
	"strconv"
)

// admits applies the filters of a query to a text that counts on its day.
func (q *Query) admits(e *edition, validity string) bool {
	region := e.region
	if region == "" {
		region = NationalRegion
	}
	return (!q.National || region == NationalRegion) &&
		(!q.Current || validity == "有效" || validity == "部分失效") &&
		oneOf(q.Kinds, e.kind) && oneOf(q.Regions, region) && oneOf(q.Organs, e.organ) && oneOf(q.Validity, validity) &&
		(q.From.IsZero() || !e.date.IsZero() && !e.date.Before(q.From)) &&
		(q.To.IsZero() || !e.date.IsZero() && !e.date.After(q.To))
}

// admitsAll reports a query without filters.
func (q *Query) admitsAll() bool {
	return !q.National && !q.Current && len(q.Kinds)+len(q.Regions)+len(q.Organs)+len(q.Validity) == 0 && q.From.IsZero() && q.To.IsZero()
}

func oneOf(allowed []string, value string) bool {
	return len(allowed) == 0 || slices.Contains(allowed, value)
}

// countFacets counts candidates; each is a hit of the whole answer.
func countFacets(found []candidate) *Facets {
	kind, validity, region, year, organ := map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	for _, c := range found {
		kind[c.ed.kind]++
		validity[c.valid]++
		organ[c.ed.organ]++
		if c.ed.region == "" {
			region[NationalRegion]++
		} else {
			region[c.ed.region]++
		}
		if !c.ed.date.IsZero() {
			year[strconv.Itoa(c.ed.date.Year)]++
		}
	}
	f := &Facets{Kind: facetList(kind), Validity: facetList(validity), Region: facetList(region), Year: facetList(year), Organ: facetList(organ)}
	slices.SortFunc(f.Year, func(a, b Facet) int { return cmp.Compare(b.Value, a.Value) })
	return f
}

func facetList(counts map[string]int) []Facet {
	out := make([]Facet, 0, len(counts))
	for v, n := range counts {
		if v != "" {
			out = append(out, Facet{v, n})
		}
	}
	slices.SortFunc(out, func(a, b Facet) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value)) })
	return out
}

// order gives the comparison that a query asks for; a whole name stays first
// only where relevance orders.
func (q *Query) order() func(a, b candidate) int {
	sign := 1
	switch q.Sort {
	case SortNewest:
		sign = -1
	case SortOldest:
	default:
		return better
	}
	return func(a, b candidate) int {
		if a.ed.date.IsZero() != b.ed.date.IsZero() {
			if a.ed.date.IsZero() {
				return 1
			}
			return -1
		}
		return cmp.Or(sign*a.ed.date.Compare(b.ed.date), better(a, b))
	}
}
