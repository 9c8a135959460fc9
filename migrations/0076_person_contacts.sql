-- +goose Up
-- How a person is told of cases outside the office. mail and mail_new are
-- sealed by internal/vault; mail_new waits for its code until code_until.
-- kinds_off lists kinds of notices that are not sent, as |a|b|; between the
-- hours quiet_from and quiet_to, legal time, nothing is sent (-1 is never).
CREATE TABLE person_contacts (
  person_id  BIGINT PRIMARY KEY REFERENCES people(id),
  mail       @text NOT NULL DEFAULT '',
  mail_new   @text NOT NULL DEFAULT '',
  code_nonce @text NOT NULL DEFAULT '',
  code_until BIGINT NOT NULL DEFAULT 0,
  code_tries INTEGER NOT NULL DEFAULT 0,
  sent_day   @text NOT NULL DEFAULT '',
  sent_count INTEGER NOT NULL DEFAULT 0,
  by_mail    INTEGER NOT NULL DEFAULT 0,
  by_gateway INTEGER NOT NULL DEFAULT 1,
  kinds_off  @text NOT NULL DEFAULT '',
  quiet_from INTEGER NOT NULL DEFAULT -1,
  quiet_to   INTEGER NOT NULL DEFAULT -1,
  changed_at BIGINT NOT NULL
);
