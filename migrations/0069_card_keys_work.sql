-- +goose Up
-- Whoever takes the whole list follows the public ids: they never change, while
-- a date moves when a new text arrives and takes its work past the reader.
CREATE INDEX card_keys_work ON card_keys(public_id, cell_id);
