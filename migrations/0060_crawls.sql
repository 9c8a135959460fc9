-- +goose Up
-- An old site is fetched page by page, politely and for days; what is known of
-- it stands here, so that a killed run goes on and a later run asks only for
-- what has changed (W18-6.1b).
CREATE TABLE crawls (
  id         @id,
  source     @text NOT NULL,
  start_url  @text NOT NULL,
  round      INTEGER NOT NULL,
  state      @text NOT NULL,
  bytes      BIGINT NOT NULL DEFAULT 0,
  started_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE (source, start_url)
);

-- One address of an old site. kind is '', list, content, file or other; state
-- due, fetched, moved, alias, skipped or failed. force asks for it without a
-- condition. fruit counts the new addresses of another shape that it showed.
CREATE TABLE crawl_pages (
  id          @id,
  crawl_id    BIGINT NOT NULL REFERENCES crawls(id),
  url         @text NOT NULL,
  kind        @text NOT NULL DEFAULT '',
  state       @text NOT NULL DEFAULT 'due',
  reason      TEXT NOT NULL DEFAULT '',
  depth       INTEGER NOT NULL,
  hops        INTEGER NOT NULL DEFAULT 0,
  round       INTEGER NOT NULL,
  force       INTEGER NOT NULL DEFAULT 0,
  alias_of    BIGINT NOT NULL DEFAULT 0,
  status      INTEGER NOT NULL DEFAULT 0,
  etag        @text NOT NULL DEFAULT '',
  modified    @text NOT NULL DEFAULT '',
  digest      @text NOT NULL DEFAULT '',
  text_digest @text NOT NULL DEFAULT '',
  shape       @text NOT NULL DEFAULT '',
  fruit       INTEGER NOT NULL DEFAULT 0,
  title       TEXT NOT NULL DEFAULT '',
  column_name TEXT NOT NULL DEFAULT '',
  hint_title  TEXT NOT NULL DEFAULT '',
  hint_date   @text NOT NULL DEFAULT '',
  work_id     BIGINT NOT NULL DEFAULT 0,
  done_key    @text NOT NULL DEFAULT '',
  updated_at  BIGINT NOT NULL,
  UNIQUE (crawl_id, url)
);
CREATE INDEX crawl_pages_due ON crawl_pages(crawl_id, state, depth, id);
CREATE INDEX crawl_pages_shape ON crawl_pages(crawl_id, shape, id);
CREATE INDEX crawl_pages_text ON crawl_pages(crawl_id, text_digest);

-- Which attachments a page names.
CREATE TABLE crawl_links (
  page_id  BIGINT NOT NULL REFERENCES crawl_pages(id),
  file_id  BIGINT NOT NULL REFERENCES crawl_pages(id),
  position INTEGER NOT NULL,
  name     TEXT NOT NULL,
  PRIMARY KEY (page_id, file_id)
);
CREATE INDEX crawl_links_file ON crawl_links(file_id);

-- Bytes wait here between fetching and importing, and no longer: what is
-- expunged from the library must not live on beside it.
CREATE TABLE crawl_bodies (
  page_id BIGINT PRIMARY KEY REFERENCES crawl_pages(id),
  body    @bytes NOT NULL
);
