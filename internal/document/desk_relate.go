package document

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/publication"
)

// SetRelation is a link from an edition to a work to be added or removed.
type SetRelation struct {
	Work   int64 // public id of the citing work
	Label  int
	Kind   RelationKind
	To     int64 // public id
	Remove bool
	Actor  string
	Token  string
}

// ManualRelations lists the links of an edition that people set; those that
// follow from its words cannot be removed by hand.
func (l *Library) ManualRelations(ctx context.Context, work int64, label int) (out []Relation, err error) {
	defer fault.Wrap(&err, "document.ManualRelations(%d, %d)", work, label)
	rows, err := l.db.Reader().QueryContext(ctx, `
		SELECT r.kind, r.to_title, COALESCE(c.public_id, 0), COALESCE(c.title, '') FROM relations r
		JOIN editions e ON e.id = r.edition_id JOIN works w ON w.id = e.work_id LEFT JOIN work_cards c ON c.work_id = r.to_work_id
		WHERE w.public_id = $1 AND e.label = $2 AND r.basis = 'manual' ORDER BY r.position`, work, label)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var r Relation
		if err := rows.Scan(&r.Kind, &r.Title, &r.Work, &r.Current); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// Relate adds or removes a link, with its audit and log rows.
func (l *Library) Relate(ctx context.Context, r SetRelation) (err error) {
	defer fault.Wrap(&err, "document.Relate(%d, %s, %d)", r.Work, r.Kind, r.To)
	if !slices.Contains(RelationKinds, r.Kind) {
		return fault.Field("document.Relate", "kind", "请选择一种关系。")
	}
	if r.To == 0 || r.To == r.Work {
		return fault.Field("document.Relate", "to", "请填写另一份文件的公开编号，例如 12。")
	}
	return l.db.Tx(ctx, func(tx *sql.Tx) error {
		_, _, err := once(ctx, tx, l.now(), r.Actor, r.Token, r, func() (string, error) { return "", l.relate(ctx, tx, r) })
		return err
	})
}

func (l *Library) relate(ctx context.Context, tx *sql.Tx, r SetRelation) error {
	x, err := publishedEdition(ctx, tx, r.Work, r.Label, l.db.Dialect.ForUpdate())
	if err != nil {
		return err
	}
	to, err := internalID(ctx, tx, r.To)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return fault.Field("document.Relate", "to", "没有公开编号为 %d 的文件。", r.To)
	}
	if err != nil {
		return err
	}
	there, err := strs(ctx, tx, `SELECT basis FROM relations WHERE edition_id = $1 AND kind = $2 AND to_work_id = $3 ORDER BY basis`, x.editionID, string(r.Kind), to)
	if err != nil {
		return err
	}
	words := "增加关联：" + r.Kind.Chinese()
	switch {
	case r.Remove && !slices.Contains(there, "manual"):
		return fault.New(fault.Conflict, "document.Relate", "这条关联已经不在了，或者来自正文，不能删除。")
	case r.Remove:
		words = "删除关联：" + r.Kind.Chinese()
		_, err = tx.ExecContext(ctx, `DELETE FROM relations WHERE edition_id = $1 AND kind = $2 AND to_work_id = $3 AND basis = 'manual'`, x.editionID, string(r.Kind), to)
	case len(there) > 0:
		return fault.Field("document.Relate", "to", "这条关联已经有了，不用再加。")
	default:
		err = insertManual(ctx, tx, x.editionID, DeskRelation{r.Kind, r.To})
	}
	if err != nil {
		return err
	}
	if err := audit.Record(ctx, tx, audit.Event{At: l.now(), Actor: r.Actor, Act: audit.Amend, Target: fmt.Sprintf("work:%d edition:%d", r.Work, r.Label), Outcome: audit.Done,
		Detail: fmt.Sprintf("%s 第 %d 号文件", words, r.To)}); err != nil {
		return err
	}
	_, err = l.logWork(ctx, tx, publication.Update, x.workID, r.Work, nil)
	return err
}
