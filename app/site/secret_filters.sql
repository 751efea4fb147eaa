-- What the list of additional secrets can be filtered by.

-- Who has one that has not ended. The places bound how many there are.
-- rows secret_members(org int, environment text) -> id text, name text
SELECT u.public_id AS id, COALESCE(u.called, p.name) AS name
  FROM client c
  JOIN user u ON u.id = c.owner_id AND u.organization_id = c.organization_id
  JOIN person p ON p.id = u.person_id
 WHERE c.organization_id = :org
   AND c.environment = :environment
   AND c.kind = 'additional'
   AND c.deleted_at IS NULL
 GROUP BY u.id, u.public_id, u.called, p.name
 ORDER BY name, u.id
 LIMIT 1000;

-- one secret_key_row(org int, id text) -> client int, name text
SELECT id AS client, name
  FROM client
 WHERE organization_id = :org
   AND public_id = :id
   AND kind = 'account';
