-- +goose Up
-- The service that puts an organ's electronic seal on its finished letters
-- (internal/notify, A-107). What is asked of it stands in the outbox under the
-- number of the letter.
CREATE TABLE seal_services (
  organ_id   BIGINT PRIMARY KEY REFERENCES organs(id),
  url        @text NOT NULL,
  secret     @text NOT NULL,
  set_by     @text NOT NULL,
  created_at BIGINT NOT NULL
);
