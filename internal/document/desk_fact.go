package document

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/publication"
	"gongkai/internal/workday"
)

// DeskFactKinds are the facts that people may state about a work, with their words.
var DeskFactKinds = []struct {
	Kind FactKind
	Name string
}{{FactRepealed, "废止"}, {FactRepealedPart, "部分废止"}, {FactExpired, "失效"}, {FactRestored, "恢复效力"}, {factRetracted, "撤销登记"}}

// FactName is the Chinese word of a fact.
func FactName(k FactKind) string {
	for _, x := range DeskFactKinds {
		if x.Kind == k {
			return x.Name
		}
	}
	switch k {
	case FactInForce:
		return "施行"
	case FactAmended:
		return "修改"
	case FactWithdrawn:
		return "撤下"
	}
	return string(k)
}

// FactEntry is a fact that a person states.
type FactEntry struct {
	Work       int64 // public id
	Kind       FactKind
	ValidOn    workday.Date // zero is 日期不详
	ByWork     int64        // public id of the deciding text, 0 when it is not in the library
	Authority  string       // who decided, when no text is named
	Reason     string
	Provisions string // 第十二条、第十三条, for a part repeal
	Supersedes int64  // id of the fact that it corrects, 0 when none
	Actor      string
	Token      string
}

// AddFact states a dated fact about a work. Nothing is overwritten: a
// correction supersedes the fact it corrects, which stays on record.
func (l *Library) AddFact(ctx context.Context, f FactEntry) (err error) {
	defer fault.Wrap(&err, "document.AddFact(%d, %s)", f.Work, f.Kind)
	bad := func(field, format string, args ...any) error {
		return fault.Field("document.AddFact", field, format, args...)
	}
	f.Authority, f.Reason = strings.TrimSpace(f.Authority), strings.TrimSpace(f.Reason)
	switch {
	case !slices.ContainsFunc(DeskFactKinds, func(x struct {
		Kind FactKind
		Name string
	}) bool {
		return x.Kind == f.Kind
	}):
		return bad("kind", "请选择要登记的效力变化。")
	case f.Kind == factRetracted && f.Supersedes == 0:
		return bad("supersedes", "撤销登记要选定撤销哪一条。")
	case f.Kind != factRetracted && f.ByWork == 0 && f.Authority == "":
		return bad("authority", "请写明由谁或哪份文件决定：填公开编号，或者写机关名称。")
	case f.Reason == "":
		return bad("reason", "请写明理由和依据。")
	case len([]rune(f.Reason)) > 500 || len([]rune(f.Authority)) > 200:
		return bad("reason", "理由最多 500 字，依据最多 200 字。")
	case f.Kind == FactRepealedPart && strings.TrimSpace(f.Provisions) == "":
		return bad("provisions", "部分废止要写明是哪几条，例如：第十二条、第十三条。")
	case f.ByWork == f.Work:
		return bad("by", "依据不能是这份文件自己。")
	}
	return l.db.Tx(ctx, func(tx *sql.Tx) error {
		_, _, err := once(ctx, tx, l.now(), f.Actor, f.Token, f, func() (string, error) { return "", l.insertDeskFact(ctx, tx, f) })
		return err
	})
}

func (l *Library) insertDeskFact(ctx context.Context, tx *sql.Tx, f FactEntry) error {
	work, err := internalID(ctx, tx, f.Work)
	if err != nil {
		return err
	}
	paths, err := l.provisionPaths(ctx, tx, work, f)
	if err != nil {
		return err
	}
	var by, earlier any
	label := 0
	if f.ByWork != 0 {
		var id int64
		err := tx.QueryRowContext(ctx, `SELECT work_id, title FROM work_cards WHERE public_id = $1`, f.ByWork).Scan(&id, &f.Authority)
		if errors.Is(err, sql.ErrNoRows) {
			return fault.Field("document.AddFact", "by", "没有公开编号为 %d 的文件。", f.ByWork)
		}
		if err != nil {
			return err
		}
		by = id
	}
	if f.Supersedes != 0 {
		if label, err = standingFact(ctx, tx, work, f.Supersedes); err != nil {
			return err
		}
		earlier = f.Supersedes
	}
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO work_facts (work_id, edition_label, kind, valid_on, recorded_at, authority, by_work_id, reason, provisions, supersedes)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		work, factLabel(f, label), string(f.Kind), f.ValidOn.String(), l.now().UnixMicro(), f.Authority, by, f.Reason, listText(paths), earlier); err != nil {
		return err
	}
	if err := audit.Record(ctx, tx, audit.Event{At: l.now(), Actor: f.Actor, Act: audit.Fact, Target: fmt.Sprintf("work:%d", f.Work), Outcome: audit.Done, Detail: FactName(f.Kind)}); err != nil {
		return err
	}
	_, err = l.logWork(ctx, tx, publication.Fact, work, f.Work, nil)
	return err
}

// factLabel keeps a retraction with the edition whose source stated the fact;
// what a person states is of the whole work.
func factLabel(f FactEntry, label int) int {
	if f.Kind == factRetracted {
		return label
	}
	return 0
}

// standingFact finds a fact that still counts, and the label it came with.
func standingFact(ctx context.Context, tx *sql.Tx, work, id int64) (label int, err error) {
	err = tx.QueryRowContext(ctx, `
		SELECT f.edition_label FROM work_facts f WHERE f.id = $1 AND f.work_id = $2 AND f.kind <> 'retracted'
			AND NOT EXISTS (SELECT 1 FROM work_facts later WHERE later.supersedes = f.id)`, id, work).Scan(&label)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, fault.New(fault.Conflict, "document.standingFact", "要更正的那条登记已经被别人更正过，请刷新页面后再看。")
	}
	return label, err
}

// provisionPaths turns 第十二条、第十三条 into the paths of the current text.
func (l *Library) provisionPaths(ctx context.Context, tx *sql.Tx, work int64, f FactEntry) ([]string, error) {
	if f.Kind != FactRepealedPart {
		return nil, nil
	}
	var edition int64
	if err := tx.QueryRowContext(ctx, `SELECT edition_id FROM work_cards WHERE work_id = $1`, work).Scan(&edition); err != nil {
		return nil, err
	}
	var out []string
	for _, name := range strings.FieldsFunc(f.Provisions, func(r rune) bool { return strings.ContainsRune("、，,；; \n\t", r) }) {
		paths, err := strs(ctx, tx, `SELECT path FROM provisions WHERE edition_id = $1 AND (label = $2 OR path = $2) ORDER BY position LIMIT 1`, edition, name)
		if err != nil {
			return nil, err
		}
		if len(paths) == 0 {
			return nil, fault.Field("document.AddFact", "provisions", "现行文本里没有“%s”。请照正文的写法填写，例如：第十二条、第十三条。", clip(name, 30))
		}
		out = append(out, paths[0])
	}
	return out, nil
}

// logWork logs an act about a work and rewrites its card, last in a transaction.
func (l *Library) logWork(ctx context.Context, tx *sql.Tx, act publication.Act, id, public int64, detail map[string]string) (seq int64, err error) {
	head, err := publication.LockHead(ctx, tx, l.db.Dialect)
	if err != nil {
		return 0, err
	}
	digests, err := digestsOf(ctx, tx, id, 0)
	if err != nil {
		return 0, err
	}
	if seq, err = head.Append(ctx, publication.Entry{At: l.now(), Act: act, WorkID: id, Work: public, Digests: digests, Detail: detail}); err != nil {
		return 0, err
	}
	if err := writeCard(ctx, tx, id, l.Today()); err != nil {
		return 0, err
	}
	return seq, head.Close(ctx)
}
