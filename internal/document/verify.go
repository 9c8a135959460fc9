package document

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"

	"gongkai/internal/fault"
	"gongkai/internal/publication"
	"gongkai/internal/workday"
)

// Verify compares every edition and work with the newest rows that the log
// holds about them, computes again what follows from them (keys, counts,
// provisions, links, list lines), and looks at drafts and at what names files
// that are not registered. Returns the number of editions looked at. Memory is
// bounded by the largest texts, one a processor.
func (l *Library) Verify(ctx context.Context, yield func(publication.Fault)) (checked int, err error) {
	defer fault.Wrap(&err, "document.Verify")
	// List lines are compared for one day; those that are due change first.
	today := l.Today()
	if err := l.refreshable(ctx); err != nil {
		return 0, err
	}
	err = l.db.Snapshot(ctx, func(q *sql.Tx) error {
		v := &verifier{ctx: ctx, q: q, yield: yield, today: today, slots: make(chan struct{}, runtime.NumCPU())}
		defer v.running.Wait()
		for _, step := range []func() error{v.works, v.strayCards, v.links, v.authorities, v.files, v.drafts, v.limited, v.counts} {
			if err := step(); err != nil {
				return err
			}
		}
		v.running.Wait()
		checked = v.checked
		return nil
	})
	return checked, err
}

