-- +goose Up
-- What a list is sorted and searched by, one narrow row a work beside its card,
-- and the cell that it is counted in (0 once the work has no card any more).
-- changed grows with every change, so that a reader fetches only what is new.
CREATE TABLE card_keys (
  work_id        BIGINT PRIMARY KEY REFERENCES works(id),
  public_id      BIGINT NOT NULL,
  cell_id        BIGINT NOT NULL,
  editions       INTEGER NOT NULL,
  date_on        @text NOT NULL,
  effective_from @text NOT NULL,
  title_key      @text NOT NULL,
  doc_no_key     @text NOT NULL,
  changed        BIGINT NOT NULL
);
CREATE INDEX card_keys_date ON card_keys(date_on, public_id, cell_id);
CREATE INDEX card_keys_force ON card_keys(effective_from, public_id, cell_id);
CREATE INDEX card_keys_title ON card_keys(title_key, public_id, cell_id);
CREATE INDEX card_keys_cell ON card_keys(cell_id, date_on, public_id);
CREATE INDEX card_keys_changed ON card_keys(changed);
