package exchange

import (
	"context"
	"database/sql"
	"encoding/json"
	"io"
	"strings"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// Item is a document on its way to the library.
type Item struct {
	URL  string
	JSON []byte // a record line
}

// Known is a document that has not changed since it was imported.
type Known struct {
	URL  string
	Work int64 // public id, 0 for a draft
}

// waiting is a page of the crawl beside its import.
type waiting struct {
	id      int64
	url     string
	column  string
	digest  string
	doneKey string
	workID  int64
	hasBody bool
	key     string // what doneKey becomes when the page is imported as it is now
	lacking bool   // bytes that the import needs are not here
	files   []linked
}

// linked is an attachment of a page.
type linked struct {
	id      int64
	url     string
	name    string
	state   string
	reason  string
	digest  string
	hasBody bool
}

// pages lists the documents of the crawl with their attachments.
func (s *Site) pages(ctx context.Context) (out []*waiting, err error) {
	defer fault.Wrap(&err, "exchange.pages")
	rows, err := s.db.Reader().QueryContext(ctx, `
		SELECT p.id, p.url, p.column_name, p.digest, p.done_key, p.work_id, EXISTS (SELECT 1 FROM crawl_bodies b WHERE b.page_id = p.id)
		FROM crawl_pages p WHERE p.crawl_id = $1 AND p.kind = 'content' AND p.state = 'fetched' ORDER BY p.depth, p.id`, s.id)
	if err != nil {
		return nil, store.Sentence("exchange.pages", err)
	}
	defer rows.Close()
	byID := map[int64]*waiting{}
	for rows.Next() {
		w := &waiting{}
		if err := rows.Scan(&w.id, &w.url, &w.column, &w.digest, &w.doneKey, &w.workID, &w.hasBody); err != nil {
			return nil, err
		}
		out, byID[w.id] = append(out, w), w
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if err := s.readLinks(ctx, byID); err != nil {
		return nil, err
	}
	for _, w := range out {
		parts := [][]byte{[]byte(s.importKey()), []byte(w.digest)}
		w.lacking = !w.hasBody
		for _, f := range w.files {
			parts = append(parts, []byte(f.url), []byte(f.name), []byte(f.digest))
			if f.state == fetched && !f.hasBody {
				w.lacking = true
			}
		}
		w.key = digest(parts...)
	}
	return out, nil
}

func (s *Site) readLinks(ctx context.Context, byID map[int64]*waiting) error {
	rows, err := s.db.Reader().QueryContext(ctx, `
		SELECT l.page_id, f.id, f.url, l.name, CASE WHEN f.kind = 'content' THEN 'alias' ELSE f.state END,
			CASE WHEN f.kind = 'content' THEN '它已经作为单独的文件导入' ELSE f.reason END, f.digest, EXISTS (SELECT 1 FROM crawl_bodies b WHERE b.page_id = f.id)
		FROM crawl_links l JOIN crawl_pages f ON f.id = l.file_id WHERE f.crawl_id = $1 ORDER BY l.page_id, l.position`, s.id)
	if err != nil {
		return store.Sentence("exchange.readLinks", err)
	}
	defer rows.Close()
	for rows.Next() {
		var pageID int64
		var f linked
		if err := rows.Scan(&pageID, &f.id, &f.url, &f.name, &f.state, &f.reason, &f.digest, &f.hasBody); err != nil {
			return err
		}
		if w := byID[pageID]; w != nil {
			w.files = append(w.files, f)
		}
	}
	return rows.Err()
}

// askAgain makes due what an import needs and has not: the page changed its
// column or its attachment, while its bytes were given away.
func (s *Site) askAgain(ctx context.Context) (n int, err error) {
	pages, err := s.pages(ctx)
	if err != nil {
		return 0, err
	}
	var ids []int64
	for _, w := range pages {
		if w.doneKey == w.key || !w.lacking {
			continue
		}
		if !w.hasBody {
			ids = append(ids, w.id)
		}
		for _, f := range w.files {
			if f.state == fetched && !f.hasBody {
				ids = append(ids, f.id)
			}
		}
	}
	if len(ids) == 0 {
		return 0, nil
	}
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		for _, id := range ids {
			if _, err := tx.ExecContext(ctx, `UPDATE crawl_pages SET state = 'due', force = 1 WHERE id = $1`, id); err != nil {
				return err
			}
		}
		return nil
	})
	return len(ids), err
}

// Known lists the documents that need no import: neither they nor the wish
// have changed since the last one.
func (s *Site) Known(ctx context.Context) (out []Known, err error) {
	pages, err := s.pages(ctx)
	if err != nil {
		return nil, err
	}
	for _, w := range pages {
		if w.doneKey != w.key {
			continue
		}
		k := Known{URL: w.url}
		if k.Work, err = publicID(ctx, s.db.Reader(), w.workID); err != nil {
			return nil, err
		}
		if w.holdsBytes() {
			// The site sent it again in full, to no other effect.
			if err := s.db.Tx(ctx, func(tx *sql.Tx) error { return dropBodies(ctx, tx, w) }); err != nil {
				return nil, err
			}
		}
		out = append(out, k)
	}
	return out, nil
}

// Items hands over the documents that wait for their import, one by one;
// io.EOF ends it. Each is read from the tables when it is asked for.
func (s *Site) Items(ctx context.Context) (next func(context.Context) (*Item, error), err error) {
	pages, err := s.pages(ctx)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) (*Item, error) {
		for len(pages) > 0 {
			w := pages[0]
			pages = pages[1:]
			if w.doneKey == w.key || !w.hasBody {
				continue
			}
			return s.item(ctx, w)
		}
		return nil, io.EOF
	}, nil
}

