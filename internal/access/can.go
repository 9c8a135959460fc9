package access

import "slices"

// Grant is a role that somebody holds today on an organ and everything below it.
type Grant struct {
	Role  Role
	Organ int64
}

// Actor is who asks. The zero Actor is a visitor.
type Actor struct {
	Person int64
	Login  string
	Name   string
	Grants []Grant // those in force today
}

// Thing is what is asked for. Above holds its organ and every organ above it,
// as Tree.Above gives them; empty means the act is not about one organ's thing.
type Thing struct {
	Above   []int64
	Drafter string // login of who wrote it, "" when nobody did
	Owner   int64  // person whose own it is, for OwnAccount
}

// Roles are the roles an actor holds today, each once, in the order of the
// matrix; a visitor is a Visitor and a person without a grant a Citizen.
func (a Actor) Roles() []Role {
	if a.Person == 0 {
		return []Role{Visitor}
	}
	var out []Role
	for _, r := range StaffRoles {
		if slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.Role == r }) {
			out = append(out, r)
		}
	}
	if out == nil {
		return []Role{Citizen}
	}
	return out
}

// Can says whether the actor may do the act to the thing, and if not, why, in
// a Chinese sentence that tells nothing about the thing.
func Can(a Actor, act Act, t Thing) (ok bool, reason string) {
	line, known := ruleOf(act)
	if !known {
		return false, textNoSuchAct
	}
	if a.Person == 0 {
		return false, textSignInFirst
	}
	if act == OwnAccount {
		if t.Owner != 0 && t.Owner != a.Person {
			return false, textNotYours
		}
		return true, ""
	}
	role, here := false, false
	for _, g := range a.Grants {
		if slices.Contains(line.roles, g.Role) {
			role = true
			here = here || len(t.Above) == 0 || slices.Contains(t.Above, g.Organ)
		}
	}
	switch {
	case !role:
		return false, textNoRole
	case !here:
		return false, textOutOfScope
	case line.second && t.Drafter != "" && t.Drafter == a.Login:
		return false, textOwnDraft
	}
	return true, ""
}

// Holds lists the organs on which an actor holds a role that allows the act.
// The actor's reach is these organs and all below them.
func Holds(a Actor, act Act) []int64 {
	var out []int64
	for _, g := range a.Grants {
		if May(g.Role, act) && !slices.Contains(out, g.Organ) {
			out = append(out, g.Organ)
		}
	}
	return out
}
