-- +goose Up
-- What is known of the service of an answer: one row a note, never changed. An
-- attempt is the notes of one number; a mistake is mended by a note of the kind
-- corrected, so that what was registered before stays (A-84 to A-86).
CREATE TABLE request_services (
  id        @id,
  case_id   BIGINT NOT NULL REFERENCES cases(id),
  round     INTEGER NOT NULL,
  attempt   INTEGER NOT NULL,
  kind      @text NOT NULL,
  channel   @text NOT NULL DEFAULT '',
  on_day    @text NOT NULL DEFAULT '',
  signed_on @text NOT NULL DEFAULT '',
  proof     TEXT NOT NULL DEFAULT '',
  reason    TEXT NOT NULL DEFAULT '',
  event_no  INTEGER NOT NULL,
  login     @text NOT NULL DEFAULT '',
  at        BIGINT NOT NULL
);
CREATE INDEX request_services_case ON request_services(case_id, id);

-- Why a request is answered once more: a reconsideration or court decision. The
-- first answer needs no row. last_day is the day that the decision itself sets,
-- empty where the limit of the Regulation runs anew.
CREATE TABLE request_rounds (
  case_id     BIGINT NOT NULL REFERENCES cases(id),
  round       INTEGER NOT NULL,
  basis       @text NOT NULL,
  number      TEXT NOT NULL,
  decided_on  @text NOT NULL,
  received_on @text NOT NULL,
  last_day    @text NOT NULL DEFAULT '',
  login       @text NOT NULL DEFAULT '',
  at          BIGINT NOT NULL,
  PRIMARY KEY (case_id, round)
);

-- What was destroyed of a request, when and why: anonymised after its time, or
-- a single thing on order.
CREATE TABLE request_erasures (
  id       @id,
  case_id  BIGINT NOT NULL REFERENCES cases(id),
  what     @text NOT NULL,
  target   BIGINT NOT NULL DEFAULT 0,
  state    @text NOT NULL,
  reason   TEXT NOT NULL DEFAULT '',
  proposer @text NOT NULL,
  decider  @text NOT NULL DEFAULT '',
  at       BIGINT NOT NULL,
  done_at  BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX request_erasures_case ON request_erasures(case_id, id);
CREATE INDEX requests_retain ON requests(retain_until, case_id);

-- What was served before stands as a first attempt; of a posted letter nobody
-- registered when it was signed for.
INSERT INTO request_services (case_id, round, attempt, kind, channel, on_day, signed_on, proof, event_no, login, at)
SELECT r.case_id, 1, 1, 'sent', r.served_how, r.served_on, CASE WHEN r.served_how = 'post' THEN '' ELSE r.served_on END, r.served_proof, c.events, r.signed_by, r.signed_at
FROM requests r JOIN cases c ON c.id = r.case_id WHERE r.served_on <> '';
