-- +goose Up
-- Disputes about information disclosure (handbook A-118, B3 table 4): review,
-- suit, complaint. request_id is 0 for one that stands alone. No party is named.
CREATE TABLE disputes (
  case_id     BIGINT PRIMARY KEY REFERENCES cases(id),
  request_id  BIGINT NOT NULL DEFAULT 0,
  kind        @text NOT NULL,
  simple      INTEGER NOT NULL DEFAULT 0,
  body        TEXT NOT NULL,
  number      @text NOT NULL,
  received_on @text NOT NULL,
  replied_on  @text NOT NULL DEFAULT '',
  result      @text NOT NULL DEFAULT '',
  decided_on  @text NOT NULL DEFAULT '',
  redo        INTEGER NOT NULL DEFAULT 0,
  opinion_on  @text NOT NULL DEFAULT '',
  reported_on @text NOT NULL DEFAULT '',
  note        TEXT NOT NULL DEFAULT ''
);
CREATE INDEX disputes_received ON disputes(received_on, case_id);
CREATE INDEX disputes_request ON disputes(request_id);
