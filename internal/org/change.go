package org

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/url"
	"regexp"
	"strings"

	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
	"gongkai/internal/zh"
)

// Facts are what may be corrected of an organ without changing its history.
type Facts struct {
	CreditCode, Duties, Address, Hours, Phone, Fax, Postcode, Website string
	Prefixes                                                          string // 机关代字 with 、 between them
}

// factPrefixes names the field of the codes before an organ's document numbers.
const factPrefixes = "发文机关代字"

// factLimits bound the facts, in runes.
var factLimits = []struct {
	name  string
	limit int
	value func(*Facts) *string
}{
	{"统一社会信用代码", 18, func(f *Facts) *string { return &f.CreditCode }},
	{"主要职责", 2000, func(f *Facts) *string { return &f.Duties }},
	{"办公地址", 120, func(f *Facts) *string { return &f.Address }},
	{"办公时间", 120, func(f *Facts) *string { return &f.Hours }},
	{"联系电话", 60, func(f *Facts) *string { return &f.Phone }},
	{"传真", 60, func(f *Facts) *string { return &f.Fax }},
	{"邮政编码", 10, func(f *Facts) *string { return &f.Postcode }},
	{"网址", 200, func(f *Facts) *string { return &f.Website }},
	{factPrefixes, 200, func(f *Facts) *string { return &f.Prefixes }},
}

// clean trims the facts and refuses what is too long or fails GB 32100 (F-04).
func (f *Facts) clean() error {
	for _, l := range factLimits {
		v := l.value(f)
		*v = strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(*v, ""), "\x00", ""))
		if len([]rune(*v)) > l.limit {
			return fault.Field("org.Facts", l.name, textFactLong, l.name, l.limit)
		}
	}
	var err error
	if f.Prefixes, err = cleanPrefixes(f.Prefixes); err != nil {
		return err
	}
	f.CreditCode = strings.ToUpper(f.CreditCode)
	if f.CreditCode != "" && !zh.ValidCreditCode(f.CreditCode) {
		return fault.Field("org.Facts", "统一社会信用代码", textBadCredit, f.CreditCode)
	}
	if f.Website != "" {
		if u, err := url.Parse(f.Website); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
			return fault.Field("org.Facts", "网址", textBadWebsite, f.Website)
		}
	}
	return nil
}

// Facts are the organ's facts as a form edits them.
func (o *Organ) Facts() Facts {
	return Facts{CreditCode: o.CreditCode, Duties: o.Duties, Address: o.Address, Hours: o.Hours, Phone: o.Phone, Fax: o.Fax, Postcode: o.Postcode, Website: o.Website, Prefixes: o.Prefixes}
}

// Stamp changes with every change of an organ's facts, names, parents or
// successors. A form carries the stamp it was made with, so that two people
// editing at once do not overwrite each other.
func (o *Organ) Stamp() string {
	type period struct{ A, B, C string }
	v := struct {
		F       Facts
		N, P, S []period
	}{F: o.Facts()}
	for _, n := range o.Names {
		v.N = append(v.N, period{n.Name + "\n" + n.Short, n.From.String(), n.To.String()})
	}
	for _, p := range o.Parents {
		v.P = append(v.P, period{A: p.Code})
	}
	for _, s := range o.Successors {
		v.S = append(v.S, period{s.To.Code, s.On.String(), s.Reason})
	}
	b, _ := json.Marshal(v) // strings always encode
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:12])
}

// Lock reads an organ for changing it and refuses when it is no longer the one
// the form was made from. Errors: NotFound, Conflict.
func Lock(ctx context.Context, tx *sql.Tx, d store.Dialect, code, stamp string) (o *Organ, err error) {
	defer fault.Wrap(&err, "org.Lock(%s)", code)
	id, err := ByCode(ctx, tx, code)
	if err != nil {
		return nil, err
	}
	if err := tx.QueryRowContext(ctx, `SELECT id FROM organs WHERE id = $1`+d.ForUpdate(), id).Scan(&id); err != nil {
		return nil, err
	}
	if o, err = organIn(ctx, tx, id); err != nil {
		return nil, err
	}
	if stamp != o.Stamp() {
		return nil, fault.New(fault.Conflict, "org.Lock", textOrganChanged)
	}
	return o, nil
}

// SetFacts corrects an organ's credit code, duties and contact facts.
func SetFacts(ctx context.Context, tx *sql.Tx, o *Organ, f Facts, by By) (err error) {
	defer fault.Wrap(&err, "org.SetFacts(%s)", o.Code)
	if err := f.clean(); err != nil {
		return err
	}
	if f == o.Facts() {
		return fault.New(fault.Invalid, "org.SetFacts", textSameFacts)
	}
	if err := creditFree(ctx, tx, f.CreditCode, o.ID); err != nil {
		return err
	}
	if err := writeFacts(ctx, tx, o.ID, f); err != nil {
		return err
	}
	return note(ctx, tx, o, WhatFacts, 0, Changed, o.Name, o.Facts(), f, by)
}

