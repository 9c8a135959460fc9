-- +goose Up
-- How a request came in beside its channel: the mail box or another system it
-- came through with the number there, or the old register it was taken over
-- from with its old number; whether it was spoken and written down for the
-- applicant (A-55). Requests that came over the site have no row.
CREATE TABLE request_intake (
  case_id   BIGINT PRIMARY KEY REFERENCES cases(id),
  via       @text NOT NULL,
  system    @text NOT NULL DEFAULT '',
  number    @text NOT NULL DEFAULT '',
  oral      INTEGER NOT NULL DEFAULT 0,
  import_id BIGINT NOT NULL DEFAULT 0
);

-- Scans of what came on paper. The name of the file is not kept: people write
-- names of applicants into it.
CREATE TABLE request_files (
  id       @id,
  case_id  BIGINT NOT NULL REFERENCES cases(id),
  role     @text NOT NULL,
  sha256   @text NOT NULL REFERENCES files(sha256),
  size     BIGINT NOT NULL,
  mime     @text NOT NULL,
  added_by @text NOT NULL,
  added_at BIGINT NOT NULL
);
CREATE INDEX request_files_case ON request_files(case_id, id);
CREATE INDEX request_files_sha ON request_files(sha256);

-- Notes of what was said on the telephone or at the counter about a request.
-- The words lie sealed, since they are about a person.
CREATE TABLE request_contacts (
  id          @id,
  case_id     BIGINT NOT NULL REFERENCES cases(id),
  on_day      @text NOT NULL,
  how         @text NOT NULL,
  whom        @text NOT NULL,
  body_sealed TEXT NOT NULL,
  login       @text NOT NULL,
  at          BIGINT NOT NULL
);
CREATE INDEX request_contacts_case ON request_contacts(case_id, id);
