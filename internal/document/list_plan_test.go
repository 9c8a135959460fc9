package document_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"gongkai/internal/document"
	"gongkai/internal/store"
)

// TestPlans_HotQueriesReadAnIndex makes sure that no page sorts or reads all
// works. PostgreSQL is told not to read whole tables, which it prefers when
// they are small: what it does then it does in a large library by itself.
func TestPlans_HotQueriesReadAnIndex(t *testing.T) {
	each(t, func(b *bench) {
		var lines strings.Builder
		for i := range 50 {
			lines.WriteString(law(fmt.Sprintf("q%d", i), fmt.Sprintf("q%d", i), 1, fmt.Sprintf("清河市第%d号办法", i), fmt.Sprintf("2010-03-%02d", 1+i%28), "第一条 根据《清河市第0号办法》，制定本办法。"))
		}
		b.importLines(lines.String())
		for name, query := range document.HotQueries {
			plan := b.plan(query.SQL, query.Args...)
			if !strings.Contains(plan, query.Index) || strings.Contains(plan, "USE TEMP B-TREE") || strings.Contains(plan, "Sort  ") || strings.Contains(plan, "SCAN work_cards\n") {
				b.t.Errorf("%s does not walk %s:\n%s", name, query.Index, plan)
			}
		}
	})
}

// plan is how the engine answers a query.
func (b *bench) plan(query string, args ...any) string {
	b.t.Helper()
	explain, column := "EXPLAIN ", 0
	if b.db.Dialect == store.SQLite {
		explain, column = "EXPLAIN QUERY PLAN ", 3
	}
	var out strings.Builder
	err := b.db.Tx(context.Background(), func(tx *sql.Tx) error {
		if b.db.Dialect == store.Postgres {
			if _, err := tx.Exec(`SET LOCAL enable_seqscan = off`); err != nil {
				return err
			}
		}
		rows, err := tx.Query(explain+query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var a, p, n any
			var text string
			to := []any{&a, &p, &n, &text}
			if column == 0 {
				to = []any{&text}
			}
			if err := rows.Scan(to...); err != nil {
				return err
			}
			out.WriteString(text + "\n")
		}
		return rows.Err()
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return out.String()
}
