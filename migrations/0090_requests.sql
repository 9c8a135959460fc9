-- +goose Up
-- Requests for information (handbook A8). Who asked stands sealed in the
-- columns that end in _sealed; blind is a keyed digest by which the same
-- applicant is known again. Nothing of it stands in cases, events or logs.
CREATE TABLE requests (
  case_id        BIGINT PRIMARY KEY REFERENCES cases(id),
  channel        @text NOT NULL,
  applicant_kind @text NOT NULL,
  name_sealed    @text NOT NULL,
  proof_sealed   @text NOT NULL DEFAULT '',
  contact_sealed @text NOT NULL,
  blind          @text NOT NULL DEFAULT '',
  code_blind     @text NOT NULL UNIQUE,
  code_sealed    @text NOT NULL,
  second_blind   @text NOT NULL,
  content        TEXT NOT NULL,
  features       TEXT NOT NULL DEFAULT '',
  way            @text NOT NULL,
  delivery       @text NOT NULL,
  electronic     INTEGER NOT NULL DEFAULT 0,
  filled_by      @text NOT NULL DEFAULT '',
  submitted_at   BIGINT NOT NULL,
  received_on    @text NOT NULL DEFAULT '',
  decision       TEXT NOT NULL DEFAULT '{}',
  outcome        @text NOT NULL DEFAULT '',
  letter_no      @text NOT NULL DEFAULT '',
  signed_by      TEXT NOT NULL DEFAULT '',
  signed_at      BIGINT NOT NULL DEFAULT 0,
  served_on      @text NOT NULL DEFAULT '',
  served_how     @text NOT NULL DEFAULT '',
  served_proof   TEXT NOT NULL DEFAULT '',
  retain_until   @text NOT NULL DEFAULT ''
);
CREATE INDEX requests_blind ON requests(blind, case_id);
CREATE INDEX requests_outcome ON requests(outcome, case_id);

-- A letter as it was issued: its kind, number, text and when. It is never
-- changed; a mistake is mended by another letter.
CREATE TABLE request_letters (
  id        @id,
  case_id   BIGINT NOT NULL REFERENCES cases(id),
  kind      @text NOT NULL,
  number    @text NOT NULL,
  title     TEXT NOT NULL,
  body      TEXT NOT NULL,
  template  INTEGER NOT NULL,
  event_no  INTEGER NOT NULL,
  issued_on @text NOT NULL,
  read_at   BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX request_letters_case ON request_letters(case_id, id);

-- What the remedy paragraph and the letters of an organ need (A-94, A-115).
CREATE TABLE request_profiles (
  organ_id BIGINT PRIMARY KEY REFERENCES organs(id),
  profile  TEXT NOT NULL,
  set_by   @text NOT NULL,
  set_at   BIGINT NOT NULL
);

-- Messages between applicant and office, both ways, beside the letters.
CREATE TABLE request_messages (
  id        @id,
  case_id   BIGINT NOT NULL REFERENCES cases(id),
  from_them INTEGER NOT NULL,
  login     @text NOT NULL DEFAULT '',
  body      TEXT NOT NULL,
  at        BIGINT NOT NULL,
  read_at   BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX request_messages_case ON request_messages(case_id, id);
