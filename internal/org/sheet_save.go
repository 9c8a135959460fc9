package org

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sort"

	"gongkai/internal/fault"
)

// SheetOptions say how a table is taken in. Reach lists the codes of organs
// that the person may change; new organs stand below one of them.
type SheetOptions struct {
	By    By
	Whole bool // one faulty row keeps all out
	Dry   bool // look only: nothing is kept
	Reach map[string]bool
}

// SheetLine is what became, or would become, of a good row.
type SheetLine struct {
	Sheet string
	Row   int
	Name  string
	Deed  Deed // Added, Changed, or "" when nothing differs
}

// Words name what becomes of the row.
func (l SheetLine) Words() string {
	if l.Deed == "" {
		return "没有变化"
	}
	return l.Deed.Chinese()
}

// errRollBack ends a transaction of which nothing is to be kept.
var errRollBack = errors.New("nothing is kept")

// SaveSheets takes the rows of a table in: organs by their code, leaders by
// organ and name, units by organ and name. Nothing of a bad row is ever kept.
func (r *Registry) SaveSheets(ctx context.Context, rows []SheetRow, faults []SheetFault, opt SheetOptions) (lines []SheetLine, all []SheetFault, err error) {
	defer fault.Wrap(&err, "org.SaveSheets")
	err = r.db.Tx(ctx, func(tx *sql.Tx) error {
		lines, all = nil, slices.Clone(faults)
		s := &sheetSaver{tx: tx, r: r, opt: opt, fresh: map[string]bool{}}
		for _, row := range rows {
			line, err := s.row(ctx, row)
			if err == nil {
				lines = append(lines, line)
				continue
			}
			k := fault.KindOf(err)
			if k != fault.Invalid && k != fault.Conflict && k != fault.NotFound {
				return err
			}
			all = append(all, row.fault(fault.FieldOf(err), fault.Text(err)))
		}
		if opt.Dry || opt.Whole && len(all) > 0 {
			return errRollBack
		}
		return nil
	})
	place := func(sheet string) int {
		return slices.IndexFunc(sheetColumns, func(s struct {
			name   string
			needed int
			cols   []string
		}) bool {
			return s.name == sheet
		})
	}
	sort.SliceStable(all, func(i, j int) bool {
		if a, b := place(all[i].Sheet), place(all[j].Sheet); a != b {
			return a < b
		}
		return all[i].Row < all[j].Row
	})
	if errors.Is(err, errRollBack) {
		err = nil
		if !opt.Dry {
			lines = nil
		}
	}
	return lines, all, err
}

// sheetSaver is one table being taken in. fresh are the organs that it added.
type sheetSaver struct {
	tx    *sql.Tx
	r     *Registry
	opt   SheetOptions
	fresh map[string]bool
}

// row takes one row in inside a savepoint, so that one that fails half way
// leaves nothing.
func (s *sheetSaver) row(ctx context.Context, row SheetRow) (line SheetLine, err error) {
	if _, err := s.tx.ExecContext(ctx, `SAVEPOINT sheet_row`); err != nil {
		return line, err
	}
	line = SheetLine{Sheet: row.Sheet, Row: row.Row}
	switch row.Sheet {
	case sheetOrgans:
		line.Name, line.Deed, err = s.organ(ctx, row)
	case sheetLeaders:
		line.Name, line.Deed, err = s.leader(ctx, row)
	case sheetUnits:
		line.Name, line.Deed, err = s.unit(ctx, row)
	}
	if err == nil {
		_, err = s.tx.ExecContext(ctx, `RELEASE SAVEPOINT sheet_row`)
		return line, err
	}
	if _, e := s.tx.ExecContext(ctx, `ROLLBACK TO SAVEPOINT sheet_row`); e != nil {
		return line, errors.Join(err, e)
	}
	return line, err
}

func (s *sheetSaver) reach(code string) bool { return s.opt.Reach[code] || s.fresh[code] }

