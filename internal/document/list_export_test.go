package document

import (
	"context"
	"database/sql"

	"gongkai/internal/store"
)

// CubeFaults is cubeFaults over one state of a database.
func CubeFaults(ctx context.Context, db *store.DB) (out []string, err error) {
	err = db.Snapshot(ctx, func(q *sql.Tx) error {
		out, err = cubeFaults(ctx, q)
		return err
	})
	return out, err
}

// WalkLimit sets walkLimit and gives the former value.
func WalkLimit(n int) (was int) {
	was, walkLimit = walkLimit, n
	return was
}

// HotQuery is a query that every page or list asks, and the index that must
// answer it.
type HotQuery struct {
	SQL   string
	Args  []any
	Index string
}

// HotQueries are read by the plan test, by name.
var HotQueries = map[string]HotQuery{
	"recent":   {recentQuery, []any{10}, "work_cards_date"},
	"revised":  {revisedQuery, []any{10}, "work_cards_revised"},
	"work ids": {workIDsQuery, []any{1, 10}, "work_cards"},
	"newest":   {orders["newest"].query("", true), []any{10, "2020", 1}, "card_keys_date"},
	"oldest":   {orders["oldest"].query("", true), []any{10, "2020", 1}, "card_keys_date"},
	"force":    {orders["force"].query("", false), []any{10}, "card_keys_force"},
	"title":    {orders["title"].query("", true), []any{10, "清", 1}, "card_keys_title"},
	"work":     {orders["work"].query("", true), []any{10, 1}, "card_keys_work"},
	"previous": {neighbourQuery(">", "ASC"), []any{1, "2020", 1}, "column_order_page"},
	"next":     {neighbourQuery("<", "DESC"), []any{1, "2020", 1}, "column_order_page"},
	"version":  {versionQuery, nil, "card_keys_changed"},
}
