-- What the entries of a page are about: ids is a JSON array of objects as they stand in entries. page: the id in the
-- address of its page. there: it has one; for who sees not all of them, one of their own.

-- rows audit_log_objects(org int, me int, all flag, ids text) -> id text, kind text, name text, page text, there flag
SELECT c.public_id AS id, c.kind, c.name, c.public_id AS page,
       COALESCE(c.deleted_at IS NULL AND (:all OR c.owner_id = :me), 0) AS there
  FROM JSON_TABLE(:ids, '$[*]' COLUMNS (id VARCHAR(64) PATH '$')) w
  JOIN client c ON c.public_id = w.id
 WHERE c.organization_id = :org
UNION ALL
SELECT s.sid, c.kind, c.name, c.public_id, COALESCE(c.deleted_at IS NULL AND (:all OR c.owner_id = :me), 0)
  FROM JSON_TABLE(:ids, '$[*]' COLUMNS (id VARCHAR(64) PATH '$')) w
  JOIN secret s ON s.sid = w.id
  JOIN client c ON c.id = s.client_id
 WHERE s.organization_id = :org
UNION ALL
SELECT u.public_id, 'user', COALESCE(u.called, p.name), u.public_id, 1
  FROM JSON_TABLE(:ids, '$[*]' COLUMNS (id VARCHAR(64) PATH '$')) w
  JOIN user u ON u.public_id = w.id
  JOIN person p ON p.id = u.person_id
 WHERE u.organization_id = :org
UNION ALL
SELECT a.public_id, 'level', a.name, a.public_id, 1
  FROM JSON_TABLE(:ids, '$[*]' COLUMNS (id VARCHAR(64) PATH '$')) w
  JOIN account a ON a.public_id = w.id
 WHERE a.organization_id = :org
UNION ALL
SELECT a.public_id, 'workspace', a.name, a.public_id, 1
  FROM JSON_TABLE(:ids, '$[*]' COLUMNS (id VARCHAR(64) PATH '$')) w
  JOIN workspace a ON a.public_id = w.id
 WHERE a.organization_id = :org
UNION ALL
SELECT d.public_id, 'place', d.name, d.public_id, 1
  FROM JSON_TABLE(:ids, '$[*]' COLUMNS (id VARCHAR(64) PATH '$')) w
  JOIN declared_place d ON d.public_id = w.id
 WHERE d.organization_id = :org
LIMIT 500;

-- The installation's, for its operator: any organization, any API, any person.
-- rows audit_log_installation(ids text) -> id text, kind text, name text, page text, there flag
SELECT o.public_id AS id, 'organization' AS kind, o.name, o.public_id AS page, 1 AS there
  FROM JSON_TABLE(:ids, '$[*]' COLUMNS (id VARCHAR(64) PATH '$')) w
  JOIN organization o ON o.public_id = w.id
UNION ALL
SELECT a.public_id, 'api', a.name, a.public_id, 1
  FROM JSON_TABLE(:ids, '$[*]' COLUMNS (id VARCHAR(64) PATH '$')) w
  JOIN api a ON a.public_id = w.id
UNION ALL
SELECT p.public_id, 'person', p.name, p.public_id, 0
  FROM JSON_TABLE(:ids, '$[*]' COLUMNS (id VARCHAR(64) PATH '$')) w
  JOIN person p ON p.public_id = w.id
LIMIT 500;
