-- +goose Up
-- Words between applicant and office are personal: they are sealed. Nothing
-- wrote the table before, so the column only gets its right name.
ALTER TABLE request_messages RENAME COLUMN body TO body_sealed;

-- What an applicant thinks of the answer: a mark from 1 to 5, once, and a word.
CREATE TABLE request_ratings (
  case_id     BIGINT PRIMARY KEY REFERENCES cases(id),
  mark        INTEGER NOT NULL,
  word_sealed @text NOT NULL DEFAULT '',
  at          BIGINT NOT NULL
);

-- How often somebody who began to ask found it already public, a day and a
-- work; work 0 is an earlier answer. No row knows a person.
CREATE TABLE request_unneeded (
  day     @text NOT NULL,
  work_id BIGINT NOT NULL,
  times   BIGINT NOT NULL,
  PRIMARY KEY (day, work_id)
);
