-- +goose Up
-- The id of a draft is never given twice, so that an address of a draft that
-- is gone cannot come to mean another. PostgreSQL counts so by itself; SQLite
-- does with AUTOINCREMENT only, and a table gets that only by being made anew.
CREATE TABLE drafts_kept (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  work_id      BIGINT NOT NULL REFERENCES works(id),
  base_edition INTEGER,
  label        INTEGER NOT NULL DEFAULT 0,
  version      INTEGER NOT NULL,
  source       @text NOT NULL,
  external_id  @text,
  content_key  @text NOT NULL,
  body         TEXT NOT NULL,
  created_at   BIGINT NOT NULL,
  updated_at   BIGINT NOT NULL
);
INSERT INTO drafts_kept (id, work_id, base_edition, label, version, source, external_id, content_key, body, created_at, updated_at)
  SELECT id, work_id, base_edition, label, version, source, external_id, content_key, body, created_at, updated_at FROM drafts;
DROP TABLE drafts;
ALTER TABLE drafts_kept RENAME TO drafts;
CREATE UNIQUE INDEX drafts_external ON drafts(source, external_id);
CREATE INDEX drafts_content ON drafts(source, content_key);
CREATE INDEX drafts_work ON drafts(work_id);
