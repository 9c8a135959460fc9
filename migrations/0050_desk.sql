-- +goose Up
-- The import desk: files wait here, are read behind the pages and corrected by
-- people; nothing of them is in the library before somebody releases it.
CREATE TABLE desk_batches (
  id         @id,
  organ_id   BIGINT NOT NULL REFERENCES organs(id),
  actor      @text NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX desk_batches_organ ON desk_batches(organ_id, id);

-- One uploaded file. state waiting, reading, ready, doubt, failed, ordered,
-- released or dropped; verdict new, edition, unchanged or ''. sheet is what the
-- document will say of itself; source is the text that was read, facts where
-- each fact stood in it and what the reading lost.
CREATE TABLE desk_items (
  id            @id,
  batch_id      BIGINT NOT NULL REFERENCES desk_batches(id),
  position      INTEGER NOT NULL,
  name          TEXT NOT NULL,
  size          BIGINT NOT NULL,
  sha256        @text NOT NULL DEFAULT '',
  mime          @text NOT NULL DEFAULT '',
  state         @text NOT NULL,
  verdict       @text NOT NULL DEFAULT '',
  reasons       TEXT NOT NULL DEFAULT '[]',
  checked       INTEGER NOT NULL DEFAULT 0,
  tries         INTEGER NOT NULL DEFAULT 0,
  claimed_until BIGINT NOT NULL DEFAULT 0,
  version       INTEGER NOT NULL DEFAULT 0,
  sheet         TEXT NOT NULL DEFAULT '{}',
  source        TEXT NOT NULL DEFAULT '',
  facts         TEXT NOT NULL DEFAULT '{}',
  ordered_by    @text NOT NULL DEFAULT '',
  work          BIGINT NOT NULL DEFAULT 0,
  label         INTEGER NOT NULL DEFAULT 0,
  updated_at    BIGINT NOT NULL,
  UNIQUE (batch_id, position)
);
CREATE INDEX desk_items_waiting ON desk_items(state, id);
CREATE INDEX desk_items_sha ON desk_items(sha256);

-- Each saved state of a sheet, so that of two people who save one document
-- neither loses a word.
CREATE TABLE desk_saves (
  item_id BIGINT NOT NULL REFERENCES desk_items(id) ON DELETE CASCADE,
  version INTEGER NOT NULL,
  actor   @text NOT NULL,
  at      BIGINT NOT NULL,
  sheet   TEXT NOT NULL,
  PRIMARY KEY (item_id, version)
);

-- An act that a form asked for, once: the same token with the same words gives
-- the first result again, with other words it is a conflict.
CREATE TABLE desk_tokens (
  actor  @text NOT NULL,
  token  @text NOT NULL,
  hash   @text NOT NULL,
  result TEXT NOT NULL,
  at     BIGINT NOT NULL,
  PRIMARY KEY (actor, token)
);