// within reads the organ of a row, which must be within reach; one that is not
// looks like one that does not exist.
func (s *sheetSaver) within(ctx context.Context, code, col string) (*Organ, error) {
	if code == "" {
		return nil, fault.Field("org.sheet", col, textSheetMissing, col)
	}
	if !s.reach(code) {
		return nil, fault.Field("org.sheet", col, textSheetReach, code)
	}
	o, err := InTx(ctx, s.tx, code)
	if err != nil {
		return nil, asField(err, col)
	}
	return o, nil
}

func (s *sheetSaver) organ(ctx context.Context, row SheetRow) (string, Deed, error) {
	code, name := row.cells[colCode], row.cells[colName]
	if !s.reach(code) {
		return s.newOrgan(ctx, row)
	}
	o, err := s.within(ctx, code, colCode)
	if err != nil {
		return name, "", err
	}
	if name != o.Name {
		return name, "", fault.Field("org.sheet", colName, textSheetRename, o.Name)
	}
	above := ""
	if n := len(o.Parents); n > 0 {
		above = o.Parents[n-1].Code
	}
	if p := row.cells[colParent]; p != "" && p != above {
		return name, "", fault.Field("org.sheet", colParent, textSheetMove)
	}
	f := row.facts(o.Facts())
	if f == o.Facts() {
		return name, "", nil
	}
	return name, Changed, SetFacts(ctx, s.tx, o, f, s.opt.By)
}

// facts puts the cells of the columns that the sheet has over what is known.
func (r SheetRow) facts(f Facts) Facts {
	for i := range factLimits {
		if v, ok := r.cells[factLimits[i].name]; ok {
			*factLimits[i].value(&f) = v
		}
	}
	return f
}

func (s *sheetSaver) newOrgan(ctx context.Context, row SheetRow) (string, Deed, error) {
	name, parent := row.cells[colName], row.cells[colParent]
	if _, err := s.within(ctx, parent, colParent); err != nil {
		return name, "", err
	}
	kind, ok := named(Kinds, row.cells[colKind], "other")
	if !ok {
		return name, "", fault.Field("org.sheet", colKind, textSheetChoice, colKind, row.cells[colKind])
	}
	level, ok := named(Levels, row.cells[colLevel], "")
	if !ok {
		return name, "", fault.Field("org.sheet", colLevel, textSheetChoice, colLevel, row.cells[colLevel])
	}
	f := row.facts(Facts{})
	seed := Seed{Code: row.cells[colCode], Kind: kind, Level: level, Region: row.cells[colRegion], Position: newPosition, CreditCode: f.CreditCode, Duties: f.Duties, Address: f.Address,
		Hours: f.Hours, Phone: f.Phone, Fax: f.Fax, Postcode: f.Postcode, Website: f.Website, Prefixes: f.Prefixes, Names: []NamePeriod{{Name: name, Short: row.cells[colShort]}}}
	if _, err := Add(ctx, s.tx, seed, parent, s.opt.By.On, s.opt.By); err != nil {
		return name, "", err
	}
	s.fresh[seed.Code] = true
	return name, Added, nil
}

