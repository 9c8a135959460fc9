-- +goose Up
-- Of one work one withdrawal or restoration is open at a time. Two people who
-- propose at the same moment are told apart by this index and not by a look
-- that both take before either writes. Where two stood open already, the later
-- one keeps its case and leaves the index.
ALTER TABLE takedowns ADD COLUMN pending INTEGER NOT NULL DEFAULT 0;
UPDATE takedowns SET pending = 1 WHERE case_id IN (
  SELECT MIN(d.case_id) FROM takedowns d JOIN cases c ON c.id = d.case_id WHERE c.closed_at = 0 GROUP BY d.work);
CREATE UNIQUE INDEX takedowns_pending ON takedowns(work) WHERE pending = 1;
