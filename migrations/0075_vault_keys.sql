-- +goose Up
-- Which keys personal columns are encrypted with (internal/vault). The keys
-- themselves lie in a file beside or outside the data; secret holds one only
-- where no file is named, and never leaves the library in a backup. A key that
-- is listed here and missing from the file is never silently replaced.
CREATE TABLE vault_keys (
  key_id  @text PRIMARY KEY,
  kind    @text NOT NULL,
  secret  @text NOT NULL DEFAULT '',
  made_at BIGINT NOT NULL
);
