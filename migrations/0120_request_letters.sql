-- +goose Up
-- A letter keeps the template it was written with, its paragraphs with what was
-- changed of the template's words, and the facts it was filled with (A8.7).
-- Names of persons stand as marks.
ALTER TABLE request_letters ADD COLUMN template_id @text NOT NULL DEFAULT '';
ALTER TABLE request_letters ADD COLUMN parts TEXT NOT NULL DEFAULT '';
ALTER TABLE request_letters ADD COLUMN facts TEXT NOT NULL DEFAULT '';

-- The answer before it is signed: the office's own number, and other words for
-- free paragraphs.
CREATE TABLE request_letter_drafts (
  case_id BIGINT PRIMARY KEY REFERENCES cases(id),
  number  @text NOT NULL DEFAULT '',
  edits   TEXT NOT NULL,
  set_by  @text NOT NULL,
  set_at  BIGINT NOT NULL
);

-- A number of an organ is given once, by the counter or by hand.
CREATE TABLE request_letter_numbers (
  organ_id BIGINT NOT NULL REFERENCES organs(id),
  number   @text NOT NULL,
  case_id  BIGINT NOT NULL REFERENCES cases(id),
  PRIMARY KEY (organ_id, number)
);

-- The stamped letter as it came back: a scan, or the PDF that a seal service
-- signed.
CREATE TABLE request_letter_files (
  id         @id,
  letter_id  BIGINT NOT NULL REFERENCES request_letters(id),
  kind       @text NOT NULL,
  name       TEXT NOT NULL,
  sha256     @text NOT NULL,
  size       BIGINT NOT NULL,
  mime       @text NOT NULL,
  entered_by @text NOT NULL,
  at         BIGINT NOT NULL
);
CREATE INDEX request_letter_files_letter ON request_letter_files(letter_id, id);
