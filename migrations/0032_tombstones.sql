-- +goose Up
-- What was expunged must not come back, and nobody may learn from the list of
-- it what it was: only keyed hashes stand here, under a secret of this library.
CREATE TABLE tombstones (
  source @text NOT NULL,
  hash   @text NOT NULL,
  at     BIGINT NOT NULL,
  PRIMARY KEY (source, hash)
);

CREATE TABLE library_secrets (
  name  @text PRIMARY KEY,
  value @text NOT NULL
);

-- Bytes that were ordered to be removed, until they are: a process may die
-- between the commit of the order and the removal.
CREATE TABLE file_removals (
  sha256 @text PRIMARY KEY,
  at     BIGINT NOT NULL
);
