-- +goose Up
-- A published work may be taken off the pages and put back (A-31, A-33). Its
-- texts stay for the staff; what is withdrawn is one flag of the work, so that
-- no text changes. Each act keeps its day, its ground and the reason that the
-- trace page shows; seq is the row of the log that holds its digest.
ALTER TABLE works ADD COLUMN withdrawn INTEGER NOT NULL DEFAULT 0;

CREATE TABLE work_takedowns (
  id      @id,
  work_id BIGINT NOT NULL REFERENCES works(id),
  act     @text NOT NULL,
  ground  @text NOT NULL,
  reason  TEXT NOT NULL,
  actor   @text NOT NULL,
  on_day  @text NOT NULL,
  at      BIGINT NOT NULL,
  seq     BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX work_takedowns_work ON work_takedowns(work_id, id);
CREATE INDEX work_takedowns_seq ON work_takedowns(seq);
