-- +goose Up
-- The leaders of an organ as its page shows them today (Q24-1b); what they were
-- before stands in organ_changes. term_to is exclusive, '' while it lasts.
-- gone marks an entry made by mistake: it is kept so that it can come back.
CREATE TABLE organ_leaders (
  id        @id,
  organ_id  BIGINT NOT NULL REFERENCES organs(id),
  position  INTEGER NOT NULL,
  name      TEXT NOT NULL,
  post      TEXT NOT NULL,
  duties    TEXT NOT NULL DEFAULT '',
  cv        TEXT NOT NULL DEFAULT '',
  photo     @text NOT NULL DEFAULT '',
  thumb     @text NOT NULL DEFAULT '',
  term_from @text NOT NULL DEFAULT '',
  term_to   @text NOT NULL DEFAULT '',
  gone      INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX organ_leaders_organ ON organ_leaders(organ_id, position, id);

-- Which pictures a leader has or had, so that the sweep of bytes knows them.
CREATE TABLE organ_photos (
  sha256    @text NOT NULL REFERENCES files(sha256),
  leader_id BIGINT NOT NULL REFERENCES organ_leaders(id),
  PRIMARY KEY (sha256, leader_id)
);
