-- +goose Up
-- Corrections of one's own record (A-101). Who asks, what is wrong and the
-- evidence stand sealed as in requests; record names the record neutrally.
CREATE TABLE mend_records (
  case_id        BIGINT PRIMARY KEY REFERENCES cases(id),
  applicant_kind @text NOT NULL,
  name_sealed    @text NOT NULL,
  proof_sealed   @text NOT NULL,
  contact_sealed @text NOT NULL,
  blind          @text NOT NULL,
  asked_sealed   TEXT NOT NULL,
  record         TEXT NOT NULL,
  received_on    @text NOT NULL,
  outcome        @text NOT NULL DEFAULT '',
  owner          TEXT NOT NULL DEFAULT '',
  reason         TEXT NOT NULL DEFAULT '',
  letter_no      @text NOT NULL DEFAULT '',
  served_on      @text NOT NULL DEFAULT '',
  served_proof   TEXT NOT NULL DEFAULT '',
  retain_until   @text NOT NULL
);
CREATE INDEX mend_records_blind ON mend_records(blind, case_id);
