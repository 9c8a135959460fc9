package exchange

import (
	"context"
	"database/sql"
	"errors"
	"net/url"

	"gongkai/internal/store"
)

// Addresses finds works by where they stood on an old site (E-72).
type Addresses struct{ db *store.DB }

// NewAddresses reads the old addresses of a library.
func NewAddresses(db *store.DB) *Addresses { return &Addresses{db} }

// Find answers with the public id of the work that stood at an address, 0 when
// none did or it is not public yet. The host of the request decides; where it
// is none of the old ones (the old name now leads here, or a proxy renames
// it), a path that only one work ever had is clear enough.
func (a *Addresses) Find(ctx context.Context, host, path, rawQuery string) (work int64, err error) {
	key, pathQuery := OldAddress(host, path, rawQuery)
	if len(pathQuery) > maxAddress {
		return 0, nil
	}
	rows, err := a.db.Reader().QueryContext(ctx, `
		SELECT o.host, w.public_id FROM old_addresses o JOIN works w ON w.id = o.work_id
		WHERE o.path_query = $1 AND w.public_id IS NOT NULL ORDER BY o.host`, pathQuery)
	if err != nil {
		return 0, store.Sentence("exchange.Find", err)
	}
	defer rows.Close()
	many := false
	for rows.Next() {
		var h string
		var id int64
		if err := rows.Scan(&h, &id); err != nil {
			return 0, err
		}
		if h == key {
			return id, nil
		}
		many = many || work != 0 && work != id
		work = id
	}
	if many {
		work = 0
	}
	return work, rows.Err()
}

// keepAddress writes where a work stood; a later import may correct it.
func (s *Site) keepAddress(ctx context.Context, tx *sql.Tx, address string, workID int64) error {
	u, err := url.Parse(address)
	if err != nil || workID == 0 {
		return err
	}
	host, pathQuery := OldAddress(u.Host, u.Path, u.RawQuery)
	_, err = tx.ExecContext(ctx, `
		INSERT INTO old_addresses (host, path_query, work_id, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (host, path_query) DO UPDATE SET work_id = excluded.work_id`, host, pathQuery, workID, s.opts.Now().UnixMicro())
	return err
}

// KeepAliases gives the doubles and the redirects of the old site the address
// of the work that they led to. It is called after an import.
func (s *Site) KeepAliases(ctx context.Context) error {
	for range maxHops {
		type pair struct {
			url  string
			id   int64
			work int64
		}
		var list []pair
		rows, err := s.db.Reader().QueryContext(ctx, `
			SELECT p.id, p.url, t.work_id FROM crawl_pages p JOIN crawl_pages t ON t.id = p.alias_of
			WHERE p.crawl_id = $1 AND p.state IN ('alias', 'moved') AND t.work_id <> 0 AND p.work_id <> t.work_id`, s.id)
		if err != nil {
			return store.Sentence("exchange.KeepAliases", err)
		}
		for rows.Next() {
			var p pair
			if err := rows.Scan(&p.id, &p.url, &p.work); err != nil {
				rows.Close()
				return err
			}
			list = append(list, p)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		if len(list) == 0 {
			return nil
		}
		err = s.db.Tx(ctx, func(tx *sql.Tx) error {
			for _, p := range list {
				if _, err := tx.ExecContext(ctx, `UPDATE crawl_pages SET work_id = $2, hint_title = '' WHERE id = $1`, p.id, p.work); err != nil {
					return err
				}
				if err := s.keepAddress(ctx, tx, p.url, p.work); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// internalID and publicID translate between the two numbers of a work; a draft
// has only the first.
func internalID(ctx context.Context, tx *sql.Tx, r Receipt) (id int64, err error) {
	query, arg := `SELECT id FROM works WHERE public_id = $1`, r.Work
	if r.Work == 0 {
		query, arg = `SELECT work_id FROM drafts WHERE id = $1`, r.Draft
	}
	err = tx.QueryRowContext(ctx, query, arg).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, err
}

func publicID(ctx context.Context, q store.Querier, workID int64) (id int64, err error) {
	err = q.QueryRowContext(ctx, `SELECT COALESCE(public_id, 0) FROM works WHERE id = $1`, workID).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, store.Sentence("exchange.publicID", err)
}
