-- +goose Up
-- Help that another organ is asked for stands in a case of its own, because that
-- organ may see the question and the files that were chosen for it, and nothing
-- else of the request. Question and answer stand sealed.
CREATE TABLE request_helps (
  case_id         BIGINT PRIMARY KEY REFERENCES cases(id),
  request_id      BIGINT NOT NULL REFERENCES cases(id),
  question_sealed TEXT NOT NULL,
  answer_sealed   TEXT NOT NULL DEFAULT '',
  due_on          @text NOT NULL,
  asked_by        @text NOT NULL,
  asked_on        @text NOT NULL,
  answered_by     @text NOT NULL DEFAULT '',
  answered_on     @text NOT NULL DEFAULT ''
);
CREATE INDEX request_helps_request ON request_helps(request_id, case_id);
CREATE TABLE request_help_files (
  case_id BIGINT NOT NULL REFERENCES request_helps(case_id),
  file_id BIGINT NOT NULL,
  PRIMARY KEY (case_id, file_id)
);
-- A file that came with counsel's opinion or a unit's answer says with which.
ALTER TABLE request_files ADD COLUMN of_id BIGINT NOT NULL DEFAULT 0;
