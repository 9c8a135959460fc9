package document

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
	"gongkai/internal/zh"
)

// Likeness is a published work that a document resembles, with the reason.
type Likeness struct {
	Work  int64
	Title string
	DocNo string
	Date  workday.Date
	Why   string // 标题相同 …
}

// judge says what a release of the item would do, and why a person must look.
// It reads only; the release judges again in its own transaction.
func (l *Library) judge(ctx context.Context, q store.Querier, it *DeskItem) error {
	it.State, it.Verdict, it.Reasons, it.Work, it.Label = ItemReady, VerdictNew, nil, 0, 0
	if twin, err := deskTwin(ctx, q, it); err != nil || twin != "" {
		it.doubt(VerdictUnchanged, twin)
		return err
	}
	if faults := it.Sheet.check(); len(faults) > 0 {
		for _, f := range faults {
			it.doubt(VerdictNew, f.Text)
		}
		return nil
	}
	c := it.content()
	p := &prepared{content: c, titleKey: zh.TitleKey(c.Title), chars: utf8.RuneCountInString(c.Text)}
	if c.DocNo != "" {
		p.docNoKey = zh.DocNumberKey(c.DocNo)
	}
	same, err := equalText(ctx, q, p)
	if err != nil {
		return err
	}
	if same.label != 0 {
		it.Work, it.Label = same.work, same.label
		it.doubt(VerdictUnchanged, fmt.Sprintf("库里的第 %d 号文件（第 %d 版）标题和正文与它完全相同，不用再公开。", same.work, same.label))
		return nil
	}
	if target := it.Sheet.number("work"); target != 0 {
		it.Verdict = VerdictEdition
		return l.judgeEdition(ctx, q, it, target)
	}
	likes, err := likenesses(ctx, q, p, 3)
	if err != nil {
		return err
	}
	if !it.Checked {
		for _, like := range likes {
			it.doubt(VerdictNew, fmt.Sprintf("库里有一份%s的文件：第 %d 号《%s》。它是新版本还是另一份文件，请选定。", like.Why, like.Work, like.Title))
		}
		for _, n := range it.Facts.Notes {
			it.doubt(VerdictNew, n)
		}
		if it.Facts.State == "partial" {
			it.doubt(VerdictNew, "正文没有读全，请对照原文件核对。")
		}
		if note := DocNoNote(c.DocNo); note != "" {
			it.doubt(VerdictNew, "发文字号“"+c.DocNo+"”："+note)
		}
	}
	return nil
}

func (it *DeskItem) doubt(v Verdict, why string) {
	it.Verdict = v
	if why != "" {
		it.State, it.Reasons = ItemDoubt, append(it.Reasons, why)
	}
}

// judgeEdition looks at a document that is to be a new edition of a work.
func (l *Library) judgeEdition(ctx context.Context, q store.Querier, it *DeskItem, target int64) error {
	id, err := internalID(ctx, q, target)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		it.doubt(VerdictEdition, fmt.Sprintf("没有公开编号为 %d 的文件，请核对“所属文件”。", target))
		return nil
	}
	if err != nil {
		return err
	}
	if note, err := labelTaken(ctx, q, id, int(it.Sheet.number("label"))); err != nil || note != "" {
		it.doubt(VerdictEdition, note)
		return err
	}
	return nil
}

// labelTaken says in plain words that a label of a work belongs to another text.
func labelTaken(ctx context.Context, q store.Querier, work int64, label int) (string, error) {
	if label == 0 {
		return "", nil
	}
	titles, err := strs(ctx, q, `SELECT title FROM editions WHERE work_id = $1 AND label = $2`, work, label)
	if err != nil || len(titles) == 0 {
		return "", err
	}
	name := "《" + clip(titles[0], 60) + "》"
	if titles[0] == "" {
		name = "一份已清除的文本"
	}
	return fmt.Sprintf("第 %d 版已经是%s。一个版本号只能属于一个文本：请换一个版本号，或者留空由系统排下一个。", label, name), nil
}

