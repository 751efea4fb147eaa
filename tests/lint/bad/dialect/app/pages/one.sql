-- One page. A comment may say RETURNING.

-- rows one_list(org int) -> id text
SELECT * FROM thing WHERE note = 'RETURNING';

-- rows one_other(org int) -> id text
SELECT id FROM thing WHERE org = :org AND at < NOW() ORDER BY rank LIMIT 10 OFFSET 20;

-- run one_add(id text)
INSERT INTO thing (id, made_at) VALUES (:id, :now) RETURNING id;

-- one one_share(id text) -> id text
SELECT id FROM thing WHERE id = :id FOR SHARE;
