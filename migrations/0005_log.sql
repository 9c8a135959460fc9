-- +goose Up
-- The publication log is a transparency log: one dense row an act, a Merkle
-- tree over the rows, signed heads (design section 3, "publication_log").
CREATE TABLE log_head (
  id             INTEGER PRIMARY KEY,
  size           BIGINT NOT NULL,
  next_public_id BIGINT NOT NULL,
  root           @text NOT NULL
);
INSERT INTO log_head (id, size, next_public_id, root) VALUES (1, 0, 1, '');

CREATE TABLE publication_log (
  seq        BIGINT PRIMARY KEY,
  at         BIGINT NOT NULL,
  act        @text NOT NULL,
  work_id    BIGINT,
  edition_id BIGINT,
  entry      @text NOT NULL
);
CREATE INDEX publication_log_work ON publication_log(work_id, seq);

CREATE TABLE log_hashes (
  no   BIGINT PRIMARY KEY,
  hash @bytes NOT NULL
);

CREATE TABLE log_keys (
  name       @text PRIMARY KEY,
  verifier   @text NOT NULL,
  signer     @text NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL
);

CREATE TABLE log_seals (
  id   @id,
  at   BIGINT NOT NULL,
  size BIGINT NOT NULL,
  note TEXT NOT NULL
);

CREATE TABLE audit_log (
  id      @id,
  at      BIGINT NOT NULL,
  actor   @text NOT NULL,
  act     @text NOT NULL,
  target  @text NOT NULL,
  outcome @text NOT NULL,
  detail  TEXT NOT NULL,
  seal    BIGINT
);
CREATE INDEX audit_log_seal ON audit_log(seal, id);
CREATE INDEX publication_log_edition ON publication_log(edition_id, seq);
