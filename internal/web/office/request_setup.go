package office

import (
	"gongkai/internal/access"
	"gongkai/internal/org"
)

// setupOrgan is the organ whose settings a page shows: the one named, or the
// only one in the caller's reach. Id 0 means that one is still to be chosen
// from pick; current shows which one it is.
func (o *Office) setupOrgan(c *call, named string) (id int64, current option, pick []option, err error) {
	pick, err = o.requestOrgans(c, access.ApproveExtension)
	if err != nil {
		return 0, current, nil, err
	}
	if named == "" && len(pick) == 1 {
		named = pick[0].Value
	}
	if named == "" {
		return 0, current, pick, nil
	}
	if id, err = org.ByCode(c.ctx(), o.deps.DB.Reader(), named); err != nil {
		return 0, current, nil, err
	}
	if err = o.may(c, access.ApproveExtension, id); err != nil {
		return 0, current, nil, err
	}
	for i := range pick {
		if pick[i].Value == named {
			pick[i].Chosen, current = true, pick[i]
		}
	}
	return id, current, pick, nil
}