func (s *sheetSaver) leader(ctx context.Context, row SheetRow) (string, Deed, error) {
	name := row.cells[colPerson]
	o, err := s.within(ctx, row.cells[colCode], colCode)
	if err != nil {
		return name, "", err
	}
	list, err := leaders(ctx, s.tx, `l.organ_id = $1 AND l.name = $2 AND l.gone = 0 AND l.term_to = '' ORDER BY l.id`, o.ID, name)
	if err != nil {
		return name, "", err
	}
	if len(list) > 1 {
		return name, "", fault.Field("org.sheet", colPerson, textSheetNamesake, name)
	}
	f := LeaderFacts{}
	if len(list) == 1 {
		f = list[0].LeaderFacts
	}
	f.Name = name
	for col, v := range map[string]*string{colPost: &f.Post, "分工": &f.Duties, "简历": &f.CV} {
		if x, ok := row.cells[col]; ok {
			*v = x
		}
	}
	if f.From, err = row.day(colFrom); err != nil {
		return name, "", err
	}
	if f.To, err = row.day(colTo); err != nil {
		return name, "", err
	}
	if len(list) == 0 {
		past, err := leaders(ctx, s.tx, `l.organ_id = $1 AND l.name = $2 AND l.post = $3 AND l.gone = 0 AND l.term_to <> '' AND l.term_to = $4 ORDER BY l.id`, o.ID, name, f.Post, f.To.String())
		if err != nil || len(past) > 0 {
			return name, "", err // the former term of an export
		}
		_, err = AddLeader(ctx, s.tx, o, f, s.opt.By)
		return name, Added, err
	}
	if f == list[0].LeaderFacts {
		return name, "", nil
	}
	return name, Changed, ChangeLeader(ctx, s.tx, o, &list[0], f, s.opt.By)
}

func (s *sheetSaver) unit(ctx context.Context, row SheetRow) (string, Deed, error) {
	name := row.cells[colName]
	o, err := s.within(ctx, row.cells[colCode], colCode)
	if err != nil {
		return name, "", err
	}
	list, err := units(ctx, s.tx, `u.organ_id = $1 AND u.name = $2 AND u.gone = 0 ORDER BY u.id`, o.ID, name)
	if err != nil {
		return name, "", err
	}
	f := UnitFacts{Kind: InnerUnit}
	if len(list) > 0 {
		f = list[0].UnitFacts
	}
	f.Name = name
	if k := row.cells[colKind]; k != "" {
		kind, ok := UnitKindNamed(k)
		if !ok {
			return name, "", fault.Field("org.sheet", colKind, textUnitKind)
		}
		f.Kind = kind
	}
	for col, v := range map[string]*string{"职责": &f.Duties, "负责人": &f.Head, "联系电话": &f.Phone, "办公地址": &f.Address, "办公时间": &f.Hours} {
		if x, ok := row.cells[col]; ok {
			*v = x
		}
	}
	if len(list) == 0 {
		_, err = AddUnit(ctx, s.tx, o, f, s.opt.By)
		return name, Added, err
	}
	if f == list[0].UnitFacts {
		return name, "", nil
	}
	return name, Changed, ChangeUnit(ctx, s.tx, o, &list[0], f, s.opt.By)
}

// Named is a code with its Chinese name.
type Named struct{ Code, Name string }

// Kinds are the kinds of organs with their names.
var Kinds = []Named{{"department", "部门"}, {"office", "办公机构"}, {"government", "政府"}, {"township", "乡镇"}, {"street", "街道"}, {"other", "其他"}}

// Levels are the levels of organs with their names.
var Levels = []Named{{"city", "市级"}, {"county", "县级"}, {"township", "乡级"}, {"province", "省级"}, {"national", "国家级"}}

// newPosition puts organs that people add behind those that came first.
const newPosition = 900

// named finds a code by its name; an empty name is other.
func named(list []Named, name, other string) (string, bool) {
	if name == "" {
		return other, true
	}
	for _, n := range list {
		if n.Name == name || n.Code == name {
			return n.Code, true
		}
	}
	return "", false
}

// name is the Chinese name of a code, or the code itself.
func nameOf(list []Named, code string) string {
	for _, n := range list {
		if n.Code == code {
			return n.Name
		}
	}
	return code
}

// SheetCount says in words what a table did or would do.
func SheetCount(lines []SheetLine) string {
	n := map[Deed]int{}
	for _, l := range lines {
		n[l.Deed]++
	}
	return fmt.Sprintf("新增 %d 项，修改 %d 项，没有变化 %d 项", n[Added], n[Changed], n[""])
}
