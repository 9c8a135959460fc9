-- +goose Up
-- Oversight of how requests are answered (handbook A-111, A-112): a sample of
-- served answers drawn by a seed that anybody can draw again, a score sheet for
-- each, and what an organ has to mend as a case of the kernel.
CREATE TABLE samplings (
  id        @id,
  organ_id  BIGINT NOT NULL REFERENCES organs(id),
  from_on   @text NOT NULL,
  to_on     @text NOT NULL,
  wanted    INTEGER NOT NULL,
  pool      INTEGER NOT NULL,
  seed      BIGINT NOT NULL,
  mend_by   @text NOT NULL,
  made_by   @text NOT NULL,
  made_at   BIGINT NOT NULL,
  closed_by @text NOT NULL DEFAULT '',
  closed_at BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE sampled_answers (
  id          @id,
  sampling_id BIGINT NOT NULL REFERENCES samplings(id),
  case_id     BIGINT NOT NULL REFERENCES cases(id),
  organ_id    BIGINT NOT NULL REFERENCES organs(id),
  position    INTEGER NOT NULL,
  marks       TEXT NOT NULL DEFAULT '[]',
  score       INTEGER NOT NULL DEFAULT 0,
  scored_by   @text NOT NULL DEFAULT '',
  scored_at   BIGINT NOT NULL DEFAULT 0,
  UNIQUE (sampling_id, case_id)
);
CREATE INDEX sampled_answers_case ON sampled_answers(case_id);

CREATE TABLE mendings (
  case_id     BIGINT PRIMARY KEY REFERENCES cases(id),
  sampling_id BIGINT NOT NULL REFERENCES samplings(id),
  faults      TEXT NOT NULL,
  mend_by     @text NOT NULL,
  report      TEXT NOT NULL DEFAULT ''
);
