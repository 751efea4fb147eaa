-- Which organization may use which API.

-- claim entitlement_add(org int, api text, by int?, now time)
INSERT INTO entitlement (organization_id, api_id, granted_by, granted_at)
SELECT :org, a.id, :by, :now
  FROM api a
 WHERE a.word = :api;

-- run entitlement_remove(org int, api text)
DELETE FROM entitlement
 WHERE organization_id = :org
   AND api_id = (SELECT a.id
                   FROM api a
                  WHERE a.word = :api);

-- Credentials that have been given a permission of it; 1,001 stands for more than 1,000.
-- one entitlement_felt(org int, api text) -> n int
SELECT COUNT(*) AS n
  FROM (SELECT DISTINCT g.client_id
          FROM api a
          JOIN client_grant g ON g.organization_id = :org AND g.api_id = a.id
          JOIN client c ON c.id = g.client_id AND c.deleted_at IS NULL
         WHERE a.word = :api
         LIMIT 1001) felt;

-- rows entitled_apis(org int) -> api int, id text, word text, name text, description text, level text,
--     choice text
SELECT a.id AS api, a.public_id AS id, a.word, a.name, a.description, a.level, a.choice
  FROM entitlement e
  JOIN api a ON a.id = e.api_id
 WHERE e.organization_id = :org
 ORDER BY a.position, a.id
 LIMIT 200;

-- rows entitled_permissions(org int) -> api int, api_id text, api_word text, api_name text, level text,
--     choice text, permission int, word text, name text, only_reads flag, includes text?
SELECT a.id AS api, a.public_id AS api_id, a.word AS api_word, a.name AS api_name, a.level, a.choice,
       p.id AS permission, p.word, p.name, p.only_reads, w.word AS includes
  FROM entitlement e
  JOIN api a ON a.id = e.api_id
  JOIN permission p ON p.api_id = a.id
  LEFT JOIN permission w ON w.id = p.includes_id
 WHERE e.organization_id = :org
 ORDER BY a.position, a.id, p.position, p.id
 LIMIT 2000;
