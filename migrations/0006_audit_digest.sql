-- +goose Up
-- A sealed audit row must be nameable when a byte of it changes, so each row
-- carries its own salted digest and a seal covers the digests of many rows.
ALTER TABLE audit_log ADD COLUMN digest @text NOT NULL DEFAULT '';
CREATE INDEX audit_log_actor ON audit_log(actor, id);
CREATE INDEX audit_log_act ON audit_log(act, id);
CREATE INDEX audit_log_target ON audit_log(target, id);

-- When bytes were last handed in, so that a sweep of bytes without a row
-- leaves those alone whose row is still being written.
ALTER TABLE file_chunks ADD COLUMN put_at BIGINT NOT NULL DEFAULT 0;
