-- +goose Up
-- What an organ has decided in general not to disclose (负面清单), each entry
-- with its ground of A3. It helps a drafter to name ground and reason and to
-- see that a text may fall under it; whether it does is decided text by text.
-- own_only: for this organ alone, else for all below it as well.
CREATE TABLE negative_entries (
  id         @id,
  organ_id   BIGINT NOT NULL REFERENCES organs(id),
  matter     TEXT NOT NULL,
  ground     @text NOT NULL,
  reason     TEXT NOT NULL,
  keywords   TEXT NOT NULL DEFAULT '',
  own_only   INTEGER NOT NULL DEFAULT 0,
  from_on    @text NOT NULL,
  until_on   @text NOT NULL DEFAULT '',
  source     TEXT NOT NULL,
  login      @text NOT NULL,
  at         BIGINT NOT NULL,
  ended_by   @text NOT NULL DEFAULT '',
  ended_at   BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX negative_entries_organ ON negative_entries(organ_id, ended_at, id);

-- The entry that a slip used, 0 for none.
ALTER TABLE releases ADD COLUMN listed BIGINT NOT NULL DEFAULT 0;
