-- The catalogue as it is, and who holds what of it. It belongs to the installation: no statement here is
-- bounded by an organization.

-- rows catalogue_apis() -> api int, id text, word text, name text, description text, level text,
--     choice text, version int
SELECT id AS api, public_id AS id, word, name, description, level, choice, version
  FROM api
 ORDER BY position, id
 LIMIT 200;

-- one catalogue_api(word text) -> api int, id text, version int
SELECT id AS api, public_id AS id, version
  FROM api
 WHERE word = :word;

-- rows catalogue_permissions() -> api int, permission int, word text, name text, only_reads flag,
--     includes text?
SELECT p.api_id AS api, p.id AS permission, p.word, p.name, p.only_reads, w.word AS includes
  FROM permission p
  LEFT JOIN permission w ON w.id = p.includes_id
 ORDER BY p.api_id, p.position, p.id
 LIMIT 2000;

-- rows catalogue_endpoints() -> api int, method text, path text, needs text, permission text?
SELECT e.api_id AS api, e.method, e.path, e.needs, p.word AS permission
  FROM endpoint e
  LEFT JOIN permission p ON p.id = e.permission_id
 ORDER BY e.api_id, e.position, e.id
 LIMIT 2000;

-- one catalogue_entitled_count(word text) -> organizations int
SELECT COUNT(*) AS organizations
  FROM (SELECT e.organization_id
          FROM api a
          JOIN entitlement e ON e.api_id = a.id
         WHERE a.word = :word
         LIMIT 1000) held;

-- one catalogue_granted_count(word text) -> credentials int
SELECT COUNT(*) AS credentials
  FROM (SELECT DISTINCT g.client_id
          FROM api a
          JOIN permission p ON p.api_id = a.id
          JOIN client_grant g ON g.permission_id = p.id
          JOIN client c ON c.id = g.client_id
         WHERE a.word = :word
           AND c.deleted_at IS NULL
         LIMIT 1000) held;

-- one catalogue_permission_count(api text, permission text) -> credentials int
SELECT COUNT(*) AS credentials
  FROM (SELECT g.client_id
          FROM api a
          JOIN permission p ON p.api_id = a.id AND p.word = :permission
          JOIN client_grant g ON g.permission_id = p.id
          JOIN client c ON c.id = g.client_id
         WHERE a.word = :api
           AND c.deleted_at IS NULL
         LIMIT 1000) held;

-- Who is entitled to an API, or has credentials that were given something of it.
-- rows catalogue_holders(word text) -> id text, name text, entitled int?, credentials int?
SELECT o.public_id AS id, o.name, CAST(SUM(h.entitled) AS SIGNED) AS entitled,
       CAST(SUM(h.credentials) AS SIGNED) AS credentials
  FROM ((SELECT e.organization_id, 1 AS entitled, 0 AS credentials
           FROM api a
           JOIN entitlement e ON e.api_id = a.id
          WHERE a.word = :word
          LIMIT 1000)
        UNION ALL
        (SELECT g.organization_id, 0 AS entitled, COUNT(*) AS credentials
           FROM (SELECT DISTINCT g1.organization_id, g1.client_id
                   FROM api a
                   JOIN permission p ON p.api_id = a.id
                   JOIN client_grant g1 ON g1.permission_id = p.id
                   JOIN client c ON c.id = g1.client_id
                  WHERE a.word = :word
                    AND c.deleted_at IS NULL
                  LIMIT 1000) g
          GROUP BY g.organization_id)) h
  JOIN organization o ON o.id = h.organization_id
 GROUP BY o.id, o.public_id, o.name
 ORDER BY credentials DESC, o.name, o.id
 LIMIT 50;

-- rows catalogue_permission_holders(api text, permission text) -> id text, name text, credentials int
SELECT o.public_id AS id, o.name, COUNT(*) AS credentials
  FROM (SELECT g.organization_id
          FROM api a
          JOIN permission p ON p.api_id = a.id AND p.word = :permission
          JOIN client_grant g ON g.permission_id = p.id
          JOIN client c ON c.id = g.client_id
         WHERE a.word = :api
           AND c.deleted_at IS NULL
         LIMIT 1000) g
  JOIN organization o ON o.id = g.organization_id
 GROUP BY o.id, o.public_id, o.name
 ORDER BY credentials DESC, o.name, o.id
 LIMIT 50;

-- one catalogue_api_by_id(id text) -> api int, word text, name text, version int
SELECT id AS api, word, name, version
  FROM api
 WHERE public_id = :id;
