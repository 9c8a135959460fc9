-- +goose Up
-- The day on which a reconsideration or a suit was accepted: the periods of its
-- decision run from it (A-96). Empty where nobody knows it.
ALTER TABLE disputes ADD COLUMN accepted_on @text NOT NULL DEFAULT '';
