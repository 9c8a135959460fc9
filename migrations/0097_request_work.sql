-- +goose Up
-- Reasons asked of an applicant whose requests are clearly too many (A-79). What
-- the applicant says stands sealed.
CREATE TABLE request_frequent (
  case_id        BIGINT PRIMARY KEY REFERENCES cases(id),
  asked_on       @text NOT NULL,
  until_on       @text NOT NULL,
  given_on       @text NOT NULL DEFAULT '',
  reasons_sealed TEXT NOT NULL DEFAULT '',
  verdict        @text NOT NULL DEFAULT '',
  why            TEXT NOT NULL DEFAULT '',
  delay_days     INTEGER NOT NULL DEFAULT 0
);

-- A line of the record of a search: where was looked, by whom, with which
-- words, when, and what came of it (art. 36 (4)).
CREATE TABLE request_searches (
  id         @id,
  case_id    BIGINT NOT NULL REFERENCES cases(id),
  place      TEXT NOT NULL,
  searcher   TEXT NOT NULL,
  words      TEXT NOT NULL,
  done_on    @text NOT NULL,
  result     @text NOT NULL,
  note       TEXT NOT NULL DEFAULT '',
  entered_by @text NOT NULL,
  at         BIGINT NOT NULL
);
CREATE INDEX request_searches_case ON request_searches(case_id, id);

-- What counsel or a public lawyer of the organ says before the review.
CREATE TABLE request_counsels (
  id         @id,
  case_id    BIGINT NOT NULL REFERENCES cases(id),
  kind       @text NOT NULL,
  counsel    TEXT NOT NULL,
  question   TEXT NOT NULL,
  asked_by   @text NOT NULL,
  asked_on   @text NOT NULL,
  given_on   @text NOT NULL DEFAULT '',
  verdict    @text NOT NULL DEFAULT '',
  opinion    TEXT NOT NULL DEFAULT '',
  file_sha   @text NOT NULL DEFAULT '',
  file_name  TEXT NOT NULL DEFAULT ''
);
CREATE INDEX request_counsels_case ON request_counsels(case_id, id);

-- Words of the house about a request: notes, material asked of another unit,
-- advice to a unit, with its answer. All of it stands sealed.
CREATE TABLE request_notes (
  id            @id,
  case_id       BIGINT NOT NULL REFERENCES cases(id),
  kind          @text NOT NULL,
  body_sealed   TEXT NOT NULL DEFAULT '',
  by_login      @text NOT NULL,
  at            BIGINT NOT NULL,
  organ_id      BIGINT NOT NULL DEFAULT 0,
  unit          TEXT NOT NULL DEFAULT '',
  due_on        @text NOT NULL DEFAULT '',
  slot          INTEGER NOT NULL DEFAULT 0,
  answer_sealed TEXT NOT NULL DEFAULT '',
  answered_by   @text NOT NULL DEFAULT '',
  answered_at   BIGINT NOT NULL DEFAULT 0,
  file_sha      @text NOT NULL DEFAULT '',
  file_name     TEXT NOT NULL DEFAULT ''
);
CREATE INDEX request_notes_case ON request_notes(case_id, id);