// deskTwin finds the same bytes: in the library, or earlier in the batch.
func deskTwin(ctx context.Context, q store.Querier, it *DeskItem) (string, error) {
	works, err := ids(ctx, q, `
		SELECT w.public_id FROM edition_files f JOIN editions e ON e.id = f.edition_id JOIN works w ON w.id = e.work_id
		WHERE f.sha256 = $1 AND f.role = 'source' AND e.state = 'published' AND w.public_id IS NOT NULL ORDER BY e.id LIMIT 1`, it.SHA256)
	if err != nil {
		return "", err
	}
	if len(works) > 0 {
		it.Work = works[0]
		return fmt.Sprintf("这个文件已经公开，是第 %d 号文件的原文件，不用再公开。", works[0]), nil
	}
	places, err := ids(ctx, q, `
		SELECT position FROM desk_items WHERE batch_id = $1 AND sha256 = $2 AND position < $3 AND state <> 'dropped' AND state <> 'failed' ORDER BY position LIMIT 1`,
		it.Batch, it.SHA256, it.Position)
	if err != nil || len(places) == 0 {
		return "", err
	}
	return fmt.Sprintf("和本批第 %d 个文件完全相同，只需公开一份。", places[0]), nil
}

type equal struct {
	work  int64
	label int
}

// equalText finds a published text with the same title, number and words.
func equalText(ctx context.Context, q store.Querier, p *prepared) (equal, error) {
	rows, err := q.QueryContext(ctx, `
		SELECT e.id, w.public_id, e.label, e.doc_no_key FROM editions e JOIN works w ON w.id = e.work_id
		WHERE e.title_key = $1 AND e.chars = $2 AND e.state = 'published' ORDER BY e.id LIMIT 20`, p.titleKey, p.chars)
	if err != nil {
		return equal{}, err
	}
	type found struct {
		id    int64
		at    equal
		docNo string
	}
	var list []found
	for rows.Next() {
		var f found
		if err := rows.Scan(&f.id, &f.at.work, &f.at.label, &f.docNo); err != nil {
			rows.Close()
			return equal{}, err
		}
		list = append(list, f)
	}
	if err := rows.Err(); err != nil {
		return equal{}, err
	}
	rows.Close()
	for _, f := range list {
		text, err := currentText(ctx, q, f.id)
		if err != nil {
			return equal{}, err
		}
		if text == p.content.Text && (f.docNo == "" || p.docNoKey == "" || f.docNo == p.docNoKey) {
			return f.at, nil
		}
	}
	return equal{}, nil
}

// likenesses lists works that share title, short title or number.
func likenesses(ctx context.Context, q store.Querier, p *prepared, limit int) ([]Likeness, error) {
	rows, err := q.QueryContext(ctx, `
		SELECT c.public_id, c.title, c.doc_no, c.date_on,
			MAX(CASE WHEN e.doc_no_key = $2 AND $2 <> '' THEN 4 WHEN e.title_key = $1 THEN 2 ELSE 1 END)
		FROM editions e JOIN work_cards c ON c.work_id = e.work_id
		WHERE e.state = 'published' AND (e.title_key = $1 OR e.short_key = $1 OR e.doc_no_key = $2 AND $2 <> '')
		GROUP BY c.public_id, c.title, c.doc_no, c.date_on ORDER BY 5 DESC, c.public_id LIMIT $3`, p.titleKey, p.docNoKey, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Likeness
	for rows.Next() {
		var x Likeness
		var date string
		var why int
		if err := rows.Scan(&x.Work, &x.Title, &x.DocNo, &date, &why); err != nil {
			return nil, err
		}
		x.Date = day(date)
		x.Why = map[int]string{4: "文号相同", 2: "标题相同", 1: "简称相同"}[why]
		out = append(out, x)
	}
	return out, rows.Err()
}

// DeskLikenesses suggests works of which an item may be a new edition.
func (l *Library) DeskLikenesses(ctx context.Context, it *DeskItem) (out []Likeness, err error) {
	defer fault.Wrap(&err, "document.DeskLikenesses(%d)", it.ID)
	p := &prepared{titleKey: zh.TitleKey(it.Sheet["title"])}
	if v := it.Sheet["doc_no"]; v != "" {
		p.docNoKey = zh.DocNumberKey(v)
	}
	if strings.TrimSpace(p.titleKey) == "" {
		return nil, nil
	}
	return likenesses(ctx, l.db.Reader(), p, 8)
}
