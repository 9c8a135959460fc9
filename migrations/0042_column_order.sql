-- +goose Up
-- The works that stand in a column today in the order of their pages, so that
-- 上一篇 and 下一篇 are one step in an index however few works a column has.
CREATE TABLE column_order (
  work_id   BIGINT NOT NULL REFERENCES works(id),
  column_id BIGINT NOT NULL REFERENCES columns(id),
  date_on   @text NOT NULL,
  public_id BIGINT NOT NULL,
  PRIMARY KEY (work_id, column_id)
);
CREATE INDEX column_order_page ON column_order(column_id, date_on, public_id);
