-- +goose Up
-- Every duty is a case with a clock (design sections 1 and 3). A case has one
-- responsible organ and one state; what waits in it are its tasks; each act on
-- it is an event. Rows hold ids and neutral words, never personal data.
CREATE TABLE cases (
  id         @id,
  kind       @text NOT NULL,
  number     @text NOT NULL,
  organ_id   BIGINT NOT NULL REFERENCES organs(id),
  title      TEXT NOT NULL,
  state      @text NOT NULL,
  version    INTEGER NOT NULL,
  events     INTEGER NOT NULL,
  due_at     BIGINT NOT NULL DEFAULT 0,
  opened_at  BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  closed_at  BIGINT NOT NULL DEFAULT 0,
  UNIQUE (kind, number, organ_id)
);
CREATE INDEX cases_organ ON cases(organ_id, kind, closed_at, id);
CREATE INDEX cases_kind ON cases(kind, id);

-- Numbers come from here, one counter an organ, kind and year.
CREATE TABLE case_counters (
  organ_id BIGINT NOT NULL REFERENCES organs(id),
  kind     @text NOT NULL,
  year     INTEGER NOT NULL,
  last     INTEGER NOT NULL,
  PRIMARY KEY (organ_id, kind, year)
);

-- One act on a case; no is dense within its case. data is the domain's typed
-- record of the act. digest is salted and sealed into the publication log.
CREATE TABLE case_events (
  id         @id,
  case_id    BIGINT NOT NULL REFERENCES cases(id),
  no         INTEGER NOT NULL,
  at         BIGINT NOT NULL,
  actor      @text NOT NULL,
  for_login  @text NOT NULL DEFAULT '',
  action     @text NOT NULL,
  from_state @text NOT NULL,
  to_state   @text NOT NULL,
  task       @text NOT NULL DEFAULT '',
  data       TEXT NOT NULL,
  digest     @text NOT NULL,
  seal       BIGINT,
  UNIQUE (case_id, no)
);
CREATE INDEX case_events_seal ON case_events(seal, id);
CREATE INDEX case_events_actor ON case_events(actor, id);

-- Facts about a clock of a case, as the law knows them; due times are computed
-- from them and never typed in. fact is the typed fact as package clock reads it.
CREATE TABLE case_facts (
  id       @id,
  case_id  BIGINT NOT NULL REFERENCES cases(id),
  event_no INTEGER NOT NULL,
  clock    @text NOT NULL,
  event    @text NOT NULL,
  fact     TEXT NOT NULL
);
CREATE INDEX case_facts_case ON case_facts(case_id, clock, id);

-- What waits: a step that somebody must do next. person_id 0 is anybody who
-- holds right_needed on the organ. barred lists logins that the separation of duties
-- keeps from it, as |a|b|. due_at is a projection of the facts; touches is the
-- last year that its computation looked at, calendar the version it used.
CREATE TABLE case_tasks (
  id          @id,
  case_id     BIGINT NOT NULL REFERENCES cases(id),
  name        @text NOT NULL,
  organ_id    BIGINT NOT NULL REFERENCES organs(id),
  right_needed @text NOT NULL,
  person_id   BIGINT NOT NULL DEFAULT 0,
  barred      @text NOT NULL DEFAULT '',
  clock       @text NOT NULL DEFAULT '',
  rule        @text NOT NULL DEFAULT '',
  due_at      BIGINT NOT NULL DEFAULT 0,
  stopped     INTEGER NOT NULL DEFAULT 0,
  provisional INTEGER NOT NULL DEFAULT 0,
  touches     INTEGER NOT NULL DEFAULT 0,
  calendar    INTEGER NOT NULL DEFAULT 0,
  urged       INTEGER NOT NULL DEFAULT 0,
  opened_at   BIGINT NOT NULL,
  closed_at   BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX case_tasks_open ON case_tasks(case_id, name) WHERE closed_at = 0;
CREATE INDEX case_tasks_person ON case_tasks(person_id, closed_at, due_at, id);
CREATE INDEX case_tasks_right ON case_tasks(right_needed, organ_id, closed_at, due_at, id);
CREATE INDEX case_tasks_touches ON case_tasks(closed_at, touches, id);

-- What a case is about: a draft, a work, another case.
CREATE TABLE case_links (
  case_id BIGINT NOT NULL REFERENCES cases(id),
  kind    @text NOT NULL,
  target  BIGINT NOT NULL,
  PRIMARY KEY (case_id, kind, target)
);
CREATE INDEX case_links_target ON case_links(kind, target);

-- An act asked for once: the same token of the same person with the same words
-- gives the first result again, with other words it is a conflict.
CREATE TABLE case_tokens (
  actor    @text NOT NULL,
  action   @text NOT NULL,
  token    @text NOT NULL,
  hash     @text NOT NULL,
  case_id  BIGINT NOT NULL,
  event_no INTEGER NOT NULL,
  at       BIGINT NOT NULL,
  PRIMARY KEY (actor, action, token)
);

-- While somebody is away another acts for them. Dates are civil, to_on inclusive.
CREATE TABLE absences (
  id        @id,
  person_id BIGINT NOT NULL REFERENCES people(id),
  deputy_id BIGINT NOT NULL REFERENCES people(id),
  from_on   @text NOT NULL,
  to_on     @text NOT NULL,
  set_by    @text NOT NULL,
  set_at    BIGINT NOT NULL,
  ended_at  BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX absences_deputy ON absences(deputy_id, ended_at, from_on);
CREATE INDEX absences_person ON absences(person_id, ended_at, from_on);

-- What a person is told in the office about a case. after_at lets an act that
-- tells others be taken back first; a cancelled notice is never shown or sent.
CREATE TABLE notices (
  id        @id,
  person_id BIGINT NOT NULL REFERENCES people(id),
  case_id   BIGINT NOT NULL REFERENCES cases(id),
  event_no  INTEGER NOT NULL,
  kind      @text NOT NULL,
  at        BIGINT NOT NULL,
  after_at  BIGINT NOT NULL,
  read_at   BIGINT NOT NULL DEFAULT 0,
  cancelled INTEGER NOT NULL DEFAULT 0,
  UNIQUE (person_id, case_id, event_no, kind)
);
CREATE INDEX notices_person ON notices(person_id, read_at, id);
CREATE INDEX notices_after ON notices(after_at, id);
