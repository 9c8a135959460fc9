package document

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/filestore"
	"gongkai/internal/publication"
)

// expungeLimited removes a limited text with all its words, files and salts;
// what the log committed to then confirms nothing any more.
func (l *Library) expungeLimited(ctx context.Context, id int64, label int, actor, reason string) error {
	if label != 0 {
		return fault.Field("document.Expunge", "edition", "限定范围公开的文件只能整份清除，请不要指定版本。")
	}
	err := l.db.Tx(ctx, func(tx *sql.Tx) error {
		acts, err := l.lockLimited(ctx, tx, id)
		if err != nil {
			return err
		}
		shas, err := l.buryLimited(ctx, tx, id, acts)
		if err != nil {
			return err
		}
		key, err := newLimitedKey()
		if err != nil {
			return err
		}
		for _, query := range []string{
			`DELETE FROM limited_files WHERE act_id IN (SELECT id FROM limited_acts WHERE limited_id = $1)`,
			`UPDATE limited_acts SET audience = '', content = '', content_key = '', reason = '', salt = '' WHERE limited_id = $1`,
		} {
			if _, err := tx.ExecContext(ctx, query, id); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, `UPDATE limited_works SET key = $2 WHERE id = $1`, id, key); err != nil {
			return err
		}
		if err := dropFiles(ctx, tx, shas, l.now()); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, audit.Event{At: l.now(), Actor: actor, Act: audit.Expunge, Target: limitedTarget(id), Outcome: audit.Done, Detail: reason}); err != nil {
			return err
		}
		return l.addLimitedAct(ctx, tx, &limitedAct{Limited: id, Act: limitedExpunge, Actor: actor}, nil)
	})
	if err != nil {
		return err
	}
	_, err = filestore.Remove(ctx, l.db, l.files)
	return errors.Join(err, l.db.Scrub(ctx))
}

// buryLimited writes the tombstones and names the files.
func (l *Library) buryLimited(ctx context.Context, tx *sql.Tx, id int64, acts []limitedAct) (shas []string, err error) {
	var keys []string
	for _, a := range acts {
		if a.Act != limitedIssue {
			continue
		}
		var c Content
		if err := json.Unmarshal([]byte(a.Content), &c); err != nil {
			return nil, err
		}
		key, err := c.key()
		if err != nil {
			return nil, err
		}
		keys = append(keys, key, textKey(c.Text))
		shas = append(shas, shasOf(&c)...)
	}
	for _, sha := range shas {
		public, err := strs(ctx, tx, `SELECT sha256 FROM edition_files WHERE sha256 = $1
			UNION SELECT f.sha256 FROM limited_files f JOIN limited_acts a ON a.id = f.act_id WHERE f.sha256 = $1 AND a.limited_id <> $2`, sha, id)
		if err != nil {
			return nil, err
		}
		if len(public) == 0 {
			keys = append(keys, sha)
		}
	}
	return shas, plant(ctx, tx, limitedSource, keys, l.now())
}

// limited compares every act about a limited text with what the log committed
// to, and every such row of the log with its act.
func (v *verifier) limited() error {
	works, err := ids(v.ctx, v.q, `SELECT id FROM limited_works ORDER BY id`)
	if err != nil {
		return err
	}
	for _, id := range works {
		if err := v.unreadable(v.limitedWork(id), "limited_works", id); err != nil {
			return err
		}
	}
	lost, err := ids(v.ctx, v.q, `
		SELECT p.seq FROM publication_log p WHERE p.act = 'limited' AND NOT EXISTS (SELECT 1 FROM limited_acts a WHERE a.seq = p.seq) ORDER BY p.seq`)
	for _, seq := range lost {
		v.report("limited_acts", "limited_missing", seq, "存证日志第 %d 行所记的限定范围公开不见了", seq)
	}
	return err
}

func (v *verifier) limitedWork(id int64) error {
	acts, err := limitedActs(v.ctx, v.q, id)
	if err != nil {
		return err
	}
	if len(acts) == 0 {
		v.report("limited_works", "limited", id, "限定范围公开的文件没有任何记录")
		return nil
	}
	expunged := acts[len(acts)-1].Act == limitedExpunge
	for i := range acts {
		a := &acts[i]
		v.checked++
		if expunged && a.Act != limitedExpunge {
			if a.Content+a.Audience+a.Reason+a.salt != "" {
				v.report("limited_acts", "tombstone", a.id, "已清除的限定范围公开仍有内容")
			}
			continue
		}
		if err := v.limitedFiles(a); err != nil {
			return err
		}
		want, err := a.commitment()
		if err != nil {
			return err
		}
		entries, err := strs(v.ctx, v.q, `SELECT entry FROM publication_log WHERE seq = $1 AND act = $2`, a.seq, string(publication.Limited))
		if err != nil {
			return err
		}
		if len(entries) == 0 || !strings.Contains(entries[0], `"`+want+`"`) {
			v.report("limited_acts", "limited", a.id, "限定范围公开的内容与存证不符")
		}
	}
	return nil
}

// limitedFiles makes sure that nothing can sweep the attachments of a text.
func (v *verifier) limitedFiles(a *limitedAct) error {
	if a.Act != limitedIssue {
		return nil
	}
	var c Content
	if err := json.Unmarshal([]byte(a.Content), &c); err != nil {
		return err
	}
	held, err := strs(v.ctx, v.q, `SELECT sha256 FROM limited_files WHERE act_id = $1 ORDER BY sha256`, a.id)
	if err != nil {
		return err
	}
	want := shasOf(&c)
	slices.Sort(want)
	if !slices.Equal(held, want) {
		v.report("limited_files", "limited_files", a.id, "限定范围公开的附件登记与内容不符")
	}
	return nil
}
