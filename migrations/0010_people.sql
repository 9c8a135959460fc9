-- +goose Up
-- People who keep the library, the organ each belongs to, and the posts they
-- hold over time. A citizen's account belongs to no organ. valid_from and
-- valid_to are civil dates, valid_to exclusive, '' when open.
CREATE TABLE people (
  id          @id,
  login       @text NOT NULL UNIQUE,
  name        TEXT NOT NULL,
  organ_id    BIGINT REFERENCES organs(id),
  disabled_at BIGINT NOT NULL DEFAULT 0,
  created_at  BIGINT NOT NULL
);
CREATE INDEX people_organ ON people(organ_id, id);

CREATE TABLE posts (
  id         @id,
  person_id  BIGINT NOT NULL REFERENCES people(id),
  organ_id   BIGINT NOT NULL REFERENCES organs(id),
  title      TEXT NOT NULL,
  valid_from @text NOT NULL DEFAULT '',
  valid_to   @text NOT NULL DEFAULT ''
);
CREATE INDEX posts_person ON posts(person_id, valid_from);
CREATE INDEX posts_organ ON posts(organ_id);
