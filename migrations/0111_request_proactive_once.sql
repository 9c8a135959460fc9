-- +goose Up
-- A request stands under one decision about proactive disclosure (A-104), and
-- its applicant suggests it once (A-105).
CREATE UNIQUE INDEX request_proactive_cases_once ON request_proactive_cases(case_id);
CREATE UNIQUE INDEX request_notes_suggested ON request_notes(case_id) WHERE kind = 'suggest';
