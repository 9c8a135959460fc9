-- +goose Up
-- How a dispute was worked out with the other side, step by step (M23-2.3c): the
-- register tells it in a column of its own. The words name nobody; they go with
-- the applicant's name.
CREATE TABLE dispute_talks (
  id      @id,
  case_id BIGINT NOT NULL REFERENCES disputes(case_id),
  on_day  @text NOT NULL,
  how     @text NOT NULL,
  came_to @text NOT NULL,
  body    TEXT NOT NULL,
  login   @text NOT NULL,
  at      BIGINT NOT NULL
);
CREATE INDEX dispute_talks_case ON dispute_talks(case_id, id);
