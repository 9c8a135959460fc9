-- +goose Up
-- A person's decision that what a check finds is right as it stands: for one
-- rule, for certain words or for all, in one organ and below it, until a day.
CREATE TABLE check_exceptions (
  id       @id,
  organ_id BIGINT NOT NULL REFERENCES organs(id),
  rule     @text NOT NULL,
  words    TEXT NOT NULL,
  until_on @text NOT NULL,
  reason   TEXT NOT NULL,
  login    @text NOT NULL,
  at       BIGINT NOT NULL,
  ended_by @text NOT NULL DEFAULT '',
  ended_at BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX check_exceptions_organ ON check_exceptions(organ_id, ended_at, rule);
