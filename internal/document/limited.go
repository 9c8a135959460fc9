package document

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/filestore"
	"gongkai/internal/publication"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// A text for a limited audience is no work of the public library: it has
// no public id, no list line and no place in the index. It is named by a
// negative number, so that no public address can ever mean it.

// limitedSource is the source under which tombstones of such texts stand.
const limitedSource = "limited"

// maxAudience bounds the words for whom a text is meant, in runes.
const maxAudience = 200

// IsLimited reports that a number of Issue names a text for a limited audience.
func IsLimited(work int64) bool { return work < 0 }

// The acts of limited_acts.
const (
	limitedIssue    = "issue"
	limitedWithdraw = "withdraw"
	limitedRestore  = "restore"
	limitedExpunge  = "expunge"
)

// limitedAct is a row of limited_acts; its JSON is what the log commits to.
type limitedAct struct {
	Limited  int64  `json:"limited"`
	Act      string `json:"act"`
	Label    int    `json:"label"`
	Audience string `json:"audience"`
	Content  string `json:"content"` // canonical JSON of Content
	Ground   string `json:"ground"`
	Reason   string `json:"reason"`
	Actor    string `json:"actor"`
	On       string `json:"on"`
	At       int64  `json:"at"`

	id   int64
	salt string
	seq  int64
}

// commitment is what the log holds of an act: without the salt it confirms no
// guess, and it looks the same whatever the act.
func (a *limitedAct) commitment() (string, error) {
	b, err := json.Marshal(a)
	return publication.Digest(a.salt+"/limited", b), err
}

// issueLimited publishes a text for a limited audience inside the caller's
// transaction. Errors are those of Issue.
func (l *Library) issueLimited(ctx context.Context, tx *sql.Tx, i Issue) (work int64, label int, err error) {
	if err := checkLimited(&i); err != nil {
		return 0, 0, err
	}
	p, err := prepare(i.Content)
	if err != nil {
		return 0, 0, err
	}
	if err := refuseBuried(ctx, tx, p); err != nil {
		return 0, 0, err
	}
	id := -i.Work
	var other, otherLabel int64
	err = tx.QueryRowContext(ctx, `SELECT limited_id, label FROM limited_acts WHERE content_key = $1 AND audience = $2 ORDER BY id LIMIT 1`, p.key, i.Audience).Scan(&other, &otherLabel)
	if err == nil {
		return 0, 0, fault.Newf(fault.Conflict, "document.issueLimited", "这份文件已经在这个范围内公开过，是第 %d 版。", otherLabel)
	} else if !errors.Is(err, sql.ErrNoRows) {
		return 0, 0, err
	}
	if id == 0 {
		key, err := newLimitedKey()
		if err != nil {
			return 0, 0, err
		}
		if err := tx.QueryRowContext(ctx, `INSERT INTO limited_works (organ_id, key, created_at) VALUES ($1, $2, $3) RETURNING id`, i.Organ, key, l.now().UnixMicro()).Scan(&id); err != nil {
			return 0, 0, err
		}
		label = 1
	} else if label, err = l.nextLimitedLabel(ctx, tx, id); err != nil {
		return 0, 0, err
	}
	content, err := json.Marshal(i.Content)
	if err != nil {
		return 0, 0, err
	}
	act := &limitedAct{Limited: id, Act: limitedIssue, Label: label, Audience: i.Audience, Content: string(content), Actor: i.Actor}
	if err := l.addLimitedAct(ctx, tx, act, p); err != nil {
		return 0, 0, err
	}
	return -id, label, audit.Record(ctx, tx, audit.Event{At: l.now(), Actor: i.Actor, Act: audit.Publish, Target: limitedTarget(id), Outcome: audit.Done, Detail: "限定范围公开"})
}

func limitedTarget(id int64) string { return fmt.Sprintf("limited:%d", id) }

func checkLimited(i *Issue) error {
	const op, field = "document.issueLimited", "公开范围"
	i.Audience = strings.TrimSpace(i.Audience)
	switch {
	case i.Work > 0:
		return fault.Field(op, field, "“公开范围”：第 %d 号文件已经向社会公开，它的新版本不能限定范围。请作为新文件办理。", i.Work)
	case i.Audience == "":
		return fault.Field(op, field, "“公开范围”：原来的文件只向特定范围公开，这一版也要写明范围。要向社会公开的，请作为新文件办理。")
	case utf8.RuneCountInString(i.Audience) > maxAudience:
		return fault.Field(op, field, "“公开范围”：不能超过 %d 个字。", maxAudience)
	case !utf8.ValidString(i.Audience) || strings.ContainsRune(i.Audience, 0):
		return fault.Field(op, field, "“公开范围”：里面有不能保存的字符，请重新填写。")
	case len(i.Repeals) > 0:
		// The fact would name this text on the page of the repealed one.
		return fault.Field(op, "废止清单", "“废止清单”：限定范围公开的文件不能废止别的文件。")
	case i.Organ == 0:
		return fault.Field(op, "责任单位", "“责任单位”：请写明由哪个单位负责。")
	}
	return nil
}

// refuseBuried refuses what was expunged, by whichever way it had come out.
func refuseBuried(ctx context.Context, tx *sql.Tx, p *prepared) error {
	for _, source := range []string{IssueSource, limitedSource, DeskSource} {
		gone, err := expungedBefore(ctx, tx, source, append(tombstoneKeys(p), textKey(p.content.Text))...)
		if err != nil {
			return err
		}
		if gone {
			return fault.New(fault.Gone, "document.refuseBuried", "这份文件已依法清除，不能再次公开。")
		}
	}
	return nil
}

