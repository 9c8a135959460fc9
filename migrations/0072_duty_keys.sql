-- +goose Up
-- A calendar program reads somebody's duties by an unguessable key in the
-- address; a row holds the hash of the one key that a person has.
CREATE TABLE duty_keys (
  person_id BIGINT PRIMARY KEY REFERENCES people(id),
  hash      @text NOT NULL UNIQUE,
  made_at   BIGINT NOT NULL
);
