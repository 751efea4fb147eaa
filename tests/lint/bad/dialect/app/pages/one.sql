-- One page. A comment may say RETURNING.

-- rows one_list(org int) -> id text
SELECT * FROM thing WHERE note = 'RETURNING';

-- rows one_other(org int) -> id text
SELECT id FROM thing WHERE org = :org AND at < NOW() ORDER BY rank LIMIT 10 OFFSET 20;

-- run one_add(id text)
INSERT INTO thing (id, made_at) VALUES (:id, :now) RETURNING id;

-- one one_share(id text) -> id text
SELECT id FROM thing WHERE id = :id FOR SHARE;

-- one one_person(org int, id text) -> name text, maker text
SELECT p.name, m.name AS maker
  FROM user u
  JOIN person p ON p.id = u.person_id
  JOIN user mu ON mu.id = u.made_by
  JOIN person m ON m.id = mu.person_id
 WHERE u.public_id = :id;

-- one one_called(org int, id text) -> name text
SELECT COALESCE(u.called, p.name) AS name
  FROM user u
  JOIN person p ON p.id = u.person_id
 WHERE u.public_id = :id;
