-- +goose Up
-- Scans of what came on paper name people as documents do: their bytes lie in
-- the file store sealed. sha256 is the hash of what is stored, digest that of
-- the plain bytes; an empty digest marks bytes from before, which the next start
-- seals. seal_key is the key of the vault that sealed them, so that changing
-- keys knows what is left to do.
ALTER TABLE request_files ADD COLUMN digest @text NOT NULL DEFAULT '';
ALTER TABLE request_files ADD COLUMN seal_key @text NOT NULL DEFAULT '';
ALTER TABLE request_materials ADD COLUMN seal_key @text NOT NULL DEFAULT '';
ALTER TABLE request_versions ADD COLUMN seal_key @text NOT NULL DEFAULT '';
