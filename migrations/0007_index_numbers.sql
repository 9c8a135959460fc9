-- +goose Up
-- Serial numbers of index numbers (索引号), one counter an organ and year. A
-- number is unique and never reused; gaps are allowed (F-05).
CREATE TABLE index_counters (
  organ_id BIGINT NOT NULL REFERENCES organs(id),
  year     INTEGER NOT NULL,
  last     BIGINT NOT NULL,
  PRIMARY KEY (organ_id, year)
);
CREATE INDEX editions_index_no ON editions(index_no);
