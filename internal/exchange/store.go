package exchange

import (
	"context"
	"database/sql"
	"errors"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// The states of an address.
const (
	due     = "due"
	fetched = "fetched"
	moved   = "moved" // it redirects to alias_of
	alias   = "alias" // it shows the same document as alias_of
	skipped = "skipped"
	failed  = "failed"
)

// The kinds of an address.
const (
	kindList    = "list"
	kindContent = "content"
	kindFile    = "file"
	kindOther   = "other"
)

// The states of a crawl.
const (
	running  = "running"
	finished = "finished"
	limited  = "limited" // a bound ended the round
)

// pageRow is one address as the crawl needs it.
type pageRow struct {
	id        int64
	url       string
	kind      string
	depth     int
	hops      int
	force     bool
	etag      string
	modified  string
	digest    string
	shape     string
	fruit     int
	column    string // of the list that named it
	hintTitle string
	hintDate  string
	hasBody   bool
}

// begin loads the crawl or makes it, and decides whether a new round begins:
// an unfinished one always goes on.
func (s *Site) begin(ctx context.Context) error {
	now := s.opts.Now().UnixMicro()
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT id, round, state, bytes FROM crawls WHERE source = $1 AND start_url = $2`, s.opts.Source, s.start.String()).
			Scan(&s.id, &s.round, &s.state, &s.bytes)
		if errors.Is(err, sql.ErrNoRows) && s.opts.MustExist {
			return fault.New(fault.NotFound, "exchange.begin", "还没有从这个网址导入过，请核对网址和 --source。")
		}
		if errors.Is(err, sql.ErrNoRows) {
			s.round, s.state = 1, running
			err = tx.QueryRowContext(ctx, `
				INSERT INTO crawls (source, start_url, round, state, started_at, updated_at) VALUES ($1, $2, 1, 'running', $3, $3) RETURNING id`,
				s.opts.Source, s.start.String(), now).Scan(&s.id)
			if err != nil {
				return err
			}
			_, err = s.insert(ctx, tx, &found{url: s.start.String(), shape: shape(s.start)})
			return err
		}
		return err
	})
}

// newRound makes every known address due again, to be asked for conditionally.
func (s *Site) newRound(ctx context.Context) error {
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		s.round, s.state, s.bytes = s.round+1, running, 0
		if _, err := tx.ExecContext(ctx, `UPDATE crawl_pages SET state = 'due', reason = '', force = 0 WHERE crawl_id = $1`, s.id); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE crawls SET round = $2, state = 'running', bytes = 0, started_at = $3, updated_at = $3 WHERE id = $1`,
			s.id, s.round, s.opts.Now().UnixMicro())
		return err
	})
}

func (s *Site) setState(ctx context.Context, state string) error {
	s.state = state
	_, err := s.db.Writer().ExecContext(ctx, `UPDATE crawls SET state = $2, updated_at = $3 WHERE id = $1`, s.id, state, s.opts.Now().UnixMicro())
	return store.Sentence("exchange.setState", err)
}

// next is the address to ask for now: those whose bytes an import waits for,
// then the nearest to the start. With filesOnly the pages of the round are used up.
func (s *Site) next(ctx context.Context, filesOnly bool) (*pageRow, error) {
	where := ``
	if filesOnly {
		where = ` AND (p.kind = 'file' OR p.force = 1)`
	}
	var p pageRow
	var force int
	err := s.db.Reader().QueryRowContext(ctx, `
		SELECT p.id, p.url, p.kind, p.depth, p.hops, p.force, p.etag, p.modified, p.digest, p.shape, p.fruit, p.column_name, p.hint_title, p.hint_date,
			EXISTS (SELECT 1 FROM crawl_bodies b WHERE b.page_id = p.id)
		FROM crawl_pages p WHERE p.crawl_id = $1 AND p.state = 'due'`+where+` ORDER BY p.force DESC, p.depth, p.id LIMIT 1`, s.id).
		Scan(&p.id, &p.url, &p.kind, &p.depth, &p.hops, &force, &p.etag, &p.modified, &p.digest, &p.shape, &p.fruit, &p.column, &p.hintTitle, &p.hintDate, &p.hasBody)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	p.force = force == 1
	return &p, store.Sentence("exchange.next", err)
}

