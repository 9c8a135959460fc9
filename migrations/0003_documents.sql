-- +goose Up
-- A work keeps its address for ever; an edition is a text as issued and is
-- never overwritten: later corrections are numbered records (design section 1).
CREATE TABLE works (
  id             @id,
  public_id      BIGINT UNIQUE,
  kind           @text NOT NULL DEFAULT '',
  owner_organ_id BIGINT REFERENCES organs(id),
  source         @text NOT NULL DEFAULT '',
  source_work_id @text NOT NULL DEFAULT '',
  facts_salt     @text NOT NULL DEFAULT '',
  created_at     BIGINT NOT NULL
);
-- Two imports at once must not make two works of one.
CREATE UNIQUE INDEX works_source ON works(source, source_work_id) WHERE source_work_id <> '';

CREATE TABLE editions (
  id              @id,
  work_id         BIGINT NOT NULL REFERENCES works(id),
  label           INTEGER NOT NULL,
  state           @text NOT NULL,
  source          @text NOT NULL,
  external_id     @text,
  content_key     @text NOT NULL,
  title           TEXT NOT NULL,
  title_key       @text NOT NULL,
  short_title     TEXT NOT NULL DEFAULT '',
  short_key       @text NOT NULL DEFAULT '',
  doc_no          TEXT NOT NULL DEFAULT '',
  doc_no_key      @text NOT NULL DEFAULT '',
  index_no        @text NOT NULL DEFAULT '',
  registration_no @text NOT NULL DEFAULT '',
  kind            @text NOT NULL DEFAULT '',
  category        @text NOT NULL DEFAULT '',
  region          @text NOT NULL DEFAULT '',
  attribute       @text NOT NULL DEFAULT '',
  adopted_on      @text NOT NULL DEFAULT '',
  published_on    @text NOT NULL DEFAULT '',
  effective_on    @text NOT NULL DEFAULT '',
  clause_on       @text NOT NULL DEFAULT '',
  expires_on      @text NOT NULL DEFAULT '',
  source_name     TEXT NOT NULL DEFAULT '',
  source_url      TEXT NOT NULL DEFAULT '',
  source_status   @text NOT NULL DEFAULT '',
  recipients      TEXT NOT NULL DEFAULT '[]',
  history         TEXT NOT NULL DEFAULT '[]',
  chars           INTEGER NOT NULL DEFAULT 0,
  articles        INTEGER NOT NULL DEFAULT 0,
  revision        INTEGER NOT NULL DEFAULT 0,
  released_at     BIGINT NOT NULL,
  UNIQUE (work_id, label)
);
CREATE UNIQUE INDEX editions_external ON editions(source, external_id);
CREATE UNIQUE INDEX editions_content ON editions(source, content_key) WHERE external_id IS NULL AND content_key <> '';
CREATE INDEX editions_title ON editions(title_key);
CREATE INDEX editions_short ON editions(short_key);
CREATE INDEX editions_doc_no ON editions(doc_no_key);

-- The words of an edition, one row a revision; revision 0 is the text as issued.
CREATE TABLE edition_texts (
  edition_id BIGINT NOT NULL REFERENCES editions(id),
  revision   INTEGER NOT NULL,
  body       TEXT NOT NULL,
  PRIMARY KEY (edition_id, revision)
);

-- Salts of the digests that stand in the log. Expunging deletes them, so that
-- a removed text cannot be confirmed by guessing.
CREATE TABLE edition_salts (
  edition_id BIGINT NOT NULL REFERENCES editions(id),
  name       @text NOT NULL,
  salt       @text NOT NULL,
  PRIMARY KEY (edition_id, name)
);

CREATE TABLE edition_records (
  id         @id,
  edition_id BIGINT NOT NULL REFERENCES editions(id),
  no         INTEGER NOT NULL,
  field      @text NOT NULL,
  old_value  TEXT NOT NULL,
  new_value  TEXT NOT NULL,
  actor      @text NOT NULL,
  reason     TEXT NOT NULL,
  at         BIGINT NOT NULL,
  UNIQUE (edition_id, no)
);

CREATE TABLE edition_organs (
  edition_id BIGINT NOT NULL REFERENCES editions(id),
  position   INTEGER NOT NULL,
  organ_id   BIGINT NOT NULL REFERENCES organs(id),
  role       @text NOT NULL,
  name_then  TEXT NOT NULL,
  PRIMARY KEY (edition_id, position)
);
CREATE INDEX edition_organs_organ ON edition_organs(organ_id, edition_id);

CREATE TABLE edition_topics (
  edition_id BIGINT NOT NULL REFERENCES editions(id),
  position   INTEGER NOT NULL,
  topic_id   BIGINT NOT NULL REFERENCES topics(id),
  PRIMARY KEY (edition_id, position)
);
CREATE INDEX edition_topics_topic ON edition_topics(topic_id);

-- Provisions carry rune offsets into the text, not a second copy of it.
CREATE TABLE provisions (
  edition_id BIGINT NOT NULL REFERENCES editions(id),
  position   INTEGER NOT NULL,
  kind       @text NOT NULL,
  path       @text NOT NULL,
  label      TEXT NOT NULL,
  heading    TEXT NOT NULL,
  start_rune INTEGER NOT NULL,
  end_rune   INTEGER NOT NULL,
  depth      INTEGER NOT NULL,
  PRIMARY KEY (edition_id, position)
);

CREATE TABLE files (
  sha256     @text PRIMARY KEY,
  size       BIGINT NOT NULL,
  mime       @text NOT NULL,
  scan_state @text NOT NULL,
  created_at BIGINT NOT NULL
);

-- Bytes of files for a library without a data folder.
CREATE TABLE file_chunks (
  sha256 @text NOT NULL,
  no     INTEGER NOT NULL,
  data   @bytes NOT NULL,
  PRIMARY KEY (sha256, no)
);

CREATE TABLE edition_files (
  edition_id BIGINT NOT NULL REFERENCES editions(id),
  position   INTEGER NOT NULL,
  sha256     @text NOT NULL REFERENCES files(sha256),
  name       TEXT NOT NULL,
  role       @text NOT NULL,
  text_state @text NOT NULL,
  body       TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (edition_id, position)
);
CREATE INDEX edition_files_sha ON edition_files(sha256);

CREATE TABLE drafts (
  id           @id,
  work_id      BIGINT NOT NULL REFERENCES works(id),
  base_edition INTEGER,
  label        INTEGER NOT NULL DEFAULT 0,
  version      INTEGER NOT NULL,
  source       @text NOT NULL,
  external_id  @text,
  content_key  @text NOT NULL,
  body         TEXT NOT NULL,
  created_at   BIGINT NOT NULL,
  updated_at   BIGINT NOT NULL
);
CREATE UNIQUE INDEX drafts_external ON drafts(source, external_id);
CREATE INDEX drafts_content ON drafts(source, content_key);
CREATE INDEX drafts_work ON drafts(work_id);
