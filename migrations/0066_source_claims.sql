-- +goose Up
-- What a source says of a field that a person has corrected since. The record
-- of the person stands; the other value waits here until somebody has looked.
CREATE TABLE source_claims (
  edition_id BIGINT NOT NULL REFERENCES editions(id),
  field      @text NOT NULL,
  value      TEXT NOT NULL,
  at         BIGINT NOT NULL,
  PRIMARY KEY (edition_id, field)
);
