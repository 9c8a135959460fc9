-- +goose Up
-- Stamped letters name people: their bytes lie in the file store sealed, as
-- scans do (0110). Here stand, by the row of request_letter_files, the hash of
-- the plain bytes and the key of the vault that sealed them; a file without a
-- row is from before, and the next start seals it.
CREATE TABLE request_letter_file_keys (
  id       BIGINT PRIMARY KEY,
  digest   @text NOT NULL,
  seal_key @text NOT NULL
);
