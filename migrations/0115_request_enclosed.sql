-- +goose Up
-- Files that come with an application are scanned and sealed before its case
-- has a number, so that nothing is half kept when one of them is refused.
-- seal_row is the number that their bytes are sealed for; 0 is that of the case.
ALTER TABLE request_files ADD COLUMN seal_row BIGINT NOT NULL DEFAULT 0;
