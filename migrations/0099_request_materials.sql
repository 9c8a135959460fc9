-- +goose Up
-- The documents that are collected for a request, with where each comes from
-- and which item it answers. The bytes lie in the file store sealed with the
-- vault (sealed is the hash of the sealed bytes, digest that of the plain ones);
-- a document of the public library has neither: its address is given.
CREATE TABLE request_materials (
  id      @id,
  case_id BIGINT NOT NULL REFERENCES cases(id),
  no      INTEGER NOT NULL,
  item    INTEGER NOT NULL DEFAULT 0,
  name    TEXT NOT NULL,
  origin  TEXT NOT NULL DEFAULT '',
  work    BIGINT NOT NULL DEFAULT 0,
  format  @text NOT NULL DEFAULT '',
  mime    @text NOT NULL DEFAULT '',
  size    BIGINT NOT NULL DEFAULT 0,
  digest  @text NOT NULL DEFAULT '',
  sealed  @text NOT NULL DEFAULT '',
  pages   TEXT NOT NULL DEFAULT '[]',
  actor   @text NOT NULL,
  at      BIGINT NOT NULL,
  dropped INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX request_materials_no ON request_materials(case_id, no);
CREATE INDEX request_materials_sealed ON request_materials(sealed);

-- What removals rest on: a layer has one legal ground, stands by a decision and
-- can be lifted by a later one, as after reconsideration, while the others stand.
CREATE TABLE request_layers (
  id        @id,
  case_id   BIGINT NOT NULL REFERENCES cases(id),
  no        INTEGER NOT NULL,
  ground    @text NOT NULL,
  name      TEXT NOT NULL DEFAULT '',
  actor     @text NOT NULL,
  at        BIGINT NOT NULL,
  lifted_by @text NOT NULL DEFAULT '',
  lifted_on TEXT NOT NULL DEFAULT '',
  lifted_at BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX request_layers_no ON request_layers(case_id, no);

-- The decision about a page; page 0 is the whole document.
CREATE TABLE request_rulings (
  file_id  BIGINT NOT NULL REFERENCES request_materials(id),
  page     INTEGER NOT NULL,
  decision @text NOT NULL,
  layer_id BIGINT NOT NULL DEFAULT 0,
  reason   TEXT NOT NULL DEFAULT '',
  actor    @text NOT NULL,
  at       BIGINT NOT NULL,
  PRIMARY KEY (file_id, page)
);