// used counts the pages of this round.
func (s *Site) used(ctx context.Context) (n int, err error) {
	err = s.db.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM crawl_pages WHERE crawl_id = $1 AND round = $2 AND state <> 'due' AND kind <> 'file' AND status <> 0`,
		s.id, s.round).Scan(&n)
	return n, store.Sentence("exchange.used", err)
}

// barren tells that the pages of one shape before this one showed nothing new,
// many times in a row: a calendar, or a list without an end.
func (s *Site) barren(ctx context.Context, p *pageRow) (bool, error) {
	var pages, fruit int
	err := s.db.Reader().QueryRowContext(ctx, `
		SELECT COUNT(*), COALESCE(SUM(fruit), 0) FROM (
			SELECT fruit FROM crawl_pages WHERE crawl_id = $1 AND shape = $2 AND id < $3 AND state = 'fetched' AND kind IN ('list', 'other')
			ORDER BY id DESC LIMIT $4) recent`, s.id, p.shape, p.id, barrenPages).Scan(&pages, &fruit)
	return pages == barrenPages && fruit == 0, store.Sentence("exchange.barren", err)
}

// found is an address that a page names.
type found struct {
	url    string
	kind   string // file or ""
	depth  int
	hops   int
	shape  string
	column string
	title  string
	date   string
	name   string // of an attachment
}

// insert enters an address and tells whether it is new.
func (s *Site) insert(ctx context.Context, tx *sql.Tx, f *found) (isNew bool, err error) {
	r, err := tx.ExecContext(ctx, `
		INSERT INTO crawl_pages (crawl_id, url, kind, depth, hops, round, shape, column_name, hint_title, hint_date, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (crawl_id, url) DO NOTHING`,
		s.id, f.url, f.kind, f.depth, f.hops, s.round, f.shape, f.column, f.title, f.date, s.opts.Now().UnixMicro())
	if err != nil {
		return false, err
	}
	n, err := r.RowsAffected()
	if err != nil || n > 0 {
		return n > 0, err
	}
	// What a list tells of a page is worth more than a bare link to it; of an
	// expunged document nothing is noted again.
	if f.date != "" {
		_, err = tx.ExecContext(ctx, `
			UPDATE crawl_pages SET hint_title = $3, hint_date = $4, column_name = CASE WHEN column_name = '' THEN $5 ELSE column_name END
			WHERE crawl_id = $1 AND url = $2 AND hint_date = ''
				AND NOT EXISTS (SELECT 1 FROM editions e WHERE e.work_id = crawl_pages.work_id AND e.state = 'expunged')`, s.id, f.url, f.title, f.date, f.column)
	}
	return false, err
}

// result is what one visit writes, in one transaction: killed before it, the
// address is still due; after it, everything that the page told is kept.
type result struct {
	kind, state, reason string
	status              int
	etag, modified      string
	body                []byte // kept until the import took it; nil keeps what is there
	digest, textDigest  string
	title, column       string
	bytes               int64
	links               []found
	files               []found
	to                  string // where it moved
	unchanged           bool   // 304: only the visit is noted
}

func (s *Site) save(ctx context.Context, p *pageRow, r *result) error {
	err := s.db.Tx(ctx, func(tx *sql.Tx) error {
		now := s.opts.Now().UnixMicro()
		if _, err := tx.ExecContext(ctx, `UPDATE crawls SET bytes = bytes + $2, updated_at = $3 WHERE id = $1`, s.id, r.bytes, now); err != nil {
			return err
		}
		if r.unchanged {
			_, err := tx.ExecContext(ctx, `UPDATE crawl_pages SET state = CASE WHEN alias_of <> 0 THEN 'alias' ELSE 'fetched' END, round = $2, force = 0, status = 304, updated_at = $3 WHERE id = $1`,
				p.id, s.round, now)
			return err
		}
		fruit, aliasOf, err := s.saveLinks(ctx, tx, p, r)
		if err != nil {
			return err
		}
		state := r.state
		if r.kind == kindContent && state == fetched {
			if aliasOf, err = s.twin(ctx, tx, p.id, r.textDigest); err != nil {
				return err
			}
			if aliasOf != 0 {
				state, r.body = alias, nil
			}
		}
		if _, err := tx.ExecContext(ctx, `
			UPDATE crawl_pages SET kind = $2, state = $3, reason = $4, round = $5, force = 0, alias_of = $6, status = $7, etag = $8, modified = $9,
				digest = $10, text_digest = $11, fruit = $12, title = $13, column_name = $14, updated_at = $15 WHERE id = $1`,
			p.id, r.kind, state, r.reason, s.round, aliasOf, r.status, r.etag, r.modified, r.digest, r.textDigest, max(fruit, p.fruit), r.title, r.column, now); err != nil {
			return err
		}
		if state != fetched {
			_, err := tx.ExecContext(ctx, `DELETE FROM crawl_bodies WHERE page_id = $1`, p.id)
			return err
		}
		if r.body == nil {
			return nil
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO crawl_bodies (page_id, body) VALUES ($1, $2) ON CONFLICT (page_id) DO UPDATE SET body = excluded.body`, p.id, r.body)
		return err
	})
	if err == nil {
		s.bytes += r.bytes
	}
	return err
}

