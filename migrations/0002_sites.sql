-- +goose Up
-- A site belongs to a government, columns belong to a site (design section 3).
CREATE TABLE sites (
  id              @id,
  organ_id        BIGINT REFERENCES organs(id),
  name            TEXT NOT NULL,
  domain          @text NOT NULL DEFAULT '',
  id_code         @text NOT NULL DEFAULT '',
  icp             TEXT NOT NULL DEFAULT '',
  police_record   TEXT NOT NULL DEFAULT '',
  organiser       TEXT NOT NULL DEFAULT '',
  undertaker      TEXT NOT NULL DEFAULT '',
  contact         TEXT NOT NULL DEFAULT '',
  index_template  TEXT NOT NULL DEFAULT ''
);

CREATE TABLE columns (
  id          @id,
  site_id     BIGINT NOT NULL REFERENCES sites(id),
  parent_id   BIGINT REFERENCES columns(id),
  code        @text NOT NULL UNIQUE,
  name        TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  keywords    TEXT NOT NULL DEFAULT '',
  type        @text NOT NULL,
  part        @text NOT NULL DEFAULT '',
  position    INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE topics (
  id        @id,
  parent_id BIGINT REFERENCES topics(id),
  name      TEXT NOT NULL,
  name_key  @text NOT NULL,
  position  INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX topics_key ON topics(name_key);
