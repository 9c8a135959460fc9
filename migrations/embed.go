// Package migrations holds the numbered steps of the schema, one change each,
// forward only. The tokens @id, @text and @bytes are spelled per engine by
// store (see store/dialect.go), so one text serves SQLite and PostgreSQL.
package migrations

import "embed"

// FS is every step.
//
//go:embed *.sql
var FS embed.FS