// saveLinks enters what a page names; fruit counts new pages of another shape,
// to is the row that a moved page leads to.
func (s *Site) saveLinks(ctx context.Context, tx *sql.Tx, p *pageRow, r *result) (fruit int, to int64, err error) {
	for i := range r.links {
		isNew, err := s.insert(ctx, tx, &r.links[i])
		if err != nil {
			return 0, 0, err
		}
		if isNew && r.links[i].shape != p.shape {
			fruit++
		}
	}
	if r.kind == kindContent && r.state == fetched {
		if _, err := tx.ExecContext(ctx, `DELETE FROM crawl_links WHERE page_id = $1`, p.id); err != nil {
			return 0, 0, err
		}
	}
	for i := range r.files {
		if _, err := s.insert(ctx, tx, &r.files[i]); err != nil {
			return 0, 0, err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE crawl_pages SET kind = 'file' WHERE crawl_id = $1 AND url = $2 AND kind = '' AND state = 'due'`, s.id, r.files[i].url); err != nil {
			return 0, 0, err
		}
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO crawl_links (page_id, file_id, position, name) SELECT $1, id, $3, $4 FROM crawl_pages WHERE crawl_id = $5 AND url = $2
			ON CONFLICT (page_id, file_id) DO NOTHING`, p.id, r.files[i].url, i, r.files[i].name, s.id); err != nil {
			return 0, 0, err
		}
	}
	if r.to == "" {
		return fruit, 0, nil
	}
	if err := tx.QueryRowContext(ctx, `SELECT id FROM crawl_pages WHERE crawl_id = $1 AND url = $2`, s.id, r.to).Scan(&to); err != nil {
		return 0, 0, err
	}
	if r.kind == kindFile {
		// The pages that name the attachment wait for what it leads to.
		_, err = tx.ExecContext(ctx, `UPDATE crawl_links SET file_id = $2 WHERE file_id = $1 AND NOT EXISTS (
			SELECT 1 FROM crawl_links other WHERE other.page_id = crawl_links.page_id AND other.file_id = $2)`, p.id, to)
	}
	return fruit, to, err
}

// twin finds the page that shows the same document under another address.
func (s *Site) twin(ctx context.Context, tx *sql.Tx, self int64, textDigest string) (id int64, err error) {
	err = tx.QueryRowContext(ctx, `
		SELECT id FROM crawl_pages WHERE crawl_id = $1 AND text_digest = $2 AND id <> $3 AND kind = 'content' AND state = 'fetched' ORDER BY id LIMIT 1`,
		s.id, textDigest, self).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, err
}
