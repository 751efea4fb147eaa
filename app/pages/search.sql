-- What a search finds.

-- The client that a whole word names: by a secret's id, its client ID, or its own short id.
-- one search_client(org int, word text) -> id text, kind text, environment text
SELECT id, kind, environment
  FROM (SELECT c1.public_id AS id, c1.kind, c1.environment
          FROM secret s
          JOIN client c1 ON c1.id = s.client_id AND c1.deleted_at IS NULL
         WHERE s.organization_id = :org
           AND s.sid = :word
        UNION
        SELECT public_id, kind, environment
          FROM client
         WHERE organization_id = :org
           AND client_id = :word
           AND deleted_at IS NULL
        UNION
        SELECT public_id, kind, environment
          FROM client
         WHERE organization_id = :org
           AND public_id = :word
           AND deleted_at IS NULL) found
 LIMIT 1;

-- The same of accounts and workspaces, by their short id.
-- one search_level(org int, word text) -> id text, workspace flag
SELECT id, workspace
  FROM (SELECT public_id AS id, 0 AS workspace
          FROM account
         WHERE organization_id = :org
           AND public_id = :word
        UNION
        SELECT public_id, 1
          FROM workspace
         WHERE organization_id = :org
           AND public_id = :word) found
 LIMIT 1;

-- APIs that the organization may use; there are few enough to look at each.
-- rows search_apis(org int, pattern text, word text) -> id text, name text, description text
SELECT a.public_id AS id, a.name, a.description
  FROM entitlement e
  JOIN api a ON a.id = e.api_id
 WHERE e.organization_id = :org
   AND (LOWER(a.name) LIKE :pattern OR LOWER(a.name) LIKE :word OR a.word LIKE :pattern)
 ORDER BY a.position, a.id
 LIMIT 11;

-- The first 2,000 people of an organization are looked at.
-- rows search_people(org int, pattern text, word text) -> name text, email text, role text, status text
SELECT COALESCE(u.called, p.name) AS name, p.email, u.role, u.status
  FROM (SELECT id
          FROM user
         WHERE organization_id = :org
         ORDER BY id
         LIMIT 2000) looked
  JOIN user u ON u.id = looked.id
  JOIN person p ON p.id = u.person_id
 WHERE LOWER(COALESCE(u.called, p.name)) LIKE :pattern
    OR LOWER(COALESCE(u.called, p.name)) LIKE :word
    OR p.email LIKE :pattern
 ORDER BY name, p.email
 LIMIT 11;
