package backup

import (
	"context"
	"database/sql"

	"gongkai/internal/store"
)

// table is one table of the archive. Tables stand in the order in which rows
// can be put back: whatever a row refers to comes first.
type table struct {
	name  string
	order string // columns that give every row its place
	self  string // column that refers to the table itself, "" for none
	blank string // column that never leaves the library, "" for none
}

// tables is every table of the library. A test compares it with the schema, so
// that a new table cannot be forgotten.
var tables = []table{
	{name: "organs", order: "id"},
	{name: "organ_names", order: "id"},
	{name: "organ_parents", order: "id"},
	{name: "organ_successions", order: "id"},
	{name: "index_counters", order: "organ_id, year"},
	{name: "people", order: "id"},
	{name: "posts", order: "id"},
	{name: "grants", order: "id"},
	{name: "credentials", order: "person_id"},
	{name: "recovery_codes", order: "person_id, hash"},
	{name: "sites", order: "id"},
	{name: "columns", order: "id", self: "parent_id"},
	{name: "topics", order: "id", self: "parent_id"},
	{name: "works", order: "id"},
	{name: "editions", order: "id"},
	{name: "edition_texts", order: "edition_id, revision"},
	{name: "edition_salts", order: "edition_id, name"},
	{name: "edition_records", order: "id"},
	{name: "source_claims", order: "edition_id, field"},
	{name: "edition_organs", order: "edition_id, position"},
	{name: "edition_topics", order: "edition_id, position"},
	{name: "provisions", order: "edition_id, position"},
	{name: "files", order: "sha256"},
	{name: "organ_leaders", order: "id"},
	{name: "organ_photos", order: "sha256, leader_id"},
	{name: "organ_units", order: "id"},
	{name: "organ_changes", order: "id"},
	{name: "edition_files", order: "edition_id, position"},
	{name: "drafts", order: "id"},
	{name: "draft_files", order: "draft_id, sha256"},
	{name: "library_secrets", order: "name"},
	{name: "tombstones", order: "source, hash"},
	{name: "work_facts", order: "id", self: "supersedes"},
	{name: "work_takedowns", order: "id"},
	{name: "relations", order: "id"},
	{name: "placements", order: "work_id, column_id, from_on"},
	{name: "work_cards", order: "work_id"},
	{name: "limited_works", order: "id"},
	{name: "limited_acts", order: "id"},
	{name: "limited_files", order: "act_id, sha256"},
	{name: "crawls", order: "id"},
	{name: "crawl_pages", order: "id"},
	{name: "crawl_links", order: "page_id, file_id"},
	{name: "old_addresses", order: "host, path_query"},
	{name: "log_head", order: "id"},
	{name: "publication_log", order: "seq"},
	{name: "log_hashes", order: "no"},
	{name: "log_keys", order: "name", blank: "signer"},
	{name: "log_seals", order: "id"},
	{name: "audit_log", order: "id"},
	{name: "desk_batches", order: "id"},
	{name: "desk_items", order: "id"},
	{name: "desk_saves", order: "item_id, version"},
	{name: "desk_tokens", order: "actor, token"},
	{name: "work_redirects", order: "from_work"},
	{name: "cases", order: "id"},
	{name: "case_counters", order: "organ_id, kind, year"},
	{name: "case_events", order: "id"},
	{name: "case_facts", order: "id"},
	{name: "case_tasks", order: "id"},
	{name: "case_links", order: "case_id, kind, target"},
	{name: "case_tokens", order: "actor, action, token"},
	{name: "absences", order: "id"},
	{name: "notices", order: "id"},
	{name: "duty_keys", order: "person_id"},
	{name: "calendar_loads", order: "id"},
	{name: "calendar_days", order: "load_id, day"},
	{name: "review_bodies", order: "organ_id"},
	{name: "releases", order: "case_id"},
	{name: "release_versions", order: "case_id, version"},
	{name: "release_gates", order: "case_id, round, gate"},
	{name: "release_files", order: "id"},
	{name: "release_findings", order: "case_id, mark"},
	{name: "release_channels", order: "case_id, channel"},
	{name: "check_exceptions", order: "id"},
	{name: "negative_entries", order: "id"},
	{name: "withheld", order: "case_id"},
	{name: "takedowns", order: "case_id"},
	{name: "vault_keys", order: "key_id", blank: "secret"},
	{name: "person_contacts", order: "person_id"},
	{name: "requests", order: "case_id"},
	{name: "samplings", order: "id"},
	{name: "sampled_answers", order: "id"},
	{name: "mendings", order: "case_id"},
	{name: "request_letter_drafts", order: "case_id"},
	{name: "request_letter_numbers", order: "organ_id, number"},
	{name: "request_letters", order: "id"},
	{name: "request_letter_files", order: "id"},
	{name: "request_letter_file_keys", order: "id"},
	{name: "request_profiles", order: "organ_id"},
	{name: "request_messages", order: "id"},
	{name: "request_materials", order: "id"},
	{name: "request_layers", order: "id"},
	{name: "request_rulings", order: "file_id, page"},
	{name: "request_marks", order: "id"},
	{name: "request_versions", order: "id"},
	{name: "request_intake", order: "case_id"},
	{name: "request_files", order: "id"},
	{name: "request_contacts", order: "id"},
	{name: "request_imports", order: "id"},
	{name: "request_ratings", order: "case_id"},
	{name: "request_unneeded", order: "day, work_id"},
	{name: "request_fees", order: "case_id"},
	{name: "request_fee_payments", order: "id"},
	{name: "request_fee_months", order: "organ_id, blind, month"},
	{name: "request_fee_prices", order: "organ_id"},
	{name: "request_parties", order: "id"},
	{name: "request_frequent", order: "case_id"},
	{name: "request_searches", order: "id"},
	{name: "request_counsels", order: "id"},
	{name: "request_extensions", order: "id"},
	{name: "request_notes", order: "id"},
	{name: "request_helps", order: "case_id"},
	{name: "request_help_files", order: "case_id, file_id"},
	{name: "request_councils", order: "id"},
	{name: "request_council_cases", order: "council_id, case_id"},
	{name: "request_proactive", order: "id"},
	{name: "request_proactive_cases", order: "proactive_id, case_id"},
	{name: "request_examples", order: "id"},
	{name: "disputes", order: "case_id"},
	{name: "dispute_talks", order: "id"},
	{name: "request_services", order: "id"},
	{name: "request_rounds", order: "case_id, round"},
	{name: "request_erasures", order: "id"},
	{name: "mend_records", order: "case_id"},
	{name: "job_keys", order: "name"},
	{name: "hooks", order: "id"},
	{name: "seal_services", order: "organ_id"},
	{name: "outbox", order: "id"},
}