// refreshable brings list lines up to the day, unless the head of the log is
// gone: then nothing can be written, and the check of the log names it.
func (l *Library) refreshable(ctx context.Context) error {
	var heads int
	if err := l.db.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM log_head WHERE id = 1`).Scan(&heads); err != nil {
		return err
	}
	if heads == 0 {
		return nil
	}
	if err := l.adoptDraftFiles(ctx); err != nil {
		return err
	}
	return l.RefreshCards(ctx)
}

// verifier is one run. Only reading texts again runs beside the queries.
type verifier struct {
	ctx     context.Context
	q       *sql.Tx
	today   workday.Date
	checked int

	slots   chan struct{}
	running sync.WaitGroup
	mu      sync.Mutex // guards yield
	yield   func(publication.Fault)
}

func (v *verifier) report(table, code string, id any, format string, args ...any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.yield(publication.Fault{Code: code, Fault: fmt.Sprintf(format, args...), Table: table, ID: fmt.Sprint(id)})
}

// unreadable reports a stored value that cannot even be read, as a changed
// byte may make it; any other error ends the run.
func (v *verifier) unreadable(err error, table string, id any) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	if err == nil {
		return nil
	}
	if errors.As(err, &syntax) || errors.As(err, &kind) || errors.Is(err, sql.ErrNoRows) || strings.Contains(err.Error(), "sql: Scan error") {
		v.report(table, "unreadable", id, "内容读不出来，或者缺了一部分")
		return nil
	}
	return err
}

// works goes through all works and their editions.
func (v *verifier) works() error {
	for after := int64(0); ; {
		batch, err := ids(v.ctx, v.q, `SELECT id FROM works WHERE id > $1 ORDER BY id LIMIT 500`, after)
		if err != nil || len(batch) == 0 {
			return err
		}
		for _, id := range batch {
			if err := v.work(id); err != nil {
				return err
			}
		}
		after = batch[len(batch)-1]
	}
}

func (v *verifier) work(id int64) error {
	var public sql.NullInt64
	if err := v.q.QueryRowContext(v.ctx, `SELECT public_id FROM works WHERE id = $1`, id).Scan(&public); err != nil {
		return err
	}
	editions, err := ids(v.ctx, v.q, `SELECT id FROM editions WHERE work_id = $1 ORDER BY label`, id)
	if err != nil {
		return err
	}
	for _, e := range editions {
		v.checked++
		if err := v.unreadable(v.edition(e), "editions", e); err != nil {
			return err
		}
	}
	if len(editions) == 0 {
		return nil // drafts only
	}
	last, err := v.logged(`work_id`, id)
	if err != nil || last == nil {
		return err // its editions were named already
	}
	now := map[string]string{}
	if err := v.unreadable(workDigests(v.ctx, v.q, id, now), "works", id); err != nil {
		return err
	}
	if now[digestFacts] != last.Digests[digestFacts] {
		v.report("work_facts", digestFacts, id, "效力记录与存证不符")
	}
	if now[digestTakedowns] != last.Digests[digestTakedowns] {
		v.report("work_takedowns", digestTakedowns, id, "撤下或者恢复公开的记录与存证不符")
	}
	if now[digestWork] != last.Digests[digestWork] {
		v.report("works", digestWork, id, "作品的来历或所在栏目与存证不符")
	}
	return v.unreadable(v.card(id, public.Int64), "work_cards", public.Int64)
}

// loggedEntry is what a log row says about an edition.
type loggedEntry struct {
	Act     publication.Act   `json:"act"`
	Digests map[string]string `json:"digests"`
}

// logged is the newest act about an edition or a work, with the newest digest
// of each part; nil when the log is silent.
func (v *verifier) logged(column string, id int64) (*loggedEntry, error) {
	entries, err := strs(v.ctx, v.q, `SELECT entry FROM publication_log WHERE `+column+` = $1 ORDER BY seq DESC LIMIT 50`, id)
	if err != nil || len(entries) == 0 {
		return nil, err
	}
	out := &loggedEntry{Digests: map[string]string{}}
	for i, raw := range entries {
		var e loggedEntry
		if err := json.Unmarshal([]byte(raw), &e); err != nil {
			continue // the log check names the broken row
		}
		if i == 0 {
			out.Act = e.Act
		}
		for k, d := range e.Digests {
			if out.Digests[k] == "" {
				out.Digests[k] = d
			}
		}
	}
	return out, nil
}

func (v *verifier) edition(id int64) error {
	var state string
	if err := v.q.QueryRowContext(v.ctx, `SELECT state FROM editions WHERE id = $1`, id).Scan(&state); err != nil {
		return err
	}
	last, err := v.logged(`edition_id`, id)
	if err != nil {
		return err
	}
	switch {
	case last == nil:
		v.report("editions", "not_logged", id, "已公开的版本没有存证记录")
		return nil
	case last.Act == publication.Expunge, last.Act == publication.Merge:
		return v.tombstone(id, state)
	case state != "published":
		v.report("editions", "state", id, "版本的状态与存证不符")
		return nil
	}
	now := map[string]string{}
	switch err := editionDigests(v.ctx, v.q, id, now); {
	case errors.Is(err, sql.ErrNoRows):
		v.report("edition_texts", "missing", id, "版本的正文或盐值缺失")
		return nil
	case err != nil:
		return err
	}
	for _, part := range []struct{ name, table, text string }{
		{digestText, "edition_texts", "正文与存证不符"}, {digestMeta, "editions", "题头信息与存证不符"}, {digestFiles, "edition_files", "附件清单与存证不符"},
	} {
		if now[part.name] != last.Digests[part.name] {
			v.report(part.table, part.name, id, "%s", part.text)
		}
	}
	return v.derived(id)
}

// tombstone makes sure that nothing of an expunged text came back.
func (v *verifier) tombstone(id int64, state string) error {
	var rows, words int
	if err := v.q.QueryRowContext(v.ctx, `
		SELECT (SELECT COUNT(*) FROM edition_texts WHERE edition_id = $1) + (SELECT COUNT(*) FROM edition_files WHERE edition_id = $1)
			+ (SELECT COUNT(*) FROM provisions WHERE edition_id = $1) + (SELECT COUNT(*) FROM relations WHERE edition_id = $1)
			+ (SELECT COUNT(*) FROM edition_records WHERE edition_id = $1) + (SELECT COUNT(*) FROM source_claims WHERE edition_id = $1)
			+ (SELECT COUNT(*) FROM edition_salts WHERE edition_id = $1)
			+ (SELECT COUNT(*) FROM edition_organs WHERE edition_id = $1) + (SELECT COUNT(*) FROM edition_topics WHERE edition_id = $1),
			(SELECT COUNT(*) FROM editions WHERE id = $1 AND (title <> '' OR title_key <> '' OR short_title <> '' OR short_key <> '' OR doc_no <> ''
				OR doc_no_key <> '' OR index_no <> '' OR registration_no <> '' OR content_key <> '' OR source_name <> '' OR source_url <> ''
				OR recipients <> '[]' OR history <> '[]'))`, id).Scan(&rows, &words); err != nil {
		return err
	}
	if rows+words > 0 || state != "expunged" {
		v.report("editions", "tombstone", id, "已清除的版本仍有内容")
	}
	return nil
}

// card compares a list line with one computed anew.
func (v *verifier) card(id, public int64) error {
	want, err := cardRow(v.ctx, v.q, id, v.today)
	if err != nil {
		return err
	}
	stored, err := valuesOf(v.ctx, v.q, `SELECT `+cardColumnList+` FROM work_cards WHERE work_id = $1`, id)
	if err != nil {
		return err
	}
	switch {
	case want == nil && len(stored) == 0:
		return nil
	case want == nil:
		v.report("work_cards", "card", public, "列表里多出一件，没有已公开的文本")
		return nil
	case len(stored) == 0:
		v.report("work_cards", "card", public, "列表里缺少一件已公开的作品")
		return nil
	}
	columns := strings.FieldsFunc(cardColumnList, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\t' })
	var wrong []string
	for i := range want {
		if want[i] != stored[0][i] {
			wrong = append(wrong, columns[i])
		}
	}
	if len(wrong) > 0 {
		v.report("work_cards", "card", public, "列表所示与资料不符：%s", strings.Join(wrong, "、"))
	}
	return nil
}
