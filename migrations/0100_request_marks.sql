-- +goose Up
-- What is removed from a document: a box on a page in hundredths of a point
-- (pixels of a picture) from its top left, or words, which lie sealed because
-- they are what must not be read. kind pass is a suggestion that was dismissed.
CREATE TABLE request_marks (
  id           @id,
  file_id      BIGINT NOT NULL REFERENCES request_materials(id),
  layer_id     BIGINT NOT NULL DEFAULT 0,
  kind         @text NOT NULL,
  page         INTEGER NOT NULL DEFAULT 0,
  x            BIGINT NOT NULL DEFAULT 0,
  y            BIGINT NOT NULL DEFAULT 0,
  w            BIGINT NOT NULL DEFAULT 0,
  h            BIGINT NOT NULL DEFAULT 0,
  words_sealed TEXT NOT NULL DEFAULT '',
  reason       TEXT NOT NULL DEFAULT '',
  actor        @text NOT NULL,
  at           BIGINT NOT NULL,
  dropped      INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX request_marks_file ON request_marks(file_id, id);

-- A file as it can be handed out, built from the original with all layers that
-- stand; stand is a digest of the decisions it was built by. It is never
-- changed: given_at is when it was handed out.
CREATE TABLE request_versions (
  id         @id,
  file_id    BIGINT NOT NULL REFERENCES request_materials(id),
  no         INTEGER NOT NULL,
  stand      @text NOT NULL,
  name       TEXT NOT NULL,
  mime       @text NOT NULL,
  size       BIGINT NOT NULL,
  digest     @text NOT NULL,
  sealed     @text NOT NULL,
  redacted   INTEGER NOT NULL DEFAULT 0,
  report     TEXT NOT NULL DEFAULT '{}',
  made_by    @text NOT NULL,
  made_at    BIGINT NOT NULL,
  checked_by @text NOT NULL DEFAULT '',
  checked_at BIGINT NOT NULL DEFAULT 0,
  given_at   BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX request_versions_no ON request_versions(file_id, no);
CREATE INDEX request_versions_sealed ON request_versions(sealed);
