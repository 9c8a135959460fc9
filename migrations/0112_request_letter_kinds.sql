-- +goose Up
-- Letters are named after the template that writes them.
UPDATE request_letters SET kind = 'third_decision' WHERE kind = 'third_party_decision';
UPDATE request_letters SET kind = 'fee' WHERE kind = 'fee_notice';
UPDATE request_letters SET kind = 'record_correction' WHERE kind = 'mend_answer';
