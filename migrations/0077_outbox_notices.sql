-- +goose Up
-- Notices of cases leave the office. relayed says that a notice was turned into
-- its messages: notices become due out of the order of their ids, so that a
-- position would lose some. What is older than this step is never sent.
ALTER TABLE notices ADD COLUMN relayed INTEGER NOT NULL DEFAULT 0;
UPDATE notices SET relayed = 1;
CREATE INDEX notices_relay ON notices(relayed, after_at, id);

-- A hook of the kind gateway gets notices for SMS or office applications, not
-- the publication log.
ALTER TABLE hooks ADD COLUMN kind @text NOT NULL DEFAULT 'log';

-- A mail is sent by itself, not in the order of a hook: lease keeps two nodes
-- apart, and the state sending, written just before the words go out, tells
-- after a kill that nobody knows whether they arrived.
ALTER TABLE outbox ADD COLUMN topic @text NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN person_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN notice_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN lease @text NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN lease_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN wake_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX outbox_channel ON outbox(channel, state, next_at, id);
