// Package org holds the organs that bear the duties: their codes, and their
// names, parents and successors over time, their leaders, inner units and contact
// facts, with every change of these as a dated row.
package org

import "gongkai/internal/workday"

// NamePeriod is a name an organ bore; To is exclusive and zero while it lasts.
type NamePeriod struct {
	Name  string
	Short string
	From  workday.Date
	To    workday.Date
}

// Ref is an organ in a list.
type Ref struct {
	ID    int64
	Code  string
	Name  string // today
	Short string
	Kind  string
	Count int // published works it issued
}

// Succession says who took over from whom.
type Succession struct {
	From, To Ref
	On       workday.Date
	Reason   string
}

// Organ is one organ as its page shows it.
type Organ struct {
	Ref
	CreditCode string // 统一社会信用代码, may be ""
	Level      string
	Region     string
	External   bool // outside the tree: 国务院, another province
	Duties     string
	Address    string
	Hours      string
	Phone      string
	Fax        string
	Prefixes   string // 机关代字 with 、 between them
	Postcode   string
	Website    string
	Names      []NamePeriod // oldest first
	Parents    []Ref        // from the top down, today
	Children   []Ref
	Successors []Succession
	Former     []Succession
}

// Node is one organ of the tree with those below it.
type Node struct {
	Ref
	Children []Node
}
