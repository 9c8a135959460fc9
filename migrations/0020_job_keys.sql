-- +goose Up
-- A job may be worked twice when a machine dies between its effect and its
-- receipt. What it did under a key is remembered in the same transaction as the
-- effect, so that the second time does nothing (internal/jobs, Once). The
-- queue's own tables are made by the queue library.
CREATE TABLE job_keys (
  name @text PRIMARY KEY,
  at   BIGINT NOT NULL
);
CREATE INDEX job_keys_at ON job_keys(at);
