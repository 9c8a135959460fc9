package document

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
	"gongkai/internal/zh"
)

// Citation is a document, or a provision of one, that a text names.
type Citation struct {
	Title string // without marks; "" when only the number is named
	DocNo string
	Path  string       // of the provision: a12; "" for the whole
	On    workday.Date // zero is today
}

// CitedWork is what the library holds of a citation, on its day.
type CitedWork struct {
	Work      int64 // public id
	Title     string
	DocNo     string
	Validity  Validity // "" when the work cannot be dated, or before its first text
	Since     workday.Date
	Provision bool   // the named provision stands in the text of that day
	Text      string // its words
}

// FindCited finds a cited document among the published ones, by its number
// first, else by its title or short title. It gives nil without error when the
// library holds no such document, or several, so that nobody is accused by a
// guess.
func (l *Library) FindCited(ctx context.Context, c Citation) (out *CitedWork, err error) {
	defer fault.Wrap(&err, "document.FindCited(%s, %s)", c.DocNo, c.Title)
	if c.On.IsZero() {
		c.On = l.Today()
	}
	err = l.db.Snapshot(ctx, func(q *sql.Tx) error {
		id, err := citedWork(ctx, q, c)
		if err != nil || id == 0 {
			return err
		}
		out, err = l.citedOn(ctx, q, id, c)
		return err
	})
	return out, err
}

func citedWork(ctx context.Context, q store.Querier, c Citation) (int64, error) {
	if key := zh.DocNumberKey(c.DocNo); key != "" {
		found := map[string]int64{}
		if err := resolveBy(ctx, q, "doc_no_key", "$1", []any{key}, found); err != nil {
			return 0, err
		}
		if id := found[key]; id > 0 {
			return id, nil
		}
		if c.Title == "" {
			return 0, nil
		}
	}
	key := zh.TitleKey(c.Title)
	if key == "" {
		return 0, nil
	}
	found, err := resolve(ctx, q, []citation{{key: key}})
	return found[key], err
}

func (l *Library) citedOn(ctx context.Context, q store.Querier, id int64, c Citation) (*CitedWork, error) {
	out := &CitedWork{}
	err := q.QueryRowContext(ctx, `SELECT public_id, title, doc_no FROM work_cards WHERE work_id = $1`, id).Scan(&out.Work, &out.Title, &out.DocNo)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	eds, err := loadEditions(ctx, q, id)
	if err != nil {
		return nil, err
	}
	facts, err := loadFacts(ctx, q, id)
	if err != nil {
		return nil, err
	}
	s := stateOn(eds, facts, c.On, true)
	if s.edition < 0 {
		return out, nil
	}
	out.Validity, out.Since = s.validity, s.since
	if c.Path == "" {
		return out, nil
	}
	provisions, err := loadProvisions(ctx, q, eds[s.edition].ID)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(provisions, func(p Provision) bool { return p.Path == c.Path })
	if i < 0 || slices.Contains(s.dead, c.Path) {
		return out, nil
	}
	text, err := currentText(ctx, q, eds[s.edition].ID)
	if err != nil {
		return nil, err
	}
	out.Provision, out.Text = true, string([]rune(text)[provisions[i].Start:provisions[i].End])
	return out, nil
}
