-- +goose Up
-- The six contact facts that a department publishes about itself include its
-- website (Q24-1a); a fax number is still printed on request forms.
ALTER TABLE organs ADD COLUMN website TEXT NOT NULL DEFAULT '';
ALTER TABLE organs ADD COLUMN fax TEXT NOT NULL DEFAULT '';
