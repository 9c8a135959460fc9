-- +goose Up
-- The fee of a request (handbook C): one notice a request, by items or by
-- pages, never both; amounts are in 分. before_units are the items that the same
-- applicant asked of the organ earlier in the month.
CREATE TABLE request_fees (
  case_id      BIGINT PRIMARY KEY REFERENCES cases(id),
  month        @text NOT NULL,
  method       @text NOT NULL,
  units        INTEGER NOT NULL,
  before_units INTEGER NOT NULL,
  amount       BIGINT NOT NULL,
  prices       TEXT NOT NULL,
  reason       TEXT NOT NULL,
  how_to_pay   TEXT NOT NULL,
  number       @text NOT NULL,
  issued_on    @text NOT NULL,
  delivered_on @text NOT NULL DEFAULT '',
  delivered_how @text NOT NULL DEFAULT '',
  proof        TEXT NOT NULL DEFAULT '',
  settled      @text NOT NULL DEFAULT '',
  settled_on   @text NOT NULL DEFAULT '',
  why          TEXT NOT NULL DEFAULT ''
);
CREATE INDEX request_fees_issued ON request_fees(issued_on, case_id);

-- What was paid, each with its fiscal receipt (C-10). A receipt stands once.
CREATE TABLE request_fee_payments (
  id       @id,
  case_id  BIGINT NOT NULL REFERENCES cases(id),
  organ_id BIGINT NOT NULL REFERENCES organs(id),
  amount   BIGINT NOT NULL,
  paid_on  @text NOT NULL,
  receipt  @text NOT NULL,
  by_login @text NOT NULL,
  at       BIGINT NOT NULL,
  UNIQUE (organ_id, receipt)
);
CREATE INDEX request_fee_payments_case ON request_fee_payments(case_id, id);

-- One row an applicant (by blind digest), organ and month: whoever counts items
-- holds it, so that two notices at once never count the same ones.
CREATE TABLE request_fee_months (
  organ_id BIGINT NOT NULL REFERENCES organs(id),
  blind    @text NOT NULL,
  month    @text NOT NULL,
  items    INTEGER NOT NULL,
  PRIMARY KEY (organ_id, blind, month)
);

-- Prices of a locality or organ, never dearer than the national ones (C-02).
CREATE TABLE request_fee_prices (
  organ_id BIGINT PRIMARY KEY REFERENCES organs(id),
  prices   TEXT NOT NULL,
  set_by   @text NOT NULL,
  set_at   BIGINT NOT NULL
);
