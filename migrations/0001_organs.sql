-- +goose Up
-- Organs bear the duties; their names, parents and successors change over time
-- and a document keeps the name of its day (design section 3, "organs").
-- An alias is another spelling of a name that documents use; it is matched but
-- never shown. valid_from and valid_to are civil dates, valid_to exclusive, '' when open.
CREATE TABLE organs (
  id          @id,
  code        @text NOT NULL UNIQUE,
  credit_code @text NOT NULL DEFAULT '',
  kind        @text NOT NULL,
  level       @text NOT NULL DEFAULT '',
  region      @text NOT NULL DEFAULT '',
  external    INTEGER NOT NULL DEFAULT 0,
  duties      TEXT NOT NULL DEFAULT '',
  address     TEXT NOT NULL DEFAULT '',
  hours       TEXT NOT NULL DEFAULT '',
  phone       TEXT NOT NULL DEFAULT '',
  postcode    TEXT NOT NULL DEFAULT '',
  position    INTEGER NOT NULL DEFAULT 0,
  created_at  BIGINT NOT NULL
);

CREATE TABLE organ_names (
  id         @id,
  organ_id   BIGINT NOT NULL REFERENCES organs(id),
  name       TEXT NOT NULL,
  short_name TEXT NOT NULL DEFAULT '',
  name_key   @text NOT NULL,
  valid_from @text NOT NULL DEFAULT '',
  valid_to   @text NOT NULL DEFAULT '',
  alias      INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX organ_names_organ ON organ_names(organ_id, valid_from);
CREATE INDEX organ_names_key ON organ_names(name_key);

CREATE TABLE organ_parents (
  id         @id,
  organ_id   BIGINT NOT NULL REFERENCES organs(id),
  parent_id  BIGINT NOT NULL REFERENCES organs(id),
  valid_from @text NOT NULL DEFAULT '',
  valid_to   @text NOT NULL DEFAULT ''
);
CREATE INDEX organ_parents_organ ON organ_parents(organ_id);
CREATE INDEX organ_parents_parent ON organ_parents(parent_id);

CREATE TABLE organ_successions (
  id         @id,
  from_organ BIGINT NOT NULL REFERENCES organs(id),
  to_organ   BIGINT NOT NULL REFERENCES organs(id),
  on_date    @text NOT NULL DEFAULT '',
  reason     TEXT NOT NULL DEFAULT ''
);
CREATE INDEX organ_successions_from ON organ_successions(from_organ);
CREATE INDEX organ_successions_to ON organ_successions(to_organ);
