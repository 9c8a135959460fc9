-- +goose Up
-- Texts published for a limited audience (A-15), for example the villagers of
-- one project. They stand apart from works and editions, so that no list, no
-- index, no count and no link of the public library can come upon them. The log
-- holds one salted digest an act. key is the unguessable part of the address.
CREATE TABLE limited_works (
  id         @id,
  organ_id   BIGINT NOT NULL REFERENCES organs(id),
  key        @text NOT NULL UNIQUE,
  created_at BIGINT NOT NULL
);

-- One act about such a text: issue, withdraw, restore, expunge. seq is the row
-- of the log that holds its digest; an expunged text has neither content nor
-- salt any more.
CREATE TABLE limited_acts (
  id          @id,
  limited_id  BIGINT NOT NULL REFERENCES limited_works(id),
  act         @text NOT NULL,
  label       INTEGER NOT NULL DEFAULT 0,
  audience    TEXT NOT NULL DEFAULT '',
  content     TEXT NOT NULL DEFAULT '',
  content_key @text NOT NULL DEFAULT '',
  ground      @text NOT NULL DEFAULT '',
  reason      TEXT NOT NULL DEFAULT '',
  actor       @text NOT NULL,
  on_day      @text NOT NULL,
  at          BIGINT NOT NULL,
  salt        @text NOT NULL,
  seq         BIGINT NOT NULL
);
CREATE INDEX limited_acts_work ON limited_acts(limited_id, id);
CREATE INDEX limited_acts_key ON limited_acts(content_key);
CREATE INDEX limited_acts_seq ON limited_acts(seq);

-- Which files such texts hold, so that nothing removes their bytes.
CREATE TABLE limited_files (
  act_id BIGINT NOT NULL REFERENCES limited_acts(id),
  sha256 @text NOT NULL REFERENCES files(sha256),
  PRIMARY KEY (act_id, sha256)
);
CREATE INDEX limited_files_sha ON limited_files(sha256);