func writeFacts(ctx context.Context, tx *sql.Tx, id int64, f Facts) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE organs SET credit_code = $1, duties = $2, address = $3, hours = $4, phone = $5, fax = $6, postcode = $7, website = $8, doc_prefixes = $10 WHERE id = $9`,
		f.CreditCode, f.Duties, f.Address, f.Hours, f.Phone, f.Fax, f.Postcode, f.Website, id, f.Prefixes)
	return err
}

func creditFree(ctx context.Context, q store.Querier, code string, self int64) error {
	if code == "" {
		return nil
	}
	var name string
	err := q.QueryRowContext(ctx, `SELECT `+nameNow+` FROM organs o WHERE o.credit_code = $1 AND o.id <> $2 LIMIT 1`, code, self).Scan(&name)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return fault.Field("org.creditFree", "统一社会信用代码", textCreditTaken, code, name)
}

// Rename gives an organ a new name from a day on; documents before that day
// keep the old one.
func Rename(ctx context.Context, tx *sql.Tx, o *Organ, name, short string, from workday.Date, by By) (err error) {
	defer fault.Wrap(&err, "org.Rename(%s)", o.Code)
	if name, err = CleanName("新名称", name); err != nil {
		return err
	}
	if short != "" {
		if short, err = CleanName("简称", short); err != nil {
			return err
		}
	}
	if from.IsZero() {
		return fault.Field("org.Rename", "启用日期", textNeedDay, "启用日期")
	}
	if n := len(o.Names); n > 0 {
		last := o.Names[n-1]
		if last.Name == name && last.Short == short {
			return fault.Field("org.Rename", "新名称", textNameSame)
		}
		if !last.From.IsZero() && !from.After(last.From) {
			return fault.Field("org.Rename", "启用日期", textNameOrder, last.From.Chinese())
		}
		if _, err := tx.ExecContext(ctx, `UPDATE organ_names SET valid_to = $1 WHERE organ_id = $2 AND alias = 0 AND valid_to = ''`, from.String(), o.ID); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO organ_names (organ_id, name, short_name, name_key, valid_from) VALUES ($1, $2, $3, $4, $5)`,
		o.ID, name, short, zh.TitleKey(name), from.String())
	if err != nil {
		return err
	}
	return note(ctx, tx, o, WhatName, 0, Changed, name, o.Name, name, by.since(from))
}

// since dates a change by the day from which it counts; one that is entered
// before that day has not happened later than today.
func (by By) since(d workday.Date) By {
	if today := workday.DateOf(by.Now); d.After(today) {
		d = today
	}
	by.On = d
	return by
}

