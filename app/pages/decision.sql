-- What a refusal was about: the client of a secret, or one by its own id. The command line asks the last two as well.

-- one decision_of(org int, sid text?, id text?) -> id text, client_id text, name text, kind text,
--     environment text, owner int?, deleted flag, hint text?, ended_at time?, ended_reason text?
SELECT c.public_id AS id, COALESCE(k.client_id, c.client_id) AS client_id, c.name, c.kind,
       c.environment, c.owner_id AS owner, c.deleted_at IS NOT NULL AS deleted, s.hint, s.ended_at,
       s.ended_reason
  FROM (SELECT client_id AS client, id AS secret
          FROM secret
         WHERE organization_id = :org
           AND sid = :sid
        UNION
        SELECT id, NULL
          FROM client
         WHERE organization_id = :org
           AND public_id = :id) found
  JOIN client c ON c.id = found.client
  LEFT JOIN client k ON k.id = c.parent_id
  LEFT JOIN secret s ON s.id = found.secret
 LIMIT 1;

-- For the operator, of whichever organization: whose it is, and nothing of what is in there.
-- one decision_whose(sid text?, id text?) -> organization text
SELECT o.public_id AS organization
  FROM (SELECT organization_id AS org
          FROM secret
         WHERE sid = :sid
        UNION
        SELECT organization_id
          FROM client
         WHERE public_id = :id) found
  JOIN organization o ON o.id = found.org
 LIMIT 1;

-- one decision_permission(permission int) -> word text?, name text, api text, api_name text
SELECT CONCAT(a.word, ':', p.word) AS word, p.name, a.public_id AS api, a.name AS api_name
  FROM permission p
  JOIN api a ON a.id = p.api_id
 WHERE p.id = :permission;
