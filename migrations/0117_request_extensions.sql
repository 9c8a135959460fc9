-- +goose Up
-- More time is asked for by who works on a request and decided by the head of
-- the disclosure unit (A-71): one row an asking, with how it was decided.
CREATE TABLE request_extensions (
  id         @id,
  case_id    BIGINT NOT NULL REFERENCES cases(id),
  days       INTEGER NOT NULL,
  reason     TEXT NOT NULL,
  asked_by   @text NOT NULL,
  asked_on   @text NOT NULL,
  verdict    @text NOT NULL DEFAULT '',
  decided_by @text NOT NULL DEFAULT '',
  decided_on @text NOT NULL DEFAULT '',
  why        TEXT NOT NULL DEFAULT ''
);
CREATE INDEX request_extensions_case ON request_extensions(case_id, id);
CREATE UNIQUE INDEX request_extensions_open ON request_extensions(case_id) WHERE verdict = '';
