-- +goose Up
-- The divisions inside an organ and the bodies below it that are no organs of
-- their own (Q24-1c). kind is inner or below.
CREATE TABLE organ_units (
  id       @id,
  organ_id BIGINT NOT NULL REFERENCES organs(id),
  kind     @text NOT NULL,
  position INTEGER NOT NULL,
  name     TEXT NOT NULL,
  duties   TEXT NOT NULL DEFAULT '',
  head     TEXT NOT NULL DEFAULT '',
  phone    TEXT NOT NULL DEFAULT '',
  address  TEXT NOT NULL DEFAULT '',
  hours    TEXT NOT NULL DEFAULT '',
  gone     INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX organ_units_organ ON organ_units(organ_id, position, id);
