-- +goose Up
-- A table of requests that was handed in: many at once, or the old register of
-- an organ. The table lies sealed, since it names applicants; done counts the
-- rows that are written, so that a broken take-over goes on where it stopped.
-- The same file is taken once an organ.
CREATE TABLE request_imports (
  id           @id,
  organ_id     BIGINT NOT NULL REFERENCES organs(id),
  kind         @text NOT NULL,
  sha256       @text NOT NULL,
  table_sealed TEXT NOT NULL,
  mapping      TEXT NOT NULL DEFAULT '[]',
  total        INTEGER NOT NULL DEFAULT 0,
  done         INTEGER NOT NULL DEFAULT 0,
  taken        INTEGER NOT NULL DEFAULT 0,
  refused      INTEGER NOT NULL DEFAULT 0,
  clashes      TEXT NOT NULL DEFAULT '[]',
  started_at   BIGINT NOT NULL DEFAULT 0,
  finished_at  BIGINT NOT NULL DEFAULT 0,
  login        @text NOT NULL,
  at           BIGINT NOT NULL,
  UNIQUE (organ_id, kind, sha256)
);