// nextLimitedLabel locks the work and gives the label of a further edition.
func (l *Library) nextLimitedLabel(ctx context.Context, tx *sql.Tx, id int64) (int, error) {
	acts, err := l.lockLimited(ctx, tx, id)
	if err != nil {
		return 0, err
	}
	if last := acts[len(acts)-1]; last.Act == limitedWithdraw {
		return 0, errIssueWithdrawn()
	}
	label := 0
	for _, a := range acts {
		label = max(label, a.Label)
	}
	return label + 1, nil
}

func errIssueWithdrawn() error {
	return fault.Field("document.Issue", "原文件", "“原文件”：它已经撤下。请先恢复公开，再公开新的版本；不宜恢复的，请作为新文件公开。")
}

// lockLimited locks a limited work and reads its acts. Errors: Invalid when
// there is none of that number, or when it was expunged.
func (l *Library) lockLimited(ctx context.Context, tx *sql.Tx, id int64) ([]limitedAct, error) {
	var one int64
	err := tx.QueryRowContext(ctx, `SELECT id FROM limited_works WHERE id = $1`+l.db.Dialect.ForUpdate(), id).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.Invalid, "document.lockLimited", "没有这份限定范围公开的文件。")
	}
	if err != nil {
		return nil, err
	}
	acts, err := limitedActs(ctx, tx, id)
	if err == nil && (len(acts) == 0 || acts[len(acts)-1].Act == limitedExpunge) {
		err = fault.New(fault.Invalid, "document.lockLimited", "这份限定范围公开的文件已依法清除。")
	}
	return acts, err
}

const limitedActColumns = `id, limited_id, act, label, audience, content, ground, reason, actor, on_day, at, salt, seq`

func limitedActs(ctx context.Context, q store.Querier, id int64) ([]limitedAct, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+limitedActColumns+` FROM limited_acts WHERE limited_id = $1 ORDER BY id`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []limitedAct
	for rows.Next() {
		var a limitedAct
		if err := rows.Scan(&a.id, &a.Limited, &a.Act, &a.Label, &a.Audience, &a.Content, &a.Ground, &a.Reason, &a.Actor, &a.On, &a.At, &a.salt, &a.seq); err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, rows.Err()
}

// addLimitedAct writes an act with its log row, last in the transaction; p is
// nil unless a text is issued.
func (l *Library) addLimitedAct(ctx context.Context, tx *sql.Tx, a *limitedAct, p *prepared) (err error) {
	if a.salt, err = newSalt(); err != nil {
		return err
	}
	now := l.now()
	a.At = now.UnixMicro()
	if a.On == "" {
		a.On = workday.DateOf(now).String()
	}
	digest, err := a.commitment()
	if err != nil {
		return err
	}
	if p != nil {
		// Files are registered before the head is locked.
		for _, f := range p.content.Files {
			if err := filestore.Register(ctx, tx, filestore.Blob{SHA256: f.SHA256, Size: f.Size, MIME: f.MIME}, now); err != nil {
				return err
			}
		}
	}
	head, err := publication.LockHead(ctx, tx, l.db.Dialect)
	if err != nil {
		return err
	}
	if a.seq, err = head.Append(ctx, publication.Entry{At: now, Act: publication.Limited, Digests: map[string]string{"limited": digest}}); err != nil {
		return err
	}
	key := ""
	if p != nil {
		key = p.key
	}
	if err := tx.QueryRowContext(ctx, `
		INSERT INTO limited_acts (limited_id, act, label, audience, content, content_key, ground, reason, actor, on_day, at, salt, seq)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id`,
		a.Limited, a.Act, a.Label, a.Audience, a.Content, key, a.Ground, a.Reason, a.Actor, a.On, a.At, a.salt, a.seq).Scan(&a.id); err != nil {
		return err
	}
	if p != nil {
		for _, sha := range shasOf(p.content) {
			if _, err := tx.ExecContext(ctx, `INSERT INTO limited_files (act_id, sha256) VALUES ($1, $2)`, a.id, sha); err != nil {
				return err
			}
		}
	}
	return head.Close(ctx)
}

// shasOf names each file of a text once.
func shasOf(c *Content) (out []string) {
	for _, f := range c.Files {
		if !slices.Contains(out, f.SHA256) {
			out = append(out, f.SHA256)
		}
	}
	return out
}

// takeDownLimited is TakeDown for a text with a limited audience.
func (l *Library) takeDownLimited(ctx context.Context, tx *sql.Tx, t TakeDown) error {
	acts, err := l.lockLimited(ctx, tx, -t.Work)
	if err != nil {
		return err
	}
	withdrawn := acts[len(acts)-1].Act == limitedWithdraw
	a := &limitedAct{Limited: -t.Work, Act: limitedWithdraw, Ground: t.Ground, Reason: t.Reason, Actor: t.Actor, On: t.On.String()}
	switch {
	case t.Restore && !withdrawn:
		return fault.New(fault.Invalid, "document.TakeDown", "这份限定范围公开的文件没有撤下，不用恢复。")
	case !t.Restore && withdrawn:
		return fault.New(fault.Invalid, "document.TakeDown", "这份限定范围公开的文件已经撤下，不用再撤。")
	case t.Restore:
		a.Act = limitedRestore
	}
	if err := audit.Record(ctx, tx, audit.Event{At: l.now(), Actor: t.Actor, Act: audit.Publish, Target: limitedTarget(-t.Work), Outcome: audit.Done,
		Detail: takedownName(t.Restore).Chinese()}); err != nil {
		return err
	}
	return l.addLimitedAct(ctx, tx, a, nil)
}

// newLimitedKey is 160 random bits, as 32 lower-case letters and digits.
func newLimitedKey() (string, error) {
	b := make([]byte, 20)
	if _, err := rand.Read(b); err != nil {
		return "", err
	}
	return strings.ToLower(base32.StdEncoding.EncodeToString(b)), nil
}
