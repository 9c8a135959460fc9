package org

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/filestore"
	"gongkai/internal/store"
	"gongkai/internal/workday"
	"gongkai/internal/zh"
)

// Registry reads and writes organs.
type Registry struct {
	db    *store.DB
	files filestore.Store // pictures; nil where none are kept
	shelf shelf
}

// New opens the registry of a library.
func New(db *store.DB) *Registry { return &Registry{db: db} }

// Seed is an organ to be entered or kept as it is.
type Seed struct {
	Code, CreditCode, Kind, Level, Region string
	External                              bool
	Duties, Address, Hours, Phone         string
	Postcode, Fax, Website                string
	Prefixes                              string
	Position                              int
	Names                                 []NamePeriod
	Aliases                               []string // other spellings met in documents
	Parents                               []ParentPeriod
}

// ParentPeriod is an organ above another one; To is exclusive.
type ParentPeriod struct {
	Code string
	From workday.Date
	To   workday.Date
}

// Put enters an organ by its code; an organ that is there already is left alone.
func Put(ctx context.Context, tx *sql.Tx, s Seed, now time.Time) (id int64, err error) {
	defer fault.Wrap(&err, "org.Put(%s)", s.Code)
	err = tx.QueryRowContext(ctx, `SELECT id FROM organs WHERE code = $1`, s.Code).Scan(&id)
	if err == nil || !errors.Is(err, sql.ErrNoRows) {
		return id, err
	}
	if s.CreditCode != "" && !zh.ValidCreditCode(s.CreditCode) {
		return 0, fault.Field("org.Put", "credit_code", "统一社会信用代码“%s”的校验码不对，请核对（GB 32100）。", s.CreditCode)
	}
	if len(s.Names) == 0 {
		return 0, fault.Field("org.Put", "name", "机构没有名称。")
	}
	err = tx.QueryRowContext(ctx, `
		INSERT INTO organs (code, credit_code, kind, level, region, external, duties, address, hours, phone, fax, postcode, website, position, created_at, doc_prefixes)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) RETURNING id`,
		s.Code, s.CreditCode, s.Kind, s.Level, s.Region, boolInt(s.External), s.Duties, s.Address, s.Hours, s.Phone, s.Fax, s.Postcode, s.Website, s.Position, now.UnixMicro(), s.Prefixes).Scan(&id)
	if err != nil {
		return 0, err
	}
	for _, n := range s.Names {
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO organ_names (organ_id, name, short_name, name_key, valid_from, valid_to) VALUES ($1, $2, $3, $4, $5, $6)`,
			id, n.Name, n.Short, zh.TitleKey(n.Name), n.From.String(), n.To.String()); err != nil {
			return 0, err
		}
	}
	for _, a := range s.Aliases {
		if _, err := tx.ExecContext(ctx, `INSERT INTO organ_names (organ_id, name, name_key, alias) VALUES ($1, $2, $3, 1)`, id, a, zh.TitleKey(a)); err != nil {
			return 0, err
		}
	}
	for _, p := range s.Parents {
		if err := putParent(ctx, tx, id, p); err != nil {
			return 0, err
		}
	}
	return id, nil
}

func putParent(ctx context.Context, tx *sql.Tx, id int64, p ParentPeriod) error {
	parent, err := ByCode(ctx, tx, p.Code)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO organ_parents (organ_id, parent_id, valid_from, valid_to) VALUES ($1, $2, $3, $4)`,
		id, parent, p.From.String(), p.To.String())
	return err
}

// PutSuccession records that one organ took over from another. Entering the
// same succession again changes nothing.
func PutSuccession(ctx context.Context, tx *sql.Tx, from, to string, on workday.Date, reason string) (err error) {
	defer fault.Wrap(&err, "org.PutSuccession(%s, %s)", from, to)
	f, err := ByCode(ctx, tx, from)
	if err != nil {
		return err
	}
	t, err := ByCode(ctx, tx, to)
	if err != nil {
		return err
	}
	var n int
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM organ_successions WHERE from_organ = $1 AND to_organ = $2`, f, t).Scan(&n); err != nil || n > 0 {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO organ_successions (from_organ, to_organ, on_date, reason) VALUES ($1, $2, $3, $4)`, f, t, on.String(), reason)
	return err
}

// ByCode finds an organ's id.
func ByCode(ctx context.Context, q store.Querier, code string) (id int64, err error) {
	err = q.QueryRowContext(ctx, `SELECT id FROM organs WHERE code = $1`, code).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, fault.Newf(fault.NotFound, "org.ByCode("+code+")", "没有代码为“%s”的机构。", code)
	}
	return id, err
}

// Resolve finds the organ that bore a name on a day (any day when it is
// unknown), or enters it as an external issuing body: documents come from
// organs outside the tree, and none may be lost for that.
func Resolve(ctx context.Context, tx *sql.Tx, name string, on workday.Date, now time.Time) (id int64, err error) {
	defer fault.Wrap(&err, "org.Resolve(%s)", name)
	key := zh.TitleKey(name)
	day := on.String()
	err = tx.QueryRowContext(ctx, `
		SELECT organ_id FROM organ_names WHERE name_key = $1
		ORDER BY CASE WHEN $2 <> '' AND valid_from <= $2 AND (valid_to = '' OR valid_to > $2) THEN 0 ELSE 1 END, valid_from DESC, id
		LIMIT 1`, key, day).Scan(&id)
	if err == nil || !errors.Is(err, sql.ErrNoRows) {
		return id, err
	}
	return Put(ctx, tx, Seed{Code: externalCode(key), Kind: "external", External: true, Names: []NamePeriod{{Name: name}}}, now)
}

// externalCode gives an issuing body met in a document a code of its own that
// is the same in every library.
func externalCode(key string) string {
	sum := sha256.Sum256([]byte(key))
	return "x" + hex.EncodeToString(sum[:5])
}

// NameOn is the name an organ bore on a day, today's when the day is unknown.
func NameOn(names []NamePeriod, on workday.Date) string {
	name := ""
	for _, n := range names {
		if name == "" || on.IsZero() || !n.From.After(on) {
			name = n.Name
		}
	}
	return name
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
