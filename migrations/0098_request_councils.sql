-- +goose Up
-- Meetings about hard requests; one meeting may speak of several.
CREATE TABLE request_councils (
  id         @id,
  organ_id   BIGINT NOT NULL REFERENCES organs(id),
  held_on    @text NOT NULL,
  people     TEXT NOT NULL,
  matter     TEXT NOT NULL,
  conclusion TEXT NOT NULL,
  file_sha   @text NOT NULL DEFAULT '',
  file_name  TEXT NOT NULL DEFAULT '',
  entered_by @text NOT NULL,
  at         BIGINT NOT NULL
);
CREATE INDEX request_councils_organ ON request_councils(organ_id, held_on, id);
CREATE TABLE request_council_cases (
  council_id BIGINT NOT NULL REFERENCES request_councils(id),
  case_id    BIGINT NOT NULL REFERENCES cases(id),
  PRIMARY KEY (council_id, case_id)
);
CREATE INDEX request_council_cases_case ON request_council_cases(case_id, council_id);

-- What was decided about information that several people asked for (A-104).
CREATE TABLE request_proactive (
  id         @id,
  organ_id   BIGINT NOT NULL REFERENCES organs(id),
  title      TEXT NOT NULL,
  area       @text NOT NULL DEFAULT '',
  audience   @text NOT NULL DEFAULT '',
  verdict    @text NOT NULL,
  reason     TEXT NOT NULL,
  decided_by @text NOT NULL,
  at         BIGINT NOT NULL
);
CREATE TABLE request_proactive_cases (
  proactive_id BIGINT NOT NULL REFERENCES request_proactive(id),
  case_id      BIGINT NOT NULL REFERENCES cases(id),
  PRIMARY KEY (proactive_id, case_id)
);
CREATE INDEX request_proactive_cases_case ON request_proactive_cases(case_id);
