package exchange

import (
	"context"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// Report says what became of an old site, down to what was lost.
type Report struct {
	Source       string       `json:"source"`
	Start        string       `json:"start"`
	State        string       `json:"state"` // running, finished or limited
	Round        int          `json:"round"`
	Bytes        int64        `json:"bytes"`
	Seen         int          `json:"pages_seen"`
	Fetched      int          `json:"pages_fetched"`
	Due          int          `json:"pages_due"`
	Documents    int          `json:"documents"`
	Imported     int          `json:"imported"`
	Moved        int          `json:"moved"`
	Doubles      int          `json:"doubles"`
	Skipped      []Reason     `json:"skipped,omitempty"`
	Failed       []Reason     `json:"failed,omitempty"`
	Columns      []ColumnSeen `json:"columns,omitempty"`
	Attachments  int          `json:"attachments"`
	Lost         []Lost       `json:"attachments_lost,omitempty"`
	OldAddresses int          `json:"old_addresses"`
}

// Reason is why pages are not in, with one address as an example.
type Reason struct {
	Reason  string `json:"reason"`
	Pages   int    `json:"pages"`
	Example string `json:"example"`
}

// ColumnSeen is a column of the old site and the one of ours that took it.
type ColumnSeen struct {
	Name      string `json:"name"`
	Documents int    `json:"documents"`
	Imported  int    `json:"imported"`
	Code      string `json:"code,omitempty"`
}

// Lost is an attachment that a document names and the library has not.
type Lost struct {
	Page   string `json:"page"`
	URL    string `json:"url"`
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// Report counts from the tables; nothing is fetched.
func (s *Site) Report(ctx context.Context) (r *Report, err error) {
	defer fault.Wrap(&err, "exchange.Report(%s)", s.start.Host)
	r = &Report{Source: s.opts.Source, Start: s.start.String(), State: s.state, Round: s.round, Bytes: s.bytes}
	err = s.db.Reader().QueryRowContext(ctx, `
		SELECT COALESCE(SUM(CASE WHEN kind <> 'file' THEN 1 ELSE 0 END), 0),
			COALESCE(SUM(CASE WHEN kind <> 'file' AND state IN ('fetched', 'alias', 'moved') THEN 1 ELSE 0 END), 0),
			COALESCE(SUM(CASE WHEN state = 'due' THEN 1 ELSE 0 END), 0),
			COALESCE(SUM(CASE WHEN kind = 'content' AND state = 'fetched' THEN 1 ELSE 0 END), 0),
			COALESCE(SUM(CASE WHEN kind = 'content' AND state = 'fetched' AND done_key <> '' THEN 1 ELSE 0 END), 0),
			COALESCE(SUM(CASE WHEN state = 'moved' THEN 1 ELSE 0 END), 0),
			COALESCE(SUM(CASE WHEN state = 'alias' THEN 1 ELSE 0 END), 0),
			COALESCE(SUM(CASE WHEN kind = 'file' THEN 1 ELSE 0 END), 0)
		FROM crawl_pages WHERE crawl_id = $1`, s.id).
		Scan(&r.Seen, &r.Fetched, &r.Due, &r.Documents, &r.Imported, &r.Moved, &r.Doubles, &r.Attachments)
	if err != nil {
		return nil, err
	}
	for _, read := range []func(context.Context, *Report) error{s.reasons, s.columnsSeen, s.lost, s.addresses} {
		if err := read(ctx, r); err != nil {
			return nil, store.Sentence("exchange.Report", err)
		}
	}
	return r, nil
}

func (s *Site) reasons(ctx context.Context, r *Report) error {
	rows, err := s.db.Reader().QueryContext(ctx, `
		SELECT state, reason, COUNT(*), MIN(url) FROM crawl_pages
		WHERE crawl_id = $1 AND kind <> 'file' AND (state IN ('skipped', 'failed') OR state = 'fetched' AND reason <> '')
		GROUP BY state, reason ORDER BY COUNT(*) DESC, reason`, s.id)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var state string
		var x Reason
		if err := rows.Scan(&state, &x.Reason, &x.Pages, &x.Example); err != nil {
			return err
		}
		if state == skipped {
			r.Skipped = append(r.Skipped, x)
		} else {
			r.Failed = append(r.Failed, x)
		}
	}
	return rows.Err()
}

func (s *Site) columnsSeen(ctx context.Context, r *Report) error {
	rows, err := s.db.Reader().QueryContext(ctx, `
		SELECT column_name, COUNT(*), SUM(CASE WHEN done_key <> '' THEN 1 ELSE 0 END) FROM crawl_pages
		WHERE crawl_id = $1 AND kind = 'content' AND state IN ('fetched', 'skipped') GROUP BY column_name ORDER BY COUNT(*) DESC, column_name`, s.id)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var c ColumnSeen
		if err := rows.Scan(&c.Name, &c.Documents, &c.Imported); err != nil {
			return err
		}
		c.Code, _ = s.wanted(c.Name, "")
		r.Columns = append(r.Columns, c)
	}
	return rows.Err()
}

func (s *Site) lost(ctx context.Context, r *Report) error {
	rows, err := s.db.Reader().QueryContext(ctx, `
		SELECT p.url, f.url, l.name, f.reason FROM crawl_links l JOIN crawl_pages p ON p.id = l.page_id JOIN crawl_pages f ON f.id = l.file_id
		WHERE p.crawl_id = $1 AND p.state = 'fetched' AND f.state NOT IN ('fetched', 'due') ORDER BY p.id, l.position`, s.id)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var x Lost
		if err := rows.Scan(&x.Page, &x.URL, &x.Name, &x.Reason); err != nil {
			return err
		}
		r.Lost = append(r.Lost, x)
	}
	return rows.Err()
}

func (s *Site) addresses(ctx context.Context, r *Report) error {
	return s.db.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM old_addresses WHERE host = $1`, s.start.Host).Scan(&r.OldAddresses)
}
