-- +goose Up
-- Lists read card_cells and card_keys now; these indexes served nothing else
-- and cost every import. Backlinks take their first rows from the index alone.
DROP INDEX work_cards_kind;
DROP INDEX work_cards_organ;
DROP INDEX work_cards_title;
DROP INDEX work_cards_doc_no;
DROP INDEX work_cards_facets;
CREATE INDEX relations_backlinks ON relations(to_work_id, kind, edition_id, id);
DROP INDEX relations_to;
