-- +goose Up
-- Validity on any date is computed from dated facts; a later fact may
-- supersede an earlier one but nothing is deleted (design sections 1 and 8).
CREATE TABLE work_facts (
  id            @id,
  work_id       BIGINT NOT NULL REFERENCES works(id),
  edition_label INTEGER NOT NULL DEFAULT 0,
  kind          @text NOT NULL,
  valid_on      @text NOT NULL DEFAULT '',
  recorded_at   BIGINT NOT NULL,
  authority     TEXT NOT NULL,
  by_work_id    BIGINT REFERENCES works(id),
  reason        TEXT NOT NULL,
  provisions    TEXT NOT NULL DEFAULT '[]',
  supersedes    BIGINT REFERENCES work_facts(id)
);
CREATE INDEX work_facts_work ON work_facts(work_id);
CREATE INDEX work_facts_by ON work_facts(by_work_id);
CREATE INDEX work_facts_authority ON work_facts(authority) WHERE by_work_id IS NULL;
CREATE INDEX work_facts_supersedes ON work_facts(supersedes);

CREATE TABLE relations (
  id           @id,
  edition_id   BIGINT NOT NULL REFERENCES editions(id),
  position     INTEGER NOT NULL,
  kind         @text NOT NULL,
  from_path    @text NOT NULL DEFAULT '',
  to_title     TEXT NOT NULL,
  to_key       @text NOT NULL,
  to_doc_no    @text NOT NULL DEFAULT '',
  to_work_id   BIGINT REFERENCES works(id),
  to_path      @text NOT NULL DEFAULT '',
  basis        @text NOT NULL
);
CREATE INDEX relations_edition ON relations(edition_id, position);
CREATE INDEX relations_to ON relations(to_work_id, kind);
CREATE INDEX relations_open ON relations(to_key);

CREATE TABLE placements (
  work_id   BIGINT NOT NULL REFERENCES works(id),
  column_id BIGINT NOT NULL REFERENCES columns(id),
  from_on   @text NOT NULL,
  to_on     @text NOT NULL DEFAULT '',
  PRIMARY KEY (work_id, column_id, from_on)
);
CREATE INDEX placements_column ON placements(column_id, work_id);

-- One row a published work: what a list shows of it today. A projection of the
-- rows above, rewritten with them and again on the day named by changes_on.
CREATE TABLE work_cards (
  work_id        BIGINT PRIMARY KEY REFERENCES works(id),
  public_id      BIGINT NOT NULL UNIQUE,
  edition_id     BIGINT NOT NULL,
  label          INTEGER NOT NULL,
  editions       INTEGER NOT NULL,
  title          TEXT NOT NULL,
  title_key      @text NOT NULL,
  doc_no         TEXT NOT NULL,
  doc_no_key     @text NOT NULL,
  kind           @text NOT NULL,
  region         @text NOT NULL,
  organ_id       BIGINT,
  organ_name     TEXT NOT NULL,
  topic_id       BIGINT,
  topic_name     TEXT NOT NULL,
  date_on        @text NOT NULL,
  year           @text NOT NULL,
  effective_from @text NOT NULL,
  validity       @text NOT NULL,
  dateless       INTEGER NOT NULL,
  summary        TEXT NOT NULL,
  changes_on     @text NOT NULL,
  released_at    BIGINT NOT NULL
);
CREATE INDEX work_cards_date ON work_cards(date_on, public_id);
CREATE INDEX work_cards_kind ON work_cards(kind, date_on, public_id);
CREATE INDEX work_cards_organ ON work_cards(organ_id, date_on, public_id);
CREATE INDEX work_cards_title ON work_cards(title_key);
CREATE INDEX work_cards_doc_no ON work_cards(doc_no_key);
CREATE INDEX work_cards_changes ON work_cards(changes_on);
CREATE INDEX work_cards_edition ON work_cards(edition_id, work_id);
CREATE INDEX work_cards_revised ON work_cards(date_on, public_id) WHERE editions > 1;
CREATE INDEX work_cards_facets ON work_cards(validity, kind, region, year, organ_id, topic_id);
