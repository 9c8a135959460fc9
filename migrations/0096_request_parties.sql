-- +goose Up
-- Whose opinion was asked about a request (A-76 to A-78). Who a third party is
-- and why they refuse stands sealed; an organ has its name in plain words. The
-- clock keeps its own facts; the days here are what the file shows.
CREATE TABLE request_parties (
  id             @id,
  case_id        BIGINT NOT NULL REFERENCES cases(id),
  party          @text NOT NULL,
  organ_name     TEXT NOT NULL DEFAULT '',
  name_sealed    @text NOT NULL DEFAULT '',
  contact_sealed @text NOT NULL DEFAULT '',
  name_blind     @text NOT NULL,
  code_blind     @text NOT NULL UNIQUE,
  code_sealed    @text NOT NULL DEFAULT '',
  second_blind   @text NOT NULL DEFAULT '',
  matter         TEXT NOT NULL,
  letter_id      BIGINT NOT NULL DEFAULT 0,
  sent_on        @text NOT NULL,
  received_on    @text NOT NULL DEFAULT '',
  replied_on     @text NOT NULL DEFAULT '',
  opinion        @text NOT NULL DEFAULT '',
  reason_sealed  TEXT NOT NULL DEFAULT '',
  online         INTEGER NOT NULL DEFAULT 0,
  late           INTEGER NOT NULL DEFAULT 0,
  override       TEXT NOT NULL DEFAULT '',
  told_letter    BIGINT NOT NULL DEFAULT 0,
  told_on        @text NOT NULL DEFAULT '',
  told_proof     TEXT NOT NULL DEFAULT '',
  UNIQUE (case_id, party)
);
