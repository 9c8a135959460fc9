-- +goose Up
-- Each change of an organ's facts, leaders or units as a dated row that nothing
-- updates: what it was before and after, when it happened and when the page
-- showed it. The duty to update within 20 working days counts between the two
-- (Q24-1b). digest is over the row and stands in the audit log too.
CREATE TABLE organ_changes (
  id           @id,
  organ_id     BIGINT NOT NULL REFERENCES organs(id),
  what         @text NOT NULL,
  subject      BIGINT NOT NULL DEFAULT 0,
  act          @text NOT NULL,
  label        TEXT NOT NULL DEFAULT '',
  old_content  TEXT NOT NULL,
  new_content  TEXT NOT NULL,
  changed_on   @text NOT NULL,
  published_on @text NOT NULL,
  author       @text NOT NULL,
  at           BIGINT NOT NULL,
  digest       @text NOT NULL
);
CREATE INDEX organ_changes_organ ON organ_changes(organ_id, what, subject, id);
CREATE INDEX organ_changes_day ON organ_changes(published_on, id);
