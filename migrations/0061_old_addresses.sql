-- +goose Up
-- Where a work stood on the site it came from: moved pages keep their old
-- address working (E-72). path_query is escaped, its query sorted and without
-- session ids; letters keep their case.
CREATE TABLE old_addresses (
  host       @text NOT NULL,
  path_query @text NOT NULL,
  work_id    BIGINT NOT NULL REFERENCES works(id) ON DELETE CASCADE,
  at         BIGINT NOT NULL,
  PRIMARY KEY (host, path_query)
);
CREATE INDEX old_addresses_path ON old_addresses(path_query);
CREATE INDEX old_addresses_work ON old_addresses(work_id);
