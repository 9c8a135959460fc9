-- +goose Up
-- The library of cases (Z25-2.3c): a closed request told without its people. A
-- revision is a new row, and one that was taken out says why; no text is ever
-- written over. The disputes about a request stand in their own table.
CREATE TABLE request_examples (
  id          @id,
  case_id     BIGINT NOT NULL REFERENCES cases(id),
  edition     BIGINT NOT NULL,
  title       TEXT NOT NULL,
  facts       TEXT NOT NULL,
  gist        TEXT NOT NULL,
  folded      TEXT NOT NULL,
  outcome     @text NOT NULL,
  grounds     @text NOT NULL,
  closed_year BIGINT NOT NULL,
  login       @text NOT NULL,
  at          BIGINT NOT NULL,
  ended_at    BIGINT NOT NULL DEFAULT 0,
  ended_by    @text NOT NULL DEFAULT '',
  why         TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX request_examples_edition ON request_examples(case_id, edition);
CREATE UNIQUE INDEX request_examples_current ON request_examples(case_id) WHERE ended_at = 0;
