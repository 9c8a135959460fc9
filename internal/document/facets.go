package document

import (
	"cmp"
	"context"
	"slices"

	"gongkai/internal/store"
)

// facets are the choices of a list, in their order on the page: how many values
// it shows, and whether the newest come first instead of the most.
var facets = []struct {
	name   string
	limit  int
	newest bool
}{
	{"validity", 10, false}, {"kind", 12, false}, {"region", 12, false}, {"organ", 10, false}, {"topic", 12, false}, {"year", 12, true},
}

// choice is a filter made ready to be put to cells: organ codes and the column
// as ids.
type choice struct {
	Filter
	organs  []int64 // nil when no organ is chosen
	columns []int64 // the column and all below it
}

// refuses tells which facets keep a cell out: none, one (which is then left out
// of its own counts) or two and more. A bit a facet, in the order of facets.
func (c *choice) refuses(x *cell) (bits uint) {
	for i, one := range []struct {
		values []string
		value  string
	}{{c.Validity, x.key.validity}, {c.Kind, x.key.kind}, {c.Region, regionValue(x.key.region)}, {nil, ""}, {c.Topic, x.key.topic}, {c.Year, x.key.year}} {
		if len(one.values) > 0 && !slices.Contains(one.values, one.value) {
			bits |= 1 << i
		}
	}
	if c.organs != nil && !meet(c.organs, x.organs) {
		bits |= 1 << organFacet
	}
	return bits
}

const organFacet = 3

func regionValue(region string) string {
	if region == "" {
		return National
	}
	return region
}

func meet(a, b []int64) bool {
	return slices.ContainsFunc(a, func(id int64) bool { return slices.Contains(b, id) })
}

// counted is what a filter finds.
type counted struct {
	total  int
	pass   []bool           // by index of the census's cells
	values []map[string]int // by facet, under the other choices; organs are not here
	organs map[int64]int
	first  string // newest and oldest year with a match
	last   string
}

// count puts a filter to every cell at once. works gives the number of works of
// a cell that are looked at: all, or those that hold the words.
func (c *choice) count(all *census, works func(i int) int) *counted {
	out := &counted{pass: make([]bool, len(all.cells)), values: make([]map[string]int, len(facets)), organs: map[int64]int{}}
	for i := range out.values {
		out.values[i] = map[string]int{}
	}
	for i := range all.cells {
		x := &all.cells[i]
		n := works(i)
		if n == 0 || c.columns != nil && !meet(c.columns, x.columns) {
			continue
		}
		bits := c.refuses(x)
		if bits == 0 {
			out.pass[i] = true
			if out.total == 0 || x.key.year > out.first {
				out.first = x.key.year
			}
			if out.total == 0 || x.key.year < out.last {
				out.last = x.key.year
			}
			out.total += n
		}
		for f, value := range []string{x.key.validity, x.key.kind, regionValue(x.key.region), "", x.key.topic, x.key.year} {
			if bits&^(1<<f) == 0 && value != "" {
				out.values[f][value] += n
			}
		}
		if bits&^(1<<organFacet) == 0 {
			for _, id := range x.organs {
				out.organs[id] += n
			}
		}
	}
	return out
}

// list writes the counts as a page shows them.
func (c *choice) list(ctx context.Context, q store.Querier, n *counted) ([]Facet, error) {
	out := make([]Facet, len(facets))
	for i, d := range facets {
		var values []FacetValue
		for v, count := range n.values[i] {
			label := v
			if d.name == "region" && v == National {
				label = "全国"
			}
			values = append(values, FacetValue{Value: v, Label: label, Count: count})
		}
		if i == organFacet {
			var err error
			if values, err = organValues(ctx, q, n.organs); err != nil {
				return nil, err
			}
		}
		slices.SortFunc(values, func(a, b FacetValue) int {
			if d.newest {
				return cmp.Compare(b.Value, a.Value)
			}
			return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
		})
		out[i].Name = d.name
		for _, v := range values {
			if len(out[i].Values) < d.limit || chosen(c.Filter, d.name, v.Value) {
				out[i].Values = append(out[i].Values, v)
			} else {
				out[i].More++
			}
		}
	}
	return out, nil
}

// organValues names the organs that were counted; one without a name today is
// no choice.
func organValues(ctx context.Context, q store.Querier, counts map[int64]int) ([]FacetValue, error) {
	if len(counts) == 0 {
		return nil, nil
	}
	rows, err := q.QueryContext(ctx, `
		SELECT o.id, o.code, MAX(n.name) FROM organs o JOIN organ_names n ON n.organ_id = o.id WHERE n.valid_to = '' AND n.alias = 0 GROUP BY o.id, o.code`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []FacetValue
	for rows.Next() {
		var id int64
		var v FacetValue
		if err := rows.Scan(&id, &v.Value, &v.Label); err != nil {
			return nil, err
		}
		if v.Count = counts[id]; v.Count > 0 {
			out = append(out, v)
		}
	}
	return out, rows.Err()
}

func chosen(f Filter, facet, value string) bool {
	for _, v := range map[string][]string{"validity": f.Validity, "kind": f.Kind, "region": f.Region, "organ": f.Organ, "topic": f.Topic, "year": f.Year}[facet] {
		if v == value {
			return true
		}
	}
	return false
}
