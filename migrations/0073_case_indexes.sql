-- +goose Up
-- The board and the register count open cases, and cases that were once sent
-- back, among hundreds of thousands that are closed.
CREATE INDEX cases_open ON cases(organ_id, kind, due_at, id) WHERE closed_at = 0;
CREATE INDEX case_events_returned ON case_events(case_id) WHERE action = 'return';