// Move puts an organ under another one from a day on.
func Move(ctx context.Context, tx *sql.Tx, o *Organ, parent string, from workday.Date, by By) (err error) {
	defer fault.Wrap(&err, "org.Move(%s, %s)", o.Code, parent)
	if from.IsZero() {
		return fault.Field("org.Move", "开始日期", textNeedDay, "开始日期")
	}
	to, err := ByCode(ctx, tx, parent)
	if err != nil {
		return asField(err, "上级机构")
	}
	if len(o.Parents) > 0 && o.Parents[len(o.Parents)-1].ID == to {
		return fault.Field("org.Move", "上级机构", textParentSame)
	}
	if inside, err := under(ctx, tx, to, o.ID); err != nil || inside {
		return orFault(err, fault.Field("org.Move", "上级机构", textParentSelf))
	}
	var since string
	err = tx.QueryRowContext(ctx, `SELECT valid_from FROM organ_parents WHERE organ_id = $1 AND valid_to = '' ORDER BY id LIMIT 1`, o.ID).Scan(&since)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if d := day(since); !d.IsZero() && !from.After(d) {
		return fault.Field("org.Move", "开始日期", textParentOrder, d.Chinese())
	}
	if _, err := tx.ExecContext(ctx, `UPDATE organ_parents SET valid_to = $1 WHERE organ_id = $2 AND valid_to = ''`, from.String(), o.ID); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO organ_parents (organ_id, parent_id, valid_from) VALUES ($1, $2, $3)`, o.ID, to, from.String())
	if err != nil {
		return err
	}
	above := ""
	if n := len(o.Parents); n > 0 {
		above = o.Parents[n-1].Code
	}
	return note(ctx, tx, o, WhatParent, 0, Changed, o.Name, above, parent, by.since(from))
}

// Merge records that an organ was taken over by another one on a day, with the
// ground for it. The merged organ leaves the tree; its documents keep its name.
func Merge(ctx context.Context, tx *sql.Tx, o *Organ, into string, on workday.Date, reason string, by By) (err error) {
	defer fault.Wrap(&err, "org.Merge(%s, %s)", o.Code, into)
	if len(o.Successors) > 0 {
		return fault.Field("org.Merge", "并入机构", textMergeDone, o.Successors[0].To.Name)
	}
	if on.IsZero() {
		return fault.Field("org.Merge", "并入日期", textNeedDay, "并入日期")
	}
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return fault.Field("org.Merge", "依据", textMergeReason)
	}
	if len([]rune(reason)) > 200 {
		return fault.Field("org.Merge", "依据", textFactLong, "依据", 200)
	}
	to, err := ByCode(ctx, tx, into)
	if err != nil {
		return asField(err, "并入机构")
	}
	if inside, err := under(ctx, tx, to, o.ID); err != nil || inside {
		return orFault(err, fault.Field("org.Merge", "并入机构", textMergeSelf))
	}
	if err := PutSuccession(ctx, tx, o.Code, into, on, reason); err != nil {
		return err
	}
	return note(ctx, tx, o, WhatMerge, 0, Changed, o.Name, nil, into, by.since(on))
}

var codeShape = regexp.MustCompile(`^[a-z][a-z0-9-]{1,39}$`)

// Add enters a new organ below another one, checking everything a form may get
// wrong. parent "" makes a top organ.
func Add(ctx context.Context, tx *sql.Tx, s Seed, parent string, from workday.Date, by By) (id int64, err error) {
	defer fault.Wrap(&err, "org.Add(%s)", s.Code)
	if !codeShape.MatchString(s.Code) {
		return 0, fault.Field("org.Add", "机构代码", textBadCode)
	}
	if _, err := ByCode(ctx, tx, s.Code); err == nil {
		return 0, fault.Field("org.Add", "机构代码", textCodeTaken, s.Code)
	} else if fault.KindOf(err) != fault.NotFound {
		return 0, err
	}
	f := Facts{CreditCode: s.CreditCode, Duties: s.Duties, Address: s.Address, Hours: s.Hours, Phone: s.Phone, Fax: s.Fax, Postcode: s.Postcode, Website: s.Website, Prefixes: s.Prefixes}
	if err := f.clean(); err != nil {
		return 0, err
	}
	if err := creditFree(ctx, tx, f.CreditCode, 0); err != nil {
		return 0, err
	}
	s.CreditCode, s.Duties, s.Address, s.Hours, s.Phone, s.Fax, s.Postcode, s.Website, s.Prefixes = f.CreditCode, f.Duties, f.Address, f.Hours, f.Phone, f.Fax, f.Postcode, f.Website, f.Prefixes
	for i := range s.Names {
		if s.Names[i].Name, err = CleanName("名称", s.Names[i].Name); err != nil {
			return 0, err
		}
	}
	if parent != "" {
		if _, err := ByCode(ctx, tx, parent); err != nil {
			return 0, asField(err, "上级机构")
		}
		s.Parents = []ParentPeriod{{Code: parent, From: from}}
	}
	if id, err = Put(ctx, tx, s, by.Now); err != nil {
		return 0, err
	}
	o := &Organ{Ref: Ref{ID: id, Code: s.Code}}
	if len(s.Names) > 0 {
		o.Name = s.Names[len(s.Names)-1].Name
	}
	return id, note(ctx, tx, o, WhatOrgan, 0, Added, o.Name, nil, f, by)
}

// under reports whether an organ is another one or stands below it today.
func under(ctx context.Context, q store.Querier, id, top int64) (bool, error) {
	if id == top {
		return true, nil
	}
	above, err := parents(ctx, q, id)
	for _, p := range above {
		if p.ID == top {
			return true, nil
		}
	}
	return false, err
}

// asField turns an unknown code in a form into an error of its field.
func asField(err error, field string) error {
	if fault.KindOf(err) != fault.NotFound {
		return err
	}
	return fault.Field("org.asField", field, "%s", fault.Text(err))
}

func orFault(err error, f *fault.Error) error {
	if err != nil {
		return err
	}
	return f
}

// InTx reads an organ in the caller's transaction: what Lock and changes need of
// it. Errors: NotFound.
func InTx(ctx context.Context, tx *sql.Tx, code string) (_ *Organ, err error) {
	defer fault.Wrap(&err, "org.InTx(%s)", code)
	id, err := ByCode(ctx, tx, code)
	if err != nil {
		return nil, err
	}
	return organIn(ctx, tx, id)
}

// organIn reads what Lock needs of an organ, in the caller's transaction.
func organIn(ctx context.Context, q store.Querier, id int64) (*Organ, error) {
	o := &Organ{}
	err := q.QueryRowContext(ctx, `
		SELECT o.id, o.code, `+nameNow+`, o.kind, o.credit_code, o.level, o.region, o.duties, o.address, o.hours, o.phone, o.fax, o.postcode, o.website, o.doc_prefixes
		FROM organs o WHERE o.id = $1`, id).
		Scan(&o.ID, &o.Code, &o.Name, &o.Kind, &o.CreditCode, &o.Level, &o.Region, &o.Duties, &o.Address, &o.Hours, &o.Phone, &o.Fax, &o.Postcode, &o.Website, &o.Prefixes)
	if err != nil {
		return nil, err
	}
	if o.Names, err = names(ctx, q, id); err != nil {
		return nil, err
	}
	if o.Parents, err = parents(ctx, q, id); err != nil {
		return nil, err
	}
	o.Successors, err = successions(ctx, q, `s.from_organ = $1`, id)
	return o, err
}
