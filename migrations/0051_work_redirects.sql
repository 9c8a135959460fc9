-- +goose Up
-- A work that turned out to be a double of another: its address leads there.
CREATE TABLE work_redirects (
  from_work BIGINT PRIMARY KEY,
  to_work   BIGINT NOT NULL,
  actor     @text NOT NULL,
  reason    TEXT NOT NULL,
  at        BIGINT NOT NULL
);
CREATE INDEX work_redirects_to ON work_redirects(to_work);
