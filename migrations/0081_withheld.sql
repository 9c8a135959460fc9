-- +goose Up
-- What an organ does not disclose is looked at again, at the latest after a
-- year (A-26); a row is one withheld text with its ground.
CREATE TABLE withheld (
  case_id     BIGINT PRIMARY KEY REFERENCES cases(id),
  release_id  BIGINT NOT NULL REFERENCES cases(id),
  ground      @text NOT NULL,
  reason      TEXT NOT NULL,
  review_on   @text NOT NULL,
  kept        INTEGER NOT NULL DEFAULT 0,
  reopened_as BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX withheld_release ON withheld(release_id);

-- A published text taken down, or put back, with its ground and its clock
-- (A-31, A-33).
CREATE TABLE takedowns (
  case_id   BIGINT PRIMARY KEY REFERENCES cases(id),
  work      BIGINT NOT NULL,
  direction @text NOT NULL,
  ground    @text NOT NULL,
  reason    TEXT NOT NULL,
  event_on  @text NOT NULL DEFAULT ''
);
CREATE INDEX takedowns_work ON takedowns(work);

-- Each organ names who reviews before publication, how, and who answers for it
-- (A-20); an organ without a row is held by the one above it.
CREATE TABLE review_bodies (
  organ_id    BIGINT PRIMARY KEY REFERENCES organs(id),
  body        TEXT NOT NULL,
  responsible TEXT NOT NULL,
  procedure   TEXT NOT NULL,
  legality    BIGINT NOT NULL DEFAULT 0,
  set_by      @text NOT NULL,
  set_at      BIGINT NOT NULL
);
