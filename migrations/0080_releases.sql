-- +goose Up
-- The release slip: what an office decides about one text on its way out
-- (handbook A1–A7, F3). paper is the text with its header facts, one typed
-- record; the other columns are what lists and guards ask for.
CREATE TABLE releases (
  case_id      BIGINT PRIMARY KEY REFERENCES cases(id),
  drafter      @text NOT NULL,
  paper        TEXT NOT NULL,
  version      INTEGER NOT NULL,
  checked      INTEGER NOT NULL DEFAULT 0,
  opened       @text NOT NULL DEFAULT '',
  traits       TEXT NOT NULL DEFAULT '{}',
  attribute    @text NOT NULL DEFAULT '',
  reason       TEXT NOT NULL DEFAULT '',
  ground       @text NOT NULL DEFAULT '',
  audience     TEXT NOT NULL DEFAULT '',
  for_organ    BIGINT NOT NULL DEFAULT 0,
  base_work    BIGINT NOT NULL DEFAULT 0,
  base_label   INTEGER NOT NULL DEFAULT 0,
  formed_on    @text NOT NULL DEFAULT '',
  urgent       TEXT NOT NULL DEFAULT '',
  signed_by    TEXT NOT NULL DEFAULT '',
  signed_how   @text NOT NULL DEFAULT '',
  signed_at    BIGINT NOT NULL DEFAULT 0,
  planned_at   BIGINT NOT NULL DEFAULT 0,
  release_at   BIGINT NOT NULL DEFAULT 0,
  released_at  BIGINT NOT NULL DEFAULT 0,
  work         BIGINT NOT NULL DEFAULT 0,
  label        INTEGER NOT NULL DEFAULT 0,
  failed       TEXT NOT NULL DEFAULT ''
);
CREATE INDEX releases_due ON releases(release_at, case_id) WHERE released_at = 0;
CREATE INDEX releases_work ON releases(work);
CREATE INDEX releases_base ON releases(base_work);

-- Every saved state of a slip's text, so that nothing typed is lost and of two
-- people who save one draft neither loses a word.
CREATE TABLE release_versions (
  case_id BIGINT NOT NULL REFERENCES cases(id),
  version INTEGER NOT NULL,
  actor   @text NOT NULL,
  at      BIGINT NOT NULL,
  kept    INTEGER NOT NULL DEFAULT 0,
  paper   TEXT NOT NULL,
  PRIMARY KEY (case_id, version)
);

-- The gates of a slip in one round of review. state: waiting, passed,
-- returned, referred (报请确定, A-22). offline: seen on paper or in the office
-- system, proof is the scan.
CREATE TABLE release_gates (
  case_id   BIGINT NOT NULL REFERENCES cases(id),
  round     INTEGER NOT NULL,
  gate      @text NOT NULL,
  state     @text NOT NULL,
  reviewer  TEXT NOT NULL DEFAULT '',
  login     @text NOT NULL DEFAULT '',
  at        BIGINT NOT NULL DEFAULT 0,
  opinion   TEXT NOT NULL DEFAULT '',
  outcome   @text NOT NULL DEFAULT '',
  offline   INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (case_id, round, gate)
);

-- Files of a slip: the original as handed in, attachments, scans of signed
-- slips, review materials.
CREATE TABLE release_files (
  id       @id,
  case_id  BIGINT NOT NULL REFERENCES cases(id),
  role     @text NOT NULL,
  name     TEXT NOT NULL,
  sha256   @text NOT NULL REFERENCES files(sha256),
  size     BIGINT NOT NULL,
  mime     @text NOT NULL,
  actor    @text NOT NULL,
  at       BIGINT NOT NULL,
  dropped  INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX release_files_case ON release_files(case_id, id);
CREATE INDEX release_files_sha ON release_files(sha256);

-- What the checks found in the present text and what people said to it. mark
-- is the same for the same words under the same rule, so that a decision
-- outlives a new version.
CREATE TABLE release_findings (
  case_id  BIGINT NOT NULL REFERENCES cases(id),
  mark     @text NOT NULL,
  rule     @text NOT NULL,
  level    @text NOT NULL,
  place    TEXT NOT NULL,
  from_at  INTEGER NOT NULL,
  to_at    INTEGER NOT NULL,
  words    TEXT NOT NULL,
  suggest  TEXT NOT NULL DEFAULT '',
  why      TEXT NOT NULL,
  present  INTEGER NOT NULL DEFAULT 1,
  state    @text NOT NULL DEFAULT 'open',
  said     TEXT NOT NULL DEFAULT '',
  login    @text NOT NULL DEFAULT '',
  found_at BIGINT NOT NULL,
  at       BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (case_id, mark)
);
CREATE INDEX release_findings_rule ON release_findings(rule, found_at);

-- Where a released text goes beside the site itself, each with its result.
CREATE TABLE release_channels (
  case_id BIGINT NOT NULL REFERENCES cases(id),
  channel @text NOT NULL,
  state   @text NOT NULL,
  address TEXT NOT NULL DEFAULT '',
  note    TEXT NOT NULL DEFAULT '',
  at      BIGINT NOT NULL,
  PRIMARY KEY (case_id, channel)
);
