-- +goose Up
-- What a person may do is a grant: a role on an organ and everything below it
-- in a period. A grant is ended, never deleted, so that one can see who could
-- do what on any day.
CREATE TABLE grants (
  id         @id,
  person_id  BIGINT NOT NULL REFERENCES people(id),
  organ_id   BIGINT NOT NULL REFERENCES organs(id),
  role       @text NOT NULL,
  valid_from @text NOT NULL DEFAULT '',
  valid_to   @text NOT NULL DEFAULT '',
  granted_by @text NOT NULL,
  granted_at BIGINT NOT NULL,
  ended_by   @text NOT NULL DEFAULT '',
  ended_at   BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX grants_person ON grants(person_id, ended_at);
CREATE INDEX grants_organ ON grants(organ_id);

-- How a person proves who they are. password holds algorithm, parameters, salt
-- and hash. device_key signs the mark of browsers in which the person has
-- signed in before; totp_step is the last time step used, so that a code
-- counts once.
CREATE TABLE credentials (
  person_id   BIGINT PRIMARY KEY REFERENCES people(id),
  password    @text NOT NULL,
  changed_at  BIGINT NOT NULL,
  must_change INTEGER NOT NULL DEFAULT 0,
  totp_secret @text NOT NULL DEFAULT '',
  totp_step   BIGINT NOT NULL DEFAULT 0,
  device_key  @text NOT NULL
);

CREATE TABLE recovery_codes (
  person_id BIGINT NOT NULL REFERENCES people(id),
  hash      @text NOT NULL,
  used_at   BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (person_id, hash)
);