// item puts a record together with its attachments and the column of ours.
func (s *Site) item(ctx context.Context, w *waiting) (*Item, error) {
	body, err := s.body(ctx, w.id)
	if err != nil {
		return nil, err
	}
	var r record
	if err := json.Unmarshal(body, &r); err != nil {
		return nil, err
	}
	if code, _ := s.wanted(w.column, w.url); code != "" {
		r.Columns = []string{code}
	}
	room := int64(defaultMaxFileBytes * 2) // of the attachments of one document, in memory
	for _, f := range w.files {
		lost := f.reason
		if f.state == fetched && f.hasBody {
			data, err := s.body(ctx, f.id)
			if err != nil {
				return nil, err
			}
			if room -= int64(len(data)); room >= 0 {
				r.Attachments = append(r.Attachments, attachment{Name: f.name, Data: data})
				continue
			}
			lost = "这份文件的附件合起来太大"
		}
		if lost == "" {
			lost = "还没有取到"
		}
		r.Notes = append(r.Notes, "附件“"+f.name+"”没有导入："+lost+"。")
	}
	s.hold(w, r.Notes)
	r.Notes = nil
	line, err := r.line()
	return &Item{URL: w.url, JSON: line}, err
}

// hold remembers what the import's line will say, until Done asks for it.
func (s *Site) hold(w *waiting, notes []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, n := range notes {
		notes[i] = strings.ReplaceAll(n, "。。", "。")
	}
	s.held[w.url] = held{page: w, notes: notes}
}

func (s *Site) body(ctx context.Context, id int64) (b []byte, err error) {
	err = s.db.Reader().QueryRowContext(ctx, `SELECT body FROM crawl_bodies WHERE page_id = $1`, id).Scan(&b)
	return b, store.Sentence("exchange.body", err)
}

// held is a document between Items and Done.
type held struct {
	page  *waiting
	notes []string
}

// Receipt is what the library says of a document that it took.
type Receipt struct {
	URL   string
	Work  int64  // public id, 0 for a draft
	Draft int64  // draft id, 0 once published
	Error string // "" when it was taken
}

// Done notes that a document is in the library, keeps its old address, and
// lets its bytes go. It returns what a person should know of it. A document
// that was refused is asked for again by the next run.
func (s *Site) Done(ctx context.Context, r Receipt) (notes []string, err error) {
	defer fault.Wrap(&err, "exchange.Done(%s)", r.URL)
	s.mu.Lock()
	h, ok := s.held[r.URL]
	delete(s.held, r.URL)
	s.mu.Unlock()
	if !ok {
		return nil, nil
	}
	if r.Error != "" {
		// It may have been refused because it was expunged: its words go as well.
		return h.notes, s.db.Tx(ctx, func(tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, `UPDATE crawl_pages SET reason = $2 WHERE id = $1`, h.page.id, clip(r.Error, 300)); err != nil {
				return err
			}
			if err := s.forgetExpunged(ctx, tx, h.page); err != nil {
				return err
			}
			return dropBodies(ctx, tx, h.page)
		})
	}
	return h.notes, s.db.Tx(ctx, func(tx *sql.Tx) error {
		workID, err := internalID(ctx, tx, r)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE crawl_pages SET work_id = $2, done_key = $3, reason = '' WHERE id = $1`, h.page.id, workID, h.page.key); err != nil {
			return err
		}
		if !isPaper(h.page.url) {
			// Only a bare file needs the words of the list again.
			if _, err := tx.ExecContext(ctx, `UPDATE crawl_pages SET hint_title = '' WHERE id = $1`, h.page.id); err != nil {
				return err
			}
		}
		if err := dropBodies(ctx, tx, h.page); err != nil {
			return err
		}
		return s.keepAddress(ctx, tx, h.page.url, workID)
	})
}

// forgetExpunged blanks the words of a page whose document was expunged before:
// a crawl that begins anew reads them in the lists again.
func (s *Site) forgetExpunged(ctx context.Context, tx *sql.Tx, w *waiting) error {
	var gone int
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM editions WHERE source = $1 AND external_id = $2 AND state = 'expunged'`, s.opts.Source, w.url).Scan(&gone); err != nil || gone == 0 {
		return err
	}
	for _, query := range []string{`UPDATE crawl_pages SET title = '', hint_title = '' WHERE id = $1`, `UPDATE crawl_links SET name = '' WHERE page_id = $1`} {
		if _, err := tx.ExecContext(ctx, query, w.id); err != nil {
			return err
		}
	}
	return nil
}

func (w *waiting) holdsBytes() bool {
	for _, f := range w.files {
		if f.hasBody {
			return true
		}
	}
	return w.hasBody
}

// dropBodies lets the bytes of an imported page go, and of its attachments
// unless another page still waits for them.
func dropBodies(ctx context.Context, tx *sql.Tx, w *waiting) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM crawl_bodies WHERE page_id = $1`, w.id); err != nil {
		return err
	}
	for _, f := range w.files {
		if _, err := tx.ExecContext(ctx, `
			DELETE FROM crawl_bodies WHERE page_id = $1 AND NOT EXISTS (
				SELECT 1 FROM crawl_links l JOIN crawl_bodies b ON b.page_id = l.page_id WHERE l.file_id = $1)`, f.id); err != nil {
			return err
		}
	}
	return nil
}
