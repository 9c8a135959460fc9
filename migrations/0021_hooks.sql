-- +goose Up
-- Where changes are pushed to (internal/notify). position is the last row of
-- the publication log that was turned into messages for this hook; lease keeps
-- two nodes from sending at the same time, because order matters.
CREATE TABLE hooks (
  id          @id,
  url         @text NOT NULL,
  secret      @text NOT NULL,
  events      @text NOT NULL DEFAULT '',
  state       @text NOT NULL,
  position    BIGINT NOT NULL,
  lease       @text NOT NULL DEFAULT '',
  lease_until BIGINT NOT NULL DEFAULT 0,
  wake_at     BIGINT NOT NULL DEFAULT 0,
  created_at  BIGINT NOT NULL
);

-- A message is enqueued once under a stable id and kept with what became of it.
-- It holds numbers only; its words are made from the log when it is sent.
CREATE TABLE outbox (
  id         @id,
  message    @text NOT NULL UNIQUE,
  channel    @text NOT NULL,
  hook_id    BIGINT REFERENCES hooks(id),
  seq        BIGINT NOT NULL DEFAULT 0,
  state      @text NOT NULL,
  tries      INTEGER NOT NULL DEFAULT 0,
  next_at    BIGINT NOT NULL,
  status     INTEGER NOT NULL DEFAULT 0,
  reason     TEXT NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  done_at    BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX outbox_waiting ON outbox(hook_id, state, seq);
