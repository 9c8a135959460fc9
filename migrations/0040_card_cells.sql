-- +goose Up
-- How many works share one combination of what a list can be narrowed by: the
-- facets of every list are sums over these rows, so that their cost follows
-- the number of combinations and not the number of works. Counted again from
-- work_cards whenever they do not add up; rows are emptied, never deleted.
CREATE TABLE card_cells (
  id         @id,
  validity   @text NOT NULL,
  kind       @text NOT NULL,
  region     @text NOT NULL,
  year       @text NOT NULL,
  topic_name @text NOT NULL,
  organ_ids  @text NOT NULL,
  column_ids @text NOT NULL,
  works      BIGINT NOT NULL,
  editions   BIGINT NOT NULL,
  revised    BIGINT NOT NULL,
  changed    BIGINT NOT NULL,
  UNIQUE (validity, kind, region, year, topic_name, organ_ids, column_ids)
);
CREATE INDEX card_cells_changed ON card_cells(changed);
