-- +goose Up
-- A sign-in. token is a hash of the cookie. An ended session stays as a mark
-- until it would have expired: a request that was under way when its session
-- ended must not bring it back to life.
CREATE TABLE sessions (
  token      @text PRIMARY KEY,
  person_id  BIGINT REFERENCES people(id),
  data       @bytes NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at    BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  ended_at   BIGINT NOT NULL DEFAULT 0,
  address    @text NOT NULL DEFAULT '',
  agent      TEXT NOT NULL DEFAULT ''
);
CREATE INDEX sessions_person ON sessions(person_id, ended_at);
CREATE INDEX sessions_expires ON sessions(expires_at);

-- Failed attempts by account, by known browser and by address, with the moment
-- before which the next attempt is not looked at.
CREATE TABLE sign_in_guards (
  key     @text PRIMARY KEY,
  fails   INTEGER NOT NULL,
  last_at BIGINT NOT NULL,
  until   BIGINT NOT NULL
);
CREATE INDEX sign_in_guards_last ON sign_in_guards(last_at);
