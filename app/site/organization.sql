-- What the operator's pages about organizations share. These statements are the operator's: they are bounded
-- by the organization of the address, not by that of whoever asks.

-- one organization_card(id text) -> org int, id text, name text, status text, created_at time, admins int?,
--     production int?, integration int?
SELECT o.id AS org, o.public_id AS id, o.name, o.status, o.created_at,
       (SELECT COUNT(*) FROM user u
         WHERE u.organization_id = o.id AND u.role = 'admin' AND u.status = 'active') AS admins,
       (SELECT COUNT(*) FROM client c
         WHERE c.organization_id = o.id AND c.environment = 'production' AND c.kind = 'account'
           AND c.deleted_at IS NULL) AS production,
       (SELECT COUNT(*) FROM client c
         WHERE c.organization_id = o.id AND c.environment = 'integration' AND c.kind = 'account'
           AND c.deleted_at IS NULL) AS integration
  FROM organization o
 WHERE o.public_id = :id;

-- All APIs, and whether the organization may use them.
-- rows organization_apis(org int) -> word text, name text, description text, level text,
--     entitled_at time?, given_by text?
SELECT a.word, a.name, a.description, a.level, e.granted_at AS entitled_at, p.name AS given_by
  FROM api a
  LEFT JOIN entitlement e ON e.api_id = a.id AND e.organization_id = :org
  LEFT JOIN person p ON p.id = e.granted_by
 ORDER BY a.position, a.id
 LIMIT 500;
