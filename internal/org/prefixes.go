package org

import (
	"context"
	"database/sql"
	"errors"
	"regexp"
	"slices"
	"strings"

	"gongkai/internal/fault"
	"gongkai/internal/zh"
)

// prefixShape is one 机关代字, as 清政办发; the number itself does not belong to it.
var prefixShape = regexp.MustCompile(`^[\p{Han}A-Za-z]{1,20}$`)

// cleanPrefixes puts 、 between the codes of a field, each once.
func cleanPrefixes(s string) (string, error) {
	var out []string
	for _, p := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("、，,；; \u3000\r\n\t", r) }) {
		if !prefixShape.MatchString(p) {
			return "", fault.Field("org.cleanPrefixes", factPrefixes, textBadPrefix, p)
		}
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return strings.Join(out, "、"), nil
}

// Issuer is who issues a document, with the 机关代字 it is known to use.
type Issuer struct {
	Name     string
	Prefixes []string // none: nobody entered any
	// Foreign is the organ whose code the number bears, when another is known
	// to use it.
	Foreign string
}

// Issuer finds the organ that bears a name, or bore it, else the organ given,
// and says which codes are its own and whose the code asked about is.
func (r *Registry) Issuer(ctx context.Context, name string, organ int64, prefix string) (i Issuer, err error) {
	defer fault.Wrap(&err, "org.Issuer(%d)", organ)
	q := r.db.Reader()
	err = q.QueryRowContext(ctx, `SELECT organ_id FROM organ_names WHERE name_key = $1 ORDER BY alias, id LIMIT 1`, zh.TitleKey(name)).Scan(&organ)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return i, err
	}
	rows, err := q.QueryContext(ctx, `SELECT o.id, `+nameNow+`, o.doc_prefixes FROM organs o WHERE o.doc_prefixes <> '' ORDER BY o.position, o.id`)
	if err != nil {
		return i, err
	}
	return i, eachPrefixes(rows, func(id int64, bears string, codes []string) {
		switch {
		case id == organ:
			i.Name, i.Prefixes = bears, codes
		case i.Foreign == "" && slices.ContainsFunc(codes, func(c string) bool { return zh.TitleKey(c) == zh.TitleKey(prefix) }):
			i.Foreign = bears
		}
	})
}

func eachPrefixes(rows *sql.Rows, fn func(id int64, name string, codes []string)) error {
	defer rows.Close()
	for rows.Next() {
		var id int64
		var name, codes string
		if err := rows.Scan(&id, &name, &codes); err != nil {
			return err
		}
		fn(id, name, strings.Split(codes, "、"))
	}
	return rows.Err()
}
