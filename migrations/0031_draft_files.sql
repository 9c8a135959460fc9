-- +goose Up
-- Which files a draft holds. Its body names them too, but a sweep of bytes, a
-- backup and an erasure need them as rows. They go with their draft.
CREATE TABLE draft_files (
  draft_id BIGINT NOT NULL REFERENCES drafts(id) ON DELETE CASCADE,
  sha256   @text NOT NULL REFERENCES files(sha256),
  PRIMARY KEY (draft_id, sha256)
);
CREATE INDEX draft_files_sha ON draft_files(sha256);
