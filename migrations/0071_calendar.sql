-- +goose Up
-- Days that differ from Monday to Friday, beyond those that the program brings
-- along: next year's notice, a corrected one, days of one region (handbook G).
-- A load is one notice; its id is the generation that due times were computed
-- with. scanned is how far the recount of open tasks got.
CREATE TABLE calendar_loads (
  id        @id,
  region    @text NOT NULL,
  year      INTEGER NOT NULL,
  version   INTEGER NOT NULL,
  notice    TEXT NOT NULL,
  loaded_by @text NOT NULL,
  at        BIGINT NOT NULL,
  scanned   BIGINT NOT NULL DEFAULT 0,
  moved     INTEGER NOT NULL DEFAULT 0,
  done_at   BIGINT NOT NULL DEFAULT 0,
  UNIQUE (region, year, version)
);

CREATE TABLE calendar_days (
  load_id BIGINT NOT NULL REFERENCES calendar_loads(id),
  day     @text NOT NULL,
  kind    @text NOT NULL,
  name    TEXT NOT NULL,
  PRIMARY KEY (load_id, day)
);