// elsewhere names tables that are not archived as rows, with the reason.
var elsewhere = map[string]string{
	"sessions":           "in a restored library nobody is signed in",
	"sign_in_guards":     "failed attempts are forgotten after a day anyway",
	"file_removals":      "the bytes they name have no row, so they are not in the archive",
	"river_job":          "the outbox names what is still to be delivered; jobs are made again from it",
	"river_queue":        "belongs to the queue, made again when it opens",
	"river_leader":       "belongs to the queue, made again when it opens",
	"river_client":       "belongs to the queue, made again when it opens",
	"river_client_queue": "belongs to the queue, made again when it opens",
	"river_migration":    "belongs to the queue, made again when it opens",
	"file_chunks":        "bytes of files travel as files, whatever keeps them",
	"crawl_bodies":       "bytes on their way from an old site; they are fetched again",
	"card_cells":         "counted again from the cards when they do not add up",
	"card_keys":          "written again with the counts",
	"column_order":       "written again with the counts",
	"goose_db_version":   "the schema is made by the program that restores",
}

// columnsOf asks the database for a table's columns, in their order.
func columnsOf(ctx context.Context, q store.Querier, name string) ([]string, error) {
	rows, err := q.QueryContext(ctx, `SELECT * FROM `+name+` WHERE 1 = 0`)
	if err != nil {
		return nil, store.Sentence("backup.columnsOf("+name+")", err)
	}
	defer rows.Close()
	cols, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	return cols, rows.Err()
}

// schemaVersion is the number of the newest migration.
func schemaVersion(ctx context.Context, q store.Querier) (v int64, err error) {
	err = q.QueryRowContext(ctx, `SELECT MAX(version_id) FROM goose_db_version`).Scan(&v)
	return v, store.Sentence("backup.schemaVersion", err)
}

// occupied names the first table that holds anything; "" for an empty library.
// The head of an empty log and signing keys are there from the start.
func occupied(ctx context.Context, q store.Querier) (string, error) {
	for _, t := range tables {
		query := `SELECT 1 FROM ` + t.name + ` LIMIT 1`
		switch t.name {
		case "log_keys":
			continue
		case "log_head":
			query = `SELECT 1 FROM log_head WHERE size <> 0 OR next_public_id <> 1 LIMIT 1`
		}
		var one int
		switch err := q.QueryRowContext(ctx, query).Scan(&one); err {
		case nil:
			return t.name, nil
		case sql.ErrNoRows:
		default:
			return "", store.Sentence("backup.occupied("+t.name+")", err)
		}
	}
	return "", nil
}
