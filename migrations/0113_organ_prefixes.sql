-- +goose Up
-- The codes that an organ's document numbers begin with (机关代字), with 、
-- between them: a draft that bears another organ's is doubted (F-07).
ALTER TABLE organs ADD COLUMN doc_prefixes TEXT NOT NULL DEFAULT '';
