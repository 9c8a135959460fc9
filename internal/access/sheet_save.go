package access

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sort"
	"strings"

	"gongkai/internal/audit"
	"gongkai/internal/fault"
)

// Saved is a person who came in from a table, with the password for the first
// sign-in, which is shown once.
type Saved struct {
	Row      int
	Login    string
	Name     string
	Password string
}

// errWhole ends a transaction of which nothing may be kept.
var errWhole = errors.New("some rows are at fault")

// SaveSheet enters the people of a table. With whole, one faulty row keeps all
// out; without, each good row is saved and each bad one named. Faults found
// while reading are handed in and come back with those found here, in the
// order of rows. Nothing of a bad row is ever saved.
func (s *Service) SaveSheet(ctx context.Context, a Actor, rows []SheetRow, faults []SheetFault, whole bool) (saved []Saved, all []SheetFault, err error) {
	defer fault.Wrap(&err, "access.SaveSheet")
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, nil, err
	}
	w := by{actor: a, tree: tree}
	type secret struct{ hash, password string }
	secrets := make([]secret, len(rows))
	if len(faults) == 0 || !whole {
		for i := range rows { // outside the transaction, because hashing takes time
			if secrets[i].hash, secrets[i].password, _, err = s.firstPassword(ctx, ""); err != nil {
				return nil, nil, err
			}
		}
	}
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		saved, all = nil, append([]SheetFault(nil), faults...)
		for i, r := range rows {
			f, err := s.saveRow(ctx, tx, w, r, secrets[i].hash)
			if err != nil {
				return err
			}
			if f != nil {
				all = append(all, *f)
				continue
			}
			saved = append(saved, Saved{r.Row, r.Person.Login, r.Person.Name, secrets[i].password})
		}
		if whole && len(all) > 0 {
			return errWhole
		}
		return audit.Record(ctx, tx, s.event(a, audit.Configure, "people", audit.Done, fmt.Sprintf(textSheetAudit, len(saved), len(all))))
	})
	sort.SliceStable(all, func(i, j int) bool { return all[i].Row < all[j].Row })
	if errors.Is(err, errWhole) {
		return nil, all, nil
	}
	if err != nil {
		return nil, nil, err
	}
	return saved, all, nil
}

// saveRow enters one person inside a savepoint, so that a row that fails half
// way leaves nothing.
func (s *Service) saveRow(ctx context.Context, tx *sql.Tx, w by, r SheetRow, hash string) (*SheetFault, error) {
	if _, err := tx.ExecContext(ctx, `SAVEPOINT sheet_row`); err != nil {
		return nil, err
	}
	err := s.addIn(ctx, tx, w, r.Person, hash, true)
	if err == nil {
		_, err = tx.ExecContext(ctx, `RELEASE SAVEPOINT sheet_row`)
		return nil, err
	}
	if k := fault.KindOf(err); k != fault.Invalid && k != fault.Conflict {
		return nil, err
	}
	if _, e := tx.ExecContext(ctx, `ROLLBACK TO SAVEPOINT sheet_row`); e != nil {
		return nil, errors.Join(err, e)
	}
	field := fault.FieldOf(err)
	if field == fieldOrgan {
		field = colOrgan
	}
	return &SheetFault{Row: r.Row, Field: field, Text: fault.Text(err)}, nil
}

// Where names the place of a fault for people: 第 12 行 C 列“单位代码”.
func (f SheetFault) Where() string {
	var b strings.Builder
	fmt.Fprintf(&b, "第 %d 行", f.Row)
	if f.Column != "" {
		b.WriteString(" " + f.Column + " 列")
	}
	if f.Field != "" {
		b.WriteString("“" + f.Field + "”")
	}
	return b.String()
}
